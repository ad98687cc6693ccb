"""The stages of a run, in order. Each reads the world and what earlier stages wrote.

======== ============================== ============================================
stage    reads                          writes
======== ============================== ============================================
parties  shipments, payments, companies parties, mentions, suggestions (.parquet)
screen   parties, statements            matches.parquet
trace    shipments, mentions            attributions.parquet
assess   all of these, stakes, rates    findings.parquet, tested.parquet, leads.jsonl
report   leads                          report.html
======== ============================== ============================================
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from tidewaiter.pipeline import assessing, naming, reporting, tracing
from tidewaiter.pipeline.context import Context
from tidewaiter.store.tables import tables

EVERY_TABLE = tuple(each.name for each in tables())

ASSESSED = (
    "declarations", "movements", "companies", "people", "stakes", "statements", "rates",
)  # fmt: skip

Work = Callable[[Context, Path], None]


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """One stage: what it does, the tables and stages it depends on, what it writes.

    ``version`` changes with the meaning of its output, so that a kept result of an
    older version is not used again.
    """

    name: str
    version: int
    work: Work
    tables: tuple[str, ...]
    after: tuple[str, ...]
    settings: tuple[str, ...]
    writes: tuple[str, ...]


STAGES = (
    Stage(
        name="parties",
        version=3,
        work=naming.parties,
        tables=("declarations", "movements", "payments", "companies"),
        after=(),
        settings=(),
        writes=("parties.parquet", "mentions.parquet", "suggestions.parquet"),
    ),
    Stage(
        name="screen",
        version=3,
        work=naming.screen,
        tables=("statements",),
        after=("parties",),
        settings=("match_threshold",),
        writes=("matches.parquet",),
    ),
    Stage(
        name="trace",
        version=2,
        work=tracing.trace,
        tables=("declarations", "movements"),
        after=("parties",),
        settings=("horizon_days",),
        writes=("attributions.parquet",),
    ),
    Stage(
        name="assess",
        version=3,
        work=assessing.assess,
        tables=ASSESSED,
        after=("parties", "screen", "trace"),
        settings=("match_threshold", "horizon_days", "min_score", "flags"),
        writes=("findings.parquet", "tested.parquet", "leads.jsonl"),
    ),
    Stage(
        name="report",
        version=1,
        work=reporting.report,
        tables=EVERY_TABLE,
        after=("assess",),
        settings=(),
        writes=("report.html",),
    ),
)

NAMES = tuple(stage.name for stage in STAGES)
