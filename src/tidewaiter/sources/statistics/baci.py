"""CEPII BACI: trade of all countries by subheading and year, reconciled between both sides."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

import msgspec
import pyarrow.compute as pc

from tidewaiter.model.dates import iso_date
from tidewaiter.model.money import MONEY_PLACES, QUANTITY_PLACES
from tidewaiter.model.source import Reject, SourceFile
from tidewaiter.sources.bulk import Bulk, Chunk, first_cells
from tidewaiter.sources.columns import (
    Cells,
    ColumnRows,
    commodity,
    constant,
    encode,
    joined,
    mapped,
    numbers,
    places,
    remainder,
    said,
    withheld,
)
from tidewaiter.sources.doubles import Doubles
from tidewaiter.sources.reader import Batch, FileHead, Official, Tally

HEADER = ("t", "i", "j", "k", "v", "q")
KEY = ("t", "i", "j", "k")
NAMED = re.compile(r"HS(?P<edition>[0-9]{2})_Y[0-9]{4}_V(?P<year>[0-9]{4})(?P<month>0[1-9]|1[0-2])")
CENTURY = 88  # the Harmonized System begins in 1988
THOUSAND = 1000  # the unit of values in dollars, and of quantities in kilograms
NOT_KNOWN = "NA"


class Edition(msgspec.Struct, frozen=True):
    """What only the file's name tells: the nomenclature, and the month of the release."""

    nomenclature: str
    released: str


class BaciReader(Official):
    """``BACI_HSxx_Yyyyy_Vyyyymm.csv``, one year a file."""

    name = "baci"
    dataset = "baci"
    version = 1

    def recognises(self, head: FileHead) -> bool:
        """By its six columns, which no other format has."""
        return tuple(first_cells(head)) == HEADER

    def read(self, source: SourceFile) -> Iterator[Batch | Reject | Tally]:
        """One flow a row."""
        bulk = Bulk(source)
        bulk.require(*HEADER)
        edition = named(source.name)
        rows = ColumnRows(source, "flows")
        doubles = Doubles(bulk, KEY, HEADER)
        years: set[str] = set()
        for chunk in bulk.chunks(HEADER):
            fresh = doubles.without(chunk)
            cells = flows(fresh, edition)
            years.update(each for each in cells["period"].ready.unique().to_pylist() if each)
            yield from rows.batch(fresh, cells)
        yield Tally(
            rows_read=bulk.rows_read,
            published_on=rows.newest,
            unused=tuple(sorted(set(bulk.columns) - set(HEADER))),
            unread=dict(rows.unread),
            part=_part(edition, years),
            facts=_facts(edition, bulk.blank),
        )


def flows(chunk: Chunk, edition: Edition) -> dict[str, Cells]:
    """The columns of the table."""
    size, place = len(chunk), places({})
    printed = {name: chunk.text(name) for name in HEADER}
    exporter, importer, product = (encode(printed[name]) for name in ("i", "j", "k"))
    quantity = pc.if_else(pc.equal(printed["q"], NOT_KNOWN), "", printed["q"])
    return {
        "period": Cells(mapped(printed["t"], _year), printed["t"]),
        "reporter": Cells(mapped(exporter, place), printed["i"]),
        "partner": Cells(mapped(importer, place), printed["j"]),
        "direction": Cells(constant("export", size)),
        "hs_code": Cells(mapped(product, _subheading), printed["k"]),
        "hs_edition": Cells(said(constant(edition.nomenclature, size))),
        "value": Cells(numbers(printed["v"], MONEY_PLACES, THOUSAND), printed["v"]),
        "currency": Cells(constant("USD", size)),
        "net_kg": Cells(numbers(quantity, QUANTITY_PLACES, THOUSAND), quantity),
        "valuation": Cells(constant("fob", size)),
        "released_on": Cells(said(constant(edition.released, size))),
        "series": Cells(joined(printed["i"], printed["j"], mapped(product, withheld))),
        "extent": Cells(mapped(product, remainder)),
    }


def named(name: str) -> Edition:
    """Edition and release from the file's name; empty where it does not tell."""
    found = NAMED.search(PurePosixPath(name).name)
    if found is None:
        return Edition("", "")
    years = int(found["edition"])
    edition = years + (1900 if years >= CENTURY else 2000)
    released = f"{found['year']}-{found['month']}"
    return Edition(str(edition), released if iso_date(released) else "")


def _part(edition: Edition, years: set[str]) -> str | None:
    """The nomenclature and year, which a later release replaces."""
    if not edition.nomenclature or len(years) != 1:
        return None
    return f"HS{edition.nomenclature}/{min(years)}"


def _facts(edition: Edition, blank: int) -> dict[str, str]:
    told = {"edition": edition.nomenclature, "release": edition.released}
    facts = {key: value or "not told by the file's name" for key, value in told.items()}
    return facts | ({"empty_lines": str(blank)} if blank else {})


def _year(text: str) -> str | None:
    return text if len(text) == len("2021") and iso_date(text) else None


def _subheading(text: str) -> str | None:
    """Six digits; spreadsheets drop the leading zero of chapters 1 to 9."""
    return commodity(text.zfill(6) if text.isdigit() and len(text) == len("10121") else text)
