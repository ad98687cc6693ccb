"""7z archives: py7zr decodes, and what it decodes is counted and placed here.

Its own way of writing files was rejected: it counts nothing until all is written, makes
links, and starts a thread for each block of an archive that it was given by path.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import IO

import py7zr
from py7zr.io import Py7zIO, WriterFactory

from tidewaiter.sources.meter import Meter


def extract(path: Path, meter: Meter) -> None:
    """Write every member of ``path`` to its place; errors of py7zr pass through."""
    with path.open("rb") as packed, py7zr.SevenZipFile(packed) as archive:
        if archive.needs_password():
            raise meter.refused("it is encrypted")
        members = [each for each in archive.list() if not each.is_directory]
        for member in members:
            if member.is_symlink or not member.is_file:
                raise meter.refused(f"the member {member.filename[:80]!r} is no file")
        places = {meter.place(member.filename) for member in members}
        with ExitStack() as opened:  # py7zr leaves a file open where decoding fails
            archive.extractall(meter.folder, factory=_Places(places, meter, opened))


class _Places(WriterFactory):
    """Opens the file of a member when its bytes come."""

    def __init__(self, places: set[Path], meter: Meter, opened: ExitStack) -> None:
        self.places = places
        self.meter = meter
        self.opened = opened

    def create(self, filename: str) -> Py7zIO:
        place = Path(filename)
        if place not in self.places:
            raise self.meter.refused(f"the name of a member is read in two ways: {place.name!r}")
        return _Member(self.opened.enter_context(place.open("xb")), self.meter)


class _Member(Py7zIO):
    """The file of one member, as py7zr writes it: forward only, and counted."""

    def __init__(self, file: IO[bytes], meter: Meter) -> None:
        self.file = file
        self.meter = meter

    def write(self, s: bytes | bytearray) -> int:
        self.meter.count(len(s))
        return self.file.write(s)

    def read(self, size: int | None = None) -> bytes:  # noqa: ARG002  (of the interface)
        return b""

    def seek(self, offset: int, whence: int = 0) -> int:  # noqa: ARG002  (of the interface)
        return self.file.tell()

    def seekable(self) -> bool:
        return False

    def flush(self) -> None:
        self.file.flush()

    def size(self) -> int:
        return self.file.tell()

    def close(self) -> None:
        self.file.close()
