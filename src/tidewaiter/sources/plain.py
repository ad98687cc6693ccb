"""The plain CSV formats: one reader, driven by ``store/tables.yml``.

A file is read twice: once for records that it repeats, once to convert it chunk by
chunk. What cannot be kept is rejected with row, line, column, value and reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import PurePosixPath
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from tidewaiter.model.dates import is_before
from tidewaiter.model.source import Reject, SourceFile
from tidewaiter.sources.cells import convert
from tidewaiter.sources.csvfile import Chunk, Row, Sheet
from tidewaiter.sources.layout import Layout, fitting, header_of, match
from tidewaiter.sources.reader import Batch, FileHead, Tally
from tidewaiter.sources.repeats import refused
from tidewaiter.store.tables import Column, Table, arrow_schema, table, tables

BATCH_CHUNKS = 8  # chunks in a batch
PERIODS = (("start", "end"), ("incorporated_on", "dissolved_on"), ("listed_on", "delisted_on"))
RANGES = (("min_share", "max_share"),)

Faults = dict[int, tuple[str, str]]  # position in the chunk: column and reason


class Read(msgspec.Struct, frozen=True):
    """One chunk: the rows that are kept, as Arrow, and the others."""

    rows: pa.Table
    rejects: list[Reject]


class PlainReader:
    """Reads the plain format of the table called ``name``."""

    version = 2  # 2: known_from of companies and people, further columns of flows

    def __init__(self, name: str) -> None:
        self.name = name

    def recognises(self, head: FileHead) -> bool:
        """By file name; under another name, where the header fits this table alone."""
        path = PurePosixPath(head.name)
        if path.suffix.lower() != ".csv":
            return False
        stem = path.stem.lower()
        if stem in {each.name for each in tables() if each.plain}:
            return stem == self.name
        return fitting(header_of(head)) == [self.name]

    def read(self, source: SourceFile) -> Iterator[Batch | Reject | Tally]:
        """Every row, kept or rejected, then the tally."""
        pass_ = PlainPass(table(self.name), source)
        for read in pass_.batches():
            yield from read.rejects
            if read.rows.num_rows:
                yield Batch(self.name, read.rows, read.rows.num_rows)
        yield pass_.tally()


class PlainPass:
    """One file being read as one table."""

    def __init__(self, target: Table, source: SourceFile) -> None:
        self.table = target
        self.source = source
        self.sheet = Sheet(source.path, source.name)
        where = f"{source.name}, row {self.sheet.header_row}"
        self.layout: Layout = match(self.sheet.header, target, where)
        self.kept = 0
        self._newest: Any = None

    def chunks(self) -> Iterator[Read]:
        """The file, a chunk at a time."""
        repeated = refused(self.sheet, self.layout, self.table)
        for chunk in self.sheet.chunks():
            fresh = _without(chunk, repeated, self.sheet) if repeated else chunk
            read = self._chunk(fresh)
            self.kept += read.rows.num_rows
            self._note_newest(read.rows)
            yield read

    def batches(self) -> Iterator[Read]:
        """The chunks, several together: Parquet wants larger groups than the parser."""
        chunks = self.chunks()
        while some := list(islice(chunks, BATCH_CHUNKS)):
            rejects = [reject for read in some for reject in read.rejects]
            yield Read(pa.concat_tables([read.rows for read in some]), rejects)

    def tally(self, entities: int = 0) -> Tally:
        """What was counted, once every chunk was taken."""
        return Tally(
            rows_read=self.sheet.rows_read,
            entities=entities,
            published_on=self._newest.isoformat() if self._newest else None,
            unused=self.layout.unused,
        )

    def _chunk(self, chunk: Chunk) -> Read:
        """Convert every column, then set aside the rows with a fault."""
        cells = list(zip(*chunk.rows, strict=True))
        arrays: dict[str, pa.Array] = {}
        faults: Faults = {}
        for column in self.table.columns:
            at = self.layout.positions.get(column.name)
            if at is None or not cells:
                arrays |= _absent(column, len(chunk.rows))
                continue
            converted = convert(column, cells[at])
            arrays |= converted.arrays
            for row, why in converted.bad.items():
                faults.setdefault(row, (column.name, why))
        for row, fault in disorder(arrays):
            faults.setdefault(row, fault)
        arrays |= self._provenance(arrays, chunk)
        schema = arrow_schema(self.table)
        rows = pa.table([arrays[name] for name in schema.names], schema=schema)
        if faults:
            kept = (at for at in range(len(chunk.rows)) if at not in faults)
            rows = rows.take(pa.array(kept, pa.int64()))
        rejects = chunk.rejects + [self._reject(chunk, at, *faults[at]) for at in faults]
        return Read(rows, sorted(rejects, key=lambda each: each.row))

    def _reject(self, chunk: Chunk, at: int, column: str, why: str) -> Reject:
        position = self.layout.positions.get(column)
        value = chunk.rows[at][position] if position is not None else ""
        place = (chunk.numbers[at], chunk.lines[at])
        return self.sheet.reject(place, column, value, why)

    def _provenance(self, arrays: dict[str, pa.Array], chunk: Chunk) -> dict[str, pa.Array]:
        """Record id, source, place and the cells of unlisted columns."""
        size = len(chunk.rows)
        keys = [arrays[name].cast(pa.string()) for name in self.table.key]
        dataset = pa.repeat(pa.scalar(self.source.dataset), size)
        return {
            "record_id": pc.binary_join_element_wise(
                dataset, *keys, ":", null_handling="replace", null_replacement=""
            ),
            "source_id": pa.repeat(pa.scalar(self.source.source_id), size),
            "locator": pa.array([f"row {number}" for number in chunk.numbers], pa.string()),
            "extra": self._extras(chunk.rows),
        }

    def _extras(self, rows: Sequence[Row]) -> pa.Array:
        """What the unlisted columns say, as JSON objects with sorted keys."""
        extras = sorted(self.layout.extras.items())
        if not extras:
            return pa.nulls(len(rows), pa.string())
        found = ({name: row[at] for name, at in extras if row[at].strip()} for row in rows)
        return pa.array(
            [msgspec.json.encode(each).decode() if each else None for each in found], pa.string()
        )

    def _note_newest(self, rows: pa.Table) -> None:
        """The newest day from which the clock counts, or on which a row was known."""
        names = (*self.table.known, *((self.table.basis,) if self.table.basis else ()))
        days = [rows[f"{name}_day"] for name in names]
        newest = pc.max(pc.coalesce(*days)).as_py() if days and rows.num_rows else None
        if newest and (self._newest is None or newest > self._newest):
            self._newest = newest


def _without(chunk: Chunk, repeated: dict[int, str], sheet: Sheet) -> Chunk:
    """``chunk`` with its repeated records moved to the rejects."""
    fresh = Chunk([], [], [], list(chunk.rejects))
    for row, number, line in zip(chunk.rows, chunk.numbers, chunk.lines, strict=True):
        if number in repeated:
            value, why = ",".join(row), repeated[number]
            fresh.rejects.append(sheet.reject((number, line), "", value, why))
        else:
            fresh.rows.append(row)
            fresh.numbers.append(number)
            fresh.lines.append(line)
    return fresh


def _absent(column: Column, size: int) -> dict[str, pa.Array]:
    """A column that the file does not have: its default, else unknown."""
    one = convert(column, [""]).arrays
    return {name: _fill(each, size) for name, each in one.items()}


def _fill(one: pa.Array, size: int) -> pa.Array:
    return pa.nulls(size, one.type) if one[0].as_py() is None else pa.repeat(one[0], size)


def disorder(arrays: dict[str, pa.Array]) -> Iterator[tuple[int, tuple[str, str]]]:
    """Rows that end before they start, or whose smallest share is above the largest."""
    for low, high in RANGES:
        if low in arrays:
            above = pc.fill_null(pc.greater(arrays[low], arrays[high]), fill_value=False)
            for at in pc.indices_nonzero(above).to_pylist():
                yield at, (low, f"above {high}")
    for start, end in PERIODS:
        if start not in arrays or end not in arrays:
            continue
        both = pc.and_(pc.is_valid(arrays[start]), pc.is_valid(arrays[end]))
        for at in pc.indices_nonzero(both).to_pylist():
            if is_before(arrays[end][at].as_py(), arrays[start][at].as_py()):
                yield at, (end, f"before {start}")
