"""Stage ``assess``: from matches, deliveries and attributions to ranked leads."""

from __future__ import annotations

from pathlib import Path

import ibis
import msgspec
import pyarrow as pa

from tidewaiter.assess.deliveries import deliveries, drawn, read_deliveries, read_drawn
from tidewaiter.assess.explain import Frame, lead
from tidewaiter.assess.pattern import Pattern, Receiver, patterns
from tidewaiter.assess.rank import ranked
from tidewaiter.goods.rates import Rates
from tidewaiter.model.finding import Lead
from tidewaiter.pipeline import naming
from tidewaiter.pipeline.context import Context, write
from tidewaiter.pipeline.tracing import ATTRIBUTIONS
from tidewaiter.resolve.parties import Party
from tidewaiter.screen import Match

FINDINGS = pa.schema(
    [
        ("flag_id", pa.string()),
        ("subject_id", pa.string()),
        ("lead_id", pa.string()),
        ("points", pa.int64()),
        ("observed", pa.string()),
        ("threshold", pa.string()),
        ("sentence", pa.string()),
        ("evidence_ids", pa.list_(pa.string())),
        ("as_of", pa.string()),
    ]
)


def assess(context: Context, folder: Path) -> None:
    """Leads and findings of every flag."""
    frame = _frame(context)
    leads = [lead(pattern, frame) for pattern in _patterns(context)]
    best_first = ranked(leads, context.settings.min_score)
    lines = b"".join(msgspec.json.encode(each) + b"\n" for each in best_first)
    (folder / "leads.jsonl").write_bytes(lines)
    write(_findings(best_first), folder / "findings.parquet")


def _patterns(context: Context) -> list[Pattern]:
    engine, rows = context.world.engine, context.world.rows("declarations")
    parties = {party.party_id: party for party in naming.read_parties(context)}
    receivers = _receivers(context, parties)
    names = sorted({r.party.party_id for r in receivers})
    engine.arrow("mentions", context.read("mentions.parquet"))
    engine.arrow("receivers", pa.table({"party_id": pa.array(names, pa.string())}))
    engine.arrow("attributions", context.read("attributions.parquet"))
    mentions = naming.mention_table()
    listed = ibis.table({"party_id": "string"}, name="receivers")
    found = engine.fetch(deliveries(rows, mentions, listed))
    engine.arrow("sent", found.select(["record_id"]))
    sent = ibis.table({"record_id": "string"}, name="sent")
    pairs = ibis.table(
        {
            name: "int64" if kind == pa.int64() else "string"
            for name, kind in zip(ATTRIBUTIONS.names, ATTRIBUTIONS.types, strict=True)
        },
        name="attributions",
    )
    fed = engine.fetch(drawn(rows, mentions, pairs, sent))
    return patterns(read_deliveries(found), read_drawn(fed), receivers, parties)


def _receivers(context: Context, parties: dict[str, Party]) -> list[Receiver]:
    """Every party that matches an entry, with the entry."""
    entries = {entry.entity_id: entry for entry in naming.listed(context)}
    rows = [row for row in context.read("matches.parquet").to_pylist() if row["match"]]
    return [
        Receiver(
            party=parties[row["party_id"]],
            match=msgspec.convert(row, Match),
            entry=entries[row["entity_id"]],
        )
        for row in rows
    ]


def _frame(context: Context) -> Frame:
    rates = context.world.fetch("rates", "currency", "period", "usd_per_unit").to_pylist()
    clock = context.world.clock
    return Frame(
        as_of=context.world.day,
        horizon_days=context.settings.horizon_days,
        match_threshold=context.settings.match_threshold,
        view=context.world.view,
        uris=context.world.uris,
        rates=Rates(
            ((r["currency"], r["period"], r["usd_per_unit"]) for r in rates),
            known_by=clock.day if clock.named else None,
        ),
    )


def _findings(leads: list[Lead]) -> pa.Table:
    rows = [
        msgspec.structs.asdict(flag) | {"lead_id": each.lead_id, "as_of": each.as_of}
        for each in leads
        for flag in each.flags
    ]
    return pa.Table.from_pylist(rows, FINDINGS)
