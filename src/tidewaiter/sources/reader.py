"""The seam between a publisher's file and the store: what every reader keeps to.

A reader takes one kept file and yields :class:`Batch` and :class:`Reject` items as it
goes, never the whole file at once, and ends with one :class:`Tally`. The loader checks
that rows read = rows kept + rows rejected, so that no reader can lose a row silently.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import msgspec
import pyarrow as pa

from tidewaiter.model.source import Reject, SourceFile
from tidewaiter.sources.card import card

HEAD_BYTES = 65_536  # what recognition may look at


class FileHead(msgspec.Struct, frozen=True):
    """What recognition sees of a file: its name as given, and its first bytes.

    ``path`` is where it lies, for formats whose beginning shows nothing, as spreadsheets.
    """

    name: str
    start: bytes
    path: Path | None = None

    @classmethod
    def of(cls, path: Path, name: str) -> FileHead:
        """The beginning of the file at ``path``, called ``name``."""
        with path.open("rb") as handle:
            return cls(name, handle.read(HEAD_BYTES), path)


class Batch(msgspec.Struct, frozen=True):
    """Rows for one table, in that table's Arrow schema.

    ``source_rows`` counts the rows of the file that went into it, which for a list is
    fewer than the statements it became.
    """

    table: str
    rows: pa.Table
    source_rows: int


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """What a reader counted for itself, and what it learnt about the file.

    ``rows_read`` is counted at the file, not summed from batches. ``entities`` is what
    a list is measured by when it shrinks (0 for other files). ``published_on`` is the
    newest day the file speaks of as past or present (ISO 8601), ``unused`` the columns
    that no table has, ``unread`` how many cells of a field could not be read and were kept
    as printed, ``part`` the publisher's name of the piece this file replaces (``None``:
    the file's own place).
    """

    rows_read: int
    entities: int = 0
    published_on: str | None = None
    unused: tuple[str, ...] = ()
    unread: dict[str, int] = {}
    part: str | None = None
    facts: dict[str, str] = {}


class Reader(Protocol):
    """One format. ``name`` is its card's name, ``version`` changes with its output."""

    name: str
    version: int

    def recognises(self, head: FileHead) -> bool:
        """Whether the file is in this format, from its content and name."""
        ...

    def read(self, source: SourceFile) -> Iterator[Batch | Reject | Tally]:
        """The file's rows. Raises ``BadDataError`` only where no row can be read."""
        ...


class Official:
    """What the readers of publishers' formats share: a name space, and a card of their name."""

    name: str
    dataset: str
    version: int

    @property
    def licence(self) -> str:
        """The publisher's terms, from the card."""
        return card(self.name).licence
