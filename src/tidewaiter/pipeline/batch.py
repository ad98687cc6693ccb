"""Many queries: in order, on all processors, to be taken up again where they were broken off.

Answers are written to ``FILE.part`` as they come and the file gets its name when it is whole.
Every line carries its ``decision_id``, which says what was asked of which lists under which
settings; a second run keeps the lines that answer its own questions and does the rest.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from tidewaiter.errors import UsageError
from tidewaiter.pipeline.lookup import Lookup, lists_of
from tidewaiter.screen import Query
from tidewaiter.screen.rescreen import Change

Progress = Callable[[str, int, int], None]
Ask = tuple[float, int]  # threshold and limit

SEVERAL = 2_000  # queries from which more than one process is worth its start
CHUNK = 100


class _Line(msgspec.Struct):
    """What is read of a line that was written before."""

    decision_id: str


class Written(msgspec.Struct, frozen=True):
    """What became of a batch: ``kept`` lines of a run that was broken off, ``done`` ones now."""

    kept: int
    done: int


def write_answers(
    path: Path,
    lists: Lookup,
    queries: Sequence[Query],
    ask: Ask,
    progress: Progress,
    before: Path | None = None,
) -> Written:
    """Write one JSON line a query.

    ``before`` holds answers of earlier lists: those that the change of the lists cannot
    touch are taken from there, under the versions of now, and only the others are ``done``.
    """
    part = _part_of(path)
    kept = _kept(part, lists, queries, ask)
    rest = queries[kept:]
    earlier = None if before is None else _Earlier(before, lists, ask)
    with part.open("ab") as handle:
        lines = _lines(lists, rest, ask) if earlier is None else earlier.lines(rest)
        for done, line in enumerate(lines, start=kept + 1):
            handle.write(line + b"\n")
            progress("queries", done, len(queries))
        handle.flush()
        os.fsync(handle.fileno())
    part.replace(path)
    return Written(kept, len(rest) if earlier is None else earlier.done)


def _part_of(path: Path) -> Path:
    """Where answers are written until the file is whole. ``UsageError`` if nothing can be."""
    part = path.with_name(f"{path.name}.part")
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        part.open("ab").close()
    except OSError as problem:
        raise UsageError(
            f"the answers cannot be written: {problem.strerror}",
            where=str(path),
            next_step="name a file in a folder where you may write",
        ) from problem
    return part


class _Earlier:
    """Answers of earlier lists, found again by what they answer."""

    def __init__(self, before: Path, lists: Lookup, ask: Ask) -> None:
        self.lists, self.ask = lists, ask
        self.old = lists_of(lists.root, before)
        self.change = Change(self.old.index, self.old.as_of, lists.index, lists.as_of)
        self.before = before
        self.done = 0

    def lines(self, queries: Sequence[Query]) -> Iterator[bytes]:
        """The answers of now, as JSON."""
        with self.before.open("rb") as handle:
            places = _places(handle)
            for query in queries:
                at = places.get(self.old.decision_id(query, *self.ask))
                if at is None or self.change.touches(query, self.ask[1]):
                    self.done += 1
                    yield _line(self.lists, query, self.ask)
                else:
                    handle.seek(at)
                    answer = msgspec.json.decode(handle.readline())
                    yield msgspec.json.encode(self.lists.renewed(answer, query, *self.ask))


def _places(handle: BinaryIO) -> dict[str, int]:
    """Where each answer begins, by its decision id."""
    found: dict[str, int] = {}
    at = 0
    for line in handle:
        if (known := _id_of(line)) is not None:
            found[known] = at
        at += len(line)
    return found


def answers(lists: Lookup, queries: Sequence[Query], ask: Ask) -> Iterator[dict[str, Any]]:
    """Every answer, in order, as an object."""
    yield from map(msgspec.json.decode, _lines(lists, queries, ask))


def _kept(part: Path, lists: Lookup, queries: Sequence[Query], ask: Ask) -> int:
    """How many whole lines of a broken-off file answer these queries; the rest is cut off."""
    size = count = 0
    with part.open("rb") as handle:
        for line, query in zip(handle, queries, strict=False):
            if not line.endswith(b"\n") or _id_of(line) != lists.decision_id(query, *ask):
                break
            size += len(line)
            count += 1
    os.truncate(part, size)
    return count


def _id_of(line: bytes) -> str | None:
    try:
        return msgspec.json.decode(line, type=_Line).decision_id
    except msgspec.DecodeError:
        return None


def _lines(lists: Lookup, queries: Sequence[Query], ask: Ask) -> Iterator[bytes]:
    """Answers as JSON. The order is that of the queries, whatever the number of processes."""
    threads = lists.threads or os.cpu_count() or 1
    if len(queries) < SEVERAL or threads == 1:
        yield from (_line(lists, query, ask) for query in queries)
        return
    # Forked, not spawned: the index is mapped once and shared, and nothing here runs threads.
    context = multiprocessing.get_context("fork")
    _Worker.lists, _Worker.ask = lists, ask
    gc.freeze()  # the collector would visit, and so copy, what the processes share
    try:
        with context.Pool(threads) as pool:
            for lines in pool.imap(_Worker.answer, _chunks(queries)):
                yield from lines
    finally:
        gc.unfreeze()


class _Worker:
    """What the processes share with the one that forks them."""

    lists: Lookup
    ask: Ask

    @classmethod
    def answer(cls, queries: Sequence[Query]) -> list[bytes]:
        """The answers to a chunk."""
        return [_line(cls.lists, query, cls.ask) for query in queries]


def _line(lists: Lookup, query: Query, ask: Ask) -> bytes:
    return msgspec.json.encode(lists.answer(query, *ask))


def _chunks(queries: Iterable[Query]) -> Iterator[list[Query]]:
    rest = iter(queries)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk
