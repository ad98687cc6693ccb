"""Worlds on the command line: the demo, simulate and bench leads as a user meets them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


def tidewaiter(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line; the workspace variable of the machine is not seen."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("TIDEWAITER_")}
    return subprocess.run(
        [sys.executable, "-m", "tidewaiter", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=clean,
    )


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small world of two schemes, with one masked view."""
    folder = tmp_path_factory.mktemp("simulated") / "world"
    done = tidewaiter(
        "simulate", str(folder), "--declarations", "1200", "--scheme", "pivot", "--scheme",
        "split_orders", "--difficulty", "easy", "--look-alike", "namesake", "--view", "customs",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "2 schemes, 1 look-alikes" in done.stdout
    return folder


def test_a_simulated_world_loads_without_a_reject(world: Path, tmp_path: Path) -> None:
    """Its files are plain ones; the masked view says whose it is."""
    space = str(tmp_path / "workspace")
    assert tidewaiter("init", space).returncode == 0
    done = tidewaiter("load", str(world / "customs"), "--json", "-w", space)
    assert done.returncode == 0, done.stderr
    assert sum(each["rows_rejected"] for each in json.loads(done.stdout)["files"]) == 0
    ran = json.loads(tidewaiter("run", "--json", "-w", space).stdout)
    assert ran["visible_rows"]["payments"] == 0
    assert 'view = "customs:' in (world / "customs" / "case.toml").read_text("utf-8")


def test_the_truth_lies_outside_what_is_loaded(world: Path) -> None:
    """And names what was asked for."""
    truth = json.loads((world / "truth.json").read_text("utf-8"))
    assert [each["kind"] for each in truth["schemes"]] == ["pivot", "split_orders"]
    assert [each["kind"] for each in truth["look_alikes"]] == ["namesake"]
    assert not list((world / "full").rglob("*truth*"))


def test_the_demo_prints_leads_look_alikes_and_paths(tmp_path: Path) -> None:
    """For a person, and with ``--json`` for a program; another seed is another world."""
    done = tidewaiter("demo", str(tmp_path / "one"))
    assert done.returncode == 0, done.stderr
    assert "Look-alikes" in done.stdout
    assert "report: " in done.stderr
    assert "truth.json" in done.stderr
    other = tidewaiter("demo", str(tmp_path / "two"), "--seed", "2", "--json")
    result = json.loads(other.stdout)
    assert len(result["leads"]) >= 3
    assert len(result["look_alikes"]) == 4
    assert len(result["truth"]["schemes"]) == 3
    assert Path(result["out"], "report.html").is_file()
    assert result["leads"][0]["headline"] not in done.stdout


def test_the_benchmark_scores_every_view_with_the_full_one_last() -> None:
    """Leads and baseline in each; alarms on lawful firms stay under one per cent."""
    done = tidewaiter("bench", "leads", "--declarations", "5000", "--json")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    lines = [(card["view"], card["queue"]) for card in result["scorecards"]]
    views = ("exporter", "bank", "customs", "open", "full")
    assert lines == [(view, queue) for view in views for queue in ("leads", "baseline")]
    full = result["scorecards"][-2]
    assert full["schemes"] == 42
    assert full["average_precision"] > 0.5
    assert full["misattributed"] < 0.5
    assert result["scorecards"][2]["misattributed"] == 1
    assert {rate["flag_id"] for rate in result["alarm_rates"]} <= {
        "EUS-08", "KIT-01", "LNK-04", "NEW-01", "NEW-02", "NOM-04", "RXP-01", "RXP-02",
    }  # fmt: skip
    assert all(rate["raised"] / rate["lawful"] <= 0.01 for rate in result["alarm_rates"])
