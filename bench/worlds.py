"""Make worlds of growing size; seconds, peak memory and bytes of each.

    python bench/worlds.py                     60,000, 1 and 10 million declarations
    python bench/worlds.py 60000               other sizes

The machine's own pace stands beside each figure: the time to write the same number of
rows of one short line with Python's csv module, in the same run.
"""

from __future__ import annotations

import csv
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SIZES = (60_000, 1_000_000, 10_000_000)
LIMITS = {60_000: 30, 10_000_000: 900}  # seconds (issue: the generator's budget)
ANCHOR_ROWS = 1_000_000


def one(size: int) -> dict[str, object]:
    """Make one world in this process and measure it."""
    from tidewaiter.simulate.decoys import DECOYS
    from tidewaiter.simulate.generate import generate
    from tidewaiter.simulate.plan import DIFFICULTIES, Part, Plan
    from tidewaiter.simulate.schemes import SCHEMES

    plan = Plan(
        declarations=size,
        schemes=tuple(Part(kind, level) for kind in SCHEMES for level in DIFFICULTIES),
        decoys=tuple(DECOYS),
    )
    with tempfile.TemporaryDirectory() as name:
        started = time.perf_counter()
        truth = generate(plan, Path(name) / "full", lambda *_: None)
        seconds = time.perf_counter() - started
        size_bytes = sum(p.stat().st_size for p in Path(name).rglob("*") if p.is_file())
    return {
        "declarations": size,
        "seconds": round(seconds, 2),
        "rows_a_second": round(size / seconds),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "megabytes": size_bytes >> 20,
        "firms": truth.firms,
        "limit_seconds": LIMITS.get(size),
    }


def anchor() -> float:
    """Rows a second of Python's csv module, one short line each."""
    with tempfile.TemporaryDirectory() as name:
        started = time.perf_counter()
        with (Path(name) / "rows.csv").open("w", newline="") as out:
            writer = csv.writer(out)
            rows = ((number, "2024-01-01", "import", 17.5) for number in range(ANCHOR_ROWS))
            writer.writerows(rows)
        return ANCHOR_ROWS / (time.perf_counter() - started)


def main() -> None:
    """Measure every size in a process of its own."""
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(one(int(sys.argv[2]))))
        return
    sizes = [int(each) for each in sys.argv[1:]] or SIZES
    pace = anchor()
    found = []
    for size in sizes:
        command = [sys.executable, __file__, "--one", str(size)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        result = json.loads(done.stdout)
        result["of_the_anchor"] = round(result["rows_a_second"] / pace, 3)
        found.append(result)
        print(result)
    out = Path(__file__).parent / "out"
    out.mkdir(exist_ok=True)
    machine = {"cpus": os.cpu_count(), "python": platform.python_version()}
    content = {"machine": machine, "anchor_rows_a_second": round(pace), "worlds": found}
    (out / "worlds.json").write_text(json.dumps(content, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
