"""Which edition of the Harmonized System a year's codes are of."""

from __future__ import annotations

from collections.abc import Mapping

YEAR = 4  # digits


def edition_in(editions: Mapping[int, str], period: str) -> str | None:
    """The edition that holds in a period (ISO 8601), by the first year of each edition.

    ``None`` before the first of them, and where the period does not begin with a year.
    """
    year = period[:YEAR]
    if len(year) < YEAR or not (year.isascii() and year.isdecimal()):
        return None
    since = [first for first in editions if first <= int(year)]
    return editions[max(since)] if since else None
