"""What every part of a run is given, and the errors that it leaves to read."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence

import msgspec

from bench.screening.data import OUT
from bench.screening.split import Split
from tidewaiter.screen import Listed, ListIndex, Query
from tidewaiter.screen.model import contributions
from tidewaiter.screen.weighing import prepared, weigh

COLUMNS = ("set", "query", "expected", "got", "score", "threshold", "why")
Rows = dict[str, dict[str, float]]


class Wrong(msgspec.Struct):
    """One error: what was asked, what is right, what was found, and why, as far as it is known.

    ``score`` is that of the party ``why`` speaks of: the right one if it was missed, else the
    one that was wrongly found.
    """

    part: str
    query: str
    expected: str
    got: str
    score: float
    threshold: float
    why: str


class Run(msgspec.Struct):
    """All parties, their split, whether logic-v2 is there, and the errors by part."""

    parties: list[Listed]
    split: Split
    anchor: bool
    errors: dict[str, list[Wrong]] = {}

    def add(self, title: str, wrong: Iterable[Wrong]) -> None:
        """Errors of a part; a part without any is kept as well."""
        self.errors.setdefault(title, []).extend(wrong)

    def write(self) -> None:
        """Each part's errors as a CSV to read."""
        for title, every in self.errors.items():
            path = OUT / f"screening_errors_{title}.csv"
            with path.open("w", encoding="utf-8", newline="") as handle:
                writer = csv.writer(handle)
                writer.writerow(COLUMNS)
                for each in every:
                    cells = list(msgspec.structs.astuple(each))
                    cells[4:6] = [f"{each.score:.4f}", f"{each.threshold:.4f}"]
                    writer.writerow(cells)


def why(
    index: ListIndex, names: Sequence[str], schema: str | None, entity_id: str, *, missed: bool
) -> str:
    """The rule that holds a pair down, or the feature that decides most."""
    query = Query(query_id="q", names=tuple(names), schema=schema)
    for each in weigh(prepared(query), index):
        if each.entry.listed.entity_id == entity_id:
            if each.names is None:
                return "found by number alone"
            if missed and each.ceiling:
                return f"held down: {each.ceiling}"
            told = contributions(each.names.facts, each.names.kind)
            return f"{'against' if missed else 'for'}: {told[0 if missed else -1][1].name}"
    return "not among those found"


def shown(index: ListIndex, entity_id: str) -> str:
    """A listed party as one reads it."""
    entry = index.by_id(entity_id)
    return f"{entry.listed.caption} [{entity_id}]" if entry else entity_id
