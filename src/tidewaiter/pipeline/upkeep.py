"""Looking after what was committed: verify, upgrade, prune."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from tidewaiter.errors import IntegrityError, MissingError, UsageError
from tidewaiter.model.source import SourceFile
from tidewaiter.pipeline.intake import Intake, Options, Progress, Staged, is_whole, silent
from tidewaiter.resolve import judgement
from tidewaiter.settings import Settings
from tidewaiter.sources import registry
from tidewaiter.sources.card import cards
from tidewaiter.sources.reader import Reader
from tidewaiter.store import atomic, lock, manifest, raw, snapshot
from tidewaiter.store.manifest import Snapshot
from tidewaiter.store.recorded import BareName
from tidewaiter.store.workspace import Workspace, event

RUN_FILE = "run.json"  # not imported: it would bring every stage with it


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """What was checked, and every difference that was found."""

    files: int
    problems: tuple[str, ...]
    notes: tuple[str, ...] = ()


class Pruned(msgspec.Struct, frozen=True, kw_only=True):
    """What was, or would be, removed (relative to the workspace) and its size."""

    removed: tuple[str, ...]
    size: int


class Results(msgspec.Struct, frozen=True):
    """What ``run.json`` says of the files of a run: the checksum of each."""

    results: dict[BareName, str]


def verify(workspace: Workspace) -> Verified:
    """Compare every kept file with its checksum: raw bytes, snapshots and results."""
    files = 0
    problems: list[str] = []
    judgement.read(workspace.path)
    with workspace.reading() as state:
        expected = _expected(workspace.path, state)
        for path, checksum in sorted(expected.items()):
            files += 1
            if not path.is_file():
                problems.append(f"missing: {path.relative_to(workspace.path)}")
            elif snapshot.checksum(path) != checksum:
                problems.append(f"changed: {path.relative_to(workspace.path)}")
        notes = tuple(_leftovers(workspace.path, state))
    return Verified(files=files, problems=tuple(problems), notes=notes)


def upgrade(
    workspace: Workspace,
    settings: Settings,
    *,
    every: bool = False,
    progress: Progress = silent,
) -> list[Snapshot]:
    """Read kept raw bytes again where the reader has changed or the snapshot is damaged."""
    with workspace.writing(settings.wait) as state:
        # What was accepted once is read again as it is: no limit on rejects or shrinking.
        lenient = msgspec.structs.replace(settings, max_rejects=100.0)
        intake = Intake(workspace, lenient, Options(accept_shrink=True), progress)
        read: list[Staged] = []
        for old in state.current:
            reader = _reader(workspace, old)
            damaged = not is_whole(workspace.path / old.folder, old)
            if every or damaged or reader.version != old.reader_version:
                read.append(_again(workspace, intake, old, reader))
        intake.commit(read, "upgrade")
        return [each.snapshot for each in read]


def prune(workspace: Workspace, settings: Settings, *, dry_run: bool = False) -> Pruned:
    """Remove superseded snapshots and runs, and kept stage results; never raw bytes.

    What a live reader has pinned stays. A link among them goes, what it points to stays.
    """
    with workspace.writing(settings.wait) as state:
        superfluous = sorted(_superfluous(workspace.path, state))
        size = sum(_size(path) for path in superfluous)
        names = tuple(p.relative_to(workspace.path).as_posix() for p in superfluous)
        if not dry_run:
            _remove(workspace, superfluous, _unrecorded(workspace.path, state))
        return Pruned(removed=names, size=size)


def _remove(workspace: Workspace, paths: Iterable[Path], gone: Iterable[str]) -> None:
    """Take each path away whole, then record them and what was ``gone`` before.

    A crash in between leaves places that are empty and not recorded: ``verify`` says so,
    and the next prune records them.
    """
    removed = list(gone)
    try:
        with atomic.folder_aside(workspace.tmp) as aside:
            try:
                for path in paths:
                    path.rename(aside / f"{len(removed)}")
                    removed.append(path.relative_to(workspace.path).as_posix())
                    atomic.sync_folder(path.parent)
            finally:
                if removed:
                    manifest.append(workspace.path, event("prune", removed=tuple(removed)))
    except OSError as problem:
        raise UsageError(
            f"the prune cannot be finished: {problem.strerror}",
            where=str(problem.filename or workspace.path),
            next_step="check that you may write there and that there is room, then prune again",
        ) from problem


def _size(path: Path) -> int:
    """Bytes of a file or link, or of all files below a folder; no link is followed."""
    if path.is_symlink() or not path.is_dir():
        return path.lstat().st_size
    return sum(Path(top, n).lstat().st_size for top, _, names in os.walk(path) for n in names)


def _reader(workspace: Workspace, old: Snapshot) -> Reader:
    """The reader that the manifest names."""
    try:
        return registry.named(old.reader)
    except MissingError as problem:
        raise MissingError(
            f"{old.name} was read as {old.reader!r:.80}, a format that is not known here",
            where=str(workspace.path / manifest.FILE_NAME),
            next_step="use the version of the program that loaded it, or load the file again",
        ) from problem


def _again(workspace: Workspace, intake: Intake, old: Snapshot, reader: Reader) -> Staged:
    """Read the raw bytes of ``old`` with today's reader."""
    path = workspace.path / raw.kept_path(old.uri, old.source_id)
    if not path.is_file():
        raise MissingError(
            f"the raw bytes of {old.name} are gone",
            where=str(path),
            next_step="load the file again",
        )
    if snapshot.checksum(path) != old.source_id:
        raise IntegrityError(
            f"the raw bytes of {old.name} are not what was kept",
            where=str(path),
            next_step="load the file again from where it came",
        )
    side = path.parent / old.sidecar if old.sidecar else None
    source = SourceFile(
        path=path,
        name=old.name,
        source_id=old.source_id,
        dataset=old.dataset,
        uri=old.uri,
        sidecar=side,
    )
    taken = intake.take(source, reader, old.part)
    return msgspec.structs.replace(taken, outcome="replaced")


def _leftovers(root: Path, state: manifest.State) -> Iterator[str]:
    """What an interrupted writer left: harmless, but nobody should wonder about it."""
    left = manifest.unfinished(root)
    if left:
        yield f"{manifest.FILE_NAME} ends in an unfinished line ({left} bytes): that load is void"
    for folder in _unrecorded(root, state):
        yield f"{folder} is superseded and gone, as after an interrupted prune; prune records it"


def _unrecorded(root: Path, state: manifest.State) -> list[str]:
    """Superseded snapshots that are gone, though no line of the manifest says so."""
    events = manifest.read(root)
    known = {each.folder for each in state.current}
    known |= {name for line in events for name in line.removed}
    held = {each.folder for line in events for each in line.snapshots}
    return sorted(folder for folder in held - known if not os.path.lexists(root / folder))


def _expected(root: Path, state: manifest.State) -> dict[Path, str]:
    """Every kept file, superseded ones too, and the checksum it should have."""
    expected: dict[Path, str] = {}
    events = manifest.read(root)
    pruned = {name for line in events for name in line.removed}
    pruned -= {each.folder for each in state.current}
    pruned |= set(_unrecorded(root, state))
    for each in (kept for line in events for kept in line.snapshots):
        expected[root / raw.kept_path(each.uri, each.source_id)] = each.source_id
        if each.folder not in pruned:
            for name, checksum in each.checksums.items():
                expected[root / each.folder / name] = checksum
    return expected | _expected_results(root / "out")


def _expected_results(out: Path) -> dict[Path, str]:
    """The result files of the newest run, if there is one."""
    described = out / RUN_FILE
    if not described.is_file():
        return {}
    try:
        found = msgspec.json.decode(described.read_bytes(), type=Results)
    except (ValueError, RecursionError) as problem:
        raise IntegrityError(
            f"the description of the newest run is damaged: {problem}",
            where=f"{out.name}/{RUN_FILE}",
            next_step=f"delete the folder {out.resolve()} and compute it again: tidewaiter run",
        ) from problem
    return {out / name: checksum for name, checksum in found.results.items()}


def _superfluous(root: Path, state: manifest.State) -> Iterator[Path]:
    """What nothing current and no live reader needs; nothing that lies behind a link."""
    pinned = lock.pinned_sequences(root)
    states = [state, *(manifest.state(root, number) for number in sorted(pinned))]
    needed = {root / each.folder for kept in states for each in kept.current}
    for dataset in _entries(root / "snapshots"):
        yield from (p for p in _entries(dataset) if p not in needed)
    newest = os.path.realpath(root / "out")
    yield from (p for p in _entries(root / "runs") if os.path.realpath(p) != newest)
    yield from _entries(root / "cache")


def _entries(folder: Path) -> list[Path]:
    """What lies in a folder; nothing where it is a link or no folder."""
    return list(folder.iterdir()) if folder.is_dir() and not folder.is_symlink() else []


def current(workspace: Workspace) -> tuple[Snapshot, ...]:
    """Every snapshot that speaks for its part now."""
    with workspace.reading() as state:
        return state.current


def known_sources() -> list[dict[str, str]]:
    """Every format that can be read, from its card."""
    fields = ("name", "title", "publisher", "url", "licence", "good_for", "format")
    return [{field: getattr(each, field) for field in fields} for each in cards()]


def one_source(name: str) -> dict[str, Any]:
    """One source's card; an error where there is none of that name."""
    for each in cards():
        if each.name == name:
            return dict(msgspec.to_builtins(each))
    raise MissingError(
        f"no source is called {name!r}",
        where="NAME",
        next_step=f"one of: {', '.join(each.name for each in cards())}",
    )
