"""What people decided about who is who: append-only, by whom and when, never erased.

The newest judgement on a pair holds; earlier ones stay in the file. A judgement is about
identity, not about the world on a day, so an as-of run uses it whatever its date.
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Literal

import msgspec

from tidewaiter.errors import IntegrityError
from tidewaiter.resolve.clusters import clusters

FILE_NAME = "judgements.jsonl"
Answer = Literal["yes", "no", "unsure"]
STRONGEST_FIRST: tuple[Answer, ...] = ("no", "yes", "unsure")


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """Whether ``left`` and ``right`` are the same party, in one person's view."""

    left: str
    right: str
    answer: Answer
    by: str
    at: str
    note: str = ""

    @property
    def pair(self) -> tuple[str, str]:
        """The two ids in a fixed order."""
        return (min(self.left, self.right), max(self.left, self.right))


class Judgements:
    """The judgements in force, by pair."""

    def __init__(self, made: Mapping[tuple[str, str], Answer]) -> None:
        self._made = dict(made)

    def answer(self, left: str, right: str) -> Answer | None:
        """What was decided about the two, if anything."""
        return self._made.get((min(left, right), max(left, right)))

    def same(self) -> list[tuple[str, str]]:
        """Every pair that was judged to be one party, sorted."""
        return sorted(pair for pair, answer in self._made.items() if answer == "yes")

    def apart(self) -> list[tuple[str, str]]:
        """Every pair that was judged to be two parties, sorted."""
        return sorted(pair for pair, answer in self._made.items() if answer == "no")

    def joins(self, one: str) -> bool:
        """Whether somebody judged ``one`` to be the same party as another."""
        return one in self._joined

    @cached_property
    def _joined(self) -> frozenset[str]:
        return frozenset(each for pair in self.same() for each in pair)

    def of_any(self, members: Iterable[str], other: str) -> Answer | None:
        """What was decided about any of a party's records and ``other``: a no before a yes."""
        found = {self.answer(each, other) for each in members}
        return next((each for each in STRONGEST_FIRST if each in found), None)

    def contradicted(self, made: Judgement) -> tuple[str, str] | None:
        """A pair that is judged apart and that a chain joins once ``made`` holds, if there is one.

        Contradictions of others, in a file of before, are not its business.
        """
        then = Judgements(self._made | {made.pair: made.answer})
        groups = clusters(then.same())
        joined = next((set(group) for group in groups if made.left in group), set())
        return next((pair for pair in then.apart() if joined.issuperset(pair)), None)

    def content(self) -> bytes:
        """The judgements in force as bytes, for the key of a stage."""
        return msgspec.json.encode(sorted(self._made.items()))


def read(workspace: Path) -> list[Judgement]:
    """Every whole line of the file; a line that a crash cut short is passed over."""
    path = workspace / FILE_NAME
    content = path.read_bytes() if path.exists() else b""
    lines = content[: content.rfind(b"\n") + 1].splitlines()
    return [_decode(line, path, number) for number, line in enumerate(lines, start=1)]


def in_force(workspace: Path) -> Judgements:
    """The newest judgement on every pair."""
    return Judgements({each.pair: each.answer for each in read(workspace)})


def append(workspace: Path, judgement: Judgement) -> None:
    """Write one line, durably. The caller holds the workspace's write lock."""
    path = workspace / FILE_NAME
    content = path.read_bytes() if path.exists() else b""
    whole = content.rfind(b"\n") + 1
    with path.open("r+b" if content else "w+b") as handle:
        handle.truncate(whole)
        handle.seek(whole)
        handle.write(msgspec.json.encode(judgement) + b"\n")
        handle.flush()
        os.fsync(handle.fileno())


def now() -> str:
    """The instant of a judgement, UTC."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def _decode(line: bytes, path: Path, number: int) -> Judgement:
    try:
        return msgspec.json.decode(line, type=Judgement)
    except msgspec.DecodeError as problem:
        raise IntegrityError(
            f"a judgement cannot be read: {problem}",
            where=f"{path}, line {number}",
            next_step="restore the file from a copy; lines are only ever added to it",
        ) from problem
