"""Relationships of BODS 0.4 as stakes, roles and gaps, and how they change over time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from tidewaiter.model.dates import DAY, iso_date
from tidewaiter.sources.rows import Place, Row

Json = Mapping[str, Any]
# Interests that are owned, by type; every other one is a right of another kind.
OWNED = {"shareholding": "shares", "votingRights": "votes", "rightsToProfitOrIncome": "profit"}
# Offices are roles; a right to appoint somebody is none.
OFFICES = frozenset(
    {
        "boardMember", "boardChair", "seniorManagingOfficial", "settlor", "trustee", "protector",
        "nominee", "nominator",
    }
)  # fmt: skip
BOUNDS = {
    "min_share": ("minimum", "exclusiveMinimum"),
    "max_share": ("maximum", "exclusiveMaximum"),
}


class Relation:
    """One statement of a relationship: its company, its party and its interests."""

    def __init__(self, value: Json) -> None:
        details = value.get("recordDetails")
        self.value = value
        self.details: Json = details if isinstance(details, dict) else {}
        self.record = _text(value, "recordId")
        self.company = _text(self.details, "subject")
        self.party = _text(self.details, "interestedParty")
        unnamed = self.details.get("interestedParty")
        self.unnamed: Json = unnamed if isinstance(unnamed, dict) else {}
        interests = self.details.get("interests")
        found = interests if isinstance(interests, list) else []
        self.interests: list[Json] = [each for each in found if isinstance(each, dict)]
        self.closed = value.get("recordStatus") == "closed"

    def rows(self, known_from: str, stated_on: str) -> list[Row]:
        """A row for each interest, at least one; a gap where nobody is named."""
        if not self.party:
            return [self._gap(known_from)]
        ended = stated_on if self.closed else ""
        return [self._row(each, known_from, ended) for each in self.interests or [{}]]

    def _gap(self, known_from: str) -> Row:
        return Row(
            "ownership_gaps",
            {
                "company_id": self.company,
                "kind": "beneficial_owner",
                "reason": _text(self.unnamed, "reason") or "no interested party",
                "note": _text(self.unnamed, "description"),
                "known_from": known_from,
            },
            self._extra(),
            self.record,
        )

    def _row(self, interest: Json, known_from: str, ended: str) -> Row:
        kind = _text(interest, "type")
        extra = self._extra() | _said(interest)
        times = {
            "company_id": self.company,
            "start": _day(interest, "startDate"),
            "end": _day(interest, "endDate") or ended,
            "known_from": known_from,
        }
        if ended and not _text(interest, "endDate"):
            extra["end from"] = "day on which the record was closed"
        tag = ":".join([self.record, kind, _text(interest, "directOrIndirect")])
        if kind in OFFICES:
            return Row("roles", {"person_id": self.party, "role": kind, **times}, extra, tag)
        owned = {"owner_id": self.party, "interest": OWNED.get(kind, "other"), **times}
        return Row("stakes", owned | _share(interest, extra), extra, tag)

    def _extra(self) -> dict[str, str]:
        components = self.details.get("componentRecords")
        listed = components if isinstance(components, list) else []
        said = {
            "statement": _text(self.value, "statementId"),
            "status": _text(self.value, "recordStatus"),
            "component": "yes" if self.details.get("isComponent") is True else "",
            "components": " | ".join(str(each) for each in listed if isinstance(each, str)),
        }
        return {name: each for name, each in said.items() if each}


class Statement(msgspec.Struct, frozen=True):
    """A relationship as stated at one place, with the days that clocks need."""

    place: Place
    relation: Relation
    known_from: str
    stated_on: str


def history(statements: list[Statement]) -> Iterator[list[Any]]:
    """Each statement of records that changed, by record and day, and what it ended.

    What an earlier statement said and this one leaves out ends on this one's day.
    """
    ordered = sorted(statements, key=lambda s: (s.relation.record, s.stated_on, s.place.row))
    before: dict[tuple[str, ...], Row] = {}
    record = None
    for each in ordered:
        if each.relation.record != record:
            record, before = each.relation.record, {}
        rows = each.relation.rows(each.known_from, each.stated_on) if each.relation.company else []
        now = {_identity(row): row for row in rows}
        lapsed = [_ended(row, each) for key, row in before.items() if key not in now]
        before = {key: row for key, row in now.items() if not row.cells.get("end")}
        yield [each, *lapsed]


def _identity(row: Row) -> tuple[str, ...]:
    names = ("owner_id", "person_id", "company_id", "reason", "interest", "start")
    return (row.table, row.tag, *(str(row.cells.get(name, "")) for name in names))


def _ended(row: Row, by: Statement) -> Row:
    extra = row.extra | {"end from": "a later statement leaves it out"}
    cells = {**row.cells, "end": by.stated_on, "known_from": by.known_from}
    return Row(row.table, cells, extra, row.tag)


def _said(interest: Json) -> dict[str, str]:
    """Type and qualities of an interest, as printed."""
    said = {"interest type": _text(interest, "type"), "details": _text(interest, "details")}
    said["direct or indirect"] = _text(interest, "directOrIndirect")
    beneficial = interest.get("beneficialOwnershipOrControl")
    if isinstance(beneficial, bool):
        said["beneficial ownership or control"] = "yes" if beneficial else "no"
    return {name: each for name, each in said.items() if each}


def _share(interest: Json, extra: dict[str, str]) -> dict[str, str]:
    """Smallest and largest share; whether a bound itself is excluded is told in ``extra``."""
    share = interest.get("share")
    if not isinstance(share, dict):
        return {}
    exact = _number(share, "exact")
    if exact:
        return {"min_share": exact, "max_share": exact}
    bounds: dict[str, str] = {}
    for column, (inclusive, exclusive) in BOUNDS.items():
        bounds[column] = _number(share, inclusive) or _number(share, exclusive)
        if not _number(share, inclusive) and bounds[column]:
            extra[f"{column} itself"] = "excluded"
    return bounds


def _number(value: Json, key: str) -> str:
    """A number without an exponent; what is none stays as printed."""
    printed = _text(value, key)
    try:
        return (
            f"{float(printed):.6f}".rstrip("0").rstrip(".") if "e" in printed.lower() else printed
        )
    except ValueError:
        return printed


def _text(value: Json, key: str) -> str:
    found = value.get(key)
    if isinstance(found, bool) or found is None or isinstance(found, dict | list):
        return ""
    return " ".join(str(found).split())


def _day(value: Json, key: str) -> str:
    printed = _text(value, key)
    return iso_date(printed[:DAY]) or printed
