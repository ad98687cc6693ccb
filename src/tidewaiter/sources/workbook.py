"""Spreadsheets (xlsx, xls, ods) as rows of texts, each with its number as it is shown."""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tidewaiter.errors import BadDataError
from tidewaiter.sources.reader import FileHead

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

LARGEST = 512 * 1024 * 1024  # bytes that a workbook may unpack to
PEEKED = 12  # rows of a sheet that recognition looks at
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class SheetRow(msgspec.Struct, frozen=True):
    """One row: its number as the spreadsheet shows it, and its cells as trimmed texts."""

    number: int
    cells: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether no cell says anything."""
        return not any(self.cells)


class Workbook:
    """One spreadsheet file. Dates become ISO 8601, whole numbers lose their ``.0``."""

    def __init__(self, path: Path, name: str) -> None:
        self.name = name
        self._book = _opened(path, name)

    @property
    def sheets(self) -> tuple[str, ...]:
        """The names of its sheets, in order."""
        return tuple(self._book.sheet_names)

    def rows(self, sheet: str) -> Iterator[SheetRow]:
        """Every row of a sheet, the empty ones too."""
        from python_calamine import CalamineError

        try:
            page = self._book.get_sheet_by_name(sheet)
            for number, cells in enumerate(page.iter_rows(), start=1):
                yield SheetRow(number, tuple(_text(cell) for cell in cells))
        except CalamineError as problem:
            raise _unreadable(self.name, f"the sheet {sheet}: {problem}") from problem


def is_workbook(start: bytes) -> bool:
    """Whether a file may be a spreadsheet, from its first bytes."""
    return start.startswith(OLE) or (
        start.startswith(ZIP)
        and any(
            mark in start for mark in (b"[Content_Types].xml", b"xl/", b"opendocument.spreadsheet")
        )
    )


def peek(head: FileHead) -> dict[str, list[tuple[str, ...]]]:
    """The first rows of every sheet; nothing where the file is no spreadsheet."""
    if head.path is None or not is_workbook(head.start):
        return {}
    return _peeked(head.path, head.path.stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _peeked(path: Path, _changed: int) -> dict[str, list[tuple[str, ...]]]:
    try:
        book = Workbook(path, path.name)
        return {
            sheet: [row.cells for row in islice(book.rows(sheet), PEEKED)] for sheet in book.sheets
        }
    except BadDataError:
        return {}


def _opened(path: Path, name: str) -> CalamineWorkbook:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                size = sum(each.file_size for each in archive.infolist())
            if size > LARGEST:
                raise _unreadable(name, f"it unpacks to {size:,} bytes, {LARGEST:,} are allowed")
        return CalamineWorkbook.from_path(str(path))
    except (CalamineError, zipfile.BadZipFile, OSError) as problem:
        raise _unreadable(name, str(problem)) from problem


def _unreadable(name: str, why: str) -> BadDataError:
    return BadDataError(
        f"the spreadsheet cannot be opened: {why}",
        where=name,
        next_step="fetch the file again, or open and save it once with a spreadsheet program",
    )


def _text(cell: object) -> str:
    """A cell as text: what a person would type to get it."""
    if isinstance(cell, datetime.datetime):
        midnight = cell.time() == datetime.time()
        return cell.date().isoformat() if midnight else cell.isoformat()
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return " ".join(str(cell).split()) if cell is not None else ""


def matching(header: Sequence[str], wanted: frozenset[str]) -> bool:
    """Whether a header row has all the columns that are wanted, by folded names."""
    return {name.casefold() for name in wanted} <= {cell.casefold() for cell in header}
