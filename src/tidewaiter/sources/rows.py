"""Publishers' records as rows of the wide tables: companies, stakes, flows and others.

A record becomes one main row and any number of side rows. It is kept if its main row
can be; a cell that cannot be read and need not be there is left empty, kept as printed
in ``extra`` and counted, so that one impossible date does not cost a company. Of a side
row that cannot be kept the cells go into the main row's ``extra``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

import msgspec
import pyarrow as pa

from tidewaiter.model.source import Reject, SourceFile
from tidewaiter.sources.cells import convert
from tidewaiter.sources.plain import disorder
from tidewaiter.sources.reader import Batch
from tidewaiter.store.tables import Table, arrow_schema, table

CHUNK = 16_384  # main rows in a batch
SHOWN = 200  # characters of a bad value that a reject repeats
UNREAD, LOST = "unread", "not kept"  # keys of `extra`


class Place(msgspec.Struct, frozen=True):
    """Where a record stands: row and line for a reject, and the locator of its rows."""

    row: int
    line: int
    locator: str


class Row(msgspec.Struct):
    """Cells of one row by column of ``table``, as texts; empty or absent is unknown."""

    table: str
    cells: Mapping[str, str]
    extra: dict[str, str] = {}


class Rows:
    """Collects the records of one file and gives them out in batches.

    ``unread`` counts, by ``table.column``, the cells that could not be read;
    ``newest`` is the newest day of the tables' own clocks.
    """

    def __init__(self, source: SourceFile, main: str = "flows", space: str = "") -> None:
        self.source = source
        self.main = main  # the table that records without rows are counted under
        self.space = f"{source.dataset}:{space}" if space else source.dataset  # of record ids
        self.read = 0
        self.blanks = 0
        self.unread: Counter[str] = Counter()
        self.newest: str | None = None
        self._places: list[Place] = []
        self._records: list[list[Row]] = []
        self._told = 0

    def add(self, place: Place, main: Row, *sides: Row) -> Iterator[Batch | Reject]:
        """Take a record; whole batches come out as they fill."""
        self.read += 1
        self._places.append(place)
        self._records.append([main, *sides])
        if len(self._records) >= CHUNK:
            yield from self.flush()

    def blank(self) -> None:
        """Count a record that tells nothing: it is kept, and no row is made of it."""
        self.read += 1
        self.blanks += 1

    def refuse(self, place: Place, column: str, value: str, reason: str) -> Reject:
        """Count a record that cannot be kept at all."""
        self.read += 1
        return self._reject(place, column, value, reason)

    def flush(self) -> Iterator[Batch | Reject]:
        """What is left. Call it before the tally."""
        places, records = self._places, self._records
        self._places, self._records = [], []
        names = dict.fromkeys(row.table for record in records for row in record)
        faults = {name: self._judge(name, records) for name in names}
        lost: set[int] = set()
        for at, record in enumerate(records):
            main = record[0]
            fault = faults[main.table].get((at, 0))
            if fault:
                lost.add(at)
                yield self._reject(places[at], fault[0], main.cells.get(fault[0], ""), fault[1])
        for name in names:
            yield from self._batches(name, places, records, faults, lost)
        yield from self._blank_batch()

    def _blank_batch(self) -> Iterator[Batch]:
        """The records that told nothing since the last time, in a batch without rows."""
        new, self._told = self.blanks - self._told, self.blanks
        if new:
            target = arrow_schema(table(self.main))
            yield Batch(self.main, target.empty_table(), new)

    def _judge(self, name: str, records: list[list[Row]]) -> dict[tuple[int, int], tuple[str, str]]:
        """Why rows of one table cannot be kept, by record and place in the record.

        On the way the cells that could not be read are moved to ``extra``.
        """
        target = table(name)
        where = [
            (a, b) for a, rec in enumerate(records) for b, r in enumerate(rec) if r.table == name
        ]
        rows = [records[a][b] for a, b in where]
        faults: dict[tuple[int, int], tuple[str, str]] = {}
        arrays: dict[str, pa.Array] = {}
        for column in target.columns:
            converted = convert(column, [row.cells.get(column.name, "") for row in rows])
            arrays |= converted.arrays
            for at, why in converted.bad.items():
                if column.required:
                    faults.setdefault(where[at], (column.name, why))
                else:
                    self._set_aside(rows[at], name, column.name)
        for at, (column_name, _) in disorder(arrays):
            self._set_aside(rows[at], name, column_name)
        for at, record in enumerate(records):
            main = record[0]
            for side, row in enumerate(record[1:], start=1):
                if row.table == name and (at, side) in faults:
                    self.unread[f"{name}.{faults[at, side][0]}"] += 1
                    said = {key: value for key, value in row.cells.items() if value}
                    kept = msgspec.json.encode(said, order="sorted").decode()
                    main.extra[f"{LOST}: {name} {side}"] = kept
        return faults

    def _set_aside(self, row: Row, name: str, column: str) -> None:
        cells = dict(row.cells)
        value = cells.pop(column, "")
        if value:
            row.cells = cells
            row.extra = {**row.extra, f"{UNREAD}: {column}": value}
            self.unread[f"{name}.{column}"] += 1

    def _batches(
        self,
        name: str,
        places: list[Place],
        records: list[list[Row]],
        faults: dict[str, dict[tuple[int, int], tuple[str, str]]],
        lost: set[int],
    ) -> Iterator[Batch]:
        chosen = [
            (places[at], row, side == 0)
            for at, record in enumerate(records)
            if at not in lost
            for side, row in enumerate(record)
            if row.table == name and (at, side) not in faults[name]
        ]
        if chosen:
            rows = self._arrow(table(name), [(place, row) for place, row, _ in chosen])
            yield Batch(name, rows, sum(is_main for *_, is_main in chosen))

    def _arrow(self, target: Table, rows: list[tuple[Place, Row]]) -> pa.Table:
        arrays: dict[str, pa.Array] = {}
        for column in target.columns:
            cells = [row.cells.get(column.name, "") for _, row in rows]
            arrays |= convert(column, cells).arrays
        keys = [arrays[name].to_pylist() for name in target.key]
        ids = (
            ":".join([self.space, *(str(k or "") for k in key)]) for key in zip(*keys, strict=True)
        )
        extras = [
            msgspec.json.encode(r.extra, order="sorted").decode() if r.extra else None
            for _, r in rows
        ]
        arrays |= {
            "record_id": pa.array(ids, pa.string()),
            "source_id": pa.array([self.source.source_id] * len(rows), pa.string()),
            "locator": pa.array([place.locator for place, _ in rows], pa.string()),
            "extra": pa.array(extras, pa.string()),
        }
        self._note_newest(target, arrays)
        schema = arrow_schema(target)
        return pa.table([arrays[name] for name in schema.names], schema=schema)

    def _note_newest(self, target: Table, arrays: dict[str, pa.Array]) -> None:
        import pyarrow.compute as pc

        for name in (*target.known, *((target.basis,) if target.basis else ())):
            newest = pc.max(arrays[f"{name}_day"]).as_py()
            if newest and (self.newest is None or newest.isoformat() > self.newest):
                self.newest = newest.isoformat()

    def _reject(self, place: Place, column: str, value: str, reason: str) -> Reject:
        shown = value[:SHOWN].encode("utf-8", "backslashreplace").decode("utf-8")
        return Reject(
            file=self.source.name, row=place.row, line=place.line,
            column=column, value=shown, reason=reason,
        )  # fmt: skip
