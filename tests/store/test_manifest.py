"""The manifest keeps whole lines, in a chain, whatever a crash left at its end."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import msgspec
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
    manifest.append(root, event("load", snapshots=(snapshot("a", "one", "a1"),)))
    manifest.append(root, event("load", snapshots=(snapshot("b", "one", "b2"),)))
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
    manifest.append(root, event("load", snapshots=(snapshot("a", "one", "a1"),)))
    assert manifest.state(root).sequence == 2
    assert path.read_bytes().startswith(whole)
    assert torn not in path.read_bytes()[len(whole) :][:1] or torn == b"{"


def test_a_changed_line_is_damage(tmp_path: Path) -> None:
    """Each line names the hash of the one before, so that no line can be rewritten."""
    root = Workspace.create(tmp_path / "w").path
    manifest.append(root, event("load", snapshots=(snapshot("a", "one", "a1"),)))
    manifest.append(root, event("load", snapshots=(snapshot("b", "two", "b2"),)))
    path = root / manifest.FILE_NAME
    path.write_bytes(path.read_bytes().replace(b'"source_id":"a1"', b'"source_id":"c3"'))
    with pytest.raises(IntegrityError, match="line 3"):
        manifest.read(root)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("dataset", "../../"), ("dataset", "Case"), ("dataset", "case\n"),
        ("snapshot_id", "victim2"), ("snapshot_id", ".."), ("source_id", "../x"),
        ("uri", "../../../../etc"), ("uri", "raw/../../etc"), ("uri", "/etc"), ("uri", "raw"),
        ("uri", "raw//etc"), ("uri", "snapshots/case"), ("sidecar", "../a.toml"),
        ("checksums", {"../a.parquet": "ab"}), ("checksums", {"..": "ab"}),
        ("checksums", {"a.parquet": "no checksum"}), ("tables", {"nope": 1}),
        ("tables", {"declarations": -1}), ("rows_read", 2), ("rows_read", -1), ("size", -1),
        ("entities", -1), ("counts", {"entities": -1}),
    ],
)  # fmt: skip
def test_a_line_may_not_lead_out_of_the_workspace(tmp_path: Path, field: str, value: Any) -> None:
    """Whoever wrote it by hand: names are names, counts add up; the error names the line."""
    root = Workspace.create(tmp_path / "w").path
    written = msgspec.to_builtins(event("load", snapshots=(snapshot("a", "one", "a1"),)))
    written["snapshots"][0][field] = value
    append_by_hand(root, msgspec.json.encode(written))
    with pytest.raises(IntegrityError, match="line 2") as caught:
        manifest.read(root)
    assert caught.value.exit_code == 7
    assert "manifest.jsonl" in caught.value.where


@pytest.mark.parametrize("line", [b"[" * 100_000, b'{"event":"\xff"}', b'{"x":' + b"[" * 100_000])
def test_a_line_that_nobody_could_have_written_is_damage(tmp_path: Path, line: bytes) -> None:
    """Neither bytes that are no text nor endless nesting end in a crash."""
    root = Workspace.create(tmp_path / "w").path
    with (root / manifest.FILE_NAME).open("ab") as handle:
        handle.write(line + b"\n")
    with pytest.raises(IntegrityError, match="line 2"):
        manifest.read(root)


def append_by_hand(root: Path, line: bytes) -> None:
    """A line that follows from the one before, whatever it says."""
    path = root / manifest.FILE_NAME
    written = msgspec.json.decode(line)
    written["sequence"] = 2
    written["previous"] = hashlib.sha256(path.read_bytes().rstrip(b"\n")).hexdigest()
    with path.open("ab") as handle:
        handle.write(msgspec.json.encode(written) + b"\n")
