"""What was not known on the day changes nothing, and the same input gives the same bytes."""

from __future__ import annotations

import csv
import datetime
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tidewaiter.pipeline.intake import Options, load
from tidewaiter.pipeline.run import RunReport, run
from tidewaiter.settings import Settings
from tidewaiter.store.tables import Table, tables
from tidewaiter.store.workspace import Workspace

DAY = "2023-09-30"
RESULTS = (
    "leads.jsonl", "findings.parquet", "matches.parquet", "attributions.parquet",
    "parties.parquet", "mentions.parquet", "suggestions.parquet", "report.html", "run.json",
)  # fmt: skip
EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
DEMO = Path(__file__).parents[2] / "examples" / "demo_case"


def workspace_of(place: Path, *cases: Path) -> Workspace:
    """A workspace with these folders loaded one after the other."""
    workspace = Workspace.create(place)
    for case in cases:
        load(workspace, [case], Settings(), Options(dataset="demo"))
    return workspace


def results(report: RunReport) -> dict[str, bytes]:
    """Every result file of a run, by name."""
    return {name: (report.folder / name).read_bytes() for name in RESULTS}


def later_row(table: Table, day: datetime.date) -> dict[str, str]:
    """A valid row of a plain table that nobody could know before ``day``.

    Its names and ids are those of the demonstration case, so that it would matter.
    """
    with (EXAMPLES / f"{table.name}.csv").open(encoding="utf-8", newline="") as handle:
        row = dict(next(csv.DictReader(handle)))
    row |= {name: day.isoformat() for name in table.known if name in row or table.known}
    if table.basis:
        row[table.basis] = day.isoformat()
    for name in ("end", "delisted_on", "dissolved_on"):
        row.pop(name, None)
    matters = {
        "consignee_name": "«Завод Тарникон»",
        "consignor_id": "UZ-1001",
        "company_id": "UZ-1002" if table.name != "companies" else "UZ-2001",
        "name": "Tarnikon Plant" if table.name == "designations" else "Later name",
    }
    return row | {key: value for key, value in matters.items() if key in row}


DATED = [t for t in tables() if t.plain and (t.basis or t.known)]


@pytest.mark.parametrize("table", DATED, ids=lambda t: t.name)
@settings(max_examples=3, phases=[Phase.explicit, Phase.generate])  # each draw is two runs
@given(days=st.integers(min_value=1, max_value=4000))
def test_rows_known_after_the_day_change_no_byte(
    table: Table, days: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A row of any table that became known after the day: every result stays the same."""
    root = tmp_path_factory.mktemp("later")
    before = run(workspace_of(root / "before", DEMO), Settings(), DAY)
    row = later_row(table, datetime.date.fromisoformat(DAY) + datetime.timedelta(days=days))
    (root / "case").mkdir()
    with (root / "case" / f"{table.name}.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(row))
        writer.writeheader()
        writer.writerow(row)
    after = run(workspace_of(root / "after", DEMO, root / "case"), Settings(), DAY)
    assert before.leads
    assert results(after) == results(before)


def shuffled(folder: Path, target: Path, seed: int) -> Path:
    """A copy of a case folder with the rows of every CSV in another order."""
    target.mkdir()
    for path in sorted(folder.iterdir()):
        lines = path.read_text("utf-8").splitlines(keepends=True)
        head, rows = lines[:1], lines[1:]
        if path.suffix == ".csv":
            random.Random(seed).shuffle(rows)
        (target / path.name).write_text("".join(head + rows), "utf-8")
    return target


def without_places(report: RunReport) -> list[dict[str, Any]]:
    """The leads without what names a row or a version of a file."""
    leads = [json.loads(x) for x in (report.folder / "leads.jsonl").read_text().splitlines()]
    for lead in leads:
        for evidence in lead["evidence"]:
            for key in ("locator", "source_id", "sha256"):
                evidence.pop(key)
    return leads


def test_the_order_of_rows_changes_no_lead(tmp_path: Path) -> None:
    """Shuffled input: the same leads, but for places and checksums."""
    first = run(workspace_of(tmp_path / "a", DEMO), Settings())
    for seed in range(3):
        case = shuffled(DEMO, tmp_path / f"case{seed}", seed)
        again = run(workspace_of(tmp_path / f"w{seed}", case), Settings())
        assert without_places(again) == without_places(first)


def test_threads_and_place_change_no_byte(tmp_path: Path) -> None:
    """One thread or two, this folder or that: the same files to the byte."""
    copy = shuffled(DEMO, tmp_path / "elsewhere", 0)
    for path in DEMO.iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    one = run(workspace_of(tmp_path / "one", DEMO), Settings(threads=1))
    two = run(workspace_of(tmp_path / "two", copy), Settings(threads=2, memory="1GB"))
    assert results(one) == results(two)


def test_a_day_before_the_listing_gives_no_lead(tmp_path: Path) -> None:
    """A party that was not listed yet is not matched, and the default day sees it."""
    workspace = workspace_of(tmp_path / "w", DEMO)
    assert run(workspace, Settings(), "2022-12-15").leads == ()
    assert run(workspace, Settings()).leads


def test_an_unchanged_run_computes_nothing_again(tmp_path: Path) -> None:
    """Stage results are used again; a new judgement computes what rests on it."""
    workspace = workspace_of(tmp_path / "w", DEMO)
    assert not any(t.reused for t in run(workspace, Settings()).timings)
    assert all(t.reused for t in run(workspace, Settings()).timings)


def test_rows_of_tables_that_a_stage_does_not_read_leave_it_alone(
    tmp_path: Path, write_case: Callable[..., Path]
) -> None:
    """A role is loaded: no stage that reads papers and lists is computed again."""
    workspace = workspace_of(tmp_path / "w", DEMO)
    run(workspace, Settings(), DAY)
    role = {"person_id": "P1", "company_id": "C1", "role": "director", "start": "2023-05-01"}
    case = write_case("case", roles=[role])
    load(workspace, [case], Settings(), Options(dataset="demo"))
    again = run(workspace, Settings(), DAY).timings
    assert [t.stage for t in again if not t.reused] == ["report"]  # it names the new file


def test_a_damaged_stage_result_is_computed_again(tmp_path: Path) -> None:
    """An emptied result of an earlier run is not taken for this one's."""
    workspace = workspace_of(tmp_path / "w", DEMO)
    before = results(run(workspace, Settings()))
    (kept,) = (workspace.path / "cache").glob("assess-*/leads.jsonl")
    kept.write_bytes(b"")
    again = run(workspace, Settings())
    assert [t.stage for t in again.timings if not t.reused] == ["assess"]
    assert results(again) == before
