"""Tables whose header stands below lines that say something about the file.

Such a table comes as CSV or as a spreadsheet. Records are numbered as a spreadsheet shows
them: the lines above the header count.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from tidewaiter.errors import BadDataError
from tidewaiter.model.source import Reject, SourceFile, rejected
from tidewaiter.sources.csvfile import Shape, Sheet
from tidewaiter.sources.layout import COLUMN_WITHOUT_NAME
from tidewaiter.sources.reader import FileHead
from tidewaiter.sources.workbook import PEEKED, Workbook, is_workbook, peek

SHOWN = 200  # characters of a bad value that a reject repeats
END_MARK = "\x1a"  # Ctrl-Z, with which old programs end a text


class Top(msgspec.Struct, frozen=True):
    """The header, its row, the sheet it is on (empty for CSV), and the cells above it."""

    header: tuple[str, ...]
    row: int
    sheet: str = ""
    title: tuple[str, ...] = ()


class Record(msgspec.Struct, frozen=True):
    """One row below the header; ``cells`` by column name, trimmed."""

    row: int
    line: int
    locator: str
    cells: dict[str, str]


def top(head: FileHead, telling: frozenset[str]) -> Top | None:
    """The header that has all the columns in ``telling`` (in small letters), if any has.

    Total: whatever the bytes, there is a header or there is none.
    """
    if is_workbook(head.start):
        sheets = {name: list(enumerate(rows, 1)) for name, rows in peek(head).items()}
    else:
        sheets = {"": list(_first_records(head.start))}
    for sheet, rows in sheets.items():
        for at, (number, cells) in enumerate(rows):
            if telling <= {cell.casefold() for cell in cells}:
                above = (cell for _, row in rows[:at] for cell in row)
                return Top(_trimmed(cells), number, sheet, tuple(c for c in above if c))
    return None


def _first_records(start: bytes) -> Iterator[tuple[int, tuple[str, ...]]]:
    text = io.StringIO(start.decode("utf-8-sig", "replace"), newline="")
    rows = csv.reader(text, strict=True)
    for number in range(1, PEEKED + 1):
        try:
            cells = next(rows)
        except (csv.Error, StopIteration):
            return
        yield number, tuple(" ".join(cell.split()) for cell in cells)


def _trimmed(cells: Sequence[str]) -> tuple[str, ...]:
    """A header without the empty cells after its last name."""
    last = max((at for at, cell in enumerate(cells, 1) if cell), default=0)
    return tuple(cells[:last])


class Titled:
    """One such file. Raises ``BadDataError`` where no header is found or one is unclear."""

    def __init__(self, source: SourceFile, telling: frozenset[str], what: str) -> None:
        self.source = source
        found = top(FileHead.of(source.path, source.name), telling)
        if found is None:
            raise BadDataError(
                f"the columns of {what} are not there",
                where=source.name,
                next_step=f"fetch the file again; it needs {', '.join(sorted(telling))}",
            )
        self.top = found
        self.names = _names(found.header, source.name)

    def records(self) -> Iterator[Record | Reject]:
        """Every row below the header that is not blank."""
        return self._of_workbook() if self.top.sheet else self._of_csv()

    def reject(self, record: Record, column: str, value: str, why: str) -> Reject:
        """A row of this file that cannot be kept."""
        return rejected(self.source.name, (record.row, record.line), column, value, why)

    def _of_csv(self) -> Iterator[Record | Reject]:
        shape = Shape(header=self.names)
        for chunk in Sheet(self.source.path, self.source.name, shape).chunks():
            for bad in chunk.rejects:
                if bad.row > self.top.row and bad.value.strip() != END_MARK:
                    yield bad
            for row, number, line in zip(chunk.rows, chunk.numbers, chunk.lines, strict=True):
                if number > self.top.row and any(row):
                    cells = (" ".join(cell.split()) for cell in row)
                    yield Record(
                        number, line, f"row {number}", dict(zip(self.names, cells, strict=True))
                    )

    def _of_workbook(self) -> Iterator[Record | Reject]:
        width, sheet = len(self.names), self.top.sheet
        for row in Workbook(self.source.path, self.source.name).rows(sheet):
            if row.number <= self.top.row or row.is_empty:
                continue
            cells = (*row.cells, *("",) * (width - len(row.cells)))
            named = dict(zip(self.names, cells, strict=False))
            record = Record(row.number, 0, f"sheet {sheet}, row {row.number}", named)
            beyond = " ".join(cell for cell in cells[width:] if cell)
            if beyond:
                yield self.reject(record, "", beyond, f"cells beyond the {width} of the header")
            else:
                yield record


def _names(header: tuple[str, ...], where: str) -> tuple[str, ...]:
    """The columns' names; an error where two are the same."""
    names = tuple(name or COLUMN_WITHOUT_NAME.format(at) for at, name in enumerate(header, start=1))
    twice = [
        name for name, times in Counter(each.casefold() for each in names).items() if times > 1
    ]
    if twice:
        raise BadDataError(
            f"the column {twice[0]} is there twice",
            where=where,
            next_step="rename or remove one of them",
        )
    return names
