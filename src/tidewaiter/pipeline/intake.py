"""Loading: every file is recognised, kept, read, checked; then all are committed.

A load is one step: if a single file is refused, nothing has changed. Rows read are rows
kept plus rows rejected, by the reader's own count and the writer's, for every file.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec

from tidewaiter.errors import (
    BadDataError,
    IntegrityError,
    ShrunkenListError,
    UsageError,
)
from tidewaiter.model.ids import digest
from tidewaiter.model.source import Reject, SourceFile
from tidewaiter.pipeline.discovery import Found, check_paths, discover
from tidewaiter.settings import Settings
from tidewaiter.sources import registry
from tidewaiter.sources.counting import Counts
from tidewaiter.sources.reader import Batch, Reader, Tally
from tidewaiter.store import atomic, manifest, raw, snapshot
from tidewaiter.store.workspace import Workspace, event

CASE = "case"  # the name space of plain files that say no other
REJECTS_FILE = "rejects.csv"
SHOWN = 60  # characters of a refused value

Progress = Callable[[str, int], None]  # called with a file's name and its rows so far


def silent(_name: str, _rows: int) -> None:
    """Progress that nobody watches."""


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How to load: a reader by name, a name space, and what may pass."""

    source: str | None = None
    dataset: str | None = None
    accept_shrink: bool = False


class Loaded(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one file: ``added``, ``replaced`` or ``unchanged``."""

    outcome: str
    snapshot: manifest.Snapshot


class LoadReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a load did: a line a file, what was passed over, and things to know."""

    files: tuple[Loaded, ...]
    skipped: tuple[str, ...]
    notes: tuple[str, ...]


def load(
    workspace: Workspace,
    paths: Iterable[Path],
    settings: Settings,
    options: Options,
    progress: Progress = silent,
) -> LoadReport:
    """Read ``paths`` (files or folders) into ``workspace`` and commit them together."""
    check_paths(paths := tuple(paths))
    _check_dataset(options.dataset)
    with workspace.writing(settings.wait) as state, atomic.folder_aside(workspace.tmp) as aside:
        found, skipped = discover(paths, options.source, aside)
        dataset = options.dataset or _case_name(found) or CASE
        intake = Intake(workspace, settings, options, progress)
        read = [intake.read(each, dataset, state) for each in found]
        intake.commit(read)
        return LoadReport(
            files=tuple(Loaded(outcome=r.outcome, snapshot=r.snapshot) for r in read),
            skipped=tuple(skipped),
            notes=tuple(_notes(read, state)),
        )


class Staged(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was read aside and waits to be committed."""

    outcome: str
    snapshot: manifest.Snapshot
    folder: Path
    raw: Path | None
    sidecar: Path | None = None


class Intake:
    """Reads files aside, under the write lock, and commits what was read."""

    def __init__(
        self, workspace: Workspace, settings: Settings, options: Options, progress: Progress
    ) -> None:
        self.workspace = workspace
        self.settings = settings
        self.options = options
        self.progress = progress
        self._serial = 0

    def read(self, found: Found, dataset: str, state: manifest.State) -> Staged:
        """Keep the bytes of ``found``, read them aside and check what was read."""
        folder = self._new_folder()
        staged, source_id = raw.stage(found.path, folder)
        space = getattr(found.reader, "dataset", None) or dataset
        place = f"{found.name}@{digest(str(found.home.resolve()))}"
        sidecar = self._stage_sidecar(found.path, folder)
        known = _same_bytes(state, space, source_id, found.reader)
        same_side = known is not None and known.sidecar == (sidecar.name if sidecar else None)
        if known is not None and same_side and self._is_kept(known):
            return Staged(outcome="unchanged", snapshot=known, folder=folder, raw=None)
        source = SourceFile(
            path=staged,
            name=found.name,
            source_id=source_id,
            dataset=space,
            uri=raw.uri(space, found.name),
            sidecar=sidecar,
        )
        taken = self.take(source, found.reader, place)
        earlier = state.find(space, taken.snapshot.part)
        official = getattr(found.reader, "dataset", None) is not None
        self._refuse_shrunken(taken.snapshot, earlier, official=official)
        outcome = "replaced" if earlier else "added"
        return msgspec.structs.replace(taken, outcome=outcome, raw=staged, sidecar=sidecar)

    def take(self, source: SourceFile, reader: Reader, place: str) -> Staged:
        """Read ``source`` into a snapshot folder and describe it."""
        folder = self._new_folder()
        with snapshot.SnapshotWriter(folder) as writer:
            counts = Counts()
            tally = self._pour(source, reader, writer, counts)
        self._check_counts(source, writer, tally)
        self._check_rejects(source, writer, tally, folder)
        sums = snapshot.checksums(folder)
        part = tally.part or place
        described = manifest.Snapshot(
            # Not `part`: it may name a place on this machine, and ids are the same anywhere.
            snapshot_id=snapshot.snapshot_id((source.dataset, source.name, source.source_id), sums),
            dataset=source.dataset,
            part=part,
            name=source.name,
            uri=_home(source, tally),
            source_id=source.source_id,
            size=source.path.stat().st_size,
            reader=reader.name,
            reader_version=reader.version,
            licence=getattr(reader, "licence", ""),
            retrieved_at=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            published_on=tally.published_on,
            rows_read=tally.rows_read,
            rows_kept=writer.kept,
            rows_rejected=writer.rejected,
            entities=tally.entities,
            unused=tally.unused,
            tables=writer.rows,
            checksums=sums,
            counts=dict(sorted(counts.items())),
            unread=dict(sorted(tally.unread.items())),
            facts=tally.facts,
            sidecar=source.sidecar.name if source.sidecar else None,
        )
        return Staged(outcome="added", snapshot=described, folder=folder, raw=None)

    def commit(self, read: list[Staged], kind: str = "load") -> None:
        """Move raw bytes and snapshots to their places, then write the one line."""
        new = [each for each in read if each.outcome != "unchanged"]
        for each in new:
            home = self.workspace.path / each.snapshot.uri
            if each.raw:
                raw.keep(each.raw, self.workspace.path, each.snapshot.uri, each.snapshot.source_id)
            if each.sidecar:
                atomic.publish_file(each.sidecar, home / each.sidecar.name)
            self._publish(each)
        self._write_rejects(new)
        if new:
            line = event(kind, snapshots=tuple(each.snapshot for each in new))
            manifest.append(self.workspace.path, line)

    def _publish(self, staged: Staged) -> None:
        """Move a snapshot to its place; a damaged folder of its name makes room."""
        target = self.workspace.path / staged.snapshot.folder
        if target.is_dir() and not is_whole(target, staged.snapshot):
            target.rename(self.workspace.tmp / f"damaged-{staged.snapshot.snapshot_id}")
        atomic.publish_folder(staged.folder, target)

    def _is_kept(self, known: manifest.Snapshot) -> bool:
        """Whether raw bytes and tables of a snapshot are still what they were."""
        path = self.workspace.path / raw.kept_path(known.uri, known.source_id)
        whole = is_whole(self.workspace.path / known.folder, known)
        return whole and path.is_file() and snapshot.checksum(path) == known.source_id

    def _pour(
        self, source: SourceFile, reader: Reader, writer: snapshot.SnapshotWriter, counts: Counts
    ) -> Tally:
        """Everything the reader yields, into the writer; its closing tally."""
        for item in reader.read(source):
            if isinstance(item, Batch):
                writer.add(item.table, item.rows, item.source_rows)
                counts.see(item)
                self.progress(source.name, writer.kept)
            elif isinstance(item, Reject):
                writer.reject(item)
            else:
                return item
        raise IntegrityError(
            f"the reader {reader.name} ended without a tally",
            where=source.name,
            next_step="this is a fault of the reader: please report it",
        )

    def _check_counts(
        self, source: SourceFile, writer: snapshot.SnapshotWriter, tally: Tally
    ) -> None:
        """Refuse a reader that lost or invented a row."""
        if tally.rows_read != writer.kept + writer.rejected:
            raise IntegrityError(
                f"{tally.rows_read} rows were read, but {writer.kept} kept and "
                f"{writer.rejected} rejected",
                where=source.name,
                next_step="this is a fault of the reader: please report it",
            )

    def _check_rejects(
        self, source: SourceFile, writer: snapshot.SnapshotWriter, tally: Tally, folder: Path
    ) -> None:
        """Refuse a file of which too many rows could not be read."""
        allowed = self.settings.max_rejects
        if writer.rejected * 100 <= allowed * tally.rows_read:
            return
        kept = self.workspace.path / REJECTS_FILE
        atomic.write_file(kept, (folder / snapshot.REJECTS).read_bytes())
        raise BadDataError(
            f"{writer.rejected} of {tally.rows_read} rows were rejected "
            f"(more than {allowed:g} %); nothing was changed",
            where=source.name,
            next_step=f"see the reasons in {kept}, mend the file, or allow more with "
            "--max-rejects PER_CENT",
        )

    def _refuse_shrunken(
        self, new: manifest.Snapshot, earlier: manifest.Snapshot | None, *, official: bool
    ) -> None:
        """Refuse a list that lost more entities than is plausible."""
        if earlier is None or self.options.accept_shrink:
            return
        # An official file without entities, such as trade statistics, is measured by its
        # rows; a table of the user's own may shrink as it will.
        what, held, holds = "entities", earlier.entities, new.entities
        if not held and official:
            what, held, holds = "rows", earlier.rows_kept, new.rows_kept
        if holds < held * (100 - self.settings.max_shrink) / 100:
            raise ShrunkenListError(
                f"the file shrank from {held} to {holds} {what}; nothing was changed",
                where=new.name,
                next_step="if the publisher really removed them, repeat with --accept-shrink",
            )

    def _write_rejects(self, new: list[Staged]) -> None:
        """The rejects of this load as one file of the workspace."""
        texts: list[bytes] = []
        for each in new:
            folder = self.workspace.path / each.snapshot.folder
            head, *rows = (folder / snapshot.REJECTS).read_bytes().split(b"\n", 1)
            texts += rows if texts else [head + b"\n", *rows]
        if texts:
            atomic.write_file(self.workspace.path / REJECTS_FILE, b"".join(texts))

    def _stage_sidecar(self, path: Path, folder: Path) -> Path | None:
        """The side file of an article, kept with the article's bytes."""
        side = path.with_suffix(".toml")
        if path.parent.name != "reports" or side == path or not side.is_file():
            return None
        return raw.stage(side, folder)[0]

    def _new_folder(self) -> Path:
        self._serial += 1
        folder = self.workspace.tmp / f"{self._serial:06d}"
        folder.mkdir(parents=True)
        return folder


def _home(source: SourceFile, tally: Tally) -> str:
    """Where the bytes are kept: under the publisher's name of the part, if it has one."""
    if tally.part is None:
        return source.uri
    return raw.uri(source.dataset, tally.part + source.path.suffix)


def is_whole(folder: Path, of: manifest.Snapshot) -> bool:
    """Whether a snapshot's folder holds exactly what was recorded."""
    return folder.is_dir() and snapshot.checksums(folder) == of.checksums


def _check_dataset(name: str | None) -> None:
    """A name space is also the name of a folder of the workspace."""
    owned = {getattr(reader, "dataset", None) for reader in registry.READERS}
    if name is not None and (name in owned or not registry.SLUG.fullmatch(name)):
        raise UsageError(
            f"{name[:SHOWN]!r} cannot be a name space",
            where="--dataset",
            next_step="use lower-case letters, digits, - and _; not the name of a list",
        )


def _same_bytes(
    state: manifest.State, dataset: str, source_id: str, reader: Reader
) -> manifest.Snapshot | None:
    """The current snapshot that was read from the same bytes by the same reader."""
    wanted = (dataset, source_id, reader.name, reader.version)
    for each in state.current:
        if (each.dataset, each.source_id, each.reader, each.reader_version) == wanted:
            return each
    return None


def _case_name(found: list[Found]) -> str | None:
    """The name space that a case.toml gives, if there is one."""
    for each in found:
        if each.path.name == "case.toml":
            return registry.case_name(each.path)
    return None


def _twice(read: list[Staged]) -> Iterator[str]:
    """Files of one load that are versions of one and the same: the one read last speaks."""
    last: dict[tuple[str, str], Staged] = {}
    for each in read:
        key = (each.snapshot.dataset, each.snapshot.part)
        if (earlier := last.get(key)) and earlier.snapshot.source_id != each.snapshot.source_id:
            yield (
                f"{earlier.snapshot.name} and {each.snapshot.name} are two versions of one file "
                f"({each.snapshot.part}): the second speaks; to choose, load one of them last"
            )
        last[key] = each


def _notes(read: list[Staged], state: manifest.State) -> Iterator[str]:
    """What a person should know about this load."""
    for each in read:
        if each.snapshot.unused:
            columns = ", ".join(each.snapshot.unused)
            yield f"{each.snapshot.name}: columns kept as extras, not used: {columns}"
    yield from _twice(read)
    spaces = {s.dataset: s.part.partition("@")[2] for s in state.current if "@" in s.part}
    for each in read:
        place = each.snapshot.part.partition("@")[2]
        if place and spaces.get(each.snapshot.dataset, place) != place:
            yield (
                f"the name space {each.snapshot.dataset!r} now holds files from more than "
                "one place; their ids are taken as one name space (--dataset keeps apart)"
            )
            return
