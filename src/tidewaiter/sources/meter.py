"""What an archive may give, measured by what really comes out of it."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import msgspec

from tidewaiter.errors import BadDataError


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How much may come out: bytes in all, members, and bytes for each packed byte."""

    largest: int = 64 << 30
    members: int = 10_000
    ratio: int = 400  # XML of registers packs to a thirtieth, a bomb to a thousandth
    free: int = 10 << 20  # bytes below which the ratio says nothing


LONGEST_NAME = 255  # bytes that file systems take for a file or folder


class Meter:
    """Gives members of an archive their places, counts what comes, and stops at the limits."""

    def __init__(self, path: Path, name: str, folder: Path, limits: Limits) -> None:
        self.name = name
        self.folder = folder
        self.limits = limits
        self.packed = max(path.stat().st_size, 1)
        self.out = 0
        self.seen: set[str] = set()
        self.folders: set[str] = set()

    def place(self, name: str) -> Path:
        """Where a member goes; refused where that is not below the folder, or taken."""
        place = PurePosixPath(name.replace("\\", "/"))
        parts = place.parts
        if place.is_absolute() or ".." in parts or not parts or ":" in parts[0] or "\0" in name:
            raise self.refused(f"a member is called {name[:80]!r}, which is another place")
        if any(len(part.encode("utf-8", "replace")) > LONGEST_NAME for part in parts):
            raise self.refused(f"the name of a member is too long: {name[:80]!r}")
        self._note(PurePosixPath(str(place).casefold()))
        if len(self.seen) > self.limits.members:
            raise self.refused(f"it has more than {self.limits.members:,} members")
        target = self.folder.joinpath(*parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        return target

    def _note(self, place: PurePosixPath) -> None:
        """Refuse a name that is taken, or that is a file here and a folder there."""
        above = {str(each) for each in place.parents} - {"."}
        if str(place) in self.seen:
            raise self.refused(f"two members are called {str(place)[:80]!r}")
        if str(place) in self.folders or above & self.seen:
            raise self.refused(f"a member is a file and a folder, too: {str(place)[:80]!r}")
        self.seen.add(str(place))
        self.folders |= above

    def count(self, size: int) -> None:
        """Note bytes that came."""
        self.out += size
        if self.out > self.limits.largest:
            raise self.refused(f"it unpacks to more than {self.limits.largest:,} bytes")
        if self.out > self.limits.free and self.out > self.packed * self.limits.ratio:
            raise self.refused(f"it unpacks to more than {self.limits.ratio} times its size")

    def refused(self, why: str) -> BadDataError:
        """The error that names the archive."""
        return BadDataError(
            f"the archive cannot be used: {why}",
            where=self.name,
            next_step="fetch it again from its publisher, or unpack it yourself and load the files",
        )
