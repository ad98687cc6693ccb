"""One listed party as statements: what the list says of it, and the listing itself.

The listing's own properties have the schema ``Sanction`` but stand on the party's
entity, so that a party and its measure can never be separated by a filter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec
import pyarrow as pa

from tidewaiter.model.dates import last_day
from tidewaiter.model.source import Reject
from tidewaiter.model.statement import Statement
from tidewaiter.sources.reader import Batch
from tidewaiter.store.tables import arrow_schema, table

LISTING = "Sanction"
END = "endDate"
BATCH = 100_000  # statements
WHOLE = "whole"  # the aspect of a record that one file tells completely


class Value(msgspec.Struct, frozen=True):
    """One value of one property, in comparable form and as printed."""

    prop: str
    value: str
    printed: str | None = None
    lang: str | None = None  # ISO 639-3, where the publisher says it


class ListedParty(msgspec.Struct, frozen=True, kw_only=True):
    """One record of a list.

    ``first_seen`` is when the record could first be known; the end of a listing is
    known on its own day. ``act_rank`` orders the versions of one entity. ``aspect``
    tells which piece of the record this is, where a list comes in several files (its
    aliases, its addresses): of each aspect the latest act speaks.
    """

    entity_id: str
    schema: str
    dataset: str
    source_id: str
    locator: str
    origin: str
    act_rank: int
    first_seen: str | None
    about: tuple[Value, ...]
    listing: tuple[Value, ...]
    aspect: str = WHOLE


def statements(party: ListedParty) -> Iterator[Statement]:
    """Every value once, the party's own first."""
    seen: set[tuple[str, str, str]] = set()
    for schema, found in ((party.schema, party.about), (LISTING, party.listing)):
        for each in found:
            key = (schema, each.prop, each.value)
            if each.value and key not in seen:
                seen.add(key)
                yield _statement(party, schema, each)


def _statement(party: ListedParty, schema: str, value: Value) -> Statement:
    return Statement(
        entity_id=party.entity_id,
        schema=schema,
        prop=value.prop,
        value=value.value,
        dataset=party.dataset,
        record_id=f"{party.entity_id}@{party.origin}"
        + ("" if party.aspect == WHOLE else f"#{party.aspect}"),
        source_id=party.source_id,
        locator=party.locator,
        original_value=value.printed if value.printed != value.value else None,
        first_seen=value.value if value.prop == END else party.first_seen,
        origin=party.origin,
        act_rank=party.act_rank,
        aspect=party.aspect,
        lang=value.lang,
    )


class Parties:
    """Collects the parties of one list file and gives them out in batches.

    ``add`` takes what one record of the file became; ``entities`` holds the ids seen.
    """

    def __init__(self) -> None:
        self.read = 0
        self.entities: set[str] = set()
        self._found: list[Statement] = []
        self._records = 0

    def add(self, *parties: ListedParty) -> Iterator[Batch]:
        """Take the parties of one record; a whole batch comes out as it fills."""
        self.read += 1
        self._records += 1
        for party in parties:
            self.entities.add(party.entity_id)
            self._found.extend(statements(party))
        if len(self._found) >= BATCH:
            yield from self.flush()

    def refuse(self, reject: Reject) -> Reject:
        """Count a record that cannot be kept."""
        self.read += 1
        return reject

    def flush(self) -> Iterator[Batch]:
        """What is left. Call it before the tally."""
        if self._records:
            yield Batch("statements", as_rows(self._found), self._records)
            self._found, self._records = [], 0


def as_rows(found: Iterable[Statement]) -> pa.Table:
    """Statements as rows of the table ``statements``."""
    schema = arrow_schema(table("statements"))
    return pa.Table.from_pylist([_row(each) for each in found], schema)


def _row(statement: Statement) -> dict[str, object]:
    row = msgspec.structs.asdict(statement)
    days = {
        f"{n}_day": last_day(row[n]) if row.get(n) else None for n in ("first_seen", "last_seen")
    }
    return row | days | {"canonical_id": statement.entity_id}
