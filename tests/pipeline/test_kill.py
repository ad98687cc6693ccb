"""Killed at any moment, a workspace opens, keeps what was committed, and a rerun ends."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tidewaiter.pipeline import upkeep
from tidewaiter.store import manifest
from tidewaiter.store.workspace import Workspace

MOMENTS = 50
ROWS = 4000
LISTED = "Velkonat Works"
HEADER = (
    "declaration_id,item_no,date,procedure,consignor_name,consignor_country,"
    "consignee_name,consignee_country,hs_code,quantity,unit,value,currency\n"
)


def write_declarations(folder: Path, rows: int, tag: str) -> Path:
    """A case with some thousand declarations of invented firms."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "declarations.csv").open("w", encoding="utf-8") as out:
        out.write(HEADER)
        for i in range(rows):
            firm = f"Firm {tag} {i % 50}"
            buyer = LISTED if i % 70 == 0 else f"Buyer {i % 70}"
            sides = f"import,Seller {i % 9},DE,{firm},UZ"
            sides = sides if i % 2 else f"export,{firm},UZ,{buyer},KZ"
            out.write(f"{tag}{i},1,2023-0{1 + i % 9}-15,{sides},854231,{1 + i % 30},pcs,100,USD\n")
    with (folder / "designations.csv").open("w", encoding="utf-8") as out:
        out.write("list_id,entity_id,schema,name,country,measure,listed_on\n")
        out.write(f"l,{tag},Company,{LISTED},KZ,asset_freeze,2022-01-01\n")
    return folder


def start(*arguments: str) -> subprocess.Popen[bytes]:
    """The command line in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "tidewaiter", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def duration(*arguments: str) -> float:
    """Seconds that a whole command takes."""
    started = time.perf_counter()
    assert start(*arguments).wait() == 0
    return time.perf_counter() - started


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_killed_at_fifty_moments(tmp_path: Path) -> None:
    """``kill -9`` during loads and runs: nothing committed is lost, and the next one works."""
    workspace = Workspace.create(tmp_path / "w")
    place = ("--workspace", str(workspace.path))
    first = write_declarations(tmp_path / "first", ROWS, "A")
    spans = {"load": duration("load", str(first), *place), "run": duration("run", *place)}
    draw = random.Random(1)
    for moment in range(MOMENTS):
        committed = manifest.state(workspace.path)
        command = ["load", "run"][moment % 2]
        fresh = write_declarations(tmp_path / "next", ROWS, f"B{moment}")
        arguments = [command, *([str(fresh)] if command == "load" else ["--as-of", day(moment)])]
        process = start(*arguments, *place)
        time.sleep(draw.uniform(0.0, spans[command] * 1.1))
        process.send_signal(signal.SIGKILL)
        process.wait()
        after = manifest.state(workspace.path)
        kept = {s.snapshot_id for e in manifest.read(workspace.path) for s in e.snapshots}
        assert {s.snapshot_id for s in committed.current} <= kept
        assert after.sequence >= committed.sequence
        assert upkeep.verify(Workspace(workspace.path)).problems == ()
    assert start("load", str(fresh), *place).wait() == 0
    assert start("run", *place).wait() == 0
    assert upkeep.verify(workspace).problems == ()
    assert (workspace.path / "out" / "leads.jsonl").read_text("utf-8").strip()


def day(moment: int) -> str:
    """Another day for every run, so that none is taken from an earlier one."""
    return f"2024-{1 + moment % 12:02d}-{1 + moment // 12:02d}"
