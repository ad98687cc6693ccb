"""Stage ``assess``: from matches, deliveries and attributions to ranked leads."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import ibis
import msgspec
import pyarrow as pa

from tidewaiter.assess.deliveries import deliveries, drawn, read_deliveries, read_drawn
from tidewaiter.assess.explain import Frame, lead
from tidewaiter.assess.flags.all_flags import outcomes
from tidewaiter.assess.flags.definition import with_limits
from tidewaiter.assess.flags.outcome import Outcome
from tidewaiter.assess.grouping import groups
from tidewaiter.assess.pattern import Pattern, Receiver, patterns
from tidewaiter.assess.rank import ranked
from tidewaiter.assess.trader import Trader
from tidewaiter.goods.rates import Rates
from tidewaiter.model.finding import Lead
from tidewaiter.pipeline import naming, trading
from tidewaiter.pipeline.context import Context, write
from tidewaiter.pipeline.listed import of_world
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
TESTED = pa.schema(
    [
        ("flag_id", pa.string()),
        ("subject_id", pa.string()),
        ("state", pa.string()),
        ("strength", pa.float64()),
        ("observed", pa.string()),
        ("threshold", pa.string()),
        ("sentence", pa.string()),
        ("lacks", pa.string()),
        ("rows", pa.list_(pa.string())),
        ("as_of", pa.string()),
    ]
)


def assess(context: Context, folder: Path) -> None:
    """Leads, and the answer of every flag for every party that was looked at."""
    frame = _frame(context)
    parties = {party.party_id: party for party in naming.read_parties(context)}
    receivers = _receivers(context, parties)
    found = _patterns(context, parties, receivers)
    senders = {pattern.sender.party_id for pattern in found}
    listed = frozenset(r.party.party_id for r in receivers)
    kept: dict[str, Trader] = {}
    answers: dict[str, tuple[Outcome, ...]] = {}
    for trader in trading.traders(
        context, parties, senders=senders, listed=listed, rates=frame.rates
    ):
        name = trader.party.party_id
        answers[name] = outcomes(trader, frame.definitions)
        # What nothing was seen of is let go: its rows would fill memory for nothing.
        if name in senders or any(answer.state == "seen" for answer in answers[name]):
            kept[name] = trader
    leads = [lead(group, frame) for group in groups(found, kept, answers)]
    best_first = ranked(leads, context.settings.min_score)
    lines = b"".join(msgspec.json.encode(each) + b"\n" for each in best_first)
    (folder / "leads.jsonl").write_bytes(lines)
    write(_findings(best_first), folder / "findings.parquet")
    write(_tested(answers, context.world.day), folder / "tested.parquet")


def _patterns(
    context: Context, parties: dict[str, Party], receivers: list[Receiver]
) -> list[Pattern]:
    engine, rows = context.world.engine, context.shipments()
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
    index = of_world(context.world).index
    rows = [row for row in context.read("matches.parquet").to_pylist() if row["match"]]
    return [
        Receiver(
            party=parties[row["party_id"]],
            match=msgspec.convert(row, Match),
            entry=entry.listed,
        )
        for row in rows
        if (entry := index.by_id(row["entity_id"])) is not None
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
        definitions=with_limits(context.settings.flags),
    )


def _findings(leads: list[Lead]) -> pa.Table:
    rows = [
        msgspec.structs.asdict(flag) | {"lead_id": each.lead_id, "as_of": each.as_of}
        for each in leads
        for flag in each.flags
    ]
    return pa.Table.from_pylist(rows, FINDINGS)


def _tested(answers: Mapping[str, tuple[Outcome, ...]], day: str) -> pa.Table:
    """Every answer, also "not seen" and "not computable": a flag is never silently zero."""
    rows = [
        msgspec.structs.asdict(outcome) | {"as_of": day}
        for name in sorted(answers)
        for outcome in answers[name]
    ]
    return pa.Table.from_pylist(rows, TESTED)
