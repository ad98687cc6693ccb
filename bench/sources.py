"""Loading every public list, statistic and registry file at hand: time, memory, counts.

Goal of the design: lists, trade and ownership together in 180 seconds and 2 GB. The
installed program is started as a user starts it, on a fresh workspace; the anchor beside
it is the time that `sha256sum` takes to read the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import subprocess
import sysconfig
import tempfile
import time
from pathlib import Path
from typing import Any

FOLDERS = ("lists", "trade", "ownership")
GOAL_SECONDS, GOAL_MEGABYTES = 180, 2048
OUT = Path(__file__).parent / "out" / "sources.json"
BLOCK = 1 << 20


def data() -> Path:
    """Where the public files lie; they are not part of this repository."""
    named = os.environ.get("TIDEWAITER_TEST_DATA")
    return Path(named) if named else Path(__file__).parents[2] / "shared" / "data"


def hashed(paths: list[Path]) -> tuple[int, float]:
    """Bytes of all files below ``paths``, and the seconds that hashing them takes."""
    begun, size = time.perf_counter(), 0
    for path in (file for folder in paths for file in folder.rglob("*") if file.is_file()):
        digest = hashlib.sha256()
        with path.open("rb") as handle:
            while block := handle.read(BLOCK):
                digest.update(block)
                size += len(block)
    return size, time.perf_counter() - begun


def measure(paths: list[Path]) -> dict[str, Any]:
    """One load of everything, then its summary in figures."""
    program = str(Path(sysconfig.get_path("scripts")) / "tidewaiter")
    with tempfile.TemporaryDirectory() as folder:
        space = str(Path(folder) / "workspace")
        subprocess.run([program, "init", space], check=True, capture_output=True)
        size, anchor = hashed(paths)
        begun = time.perf_counter()
        command = [program, "load", *map(str, paths), "--workspace", space, "--json"]
        done = subprocess.run(command, check=True, capture_output=True)
        seconds = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    found = json.loads(done.stdout)
    files = found["files"]
    return {
        "bytes": size,
        "files": len(files),
        "not_read": len(found["skipped"]),
        "rows_read": sum(each["rows_read"] for each in files),
        "rows_rejected": sum(each["rows_rejected"] for each in files),
        "entities": sum(each["entities"] for each in files),
        "seconds": round(seconds, 1),
        "goal_seconds": GOAL_SECONDS,
        "times_the_anchor": round(seconds / anchor, 1),
        "peak_megabytes": round(peak),
        "goal_megabytes": GOAL_MEGABYTES,
        "rows_by_reader": _by_reader(files),
    }


def _by_reader(files: list[dict[str, Any]]) -> dict[str, int]:
    """Rows read by each reader, the most first."""
    rows: dict[str, int] = {}
    for each in files:
        rows[each["reader"]] = rows.get(each["reader"], 0) + each["rows_read"]
    return dict(sorted(rows.items(), key=lambda item: -item[1]))


if __name__ == "__main__":
    wanted = [data() / name for name in FOLDERS]
    if not all(path.is_dir() for path in wanted):
        print(f"nothing measured: no public data at {data()} (set TIDEWAITER_TEST_DATA)")
    else:
        figures = measure(wanted)
        OUT.parent.mkdir(exist_ok=True)
        OUT.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")
        print(json.dumps(figures, indent=2))
