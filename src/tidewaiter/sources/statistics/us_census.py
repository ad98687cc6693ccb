"""United States Census Bureau: answers of its interface for international trade (JSON).

An answer is an array of arrays: the first holds the names of the variables that were
asked for, the others their values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache

import msgspec

from tidewaiter.errors import BadDataError
from tidewaiter.model.area import area_code
from tidewaiter.model.dates import iso_date
from tidewaiter.model.source import Reject, SourceFile
from tidewaiter.sources import jsonfile
from tidewaiter.sources.answer import text
from tidewaiter.sources.card import Card, resource
from tidewaiter.sources.editions import edition_in
from tidewaiter.sources.reader import Batch, FileHead, Official, Tally
from tidewaiter.sources.rows import Place, Row, Rows

START = b"[["
WHOLE = frozenset({"", "-"})  # how a breakdown says that it is none
FOREIGN, KILOGRAM, DECEMBER = "2", "KG", "12"
Cells = dict[str, str]


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """The variables of exports or of imports, best first; values with their valuation."""

    product: str
    values: dict[str, str]
    year_to_date: dict[str, str]
    quantity: tuple[str, ...]
    unit: tuple[str, ...]

    @property
    def variables(self) -> tuple[str, ...]:
        """All of them."""
        return (self.product, *self.values, *self.year_to_date, *self.quantity, *self.unit)


class CensusCard(Card, frozen=True, kw_only=True):
    """The card, with the variables of either side and what the codes mean."""

    sides: dict[str, Side]
    breakdowns: tuple[str, ...]
    units: dict[str, str]
    groups: dict[str, str]
    countries: dict[str, str]
    editions: dict[int, str]


@cache
def census_card() -> CensusCard:
    """``us_census.yml``."""
    return resource("statistics/us_census", CensusCard)


class UsCensusReader(Official):
    """Exports and imports by Schedule B, HTS or Harmonized System."""

    name = "us_census"
    dataset = "us_census"
    version = 1

    def recognises(self, head: FileHead) -> bool:
        """By the names in the first array."""
        start = head.start.removeprefix(jsonfile.BOM).lstrip()
        line = b"".join(start[:4096].split())
        return (
            line.startswith(START)
            and b'"CTY_CODE"' in line
            and bool(b'"E_COMMODITY"' in line or b'"I_COMMODITY"' in line)
        )

    def read(self, source: SourceFile) -> Iterator[Batch | Reject | Tally]:
        """One flow an array after the first."""
        rows = Rows(source, "flows")
        names: list[str] = []
        direction = ""
        for each in jsonfile.elements(source.path, source.name, "item"):
            if each.number == 1:
                names = _names(each.value)
                direction = _direction(names, source.name)
                continue
            place = Place(each.number, each.number, f"/{each.number - 1}")
            cells = _cells(names, each.value)
            if isinstance(cells, str):
                yield rows.refuse(place, "", text(each.value), cells)
            else:
                yield from _record(rows, place, cells, direction)
        if not names:
            raise _unknown(source.name, "it is empty")
        yield from rows.flush()
        yield Tally(
            rows_read=rows.read,
            published_on=rows.newest,
            unused=_unused(names, direction),
            unread=dict(rows.unread),
        )


def _record(rows: Rows, place: Place, cells: Cells, direction: str) -> Iterator[Batch | Reject]:
    """One array: a row, or why it is none."""
    side = census_card().sides[direction]
    period, variable = _period(cells), _first(cells, side.values)
    if not variable and (variable := _first(cells, side.year_to_date)):
        if period[5:] != DECEMBER:
            yield rows.refuse(place, variable, cells[variable], "a sum from January on")
            return
        period = period[:4]
    yield from rows.add(place, _row(cells, direction, period, variable))


def _row(cells: Cells, direction: str, period: str, variable: str) -> Row:
    card = census_card()
    side = card.sides[direction]
    unit = cells.get(_first(cells, side.unit), "")
    amount = cells.get(_first(cells, side.quantity), "")
    foreign = direction == "export" and cells.get("DF") == FOREIGN
    broken_down = [name for name in card.breakdowns if cells.get(name, "") not in WHOLE]
    product = cells[side.product]
    kept = {
        "period": period,
        "reporter": "US",
        "partner": _partner(cells),
        "direction": "re-export" if foreign else direction,
        "hs_code": "TOTAL" if product == "-" else product,
        "hs_edition": edition_in(census_card().editions, period if iso_date(period) else "") or "",
        "value": cells.get(variable, ""),
        "currency": "USD",
        "net_kg": amount if unit == KILOGRAM else "",
        "quantity": amount if card.units.get(unit, unit) else "",
        "unit": card.units.get(unit, unit),
        "valuation": (side.values | side.year_to_date).get(variable, ""),
        "partner_basis": "origin" if direction == "import" else "last_known_destination",
        "series": "/".join([cells["CTY_CODE"], *(f"{n} {cells[n]}" for n in broken_down)]),
        "extent": "part" if set(broken_down) - ({"DF"} if foreign else set()) else "",
    }
    return Row("flows", kept, {"value": variable} if variable else {})


def _partner(cells: Cells) -> str:
    """A group by its code; a country by its name, else by its code in Schedule C.

    The name comes first: the answer itself prints it, while the table of codes is ours.
    """
    card, code = census_card(), cells["CTY_CODE"]
    if code in card.groups or not code.isdigit() or code.startswith("00"):
        return card.groups.get(code, "GROUP" if code else "")
    named = area_code(cells.get("CTY_NAME", ""))
    return named or card.countries.get(code, "") or cells.get("CTY_NAME", "") or code


def _period(cells: Cells) -> str:
    """``time`` as it is; else year and month."""
    if cells.get("time"):
        return cells["time"]
    year, month = cells.get("YEAR", ""), cells.get("MONTH", "")
    return f"{year}-{month.zfill(2)}" if month else year


def _first(cells: Cells, names: Iterable[str]) -> str:
    """The first variable that says anything."""
    return next((name for name in names if cells.get(name, "") not in WHOLE), "")


def _names(value: object) -> list[str]:
    return [text(name) for name in value] if isinstance(value, list) else []


def _direction(names: Sequence[str], name: str) -> str:
    """Which side the answer is, from the variable of the commodity."""
    sides = [side for side, own in census_card().sides.items() if own.product in names]
    if len(sides) != 1 or "CTY_CODE" not in names:
        raise _unknown(name, "its first array names no commodity of exports or imports")
    return sides[0]


def _cells(names: Sequence[str], value: object) -> Cells | str:
    """Values by name; or why they are none. What was asked for twice is there twice."""
    if not isinstance(value, list):
        return "no array"
    if len(value) != len(names):
        return f"{len(value)} values, but {len(names)} names"
    cells: Cells = {}
    for name, each in zip(names, map(text, value), strict=True):
        if cells.setdefault(name, each) != each:
            return f"two values of {name}"
    return cells


def _unused(names: Sequence[str], direction: str) -> tuple[str, ...]:
    card = census_card()
    own = set(card.sides[direction].variables)
    ignored = {name for keys in (*card.ignored, *card.columns) for name in keys.split(", ")}
    return tuple(sorted(set(names) - own - ignored - set(card.breakdowns)))


def _unknown(name: str, why: str) -> BadDataError:
    return BadDataError(
        f"this is no answer about international trade: {why}",
        where=name,
        next_step="ask for CTY_CODE and for E_COMMODITY (exports) or I_COMMODITY (imports)",
    )
