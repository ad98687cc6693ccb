"""The append-only manifest: one JSON line an event, each naming the hash of the last.

A load is one line, however many files it brought, so that it is committed whole or not
at all. A line that a crash cut short has no newline: readers pass over it and the next
writer cuts it off. Any other damage is an ``IntegrityError``, and so is a line that names
a place outside of the workspace or counts that do not add up.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Literal

import msgspec

from tidewaiter.errors import IntegrityError
from tidewaiter.store.recorded import BareName, Count, Hex, RawFolder, Slug
from tidewaiter.store.tables import tables

FILE_NAME = "manifest.jsonl"


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """One file as it was read once: raw bytes, tables, counts. Never changed after.

    ``part`` is what a newer snapshot of the same dataset replaces. ``tables`` gives the
    rows of each table, ``checksums`` the SHA-256 of each kept file of the snapshot.
    ``counts`` says what is in the rows (entities, names, identifiers, measures),
    ``unread`` how many cells of a field were kept as printed only.
    """

    snapshot_id: Hex
    dataset: Slug
    part: str
    name: str
    uri: RawFolder
    source_id: Hex
    size: Count
    reader: str
    reader_version: int
    licence: str
    retrieved_at: str
    published_on: str | None
    rows_read: Count
    rows_kept: Count
    rows_rejected: Count
    entities: Count
    unused: tuple[str, ...]
    tables: dict[str, Count]
    checksums: dict[BareName, Hex]
    counts: dict[str, Count] = {}
    unread: dict[str, Count] = {}
    facts: dict[str, str] = {}
    sidecar: BareName | None = None

    def __post_init__(self) -> None:
        if self.rows_read != self.rows_kept + self.rows_rejected:
            raise ValueError("rows read are not rows kept and rejected")
        unknown = sorted(set(self.tables) - {each.name for each in tables()})
        if unknown:
            raise ValueError(f"no table is called {unknown[0]!r:.80}")

    @property
    def folder(self) -> str:
        """Where its tables lie, relative to the workspace."""
        return f"snapshots/{self.dataset}/{self.snapshot_id}"


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One line: what happened to the workspace."""

    sequence: int
    event: Literal["init", "load", "upgrade", "prune"]
    at: str
    version: str
    previous: str
    snapshots: tuple[Snapshot, ...] = ()
    removed: tuple[str, ...] = ()


class State(msgspec.Struct, frozen=True):
    """The workspace after one manifest line: the current snapshot of every part."""

    sequence: int
    current: tuple[Snapshot, ...]
    loaded: dict[str, int] = {}  # by snapshot id: how many came before it, and itself

    def order(self, snapshot: Snapshot) -> int:
        """Later loads have higher numbers."""
        return self.loaded[snapshot.snapshot_id]

    def find(self, dataset: str, part: str) -> Snapshot | None:
        """The current snapshot of a part, if there is one."""
        for snapshot in self.current:
            if (snapshot.dataset, snapshot.part) == (dataset, part):
                return snapshot
        return None


def read(workspace: Path) -> list[Event]:
    """Every whole line of the manifest, in order, its chain of hashes checked."""
    lines, _ = _whole_lines(workspace / FILE_NAME)
    events: list[Event] = []
    previous = ""
    for number, line in enumerate(lines, start=1):
        event = _decode(line, workspace, number)
        if event.previous != previous or event.sequence != number:
            raise _damaged(workspace, number, "does not follow from the line before")
        previous = hashlib.sha256(line).hexdigest()
        events.append(event)
    return events


def state(workspace: Path, sequence: int | None = None) -> State:
    """The state after line ``sequence`` (default: the last)."""
    events = read(workspace)
    last = len(events) if sequence is None else sequence
    parts: dict[tuple[str, str], Snapshot] = {}
    loaded: dict[str, int] = {}
    count = 0
    for event in events[:last]:
        for snapshot in event.snapshots:
            parts[snapshot.dataset, snapshot.part] = snapshot
            loaded[snapshot.snapshot_id] = (count := count + 1)
    kept = [parts[key] for key in sorted(parts)]
    current = tuple(each for each in kept if not any(_holds(other, each) for other in kept))
    return State(last, current, loaded)


def _holds(whole: Snapshot, change: Snapshot) -> bool:
    """Whether a whole file holds already what a file of changes says.

    Both tell it in their facts: what the one ``covers`` and the other ``amends``, and
    their ``edition``. Else an entity that was added, then removed in between, would stay.
    """
    if "amends" not in change.facts or "covers" not in whole.facts:
        return False
    covered, amended = (set(f.split()) for f in (whole.facts["covers"], change.facts["amends"]))
    same = amended <= covered if amended else not covered
    later = whole.facts.get("edition", "") >= change.facts.get("edition", "")
    return whole.dataset == change.dataset and same and later


def unfinished(workspace: Path) -> int:
    """Bytes after the last whole line: a writer was interrupted there."""
    path = workspace / FILE_NAME
    return path.stat().st_size - _whole_lines(path)[1]


def append(workspace: Path, event: Event) -> Event:
    """Write ``event`` as the next line, durably; sequence and chain are filled in."""
    path = workspace / FILE_NAME
    lines, whole = _whole_lines(path)
    previous = hashlib.sha256(lines[-1]).hexdigest() if lines else ""
    linked = msgspec.structs.replace(event, sequence=len(lines) + 1, previous=previous)
    with path.open("r+b" if path.exists() else "w+b") as handle:
        handle.truncate(whole)
        handle.seek(whole)
        handle.write(msgspec.json.encode(linked) + b"\n")
        handle.flush()
        os.fsync(handle.fileno())
    return linked


def _whole_lines(path: Path) -> tuple[list[bytes], int]:
    """Lines that end in a newline, and how many bytes they take."""
    content = path.read_bytes() if path.exists() else b""
    whole = content[: content.rfind(b"\n") + 1]
    return whole.splitlines(), len(whole)


def _decode(line: bytes, workspace: Path, number: int) -> Event:
    try:
        return msgspec.json.decode(line, type=Event)
    except (ValueError, RecursionError) as problem:  # ValueError: also what is no UTF-8
        raise _damaged(workspace, number, f"cannot be used: {problem}") from problem


def _damaged(workspace: Path, number: int, why: str) -> IntegrityError:
    return IntegrityError(
        f"the manifest is damaged: line {number} {why}",
        where=str(workspace / FILE_NAME),
        next_step="restore the workspace from a copy, or use the version of the program that "
        "wrote the line; snapshots and raw files are kept",
    )
