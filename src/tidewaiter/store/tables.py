"""Every bulk table, declared once in ``tables.yml``: columns, units, meaning, clock.

A column's ``kind`` says how a cell is read and how it is kept:

=========== ============================ ==========================================
kind        in the plain CSV             kept as (Arrow)
=========== ============================ ==========================================
id, text    text                         string
texts       values split by ``;``        list<string>
country     name or code, en/ru/uk       string, ISO 3166-1 alpha-2
countries   several, split by ``;``      list<string>
area        country, or group of them    string, alpha-2 or a longer code
date        2023, 2023-04, 2023-04-17    string as precise as given, and
                                         ``<name>_day`` date32: its last day
hs          2-10 digits (or TOTAL)       string of digits
money       decimal                      int64, hundredths of the currency's unit
quantity    decimal                      int64, thousandths of the unit
percent     0-100                        int64, parts per million
count       whole number                 int64
rate        decimal                      decimal128(24, 12)
currency    three letters                string, ISO 4217
choice      one of ``options``           string
=========== ============================ ==========================================

Every table ends with the provenance columns. An empty cell is null: unknown, not zero.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Literal

import msgspec
import msgspec.yaml

if TYPE_CHECKING:
    import pyarrow as pa

Kind = Literal[
    "id", "text", "texts", "country", "countries", "area", "date", "hs", "money",
    "quantity", "percent", "count", "rate", "currency", "choice",
]  # fmt: skip


LOGICAL: dict[str, str] = {  # the engine's names; every other kind is a string
    "texts": "array<string>",
    "countries": "array<string>",
    "money": "int64",
    "quantity": "int64",
    "percent": "int64",
    "count": "int64",
    "rate": "decimal(24, 12)",
}


class Column(msgspec.Struct, frozen=True):
    """One column: its name, kind, meaning, and what the plain CSV asks of it."""

    name: str
    kind: Kind
    meaning: str
    required: bool = False
    options: tuple[str, ...] = ()
    default: str | None = None


class Table(msgspec.Struct, frozen=True):
    """One table: its key, and from which of its dates a row may be known.

    ``basis`` names the date column from which the visibility ``policy`` counts when a
    row has none of the ``known`` columns; no basis means the row carries no date.
    ``masked`` date columns are emptied as long as their day has not come.
    """

    name: str
    meaning: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    basis: str | None = None
    policy: str = "date"
    known: tuple[str, ...] = ()
    masked: tuple[str, ...] = ()
    plain: bool = True  # read from a plain CSV of the same name


PROVENANCE = (
    Column("record_id", "id", "dataset and the publisher's key"),
    Column("source_id", "id", "SHA-256 of the file's bytes"),
    Column("locator", "text", "row of the file, header = row 1"),
    Column("extra", "text", "cells of unlisted columns as a JSON object"),
)


def fields(table: Table) -> dict[str, str]:
    """Every column that ``table`` keeps and its type, as in :data:`LOGICAL`."""
    kept: dict[str, str] = {}
    for column in (*table.columns, *PROVENANCE):
        kept[column.name] = LOGICAL.get(column.kind, "string")
        if column.kind == "date":
            kept[f"{column.name}_day"] = "date"
    return kept


def arrow_schema(table: Table) -> pa.Schema:
    """The Arrow schema of ``table``: its columns, then the provenance columns."""
    import pyarrow as pa

    types = {
        "string": pa.string(),
        "array<string>": pa.list_(pa.string()),
        "int64": pa.int64(),
        "date": pa.date32(),
        "decimal(24, 12)": pa.decimal128(24, 12),
    }
    return pa.schema([(name, types[kept]) for name, kept in fields(table).items()])


@cache
def tables() -> tuple[Table, ...]:
    """Every table of ``tables.yml``, in its order."""
    text = resources.files(__package__).joinpath("tables.yml").read_text("utf-8")
    return msgspec.yaml.decode(text, type=tuple[Table, ...])


def table(name: str) -> Table:
    """The table called ``name``; a ``KeyError`` where there is none."""
    return {each.name: each for each in tables()}[name]
