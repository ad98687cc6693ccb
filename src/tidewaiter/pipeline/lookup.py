"""Screening on request: names or a CSV of queries against the lists of a workspace."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from tidewaiter.errors import BadDataError, MissingError
from tidewaiter.model.ids import digest
from tidewaiter.pipeline.naming import STATEMENT_COLUMNS
from tidewaiter.pipeline.world import World, world
from tidewaiter.screen import (
    Comparison,
    ListIndex,
    Query,
    Screened,
    compare,
    listed_parties,
    screen,
)
from tidewaiter.settings import Settings
from tidewaiter.store.workspace import Workspace

SEPARATOR = ";"


class Lookup(msgspec.Struct, frozen=True):
    """The lists of a workspace on one day, ready to be asked."""

    index: ListIndex
    as_of: str
    list_versions: dict[str, str]

    def answer(self, query: Query, threshold: float, limit: int) -> dict[str, Any]:
        """One query as the object that ``tidewaiter screen --out`` writes."""
        found = screen(query, self.index, threshold=threshold, limit=limit)
        asked = msgspec.to_builtins(query)
        return {
            "query_id": query.query_id,
            "query": asked,
            "decision_id": self._decision_id(found, threshold, limit),
            "list_versions": self.list_versions,
            "results": [msgspec.to_builtins(each) for each in found.results],
            "near": [msgspec.to_builtins(each) for each in found.near],
        }

    def _decision_id(self, found: Screened, threshold: float, limit: int) -> str:
        """The same question to the same lists under the same settings: the same id."""
        asked = msgspec.json.encode((found.query, self.as_of, threshold, limit))
        lists = msgspec.json.encode(sorted(self.list_versions.items()))
        return "dec-" + digest(asked.decode(), lists.decode())


def open_lists(workspace: Workspace, settings: Settings, day: str | None) -> Lookup:
    """Build the index over every list entry that is visible on ``day``."""
    with (
        workspace.reading() as state,
        tempfile.TemporaryDirectory() as spill,
        world(workspace, state, settings, Path(spill), day, ("statements",)) as seen,
    ):
        statements = seen.fetch("statements", *STATEMENT_COLUMNS)
        if statements.num_rows == 0:
            raise MissingError(
                "no list entry is in view",
                where=str(workspace.path),
                next_step="load a list with: tidewaiter load PATH, or name a later day",
            )
        index = ListIndex(listed_parties(statements, seen.uris))
        return Lookup(index, seen.day, _versions(seen))


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
    """The added cells of one comparison; probability stays empty until calibrated."""
    return {
        "score": f"{found.score:.4f}",
        "probability": "",
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


def _versions(seen: World) -> dict[str, str]:
    """Each list and a hash of the snapshots that speak for it."""
    parts: dict[str, list[str]] = {}
    for each in seen.sources("statements"):
        parts.setdefault(each.dataset, []).append(each.snapshot_id)
    return {name: digest(*sorted(ids)) for name, ids in sorted(parts.items())}
