"""UN Comtrade: answers of its interface (JSON, CSV) and its bulk files (tabs, gzip)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from tidewaiter.model.money import MONEY_PLACES, QUANTITY_PLACES
from tidewaiter.model.source import Reject, SourceFile
from tidewaiter.sources.answer import Answer
from tidewaiter.sources.bulk import Bulk, Chunk, first_cells
from tidewaiter.sources.card import Card, resource
from tidewaiter.sources.columns import (
    Cells,
    ColumnRows,
    Refusal,
    commodity,
    constant,
    encode,
    joined,
    mapped,
    numbers,
    places,
    remainder,
    withheld,
)
from tidewaiter.sources.doubles import Doubles
from tidewaiter.sources.reader import Batch, FileHead, Official, Tally

KEY = (
    "typeCode", "freqCode", "period", "reporterCode", "flowCode", "partnerCode", "partner2Code",
    "classificationCode", "cmdCode", "customsCode", "mosCode", "motCode",
)  # fmt: skip
MEASURED = (
    "primaryValue", "cifvalue", "fobvalue", "netWgt", "qty", "qtyUnitCode", "isQtyEstimated",
    "isNetWgtEstimated", "legacyEstimationFlag",
)  # fmt: skip
NEEDED = (
    "typeCode", "period", "reporterCode", "flowCode", "partnerCode", "classificationCode",
    "cmdCode", "primaryValue",
)  # fmt: skip
PERIOD = re.compile(r"((?:19|20)[0-9]{2})(0[1-9]|1[0-2])?")
ALL = {"partner2Code": "0", "customsCode": "C00", "mosCode": "0", "motCode": "0"}  # no breakdown
GOODS, NONE = "C", pa.scalar(None, pa.string())
ZERO = re.compile(r"0+(\.0+)?")
DATA = "data.item"


class ComtradeCard(Card, frozen=True, kw_only=True):
    """The card, with what the codes mean. ``contained`` are flows that are parts of others."""

    directions: dict[str, str]
    contained: tuple[str, ...]
    editions: dict[str, str]
    units: dict[str, str]
    places: dict[str, str]


@cache
def comtrade_card() -> ComtradeCard:
    """``comtrade.yml``."""
    return resource("statistics/comtrade", ComtradeCard)


class ComtradeReader(Official):
    """Final data of the interface and of the bulk service."""

    name = "comtrade"
    dataset = "comtrade"
    version = 1

    def recognises(self, head: FileHead) -> bool:
        """By its columns or keys, which are the same."""
        if head.start.lstrip().startswith(b"{"):
            return b'"data"' in head.start and all(f'"{n}"'.encode() in head.start for n in NEEDED)
        return any(set(NEEDED) <= set(first_cells(head, mark)) for mark in "\t,")

    def read(self, source: SourceFile) -> Iterator[Batch | Reject | Tally]:
        """One flow a record."""
        file = _opened(source)
        rows = ColumnRows(source, "flows", "/data/" if isinstance(file, Answer) else "")
        doubles = Doubles(file, KEY, (*KEY, *MEASURED))
        named: dict[str, set[str]] = {}
        for chunk in file.chunks((*KEY, *MEASURED)):
            fresh = doubles.without(chunk)
            yield from rows.batch(fresh, flows(fresh), _estimated(fresh), _refusals(fresh))
            for name in ("typeCode", "freqCode", "reporterCode", "period", "classificationCode"):
                named.setdefault(name, set()).update(fresh.text(name).unique().to_pylist())
        yield Tally(
            rows_read=file.rows_read,
            published_on=rows.newest,
            unused=_unused(file.columns),
            unread=dict(rows.unread),
            part=_part(named) if isinstance(file, Bulk) else None,
        )


def flows(chunk: Chunk) -> dict[str, Cells]:
    """The columns of the table."""
    card, size, place = comtrade_card(), len(chunk), places(comtrade_card().places)
    printed = {name: chunk.text(name) for name in (*KEY, *MEASURED)}
    flow, partner, product = (encode(printed[n]) for n in ("flowCode", "partnerCode", "cmdCode"))
    direction = mapped(flow, card.directions.get)
    broken_down = {name: _breakdown(printed[name], whole) for name, whole in ALL.items()}
    net, unit = _without_zero(printed["netWgt"]), mapped(printed["qtyUnitCode"], _unit)
    amount = pc.if_else(pc.is_valid(unit), _without_zero(printed["qty"]), "")
    return {
        "period": Cells(mapped(printed["period"], _period), printed["period"]),
        "reporter": Cells(mapped(printed["reporterCode"], place), printed["reporterCode"]),
        "partner": Cells(mapped(partner, place), printed["partnerCode"]),
        "direction": Cells(direction, printed["flowCode"]),
        "hs_code": Cells(mapped(product, commodity), printed["cmdCode"]),
        "hs_edition": Cells(mapped(printed["classificationCode"], card.editions.get)),
        "value": Cells(numbers(printed["primaryValue"], MONEY_PLACES), printed["primaryValue"]),
        "currency": Cells(constant("USD", size)),
        "net_kg": Cells(numbers(net, QUANTITY_PLACES), net),
        "quantity": Cells(numbers(amount, QUANTITY_PLACES), amount),
        "unit": Cells(unit),
        "valuation": Cells(_valuation(printed, direction)),
        "partner_basis": Cells(mapped(direction.fill_null(""), _basis)),
        "procedure": Cells(broken_down["customsCode"]),
        "transport_mode": Cells(broken_down["motCode"]),
        "second_partner": Cells(
            mapped(broken_down["partner2Code"].fill_null(""), place),
            broken_down["partner2Code"].fill_null(""),
        ),
        "series": Cells(
            joined(
                printed["classificationCode"], printed["flowCode"], printed["reporterCode"],
                printed["partnerCode"], broken_down["partner2Code"], broken_down["mosCode"],
                mapped(product, withheld),
            )
        ),
        "extent": Cells(_extent(flow, product, broken_down)),
    }  # fmt: skip


def _refusals(chunk: Chunk) -> list[Refusal]:
    """Records that are no trade in goods by the Harmonized System."""
    kind, scheme = chunk.text("typeCode"), chunk.text("classificationCode")
    editions = comtrade_card().editions
    other = pc.is_null(mapped(scheme, lambda code: code if code in editions else None))
    return [
        Refusal("typeCode", kind, pc.not_equal(kind, GOODS), "no trade in goods"),
        Refusal("classificationCode", scheme, other, "not by the Harmonized System"),
    ]


def _breakdown(texts: pa.Array, whole: str) -> pa.Array:
    """The code of a part; null where the record is the whole."""
    return pc.if_else(pc.is_in(texts, pa.array([whole, ""])), NONE, texts)


def _extent(flow: pa.Array, product: pa.Array, broken_down: dict[str, pa.Array]) -> pa.Array:
    contained = comtrade_card().contained
    part = mapped(flow, lambda code: "part" if code in contained else None)
    for each in broken_down.values():
        part = pc.if_else(pc.is_valid(each), "part", part)
    return pc.coalesce(part, mapped(product, remainder))


def _valuation(printed: dict[str, pa.Array], direction: pa.Array) -> pa.Array:
    """As the record says: which of the two values the primary one is."""
    primary = printed["primaryValue"]
    cif = pc.if_else(_same(printed["cifvalue"], primary), "cif", NONE)
    fob = pc.if_else(_same(printed["fobvalue"], primary), "fob", NONE)
    inward = pc.equal(direction, "import").fill_null(fill_value=False)
    return pc.if_else(inward, pc.coalesce(cif, fob), pc.coalesce(fob, cif))


def _same(one: pa.Array, other: pa.Array) -> pa.Array:
    """Whether two numbers are the same, however they are written."""
    return pc.equal(numbers(one, MONEY_PLACES), numbers(other, MONEY_PLACES)).fill_null(
        fill_value=False
    )


def _estimated(chunk: Chunk) -> pa.Array | None:
    """What the statisticians estimated, as JSON for ``extra``."""
    marks = [chunk.text(n).fill_null("") for n in MEASURED[-3:]]
    told = pc.utf8_lower(pc.binary_join_element_wise(*marks, "|")) if len(chunk) else NONE
    extra = mapped(told, _estimate) if len(chunk) else None
    return extra if extra is not None and extra.null_count < len(chunk) else None


def _estimate(marks: str) -> str | None:
    quantity, net, flag = marks.split("|")[:3]
    estimated = [
        name for name, mark in (("quantity", quantity), ("net_kg", net)) if mark in {"true", "1"}
    ]
    told = {"estimated": ", ".join(estimated)} if estimated else {}
    if flag not in {"", "0"}:
        told["legacyEstimationFlag"] = flag
    return msgspec.json.encode(told, order="sorted").decode() if told else None


def _without_zero(texts: pa.Array) -> pa.Array:
    """Nothing instead of zero: no mass and no amount are how unknown ones are printed."""
    return pc.if_else(pc.match_substring_regex(texts, f"^{ZERO.pattern}$"), "", texts)


def _unit(code: str) -> str | None:
    return comtrade_card().units.get(code) or None


def _basis(direction: str) -> str:
    return "origin" if direction == "import" else "last_known_destination"


def _period(text: str) -> str | None:
    """``202401`` as ``2024-01``, ``2024`` as itself."""
    found = PERIOD.fullmatch(text)
    return "-".join(part for part in found.groups() if part) if found else None


def _opened(source: SourceFile) -> Bulk | Answer:
    """The file by what it is: JSON, or text with tabs or commas."""
    if _is_json(source.path):
        return Answer(source, DATA)
    mark = "\t" if "\t" in Bulk(source).first else ","
    bulk = Bulk(source, mark)
    bulk.require(*NEEDED)
    return bulk


def _is_json(path: Path) -> bool:
    with path.open("rb") as handle:
        return handle.read(64).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")


def _part(named: dict[str, set[str]]) -> str | None:
    """What a bulk file holds; none where it mixes reporters or periods."""
    told = [named.get(name, set()) for name in named]
    if not told or any(len(each) != 1 for each in told):
        return None
    return "bulk/" + "-".join(re.sub(r"\W", "", min(each)) for each in told)


def _unused(columns: Sequence[str]) -> tuple[str, ...]:
    known = {name for names in comtrade_card().ignored for name in names.split(", ")}
    return tuple(sorted(set(columns) - set(KEY) - set(MEASURED) - known))
