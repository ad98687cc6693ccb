"""The manifest keeps whole lines, in a chain, whatever a crash left at its end."""

from __future__ import annotations

from pathlib import Path

import pytest

from tidewaiter.errors import IntegrityError
from tidewaiter.store import manifest
from tidewaiter.store.manifest import Snapshot
from tidewaiter.store.workspace import Workspace, event


def snapshot(name: str, part: str, source: str) -> Snapshot:
    """A snapshot with the fields that the manifest looks at."""
    return Snapshot(
        snapshot_id=name,
        dataset="case",
        part=part,
        name=f"{part}.csv",
        uri=f"raw/case/{part}.csv",
        source_id=source,
        size=1,
        reader="declarations",
        reader_version=1,
        licence="",
        retrieved_at="2024-01-01T00:00:00+00:00",
        published_on=None,
        rows_read=1,
        rows_kept=1,
        rows_rejected=0,
        entities=0,
        unused=(),
        tables={"declarations": 1},
        checksums={},
    )


def test_a_newer_snapshot_of_a_part_replaces_the_older_one(tmp_path: Path) -> None:
    """The state holds one snapshot a part, the newest; the older line stays."""
    Workspace.create(tmp_path / "w")
    root = tmp_path / "w"
    manifest.append(root, event("load", snapshots=(snapshot("a", "one", "x"),)))
    manifest.append(root, event("load", snapshots=(snapshot("b", "one", "y"),)))
    assert [s.snapshot_id for s in manifest.state(root).current] == ["b"]
    assert [s.snapshot_id for s in manifest.state(root, 2).current] == ["a"]
    assert len(manifest.read(root)) == 3


@pytest.mark.parametrize("torn", [b"{", b'{"sequence":9', b"\x00\x00"])
def test_a_line_that_a_crash_cut_short_is_passed_over(tmp_path: Path, torn: bytes) -> None:
    """A torn tail changes nothing, and the next writer cuts it off."""
    root = Workspace.create(tmp_path / "w").path
    path = root / manifest.FILE_NAME
    whole = path.read_bytes()
    path.write_bytes(whole + torn)
    assert manifest.state(root).sequence == 1
    manifest.append(root, event("load", snapshots=(snapshot("a", "one", "x"),)))
    assert manifest.state(root).sequence == 2
    assert path.read_bytes().startswith(whole)
    assert torn not in path.read_bytes()[len(whole) :][:1] or torn == b"{"


def test_a_changed_line_is_damage(tmp_path: Path) -> None:
    """Each line names the hash of the one before, so that no line can be rewritten."""
    root = Workspace.create(tmp_path / "w").path
    manifest.append(root, event("load", snapshots=(snapshot("a", "one", "x"),)))
    manifest.append(root, event("load", snapshots=(snapshot("b", "two", "y"),)))
    path = root / manifest.FILE_NAME
    path.write_bytes(path.read_bytes().replace(b'"source_id":"x"', b'"source_id":"z"'))
    with pytest.raises(IntegrityError, match="line 3"):
        manifest.read(root)
