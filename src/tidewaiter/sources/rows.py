"""Publishers' records as rows of the wide tables: companies, stakes, flows and others.

A record becomes one main row and any number of side rows. It is kept if its main row
can be; a cell that cannot be read and need not be there is left empty, kept as printed
in ``extra`` and counted, so that one impossible date does not cost a company. Of a side
row that cannot be kept the cells go into the main row's ``extra``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from tidewaiter.model.source import Reject, SourceFile, rejected
from tidewaiter.sources.cells import Converted, arrow_type, convert
from tidewaiter.sources.plain import disorder
from tidewaiter.sources.reader import Batch
from tidewaiter.store.tables import Column, Table, arrow_schema, table

CHUNK = 16_384  # main rows in a batch
SHOWN = 200  # characters of a bad value that a reject repeats
UNREAD, LOST = "unread", "not kept"  # keys of `extra`

Cell = str | Sequence[str]
Fault = tuple[str, str]  # column and reason
_ENCODER = msgspec.json.Encoder(order="sorted")


class Place(msgspec.Struct, frozen=True):
    """Where a record stands: row and line for a reject, and the locator of its rows."""

    row: int
    line: int
    locator: str


class Row(msgspec.Struct):
    """Cells of one row by column of ``table``, as texts; empty or absent is unknown.

    A list of texts is for columns of several values: nothing in it is split again.
    ``tag`` tells apart rows that are equal in the table's key, and stands in their id.
    """

    table: str
    cells: Mapping[str, Cell]
    extra: dict[str, str] = {}
    tag: str = ""


class Rows:
    """Collects the records of one file and gives them out in batches.

    ``lenient`` names required columns, as ``table.column``, that this publisher may leave
    empty or in words of its own. ``unread`` counts, by ``table.column``, the cells that
    could not be read; ``newest`` is the newest day of the tables' own clocks.
    """

    def __init__(
        self,
        source: SourceFile,
        main: str = "flows",
        space: str = "",
        lenient: Collection[str] = (),
    ) -> None:
        self.source = source
        self.main = main  # the table that records without rows are counted under
        self.space = f"{source.dataset}:{space}" if space else source.dataset  # of record ids
        self.lenient = frozenset(lenient)
        self.read = 0
        self.blanks = 0
        self.unread: Counter[str] = Counter()
        self.newest: str | None = None
        self._places: list[Place] = []
        self._records: list[tuple[Row, ...]] = []
        self._told = 0

    def add(self, place: Place, main: Row, *sides: Row) -> Iterator[Batch | Reject]:
        """Take a record; whole batches come out as they fill."""
        self.read += 1
        self._places.append(place)
        self._records.append((main, *sides))
        if len(self._records) >= CHUNK:
            yield from self.flush()

    def blank(self) -> None:
        """Count a record that tells nothing: it is kept, and no row is made of it."""
        self.read += 1
        self.blanks += 1

    def pass_on(self, reject: Reject) -> Reject:
        """Count a record that the file's own reader could not take apart."""
        self.read += 1
        return reject

    def refuse(self, place: Place, column: str, value: str, reason: str) -> Reject:
        """Count a record that cannot be kept at all."""
        self.read += 1
        return self._reject(place, column, value, reason)

    def flush(self) -> Iterator[Batch | Reject]:
        """What is left. Call it before the tally."""
        places, records = self._places, self._records
        self._places, self._records = [], []
        parts = _parts(records)
        for part in parts:
            self._convert(part)
        lost = {part.where[at][0]: part.faults[at] for part in parts for at in part.mains_lost}
        for at in sorted(lost):
            column, why = lost[at]
            printed = records[at][0].cells.get(column, "")
            value = printed if isinstance(printed, str) else "; ".join(printed)
            yield self._reject(places[at], column, value, why)
        for part in parts:
            self._note_lost_sides(part, records, lost)
        for part in parts:
            yield from self._batches(part, places, lost)
        yield from self._blank_batch()

    def _blank_batch(self) -> Iterator[Batch]:
        """The records that told nothing since the last time, in a batch without rows."""
        new, self._told = self.blanks - self._told, self.blanks
        if new:
            target = arrow_schema(table(self.main))
            yield Batch(self.main, target.empty_table(), new)

    def _convert(self, part: _Part) -> None:
        """Every column of a part, and why rows of it cannot be kept.

        On the way the cells that could not be read are moved to ``extra``.
        """
        named: set[str] = set().union(*(row.cells for row in part.rows))
        for column in part.target.columns:
            name = column.name
            cells = [row.cells.get(name, "") for row in part.rows] if name in named else []
            converted = _column(column, cells) if any(cells) else _absent(column, len(part.rows))
            part.arrays |= converted.arrays
            optional = f"{part.target.name}.{column.name}" in self.lenient or not column.required
            for at, why in converted.bad.items():
                if optional:
                    self._set_aside(part, at, column.name)
                else:
                    part.faults.setdefault(at, (column.name, why))
        turned = list(disorder(part.arrays))
        for at, (column_name, _) in turned:
            self._set_aside(part, at, column_name)
        for column_name in {column_name for _, (column_name, _) in turned}:
            part.empty(column_name, {at for at, (name, _) in turned if name == column_name})

    def _set_aside(self, part: _Part, at: int, column: str) -> None:
        row = part.rows[at]
        value = row.cells.get(column, "")
        if value:
            shown = value if isinstance(value, str) else "; ".join(value)
            row.extra = {**row.extra, f"{UNREAD}: {column}": shown}
            self.unread[f"{part.target.name}.{column}"] += 1

    def _note_lost_sides(
        self, part: _Part, records: list[tuple[Row, ...]], lost: Collection[int]
    ) -> None:
        """Keep the cells of side rows that cannot be kept in the extra of their main row."""
        for at, (column, _) in part.faults.items():
            record, side = part.where[at]
            if side and record not in lost:
                self.unread[f"{part.target.name}.{column}"] += 1
                row, main = part.rows[at], records[record][0]
                said = {key: value for key, value in row.cells.items() if value} | row.extra
                kept = _ENCODER.encode(said).decode()
                main.extra = {**main.extra, f"{LOST}: {part.target.name} {side}": kept}

    def _batches(self, part: _Part, places: list[Place], lost: Collection[int]) -> Iterator[Batch]:
        chosen = [
            at
            for at, (record, _) in enumerate(part.where)
            if at not in part.faults and record not in lost
        ]
        if chosen:
            if len(chosen) < len(part.rows):
                part.arrays = {name: each.take(chosen) for name, each in part.arrays.items()}
            rows = [part.rows[at] for at in chosen]
            where = [part.where[at] for at in chosen]
            locators = [places[record].locator for record, _ in where]
            mains = sum(side == 0 for _, side in where)
            yield Batch(part.target.name, self._arrow(part, rows, locators), mains)

    def _arrow(self, part: _Part, rows: list[Row], locators: list[str]) -> pa.Table:
        arrays = part.arrays
        extras = [_ENCODER.encode(row.extra).decode() if row.extra else None for row in rows]
        arrays |= {
            "record_id": self._ids(part, rows),
            "source_id": pa.repeat(pa.scalar(self.source.source_id), len(rows)),
            "locator": pa.array(locators, pa.string()),
            "extra": pa.array(extras, pa.string()),
        }
        self._note_newest(part.target, arrays)
        schema = arrow_schema(part.target)
        return pa.table([arrays[name] for name in schema.names], schema=schema)

    def _ids(self, part: _Part, rows: list[Row]) -> pa.Array:
        """Name space, key and tag of every row."""
        keys = [part.arrays[name].cast(pa.string()) for name in part.target.key]
        space = pa.repeat(pa.scalar(self.space), len(rows))
        ids = pc.binary_join_element_wise(
            space, *keys, ":", null_handling="replace", null_replacement=""
        )
        if not any(row.tag for row in rows):
            return ids
        tags = pa.array([f":{row.tag}" if row.tag else "" for row in rows], pa.string())
        return pc.binary_join_element_wise(ids, tags, "")

    def _note_newest(self, target: Table, arrays: dict[str, pa.Array]) -> None:
        for name in (*target.known, *((target.basis,) if target.basis else ())):
            newest = pc.max(arrays[f"{name}_day"]).as_py()
            if newest and (self.newest is None or newest.isoformat() > self.newest):
                self.newest = newest.isoformat()

    def _reject(self, place: Place, column: str, value: str, reason: str) -> Reject:
        return rejected(self.source.name, (place.row, place.line), column, value, reason)


class _Part:
    """The rows of one table among the records of a batch.

    ``where`` gives the record of each row and its place in it (0: the main row).
    """

    def __init__(self, name: str) -> None:
        self.target = table(name)
        self.where: list[tuple[int, int]] = []
        self.rows: list[Row] = []
        self.arrays: dict[str, pa.Array] = {}
        self.faults: dict[int, Fault] = {}

    @property
    def mains_lost(self) -> list[int]:
        """The main rows that cannot be kept, and with them their records."""
        return [at for at in self.faults if self.where[at][1] == 0]

    def empty(self, column: str, at: set[int]) -> None:
        """Make a column unknown at some rows."""
        mask = pa.array((each in at for each in range(len(self.rows))), pa.bool_())
        for name in (column, f"{column}_day"):
            if name in self.arrays:
                array = self.arrays[name]
                self.arrays[name] = pc.if_else(mask, pa.scalar(None, array.type), array)


def _parts(records: list[tuple[Row, ...]]) -> list[_Part]:
    """The rows of each table, in order."""
    parts: dict[str, _Part] = {}
    for at, record in enumerate(records):
        for side, row in enumerate(record):
            part = parts.get(row.table)
            if part is None:
                part = parts[row.table] = _Part(row.table)
            part.where.append((at, side))
            part.rows.append(row)
    return list(parts.values())


def _column(column: Column, cells: list[Cell]) -> Converted:
    """A column of a part; lists are taken as they are."""
    if all(isinstance(cell, str) for cell in cells):
        return convert(column, cells)  # type: ignore[arg-type]
    if column.kind != "texts":
        return convert(column, [c if isinstance(c, str) else ";".join(c) for c in cells])
    lists = [_values(cell) for cell in cells]
    bad = dict.fromkeys((at for at, each in enumerate(lists) if not each), "required, but empty")
    array = pa.array(lists, arrow_type(column.kind))
    return Converted({column.name: array}, bad if column.required else {})


def _absent(column: Column, size: int) -> Converted:
    """A column that no row fills: its default, else unknown."""
    one = convert(column, [""])
    arrays = {
        name: pa.repeat(each[0], size) if each[0].is_valid else pa.nulls(size, each.type)
        for name, each in one.arrays.items()
    }
    return Converted(arrays, dict.fromkeys(range(size), one.bad[0]) if one.bad else {})


def _values(cell: Cell) -> list[str] | None:
    parts = cell.split(";") if isinstance(cell, str) else cell
    return [part.strip() for part in parts if part.strip()] or None
