"""Large delimited files as chunks of columns: at the speed of Arrow, in bounded memory.

Bulk files hold one record a line, so a line is a row and its number is exact. Quotation
marks are no syntax here: a parser that follows them was rejected, because a mark that is
never closed would join records without a word; marks around a cell are trimmed.
"""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Protocol

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pv

from tidewaiter.errors import BadDataError
from tidewaiter.model.source import Reject, SourceFile, rejected
from tidewaiter.sources.reader import FileHead

BLOCK = 8 << 20  # bytes read at a time; a longer line is no record
HEADER_BYTES = 1 << 20
SHOWN = 200  # characters of a bad line that a reject repeats
GZIP = b"\x1f\x8b"
TRIMMED = ' \t"'
AROUND = (b" ", b'"', b"\t")

Numbers = npt.NDArray[np.int64]


class Chunk(msgspec.Struct, frozen=True):
    """Columns of trimmed texts, the row number of each record, and lines that do not fit."""

    cells: dict[str, pa.Array]
    numbers: Numbers
    rejects: list[Reject]

    def __len__(self) -> int:
        return len(self.numbers)

    def text(self, column: str) -> pa.Array:
        """A column; empty texts where the file does not have it."""
        found = self.cells.get(column)
        return pa.repeat(pa.scalar(""), len(self)) if found is None else found


class Columnar(Protocol):
    """A file that gives its records as columns, as often as it is asked."""

    source: SourceFile

    def chunks(self, wanted: Sequence[str]) -> Iterator[Chunk]:
        """Every record, in order; of its columns those that are wanted and there."""
        ...


class Bulk:
    """One file, plain or gzip: ``columns``, then :meth:`chunks`, as often as needed.

    ``names`` are the columns of a file whose first line is a record of its own, kept as
    ``first``. A line for which ``ends`` holds is no record either, but kept in
    ``closing``. ``rows_read`` counts the records of the last complete pass, ``blank`` the
    lines without any wanted value, which are no records. Raises ``BadDataError`` where
    there is no header, where two columns share a name, and where the file is cut off.
    """

    def __init__(
        self,
        source: SourceFile,
        delimiter: str = ",",
        names: tuple[str, ...] = (),
        ends: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self.source = source
        self.delimiter = delimiter
        self.ends = ends
        self.rows_read = self.blank = 0
        self.closing: list[str] = []
        self._spaced = False
        self.first, self._has_rows = self._head()
        self.columns = names or tuple(split(self.first, delimiter))
        self._check_names()

    def require(self, *names: str) -> None:
        """Raise ``BadDataError`` where the header lacks one of ``names``."""
        if missing := [name for name in names if name not in self.columns]:
            raise self.unreadable(f"the header lacks {', '.join(missing)}")

    def chunks(self, wanted: Sequence[str]) -> Iterator[Chunk]:
        """Every record, in order; of its columns those that are wanted and there."""
        self.rows_read = self.blank = 0
        self.closing = []
        odd: list[tuple[int, str]] = []
        count = Count()
        for batch in self._batches([name for name in self.columns if name in set(wanted)], odd):
            cells = dict(zip(batch.schema.names, batch.columns, strict=True))
            if self._spaced:
                cells = {name: pc.utf8_trim(each, TRIMMED) for name, each in cells.items()}
            numbers = count.take(batch.num_rows, [at for at, _ in odd])
            rejects = list(self._rejects(odd))
            odd.clear()
            yield self._without_blank(cells, numbers, rejects)
        rejects = list(self._rejects(odd))
        yield self._without_blank({}, np.empty(0, np.int64), rejects)

    def _without_blank(
        self, cells: dict[str, pa.Array], numbers: Numbers, rejects: list[Reject]
    ) -> Chunk:
        """The chunk without its empty lines, counted."""
        if len(numbers) and pc.any(pc.equal(next(iter(cells.values())), "")).as_py():
            said = pc.not_equal(pc.binary_join_element_wise(*cells.values(), ""), "")
            cells = {name: each.filter(said) for name, each in cells.items()}
            kept = numbers[said.to_numpy(zero_copy_only=False)]
            self.blank += len(numbers) - len(kept)
            numbers = kept
        self.rows_read += len(numbers) + len(rejects)
        return Chunk(cells, numbers, rejects)

    def _rejects(self, odd: list[tuple[int, str]]) -> Iterator[Reject]:
        """Lines with another number of cells; a closing line is none of them."""
        for number, text in odd:
            if self.ends(text):
                self.closing.append(text)
            else:
                found = len(split(text, self.delimiter))
                why = f"{found} cells, but there are {len(self.columns)} columns"
                yield refused(self.source, number, ("", text), why)

    def _batches(self, wanted: list[str], odd: list[tuple[int, str]]) -> Iterator[pa.RecordBatch]:
        def misfit(row: pv.InvalidRow) -> str:
            odd.append((row.number, row.text))
            return "skip"

        if not self._has_rows:
            return
        self._spaced = False

        def spaced() -> None:
            self._spaced = True

        texts = {name: pa.string() for name in self.columns}
        try:
            with opened(self.source.path) as raw:
                yield from pv.open_csv(
                    Mended(raw, spaced),
                    # One thread: with more, the number of a line that does not fit is not told.
                    read_options=pv.ReadOptions(
                        block_size=BLOCK,
                        use_threads=False,
                        skip_rows=1,
                        column_names=list(self.columns),
                    ),
                    parse_options=pv.ParseOptions(
                        delimiter=self.delimiter,
                        quote_char=False,
                        ignore_empty_lines=False,
                        invalid_row_handler=misfit,
                    ),
                    convert_options=pv.ConvertOptions(
                        column_types=texts, include_columns=wanted, strings_can_be_null=False
                    ),
                )
        except (pa.ArrowException, OSError, EOFError, zlib.error) as problem:
            raise self.unreadable(str(problem)) from problem

    def _head(self) -> tuple[str, bool]:
        """The first line, and whether anything follows it."""
        try:
            with opened(self.source.path) as raw:
                start = raw.read(HEADER_BYTES)
        except (OSError, EOFError, zlib.error) as problem:
            raise self.unreadable(str(problem)) from problem
        first, rest = first_line(start)
        if not first.strip():
            raise self.unreadable("it has no first line")
        return first, bool(rest.strip("\r\n"))

    def _check_names(self) -> None:
        for name in self.columns:
            if not name or self.columns.count(name) > 1:
                raise self.unreadable(
                    f"two columns are called {name}" if name else "a column has no name"
                )

    def unreadable(self, why: str) -> BadDataError:
        """What to raise where no record of the file can be read."""
        return BadDataError(
            f"the file cannot be read: {' '.join(why.split())[:SHOWN]}",
            where=self.source.name,
            next_step="fetch the file again: it may be cut off, or another file than it seems",
        )


def refused(source: SourceFile, number: int, cell: tuple[str, str], reason: str) -> Reject:
    """A record that cannot be kept; ``cell`` is the column and value that are at fault."""
    column, value = cell
    return rejected(source.name, (number, number), column, value, reason)


class Count:
    """Row numbers of the records that fit, when the numbers of the others are known."""

    def __init__(self) -> None:
        self._next = 2  # the line after the first
        self._odd = np.empty(0, np.int64)

    def take(self, records: int, odd: Sequence[int]) -> Numbers:
        """The numbers of the next ``records``; ``odd`` are lines met meanwhile."""
        self._odd = np.sort(np.concatenate([self._odd, np.array(odd, np.int64)]))
        before = self._odd - self._next - np.arange(len(self._odd))  # records before each
        order = np.arange(records)
        numbers: Numbers = self._next + order + np.searchsorted(before, order, side="right")
        if records:
            self._next = int(numbers[-1]) + 1
            self._odd = self._odd[self._odd >= self._next]
        return numbers


class Mended:
    r"""A byte stream as UTF-8: bytes that are none become visible, as ``\xff``.

    One bad byte would cost the whole file otherwise; so it costs the value it stands in.
    ``spaced`` is called when something is met that may stand around a cell: most bulk
    files have none, and to trim every cell costs as much as to parse it.
    """

    closed = False

    def __init__(self, raw: IO[bytes], spaced: Callable[[], None] = lambda: None) -> None:
        self._raw = raw
        self._spaced = spaced
        self._decoder = codecs.getincrementaldecoder("utf-8")("backslashreplace")
        self._ready = b""

    def read(self, size: int = -1) -> bytes:
        """At most ``size`` bytes; none at the end only."""
        size = size if size >= 0 else BLOCK
        while len(self._ready) < size:
            data = self._raw.read(size)
            if any(mark in data for mark in AROUND):
                self._spaced()
            whole = data.isascii() and self._decoder.getstate()[0] == b""
            text = data if whole else self._decoder.decode(data, final=not data).encode("utf-8")
            self._ready = self._ready + text if self._ready else text
            if not data:
                break
        if len(self._ready) <= size:
            taken, self._ready = self._ready, b""
        else:
            taken, self._ready = self._ready[:size], self._ready[size:]
        return taken

    def close(self) -> None:
        """Nothing: who opened the file closes it."""


def opened(path: Path) -> IO[bytes]:
    """The content of a plain or gzip file."""
    with path.open("rb") as handle:
        packed = handle.read(len(GZIP)) == GZIP
    return gzip.open(path, "rb") if packed else path.open("rb")  # type: ignore[return-value]


def first_line(start: bytes) -> tuple[str, str]:
    """The first line of a file, whatever ends it, and what follows."""
    line, _, rest = start.decode("utf-8-sig", "backslashreplace").partition("\n")
    line, _, before = line.rstrip("\r").partition("\r")  # of an old Macintosh
    return line, before + rest


def split(line: str, delimiter: str) -> list[str]:
    """The cells of a line, trimmed."""
    return [cell.strip(TRIMMED + "\r") for cell in line.split(delimiter)]


def first_cells(head: FileHead, delimiter: str = ",") -> list[str]:
    """The cells of a file's first line, plain or gzip; nothing where it is no text."""
    start = head.start
    if start.startswith(GZIP):
        try:
            start = zlib.decompressobj(wbits=31).decompress(start, HEADER_BYTES)
        except zlib.error:
            return []
    return split(first_line(start)[0], delimiter)
