"""Screening on request: queries against the lists of a workspace on one day."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from tidewaiter.errors import BadDataError, MissingError
from tidewaiter.model.ids import digest
from tidewaiter.pipeline.listed import kept_for, of_workspace
from tidewaiter.screen import ListIndex, Query, screen
from tidewaiter.screen.index_file import reading_version
from tidewaiter.settings import Settings
from tidewaiter.store.workspace import Workspace


class Lookup(msgspec.Struct, frozen=True, dict=True):
    """The lists of a workspace on one day, ready to be asked.

    ``undated`` counts rows of lists without a date, which are left out on a named day.
    """

    index: ListIndex
    as_of: str
    list_versions: dict[str, str]
    root: Path
    threads: int = 0
    undated: int = 0

    def answer(
        self, query: Query, threshold: float, limit: int, *, explain: bool = False
    ) -> dict[str, Any]:
        """One query as the object that ``tidewaiter screen --out`` writes; values, not yet JSON."""
        found = screen(
            query, self.index, threshold=threshold, limit=limit, day=self.as_of, explain=explain
        )
        return {
            "query_id": query.query_id,
            "query": found.query,
            **self._now(query, threshold, limit),
            "results": found.results,
            "near": found.near,
            "reached": found.reached,
            "remarks": found.remarks,
        }

    def refused(
        self, problem: BadDataError, query: Query, threshold: float, limit: int
    ) -> dict[str, Any]:
        """The answer to a query that cannot be asked: nothing is found, and a remark says why."""
        return {
            "query_id": query.query_id,
            "query": query,
            **self._now(query, threshold, limit),
            "results": (),
            "near": (),
            "reached": 0,
            "remarks": (f"not asked: {problem.what}; {problem.next_step}",),
        }

    def renewed(
        self, answer: dict[str, Any], query: Query, threshold: float, limit: int
    ) -> dict[str, Any]:
        """An answer of before, which a change of the lists does not touch, as one of now."""
        return answer | self._now(query, threshold, limit)

    def _now(self, query: Query, threshold: float, limit: int) -> dict[str, Any]:
        return {
            "decision_id": self.decision_id(query, threshold, limit),
            "as_of": self.as_of,
            "list_versions": self.list_versions,
        }

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
    return Lookup(
        found.index,
        found.as_of,
        found.versions,
        workspace.path,
        settings.threads,
        found.undated,
    )


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
