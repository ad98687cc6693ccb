"""Stage ``trace``: pairs of imports and exports, first in, first out."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from tidewaiter.pipeline.context import Context, write
from tidewaiter.pipeline.naming import mention_table
from tidewaiter.trace.candidates import events
from tidewaiter.trace.ledger import fifo
from tidewaiter.trace.legs import legs

ATTRIBUTIONS = pa.schema(
    [
        ("holder", pa.string()),
        ("hs6", pa.string()),
        ("import_record", pa.string()),
        ("export_record", pa.string()),
        ("amount", pa.int64()),
        ("amount_unit", pa.string()),
        ("lag_days", pa.int64()),
    ]
)


def trace(context: Context, folder: Path) -> None:
    """Which import each export may have been drawn from; amounts in thousandths."""
    engine = context.world.engine
    engine.arrow("mentions", context.read("mentions.parquet"))
    rows = engine.fetch(events(legs(context.shipments(), mention_table())))
    came, went, amount = fifo(
        rows["pool"].to_numpy(),
        rows["day"].to_numpy(),
        rows["inward"].to_numpy(),
        rows["amount"].to_numpy(),
        context.settings.horizon_days,
    )
    day = rows["day"].to_numpy()
    pairs = [
        rows["holder"].take(pa.array(went)),
        rows["hs6"].take(pa.array(went)),
        rows["record_id"].take(pa.array(came)),
        rows["record_id"].take(pa.array(went)),
        pa.array(amount),
        rows["unit"].take(pa.array(went)),
        pa.array(day[went] - day[came]),
    ]
    write(pa.table(pairs, schema=ATTRIBUTIONS), folder / "attributions.parquet")
