"""Whole columns of a bulk file as rows of one wide table, without a look at single rows.

Each distinct text of a column is read once a chunk, numbers are cast at once; only where
that fails is a row looked at, to say why. What :mod:`tidewaiter.sources.rows` promises
holds here, too: a row is kept if its required columns can be; another cell that cannot
be read is left empty, kept as printed in ``extra`` and counted.
"""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tidewaiter.model.area import area_code
from tidewaiter.model.dates import last_day
from tidewaiter.model.money import LARGEST, MONEY_PLACES, QUANTITY_PLACES, decimal
from tidewaiter.model.source import Reject, SourceFile
from tidewaiter.sources.bulk import Chunk, refused
from tidewaiter.sources.cells import arrow_type, reason
from tidewaiter.sources.reader import Batch
from tidewaiter.sources.rows import UNREAD
from tidewaiter.store.tables import Column, Table, arrow_schema, table

DIGITS = 12  # before the point: what 64 bits hold in any unit that is kept
DECIMALS = 6  # of a plain number; more are read one by one
PLAIN = rf"^[0-9]{{1,{DIGITS}}}(\.[0-9]{{1,{DECIMALS}}})?$"
WHOLE = rf"^[0-9]{{1,{DIGITS}}}$"
PLACES = {"money": MONEY_PLACES, "quantity": QUANTITY_PLACES}
CODE = 2  # letters of a country's code
SHORTEST, LONGEST = 2, 10  # digits of a commodity code

Faults = dict[int, tuple[str, str, str]]  # position in the chunk: column, value and reason


class Refusal(msgspec.Struct, frozen=True):
    """Rows that are no rows of the table, and why; ``column`` is the file's own."""

    column: str
    printed: pa.Array
    rows: pa.Array
    reason: str


class Cells(msgspec.Struct, frozen=True):
    """One column of the table, ready to be kept, and as it was printed.

    A null in ``ready`` beside a text in ``printed`` is a cell that cannot be read.
    """

    ready: pa.Array
    printed: pa.Array | None = None


def mapped(texts: pa.Array, read: Callable[[str], str | None]) -> pa.Array:
    """``read`` of every text that is not empty; each distinct one is read once.

    A column that is read several times may be given dictionary-encoded.
    """
    encoded = encode(texts)
    values = [read(text) if text else None for text in encoded.dictionary.to_pylist()]
    return pa.array(values, pa.string()).take(encoded.indices)


def encode(texts: pa.Array) -> pa.DictionaryArray:
    """A column as its distinct texts and their places."""
    return texts if isinstance(texts, pa.DictionaryArray) else texts.dictionary_encode()


def places(own: Mapping[str, str]) -> Callable[[str], str | None]:
    """How a publisher's codes of countries and areas are read: its ``own`` ones first.

    Two letters count only as the code itself: a list of names that guesses would take
    a statistical code for the abbreviation of some country.
    """

    def read(text: str) -> str | None:
        found = own.get(text) or area_code(text)
        is_code = len(text) == len(found or "") == CODE and text.isalpha()
        guessed = is_code and found != text and text not in own
        return None if guessed else found

    return read


def commodity(text: str) -> str | None:
    """The digits of a commodity code: all of it, or those before what is withheld."""
    if text in {"TOTAL", "Total"}:
        return "TOTAL"
    told = len(text) - len(text.lstrip(string.digits))
    if told == len(text):
        return text if SHORTEST <= told <= LONGEST else None
    return text[: min(told, LONGEST) // 2 * 2] or None


def withheld(text: str) -> str | None:
    """A commodity code of which a part is withheld, as printed."""
    return None if text.isdigit() or text.upper() == "TOTAL" else text


def remainder(text: str) -> str | None:
    """The extent of a row whose code is withheld in part."""
    return "remainder" if withheld(text) and commodity(text) else None


def said(texts: pa.Array) -> pa.Array:
    """Null instead of an empty text."""
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)


def joined(*texts: pa.Array) -> pa.Array:
    """The columns' texts with a slash between; nothing after the last that says anything."""
    first, *others = texts
    whole = first
    if any(each.null_count < len(each) for each in others):
        filled = [each.fill_null("") for each in others]
        whole = pc.utf8_rtrim(pc.binary_join_element_wise(first, *filled, "/"), "/")
    return said(whole)


def constant(value: str, size: int) -> pa.Array:
    """One text for every row."""
    return pa.repeat(pa.scalar(value, pa.string()), size)


def numbers(texts: pa.Array, places: int, times: int = 1) -> pa.Array:
    """Decimals times ``times``, in units of ``10 ** -places``; null where none is read.

    Negative numbers are not read: no table keeps them.
    """
    units = times * 10**places
    filled = pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)
    if pc.all(pc.match_substring_regex(filled, WHOLE), min_count=0).as_py() is not False:
        return pc.multiply(filled.cast(pa.int64()), pa.scalar(units, pa.int64()))
    plain = pc.match_substring_regex(filled, PLAIN)
    exact = pc.if_else(plain, filled, pa.scalar(None, pa.string()))
    scale = pa.decimal128(DIGITS + DECIMALS, DECIMALS)
    product = pc.multiply(exact.cast(scale), pa.scalar(Decimal(units), pa.decimal128(19, 0)))
    kept = pc.round(product, 0, "half_to_even").cast(pa.decimal128(38, 0)).cast(pa.int64())
    others = pc.indices_nonzero(pc.fill_null(pc.invert(plain), fill_value=False)).to_pylist()
    if not others:
        return kept
    values = kept.to_pylist()
    for at in others:
        values[at] = _one(filled[at].as_py(), units)
    return pa.array(values, pa.int64())


def _one(text: str, units: int) -> int | None:
    number = decimal(text)
    if number is None or number < 0:
        return None
    value = int((number * units).to_integral_value())
    return value if value <= LARGEST else None


class ColumnRows:
    """Chunks of one file as batches of one table.

    ``unread`` counts, by ``table.column``, cells that could not be read; ``newest`` is
    the newest day of the table's clock. ``pointer`` begins the locators of a file whose
    records have no line: they are counted from 0 then.
    """

    def __init__(self, source: SourceFile, name: str, pointer: str = "") -> None:
        self.source = source
        self.table: Table = table(name)
        self.pointer = pointer
        self.unread: Counter[str] = Counter()
        self.newest: str | None = None

    def batch(
        self,
        chunk: Chunk,
        cells: Mapping[str, Cells],
        extra: pa.Array | None = None,
        refusals: Sequence[Refusal] = (),
    ) -> Iterator[Batch | Reject]:
        """What of ``chunk`` can be kept, and why the others cannot."""
        yield from chunk.rejects
        size = len(chunk)
        if not size:
            return
        faults = self._faults(cells, refusals)
        for at, (column, value, why) in sorted(faults.items()):
            yield refused(self.source, int(chunk.numbers[at]), (column, value), why)
        arrays = self._arrays(cells, size)
        arrays |= self._provenance(arrays, chunk)
        arrays["extra"] = self._extra(cells, extra, size, faults)
        schema = arrow_schema(self.table)
        rows = pa.table([arrays[name] for name in schema.names], schema=schema)
        if faults:
            kept = np.setdiff1d(np.arange(size), np.fromiter(faults, np.int64, len(faults)))
            rows = rows.take(pa.array(kept))
        if rows.num_rows:
            self._note_newest(rows)
            yield Batch(self.table.name, rows, rows.num_rows)

    def _faults(self, cells: Mapping[str, Cells], refusals: Sequence[Refusal]) -> Faults:
        """Why rows cannot be kept, by position: column, value and reason."""
        faults: Faults = {}
        for each in refusals:
            for at in positions(each.rows):
                faults.setdefault(at, (each.column, each.printed[at].as_py(), each.reason))
        for column in self.table.columns:
            if column.required:
                cell = cells[column.name]
                for at in positions(pc.is_null(cell.ready)):
                    text = (cell.printed[at].as_py() or "") if cell.printed is not None else ""
                    why = reason(column, text) if text else "required, but empty"
                    faults.setdefault(at, (column.name, text, why))
        return faults

    def _arrays(self, cells: Mapping[str, Cells], size: int) -> dict[str, pa.Array]:
        arrays: dict[str, pa.Array] = {}
        for column in self.table.columns:
            cell = cells.get(column.name)
            ready = cell.ready if cell else pa.nulls(size, arrow_type(column.kind))
            arrays[column.name] = ready
            if column.kind == "date":
                arrays[f"{column.name}_day"] = days(ready)
        return arrays

    def _provenance(self, arrays: dict[str, pa.Array], chunk: Chunk) -> dict[str, pa.Array]:
        size = len(chunk)
        keys = [arrays[name].cast(pa.string()) for name in self.table.key]
        return {
            "record_id": pc.binary_join_element_wise(
                pa.scalar(self.source.dataset), *keys, ":",
                null_handling="replace", null_replacement="",
            ),
            "source_id": constant(self.source.source_id, size),
            "locator": self._locators(chunk),
        }  # fmt: skip

    def _locators(self, chunk: Chunk) -> pa.Array:
        counted = chunk.numbers - 1 if self.pointer else chunk.numbers
        prefix = pa.scalar(self.pointer or "row ")
        return pc.binary_join_element_wise(prefix, pa.array(counted).cast(pa.string()), "")

    def _extra(
        self,
        cells: Mapping[str, Cells],
        extra: pa.Array | None,
        size: int,
        faults: Mapping[int, object],
    ) -> pa.Array:
        """``extra`` as given, with the cells that could not be read."""
        told: dict[int, dict[str, str]] = {}
        for column in self.table.columns:
            for at, text in self._unreadable(column, cells.get(column.name)):
                if at not in faults:
                    told.setdefault(at, {})[f"{UNREAD}: {column.name}"] = text
                    self.unread[f"{self.table.name}.{column.name}"] += 1
        if extra is None and not told:
            return pa.nulls(size, pa.string())
        given: Sequence[str | None] = extra.to_pylist() if extra is not None else [None] * size
        if not told and extra is not None:
            return extra
        return pa.array((_joined(text, told.get(at)) for at, text in enumerate(given)), pa.string())

    @staticmethod
    def _unreadable(column: Column, cell: Cells | None) -> Iterator[tuple[int, str]]:
        if column.required or cell is None or cell.printed is None:
            return
        lost = pc.and_(pc.is_null(cell.ready), pc.not_equal(cell.printed, ""))
        for at in positions(lost):
            yield at, cell.printed[at].as_py()

    def _note_newest(self, rows: pa.Table) -> None:
        for name in (*self.table.known, *((self.table.basis,) if self.table.basis else ())):
            newest = pc.max(rows[f"{name}_day"]).as_py()
            if newest and (self.newest is None or newest.isoformat() > self.newest):
                self.newest = newest.isoformat()


def positions(mask: pa.Array) -> list[int]:
    """Where ``mask`` is true."""
    found: list[int] = pc.indices_nonzero(mask).to_pylist()
    return found


def days(dates: pa.Array) -> pa.Array:
    """The last day of every year, month or day."""
    encoded = encode(dates)
    last = [last_day(text) for text in encoded.dictionary.to_pylist()]
    return pa.array(last, pa.date32()).take(encoded.indices)


def _joined(text: str | None, more: dict[str, str] | None) -> str | None:
    if not more:
        return text
    said = msgspec.json.decode(text, type=dict[str, str]) if text else {}
    return msgspec.json.encode({**said, **more}, order="sorted").decode()
