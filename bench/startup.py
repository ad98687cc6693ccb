"""How long `tidewaiter --help` takes: the median of N process starts, goal 0.4 s.

The installed program is started, as a user starts it, and once before counting, so that
byte code is compiled and files are in the system's cache.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

STARTS = 15
GOAL_SECONDS = 0.4
OUT = Path(__file__).parent / "out" / "startup.json"


def seconds(command: list[str]) -> float:
    """How long one process lives."""
    begun = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - begun


def measure() -> dict[str, object]:
    """The figures, with the bare interpreter's own start for comparison."""
    program = str(Path(sysconfig.get_path("scripts")) / "tidewaiter")
    commands = {"help": [program, "--help"], "python": [sys.executable, "-c", "pass"]}
    figures: dict[str, object] = {"starts": STARTS, "goal_seconds": GOAL_SECONDS}
    for name, command in commands.items():
        seconds(command)
        taken = [seconds(command) for _ in range(STARTS)]
        figures[f"{name}_median_seconds"] = round(statistics.median(taken), 4)
        figures[f"{name}_slowest_seconds"] = round(max(taken), 4)
    return figures


if __name__ == "__main__":
    figures = measure()
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")
    print(json.dumps(figures, indent=2))
