"""One writer at a time; readers keep what they read from being pruned."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tidewaiter.errors import BusyError, MissingError, UsageError
from tidewaiter.store import lock
from tidewaiter.store.workspace import Workspace

HOLD = """
import sys, time
from pathlib import Path
from tidewaiter.store.workspace import Workspace
with Workspace(Path(sys.argv[1])).{how}():
    print("held", flush=True)
    time.sleep(60)
"""


@contextmanager
def held(root: Path, how: str) -> Iterator[None]:
    """A second process holds the workspace inside the block and is killed at its end."""
    command = [sys.executable, "-c", HOLD.format(how=how), str(root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "held"
        try:
            yield
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()


def test_a_second_writer_is_told_or_waits_and_a_dead_one_is_forgotten(tmp_path: Path) -> None:
    """Busy at once without --wait, busy after it, and free once the holder is killed."""
    workspace = Workspace.create(tmp_path / "w")
    with held(workspace.path, "writing"):
        with pytest.raises(BusyError), workspace.writing():
            pass
        with pytest.raises(BusyError), workspace.writing(wait=0.2):
            pass
    with workspace.writing() as state:
        assert state.sequence == 1


def test_a_readers_pin_lasts_as_long_as_the_reader(tmp_path: Path) -> None:
    """A pin of a living process is seen; one of a killed process is swept away."""
    workspace = Workspace.create(tmp_path / "w")
    with held(workspace.path, "reading"):
        assert lock.pinned_sequences(workspace.path) == frozenset({1})
    assert lock.pinned_sequences(workspace.path) == frozenset()
    assert list((workspace.path / "pins").iterdir()) == []


def test_a_folder_that_is_no_workspace_is_refused(tmp_path: Path) -> None:
    """Neither a stray folder nor a full one is taken for a workspace."""
    with pytest.raises(MissingError):
        Workspace(tmp_path)
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError):
        Workspace.create(tmp_path)


def test_making_a_workspace_twice_opens_it(tmp_path: Path) -> None:
    """``init`` on a workspace changes nothing."""
    first = Workspace.create(tmp_path / "w")
    before = (first.path / "manifest.jsonl").read_bytes()
    Workspace.create(tmp_path / "w")
    assert (first.path / "manifest.jsonl").read_bytes() == before
