"""Records that a file holds more than once: which stay, and why the others do not.

An exact repetition is kept once. Versions of one record that are told apart by when
they were known, or by the date the clock counts from, all stay: the run takes the
latest. Versions that nothing tells apart are all refused, because to keep the first
would make the result depend on the order of the rows.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator

import numpy as np

from tidewaiter.sources.cells import parser
from tidewaiter.sources.csvfile import Row, Sheet
from tidewaiter.sources.layout import Layout
from tidewaiter.store.tables import Table

Key = tuple[str, ...]
MEMO = 65_536  # texts of a key column that are remembered

Version = tuple[int, Key, int]  # row, what tells it apart, hash of its content


def refused(sheet: Sheet, layout: Layout, table: Table) -> dict[int, str]:
    """Why rows are refused as repetitions, by row number.

    The first pass keeps one 64-bit hash a row, so that millions of records fit; only
    where hashes repeat does a second pass compare keys.
    """
    key = key_reader(layout, table)
    hashes = array("q", (hash(key(row)) for _, row in _complete(sheet, layout, table)))
    values, counts = np.unique(np.frombuffer(hashes, np.int64), return_counts=True)
    repeated = set(values[counts > 1].tolist())
    if not repeated:
        return {}
    told = [layout.positions[name] for name in _telling(table) if name in layout.positions]
    groups: dict[Key, list[Version]] = {}
    for number, row in _complete(sheet, layout, table):
        if hash(key(row)) in repeated:
            version = (number, tuple(row[at].strip() for at in told), hash(tuple(row)))
            groups.setdefault(key(row), []).append(version)
    return {row: why for group in groups.values() for row, why in _judge(group, table)}


def key_reader(layout: Layout, table: Table) -> Callable[[Row], Key]:
    """The key of a row in comparable form, parts that are absent as empty strings."""
    columns = {column.name: column for column in table.columns}
    steps = [
        (layout.positions[name], parser(columns[name]), {"": ""})
        for name in table.key
        if name in layout.positions
    ]

    def key(row: Row) -> Key:
        parts: list[str] = []
        for at, parse, seen in steps:
            text = row[at]
            part = seen.get(text)
            if part is None:
                part = seen[text] = str(parse(text.strip()) or text.strip())
                if len(seen) > MEMO:
                    seen.clear()
            parts.append(part)
        return tuple(parts)

    return key


def _complete(sheet: Sheet, layout: Layout, table: Table) -> Iterator[tuple[int, Row]]:
    """(row number, cells) of every record whose required key cells are filled."""
    needed = [
        layout.positions[column.name]
        for column in table.columns
        if column.required and column.name in table.key
    ]
    for chunk in sheet.chunks():
        for number, row in zip(chunk.numbers, chunk.rows, strict=True):
            if all(row[at].strip() for at in needed):
                yield number, row


def _telling(table: Table) -> Key:
    """The columns that say which of two versions is later."""
    return (*table.known, *((table.basis,) if table.basis else ()))


def _judge(group: list[Version], table: Table) -> Iterator[tuple[int, str]]:
    """The refused rows of one key and why."""
    first: dict[tuple[Key, int], int] = {}
    for number, told, content in group:
        if (told, content) in first:
            yield number, f"duplicate of row {first[told, content]}"
        else:
            first[told, content] = number
    for (told, _), number in first.items():
        others = [row for (t, _), row in first.items() if t == told and row != number]
        if others:
            yield number, f"conflicts with row {min(others)} (same key); {_advice(table)}"


def _advice(table: Table) -> str:
    if table.known:
        return f"give {table.known[0]} to say which is later"
    if table.basis and table.basis not in table.key:
        return f"give {table.basis} to say which is later"
    return "keep the one that holds"
