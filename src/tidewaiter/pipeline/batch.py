"""Many queries: in order, on all processors, to be taken up again where they were broken off.

Answers are written to ``FILE.part`` as they come and the file gets its name when it is whole.
Every line carries its ``decision_id``, which says what was asked of which lists under which
settings; a second run keeps the lines that answer its own questions and does the rest. As long
as a run goes on, ``FILE.part.lock`` keeps a second one away from the file.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from tidewaiter.errors import BadDataError, BusyError, MissingError, UsageError
from tidewaiter.pipeline.lookup import Lookup, lists_of
from tidewaiter.screen import Query
from tidewaiter.screen.rescreen import Change
from tidewaiter.store.lock import held

Progress = Callable[[str, int, int], None]
Ask = tuple[float, int]  # threshold and limit

SEVERAL = 2_000  # queries from which more than one process is worth its start
CHUNK = 100
AHEAD = 4  # chunks a process that are asked for before the first of them is written
LONGEST_LINE = 1 << 24  # bytes looked at; a file without line breaks is not read whole
BEGINS = b'{"query_id":'  # every line of answers, also one that is not whole


class _Line(msgspec.Struct):
    """What is read of a line of answers."""

    decision_id: str
    remarks: list[str] = []


class Written(msgspec.Struct, frozen=True):
    """What became of a batch: ``kept`` lines of a run that was broken off, ``done`` ones now.

    ``remarked`` counts the queries of which something could not be used, in both.
    """

    kept: int
    done: int
    remarked: int


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
    check_target(path, [] if before is None else [before])
    part = part_of(path)
    with _alone(part):
        kept, remarked = _kept(part, lists, queries, ask)
        rest = queries[kept:]
        earlier = None if before is None else _Earlier(before, lists, ask)
        lines = _lines(lists, rest, ask) if earlier is None else earlier.lines(rest)
        with part.open("ab") as handle, closing(lines):
            try:
                for done, line in enumerate(lines, start=kept + 1):
                    handle.write(line + b"\n")
                    remarked += bool(msgspec.json.decode(line, type=_Line).remarks)
                    progress("queries", done, len(queries))
            except BrokenProcessPool as problem:
                raise _ended(f"what was written is kept in {part}; ") from problem
            handle.flush()
            os.fsync(handle.fileno())
        part.replace(path)
    return Written(kept, len(rest) if earlier is None else earlier.done, remarked)


def part_of(path: Path) -> Path:
    """Where answers are written until the file is whole."""
    return path.with_name(f"{path.name}.part")


def check_target(path: Path, sources: Iterable[Path]) -> None:
    """``UsageError`` unless answers may be written to ``path``: nothing of others is overwritten.

    ``sources`` are files that are read meanwhile.
    """
    check_free(path, sources)
    part = part_of(path)
    check_free(part, sources)
    for file, is_ours in ((path, _is_answers), (part, _is_begun)):
        check_ours(file, is_ours, "answers of screen")


def check_free(path: Path, sources: Iterable[Path]) -> None:
    """``UsageError`` unless a file can be made at ``path`` that is none of ``sources``."""
    try:
        bad = _not_a_target(path) or next(
            (f"it is {each}, which is read" for each in sources if _same(path, each)), None
        )
    except OSError as problem:
        bad = problem.strerror
    if bad:
        raise UsageError(
            f"the result cannot be written: {bad}",
            where=f"--out {path}",
            next_step="name another file, in a folder where you may write",
        )


def check_ours(path: Path, is_ours: Callable[[bytes], bool], what: str) -> None:
    """``UsageError`` if a file is at ``path`` whose first line is not that of such a result."""
    if not path.exists():
        return
    try:
        with path.open("rb") as handle:
            first = handle.readline(LONGEST_LINE)
    except OSError as problem:
        raise UsageError(
            f"the file that is there cannot be read: {problem.strerror}",
            where=f"--out {path}",
            next_step="name another file",
        ) from problem
    if first and not is_ours(first):
        raise UsageError(
            f"a file is there already, and it does not hold {what}",
            where=f"--out {path}",
            next_step="name another file, or remove this one first",
        )


def _not_a_target(path: Path) -> str | None:
    if not path.name:
        return "no file is named"
    if path.is_dir():
        return "it is a folder"
    if path.exists() and not path.is_file():
        return "it is not a regular file"
    folder = next(each for each in path.absolute().parents if each.exists())
    if not folder.is_dir():
        return f"{folder} is not a folder"
    return None if os.access(folder, os.W_OK) else f"you may not write in {folder}"


def _same(path: Path, other: Path) -> bool:
    if path.exists() and other.exists():
        return path.samefile(other)
    return path.resolve() == other.resolve()


def _is_answers(first: bytes) -> bool:
    return _line_of(first) is not None


def _is_begun(first: bytes) -> bool:
    """Also where the run was broken off within its first line."""
    return _is_answers(first) or (not first.endswith(b"\n") and first.startswith(BEGINS))


@contextmanager
def _alone(part: Path) -> Iterator[None]:
    """Hold the file for this run; it is there then. ``BusyError`` if another run holds it."""
    name = part.with_name(f"{part.name}.lock")
    busy = BusyError(
        "another process writes this file",
        where=str(part),
        next_step="let it finish, or name another file with --out",
    )
    with ExitStack() as stack:
        try:
            part.parent.mkdir(parents=True, exist_ok=True)
            stack.enter_context(held(name, 0, busy))
            # Taken away while it is held: who opened it meanwhile fails at once, and nobody waits.
            stack.callback(name.unlink, missing_ok=True)
            part.open("ab").close()
        except OSError as problem:
            raise UsageError(
                f"the answers cannot be written: {problem.strerror}",
                where=str(part),
                next_step="name a file in a folder where you may write",
            ) from problem
        yield


class _Earlier:
    """Answers of earlier lists, found again by what they answer."""

    def __init__(self, before: Path, lists: Lookup, ask: Ask) -> None:
        self.lists, self.ask = lists, ask
        self.old = lists_of(lists.root, before)
        self.change = Change(self.old.index, self.old.as_of, lists.index, lists.as_of)
        self.before = before
        self.done = 0

    def lines(self, queries: Sequence[Query]) -> Generator[bytes, None, None]:
        """The answers of now, as JSON."""
        with self.before.open("rb") as handle:
            places = _places(handle)
            for query in queries:
                at = places.get(self.old.decision_id(query, *self.ask))
                if at is None or self._touches(query):
                    self.done += 1
                    yield _line(self.lists, query, self.ask)
                else:
                    handle.seek(at)
                    answer = msgspec.json.decode(handle.readline())
                    yield msgspec.json.encode(self.lists.renewed(answer, query, *self.ask))

    def _touches(self, query: Query) -> bool:
        try:
            return self.change.touches(query, self.ask[1])
        except BadDataError:
            return True  # it cannot be asked; its answer says so anew


def _places(handle: BinaryIO) -> dict[str, int]:
    """Where each answer begins, by its decision id."""
    found: dict[str, int] = {}
    at = 0
    for line in handle:
        if (known := _line_of(line)) is not None:
            found[known.decision_id] = at
        at += len(line)
    return found


def answers(
    lists: Lookup, queries: Sequence[Query], ask: Ask, *, explain: bool = False
) -> Iterator[dict[str, Any]]:
    """Every answer, in order, as an object; ``explain``: with what each feature adds."""
    if explain:
        yield from (msgspec.json.decode(_line(lists, each, ask, explain=True)) for each in queries)
        return
    try:
        yield from map(msgspec.json.decode, _lines(lists, queries, ask))
    except BrokenProcessPool as problem:
        raise _ended("") from problem


def _kept(part: Path, lists: Lookup, queries: Sequence[Query], ask: Ask) -> tuple[int, int]:
    """How many whole lines of a broken-off file answer these queries; the rest is cut off.

    And how many of them have remarks.
    """
    size = count = remarked = 0
    with part.open("rb") as handle:
        for line, query in zip(handle, queries, strict=False):
            known = _line_of(line) if line.endswith(b"\n") else None
            if known is None or known.decision_id != lists.decision_id(query, *ask):
                break
            size += len(line)
            count += 1
            remarked += bool(known.remarks)
    os.truncate(part, size)
    return count, remarked


def _line_of(line: bytes) -> _Line | None:
    try:
        return msgspec.json.decode(line, type=_Line)
    except msgspec.DecodeError:
        return None


def _lines(lists: Lookup, queries: Sequence[Query], ask: Ask) -> Generator[bytes, None, None]:
    """Answers as JSON. The order is that of the queries, whatever the number of processes."""
    threads = lists.threads or os.cpu_count() or 1
    if len(queries) < SEVERAL or threads == 1:
        yield from (_line(lists, query, ask) for query in queries)
        return
    # Forked, not spawned: the index is mapped once and shared. What the processes share is frozen
    # since it was opened (``index_file``): the collector would visit, and so copy, it.
    context = multiprocessing.get_context("fork")
    _Worker.lists, _Worker.ask = lists, ask
    pool = ProcessPoolExecutor(threads, context, _Worker.begin)
    try:
        yield from _in_order(pool, queries, threads * AHEAD)
    finally:
        pool.shutdown(cancel_futures=True)


def _in_order(pool: ProcessPoolExecutor, queries: Sequence[Query], most: int) -> Iterator[bytes]:
    """The lines of all chunks, of which at most ``most`` are under way."""
    waiting: deque[Future[list[bytes]]] = deque()
    for chunk in _chunks(queries):
        waiting.append(pool.submit(_Worker.answer, chunk))
        if len(waiting) >= most:
            yield from waiting.popleft().result()
    while waiting:
        yield from waiting.popleft().result()


def _ended(kept: str) -> MissingError:
    return MissingError(
        "a process that answers queries has ended, perhaps for want of memory",
        where="screen",
        next_step=f"{kept}run the same command again",
    )


class _Worker:
    """What the processes share with the one that forks them."""

    lists: Lookup
    ask: Ask

    @staticmethod
    def begin() -> None:
        """Leave Ctrl-C to the parent, and never outlive it: the lock would live on too."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        threading.Thread(target=_end_with_parent, daemon=True).start()

    @classmethod
    def answer(cls, queries: Sequence[Query]) -> list[bytes]:
        """The answers to a chunk."""
        return [_line(cls.lists, query, cls.ask) for query in queries]


def _end_with_parent() -> None:
    if (parent := multiprocessing.parent_process()) is not None:
        parent.join()
        os._exit(1)


def _line(lists: Lookup, query: Query, ask: Ask, *, explain: bool = False) -> bytes:
    """One answer. A query that cannot be asked does not end the batch: its answer says why."""
    try:
        answer = lists.answer(query, *ask, explain=explain)
    except BadDataError as problem:
        answer = lists.refused(problem, query, *ask)
    return msgspec.json.encode(answer)


def _chunks(queries: Iterable[Query]) -> Iterator[list[Query]]:
    rest = iter(queries)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk
