"""A workspace: one folder that holds everything, and the few ways to open it.

=================== =============================================================
``manifest.jsonl``  what was loaded, one line an event, append-only
``raw/``            the bytes as they were read
``snapshots/``      what was read from them, Parquet
``judgements.jsonl``what people decided about who is who, append-only
``runs/``, ``out``  finished runs; ``out`` points to the newest
``cache/``          stage results and indexes over lists that may be used again
``tmp/``, ``pins/`` work in progress; swept by the next writer
=================== =============================================================
"""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import tidewaiter
from tidewaiter.errors import MissingError, UsageError
from tidewaiter.settings import FILE_NAME as SETTINGS_FILE
from tidewaiter.store import lock, manifest
from tidewaiter.store.atomic import write_file

SETTINGS_HEAD = b"""# Settings of this workspace; the documentation lists them all.
# match_threshold = 0.5
# horizon_days = 180
"""


class Workspace:
    """An existing workspace at ``path``."""

    def __init__(self, path: Path) -> None:
        if not (path / manifest.FILE_NAME).is_file():
            raise MissingError(
                "there is no workspace here",
                where=str(path),
                next_step="make one with: tidewaiter init DIR",
            )
        self.path = path

    @classmethod
    def create(cls, path: Path) -> Workspace:
        """A new workspace in an empty or missing folder."""
        if (path / manifest.FILE_NAME).is_file():
            return cls(path)
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise UsageError(
                "the folder is not empty",
                where=str(path),
                next_step="name a new or an empty folder",
            )
        try:
            path.mkdir(parents=True, exist_ok=True)
            manifest.append(path, event("init"))  # first: it is what makes a workspace
            write_file(path / SETTINGS_FILE, SETTINGS_HEAD)
        except OSError as problem:
            raise UsageError(
                f"the folder cannot be made: {problem.strerror}",
                where=str(path),
                next_step="name a folder in a place where you may write",
            ) from problem
        return cls(path)

    @property
    def tmp(self) -> Path:
        """Where work in progress lies, on the same file system."""
        return self.path / "tmp"

    @contextmanager
    def writing(self, wait: float = 0.0) -> Iterator[manifest.State]:
        """Hold the write lock; what a crashed writer left behind is swept first."""
        with lock.write_lock(self.path, wait):
            shutil.rmtree(self.tmp, ignore_errors=True)
            self.tmp.mkdir()
            yield manifest.state(self.path)

    @contextmanager
    def reading(self) -> Iterator[manifest.State]:
        """A state that stays whole while it is read, whatever writers do meanwhile."""
        while True:
            state = manifest.state(self.path)
            with lock.pin(self.path, state.sequence):
                # A prune may have run between reading the manifest and the pin.
                if all((self.path / s.folder).is_dir() for s in state.current):
                    yield state
                    return
            if manifest.state(self.path).sequence == state.sequence:
                raise _lost(self.path, state)


def event(kind: str, **content: object) -> manifest.Event:
    """A manifest line that is not yet linked to the one before."""
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    version = tidewaiter.__version__
    fields = {"sequence": 0, "previous": "", "at": now, "version": version}
    return manifest.Event(event=kind, **fields, **content)  # type: ignore[arg-type]


def _lost(path: Path, state: manifest.State) -> MissingError:
    gone = [s.name for s in state.current if not (path / s.folder).is_dir()]
    return MissingError(
        f"snapshots are missing: {', '.join(gone[:3])}",
        where=str(path / "snapshots"),
        next_step="run: tidewaiter upgrade, which reads the kept raw files again",
    )
