"""``bench leads``: worlds are made, masked to each view, run and scored against their truth."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec
import pyarrow.parquet as pq

from tidewaiter.assess import scorecard
from tidewaiter.assess.scorecard import AlarmRate, Alert, Scorecard
from tidewaiter.model.money import QUANTITY_PLACES
from tidewaiter.pipeline.intake import Options, load
from tidewaiter.pipeline.run import RunReport, run
from tidewaiter.settings import Settings
from tidewaiter.simulate.decoys import DECOYS
from tidewaiter.simulate.generate import generate
from tidewaiter.simulate.plan import DIFFICULTIES, Part, Plan
from tidewaiter.simulate.schemes import SCHEMES
from tidewaiter.simulate.truth import Truth
from tidewaiter.simulate.views import VIEWS, mask
from tidewaiter.store.workspace import Workspace

LEADS, BASELINE = "leads", "baseline"  # baseline: one point a flag
SHIPPED = ("declarations", "movements")

Progress = Callable[[str, int, int], None]


class Benchmark(msgspec.Struct, frozen=True, kw_only=True):
    """Scorecards, one a world, view and queue, and the alarm rates in the full views."""

    cards: tuple[Scorecard, ...]
    alarms: tuple[AlarmRate, ...]


def full_plan(seed: int, declarations: int) -> Plan:
    """A world with every scheme at each difficulty and every look-alike."""
    return Plan(
        seed=seed,
        declarations=declarations,
        schemes=tuple(Part(kind, level) for kind in SCHEMES for level in DIFFICULTIES),
        decoys=tuple(DECOYS),
    )


def bench_leads(
    plans: Sequence[Plan], settings: Settings, folder: Path, progress: Progress
) -> Benchmark:
    """Score every plan in every view; worlds are made and taken away in ``folder``."""
    cards: list[Scorecard] = []
    alarms: Counter[str] = Counter()
    lawful, done = 0, 0
    for plan in plans:
        with tempfile.TemporaryDirectory(dir=folder) as name:
            home = Path(name)
            truth = generate(plan, home / "full", _silent)
            for view in VIEWS:
                progress("views", done, len(plans) * len(VIEWS))
                done += 1
                cards += _view(home, view, truth, settings, alarms)
            lawful += truth.firms - len(truth.culpable)
    rates = (
        AlarmRate(flag_id=flag, raised=number, lawful=lawful)
        for flag, number in sorted(alarms.items())
    )
    return Benchmark(cards=tuple(cards), alarms=tuple(rates))


def _view(
    home: Path, view: str, truth: Truth, settings: Settings, alarms: Counter[str]
) -> Iterator[Scorecard]:
    folder = home / "full" if view == "full" else home / view
    if view != "full":
        mask(home / "full", folder, view, truth)
    space = Workspace.create(home / f"workspace-{view}")
    load(space, [folder], settings, Options())
    report = run(space, settings)
    raised = _raised(report)
    rows = sum(report.counts[name] for name in SHIPPED)
    missed = scorecard.misattribution(truth, _traced(report))
    if view == "full":
        partakers = set(truth.culpable)
        alarms.update(
            flag for firm, flags in raised.items() if firm not in partakers for flag in flags
        )
    queues = ((LEADS, scorecard.of_leads(report.leads)), (BASELINE, _baseline(raised)))
    for queue, alerts in queues:
        yield scorecard.score(
            alerts, truth, view=view, queue=queue, rows=rows, misattributed=missed
        )


def _raised(report: RunReport) -> dict[str, set[str]]:
    """The flags raised on each firm, whether or not they came to a lead."""
    found: dict[str, set[str]] = {}
    tested = pq.read_table(report.folder / "tested.parquet").to_pylist()
    findings = pq.read_table(report.folder / "findings.parquet").to_pylist()
    seen = [row for row in tested if row["state"] == "seen"]
    for row in (*seen, *findings):
        firm = row["subject_id"].partition(":")[2]
        found.setdefault(firm, set()).add(row["flag_id"])
    return found


def _baseline(raised: dict[str, set[str]]) -> list[Alert]:
    """Firms by the number of their flags: what a list of flags without weights gives."""
    order = sorted(raised, key=lambda firm: (-len(raised[firm]), firm))
    return [Alert((firm,), ()) for firm in order]


def _traced(report: RunReport) -> dict[tuple[str, str], float]:
    """Amounts traced from import row to export row, rows by the world's own ids."""
    rows = pq.read_table(report.folder / "attributions.parquet").to_pylist()
    found: Counter[tuple[str, str]] = Counter()
    for row in rows:
        pair = (row["import_record"].split(":")[1], row["export_record"].split(":")[1])
        found[pair] += row["amount"]
    return {pair: amount / 10**QUANTITY_PLACES for pair, amount in found.items()}


def _silent(_label: str, _done: int, _total: int) -> None:
    """Progress that nobody watches: the views are counted instead."""
