"""Relationships of BODS 0.4 as stakes, roles and gaps, and how they change over time."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import msgspec

from tidewaiter.model.dates import DAY, iso_date
from tidewaiter.sources.jsonvalues import Json, day, filled, mapping, mappings, text, texts
from tidewaiter.sources.rows import Place, Row

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
        self.value = value
        self.details = mapping(value, "recordDetails")
        self.record = text(value, "recordId")
        self.company = text(self.details, "subject")
        self.party = text(self.details, "interestedParty")
        self.unnamed = mapping(self.details, "interestedParty")
        self.interests = mappings(self.details, "interests")
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
                "reason": text(self.unnamed, "reason") or "no interested party",
                "note": text(self.unnamed, "description"),
                "known_from": known_from,
            },
            self._extra(),
            self.record,
        )

    def _row(self, interest: Json, known_from: str, ended: str) -> Row:
        kind = text(interest, "type")
        extra = self._extra() | _said(interest)
        times = {
            "company_id": self.company,
            "start": day(interest, "startDate"),
            "end": day(interest, "endDate") or ended,
            "known_from": known_from,
        }
        if ended and not text(interest, "endDate"):
            extra["end from"] = "day on which the record was closed"
        tag = ":".join([self.record, kind, text(interest, "directOrIndirect")])
        if kind in OFFICES:
            share = mapping(interest, "share")
            extra |= {f"share, {key}": text(share, key) for key in share if text(share, key)}
            return Row("roles", {"person_id": self.party, "role": kind, **times}, extra, tag)
        owned = {"owner_id": self.party, "interest": OWNED.get(kind, "other"), **times}
        return Row("stakes", owned | _share(interest, extra), extra, tag)

    def _extra(self) -> dict[str, str]:
        said = {
            "statement": text(self.value, "statementId"),
            "status": text(self.value, "recordStatus"),
            "component": "yes" if self.details.get("isComponent") is True else "",
            "components": " | ".join(texts(self.details, "componentRecords")),
        }
        return filled(said)


class Statement(msgspec.Struct, frozen=True):
    """A relationship as stated at one place, with the days that clocks need."""

    place: Place
    relation: Relation
    known_from: str
    stated_on: str


def history(statements: list[Statement]) -> Iterator[tuple[Statement, list[Row]]]:
    """Each statement of records that changed, by record and day, and what it ended.

    What an earlier statement said and this one leaves out ends on the day before an
    interest of the same type takes its place, else on this statement's day.
    """
    ordered = sorted(statements, key=lambda s: (s.relation.record, s.stated_on, s.place.row))
    before: dict[tuple[str, ...], Row] = {}
    record = None
    for each in ordered:
        if each.relation.record != record:
            record, before = each.relation.record, {}
        rows = each.relation.rows(each.known_from, each.stated_on) if each.relation.company else []
        now = {_identity(row): row for row in rows}
        lapsed = [_ended(row, each, rows) for key, row in before.items() if key not in now]
        before = {key: row for key, row in now.items() if not row.cells.get("end")}
        yield each, lapsed


def _identity(row: Row) -> tuple[str, ...]:
    names = ("owner_id", "person_id", "company_id", "reason", "interest", "start")
    return (row.table, row.tag, *(str(row.cells.get(name, "")) for name in names))


def _ended(row: Row, by: Statement, rows: list[Row]) -> Row:
    took_over = (each.cells.get("start", "") for each in rows if each.tag == row.tag)
    start = next((day for day in took_over if str(day) > str(row.cells.get("start", ""))), "")
    eve = _day_before(str(start))
    extra = row.extra | {"end from": f"statement of {by.stated_on}"}
    cells = {**row.cells, "end": eve or by.stated_on, "known_from": by.known_from}
    return Row(row.table, cells, extra, row.tag)


def _day_before(text: str) -> str:
    """The day before a full date; empty for anything less."""
    if len(text) != DAY or iso_date(text) is None:
        return ""
    return (datetime.date.fromisoformat(text) - datetime.timedelta(days=1)).isoformat()


def _said(interest: Json) -> dict[str, str]:
    """Type and qualities of an interest, as printed."""
    said = {"interest type": text(interest, "type"), "details": text(interest, "details")}
    said["direct or indirect"] = text(interest, "directOrIndirect")
    beneficial = interest.get("beneficialOwnershipOrControl")
    if isinstance(beneficial, bool):
        said["beneficial ownership or control"] = "yes" if beneficial else "no"
    return filled(said)


def _share(interest: Json, extra: dict[str, str]) -> dict[str, str]:
    """Smallest and largest share; whether a bound itself is excluded is told in ``extra``."""
    share = mapping(interest, "share")
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
    printed = text(value, key)
    try:
        return (
            f"{float(printed):.6f}".rstrip("0").rstrip(".") if "e" in printed.lower() else printed
        )
    except ValueError:
        return printed
