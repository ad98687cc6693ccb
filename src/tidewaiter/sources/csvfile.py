"""CSV as a stream of chunks: every record counted at the file, with its row and line.

The standard library's reader in strict mode is used: a faster one was rejected because
it could not say on which line a record ends, nor go on after a bad one. The header is
row 1, as a spreadsheet shows it; a record over several lines is one row.
"""

from __future__ import annotations

import csv
from codecs import getincrementaldecoder
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import msgspec

from tidewaiter.errors import BadDataError
from tidewaiter.model.source import Reject, rejected

CHUNK_ROWS = 8192  # small chunks stay in the processor's cache: half the time of large ones
CELL_LIMIT = 16 * 1024 * 1024  # characters; more is an unclosed quote, not a cell
BLOCK = 1 << 20
TOO_LARGE, UNCLOSED = "field larger", "unexpected end"  # what csv says of the two
SHOWN = 200  # characters of a bad value that a reject repeats

Row = list[str]
Place = tuple[int, int]  # row (header = row 1), and the line on which the record ends


class Shape(msgspec.Struct, frozen=True):
    """How a publisher writes CSV: ``header`` names the columns of a file that has none.

    ``encoding`` is one that Python knows. Bytes that are not in it spoil their record
    alone, which is rejected.
    """

    delimiter: str = ","
    encoding: str = "utf-8-sig"
    header: tuple[str, ...] = ()


PLAIN = Shape()


class Chunk(msgspec.Struct, frozen=True):
    """Records with as many cells as the header, and what was wrong with the others.

    ``numbers`` are the rows' numbers, ``lines`` the lines on which they end.
    """

    rows: list[Row]
    numbers: list[int]
    lines: list[int]
    rejects: list[Reject]

    def __len__(self) -> int:
        return len(self.rows) + len(self.rejects)


class Sheet:
    """One CSV file: ``header`` as printed, then :meth:`chunks`, as often as needed.

    ``rows_read`` counts the records after the header that the last complete pass met;
    lines without any character are rows, but no records.
    """

    def __init__(self, path: Path, name: str, shape: Shape = PLAIN) -> None:
        self.path = path
        self.name = name
        self.shape = shape
        self.rows_read = 0
        self._clean = _is_clean(path, shape.encoding)
        self.header, self.header_row = shape.header, 0
        if not shape.header:
            with self._open() as handle:
                records = self._records(handle)
                self.header = tuple(cell.strip() for cell in records.header())
                self.header_row = records.number

    def chunks(self, size: int = CHUNK_ROWS) -> Iterator[Chunk]:
        """Every record after the header, in order, ``size`` at a time."""
        self.rows_read, width = 0, len(self.header)
        chunk = Chunk([], [], [], [])
        with self._open() as handle:
            records = self._records(handle)
            if not self.shape.header:
                records.header()
            while (cells := records.step()) is not None:
                if len(cells) == width and not records.flaw:
                    chunk.rows.append(cells)
                    chunk.numbers.append(records.number)
                    chunk.lines.append(records.line)
                elif records.flaw or not _is_blank(cells):
                    chunk.rejects.append(self._odd(records, cells))
                if records.number % size == 0:
                    self.rows_read += len(chunk)
                    yield chunk
                    chunk = Chunk([], [], [], [])
        self.rows_read += len(chunk)
        yield chunk

    def reject(self, place: Place, column: str, value: str, reason: str) -> Reject:
        """A record of this file that cannot be kept."""
        return rejected(self.name, place, column, value, reason)

    def _odd(self, records: _Records, cells: Row) -> Reject:
        misfit = f"{len(cells)} cells, but the header has {len(self.header)}"
        place = (records.number, records.line)
        return self.reject(place, "", ",".join(cells), records.flaw or misfit)

    def _open(self) -> TextIO:
        encoding = self.shape.encoding
        return self.path.open(encoding=encoding, errors="surrogateescape", newline="")

    def _records(self, handle: TextIO) -> _Records:
        return _Records(handle, self.name, self.shape.delimiter, clean=self._clean)


class _Records:
    """One way through a file, record by record.

    ``number`` and ``line`` are the place of the current record, ``flaw`` why its cells
    cannot be used.
    """

    def __init__(self, handle: TextIO, name: str, delimiter: str, *, clean: bool) -> None:
        csv.field_size_limit(CELL_LIMIT)
        self.number = self.line = 0
        self.flaw = ""
        self._name = name
        self._watch = None if clean else _Watch(handle)
        self._reader = csv.reader(self._watch or handle, delimiter=delimiter, strict=True)

    def step(self) -> Row | None:
        """The cells of the next record; ``None`` after the last."""
        self.number += 1
        self.flaw = ""
        try:
            cells = next(self._reader, None)
        except csv.Error as problem:
            cells, self.flaw = [], self._explain(problem)
        self.line = self._reader.line_num
        if self._watch is not None:
            self.flaw = self._watch.take_flaw() or self.flaw
        return cells

    def header(self) -> Row:
        """The first record that is not blank."""
        while (cells := self.step()) is not None:
            if self.flaw:
                raise self._unreadable(self.flaw)
            if not _is_blank(cells):
                return cells
        raise self._unreadable("the file is empty")

    def _explain(self, problem: csv.Error) -> str:
        """Why a record cannot be read; an error where rows were lost with it."""
        started = self.line + 1
        at_end = UNCLOSED in str(problem)
        if TOO_LARGE in str(problem) or (at_end and self._reader.line_num > started):
            raise BadDataError(
                "a quotation mark is opened and never closed, so that the rows after it "
                "cannot be told apart",
                where=f"{self._name}, line {started}",
                next_step="close or double the quotation mark on that line",
            ) from problem
        return "a quotation mark is not closed" if at_end else f"not RFC 4180: {problem}"

    def _unreadable(self, why: str) -> BadDataError:
        return BadDataError(
            f"there is no header that can be read: {why}",
            where=f"{self._name}, row {self.number}",
            next_step="save the file as CSV: UTF-8, commas, column names in the first row",
        )


class _Watch:
    """The lines of a file; remembers what is wrong with those of the current record."""

    def __init__(self, handle: TextIO) -> None:
        self._handle = handle
        self._flaw = ""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._handle)
        if not line.isascii() and _is_undecodable(line):
            self._flaw = "bytes that are not UTF-8"
        elif "\0" in line:
            self._flaw = "a NUL character"
        return line

    def take_flaw(self) -> str:
        """What was wrong since the last call, then nothing."""
        flaw, self._flaw = self._flaw, ""
        return flaw


def _is_blank(cells: Row) -> bool:
    return len(cells) < 2 and not "".join(cells).strip()  # noqa: PLR2004  (one empty cell)


def _is_clean(path: Path, encoding: str) -> bool:
    """Whether the file is all text without NUL, so that its lines need no look each."""
    decoder = getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as handle:
            while block := handle.read(BLOCK):
                if b"\0" in block:
                    return False
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _is_undecodable(line: str) -> bool:
    """Whether bytes of the line were no UTF-8 (they are kept as lone surrogates)."""
    try:
        line.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False
