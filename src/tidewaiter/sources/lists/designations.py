"""``designations.csv``: listed parties in the plain format, kept as statements.

The rows are read, checked and counted as those of every plain format; each row that is
kept becomes the statements of one party. Of two rows for one party the later listing
speaks, once it is visible.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec

from tidewaiter.model.dates import last_day
from tidewaiter.model.source import Reject, SourceFile
from tidewaiter.sources.card import resource
from tidewaiter.sources.listing import ListedParty, Value, as_rows, statements
from tidewaiter.sources.plain import PlainPass, PlainReader
from tidewaiter.sources.reader import Batch, Tally
from tidewaiter.store.tables import table

UNKNOWN_MEASURE = "other"
UNKNOWN_SCHEME = "idNumber"
COLUMNS = {
    "program": "programme",
    "reason": "reason",
    "listingDate": "listed_on",
    "endDate": "delisted_on",
    "sourceUrl": "url",
}  # property of the listing: column


class ListMeasure(msgspec.Struct, frozen=True):
    """What a listing on ``list`` forbids, and the rule that says so."""

    list: str
    measure: str
    cite: str


class Knowledge(msgspec.Struct, frozen=True):
    """``designations.yml``."""

    measures: tuple[ListMeasure, ...]
    identifiers: dict[str, str]


class DesignationsReader(PlainReader):
    """The plain format of listed parties."""

    def __init__(self) -> None:
        super().__init__("designations")

    def read(self, source: SourceFile) -> Iterator[Batch | Reject | Tally]:
        """Every row, kept as statements or rejected, then the tally."""
        rows = PlainPass(table(self.name), source)
        entities: set[str] = set()
        for read in rows.batches():
            yield from read.rejects
            parties = [_party(row, source.dataset) for row in read.rows.to_pylist()]
            entities |= {party.entity_id for party in parties}
            if parties:
                kept = as_rows(each for party in parties for each in statements(party))
                yield Batch("statements", kept, len(parties))
        yield rows.tally(entities=len(entities))


@cache
def knowledge() -> Knowledge:
    """What a row may leave unsaid."""
    return resource("lists/designations", Knowledge)


def measure_of(list_id: str) -> str:
    """What a listing on ``list_id`` forbids, also under a longer name of a known list."""
    known = {each.list: each.measure for each in knowledge().measures}
    parts = list_id.split("_")
    names = ("_".join(parts[:size]) for size in range(len(parts), 0, -1))
    return next((known[name] for name in names if name in known), UNKNOWN_MEASURE)


def _party(row: dict[str, Any], dataset: str) -> ListedParty:
    """One row as a party."""
    listed = last_day(row["listed_on"])
    return ListedParty(
        entity_id=row["record_id"],
        schema=row["schema"],
        dataset=dataset,
        source_id=row["source_id"],
        locator=row["locator"],
        origin=row["list_id"],
        act_rank=listed.toordinal() if listed else 0,
        first_seen=row["listed_on"],
        about=tuple(_about(row)),
        listing=tuple(_listing(row)),
    )


def _about(row: dict[str, Any]) -> Iterator[Value]:
    yield Value("name", row["name"])
    for prop, column in (("alias", "aliases"), ("country", "country")):
        yield from (Value(prop, value) for value in row[column] or ())
    if row["address"]:
        yield Value("address", row["address"])
    for printed in row["identifiers"] or ():
        yield _number(printed)


def _number(printed: str) -> Value:
    """``inn:7700000000``; under a scheme that is not known the whole stays the value."""
    scheme, _, number = printed.partition(":")
    prop = knowledge().identifiers.get(scheme.strip().casefold())
    return Value(prop, number.strip(), printed) if prop else Value(UNKNOWN_SCHEME, printed)


def _listing(row: dict[str, Any]) -> Iterator[Value]:
    yield Value("listId", row["list_id"])
    yield Value("measure", row["measure"] or measure_of(row["list_id"]), row["measure"])
    yield Value("recordId", row["entity_id"])
    yield from (Value(prop, row[name]) for prop, name in COLUMNS.items() if row[name])
