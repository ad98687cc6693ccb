"""Screening beside nomenklatura's logic-v2: every row of the design's table, in one run.

    python -m bench.screening [--only gold,labelled,suites,speed]

Prints a table, writes ``bench/out/screening.json`` and the errors as CSV to read beside it.
How the sets are made is in ``bench/screening/README.md``.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform

from bench.screening import gold, labelled, speed, suites
from bench.screening.data import OUT, parties
from bench.screening.engines import anchored

PARTS = ("gold", "labelled", "suites", "speed")
Rows = dict[str, dict[str, float]]


def main() -> None:
    """Measure what is asked for, print it and write it."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--only", default=",".join(PARTS))
    only = arguments.parse_args().only.split(",")
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
