"""Which files a load reads: every file named, below a folder, or in an archive."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from tidewaiter.errors import BadDataError, MissingError, UsageError
from tidewaiter.sources import registry
from tidewaiter.sources.aside import why_aside
from tidewaiter.sources.part import STATE
from tidewaiter.sources.reader import FileHead, Reader
from tidewaiter.sources.unpack import is_archive, unpack

MARK_BYTES = 4096  # enough to tell an archive from a spreadsheet
SHOWN = 5  # reasons that an error repeats


class Found(msgspec.Struct, frozen=True):
    """A file to load: where it lies, the place it was named under, and its reader.

    ``home`` is the place that the user named; for a member of an archive, that of the
    archive.
    """

    path: Path
    place: Path
    reader: Reader
    home: Path

    @property
    def name(self) -> str:
        """Its path relative to the place, with forward slashes."""
        return self.path.relative_to(self.place).as_posix()


def discover(
    paths: Iterable[Path], source: str | None, aside: Path
) -> tuple[list[Found], list[str]]:
    """The files to read, in a fixed order, and those passed over, each with the reason.

    Archives are unpacked below ``aside``; their members are named ``archive.zip/member``.
    """
    found: list[Found] = []
    skipped: list[str] = []
    forced = registry.named(source) if source else None
    for path in paths:
        skipped += _not_read(path)
        for place, file, home in _opened(path, aside):
            reader = forced or registry.recognise(_head(place, file))
            if reader:
                found.append(Found(file, place, reader, home))
            elif not _is_sidecar(file):
                skipped.append(_why_skipped(_head(place, file)))
    if not found:
        raise BadDataError(
            f"none of the files is in a format that is known here{_in_brief(skipped)}",
            where=", ".join(str(path) for path in paths),
            next_step="name the format with --source, or see the formats page",
        )
    return found, skipped


def check_paths(paths: Iterable[Path]) -> None:
    """Refuse a path that is not there or no file, before anything is locked or unpacked."""
    for path in paths:
        if not path.exists():
            raise MissingError(
                "there is no such file or folder",
                where=str(path),
                next_step="check the spelling of the path",
            )
        if not path.is_file() and not path.is_dir():
            raise UsageError(
                "it is not a regular file",
                where=str(path),
                next_step="write what comes from a pipe or device to a file, and load that",
            )


def _opened(path: Path, aside: Path) -> Iterator[tuple[Path, Path, Path]]:
    """(place, file, home) of every file; an archive gives its members instead of itself.

    An archive in an archive is not opened: publishers do not pack so, bombs do.
    """
    for place, file in _files(path):
        if _is_note(file):
            continue
        if not _is_archive(file):
            yield place, file, place
            continue
        name = file.relative_to(place)
        inside = aside / f"unpacked-{len(list(aside.iterdir()))}"
        for member in unpack(file, name.as_posix(), inside / name):
            yield inside, member, place


def _is_archive(file: Path) -> bool:
    with file.open("rb") as handle:
        return is_archive(handle.read(MARK_BYTES))


def _files(path: Path) -> Iterator[tuple[Path, Path]]:
    """(place, file) for a file, or for every visible file below a folder, sorted."""
    if path.is_file():
        yield path.parent, path
    for file in _below(path):
        if file.is_file() and not _is_hidden(path, file):
            yield path, file


def _not_read(path: Path) -> Iterator[str]:
    """What lies below a folder and is no file to read, each with its reason."""
    hidden = 0
    for file in _below(path):
        why = _why_no_file(file)
        if _is_hidden(path, file):
            hidden += not file.is_dir()
        elif why:
            yield f"{file.relative_to(path).as_posix()}: {why}"
    if hidden:
        yield f"{path.name}: hidden files, {hidden} in all"


def _below(path: Path) -> list[Path]:
    return sorted(path.rglob("*")) if path.is_dir() else []


def _is_hidden(place: Path, file: Path) -> bool:
    return any(part.startswith(".") for part in file.relative_to(place).parts)


def _why_no_file(file: Path) -> str | None:
    """Why an entry of a folder cannot be read; ``None`` for files, and for folders."""
    if file.is_file():
        return None
    if file.is_dir():
        return "a link to a folder; load that folder itself" if file.is_symlink() else None
    if file.is_symlink() and not file.exists():
        return "a link to nothing"
    return "not a regular file"


def _why_skipped(head: FileHead) -> str:
    """A file that was passed over, and why."""
    return f"{head.name}: {why_aside(head) or 'not recognised'}"


def _in_brief(skipped: list[str]) -> str:
    """The reasons as the end of a sentence, the first of them where there are many."""
    more = [f"and {len(skipped) - SHOWN} more"] if len(skipped) > SHOWN else []
    return f" ({'; '.join([*skipped[:SHOWN], *more])})" if skipped else ""


def _head(place: Path, file: Path) -> FileHead:
    return FileHead.of(file, file.relative_to(place).as_posix())


def _is_note(file: Path) -> bool:
    """Whether it is what ``fetch`` wrote down about the file beside it."""
    return file.name.endswith(STATE) and file.with_name(file.name.removesuffix(STATE)).is_file()


def _is_sidecar(file: Path) -> bool:
    return file.suffix == ".toml" and file.parent.name == "reports"
