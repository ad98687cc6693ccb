"""A file that is being fetched: what has come of it, kept aside until it is whole.

``.NAME.part`` holds the bytes, ``.NAME.part.fetch.json`` the version that they belong to:
only with that are they ever continued. ``NAME.fetch.json`` tells what the server said of
the finished file, so that the next time costs one question.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TypeVar

import msgspec

from tidewaiter.store import atomic

STATE, PART = ".fetch.json", ".part"
Note = TypeVar("Note", bound=msgspec.Struct)


class State(msgspec.Struct, frozen=True, kw_only=True):
    """What was fetched, as the server described it."""

    url: str
    sha256: str
    size: int
    fetched_at: str
    etag: str = ""
    last_modified: str = ""

    @property
    def conditions(self) -> dict[str, str]:
        """The headers that ask for the file only if it has changed."""
        found = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in found.items() if value}


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """Which version of which file the server began to send."""

    url: str
    etag: str = ""
    last_modified: str = ""

    @property
    def validator(self) -> str:
        """What tells it from every other version; empty where nothing surely does."""
        return "" if self.etag.startswith("W/") else self.etag or self.last_modified

    def is_another(self, other: Version) -> bool:
        """Whether what both tell of themselves differs."""
        pairs = ((self.etag, other.etag), (self.last_modified, other.last_modified))
        return any(mine and yours and mine != yours for mine, yours in pairs)


class Part:
    """The bytes of ``name`` that have come so far, in ``folder``."""

    def __init__(self, folder: Path, name: str) -> None:
        self.target = folder / name
        self.path = folder / f".{name}{PART}"
        self._note = folder / f".{name}{PART}{STATE}"

    @property
    def size(self) -> int:
        """Bytes that have come; 0 where there are none."""
        return self.path.stat().st_size if self.path.is_file() else 0

    def begun(self, url: str) -> Version | None:
        """The version that an interrupted attempt left a part of, if it can be continued."""
        version = _read(self._note, Version)
        if version is None or version.url != url or not version.validator or not self.size:
            return None
        return version

    def begin(self, version: Version) -> None:
        """Start anew. The old bytes go first: they must never lie beside a newer note."""
        self.drop()
        atomic.write_file(self._note, msgspec.json.encode(version))

    def drop(self) -> None:
        """Forget what has come."""
        self._note.unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)

    def digest(self, kind: str) -> str:
        """The checksum of what has come, in hex."""
        return _digest(self.path, kind)

    def digest_of_target(self, kind: str) -> str:
        """The checksum of the file of last time, in hex."""
        return _digest(self.target, kind)

    def take_place(self, state: State) -> None:
        """Replace the file of last time, durably, and write down what it is."""
        atomic.sync_file(self.path)
        self.path.replace(self.target)
        atomic.sync_folder(self.target.parent)
        # A crash between these two leaves a state of other bytes, which `known` sees.
        note = self.target.with_name(self.target.name + STATE)
        atomic.write_file(note, msgspec.json.encode(state))
        self.drop()

    def known(self, url: str) -> State | None:
        """What is known of the file that is there, if it still is the one that was fetched."""
        state = _read(self.target.with_name(self.target.name + STATE), State)
        if state is None or state.url != url or not self.target.is_file():
            return None
        return state if _digest(self.target, "sha256") == state.sha256 else None


def _read(path: Path, kind: type[Note]) -> Note | None:
    """A note, or nothing where it is not there or not whole."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.DecodeError):
        return None


def _digest(path: Path, kind: str) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, kind).hexdigest()
