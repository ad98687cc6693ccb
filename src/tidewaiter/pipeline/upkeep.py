"""Looking after what was committed: verify, upgrade, prune."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from tidewaiter.errors import IntegrityError, MissingError
from tidewaiter.model.source import SourceFile
from tidewaiter.pipeline.intake import Intake, Options, Progress, Staged, is_whole, silent
from tidewaiter.resolve import judgement
from tidewaiter.settings import Settings
from tidewaiter.sources import registry
from tidewaiter.sources.card import cards
from tidewaiter.store import lock, manifest, raw, snapshot
from tidewaiter.store.manifest import Snapshot
from tidewaiter.store.workspace import Workspace, event


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """What was checked, and every difference that was found."""

    files: int
    problems: tuple[str, ...]
    notes: tuple[str, ...] = ()


class Pruned(msgspec.Struct, frozen=True, kw_only=True):
    """What was, or would be, removed (relative to the workspace) and its size."""

    removed: tuple[str, ...]
    size: int


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
    return Verified(files=files, problems=tuple(problems), notes=_leftovers(workspace.path))


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
            reader = registry.named(old.reader)
            damaged = not is_whole(workspace.path / old.folder, old)
            if every or damaged or reader.version != old.reader_version:
                read.append(_again(workspace, intake, old))
        intake.commit(read, "upgrade")
        return [each.snapshot for each in read]


def prune(workspace: Workspace, settings: Settings, *, dry_run: bool = False) -> Pruned:
    """Remove superseded snapshots and runs, and kept stage results; never raw bytes.

    What a live reader has pinned stays.
    """
    with workspace.writing(settings.wait) as state:
        superfluous = sorted(_superfluous(workspace.path, state))
        size = sum(f.stat().st_size for p in superfluous for f in p.rglob("*") if f.is_file())
        names = tuple(p.relative_to(workspace.path).as_posix() for p in superfluous)
        if not dry_run and names:
            manifest.append(workspace.path, event("prune", removed=names))
            for path in superfluous:
                shutil.rmtree(path)
        return Pruned(removed=names, size=size)


def _again(workspace: Workspace, intake: Intake, old: Snapshot) -> Staged:
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
    taken = intake.take(source, registry.named(old.reader), old.part)
    return msgspec.structs.replace(taken, outcome="replaced")


def _leftovers(root: Path) -> tuple[str, ...]:
    """What an interrupted writer left: harmless, but nobody should wonder about it."""
    left = manifest.unfinished(root)
    if not left:
        return ()
    return (f"{manifest.FILE_NAME} ends in an unfinished line ({left} bytes): that load is void",)


def _expected(root: Path, state: manifest.State) -> dict[Path, str]:
    """Every kept file, superseded ones too, and the checksum it should have."""
    expected: dict[Path, str] = {}
    events = manifest.read(root)
    pruned = {name for line in events for name in line.removed}
    pruned -= {each.folder for each in state.current}
    for each in (kept for line in events for kept in line.snapshots):
        expected[root / raw.kept_path(each.uri, each.source_id)] = each.source_id
        if each.folder not in pruned:
            for name, checksum in each.checksums.items():
                expected[root / each.folder / name] = checksum
    out = root / "out" / "run.json"
    if out.is_file():
        results = msgspec.json.decode(out.read_bytes())["results"]
        expected |= {out.parent / name: checksum for name, checksum in results.items()}
    return expected


def _superfluous(root: Path, state: manifest.State) -> Iterator[Path]:
    """Folders that nothing current and no live reader needs."""
    pinned = lock.pinned_sequences(root)
    states = [state, *(manifest.state(root, number) for number in sorted(pinned))]
    needed = {root / each.folder for kept in states for each in kept.current}
    yield from (p for p in (root / "snapshots").glob("*/*") if p not in needed)
    newest = (root / "out").resolve()
    yield from (p for p in (root / "runs").glob("*") if p.resolve() != newest)
    yield from (root / "cache").glob("*")


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
