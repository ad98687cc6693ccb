"""What is asked, read from CSV files: queries to screen, and pairs to compare.

A file is read whole and checked before any work starts, so that a mistake in its last row is
told at once and not after an hour. Every error names the file and the row, counted as a
spreadsheet does: the header is row 1, an empty line has its number too.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

from tidewaiter.errors import BadDataError, MissingError
from tidewaiter.screen import Comparison, Query, compare
from tidewaiter.screen.kinds import SCHEMATA, schema_named
from tidewaiter.screen.records import checked_name

T = TypeVar("T")

SEPARATOR = ";"
DELIMITERS = {";": "a semicolon", "\t": "a tab"}  # what a spreadsheet may write for a comma
UTF_16 = (b"\xff\xfe", b"\xfe\xff")  # how such a file begins
QUERY_COLUMNS = ("id", "name", "schema", "country", "identifiers", "birth_date", "address")
PAIR_COLUMNS = ("left", "right")
ADDED_COLUMNS = ("score", "probability", "match", "explanation")


class Row(msgspec.Struct, frozen=True):
    """The cells of a row under the columns of the header, and where it stands."""

    path: Path
    number: int
    cells: tuple[str, ...]
    places: dict[str, int]  # of the columns, the same for every row

    @property
    def where(self) -> str:
        """For an error."""
        return f"{self.path}, row {self.number}"

    def cell(self, column: str) -> str:
        """Without spaces around it; empty where the file has no such column."""
        at = self.places.get(column)
        return "" if at is None else self.cells[at].strip()


class QueryFile(msgspec.Struct, frozen=True):
    """The queries of a file, and the columns that none of them uses."""

    queries: tuple[Query, ...]
    unused: tuple[str, ...]

    def note(self) -> str:
        """What to tell of the columns that are not used, if anything."""
        if not self.unused:
            return ""
        columns = ", ".join(column or "(no name)" for column in self.unused)
        return f"columns that are not used: {columns} (known: {', '.join(QUERY_COLUMNS)})"


class Pair(msgspec.Struct, frozen=True):
    """Two names to compare; ``cells`` are those of its row as they stand in the file."""

    left: str
    right: str
    schema: str | None
    cells: tuple[str, ...]


class PairFile(msgspec.Struct, frozen=True):
    """The pairs of a file, and its header as written."""

    header: tuple[str, ...]
    pairs: tuple[Pair, ...]


def read_queries(path: Path) -> QueryFile:
    """The queries of a CSV; only the column ``name`` has to be there."""
    seen: dict[str, int] = {}

    def query(row: Row) -> Query:
        found = _query(row)
        if (first := seen.setdefault(found.query_id, row.number)) != row.number:
            raise BadDataError(
                f"the id {found.query_id!r} is also that of row {first}",
                where=row.where,
                next_step="give every row an id of its own, or leave the cell empty",
            )
        return found

    header, queries = _table(path, ("name",), query)
    unused = tuple(column for column in map(_plain, header) if column not in QUERY_COLUMNS)
    return QueryFile(queries, unused)


def values(cell: str) -> tuple[str, ...]:
    """The names or numbers of a cell, which are parted by ``;``."""
    return tuple(each.strip() for each in cell.split(SEPARATOR) if each.strip())


def read_pairs(path: Path, schema: str | None = None) -> PairFile:
    """The pairs of a CSV with the columns left and right; ``schema`` is for rows without one."""
    header, pairs = _table(path, PAIR_COLUMNS, lambda row: _pair(row, schema))
    if taken := [column for column in map(_plain, header) if column in ADDED_COLUMNS]:
        raise BadDataError(
            f"the column {taken[0]!r} is there already, and compare would add it",
            where=f"{path}, row 1",
            next_step=f"rename or remove it; added are: {', '.join(ADDED_COLUMNS)}",
        )
    return PairFile(header, pairs)


def compared_rows(file: PairFile, threshold: float) -> Iterator[tuple[str, ...]]:
    """Each row with score, probability, match and explanation added."""
    for pair in file.pairs:
        found = compare(pair.left, pair.right, pair.schema)
        yield (*pair.cells, *_added(found, threshold))


def is_compared(first: bytes) -> bool:
    """Whether a line is the header of a file with the added columns."""
    columns = next(csv.reader([first.decode("utf-8", "replace")]), [])
    return {"score", "match"} <= set(columns)


def _added(found: Comparison, threshold: float) -> tuple[str, ...]:
    """The cells under ``ADDED_COLUMNS``."""
    return (
        f"{found.score:.6f}",
        f"{found.probability:.4f}",
        "true" if found.score >= threshold else "false",
        "; ".join(found.explanations),
    )


def _query(row: Row) -> Query:
    names = values(row.cell("name"))
    if not names:
        raise _empty("name", row)
    return Query(
        query_id=row.cell("id") or f"row-{row.number}",
        names=names,
        schema=row.cell("schema") or None,
        country=row.cell("country").upper() or None,
        identifiers=values(row.cell("identifiers")),
        birth_date=row.cell("birth_date") or None,
        address=row.cell("address") or None,
    )


def _pair(row: Row, schema: str | None) -> Pair:
    left, right = (_name(row, column) for column in PAIR_COLUMNS)
    given = row.cell("schema")
    if given and schema_named(given) is None:
        raise BadDataError(
            f"{given!r} is no schema of FollowTheMoney",
            where=row.where,
            next_step=f"leave the cell empty, or write one of: {', '.join(SCHEMATA)}",
        )
    return Pair(left, right, given or schema, row.cells)


def _name(row: Row, column: str) -> str:
    if not (name := row.cell(column)):
        raise _empty(column, row)
    return checked_name(name, f"{row.where}, {column}")


def _empty(column: str, row: Row) -> BadDataError:
    return BadDataError(
        f"the cell {column!r} is empty",
        where=row.where,
        next_step="mend or remove the row; every row needs an answer",
    )


def _table(
    path: Path, required: tuple[str, ...], read: Callable[[Row], T]
) -> tuple[tuple[str, ...], tuple[T, ...]]:
    """The header as written, and what is read of every row."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            rows = _records(path, csv.reader(handle, strict=True))
            _, first = next(rows, (1, []))
            header = tuple(cell.strip() for cell in first)
            places = _places(path, header, required)
            found = tuple(read(_row(path, *row, places, len(header))) for row in rows)
    except FileNotFoundError as problem:
        raise MissingError(
            "there is no such file", where=str(path), next_step="check the path of the CSV file"
        ) from problem
    except UnicodeDecodeError as problem:
        raise _not_utf_8(path) from problem
    except OSError as problem:
        raise BadDataError(
            f"the file cannot be read: {problem.strerror}",
            where=str(path),
            next_step="name a CSV file that you may read",
        ) from problem
    if not found:
        raise BadDataError(
            "the file has no rows", where=str(path), next_step="write a row under the header"
        )
    return header, found


def _records(path: Path, reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """Every row that is not empty, with its number."""
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            if cells:
                yield number, cells
    except csv.Error as problem:
        raise _flaw(f"{path}, row {number + 1}", str(problem)) from problem


def _flaw(where: str, problem: str) -> BadDataError:
    """What Python says of a broken row, in words for those who did not write it."""
    quote = "close every quote, and write a quote inside a cell twice"
    if "field limit" in problem:
        most = f"{csv.field_size_limit():,}"
        what = f"a cell has more than {most} characters; perhaps a quote is not closed"
    elif "unexpected end of data" in problem:
        what = "a quote is opened and never closed"
    elif "expected after" in problem:
        what = "text goes on after a closing quote"
    else:
        what, quote = f"the row cannot be read: {problem}", "save the file as UTF-8 CSV"
    return BadDataError(what, where=where, next_step=quote)


def _places(path: Path, header: tuple[str, ...], required: tuple[str, ...]) -> dict[str, int]:
    """Where each column is. Columns without a name may repeat: a spreadsheet leaves them."""
    where = f"{path}, row 1"
    if not header:
        raise BadDataError(
            "the file is empty", where=str(path), next_step="save it as UTF-8 CSV with a header row"
        )
    places: dict[str, int] = {}
    for at, column in enumerate(map(_plain, header)):
        if column and column in places:
            raise BadDataError(
                f"the column {column!r} is there twice",
                where=where,
                next_step="keep one of the two",
            )
        places[column] = at
    if missing := [column for column in required if column not in places]:
        sign = next((each for each in DELIMITERS if len(header) == 1 and each in header[0]), None)
        likely = f"; the cells are probably parted by {DELIMITERS[sign]}" if sign else ""
        needs = f"the header needs: {', '.join(required)}"
        raise BadDataError(
            f"the column {missing[0]!r} is missing; found: {', '.join(header)}{likely}",
            where=where,
            next_step="save the file with commas between the columns" if sign else needs,
        )
    return places


def _plain(column: str) -> str:
    return column.strip().lower()


def _row(path: Path, number: int, cells: list[str], places: dict[str, int], width: int) -> Row:
    if len(cells) != width:
        raise BadDataError(
            f"the number of cells is wrong: {len(cells)}, and the header has {width}",
            where=f"{path}, row {number}",
            next_step="mend the row; a cell with a comma in it stands in quotes",
        )
    return Row(path, number, tuple(cells), places)


def _not_utf_8(path: Path) -> BadDataError:
    """Where a file stops to be UTF-8; read anew, for the first reader is ahead of its rows."""
    at, number = 0, 1
    with path.open("rb") as handle:
        for number, line in enumerate(handle, start=1):
            if number == 1 and line.startswith(UTF_16):
                return BadDataError(
                    "the file is UTF-16 (at byte 1 it says so), not UTF-8",
                    where=str(path),
                    next_step="save it as UTF-8 CSV",
                )
            try:
                line.decode()
            except UnicodeDecodeError as problem:
                at += problem.start
                break
            at += len(line)
    return BadDataError(
        f"the file is not UTF-8 at byte {at + 1:,}",
        where=f"{path}, line {number}",
        next_step="save it as UTF-8 CSV",
    )
