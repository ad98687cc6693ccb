"""Changes between two states: exact sets, the same as by hand, and cheap where little changed."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from tidewaiter.cli.app import app
from tidewaiter.errors import MissingError
from tidewaiter.model.dates import last_day
from tidewaiter.pipeline.changes import Changes, compared, since_line
from tidewaiter.pipeline.intake import Options, load
from tidewaiter.pipeline.upkeep import prune
from tidewaiter.settings import Settings
from tidewaiter.store import manifest
from tidewaiter.store.workspace import Workspace

Row = dict[str, str]
WriteCase = Callable[..., Path]
SETTINGS = Settings(threads=1)
FIRM = {
    "list_id": "made_list", "entity_id": "1", "schema": "Company", "name": "Varenkov JSC",
    "aliases": "VI", "measure": "asset_freeze", "listed_on": "2023-01-02",
}  # fmt: skip


def found(workspace: Workspace, since: int | None = None) -> Changes:
    """The changes since a line, by default the one before the last load."""
    line = since_line(workspace, None if since is None else str(since))
    with compared(workspace, SETTINGS, line) as changes:
        return changes


def amended(workspace: Workspace, place: Path) -> None:
    """Load a folder again, as its owner changed it."""
    load(workspace, [place], SETTINGS, Options(accept_shrink=True))


@pytest.fixture
def workspace(tmp_path: Path, write_case: WriteCase) -> Workspace:
    """A list of three firms, loaded once and then amended: one gone, one new, one changed."""
    space = Workspace.create(tmp_path / "w")
    others = [FIRM | {"entity_id": "2", "name": "Tolmas LLP"}, FIRM | {"entity_id": "3"}]
    amended(space, write_case("case", designations=[FIRM, *others]))
    new = [FIRM | {"aliases": "VI;Varpribor", "measure": "export_restriction"}, others[1],
           FIRM | {"entity_id": "4", "name": "Sarykol"}]  # fmt: skip
    amended(space, write_case("case", designations=new))
    return space


def test_added_changed_and_removed_are_told_apart(workspace: Workspace) -> None:
    """Each set exactly, and of what changed the values before and after."""
    changes = found(workspace)
    assert changes.ids("added") == ["case:made_list:4"]
    assert changes.ids("removed") == ["case:made_list:2"]
    assert changes.ids("changed") == ["case:made_list:1"]
    told = {each["entity_id"]: each for each in changes.described()}
    assert told["case:made_list:1"]["values"] == {
        "alias": {"before": [], "after": ["Varpribor"]},
        "measure": {"before": ["asset_freeze"], "after": ["export_restriction"]},
    }
    assert told["case:made_list:2"]["caption"] == "Tolmas LLP"
    assert told["case:made_list:2"]["values"] == {}


def test_nothing_changed_where_only_places_did(workspace: Workspace, write_case: WriteCase) -> None:
    """The same rows in another order, and another file: other bytes, no change."""
    text = (workspace.path.parent / "case" / "designations.csv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    amended(workspace, write_case("case", designations=rows[::-1]))
    assert found(workspace).entities.num_rows == 0


def test_since_names_a_line_or_a_snapshot(workspace: Workspace) -> None:
    """From the beginning all are added; since their own load nothing changed."""
    first = manifest.read(workspace.path)[1].snapshots[0].snapshot_id
    assert since_line(workspace, first) == 2
    assert since_line(workspace, None) == 2
    assert found(workspace, 1).ids("added") == [f"case:made_list:{n}" for n in (1, 3, 4)]
    assert found(workspace, 3).entities.num_rows == 0
    for unknown in ("99", "abc"):
        with pytest.raises(MissingError, match="nothing in the workspace"):
            since_line(workspace, unknown)


def test_a_pruned_state_cannot_be_compared(workspace: Workspace) -> None:
    """An error that says so, not a comparison with nothing."""
    prune(workspace, SETTINGS)
    with pytest.raises(MissingError, match="pruned"):
        found(workspace)


def test_the_command_shows_counts_and_values(workspace: Workspace) -> None:
    """A table for people, JSON for programs."""
    run = CliRunner()
    shown = run.invoke(app, ["changes", "-w", str(workspace.path)])
    assert shown.exit_code == 0, shown.output
    assert "1 added, 1 changed, 1 removed" in " ".join(shown.output.split())
    assert "asset_freeze → export_restriction" in " ".join(shown.output.split())
    told = json.loads(run.invoke(app, ["changes", "-w", str(workspace.path), "--json"]).output)
    assert told["counts"] == {"added": 1, "changed": 1, "removed": 1}
    assert len(told["entities"]) == 3


def test_amendments_of_the_official_journal(shared_data: Path, tmp_path: Path) -> None:
    """Real amendments over real consolidated texts: the sets that plain Python finds."""
    lists = shared_data / "lists" / "eu_journal"
    space = Workspace.create(tmp_path / "w")
    consolidated = sorted(path for path in lists.glob("*") if path.name != "amendments")
    load(space, [p for p in consolidated if p.suffix == ".csv" or p.is_dir()], SETTINGS, Options())
    load(space, [lists / "amendments"], SETTINGS, Options())
    changes = found(space)
    before, after = (by_hand(space, line, changes.as_of) for line in (2, 3))
    expected = {
        "added": sorted(after.keys() - before.keys()),
        "removed": sorted(before.keys() - after.keys()),
        "changed": sorted(e for e in before.keys() & after.keys() if before[e] != after[e]),
    }
    assert {change: changes.ids(change) for change in expected} == expected
    assert len(expected["added"]) > 200
    assert len(before) > 7000
    told = {each["entity_id"]: each["values"] for each in changes.described()}
    for entity in expected["changed"]:
        gone, new = before[entity] - after[entity], after[entity] - before[entity]
        values = told[entity]
        assert {(p, v) for p, sides in values.items() for v in sides["before"]} == gone
        assert {(p, v) for p, sides in values.items() for v in sides["after"]} == new


def by_hand(workspace: Workspace, line: int, day: str) -> dict[str, set[tuple[str, str]]]:
    """Visible properties and values of each entity: of each, the latest act's."""
    latest: dict[str, int] = {}
    rows = list(_rows(workspace, line, day))
    for row in rows:
        latest[row["entity_id"]] = max(latest.get(row["entity_id"], -9), row["act_rank"])
    found: dict[str, set[tuple[str, str]]] = {}
    for row in rows:
        if row["act_rank"] == latest[row["entity_id"]]:
            found.setdefault(row["entity_id"], set()).add((row["prop"], row["value"]))
    return found


def _rows(workspace: Workspace, line: int, day: str) -> Iterator[dict[str, Any]]:
    for snapshot in manifest.state(workspace.path, line).current:
        path = workspace.path / snapshot.folder / "statements.parquet"
        for row in pq.read_table(path).to_pylist() if path.is_file() else ():
            known = last_day(row["first_seen"] or "")
            if known is None or known.isoformat() <= day:
                yield row
