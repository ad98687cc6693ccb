"""Archives as publishers pack them (zip, gzip, 7z), opened with limits.

Members are written below a folder under their own names; whatever looks like a bomb or
reaches for another place is refused whole, and nothing of it stays.
"""

from __future__ import annotations

import gzip
import lzma
import shutil
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

import msgspec

from tidewaiter.errors import BadDataError
from tidewaiter.sources.workbook import is_workbook

ZIP, GZIP, SEVEN = b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf\x27\x1c"
BLOCK = 1 << 20
ENCRYPTED = 0x1  # bit of a ZIP member's flags


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How much may come out: bytes in all, members, and bytes for each packed byte."""

    largest: int = 64 << 30
    members: int = 10_000
    ratio: int = 400  # XML of registers packs to a thirtieth, a bomb to a thousandth
    free: int = 10 << 20  # bytes below which the ratio says nothing


LIMITS = Limits()


def is_archive(start: bytes) -> bool:
    """Whether a file is an archive for us; a spreadsheet is a ZIP, and none."""
    return start.startswith((GZIP, SEVEN)) or (start.startswith(ZIP) and not is_workbook(start))


def unpack(path: Path, name: str, folder: Path, limits: Limits = LIMITS) -> list[Path]:
    """Write the members of ``path`` below ``folder``, and give them in order of name.

    Raises ``BadDataError`` where the archive is damaged, encrypted, too large for its
    size, or names a place outside of the folder; then the folder is gone.
    """
    with path.open("rb") as handle:
        start = handle.read(len(SEVEN))
    opener = _gzip if start.startswith(GZIP) else _seven if start.startswith(SEVEN) else _zip
    folder.mkdir(parents=True)
    try:
        opener(path, name, folder, Meter(path, name, limits))
    except (zipfile.BadZipFile, EOFError, zlib.error, lzma.LZMAError, OSError, ValueError,
            NotImplementedError, RuntimeError) as problem:  # fmt: skip
        shutil.rmtree(folder)
        raise _refused(name, f"it is damaged ({type(problem).__name__}): {problem}") from problem
    except BadDataError:
        shutil.rmtree(folder)
        raise
    return sorted(each for each in folder.rglob("*") if each.is_file())


class Meter:
    """Counts what comes out, and stops at the limits."""

    def __init__(self, path: Path, name: str, limits: Limits) -> None:
        self.name = name
        self.limits = limits
        self.packed = max(path.stat().st_size, 1)
        self.out = 0
        self.seen: set[str] = set()

    def member(self, name: str, folder: Path) -> Path:
        """Where a member goes; refused where that is not below the folder, or taken."""
        place = PurePosixPath(name.replace("\\", "/"))
        parts = place.parts
        if place.is_absolute() or ".." in parts or not parts or ":" in parts[0] or "\0" in name:
            raise _refused(self.name, f"a member is called {name[:80]!r}, which is another place")
        if str(place).casefold() in self.seen:
            raise _refused(self.name, f"two members are called {str(place)[:80]!r}")
        self.seen.add(str(place).casefold())
        if len(self.seen) > self.limits.members:
            raise _refused(self.name, f"it has more than {self.limits.members:,} members")
        target = folder.joinpath(*parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        return target

    def count(self, size: int) -> None:
        """Note bytes that came, or are announced."""
        self.out += size
        if self.out > self.limits.largest:
            raise _refused(self.name, f"it unpacks to more than {self.limits.largest:,} bytes")
        if self.out > self.limits.free and self.out > self.packed * self.limits.ratio:
            raise _refused(self.name, f"it unpacks to more than {self.limits.ratio} times its size")


def _zip(path: Path, name: str, folder: Path, meter: Meter) -> None:
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            if member.is_dir():
                continue
            kind = stat.S_IFMT(member.external_attr >> 16)
            if kind not in {0, stat.S_IFREG}:
                raise _refused(name, f"the member {member.filename[:80]!r} is no file")
            if member.flag_bits & ENCRYPTED:
                raise _refused(name, "it is encrypted")
            target = meter.member(member.filename, folder)
            with archive.open(member) as source:
                _pour(source, target, meter)


def _gzip(path: Path, name: str, folder: Path, meter: Meter) -> None:
    stem = PurePosixPath(name).name
    target = meter.member(
        stem.removesuffix(".gz") if stem.endswith(".gz") else f"{stem}.out", folder
    )
    with gzip.open(path) as source:
        _pour(source, target, meter)


def _pour(source: IO[bytes] | gzip.GzipFile, target: Path, meter: Meter) -> None:
    with target.open("xb") as handle:
        while block := source.read(BLOCK):
            meter.count(len(block))
            handle.write(block)


def _seven(path: Path, name: str, folder: Path, meter: Meter) -> None:
    """7z is unpacked by its library in one go; what it announces is counted before."""
    import py7zr

    try:
        with py7zr.SevenZipFile(path) as archive:
            if archive.needs_password():
                raise _refused(name, "it is encrypted")
            members = [each for each in archive.list() if not each.is_directory]
            for member in members:
                if member.is_symlink:
                    raise _refused(name, f"the member {member.filename[:80]!r} is no file")
                meter.member(member.filename, folder)
                meter.count(member.uncompressed or 0)
            archive.extractall(folder)
    except (
        py7zr.Bad7zFile,
        py7zr.UnsupportedCompressionMethodError,
        py7zr.PasswordRequired,
    ) as problem:
        raise _refused(name, f"it is damaged or of a kind that is not read: {problem}") from problem
    found = sum(each.stat().st_size for each in _files(folder))
    if found > meter.out or any(each.is_symlink() for each in folder.rglob("*")):
        raise _refused(name, "it holds more than it announces")


def _files(folder: Path) -> Iterator[Path]:
    return (each for each in folder.rglob("*") if each.is_file())


def _refused(name: str, why: str) -> BadDataError:
    return BadDataError(
        f"the archive cannot be used: {why}",
        where=name,
        next_step="fetch it again from its publisher, or unpack it yourself and load the files",
    )
