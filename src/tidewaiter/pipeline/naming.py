"""Stages ``parties`` and ``screen``: whom the papers name, and who of them is listed."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import msgspec
import pyarrow as pa

from tidewaiter.pipeline.context import Context, write
from tidewaiter.pipeline.listed import of_world
from tidewaiter.resolve.mentions import mentions
from tidewaiter.resolve.parties import Party, Resolution, resolve
from tidewaiter.screen import Listed, Match, Query
from tidewaiter.screen import screen as screen_query
from tidewaiter.screen.listings import status_of, telling
from tidewaiter.screen.usable import cut_to_fit

# Entries a party may match. As many again are weighed, and more names are measured for more:
# a thousand, as before, measured two thousand names for every party of a run.
EVERY = 100
TEXTS = pa.list_(pa.string())
PARTIES = pa.schema(
    [
        ("party_id", pa.string()),
        ("caption", pa.string()),
        ("country", pa.string()),
        ("names", TEXTS),
        ("identifiers", TEXTS),
        ("addresses", TEXTS),
        ("members", TEXTS),
        ("basis", TEXTS),
    ]
)
MENTIONS = pa.schema([("mention", pa.string()), ("party_id", pa.string())])
SUGGESTIONS = pa.schema(
    [
        ("left", pa.string()),
        ("right", pa.string()),
        ("left_name", pa.string()),
        ("right_name", pa.string()),
        ("score", pa.float64()),
        ("joined", pa.bool_()),
    ]
)
MATCHES = pa.schema(
    [
        ("party_id", pa.string()),
        ("party_caption", pa.string()),
        ("entity_id", pa.string()),
        ("caption", pa.string()),
        ("schema", pa.string()),
        ("list_ids", TEXTS),
        ("measures", TEXTS),
        ("status", pa.string()),
        ("score", pa.float64()),
        ("probability", pa.float64()),
        ("completeness", pa.float64()),
        ("match", pa.bool_()),
        ("by_identifier", pa.bool_()),
        ("judged", pa.string()),
        ("explanations", TEXTS),
    ]
)
COMPANY_COLUMNS = (
    "record_id", "name", "country", "address", "tax_number", "registration_number", "lei",
)  # fmt: skip


def parties(context: Context, folder: Path) -> None:
    """Resolve every mention of the declarations and payments to a party."""
    world = context.world
    every = mentions(context.shipments(), world.rows("payments"))
    named = world.engine.fetch(every.order_by("mention"))
    companies = world.fetch("companies", *COMPANY_COLUMNS)
    found = resolve(named.to_pylist(), companies.to_pylist(), context.judgements)
    write(_rows(found.parties, PARTIES), folder / "parties.parquet")
    write(_mention_rows(found), folder / "mentions.parquet")
    write(_rows(found.suggestions, SUGGESTIONS), folder / "suggestions.parquet")


def screen(context: Context, folder: Path) -> None:
    """Compare every party with every list entry that is visible on the day."""
    index = of_world(context.world).index
    judged = _judged_same(context)
    rows: list[dict[str, Any]] = []
    every = read_parties(context)
    for done, party in enumerate(every):
        if done % 1000 == 0:
            context.progress("screen", done, len(every))
        threshold = context.settings.match_threshold
        found = screen_query(
            query(party), index, threshold=threshold, limit=EVERY, day=context.world.day
        )
        rows += [_match_row(party, match, context) for match in found.results]
        seen = {match.entity_id for match in found.results}
        rows += [
            _match_row(party, _judged(entry.listed, context.world.day), context)
            for name in sorted(set().union(*(judged[each] for each in party.members)) - seen)
            if (entry := index.by_id(name)) is not None
        ]
    write(pa.Table.from_pylist(rows, MATCHES), folder / "matches.parquet")


def read_parties(context: Context) -> list[Party]:
    """The parties that stage ``parties`` wrote."""
    return [msgspec.convert(r, Party) for r in context.read("parties.parquet").to_pylist()]


def mention_table() -> ir.Table:
    """The mentions that stage ``parties`` wrote, once they are named in the engine."""
    return ibis.table({"mention": "string", "party_id": "string"}, name="mentions")


def query(party: Party) -> Query:
    """A party as a screening query."""
    return cut_to_fit(
        Query(
            query_id=party.party_id,
            names=party.names or (party.caption,),
            country=party.country,
            identifiers=party.identifiers,
            address=party.addresses[0] if party.addresses else None,
        )
    )


def _judged_same(context: Context) -> dict[str, set[str]]:
    """For each record, the records that people judged to be the same party."""
    same: dict[str, set[str]] = defaultdict(set)
    for left, right in context.judgements.same():
        same[left].add(right)
        same[right].add(left)
    return same


def _judged(entry: Listed, day: str) -> Match:
    """A match that a person made where no rule does."""
    told = telling(entry.listings, day)
    return Match(
        entity_id=entry.entity_id,
        caption=entry.caption,
        schema=entry.schema,
        list_ids=tuple(sorted({each.list_id for each in told})),
        score=1.0,
        probability=1.0,
        completeness=0.0,
        measures=tuple(sorted({each.measure for each in told})),
        status=status_of(entry.listings, day),
        match=True,
        by_identifier=False,
        explanations=("judged by a person to be the same party",),
    )


def _match_row(party: Party, match: Match, context: Context) -> dict[str, Any]:
    """A match as a row; what a person judged is kept beside the score and decides."""
    judged = context.judgements.of_any(party.members, match.entity_id)
    row = msgspec.to_builtins(match)
    row |= {"party_id": party.party_id, "party_caption": party.caption, "judged": judged}
    if judged in {"yes", "no"}:
        row["match"] = judged == "yes"
    return {name: row[name] for name in MATCHES.names}


def _mention_rows(found: Resolution) -> pa.Table:
    pairs = sorted(found.mentions.items())
    return pa.table([list(column) for column in zip(*pairs, strict=True)] or [[], []], MENTIONS)


def _rows(values: tuple[msgspec.Struct, ...], schema: pa.Schema) -> pa.Table:
    return pa.Table.from_pylist([msgspec.structs.asdict(v) for v in values], schema)
