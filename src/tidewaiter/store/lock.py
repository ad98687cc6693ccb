"""One writer at a time, and readers that a prune cannot pull the ground from under.

Both rest on operating-system file locks (through filelock), which vanish with their
process: after ``kill -9`` nothing has to be cleaned by hand.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from tidewaiter.errors import BusyError


@contextmanager
def held(path: Path, wait: float, busy: BusyError) -> Iterator[None]:
    """Hold a file's lock, or raise ``busy`` after ``wait`` seconds."""
    lock = FileLock(path)
    try:
        lock.acquire(timeout=wait)
    except Timeout as problem:
        raise busy from problem
    try:
        yield
    finally:
        lock.release()


@contextmanager
def write_lock(workspace: Path, wait: float) -> Iterator[None]:
    """Hold the workspace's write lock; ``BusyError`` after ``wait`` seconds."""
    busy = BusyError(
        "another process is writing to this workspace",
        where=str(workspace),
        next_step="let it finish, or wait for it with --wait SECONDS",
    )
    with held(workspace / "lock", wait, busy):
        yield


@contextmanager
def pin(workspace: Path, sequence: int) -> Iterator[None]:
    """Pin the state after manifest line ``sequence`` for as long as the block runs."""
    folder = workspace / "pins"
    folder.mkdir(exist_ok=True)
    path = folder / f"{sequence}-{secrets.token_hex(6)}"
    lock = FileLock(path)
    lock.acquire()
    try:
        yield
    finally:
        lock.release()
        path.unlink(missing_ok=True)


def pinned_sequences(workspace: Path) -> frozenset[int]:
    """Manifest lines that live readers hold; pins of dead processes are swept away."""
    held: set[int] = set()
    for path in sorted((workspace / "pins").glob("*-*")):
        lock = FileLock(path)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            held.add(int(path.name.split("-", 1)[0]))
        else:
            lock.release()
            path.unlink(missing_ok=True)
    return frozenset(held)
