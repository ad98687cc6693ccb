"""Where a row came from: the first type, not an add-on.

A source is one file as its bytes were read; its id is their SHA-256. A row that could
not be read becomes a :class:`Reject`, so that rows read = rows kept + rows rejected.
"""

from __future__ import annotations

from pathlib import Path

import msgspec


class SourceFile(msgspec.Struct, frozen=True, kw_only=True):
    """One kept file, ready to be read.

    ``path`` is where the bytes lie now; ``name`` the name shown to people (relative to
    what was loaded); ``source_id`` the SHA-256 of the bytes; ``dataset`` the name space
    of its records; ``uri`` the workspace folder that keeps its versions; ``sidecar`` the
    kept side file that says more about it, as an article's ``NAME.toml``.
    """

    path: Path
    name: str
    source_id: str
    dataset: str
    uri: str
    sidecar: Path | None = None


class Reject(msgspec.Struct, frozen=True, kw_only=True):
    """A row that could not be kept: where it is, what was met, and why it is refused.

    ``row`` counts records with the header as row 1, as a spreadsheet shows them;
    ``line`` is the physical line on which the record ends.
    """

    file: str
    row: int
    line: int
    column: str
    value: str
    reason: str


SHOWN = 200  # characters of a bad value that a reject repeats


def rejected(file: str, place: tuple[int, int], column: str, value: str, reason: str) -> Reject:
    """A row of ``file`` that cannot be kept; ``place`` is its row and its line.

    Of the value as much is repeated as a person needs, lone surrogates as escapes.
    """
    shown = value[:SHOWN].encode("utf-8", "backslashreplace").decode("utf-8")
    row, line = place
    return Reject(file=file, row=row, line=line, column=column, value=shown, reason=reason)
