"""Screening beside nomenklatura's logic-v2: every row of the design's table, in one run.

    python -m bench.screening [--only gold,labelled,suites,speed] [--freeze]

Prints a table, writes ``bench/out/screening.json`` and the errors as CSV to read beside it, and
says what differs from the frozen run (``bench/screening/frozen.json``), which is kept in the
repository; ``--freeze`` makes this run the frozen one. Figures of time and memory are told and
not compared: they are the machine's.
How the sets are made is in ``bench/screening/README.md``.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
from pathlib import Path

from bench.screening import gold, labelled, speed, suites
from bench.screening.data import OUT, parties
from bench.screening.engines import anchored

FROZEN = Path(__file__).with_name("frozen.json")
MACHINE = ("one at a time", "batch", "logic-v2: pairs")  # rows that are the machine's
SAME = 5e-4  # figures have four places
PARTS = ("gold", "labelled", "suites", "speed")
Rows = dict[str, dict[str, float]]


def main() -> None:
    """Measure what is asked for, print it and write it."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--only", default=",".join(PARTS))
    arguments.add_argument("--freeze", action="store_true")
    given = arguments.parse_args()
    only = given.only.split(",")
    OUT.mkdir(parents=True, exist_ok=True)
    anchor = anchored()
    if not anchor:
        print("logic-v2 is not installed; see bench/screening/engines.py")
    rows: Rows = {}
    every = parties() if {"gold", "suites"} & set(only) else []
    if "gold" in only:
        missed: list[dict[str, object]] = []
        rows |= gold.measure(every, anchor, missed)
        rows["ours: found among 100 in 100,000 names"] = gold.candidates(every)
        write_errors("gold", missed)
    if "labelled" in only:
        found, cases = labelled.names_bench(anchor)
        rows |= found | labelled.judged_pairs(anchor) | labelled.two_scripts()
        write_errors("names_bench", [_wrong(case) for case in cases if _is_wrong(case)])
    if "suites" in only:
        rows |= suites.errors(every, anchor) | suites.left_out(every)
        rows |= suites.mixed_letters(every) | suites.un_fixtures(every)
    if "speed" in only:
        rows |= speed.measure(anchor)
    show(rows)
    machine = {"cores": os.cpu_count(), "python": platform.python_version()}
    path = OUT / "screening.json"
    known = json.loads(path.read_text("utf-8"))["rows"] if path.exists() else {}
    path.write_text(json.dumps({"machine": machine, "rows": known | rows}, indent=1), "utf-8")
    frozen: Rows = json.loads(FROZEN.read_text("utf-8"))["rows"] if FROZEN.exists() else {}
    for line in differences(frozen, rows):
        print(line)
    if given.freeze:
        content = {"machine": machine, "rows": _rounded(frozen | rows)}
        FROZEN.write_text(json.dumps(content, indent=1) + "\n", "utf-8")


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


def _is_wrong(case: labelled.Case) -> bool:
    return (case.scores["ours"] >= 0.5) != case.label


def _wrong(case: labelled.Case) -> dict[str, object]:
    scores = {engine: round(score, 4) for engine, score in case.scores.items()}
    return {"schema": case.schema, "left": case.left, "right": case.right, "label": case.label,
            "group": case.group, **scores}  # fmt: skip


def write_errors(title: str, rows: list[dict[str, object]]) -> None:
    """Errors as a CSV to read."""
    if rows:
        path = OUT / f"screening_errors_{title}.csv"
        with path.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)


def show(rows: Rows) -> None:
    """One block a row of the table."""
    for title, figures in rows.items():
        print(title)
        for name, value in figures.items():
            print(f"    {name:48} {value:,.4f}")


if __name__ == "__main__":
    main()
