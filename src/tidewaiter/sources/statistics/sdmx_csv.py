"""Trade statistics in SDMX-CSV 1.0 and 2.0: one observation a record, dimensions as columns.

What the dimensions of a dataflow mean is told on the card; a dataflow that is not there
is refused, because a code of another classification would look like one of ours. Value
and quantity of one flow are different observations: they become one row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache

import msgspec

from tidewaiter.errors import BadDataError
from tidewaiter.model.dates import iso_date
from tidewaiter.model.money import decimal
from tidewaiter.model.source import Reject, SourceFile
from tidewaiter.sources.bulk import first_cells
from tidewaiter.sources.card import Card, resource
from tidewaiter.sources.columns import places
from tidewaiter.sources.editions import edition_in
from tidewaiter.sources.reader import Batch, FileHead, Official, Tally
from tidewaiter.sources.rows import Place, Row, Rows
from tidewaiter.sources.tabular import Cells, Records

FIRST = frozenset({"DATAFLOW", "STRUCTURE"})
FLOW_OF = ("DATAFLOW", "STRUCTURE_ID")  # where versions 1.0 and 2.0 name the dataflow
PERIOD, OBSERVED = "TIME_PERIOD", "OBS_VALUE"
NOTHING = frozenset({"", ":", "NaN"})
MONTH = re.compile(r"((?:19|20)[0-9]{2})-?M?(0[1-9]|1[0-2])")
MULTIPLIER = re.compile(r"[0-9]")
VALUE, DELETION = "value", "D"
UNLABELLED = frozenset({*FLOW_OF, "STRUCTURE", "LAST UPDATE", PERIOD, OBSERVED})
DAY = 10  # characters of a date
Key = tuple[str, ...]


class Indicator(msgspec.Struct, frozen=True, kw_only=True):
    """What an observation measures: a column of the table, and its unit.

    ``direction`` and ``valuation`` are given where the indicator alone says them.
    """

    column: str
    times: int = 1
    currency: str = ""
    direction: str = ""
    valuation: str = ""


class Dataflow(msgspec.Struct, frozen=True, kw_only=True):
    """One dataflow: a pattern of its identifier, and which dimension is which.

    An absent ``product`` means that the dataflow holds totals.
    """

    title: str
    pattern: str
    reporter: str
    partner: str
    indicator: str
    indicators: dict[str, Indicator]
    product: str = ""
    flow: str = ""
    directions: dict[str, str] = {}
    multiplier: str = ""
    valuations: dict[str, str] = {}
    bases: dict[str, str] = {}
    editions: dict[int, str] = {}
    others: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that must be there."""
        named = (self.reporter, self.partner, self.indicator, self.product, self.flow)
        return (*(name for name in named if name), PERIOD, OBSERVED)


class SdmxCard(Card, frozen=True, kw_only=True):
    """The card, with the dataflows."""

    dataflows: tuple[Dataflow, ...]
    places: dict[str, str]
    names: tuple[str, ...]


@cache
def sdmx_card() -> SdmxCard:
    """``sdmx_csv.yml``."""
    return resource("statistics/sdmx_csv", SdmxCard)


class SdmxCsvReader(Official):
    """Either version, with codes, or with codes and labels; one dataflow a file."""

    name = "sdmx_csv"
    dataset = "sdmx"
    version = 1

    def recognises(self, head: FileHead) -> bool:
        """By the first column, and those of period and observation."""
        header = [code(cell).upper() for cell in first_cells(head)]
        return bool(header) and header[0] in FIRST and {PERIOD, OBSERVED} <= set(header)

    def read(self, source: SourceFile) -> Iterator[Batch | Reject | Tally]:
        """One row a flow; observations of its quantities go into it."""
        file = Observations(source)
        rows = Rows(source, "flows")
        for each in file:
            if isinstance(each, Reject):
                yield rows.pass_on(each)
            else:
                yield from _observation(file, rows, *each)
        yield from rows.flush()
        yield Tally(
            rows_read=rows.read,
            published_on=file.updated or rows.newest,
            unused=file.unused,
            unread=dict(rows.unread),
            facts={"dataflow": file.identifier}
            | ({"records_without_row": str(rows.blanks)} if rows.blanks else {}),
        )


class Observations:
    """The records of one file by the codes of their columns.

    They are met twice. The first time tells which flows have a value (``values``), which
    of them differ (``differ``), and their quantities (``amounts``); what is held is a
    key and a text an observation. Raises ``BadDataError`` where the dataflow is not on
    the card, or lacks a dimension.
    """

    def __init__(self, source: SourceFile) -> None:
        self.records = Records(source)
        self.columns = [code(name).upper() for name in self.records.columns]
        if len(set(self.columns)) < len(self.columns):
            raise _unreadable(source.name, "two columns have the same code")
        self.identifier = self.updated = ""
        self.values: dict[Key, str] = {}
        self.differ: set[Key] = set()
        self.amounts: dict[Key, dict[str, str]] = {}
        self.told: set[Key] = set()
        self.flow = self._dataflow(source.name)
        for each in self:
            if not isinstance(each, Reject):
                self._gather(each[1])

    def __iter__(self) -> Iterator[tuple[Place, Cells] | Reject]:
        for each in self.records:
            if isinstance(each, Reject):
                yield each
            else:
                place, cells = each
                named = zip(self.columns, cells.values(), strict=True)
                yield place, {name: _bare(name, value) for name, value in named}

    @property
    def unused(self) -> tuple[str, ...]:
        """The columns that nothing is made of, by their codes."""
        known = {*self.flow.columns, *self.flow.others, self.flow.multiplier, *sdmx_card().names}
        return tuple(sorted(set(self.columns) - known))

    def indicator(self, cells: Cells) -> Indicator | None:
        """What an observation measures."""
        return self.flow.indicators.get(cells[self.flow.indicator])

    def key(self, cells: Cells) -> Key:
        """What the observations of one flow share."""
        flow, measured = self.flow, self.indicator(cells)
        own = (flow.reporter, flow.partner, flow.product, flow.flow, *flow.others, PERIOD)
        told = cells[flow.indicator] if measured and measured.direction else ""
        return (*(cells.get(name, "") for name in own), told)

    def _dataflow(self, name: str) -> Dataflow:
        first = next((each for each in self if not isinstance(each, Reject)), None)
        if first is None:
            raise _unreadable(name, "it holds no observation")
        self.identifier = identifier(first[1])
        self.updated = _day(first[1].get("LAST UPDATE", ""))
        for each in sdmx_card().dataflows:
            if re.search(each.pattern, self.identifier):
                if missing := set(each.columns) - set(self.columns):
                    raise _unreadable(name, f"it lacks {', '.join(sorted(missing))}")
                return each
        raise _unreadable(name, f"the dataflow {self.identifier!r} is not on the card")

    def _gather(self, cells: Cells) -> None:
        measured, said, key = self.indicator(cells), cells[OBSERVED], self.key(cells)
        deleted = cells.get("ACTION") == DELETION
        if measured is None or said in NOTHING or deleted or identifier(cells) != self.identifier:
            return
        if measured.column == VALUE:
            if self.values.setdefault(key, said) != said:
                self.differ.add(key)
        else:
            number = decimal(said)
            told = said if number is None else f"{number * measured.times:f}"
            self.amounts.setdefault(key, {})[measured.column] = told


def _observation(
    file: Observations, rows: Rows, place: Place, cells: Cells
) -> Iterator[Batch | Reject]:
    """One record: a row, a part of one, nothing, or why it cannot be kept."""
    measured, key = file.indicator(cells), file.key(cells)
    said = cells[OBSERVED]
    if identifier(cells) != file.identifier:
        yield rows.refuse(place, "DATAFLOW", identifier(cells), "another dataflow than before")
    elif measured is None:
        yield rows.refuse(place, file.flow.indicator, cells[file.flow.indicator], "not on the card")
    elif cells.get("ACTION", "") == DELETION:
        yield rows.refuse(place, "ACTION", DELETION, "a deletion is no observation")
    elif said in NOTHING:
        rows.blank()
    elif measured.column != VALUE:
        if key in file.values:
            rows.blank()
        else:
            yield rows.refuse(place, OBSERVED, said, "a quantity without a value")
    elif key in file.differ:
        yield rows.refuse(place, OBSERVED, said, "conflicts with another record (same key)")
    elif key in file.told:
        yield rows.refuse(place, OBSERVED, said, "duplicate of another record")
    else:
        file.told.add(key)
        yield from rows.add(place, _row(file, cells, measured, file.amounts.get(key, {})))


def _row(file: Observations, cells: Cells, measured: Indicator, amounts: dict[str, str]) -> Row:
    flow, place = file.flow, places(sdmx_card().places)
    printed = cells.get(flow.flow, "")
    direction = measured.direction or flow.directions.get(printed, printed)
    reporter, partner = cells[flow.reporter], cells[flow.partner]
    period = _period(cells[PERIOD])
    told = (*flow.others, *((flow.indicator,) if measured.direction else ()))
    others = [f"{name} {cells[name]}" for name in told if cells.get(name)]
    kept = {
        "period": period,
        "reporter": place(reporter) or reporter,
        "partner": place(partner) or partner,
        "direction": direction,
        "hs_code": cells[flow.product] if flow.product else "TOTAL",
        "hs_edition": edition_in(flow.editions, period) or "",
        "value": _scaled(cells[OBSERVED], measured.times, cells.get(flow.multiplier, "")),
        "currency": measured.currency,
        "valuation": measured.valuation or flow.valuations.get(direction, ""),
        "partner_basis": flow.bases.get(direction, ""),
        "series": "/".join([file.identifier, reporter, partner, *others]),
        **amounts,
    }
    marks = {name: cells[name] for name in ("OBS_FLAG", "OBS_STATUS") if cells.get(name)}
    return Row("flows", kept, marks)


def _scaled(printed: str, times: int, multiplier: str) -> str:
    """A printed number in whole units; as printed where it is none."""
    number = decimal(printed)
    if number is None or (multiplier and not MULTIPLIER.fullmatch(multiplier)):
        return printed if not multiplier else f"{printed} (multiplier {multiplier})"
    return f"{number * times * Decimal(10) ** int(multiplier or 0):f}"


def _period(text: str) -> str:
    """Months in any of the ways in which SDMX writes them; other periods as printed."""
    month = MONTH.fullmatch(text)
    return f"{month[1]}-{month[2]}" if month else text


def _day(text: str) -> str:
    """``15/03/24 11:00:00`` as an ISO date; nothing where it is another."""
    found = re.match(r"([0-9]{2})/([0-9]{2})/(?:20)?([0-9]{2})\b", text)
    day = f"20{found[3]}-{found[2]}-{found[1]}" if found else text[:10]
    return day if len(day) == DAY and iso_date(day) else ""


def identifier(cells: Cells) -> str:
    """The dataflow of a record."""
    return next((cells[each] for each in FLOW_OF if each in cells), "")


def code(text: str) -> str:
    """The code of ``CODE: label``."""
    return text.partition(":")[0].strip() if ":" in text.strip(":") else text.strip()


def _bare(column: str, value: str) -> str:
    """A cell without its label; identifiers, times and observations have none."""
    return value if column in UNLABELLED else code(value)


def _unreadable(name: str, why: str) -> BadDataError:
    return BadDataError(
        f"the observations cannot be read: {why}",
        where=name,
        next_step="see the dataflows on the card: `tidewaiter sources sdmx_csv`",
    )
