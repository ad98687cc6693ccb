"""ISO 8601 dates that keep their precision: a year, a month or a day.

A period counts as known on its last day, so that nothing is used before it could have
been seen.
"""

from __future__ import annotations

import calendar
import datetime
from functools import lru_cache

import prefixdate

YEAR, MONTH, DAY = 4, 7, 10  # characters of each precision


@lru_cache(maxsize=65_536)
def iso_date(text: str) -> str | None:
    """``text`` itself when it is a year, month or day of the calendar (1000-2999).

    Anything else is ``None``, also ``2023-4-1`` and a date with a time: whoever writes
    them may mean another order of day and month, and a guess would look like a fact.
    """
    shown = text.strip()
    if len(shown) not in {YEAR, MONTH, DAY}:
        return None
    return shown if prefixdate.parse(shown).text == shown else None


@lru_cache(maxsize=65_536)
def last_day(text: str) -> datetime.date | None:
    """The last day of the year, month or day that ``text`` names."""
    shown = iso_date(text)
    if shown is None:
        return None
    if len(shown) == DAY:
        return datetime.date.fromisoformat(shown)
    year, month = int(shown[:YEAR]), int(shown[5:MONTH] or 12)
    return datetime.date(year, month, calendar.monthrange(year, month)[1])


def is_before(end: str, start: str) -> bool:
    """Whether ``end`` surely lies before ``start``, at the precision both have."""
    shared = min(len(end), len(start))
    return end[:shared] < start[:shared]
