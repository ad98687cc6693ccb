"""Which codes of two editions share content: the tables of UNSD and of Eurostat."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tidewaiter.errors import BadDataError
from tidewaiter.model.source import Reject, SourceFile
from tidewaiter.sources import workbook
from tidewaiter.sources.reader import Batch, FileHead, Official, Tally
from tidewaiter.sources.rows import Place, Row, Rows
from tidewaiter.sources.workbook import SheetRow, Workbook

EDITION = re.compile(r"(?:(?P<word>from|to)\s+)?HS\s*(?P<year>\d{4})", re.IGNORECASE)
WIDEST = 8  # columns; a table of trade by years is wider
YEARS = ("period", "origin code", "destination code")
CODE = re.compile(r"[0-9]{4}[ .]?[0-9]{2}(?:[ .]?[0-9]{2})?|[0-9]{4}")
HEADER_WITHIN = 6  # rows before the header
CN = "CN"


class Header:
    """The two editions of a sheet, and in which columns their codes and relation stand."""

    def __init__(self, cells: Sequence[str]) -> None:
        years = [
            (at, each["year"]) for at, cell in enumerate(cells) if (each := EDITION.search(cell))
        ]
        self.columns = [at for at, _ in years]
        self.editions = [f"HS{year}" for _, year in years]
        folded = [cell.casefold() for cell in cells]
        self.relation = folded.index("relationship") if "relationship" in folded else None

    @property
    def is_whole(self) -> bool:
        """Whether two different editions are named."""
        return len(self.editions) == 2 and len(set(self.editions)) == 2  # noqa: PLR2004  (from, to)


class HsConcordanceReader(Official):
    """UNSD conversion and correlation sheets, and the CN table of all years."""

    name = "hs_concordance"
    dataset = "hs"
    version = 1

    def recognises(self, head: FileHead) -> bool:
        """By the header of a sheet: two editions, or a period and two codes."""
        return any(
            len(row) < WIDEST and (_years(row) or Header(row).is_whole)
            for rows in workbook.peek(head).values()
            for row in rows[:HEADER_WITHIN]
        )

    def read(self, source: SourceFile) -> Iterator[Batch | Reject | Tally]:
        """One row a pair of codes, from every sheet."""
        book = Workbook(source.path, source.name)
        rows = Rows(source)
        read = 0
        for sheet in book.sheets:
            pairs = Pairs(rows, sheet)
            for row in book.rows(sheet):
                yield from pairs.take(row)
            read += pairs.known
        if not read:
            raise BadDataError(
                "no sheet has a header of two editions",
                where=source.name,
                next_step="this is no table of UNSD or Eurostat as they print them now",
            )
        yield from rows.flush()
        yield Tally(rows_read=rows.read, unread=dict(rows.unread), part=source.name)


class Pairs:
    """One sheet: rows before the header are titles, every other row is a pair or a reject."""

    def __init__(self, rows: Rows, sheet: str) -> None:
        self.rows = rows
        self.sheet = sheet
        self.header: Header | None = None
        self.by_year = False
        self._before: list[SheetRow] = []

    @property
    def known(self) -> bool:
        """Whether the header was met."""
        return self.by_year or self.header is not None

    def take(self, row: SheetRow) -> Iterator[Batch | Reject]:
        """The next row of the sheet."""
        if self.known and not row.is_empty:
            yield from self._pair(row)
        elif not self.known:
            self._look(row)

    def _look(self, row: SheetRow) -> None:
        if row.number > HEADER_WITHIN:
            return
        if _years(row.cells):
            self.by_year = True
        elif (header := Header(row.cells)).is_whole:
            self.header = header

    def _pair(self, row: SheetRow) -> Iterator[Batch | Reject]:
        place = Place(row.number, row.number, f"sheet {self.sheet}, row {row.number}")
        cells = self._by_year(row) if self.header is None else self._by_edition(row, self.header)
        codes = (cells["from_code"], cells["to_code"])
        if all(CODE.fullmatch(code) for code in codes) and cells["from_edition"]:
            yield from self.rows.add(place, Row("hs_concordance", cells))
        else:
            printed = " | ".join(cell for cell in row.cells if cell)
            yield self.rows.refuse(place, "code", printed, "no pair of codes")

    @staticmethod
    def _by_edition(row: SheetRow, header: Header) -> dict[str, str]:
        first, second = (row.cells[at] if at < len(row.cells) else "" for at in header.columns)
        related = header.relation is not None and header.relation < len(row.cells)
        return {
            "from_edition": header.editions[0],
            "from_code": first,
            "to_edition": header.editions[1],
            "to_code": second,
            "relation": row.cells[header.relation] if related and header.relation else "",
            "basis": "correlation" if header.relation is not None else "conversion",
        }

    @staticmethod
    def _by_year(row: SheetRow) -> dict[str, str]:
        period, first, second = (*row.cells, "", "", "")[:3]
        years = re.fullmatch(r"(\d{4})(\d{4})", period)
        return {
            "from_edition": f"{CN}{years[1]}" if years else "",
            "from_code": first,
            "to_edition": f"{CN}{years[2]}" if years else "",
            "to_code": second,
            "basis": "correlation",
        }


def _years(cells: Sequence[str]) -> bool:
    """Whether a row is the header of the table of all years."""
    return tuple(cell.casefold() for cell in cells[:3]) == YEARS
