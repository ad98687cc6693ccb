"""Upkeep believes nothing it has not looked at, and removes nothing behind a link."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from tidewaiter.errors import IntegrityError, MissingError, UsageError
from tidewaiter.pipeline import upkeep
from tidewaiter.pipeline.intake import Options, load
from tidewaiter.settings import Settings
from tidewaiter.store import atomic, manifest
from tidewaiter.store.workspace import Workspace

WriteCase = Callable[..., Path]
Sums = dict[str, str]


@pytest.fixture
def workspace(tmp_path: Path, write_case: WriteCase) -> Workspace:
    """A workspace with a current snapshot and one that it replaced."""
    space = Workspace.create(tmp_path / "workspace")
    for count in (3, 4):
        rows = [{"declaration_id": f"D{n}", "date": "2023-04-01"} for n in range(count)]
        load(space, [write_case("case", declarations=rows)], Settings(), Options())
    return space


def superseded(workspace: Workspace) -> str:
    """The folder of the snapshot that was replaced."""
    return manifest.state(workspace.path, 2).current[0].folder


def recorded(workspace: Workspace) -> set[str]:
    """What the manifest says was removed."""
    return {name for line in manifest.read(workspace.path) for name in line.removed}


def test_stray_files_and_links_go_and_what_they_point_to_stays(
    workspace: Workspace, tmp_path: Path
) -> None:
    """In every folder that is pruned, without reading through a link."""
    away = tmp_path / "away"
    (away / "deep").mkdir(parents=True)
    (away / "deep" / "kept").write_bytes(b"x" * 100_000)
    for folder in ("runs", "cache", "snapshots/case"):
        (workspace.path / folder).mkdir(exist_ok=True)
        (workspace.path / folder / "stray").write_bytes(b"12345")
        (workspace.path / folder / "link").symlink_to(away)
    (workspace.path / "runs" / "itself").symlink_to("itself")
    (workspace.path / "snapshots" / "elsewhere").symlink_to(away)
    done = upkeep.prune(workspace, Settings())
    assert len(done.removed) == 3 * 2 + 1 + 1
    assert done.size < 50_000
    assert recorded(workspace) == set(done.removed)
    assert not [name for name in done.removed if (workspace.path / name).is_symlink()]
    assert (away / "deep" / "kept").is_file()
    assert (workspace.path / "snapshots" / "elsewhere").is_symlink()
    assert upkeep.verify(workspace).problems == ()
    assert upkeep.prune(workspace, Settings()).removed == ()


def test_a_folder_of_the_workspace_that_is_a_link_is_left_alone(
    workspace: Workspace, tmp_path: Path
) -> None:
    """Somebody keeps the runs on another disk: they are not ours to remove."""
    (tmp_path / "disk" / "run").mkdir(parents=True)
    (workspace.path / "runs").symlink_to(tmp_path / "disk")
    upkeep.prune(workspace, Settings())
    assert (tmp_path / "disk" / "run").is_dir()


def test_the_manifest_records_only_what_was_removed(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the second of two cannot be removed, the first is recorded, and the error is told."""
    for name in ("a", "b"):
        (workspace.path / "cache" / name).mkdir(parents=True)
    rename = Path.rename

    def refuse(path: Path, target: Path) -> Path:
        if path.name == "b":
            raise PermissionError(13, "Permission denied", str(path))
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(UsageError, match="Permission denied") as caught:
        upkeep.prune(workspace, Settings())
    assert caught.value.where == str(workspace.path / "cache" / "b")
    assert recorded(workspace) == {"cache/a"}
    assert (workspace.path / "cache" / "b").is_dir()
    monkeypatch.undo()
    upkeep.prune(workspace, Settings())
    assert recorded(workspace) == {"cache/a", "cache/b", superseded(workspace)}


@pytest.mark.parametrize("moment", ["append", "sync_folder"])
def test_a_prune_that_is_killed_is_finished_by_the_next(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """Before its line is written: nothing is claimed, verify tells it, the next records it."""
    old = superseded(workspace)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(manifest, "append", killed)
    monkeypatch.setattr(manifest if moment == "append" else atomic, moment, killed)
    with pytest.raises(KeyboardInterrupt):
        upkeep.prune(workspace, Settings())
    monkeypatch.undo()
    assert not (workspace.path / old).exists()
    assert recorded(workspace) == set()
    found = upkeep.verify(workspace)
    assert found.problems == ()
    assert [note for note in found.notes if note.startswith(f"{old} is superseded and gone")]
    upkeep.prune(workspace, Settings())
    assert recorded(workspace) == {old}
    assert upkeep.verify(workspace).notes == ()


@pytest.mark.parametrize(
    "content",
    [
        b"", b"[]", b"{}", b"{", b'{"results": []}', b'{"results": {"a": 1}}', b"\xff",
        b'{"results": {"../../../etc/passwd": "ab"}}', b'{"results":' + b"[" * 100_000,
    ],
)  # fmt: skip
def test_a_damaged_description_of_a_run_is_told(workspace: Workspace, content: bytes) -> None:
    """Exit 7 with the file and the way out; no name in it leads elsewhere."""
    run = workspace.path / "runs" / "ab"
    run.mkdir(parents=True)
    (workspace.path / "out").symlink_to("runs/ab")
    (run / "run.json").write_bytes(content)
    with pytest.raises(IntegrityError, match="damaged") as caught:
        upkeep.verify(workspace)
    assert caught.value.where == "out/run.json"
    assert "tidewaiter run" in caught.value.next_step


def test_a_reader_that_is_not_known_is_named_with_the_manifest(workspace: Workspace) -> None:
    """The user gave no --source: it is the manifest that names it."""
    (now,) = manifest.state(workspace.path).current
    strange = msgspec.structs.replace(now, reader="nope")
    line = manifest.Event(
        sequence=0, event="load", at="", version="", previous="", snapshots=(strange,)
    )
    manifest.append(workspace.path, line)
    with pytest.raises(MissingError, match="'nope'") as caught:
        upkeep.upgrade(workspace, Settings())
    assert caught.value.where.endswith("manifest.jsonl")
