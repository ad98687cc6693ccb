"""Stage ``report``: the leads as one HTML file that needs nothing else."""

from __future__ import annotations

from pathlib import Path

import tidewaiter
from tidewaiter.model.finding import read_leads
from tidewaiter.pipeline.context import Context
from tidewaiter.report.render import RunSummary, SourceLine, html
from tidewaiter.store.manifest import Snapshot
from tidewaiter.store.raw import kept_path

LINK_PREFIX = "../../"  # from runs/<id>/report.html to the workspace


def report(context: Context, folder: Path) -> None:
    """Write ``report.html``."""
    world = context.world
    summary = RunSummary(
        tidewaiter_version=tidewaiter.__version__,
        as_of=world.day,
        as_of_named=world.clock.named,
        view=world.view,
        sources=tuple(_line(each) for each in world.sources()),
        counts=world.counts,
        left_out=world.left_out,
        link_prefix=LINK_PREFIX,
    )
    leads = read_leads(context.results["leads.jsonl"])
    (folder / "report.html").write_text(html(leads, summary), "utf-8")


def _line(snapshot: Snapshot) -> SourceLine:
    return SourceLine(
        dataset=snapshot.dataset,
        name=snapshot.name,
        rows=snapshot.rows_kept,
        source_id=snapshot.source_id,
        published_on=snapshot.published_on,
        licence=snapshot.licence,
        place=kept_path(snapshot.uri, snapshot.source_id),
    )
