"""What a cell says: one total function a kind, and whole columns converted at once.

A function takes the trimmed text of a cell that is not empty and gives a value or
``None``; :func:`reason` says afterwards why. Columns are dictionary-encoded first, so
that each distinct text of a chunk is looked at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import cache, partial
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from tidewaiter.model.area import area_code
from tidewaiter.model.country import country_code
from tidewaiter.model.dates import iso_date, last_day
from tidewaiter.model.money import (
    LARGEST,
    MONEY_PLACES,
    PERCENT_PLACES,
    QUANTITY_PLACES,
    decimal,
    scaled,
)
from tidewaiter.store.tables import LOGICAL, Column, Kind

WHOLE_SHARE = 1_000_000  # parts per million
RATE_DIGITS, RATE_PLACES = 24, 12
RATE = Context(prec=60, rounding=ROUND_HALF_EVEN)

Parse = Callable[[str], Any]


class Converted(msgspec.Struct, frozen=True):
    """The kept arrays of a column by name, and why single cells could not be read.

    ``bad`` maps the position in the chunk to the reason.
    """

    arrays: dict[str, pa.Array]
    bad: dict[int, str]


def parser(column: Column) -> Parse:
    """How a cell of ``column`` is read."""
    if column.kind == "choice":
        known = {option.casefold(): option for option in column.options}
        return lambda text: known.get(text.casefold())
    return PARSERS[column.kind]


def reason(column: Column, text: str) -> str:
    """Why ``text`` is no value of ``column``."""
    if column.kind == "choice":
        return f"not one of {', '.join(column.options)}"
    number = decimal(text)
    if number is None or column.kind not in NUMBERS:
        return REASONS[column.kind]
    if number < 0:
        return "a negative number"
    return REASONS[column.kind] if column.kind in {"percent", "count"} else "too large or zero"


def convert(column: Column, cells: Sequence[str]) -> Converted:
    """A chunk of one column, ready to be kept."""
    trimmed = pc.utf8_trim_whitespace(pa.array(cells, pa.string()))
    empty = pc.equal(trimmed, "")
    default = pa.scalar(column.default, pa.string())
    filled = pc.if_else(empty, default, trimmed)
    bad: dict[int, str] = {}
    if column.required:
        bad = dict.fromkeys(_where(pc.is_null(filled)), "required, but empty")
    if column.kind in {"id", "text"}:
        return Converted({column.name: filled}, bad)
    whole = WHOLESALE[column.kind](filled) if column.kind in WHOLESALE else None
    if whole is not None:
        return Converted({column.name: whole}, bad)
    encoded = filled.dictionary_encode()
    texts = encoded.dictionary.to_pylist()
    read = parser(column)
    values = [read(text) for text in texts]
    failed = {code for code, value in enumerate(values) if value is None}
    if failed:
        codes = encoded.indices.to_pylist()
        why = {code: reason(column, texts[code]) for code in failed}
        bad |= {at: why[code] for at, code in enumerate(codes) if code in failed}
    return Converted(_arrays(column, values, encoded.indices), bad)


def _numbers(places: int, cells: pa.Array) -> pa.Array | None:
    """A column of ordinary decimals at once; ``None`` where a cell needs a closer look."""
    ordinary = pc.match_substring_regex(cells, rf"^[0-9]{{1,12}}(\.[0-9]{{1,{places}}})?$")
    if pc.all(ordinary, min_count=0).as_py() is False:
        return None
    kept = cells.cast(pa.decimal128(12 + places, places))
    return pc.multiply(kept, pa.scalar(10**places, pa.int64())).cast(pa.int64())


def _lists(cells: pa.Array) -> pa.Array | None:
    """A column of several values a cell at once; ``None`` where one of them is empty."""
    split = pc.split_pattern(cells, ";")
    values = pc.utf8_trim_whitespace(split.values)
    if pc.any(pc.equal(values, ""), min_count=0).as_py():
        return None
    return pa.ListArray.from_arrays(split.offsets, values, mask=split.is_null())


def _arrays(column: Column, values: list[Any], codes: pa.Array) -> dict[str, pa.Array]:
    """The kept columns of a column: dates have a second one, their last day."""
    arrays = {column.name: pa.array(values, arrow_type(column.kind)).take(codes)}
    if column.kind == "date":
        days = [last_day(value) if value else None for value in values]
        arrays[f"{column.name}_day"] = pa.array(days, pa.date32()).take(codes)
    return arrays


@cache
def arrow_type(kind: Kind) -> pa.DataType:
    """The Arrow type in which a kind is kept."""
    return {
        "string": pa.string(),
        "int64": pa.int64(),
        "array<string>": pa.list_(pa.string()),
        "decimal(24, 12)": pa.decimal128(RATE_DIGITS, RATE_PLACES),
    }[LOGICAL.get(kind, "string")]


def _where(mask: pa.Array) -> list[int]:
    """The positions at which ``mask`` is true."""
    found: list[int] = pc.indices_nonzero(mask).to_pylist()
    return found


def texts(text: str) -> list[str] | None:
    """The values of a cell that holds several, split by semicolons."""
    return [part.strip() for part in text.split(";") if part.strip()] or None


def countries(text: str) -> list[str] | None:
    """The codes of several countries, none of which may be unknown."""
    codes = [country_code(part) for part in texts(text) or []]
    known = [code for code in codes if code]
    return known if known and len(known) == len(codes) else None


def hs(text: str) -> str | None:
    """A commodity code without its dots and spaces, or ``TOTAL``."""
    if text.casefold() == "total":
        return "TOTAL"
    digits = re.sub(r"(?<=[0-9])[. ](?=[0-9])", "", text)
    return digits if re.fullmatch(r"[0-9]{2,10}", digits) else None


def money(text: str) -> int | None:
    """Hundredths, not negative."""
    return _positive(scaled(text, MONEY_PLACES))


def quantity(text: str) -> int | None:
    """Thousandths, not negative."""
    return _positive(scaled(text, QUANTITY_PLACES))


def percent(text: str) -> int | None:
    """Parts per million of a percentage from 0 to 100."""
    share = _positive(scaled(text, PERCENT_PLACES))
    return None if share is None or share > WHOLE_SHARE else share


def count(text: str) -> int | None:
    """A whole number, not negative."""
    return int(text) if re.fullmatch(r"[0-9]{1,19}", text) and int(text) <= LARGEST else None


def rate(text: str) -> Decimal | None:
    """A rate above zero with at most twelve digits before the point, twelve after."""
    number = decimal(text)
    if number is None:
        return None
    kept = RATE.scaleb(RATE.to_integral_value(RATE.scaleb(number, RATE_PLACES)), -RATE_PLACES)
    return kept if 0 < kept < 10 ** (RATE_DIGITS - RATE_PLACES) else None


def currency(text: str) -> str | None:
    """An ISO 4217 code, current or past."""
    code = text.upper()
    return code if code in _currencies() else None


@cache
def _currencies() -> frozenset[str]:
    from babel.core import get_global

    return frozenset(get_global("all_currencies"))


def _positive(value: int | None) -> int | None:
    return None if value is None or value < 0 else value


WHOLESALE: dict[str, Callable[[pa.Array], pa.Array | None]] = {
    "money": partial(_numbers, MONEY_PLACES),
    "quantity": partial(_numbers, QUANTITY_PLACES),
    "texts": _lists,
}
NUMBERS = frozenset({"money", "quantity", "percent", "count", "rate"})
PARSERS: dict[str, Parse] = {
    "id": str,
    "text": str,
    "texts": texts,
    "country": country_code,
    "countries": countries,
    "area": area_code,
    "date": iso_date,
    "hs": hs,
    "money": money,
    "quantity": quantity,
    "percent": percent,
    "count": count,
    "rate": rate,
    "currency": currency,
}
REASONS = {
    "texts": "no value between the semicolons",
    "country": "no country name or code that is known",
    "countries": "a country name or code that is not known",
    "area": "no country and no group of countries that is known",
    "date": "not a date such as 2023, 2023-04 or 2023-04-17",
    "hs": "not a commodity code of 2 to 10 digits",
    "money": "not a decimal number written as 1234.56",
    "quantity": "not a decimal number written as 1234.56",
    "percent": "not a percentage from 0 to 100",
    "count": "not a whole number",
    "rate": "not a decimal number written as 1234.56",
    "currency": "not a currency code of ISO 4217",
}
