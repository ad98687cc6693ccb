"""Eurostat Comext: the detailed monthly files of the members' trade, by 8-digit code.

A month has five million rows, so they are read by whole columns (``sources.columns``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, partial

import pyarrow as pa
import pyarrow.compute as pc

from tidewaiter.model.money import MONEY_PLACES, QUANTITY_PLACES
from tidewaiter.model.source import Reject, SourceFile
from tidewaiter.sources.bulk import Bulk, Chunk, first_cells
from tidewaiter.sources.card import Card, resource
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
from tidewaiter.sources.editions import edition_in
from tidewaiter.sources.reader import Batch, FileHead, Official, Tally

PERIOD = re.compile(r"((?:19|20)[0-9]{2})(0[1-9]|1[0-2]|52)")
WHOLE_YEAR = "52"  # the month of an annual file
KEY = ("reporter", "partner", "trade_type", "product", "flow", "procedure", "period")
IMPORT, INTRA = "import", "I"


class ComextCard(Card, frozen=True, kw_only=True):
    """The card, with what the codes mean.

    ``fields`` names the file's column of each of ours, newest layout first; ``editions``
    the first year of each edition of the Harmonized System in the Combined Nomenclature.
    """

    fields: dict[str, tuple[str, ...]]
    directions: dict[str, str]
    places: dict[str, str]
    units: dict[str, str]
    editions: dict[int, str]


@cache
def comext_card() -> ComextCard:
    """``comext.yml``."""
    return resource("statistics/comext", ComextCard)


class ComextReader(Official):
    """``full_v2_YYYYMM.dat`` and the layout before it, plain or gzip."""

    name = "comext"
    dataset = "comext"
    version = 1

    def recognises(self, head: FileHead) -> bool:
        """By its columns."""
        return set(KEY) < set(_columns(tuple(first_cells(head))))

    def read(self, source: SourceFile) -> Iterator[Batch | Reject | Tally]:
        """One flow a row."""
        bulk = Bulk(source)
        columns = _columns(bulk.columns)
        bulk.require(*(names[0] for ours, names in comext_card().fields.items()
                       if ours not in columns))  # fmt: skip
        rows = ColumnRows(source, "flows")
        doubles = Doubles(bulk, [columns[each] for each in KEY], list(columns.values()))
        periods: set[str] = set()
        for chunk in bulk.chunks(list(columns.values())):
            fresh = doubles.without(chunk)
            named = Chunk(
                {ours: fresh.text(theirs) for ours, theirs in columns.items()},
                fresh.numbers,
                fresh.rejects,
            )
            cells = flows(named)
            periods.update(each for each in cells["period"].ready.unique().to_pylist() if each)
            yield from rows.batch(named, cells)
        yield Tally(
            rows_read=bulk.rows_read,
            published_on=rows.newest,
            unused=_unused(bulk.columns),
            unread=dict(rows.unread),
            part=f"full/{min(periods)}" if len(periods) == 1 else None,
            facts={"empty_lines": str(bulk.blank)} if bulk.blank else {},
        )


def flows(chunk: Chunk) -> dict[str, Cells]:
    """The columns of the table."""
    card, size = comext_card(), len(chunk)
    place = places(card.places)
    printed = {name: chunk.text(name) for name in card.fields}
    reporter, partner, product = (
        encode(printed[name]) for name in ("reporter", "partner", "product")
    )
    direction = mapped(printed["flow"], card.directions.get)
    period = mapped(printed["period"], _period)
    other_place = mapped(partner, lambda text: None if place(text) == text else text)
    return {
        "period": Cells(period, printed["period"]),
        "reporter": Cells(mapped(reporter, place), printed["reporter"]),
        "partner": Cells(mapped(partner, place), printed["partner"]),
        "direction": Cells(direction, printed["flow"]),
        "hs_code": Cells(mapped(product, commodity), printed["product"]),
        "hs_edition": Cells(mapped(period.fill_null(""), partial(edition_in, card.editions))),
        "value": Cells(numbers(printed["value"], MONEY_PLACES), printed["value"]),
        "currency": Cells(constant("EUR", size)),
        "net_kg": Cells(numbers(printed["net_kg"], QUANTITY_PLACES), printed["net_kg"]),
        **_supplementary(printed["quantity"], printed["unit"]),
        "valuation": Cells(mapped(direction.fill_null(""), {"export": "fob", IMPORT: "cif"}.get)),
        "partner_basis": Cells(_basis(direction, printed["trade_type"])),
        "procedure": Cells(said(printed["procedure"])),
        "series": Cells(joined(printed["trade_type"], mapped(product, withheld), other_place)),
        "extent": Cells(mapped(product, remainder)),
    }


def _supplementary(quantity: pa.Array, unit: pa.Array) -> dict[str, Cells]:
    """Amount and unit; no amount where the code has no supplementary unit."""
    units = comext_card().units
    named = mapped(unit, lambda text: units.get(text, text) or None)
    amount = numbers(quantity, QUANTITY_PLACES)
    none = pa.scalar(None, pa.int64())
    counted = pc.if_else(pc.is_valid(named), amount, none)
    printed = pc.if_else(pc.is_valid(named), quantity, pa.scalar(""))
    return {"quantity": Cells(counted, printed), "unit": Cells(named)}


def _basis(direction: pa.Array, trade_type: pa.Array) -> pa.Array:
    """What the partner of a row is: it depends on the flow, and on the border."""
    inside = pc.if_else(pc.equal(trade_type, INTRA), "consignment", "origin")
    return pc.if_else(pc.equal(direction, IMPORT), inside, "last_known_destination")


def _period(text: str) -> str | None:
    """``202401`` as ``2024-01``, ``202452`` as ``2024``."""
    found = PERIOD.fullmatch(text)
    if found is None:
        return None
    year, month = found.groups()
    return year if month == WHOLE_YEAR else f"{year}-{month}"


def _columns(header: tuple[str, ...]) -> dict[str, str]:
    """The file's column of each of ours that is there."""
    found = {
        ours: next((name for name in names if name in header), "")
        for ours, names in comext_card().fields.items()
    }
    return {ours: theirs for ours, theirs in found.items() if theirs}


def _unused(header: tuple[str, ...]) -> tuple[str, ...]:
    ignored = {name for names in comext_card().ignored for name in names.split(", ")}
    return tuple(sorted(set(header) - set(_columns(header).values()) - ignored))
