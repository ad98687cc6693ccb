"""The demonstration's promise, and that detection reads nothing that only the generator writes."""

from __future__ import annotations

import csv
import random
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from tidewaiter.assess import scorecard
from tidewaiter.model.finding import Lead
from tidewaiter.pipeline import example
from tidewaiter.pipeline.intake import Options, load
from tidewaiter.pipeline.run import RunReport, run
from tidewaiter.settings import Settings
from tidewaiter.simulate.generate import generate
from tidewaiter.simulate.truth import Truth
from tidewaiter.store.workspace import Workspace

SEEDS = range(101, 121)  # none of them was looked at while flags and weights were made
ENOUGH = 18
FIRST = 10
IDS = {
    "companies": ("company_id",),
    "people": ("person_id",),
    "roles": ("person_id", "company_id"),
    "stakes": ("owner_id", "company_id"),
    "declarations": ("declaration_id", "consignor_id", "consignee_id"),
    "movements": ("movement_id", "consignor_id", "consignee_id"),
    "documents": ("document_id", "reference_ids"),
    "payments": ("payment_id", "payer_id", "payee_id", "declaration_ids"),
    "designations": ("entity_id",),
    "flows": (),
}


def made(home: Path, seed: int, names_seed: int | None = None) -> tuple[RunReport, Truth]:
    """The demonstration of a seed, run."""
    truth = generate(example.plan(seed, names_seed), home / "world", lambda *_: None)
    return carried_out(home, home / "world"), truth


def carried_out(home: Path, folder: Path) -> RunReport:
    """Load a case folder into a new workspace and run it."""
    space = Workspace.create(home / f"workspace-of-{folder.name}")
    load(space, [folder], Settings(), Options())
    return run(space, Settings())


def outcome(report: RunReport, truth: Truth) -> tuple[int, int]:
    """Schemes named in the first ten leads, and leads among them that name none."""
    alerts = scorecard.of_leads(report.leads)
    card = scorecard.score(alerts, truth, view="full", queue="leads", rows=1, misattributed=None)
    return round((card.recall[FIRST] or 0) * card.schemes), card.innocent[FIRST]


def told(leads: tuple[Lead, ...]) -> Sequence[object]:
    """What a lead says, apart from ids and names."""
    return sorted(
        (
            lead.score, lead.band, lead.value_usd, lead.first_event, lead.last_event,
            tuple(sorted((f.flag_id, f.points, f.observed) for f in lead.flags)),
            tuple(sorted(s.role for s in lead.subjects)), lead.route, len(lead.evidence),
        )
        for lead in leads
    )  # fmt: skip


@pytest.mark.slow
def test_schemes_come_first_and_innocents_do_not(tmp_path: Path) -> None:
    """Over twenty seeds; and under other names every score stays."""
    whole = clean = 0
    for seed in SEEDS:
        report, truth = made(tmp_path / str(seed), seed)
        found, innocent = outcome(report, truth)
        whole += found == len(truth.schemes)
        clean += innocent == 0
        renamed, _ = made(tmp_path / f"{seed}-renamed", seed, seed + 5_000)
        scores = [(lead.lead_id, lead.score) for lead in report.leads]
        assert sorted(scores) == sorted((lead.lead_id, lead.score) for lead in renamed.leads)
        shutil.rmtree(tmp_path / str(seed))
    assert whole >= ENOUGH
    assert clean >= ENOUGH


def rewritten(source: Path, target: Path, seed: int) -> None:
    """The same world by another hand: columns and rows shuffled, every id another one.

    Written with the csv module alone, so that nothing of the generator is at work.
    """
    luck = random.Random(seed)
    target.mkdir()
    known: dict[str, str] = {}

    def other(value: str) -> str:
        if value and value not in known:
            known[value] = f"z{luck.getrandbits(48):012x}"
        return known.get(value, "")

    for path in sorted(source.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as handle:
            rows = list(csv.DictReader(handle))
        names = list(rows[0])
        luck.shuffle(names)
        luck.shuffle(rows)
        for row in rows:
            row |= {name: other(row[name]) for name in IDS[path.stem]}
        with (target / path.name).open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, names)
            writer.writeheader()
            writer.writerows(rows)
    shutil.copyfile(source / "case.toml", target / "case.toml")
    shutil.copytree(source / "reports", target / "reports")


def test_a_world_by_another_hand_gives_the_same_leads(tmp_path: Path) -> None:
    """Order of rows and columns and every id are the generator's own; nothing rests on them."""
    report, truth = made(tmp_path, 7)
    rewritten(tmp_path / "world", tmp_path / "other", 7)
    again = carried_out(tmp_path, tmp_path / "other")
    assert told(again.leads) == told(report.leads)
    assert len(report.leads) >= len(truth.schemes)


def test_look_alikes_are_explained(tmp_path: Path) -> None:
    """Each is known to the run, stands on no queue, and has its reason."""
    report, truth = made(tmp_path, 8)
    explained = example.look_alikes(report.folder, truth)
    assert [alike.kind for alike, _ in explained] == list(example.LOOK_ALIKES)
    for alike, found in explained:
        assert alike.why
        assert [each.rank for each in found] == [None]
    (factory,) = (found[0] for alike, found in explained if alike.kind == "true_factory")
    states = {answer.flag_id: answer.state for answer in factory.answers}
    assert states["KIT-01"] == "seen"
    assert states["RXP-02"] == "not seen"


def test_the_report_is_read_and_never_scores(tmp_path: Path) -> None:
    """A world without its press gives the same leads: a plan is not an act."""
    report, _ = made(tmp_path, 9)
    shutil.copytree(tmp_path / "world", tmp_path / "silent")
    shutil.rmtree(tmp_path / "silent" / "reports")
    assert told(carried_out(tmp_path, tmp_path / "silent").leads) == told(report.leads)
