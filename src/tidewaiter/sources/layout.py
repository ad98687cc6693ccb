"""Which column of a file is which column of a table, by its printed name."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from functools import cache

import msgspec

from tidewaiter.errors import BadDataError
from tidewaiter.sources.reader import FileHead
from tidewaiter.store.tables import Table, tables

COLUMN_WITHOUT_NAME = "column {}"  # its number, from 1, as a spreadsheet counts


class Layout(msgspec.Struct, frozen=True):
    """Positions in the file of the table's columns, and of all others by their name."""

    positions: dict[str, int]
    extras: dict[str, int]

    @property
    def unused(self) -> tuple[str, ...]:
        """The columns that no table has, in alphabetical order."""
        return tuple(sorted(self.extras))


def match(header: Sequence[str], table: Table, where: str) -> Layout:
    """The layout of a file of ``table``; an error where the header does not fit."""
    known = {column.name for column in table.columns}
    found: dict[str, int] = {}
    extras: dict[str, int] = {}
    for at, printed in enumerate(header):
        name = printed.casefold()
        home, key = (found, name) if name in known else (extras, printed)
        key = key or COLUMN_WITHOUT_NAME.format(at + 1)
        if key in home:
            raise BadDataError(
                f"the column {key} is there twice",
                where=where,
                next_step="rename or remove one of them",
            )
        home[key] = at
    missing = [c.name for c in table.columns if c.required and c.name not in found]
    if missing:
        raise _lacking(missing, table, where)
    return Layout(found, extras)


def _lacking(missing: Iterable[str], table: Table, where: str) -> BadDataError:
    wanted = ", ".join(column.name for column in table.columns if column.required)
    return BadDataError(
        f"the header lacks {', '.join(missing)}",
        where=where,
        next_step=f"{table.name}.csv needs these columns, separated by commas: {wanted}",
    )


def header_of(head: FileHead) -> tuple[str, ...]:
    """The column names at the start of a file, trimmed; nothing where it is no CSV."""
    text = head.start.decode("utf-8-sig", "replace")
    try:
        for cells in csv.reader(text.splitlines(keepends=True), strict=True):
            if any(cell.strip() for cell in cells):
                return tuple(cell.strip() for cell in cells)
    except csv.Error:
        pass
    return ()


@cache
def required(table: Table) -> frozenset[str]:
    """The names of the columns that a file of ``table`` must have."""
    return frozenset(column.name for column in table.columns if column.required)


def fitting(header: Sequence[str]) -> list[str]:
    """The plain tables whose required columns are all in ``header``."""
    names = {name.casefold() for name in header}
    return [table.name for table in tables() if table.plain and required(table) <= names]
