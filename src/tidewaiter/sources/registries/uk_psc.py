"""Companies House, people with significant control: one JSON object a line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tidewaiter.model.ids import digest
from tidewaiter.model.source import Reject, SourceFile
from tidewaiter.sources import jsonfile
from tidewaiter.sources.card import card
from tidewaiter.sources.reader import Batch, FileHead, Tally
from tidewaiter.sources.rows import Place, Row, Rows

BAND = re.compile(r"(?P<low>25|50|75)-to-(?P<high>50|75|100)-percent")
INTERESTS = {
    "ownership-of-shares": "shares",
    "voting-rights": "votes",
    "right-to-share-surplus-assets": "other",
}
OFFICE = {
    "right-to-appoint-and-remove": "appoints the board",
    "significant-influence-or-control": "significant influence",
}
INDIVIDUAL = "individual"
STATEMENT, EXEMPT, SECRET, TOTALS = "statement", "exempt", "super-secure", "totals#"
NAMED = frozenset(
    {
        "name", "name_elements", "natures_of_control", "notified_on", "ceased_on", "kind",
        "date_of_birth", "nationality", "identification", "address", "statement", "links",
        "etag", "country_of_residence", "principal_office_address", "is_sanctioned", "ceased",
        "description", "linked_psc_name", "restrictions_notice_withdrawal_reason",
        "exemptions", "identity_verification_details",
    }
)  # fmt: skip


class UkPscReader:
    """The daily snapshot, whole or in parts."""

    name = "uk_psc"
    dataset = "uk_companies_house"
    version = 1

    @property
    def licence(self) -> str:
        """Of Companies House."""
        return card(self.name).licence

    def recognises(self, head: FileHead) -> bool:
        """By the keys of the first line."""
        start = jsonfile.start_of(head)
        return start is not None and set(start.keys) == {"company_number", "data"}

    def read(self, source: SourceFile) -> Iterator[Batch | Reject | Tally]:
        """A stake, an office or a gap a line; the totals at the end are told as facts."""
        rows = Rows(
            source, "stakes", lenient=("companies.country", "people.name", "companies.name")
        )
        facts: dict[str, str] = {}
        unused: set[str] = set()
        for each in jsonfile.lines(source.path, source.name):
            if isinstance(each, Reject):
                rows.read += 1
                yield each
                continue
            place = Place(each.line, each.line, each.locator)
            data = each.value.get("data")
            number = str(each.value.get("company_number") or "")
            if isinstance(data, dict) and str(data.get("kind", "")).startswith(TOTALS):
                facts |= {key: str(value) for key, value in data.items()}
                rows.blank()
            elif not isinstance(data, dict) or not number or not isinstance(data.get("kind"), str):
                yield rows.refuse(place, "data", str(each.value), "no company number or no kind")
            else:
                unused |= set(data) - NAMED
                yield from _taken(rows, place, number, data)
        yield from rows.flush()
        yield Tally(
            rows_read=rows.read,
            published_on=str(facts.get("generated_at", ""))[:10] or rows.newest,
            unused=tuple(sorted(unused)),
            unread=dict(rows.unread),
            part="psc",
            facts=facts,
        )


def _taken(
    rows: Rows, place: Place, number: str, data: Mapping[str, Any]
) -> Iterator[Batch | Reject]:
    """One person, firm or statement."""
    kind = data["kind"]
    if STATEMENT in kind or EXEMPT in kind or SECRET in kind:
        yield from rows.add(place, _gap(number, data))
        return
    party = _party_id(number, data)
    made = [*_stakes(party, number, data), *_roles(party, number, data)]
    if not made:
        made = [_link(party, number, data)]
    yield from rows.add(place, *made, _party(party, data))


def _party_id(number: str, data: Mapping[str, Any]) -> str:
    """The register gives a link to each entry and no id of a person."""
    link = _text(_mapping(data, "links").get("self"))
    return link.rpartition("/")[2] or digest(number, _text(data.get("name")))


def _period(data: Mapping[str, Any]) -> dict[str, str]:
    return {"start": _text(data.get("notified_on")), "end": _text(data.get("ceased_on"))}


def _natures(data: Mapping[str, Any]) -> list[str]:
    found = data.get("natures_of_control")
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []


def _stakes(party: str, number: str, data: Mapping[str, Any]) -> Iterator[Row]:
    """Bands of shares and votes; the lower bound is "more than", the upper "up to"."""
    for nature in _natures(data):
        for words, interest in INTERESTS.items():
            if nature.startswith(words):
                band = BAND.search(nature)
                share = {"min_share": band["low"], "max_share": band["high"]} if band else {}
                cells = {"owner_id": party, "company_id": number, "interest": interest}
                yield Row("stakes", cells | share | _period(data), {"nature": nature}, nature)


def _roles(party: str, number: str, data: Mapping[str, Any]) -> Iterator[Row]:
    for nature in _natures(data):
        for words, role in OFFICE.items():
            if nature.startswith(words):
                cells = {"person_id": party, "company_id": number, "role": role}
                yield Row("roles", cells | _period(data), {"nature": nature}, nature)


def _link(party: str, number: str, data: Mapping[str, Any]) -> Row:
    """Control whose nature is not told, or in words that are new."""
    cells = {"owner_id": party, "company_id": number, "interest": "other"} | _period(data)
    return Row("stakes", cells, {"natures": "; ".join(_natures(data))})


def _party(party: str, data: Mapping[str, Any]) -> Row:
    """The person, or the firm with the number of its own register."""
    said = _mapping(data, "identification")
    address = ", ".join(_text(value) for value in _mapping(data, "address").values() if value)
    name = _text(data.get("name")) or " ".join(
        _text(v) for v in _mapping(data, "name_elements").values()
    )
    if INDIVIDUAL in data["kind"]:
        born = _mapping(data, "date_of_birth")
        year, month = _text(born.get("year")), _text(born.get("month"))
        day = f"{year}-{month.zfill(2)}" if year and month else year
        cells = {"person_id": party, "name": [name], "birth_date": day, "address": address}
        return Row("people", cells | {"nationality": _text(data.get("nationality"))})
    return Row(
        "companies",
        {
            "company_id": party,
            "name": [name],
            "country": _text(said.get("country_registered"))
            or _text(_mapping(data, "address").get("country")),
            "legal_form": _text(said.get("legal_form")),
            "address": address,
            "registration_number": _text(said.get("registration_number")),
        },
        {key: _text(value) for key, value in said.items() if value},
    )


def _gap(number: str, data: Mapping[str, Any]) -> Row:
    kind = data["kind"]
    cells = {
        "company_id": number,
        "kind": "statement" if STATEMENT in kind else "beneficial_owner",
        "reason": _text(data.get("statement")) or kind,
        "note": _text(data.get("linked_psc_name")) or _text(data.get("description")),
    }
    return Row("ownership_gaps", cells | _period(data), tag=_text(data.get("etag")))


def _mapping(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return " ".join(str(value).split()) if isinstance(value, str | int) else ""
