"""US dollars for a declared value: the user's rates first, then cited annual averages.

A rate holds for the period it names: a day, a month or a year. The finest one that
covers the day is taken. Where there is none the answer is ``None``; no other year is
used in its place, because a threshold must not pass silently.
"""

from __future__ import annotations

import csv
import datetime
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache
from importlib import resources

from tidewaiter.model.dates import last_day

DAY, MONTH, YEAR = 10, 7, 4  # how much of an ISO date names a day, a month, a year


@cache
def bundled() -> Mapping[tuple[str, str], Decimal]:
    """The cited annual averages of ``exchange_rates.csv`` by currency and year."""
    text = resources.files(__package__).joinpath("exchange_rates.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return {(row["currency"], row["period"]): Decimal(row["usd_per_unit"]) for row in rows}


class Rates:
    """Rates by currency and period, the user's own before the bundled ones."""

    def __init__(
        self,
        own: Iterable[tuple[str, str, Decimal]] = (),
        known_by: datetime.date | None = None,
    ) -> None:
        """``known_by``: averages of a period that ends later are not known yet."""
        self._own = {(currency, period): rate for currency, period, rate in own}
        self._bundled = {key: rate for key, rate in bundled().items() if _is_over(key[1], known_by)}

    def usd_cents(self, amount: int, currency: str, day: str | None) -> int | None:
        """Hundredths of a US dollar for ``amount`` hundredths of ``currency``."""
        if currency == "USD":
            return amount
        rate = self._rate(currency, day)
        if rate is None:
            return None
        return int((amount * rate).quantize(Decimal(1), ROUND_HALF_EVEN))

    def _rate(self, currency: str, day: str | None) -> Decimal | None:
        for table in (self._own, self._bundled):
            for length in (DAY, MONTH, YEAR):
                found = table.get((currency, (day or "")[:length]))
                if found is not None:
                    return found
        return None


def _is_over(period: str, day: datetime.date | None) -> bool:
    end = last_day(period)
    return day is None or (end is not None and end <= day)
