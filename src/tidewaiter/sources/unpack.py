"""Archives as publishers pack them (zip, gzip, 7z), opened with limits.

Members are written below a folder under their own names; whatever looks like a bomb or
reaches for another place is refused whole, and nothing of it stays.
"""

from __future__ import annotations

import errno
import gzip
import shutil
import stat
import zipfile
from pathlib import Path, PurePosixPath
from typing import IO

from tidewaiter.errors import TidewaiterError, UsageError
from tidewaiter.sources.meter import Limits, Meter
from tidewaiter.sources.workbook import is_workbook

ZIP, GZIP, SEVEN = b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf\x27\x1c"
DOCUMENT = b"mimetypeapplication/"  # first in an OpenDocument file or an e-book
BLOCK = 1 << 20
ENCRYPTED = 0x1  # bit of a ZIP member's flags
OURS = {  # what this machine cannot do, whatever the archive is
    errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO,
    errno.EMFILE,
}  # fmt: skip
LIMITS = Limits()


def is_archive(start: bytes) -> bool:
    """Whether a file is an archive for us; a spreadsheet is a ZIP, and none."""
    if start.startswith(ZIP):
        return not is_workbook(start) and DOCUMENT not in start[:100]
    return start.startswith((GZIP, SEVEN))


def unpack(path: Path, name: str, folder: Path, limits: Limits = LIMITS) -> list[Path]:
    """Write the members of ``path`` below ``folder``, and give them in order of name.

    Raises ``BadDataError`` where the archive is damaged, encrypted, too large for its
    size, or names a place outside of the folder, ``UsageError`` where there is no room
    for it; then the folder is gone.
    """
    with path.open("rb") as handle:
        start = handle.read(len(SEVEN))
    opener = _gzip if start.startswith(GZIP) else _seven if start.startswith(SEVEN) else _zip
    folder.mkdir(parents=True)
    meter = Meter(path, name, folder, limits)
    try:
        opener(path, meter)
    except BaseException as problem:
        shutil.rmtree(folder)
        # Decoders let through whatever they stumble over: of damaged 7z files, one in six
        # ended in a TypeError, an AssertionError or the like.
        if isinstance(problem, Exception) and not isinstance(problem, TidewaiterError):
            raise _explained(problem, meter) from problem
        raise
    return sorted(each for each in folder.rglob("*") if each.is_file())


def _explained(problem: Exception, meter: Meter) -> TidewaiterError:
    """Whether this machine failed, or the archive is damaged."""
    if isinstance(problem, OSError) and problem.errno in OURS:
        return UsageError(
            f"the archive cannot be unpacked: {problem.strerror}",
            where=meter.name,
            next_step="make room in the workspace, or unpack it yourself and load the files",
        )
    if type(problem).__name__ == "PasswordRequired":  # of py7zr, for encrypted file names
        return meter.refused("it is encrypted")
    # The text of an OSError holds a path of this machine that nobody asked for.
    why = (isinstance(problem, OSError) and problem.strerror) or problem
    return meter.refused(f"it is damaged ({type(problem).__name__}): {why}")


def _zip(path: Path, meter: Meter) -> None:
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            if member.is_dir():
                continue
            kind = stat.S_IFMT(member.external_attr >> 16)
            if kind not in {0, stat.S_IFREG}:
                raise meter.refused(f"the member {member.filename[:80]!r} is no file")
            if member.flag_bits & ENCRYPTED:
                raise meter.refused("it is encrypted")
            target = meter.place(member.filename)
            with archive.open(member) as source:
                _pour(source, target, meter)


def _gzip(path: Path, meter: Meter) -> None:
    stem = PurePosixPath(meter.name).name
    member = stem.removesuffix(".gz") if stem.endswith(".gz") else f"{stem}.out"
    with gzip.open(path) as source:
        _pour(source, meter.place(member or "unnamed"), meter)


def _pour(source: IO[bytes] | gzip.GzipFile, target: Path, meter: Meter) -> None:
    with target.open("xb") as handle:
        while block := source.read(BLOCK):
            meter.count(len(block))
            handle.write(block)


def _seven(path: Path, meter: Meter) -> None:
    from tidewaiter.sources import sevenzip

    sevenzip.extract(path, meter)
