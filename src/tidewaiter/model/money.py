"""Decimals as whole numbers: hundredths, thousandths, parts per million. No floats.

More decimals than are kept are rounded half to even, as banks do: a source with more
digits than the unit has is precise, not wrong, so it is not rejected.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Context, Decimal

MONEY_PLACES = 2  # hundredths of the currency's unit
QUANTITY_PLACES = 3  # thousandths of the unit
PERCENT_PLACES = 4  # of a per cent: parts per million
LARGEST = 2**63 - 1
SHORT = 12  # digits before the point that 64 bits hold at any number of places here
DIGITS = 64  # more than any kept number has, so that only the last step rounds
DECIMAL = re.compile(r"[+-]?[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,2})?", re.ASCII)
EXACT = Context(prec=DIGITS, rounding=ROUND_HALF_EVEN)


def decimal(text: str) -> Decimal | None:
    """The number in ``text``, written with a dot and without separators, or ``None``."""
    shown = text.strip()
    return Decimal(shown) if DECIMAL.fullmatch(shown) else None


def scaled(text: str, places: int) -> int | None:
    """``text`` in units of ``10 ** -places``; ``None`` where 64 bits cannot hold it."""
    whole, dot, rest = text.partition(".")
    if (
        len(whole) <= SHORT
        and len(rest) <= places
        and text.isascii()
        and whole.isdigit()
        and (rest.isdigit() or not dot)
    ):  # nearly every number, at a fifth of the time
        return int(whole + rest.ljust(places, "0"))
    number = decimal(text)
    if number is None:
        return None
    units = int(EXACT.to_integral_value(EXACT.scaleb(number, places)))
    return units if -LARGEST <= units <= LARGEST else None


def plain(value: int, places: int) -> str:
    """The exact decimal text of ``value`` units of ``10 ** -places``, without padding."""
    digits = str(abs(value)).rjust(places + 1, "0")
    whole, rest = (digits[:-places], digits[-places:].rstrip("0")) if places else (digits, "")
    return ("-" if value < 0 else "") + whole + (f".{rest}" if rest else "")
