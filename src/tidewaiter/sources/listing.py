"""One listed party as statements: what the list says of it, and the listing itself.

The listing's own properties have the schema ``Sanction`` but stand on the party's
entity, so that a party and its measure can never be separated by a filter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec
import pyarrow as pa

from tidewaiter.model.dates import last_day
from tidewaiter.model.statement import Statement
from tidewaiter.store.tables import arrow_schema, table

LISTING = "Sanction"
END = "endDate"


class Value(msgspec.Struct, frozen=True):
    """One value of one property, in comparable form and as printed."""

    prop: str
    value: str
    printed: str | None = None


class ListedParty(msgspec.Struct, frozen=True, kw_only=True):
    """One record of a list.

    ``first_seen`` is when the record could first be known; the end of a listing is
    known on its own day. ``act_rank`` orders the versions of one entity.
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
        record_id=f"{party.entity_id}@{party.origin}",
        source_id=party.source_id,
        locator=party.locator,
        original_value=value.printed if value.printed != value.value else None,
        first_seen=value.value if value.prop == END else party.first_seen,
        origin=party.origin,
        act_rank=party.act_rank,
    )


def as_rows(found: Iterable[Statement]) -> pa.Table:
    """Statements as rows of the table ``statements``."""
    schema = arrow_schema(table("statements"))
    return pa.Table.from_pylist([_row(each) for each in found], schema)


def _row(statement: Statement) -> dict[str, object]:
    row = msgspec.structs.asdict(statement)
    days = {f"{n}_day": last_day(row[n]) if row.get(n) else None for n in ("first_seen",)}
    return row | days | {"canonical_id": statement.entity_id}
