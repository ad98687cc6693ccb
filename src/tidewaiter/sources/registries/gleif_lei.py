"""GLEIF level 1: who a legal entity is, by its Legal Entity Identifier (LEI-CDF 3.1).

The whole golden copy is read in any of its formats, and the slim table of identifiers,
names and countries that is kept as Parquet.
"""

from __future__ import annotations

from collections.abc import Iterator

from tidewaiter.model.dates import iso_date
from tidewaiter.model.source import Reject, SourceFile
from tidewaiter.sources import gleif, gleif_slim
from tidewaiter.sources.card import card
from tidewaiter.sources.gleif import Cells, Copy, Kind, day, numbered
from tidewaiter.sources.reader import Batch, FileHead, Official, Tally
from tidewaiter.sources.rows import Row, Rows

KIND = Kind(
    part="golden-copy/lei2",
    root="LEIData",
    namespace="http://www.gleif.org/data/schema/leidata/2016",
    record="LEIRecord",
    header="LEIHeader",
    key="records",
    columns=frozenset({"LEI", "Entity.LegalName", "Entity.EntityStatus"}),
    first=frozenset({"LEI"}),
)
NAMES = (
    "Entity.OtherEntityNames.OtherEntityName",
    "Entity.TransliteratedOtherEntityNames.TransliteratedOtherEntityName",
)
SUCCESSOR = ("SuccessorLEI", "SuccessorEntityName")
PREVIOUS = "PREVIOUS_LEGAL_NAME"
EVENT = "Entity.LegalEntityEvents.LegalEntityEvent"
# What changed, by the type of the event; and the events that end an inactive entity.
CHANGES = {
    "CHANGE_LEGAL_NAME": "name",
    "CHANGE_OTHER_NAMES": "other names",
    "CHANGE_LEGAL_FORM": "legal form",
    "CHANGE_LEGAL_ADDRESS": "address",
    "CHANGE_HQ_ADDRESS": "headquarters",
}
ENDINGS = frozenset({"DISSOLUTION", "ABSORPTION", "MERGERS_AND_ACQUISITIONS", "BREAKUP"})
EXTRA = {
    "Entity.EntityCategory": "category",
    "Entity.EntitySubCategory": "subcategory",
    "Entity.EntityStatus": "status",
    "Entity.EntityExpirationReason": "expiration reason",
    "Entity.LegalJurisdiction": "jurisdiction",
    "Entity.LegalForm.OtherLegalForm": "other legal form",
    "Entity.RegistrationAuthority.RegistrationAuthorityID": "registration authority",
    "Entity.RegistrationAuthority.OtherRegistrationAuthorityID": "other registration authority",
    "Registration.RegistrationStatus": "registration status",
    "Registration.LastUpdateDate": "last update",
    "Registration.NextRenewalDate": "next renewal",
    "Registration.ManagingLOU": "managing LOU",
    "Registration.ValidationSources": "validation",
    "ConformityFlag": "conformity",
    "Extension.ConformityFlag": "conformity",
}


class GleifLeiReader(Official):
    """Level 1 of the golden copy, and its slim table."""

    name = "gleif_lei"
    dataset = "gleif"
    version = 1

    def recognises(self, head: FileHead) -> bool:
        """By namespace, columns or keys; the slim table by its columns."""
        return bool(KIND.form(head)) or gleif_slim.is_slim(head)

    def read(self, source: SourceFile) -> Iterator[Batch | Reject | Tally]:
        """One legal entity a record."""
        if FileHead.of(source.path, source.name).start.startswith(gleif_slim.MAGIC):
            yield from gleif_slim.read(source)
            return
        copy = Copy(source, KIND)
        rows = Rows(source, "companies", lenient=("companies.country",))
        newest = ""
        for each in copy:
            if isinstance(each, Reject):
                yield rows.pass_on(each)
                continue
            place, cells = each
            if gleif.is_deleted(cells):
                yield rows.refuse(place, "Deletion", cells.get("LEI", ""), "deleted by GLEIF")
                continue
            newest = max(newest, iso_date(day(cells, "Registration.LastUpdateDate")) or "")
            yield from rows.add(place, _company(cells), *_changes(cells))
        yield from rows.flush()
        yield copy.tally(rows, card(self.name), newest)


def _company(cells: Cells) -> Row:
    lei = cells.get("LEI", "")
    jurisdiction = cells.get("Entity.LegalJurisdiction", "")
    country = jurisdiction.partition("-")[0] or cells.get("Entity.LegalAddress.Country", "")
    extra = {said: cells[name] for name, said in EXTRA.items() if name in cells}
    extra |= _further(cells)
    if not gleif.LEI.fullmatch(lei):
        extra["identifier"] = "not in the form of an LEI"
    ended = day(cells, "Entity.EntityExpirationDate") or _end(cells, extra)
    return Row(
        "companies",
        {
            "company_id": lei,
            "lei": lei if gleif.LEI.fullmatch(lei) else "",
            "name": _names(cells),
            "country": country,
            "legal_form": cells.get("Entity.LegalForm.EntityLegalFormCode", ""),
            "registration_number": cells.get(
                "Entity.RegistrationAuthority.RegistrationAuthorityEntityID", ""
            ),
            "address": gleif.address(cells, "Entity.LegalAddress"),
            "incorporated_on": day(cells, "Entity.EntityCreationDate"),
            "dissolved_on": ended,
            "known_from": day(cells, "Registration.InitialRegistrationDate"),
        },
        extra,
    )


def _names(cells: Cells) -> list[str]:
    """The legal name first, then every other one; none where there is no legal name."""
    legal = cells.get("Entity.LegalName", "")
    if not legal:
        return []
    others = (cells.get(path, "") for name in NAMES for path in numbered(cells, name))
    return list(dict.fromkeys([legal, *(each for each in others if each)]))


def _previous(cells: Cells) -> list[str]:
    paths = numbered(cells, NAMES[0])
    return [cells.get(p, "") for p in paths if cells.get(f"{p}.type") == PREVIOUS]


def _further(cells: Cells) -> dict[str, str]:
    """What has no column: previous names, headquarters, other addresses, successors."""
    lists = {
        "previous names": _previous(cells),
        "other addresses": [
            text
            for name in ("OtherAddresses.OtherAddress",
                         "TransliteratedOtherAddresses.TransliteratedOtherAddress")
            for path in numbered(cells, f"Entity.{name}", "FirstAddressLine", "City", "Country")
            if (text := gleif.address(cells, path))
        ],
        "successors": [
            text
            for path in numbered(cells, "Entity.SuccessorEntity", *SUCCESSOR)
            for name in SUCCESSOR
            if (text := cells.get(f"{path}.{name}", ""))
        ],
        "headquarters": [text] if (text := gleif.address(cells, "Entity.HeadquartersAddress"))
        else [],
    }  # fmt: skip
    return {name: " | ".join(texts) for name, texts in lists.items() if texts}


def _events(cells: Cells) -> Iterator[tuple[str, str]]:
    """Type and effective day of every completed event."""
    for path in numbered(cells, EVENT, "LegalEntityEventType", "event_status"):
        if cells.get(f"{path}.event_status") == "COMPLETED":
            kind = cells.get(f"{path}.LegalEntityEventType", "")
            yield kind, day(cells, f"{path}.LegalEntityEventEffectiveDate")


def _end(cells: Cells, extra: dict[str, str]) -> str:
    """The day of the last event that ends an entity, for one that is inactive."""
    if cells.get("Entity.EntityStatus") != "INACTIVE":
        return ""
    ends = [(when, kind) for kind, when in _events(cells) if kind in ENDINGS and iso_date(when)]
    if not ends:
        return ""
    when, extra["dissolved_on from"] = max(ends)
    return when


def _changes(cells: Cells) -> Iterator[Row]:
    """Completed changes with their day.

    Old and new name are told only where there is one change and one previous name:
    which belongs to which is otherwise not said.
    """
    changes = [(CHANGES[kind], when) for kind, when in _events(cells) if kind in CHANGES]
    previous = _previous(cells)
    plain = len(previous) == 1 and sum(field == "name" for field, _ in changes) == 1
    for field, when in changes:
        row = {"company_id": cells.get("LEI", ""), "field": field, "changed_on": when}
        if plain and field == "name":
            row |= {"old_value": previous[0], "new_value": cells.get("Entity.LegalName", "")}
        yield Row("name_history", row)
