"""Raw bytes are kept as they were read; which side failed is told apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from tidewaiter.errors import MissingError, UsageError
from tidewaiter.store import raw


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of the workspace to stage in."""
    made = tmp_path / "w" / "tmp"
    made.mkdir(parents=True)
    return made


def test_a_copy_is_named_by_its_bytes(tmp_path: Path, folder: Path) -> None:
    """And holds them."""
    (tmp_path / "a.csv").write_bytes(b"id\n1\n")
    staged, source_id = raw.stage(tmp_path / "a.csv", folder)
    assert staged.read_bytes() == b"id\n1\n"
    assert staged.name == f"{source_id}.csv"
    assert [each.name for each in folder.iterdir()] == [staged.name]


def test_a_full_disk_is_not_the_fault_of_the_file(tmp_path: Path, folder: Path) -> None:
    """Exit 2, with the workspace and what to do."""
    (tmp_path / "a.csv").write_bytes(b"id\n1\n")
    (folder / "staged.csv").symlink_to("/dev/full")
    with pytest.raises(UsageError, match=r"a.csv cannot be kept: No space left") as caught:
        raw.stage(tmp_path / "a.csv", folder)
    assert str(tmp_path / "w") in caught.value.where
    assert "make room" in caught.value.next_step


def test_a_place_that_cannot_be_made_is_not_the_fault_of_the_file(tmp_path: Path) -> None:
    """The same where the staged bytes are moved to their place."""
    (tmp_path / "staged.csv").write_bytes(b"id\n1\n")
    (tmp_path / "raw").write_bytes(b"a file where a folder should be")
    with pytest.raises(UsageError, match=r"cannot be kept"):
        raw.keep(tmp_path / "staged.csv", tmp_path, "raw/case/a.csv", "ab")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, folder: Path) -> None:
    """Exit 4, with its path."""
    with pytest.raises(MissingError, match=r"cannot be read") as caught:
        raw.stage(tmp_path / "absent.csv", folder)
    assert caught.value.where == str(tmp_path / "absent.csv")
