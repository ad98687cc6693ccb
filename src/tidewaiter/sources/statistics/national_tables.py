"""Trade by partner as national offices print it: long, by month, or with a column a year.

How each table lies is told on the card (``layouts``); nothing about one country is here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fnmatch import fnmatchcase
from functools import cache
from pathlib import PurePosixPath

import msgspec

from tidewaiter.errors import BadDataError
from tidewaiter.model.money import decimal
from tidewaiter.model.source import Reject, SourceFile
from tidewaiter.sources import workbook
from tidewaiter.sources.card import Card, resource
from tidewaiter.sources.layout import header_of
from tidewaiter.sources.reader import Batch, FileHead, Official, Tally
from tidewaiter.sources.rows import Place, Row, Rows
from tidewaiter.sources.tabular import Cells, Records
from tidewaiter.sources.workbook import SheetRow, Workbook

YEAR = re.compile(r"(?P<year>(?:19|20)\d{2})(?: ?[1-9]\)?| ?\*)?")  # with the mark of a note
NOTHING = frozenset({"", "-", "–", "—", "…", "...", "x"})  # what offices print for no value
CENTS = Decimal("0.01")
PARTNER, PERIOD = "partner", "period"
HEADER_WITHIN = workbook.PEEKED


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """One flow of a record: where its value stands, and what it means.

    No ``column`` means the columns that are called after years.
    """

    direction: str
    column: str = ""
    valuation: str = ""
    partner_basis: str = ""


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """One printed table.

    ``name`` parts its records from those of other tables. ``columns`` are those it is known
    by (for a spreadsheet: words of its title), ``file`` a pattern of the file's name where
    the content does not say which flow it is.
    ``direction`` names the column that says export or import; then the flow of that
    direction is taken.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    partner: str
    flows: tuple[Flow, ...]
    currency: str
    file: str = "*"
    reporter: str = ""
    reporter_column: str = ""
    period: str = ""
    month: str = ""
    direction: str = ""
    times: int = 1
    unused: tuple[str, ...] = ()

    def fits(self, columns: Sequence[str], name: str) -> bool:
        """Whether a file has the columns of this table."""
        return set(self.columns) <= set(columns) and fnmatchcase(name, self.file)


class TablesCard(Card, frozen=True, kw_only=True):
    """The card, with the layouts."""

    layouts: tuple[Layout, ...]
    sheets: tuple[Layout, ...]


@cache
def tables_card() -> TablesCard:
    """``national_tables.yml``."""
    return resource("statistics/national_tables", TablesCard)


class NationalTablesReader(Official):
    """CSV tables and spreadsheets of the layouts on the card."""

    name = "national_tables"
    dataset = "national_tables"
    version = 1

    def recognises(self, head: FileHead) -> bool:
        """By columns, or by the title of a spreadsheet."""
        name = PurePosixPath(head.name).name
        if _layout(header_of(head), name):
            return True
        return any(_sheet_layout(rows, name) for rows in workbook.peek(head).values())

    def read(self, source: SourceFile) -> Iterator[Batch | Reject | Tally]:
        """One record a row of the table; one flow each of its values."""
        is_book = workbook.is_workbook(FileHead.of(source.path, source.name).start)
        yield from _book(source) if is_book else _table(source)


def _table(source: SourceFile) -> Iterator[Batch | Reject | Tally]:
    records = Records(source)
    layout = _layout(records.columns, PurePosixPath(source.name).name)
    if layout is None:
        raise _unknown(source.name)
    rows = Rows(source, "flows", layout.name)
    yield from _long(records, rows, layout)
    yield from rows.flush()
    known = (*layout.columns, *layout.unused, *filter(YEAR.fullmatch, records.columns))
    yield _tally(source, rows, records.unused(*known))


def _tally(source: SourceFile, rows: Rows, unused: tuple[str, ...] = ()) -> Tally:
    return Tally(
        rows_read=rows.read,
        published_on=rows.newest,
        unused=unused,
        unread=dict(rows.unread),
        part=PurePosixPath(source.name).name,
        facts={"records_without_value": str(rows.blanks)} if rows.blanks else {},
    )


def _layout(columns: Sequence[str], name: str) -> Layout | None:
    return next((each for each in tables_card().layouts if each.fits(columns, name)), None)


def _sheet_layout(rows: Sequence[Sequence[str]], name: str) -> Layout | None:
    """By words of the title and unit, which stand above the header of years."""
    said = " ".join(cell for row in rows for cell in row)
    for each in tables_card().sheets:
        if all(words in said for words in each.columns) and fnmatchcase(name, each.file):
            return each
    return None


def _unknown(name: str) -> BadDataError:
    return BadDataError(
        "no table of the card has these columns",
        where=name,
        next_step="see `tidewaiter sources national_tables` for the tables that are known",
    )


def _long(records: Records, rows: Rows, layout: Layout) -> Iterator[Batch | Reject]:
    for each in records:
        if isinstance(each, Reject):
            yield rows.pass_on(each)
        else:
            yield from _record(rows, layout, *each)


def _record(rows: Rows, layout: Layout, place: Place, cells: Cells) -> Iterator[Batch | Reject]:
    """One record of a table: its values become rows, the first of them the main one."""
    made = [
        _row(layout, cells, flow, period, printed)
        for flow, period, printed in _values(layout, cells)
        if printed.strip() not in NOTHING
    ]
    if made:
        yield from rows.add(place, *made)
    elif cells.get(layout.partner):
        rows.blank()
    else:
        yield rows.refuse(place, layout.partner, "", "required, but empty")


def _values(layout: Layout, cells: Cells) -> Iterator[tuple[Flow, str, str]]:
    """(flow, period, printed value) of everything that a record tells."""
    said = cells.get(layout.direction, "").casefold()
    for flow in layout.flows:
        if layout.direction and flow.direction != said:
            continue
        if flow.column:
            yield flow, _period(layout, cells), cells.get(flow.column, "")
        else:
            for name, value in cells.items():
                if year := YEAR.fullmatch(name):
                    yield flow, year["year"], value


def _period(layout: Layout, cells: Cells) -> str:
    """The period of a record; a month beside a year counts where it is a number."""
    period = cells.get(layout.period, "").removeprefix("Y")
    month = cells.get(layout.month, "")
    return f"{period}-{int(month):02d}" if month.isdecimal() and month.isascii() else period


def _row(layout: Layout, cells: Cells, flow: Flow, period: str, printed: str) -> Row:
    kept = {
        "period": period,
        "reporter": layout.reporter or cells.get(layout.reporter_column, ""),
        "partner": cells.get(layout.partner, ""),
        "direction": flow.direction,
        "hs_code": "TOTAL",
        "value": _scaled(printed, layout.times),
        "currency": layout.currency,
        "valuation": flow.valuation,
        "partner_basis": flow.partner_basis,
    }
    return Row("flows", kept, {"as printed": printed, "partner as printed": kept["partner"]})


def _scaled(printed: str, times: int) -> str:
    """A printed number in whole units; spreadsheets compute more places than money has."""
    number = decimal(printed)
    return printed if number is None else str((number * times).quantize(CENTS))


def _book(source: SourceFile) -> Iterator[Batch | Reject | Tally]:
    """The first sheet whose title and header of years are known."""
    book = Workbook(source.path, source.name)
    name = PurePosixPath(source.name).name
    for sheet in book.sheets:
        page = list(book.rows(sheet))
        layout = _sheet_layout([row.cells for row in page[:HEADER_WITHIN]], name)
        header = next((row for row in page[:HEADER_WITHIN] if _is_years(row)), None)
        if layout and header:
            rows = Rows(source, "flows", layout.name)
            yield from _page(rows, layout, header, (f"sheet {sheet}, ", page[header.number :]))
            yield from rows.flush()
            yield _tally(source, rows)
            return
    raise _unknown(source.name)


def _is_years(row: SheetRow) -> bool:
    """Whether a row is the header: years, and nothing else."""
    said = [cell for cell in row.cells if cell]
    return len(said) > 1 and all(YEAR.fullmatch(cell) for cell in said)


def _page(
    rows: Rows, layout: Layout, header: SheetRow, body: tuple[str, Sequence[SheetRow]]
) -> Iterator[Batch | Reject]:
    """Rows below the years; notes and empty rows hold no value and no partner is known."""
    where, below = body
    columns = [cell or f"column {at}" for at, cell in enumerate(header.cells)]
    for row in below:
        cells = dict(zip(columns, row.cells, strict=False))
        place = Place(row.number, row.number, f"{where}row {row.number}")
        if any(cells.get(year) for year in columns if YEAR.fullmatch(year)):
            yield from _record(rows, layout, place, cells)
        elif not row.is_empty:
            rows.blank()
