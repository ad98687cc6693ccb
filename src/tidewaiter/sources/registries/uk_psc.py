"""Companies House: people with significant control, and what companies say of having none.

One JSON object a line. Shares and votes are told in bands, which become smallest and
largest share. A right to appoint and significant influence are stakes of another kind,
not roles: whoever holds them has no office.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from tidewaiter.model.ids import digest
from tidewaiter.model.source import Reject, SourceFile
from tidewaiter.sources import jsonfile
from tidewaiter.sources.card import card
from tidewaiter.sources.jsonvalues import Json, day, filled, mapping, mappings, text, texts
from tidewaiter.sources.printed import countries
from tidewaiter.sources.reader import Batch, FileHead, Official, Tally
from tidewaiter.sources.rows import Place, Row, Rows

KIND = re.compile(
    r"(?P<who>individual|corporate-entity|legal-person|super-secure)"
    r"-(person-with-significant-control|beneficial-owner)"
)
STATEMENT = "persons-with-significant-control-statement"
EXEMPTIONS = "exemptions"
TOTALS = "totals#persons-of-significant-control-snapshot"
NATURE = re.compile(
    r"(?P<right>ownership-of-shares|voting-rights|(part-)?right-to-share-surplus-assets)"
    r"-(more-than-(?P<over>[0-9]+)|(?P<low>[0-9]+)-to-(?P<high>[0-9]+))-percent"
)
INTERESTS = {"ownership-of-shares": "shares", "voting-rights": "votes"}
PART = re.compile(r"_([0-9]+)of[0-9]+")
ADDRESS = (
    "care_of", "po_box", "premises", "address_line_1", "address_line_2", "locality", "region",
    "postal_code", "country",
)  # fmt: skip
LENIENT = ("companies.country",)
SAID = {
    "kind": "kind",
    "country_of_residence": "country of residence",
    "is_sanctioned": "sanctioned",
    "description": "description",
    "linked_psc_name": "linked to",
    "restrictions_notice_withdrawal_reason": "restrictions notice withdrawn",
}
IDENTIFIED = (
    "legal_authority", "legal_form", "place_registered", "registration_number",
    "country_registered",
)  # fmt: skip


class UkPscReader(Official):
    """The snapshot, whole or in parts."""

    name = "uk_psc"
    dataset = "uk_companies_house"
    version = 1

    def recognises(self, head: FileHead) -> bool:
        """By the kind of the first record."""
        start = jsonfile.start_of(head)
        if start is None or start.kind == "array" or "data" not in start.keys:
            return False
        kind = text(mapping(start.first, "data"), "kind")
        return kind in {STATEMENT, EXEMPTIONS, TOTALS} or KIND.fullmatch(kind) is not None

    def read(self, source: SourceFile) -> Iterator[Batch | Reject | Tally]:
        """One person, statement or exemption a line, and a line of totals."""
        rows = Rows(source, "stakes", lenient=LENIENT)
        facts: dict[str, str] = {}
        keys: set[str] = set()
        for record in jsonfile.lines(source.path, source.name):
            if isinstance(record, Reject):
                yield rows.pass_on(record)
                continue
            place = Place(record.number, record.line, record.locator)
            data = mapping(record.value, "data")
            keys |= data.keys() | (record.value.keys() - {"data"})
            if text(data, "kind") == TOTALS:
                facts |= {name: text(data, name) for name in data if text(data, name)}
                rows.blank()
            else:
                yield from _take(rows, place, text(record.value, "company_number"), data)
        yield from rows.flush()
        yield Tally(
            rows_read=rows.read,
            entities=rows.read - rows.blanks,
            published_on=day(facts, "generated_at") or rows.newest,
            unused=card(self.name).unknown(keys),
            unread=dict(rows.unread),
            part=_part(source.name),
            facts=facts,
        )


def _part(name: str) -> str:
    """``snapshot``, or which of its parts."""
    found = PART.search(PurePosixPath(name).name)
    return f"snapshot/{found[1]}" if found else "snapshot"


def _take(rows: Rows, place: Place, company: str, data: Json) -> Iterator[Batch | Reject]:
    kind = text(data, "kind")
    who = KIND.fullmatch(kind)
    if not company:
        yield rows.refuse(place, "company_number", "", "required, but empty")
    elif kind == EXEMPTIONS:
        yield from _exempt(rows, place, company, data)
    elif kind == STATEMENT:
        reason = text(data, "statement")
        yield from rows.add(place, _gap(company, data, "statement", reason))
    elif who is None:
        yield rows.refuse(place, "kind", kind, "not a known kind of record")
    elif who["who"] == "super-secure":
        yield from rows.add(place, _gap(company, data, "beneficial_owner", kind))
    else:
        owner = _owner_id(company, data)
        main = _person(owner, data) if who["who"] == "individual" else _company(owner, data)
        yield from rows.add(place, main, *_stakes(owner, company, data))


def _owner_id(company: str, data: Json) -> str:
    """The register's own address of the record, which differs from company to company."""
    given = text(mapping(data, "links"), "self").strip("/")
    if given:
        return given
    parts = (text(data, "kind"), text(data, "name"), text(data, "notified_on"))
    return f"company/{company}/{digest(*parts)}"


def _person(owner: str, data: Json) -> Row:
    elements = mapping(data, "name_elements")
    parts = [text(elements, key) for key in ("forename", "other_forenames", "middle_name")]
    parts.append(text(elements, "surname"))
    whole = " ".join(part for part in parts if part) if parts[-1] else text(data, "name")
    printed = text(data, "nationality")
    born = mapping(data, "date_of_birth")
    extra = _said(data) | filled({"title": text(elements, "title")})
    return Row(
        "people",
        {
            "person_id": owner,
            "name": [whole],
            "nationality": ";".join(countries(printed)) or printed,
            "birth_date": _birth(born),
            "address": _address(mapping(data, "address")),
        },
        extra,
    )


def _birth(born: Json) -> str:
    """Year and month, and the day where it is told."""
    parts = [text(born, key) for key in ("year", "month", "day")]
    given = [part.zfill(2) for part in parts if part]
    return "-".join(given)


def _company(owner: str, data: Json) -> Row:
    identified = mapping(data, "identification")
    further = {name.replace("_", " "): text(identified, name) for name in IDENTIFIED}
    home = mapping(data, "principal_office_address") or mapping(data, "address")
    return Row(
        "companies",
        {
            "company_id": owner,
            "name": [text(data, "name")],
            "country": text(identified, "country_registered"),
            "legal_form": text(identified, "legal_form"),
            "registration_number": text(identified, "registration_number"),
            "address": _address(home),
        },
        _said(data) | filled(further),
    )


def _stakes(owner: str, company: str, data: Json) -> Iterator[Row]:
    """A stake for each nature of control; one without a share where none is told."""
    for nature in dict.fromkeys(texts(data, "natures_of_control")) or [""]:
        cells = {
            "owner_id": owner,
            "company_id": company,
            "interest": "other",
            "start": day(data, "notified_on"),
            "end": day(data, "ceased_on"),
        }
        yield Row("stakes", cells | _band(nature), filled({"nature of control": nature}), nature)


def _band(nature: str) -> dict[str, str]:
    """What is owned and how much, of a nature of control that says so."""
    found = NATURE.match(nature)
    if found is None:
        return {}
    low, high = (found["over"], "100") if found["over"] else (found["low"], found["high"])
    interest = INTERESTS.get(found["right"], "other")
    return {"interest": interest, "min_share": low, "max_share": high}


def _gap(company: str, data: Json, kind: str, reason: str) -> Row:
    return Row(
        "ownership_gaps",
        {
            "company_id": company,
            "kind": kind,
            "reason": reason,
            "note": text(data, "linked_psc_name"),
            "start": day(data, "notified_on"),
            "end": day(data, "ceased_on"),
        },
        _said(data),
        text(mapping(data, "links"), "self").strip("/"),
    )


def _exempt(rows: Rows, place: Place, company: str, data: Json) -> Iterator[Batch | Reject]:
    """A gap for each period of each exemption; one without words where none is named."""
    named = mapping(data, EXEMPTIONS)
    found = [(name, mapping(named, name)) for name in named] or [(EXEMPTIONS, {})]
    gaps = [
        Row(
            "ownership_gaps",
            {
                "company_id": company,
                "kind": "statement",
                "reason": text(exemption, "exemption_type") or name.replace("_", "-"),
                "start": day(period, "exempt_from"),
                "end": day(period, "exempt_to"),
            },
            _said(data),
        )
        for name, exemption in found
        for period in mappings(exemption, "items") or [{}]
    ]
    yield from rows.add(place, gaps[0], *gaps[1:])


def _said(data: Json) -> dict[str, str]:
    said = {here: text(data, name) for name, here in SAID.items()}
    if data.get("is_sanctioned") is True:
        said["sanctioned"] = "yes, as the register says"
    if data.get("ceased") is True and not data.get("ceased_on"):
        said["ceased"] = "yes, without a day"
    return filled(said)


def _address(given: Json) -> str:
    return ", ".join(part for name in ADDRESS if (part := text(given, name)))
