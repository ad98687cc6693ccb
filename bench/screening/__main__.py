"""Screening beside nomenklatura's logic-v2: every row of the design's table, in one run.

    python -m bench.screening [--only gold,labelled,suites,speed] [--freeze]

Prints every figure and the table of goals, writes ``bench/out/screening.json`` and the errors of
each part as CSV to read beside it, and says what differs from the frozen run
(``bench/screening/frozen.json``), which is kept in the repository; ``--freeze`` makes this run
the frozen one. Figures of time and memory are told and not compared: they are the machine's.
How the sets are made is in ``bench/screening/README.md``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
from collections.abc import Sequence
from pathlib import Path

import msgspec

from bench.fit_screening import TARGET
from bench.screening import goals, gold, labelled, speed, suites
from bench.screening.data import OUT, parties
from bench.screening.engines import anchored
from bench.screening.run import Rows, Run
from bench.screening.split import FITTED, Split

FROZEN = Path(__file__).with_name("frozen.json")
MACHINE = ("one at a time", "batch", "logic-v2: pairs")  # rows that are the machine's
SAME = 5e-4  # figures have four places
PARTS = ("gold", "labelled", "suites", "speed")


def main() -> None:
    """Measure what is asked for, print it and write it."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--only", default=",".join(PARTS))
    arguments.add_argument("--freeze", action="store_true")
    given = arguments.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    anchor = anchored()
    if not anchor:
        print("logic-v2 is not installed; see bench/screening/engines.py")
    rows = _measured(given.only.split(","), anchor)
    show(rows)
    machine = {"cores": os.cpu_count(), "python": platform.python_version()}
    path = OUT / "screening.json"
    known = json.loads(path.read_text("utf-8"))["rows"] if path.exists() else {}
    table = goals.lines(known | rows)
    content = {"machine": machine, "goals": msgspec.to_builtins(table), "rows": known | rows}
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False), "utf-8")
    frozen: Rows = json.loads(FROZEN.read_text("utf-8"))["rows"] if FROZEN.exists() else {}
    for line in differences(frozen, rows):
        print(line)
    goals.show(table)
    if given.freeze:
        still = {title: each for title, each in frozen.items() if title in known}
        content = {"machine": machine, "rows": _rounded(still | rows)}
        FROZEN.write_text(json.dumps(content, indent=1) + "\n", "utf-8")


def _measured(only: Sequence[str], anchor: bool) -> Rows:
    rows: Rows = {}
    if {"gold", "labelled", "suites"} & set(only):
        every = parties()
        run = Run(parties=every, split=Split(every), anchor=anchor)
        print(told(run.split))
        rows["the split"] = {name: float(count) for name, count in run.split.counts().items()}
        if "gold" in only:
            rows |= gold.measure(run) | gold.candidates(run)
        if "labelled" in only:
            rows |= labelled.measure(run)
        if "suites" in only:
            rows |= suites.measure(run)
        run.write()
    if "speed" in only:
        rows |= speed.measure(anchor)
    return rows


def told(split: Split) -> str:
    """Whether the model was fitted under this split, in one sentence."""
    if not FITTED.exists():
        return "! the model was not fitted under this split: nothing here is known to be unseen"
    known = json.loads(FITTED.read_text("utf-8"))
    if known["model"] != hashlib.sha256(TARGET.read_bytes()).hexdigest():
        return "! the model is another than the one that was fitted under the split that is kept"
    if known["split"] != split.digest():
        return "! the model was fitted under another split: lists or folding changed since"
    return "the model was fitted under this split"


def differences(frozen: Rows, rows: Rows) -> list[str]:
    """Each figure that is another than in the frozen run, or that it has not."""
    found = []
    for title, figures in rows.items():
        if any(each in title for each in MACHINE):
            continue
        before = frozen.get(title, {})
        for name, value in figures.items():
            if name not in before:
                found.append(f"new: {title}: {name} {value:,.4f}")
            elif abs(before[name] - value) > SAME:
                found.append(f"changed: {title}: {name} {before[name]:,.4f} -> {value:,.4f}")
    return found


def _rounded(rows: Rows) -> Rows:
    return {
        title: {name: round(value, 4) for name, value in figures.items()}
        for title, figures in rows.items()
    }


def show(rows: Rows) -> None:
    """One block a row of the table."""
    for title, figures in rows.items():
        print(title)
        for name, value in figures.items():
            print(f"    {name:48} {value:,.4f}")


if __name__ == "__main__":
    main()
