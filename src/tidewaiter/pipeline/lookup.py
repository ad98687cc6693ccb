"""Screening on request: names or a CSV of queries against the lists of a workspace."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from tidewaiter.errors import BadDataError, MissingError
from tidewaiter.model.ids import digest
from tidewaiter.pipeline.listed import kept_for, of_workspace
from tidewaiter.screen import (
    Comparison,
    ListIndex,
    Query,
    compare,
    screen,
)
from tidewaiter.screen.index_file import reading_version
from tidewaiter.settings import Settings
from tidewaiter.store.workspace import Workspace

SEPARATOR = ";"


class Lookup(msgspec.Struct, frozen=True, dict=True):
    """The lists of a workspace on one day, ready to be asked."""

    index: ListIndex
    as_of: str
    list_versions: dict[str, str]
    root: Path
    threads: int = 0

    def answer(self, query: Query, threshold: float, limit: int) -> dict[str, Any]:
        """One query as the object that ``tidewaiter screen --out`` writes; values, not yet JSON."""
        found = screen(query, self.index, threshold=threshold, limit=limit, day=self.as_of)
        return {
            "query_id": query.query_id,
            "query": found.query,
            "decision_id": self.decision_id(query, threshold, limit),
            "as_of": self.as_of,
            "list_versions": self.list_versions,
            "results": found.results,
            "near": found.near,
            "reached": found.reached,
            "remarks": found.remarks,
        }

    def renewed(
        self, answer: dict[str, Any], query: Query, threshold: float, limit: int
    ) -> dict[str, Any]:
        """An answer of before, which a change of the lists does not touch, as one of now."""
        now = {
            "decision_id": self.decision_id(query, threshold, limit),
            "as_of": self.as_of,
            "list_versions": self.list_versions,
        }
        return answer | now

    def decision_id(self, query: Query, threshold: float, limit: int) -> str:
        """The same question to the same lists under the same settings: the same id."""
        asked = msgspec.json.encode((query, self.as_of, threshold, limit))
        return "dec-" + digest(asked.decode(), self._lists_id)

    @cached_property
    def _lists_id(self) -> str:
        lists = msgspec.json.encode(sorted(self.list_versions.items()))
        return digest(lists.decode(), reading_version())


def open_lists(workspace: Workspace, settings: Settings, day: str | None) -> Lookup:
    """The lists in view on ``day``, ready to be asked."""
    found = of_workspace(workspace, settings, day)
    return Lookup(found.index, found.as_of, found.versions, workspace.path, settings.threads)


class _Line(msgspec.Struct):
    """What is read of the first line of a file of answers."""

    list_versions: dict[str, str]
    as_of: str


def lists_of(root: Path, answers: Path) -> Lookup:
    """The lists that a file of answers was made with, if the workspace still keeps the index."""
    try:
        with answers.open("rb") as handle:
            line = msgspec.json.decode(handle.readline(), type=_Line)
    except (OSError, msgspec.DecodeError) as problem:
        raise BadDataError(
            f"no answers can be read: {problem}",
            where=str(answers),
            next_step="name a file that screen --out wrote",
        ) from problem
    found = kept_for(root, line.list_versions, line.as_of)
    if found is None:
        raise MissingError(
            f"the index over the lists of {line.as_of} is not kept any more",
            where=str(root / "cache"),
            next_step="leave --since away: every query is then answered anew",
        )
    return Lookup(found.index, found.as_of, found.versions, root)


def read_queries(path: Path) -> Iterator[Query]:
    """Queries of a CSV: id, name, schema, country, identifiers, birth_date, address."""
    for number, row in enumerate(_rows(path, ("name",)), start=1):
        yield Query(
            query_id=row.get("id") or str(number),
            names=_values(row["name"]),
            schema=row.get("schema") or None,
            country=(row.get("country") or "").strip().upper() or None,
            identifiers=_values(row.get("identifiers") or ""),
            birth_date=row.get("birth_date") or None,
            address=row.get("address") or None,
        )


def compare_file(path: Path, threshold: float) -> Iterator[dict[str, str]]:
    """The rows of a CSV with left and right, with score, match and explanation added."""
    for row in _rows(path, ("left", "right")):
        yield row | comparison_cells(
            compare(row["left"], row["right"], row.get("schema") or None), threshold
        )


def comparison_cells(found: Comparison, threshold: float) -> dict[str, str]:
    """The added cells of one comparison."""
    return {
        "score": f"{found.score:.6f}",
        "probability": f"{found.probability:.4f}",
        "match": "true" if found.score >= threshold else "false",
        "explanation": "; ".join(found.explanations),
    }


def _rows(path: Path, required: Iterable[str]) -> Iterator[dict[str, str]]:
    """Rows of a CSV with a header; a row without a required cell is an error."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            reader = csv.DictReader(handle, strict=True)
            missing = sorted(set(required) - set(reader.fieldnames or ()))
            if missing:
                raise BadDataError(
                    f"the column {missing[0]!r} is missing",
                    where=f"{path}, row 1",
                    next_step=f"the header needs: {', '.join(required)}",
                )
            for number, row in enumerate(reader, start=2):
                _check_row(path, number, row, required)
                yield row
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise BadDataError(
            f"the file cannot be read as CSV: {problem}",
            where=str(path),
            next_step="save it as UTF-8 CSV with a header row",
        ) from problem


def _check_row(path: Path, number: int, row: dict[str, str], required: Iterable[str]) -> None:
    bad = None in row or any(value is None for value in row.values())
    empty = [name for name in required if not (row[name] or "").strip()]
    if bad or empty:
        raise BadDataError(
            f"the cell {empty[0]!r} is empty" if empty else "the number of cells is wrong",
            where=f"{path}, row {number}",
            next_step="mend or remove the row; every query needs an answer",
        )


def _values(cell: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in cell.split(SEPARATOR) if each.strip())
