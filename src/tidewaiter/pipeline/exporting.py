"""Writing what a workspace holds for other programs, as it could be known on one day.

Parts of entities come from every table, are sorted on disk by id and merged: memory holds
one chunk, however large the lists are. The file is there whole or not at all.
"""

from __future__ import annotations

import heapq
import itertools
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

import ibis
import msgspec

from tidewaiter.errors import UsageError
from tidewaiter.pipeline.world import World, world
from tidewaiter.report import ftm_lists
from tidewaiter.report.export_ftm import Writer
from tidewaiter.report.ftm_parts import Part
from tidewaiter.report.ftm_rows import row_parts, sayings
from tidewaiter.settings import Settings
from tidewaiter.store.atomic import sync_file, sync_folder
from tidewaiter.store.tables import fields, table, tables
from tidewaiter.store.visibility import KNOWN, speaker
from tidewaiter.store.workspace import Workspace

STATEMENTS = "statements"
ROWS = 8_192  # of a batch
CHUNK = 50_000  # parts that are sorted at a time
TAB = b"\t"  # sorts before every character of an id

Progress = Callable[[str, int, int], None]


class Exported(msgspec.Struct, frozen=True, kw_only=True):
    """What was written: entities by schema, and what the format could not hold."""

    as_of: str
    path: str
    entities: dict[str, int]
    unsaid: dict[str, int]


def export(
    workspace: Workspace,
    settings: Settings,
    target: Path,
    day: str | None = None,
    progress: Progress = lambda label, done, total: None,
) -> Exported:
    """Write every entity that is visible on ``day`` to ``target``, in order of id."""
    names = (STATEMENTS, *sayings())
    with (
        workspace.reading() as state,
        tempfile.TemporaryDirectory() as spill,
        world(workspace, state, settings, Path(spill), day, names) as seen,
    ):
        writer = Writer()
        sorter = Sorter(Path(spill))
        for done, part in enumerate(_parts(seen)):
            sorter.add(part)
            if done % ROWS == 0:
                progress("entities", done, 0)
        lines = (writer.line(parts) for parts in sorter.merged())
        _write(target, (line for line in lines if line))
        held = Counter[str]()
        for snapshot in state.current:
            held.update(snapshot.tables)
        unsaid = dict(sorted(writer.unsaid.items()))
        unsaid |= {
            f"rows of {each.name}": held[each.name]
            for each in tables()
            if each.name not in names and held[each.name]
        }
        return Exported(
            as_of=seen.day,
            path=str(target),
            entities=dict(sorted(writer.entities.items())),
            unsaid=unsaid,
        )


class Sorter:
    """Parts sorted by id in files of ``folder``; the order of adding leaves no trace."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lines: list[bytes] = []
        self._files: list[Path] = []

    def add(self, part: Part) -> None:
        """Take a part."""
        self._lines.append(part.id.encode() + TAB + msgspec.json.encode(part) + b"\n")
        if len(self._lines) >= CHUNK:
            self._flush()

    def merged(self) -> Iterator[list[Part]]:
        """All parts of each id, in order of id."""
        self._flush()
        handles = [path.open("rb") for path in self._files]
        decoder = msgspec.json.Decoder(Part)
        try:
            for _, lines in itertools.groupby(heapq.merge(*handles), _key):
                yield [decoder.decode(each.split(TAB, 1)[1]) for each in lines]
        finally:
            for handle in handles:
                handle.close()

    def _flush(self) -> None:
        if self._lines:
            path = self.folder / f"parts-{len(self._files):06d}"
            with path.open("wb") as handle:
                handle.writelines(sorted(self._lines))
            self._files.append(path)
            self._lines = []


def _key(line: bytes) -> bytes:
    return line.split(TAB, 1)[0]


def _parts(seen: World) -> Iterator[Part]:
    for rows in _speakers(seen):
        yield from ftm_lists.list_parts(rows, seen.day)
    for name in sayings():
        rows = ibis.table({**fields(table(name)), KNOWN: "date"}, name=name)
        for row in _rows(seen, rows) if seen.counts[name] else ():
            yield from row_parts(name, row, seen.day)


def _speakers(seen: World) -> Iterator[Sequence[dict[str, Any]]]:
    """The statements of one FollowTheMoney record, or of one entity with all its aspects."""
    rows = seen.rows(STATEMENTS)
    voice, aspect = speaker(rows)
    key = ibis.ifelse(voice == "", aspect, rows.entity_id)
    chosen = rows.select(*ftm_lists.COLUMNS, key=key)
    ordered = chosen.order_by("key", "entity_id", "schema", "prop", "value", "locator")
    for _, found in itertools.groupby(_rows(seen, ordered), lambda row: row["key"]):
        yield list(found)


def _rows(seen: World, expression: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401
    for batch in seen.engine.batches(expression, ROWS):
        yield from batch.to_pylist()


def _write(target: Path, lines: Iterable[bytes]) -> None:
    """Write beside the target, then rename: all or nothing."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            dir=target.parent, prefix=f".{target.name}.", delete=False
        ) as aside:
            path = Path(aside.name)
            try:
                _pour(aside, lines)
            except BaseException:
                path.unlink()
                raise
        path.chmod(0o666 & ~_umask())
        sync_file(path)
        path.replace(target)
        sync_folder(target.parent)
    except OSError as problem:
        raise UsageError(
            f"the file cannot be written: {problem.strerror}",
            where=str(target),
            next_step="name a file in a folder where you may write",
        ) from problem


def _pour(handle: IO[bytes], lines: Iterable[bytes]) -> None:
    handle.writelines(lines)
    handle.flush()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
