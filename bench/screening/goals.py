"""The design's table of goals (``goals.csv``), filled from the rows of a run."""

from __future__ import annotations

import csv
from pathlib import Path

import msgspec

from bench.screening.run import Rows

GOALS = Path(__file__).with_name("goals.csv")
ENGINES = ("ours", "logic-v2")


class Line(msgspec.Struct):
    """A measure with its goal; ``None`` where there is no goal or it was not measured."""

    measure: str
    ours: float | None
    logic_v2: float | None
    better: str
    goal: float | None

    def met(self) -> str:
        """Whether ours meets the goal: yes, no, or nothing to say."""
        if self.goal is None or self.ours is None:
            return ""
        more = self.better == "more"
        return "yes" if (self.ours >= self.goal if more else self.ours <= self.goal) else "no"


def lines(rows: Rows) -> list[Line]:
    """Every measure of the table."""
    with GOALS.open(encoding="utf-8", newline="") as handle:
        known = list(csv.DictReader(handle))
    found = []
    for row in known:
        ours, anchor = (
            rows.get(row["row"].format(engine=e), {}).get(row["figure"]) for e in ENGINES
        )
        goal = float(row["goal"]) if row["goal"] else None
        found.append(Line(row["measure"], ours, anchor, row["better"], goal))
    return found


def show(every: list[Line]) -> None:
    """The table, to read."""
    print(f"{'measure':60}{'ours':>11}{'logic-v2':>11}{'goal':>12}  met")
    for line in every:
        sign = {"more": ">= ", "less": "<= "}.get(line.better, "")
        goal = f"{sign}{line.goal:,.4g}" if line.goal is not None else ""
        cells = f"{_cell(line.ours):>11}{_cell(line.logic_v2):>11}{goal:>12}"
        print(f"{line.measure:60}{cells}  {line.met()}")


def _cell(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.4f}" if value < 10 else f"{value:,.0f}"
