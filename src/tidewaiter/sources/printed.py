"""Cells as official lists print them: several values, worded dates, adjectives of origin.

Nothing is guessed: what cannot be read stays as printed.
"""

from __future__ import annotations

import csv
import re
from functools import lru_cache

import prefixdate

from tidewaiter.model.country import country_code
from tidewaiter.model.dates import iso_date

DATE_FORMATS = ("%d.%m.%Y", "%d %B %Y", "%d %b. %Y", "%d %b %Y", "%B %Y", "%b. %Y")
JOINTS = re.compile(r"\s*(?:[,;/]|\band/or\b|\band\b)\s*")
NUMBERED = re.compile(r"\(?\b[a-z]\)\s*")  # "(a) …, (b) …"
ASIDE = re.compile(r"\s*\([^()]*\)$")
LONGEST_RANGE = 30  # years; of a wider range no year says anything


def values(cell: str) -> list[str]:
    """The values of a cell that separates them by ``;`` and quotes those that hold one."""
    try:
        rows = list(csv.reader([cell], delimiter=";", skipinitialspace=True, strict=True))
    except csv.Error:
        return [cell]
    parts = (part.strip() for row in rows for part in row)
    return list(dict.fromkeys(part for part in parts if part))


@lru_cache(maxsize=8192)
def day(text: str) -> str | None:
    """An ISO 8601 date from one of the usual printed shapes, as precise as it is."""
    shown = " ".join(text.split()).rstrip(".").replace("Sept.", "Sep.")
    return iso_date(shown) or iso_date(prefixdate.parse_formats(shown, DATE_FORMATS).text or "")


@lru_cache(maxsize=8192)
def countries(text: str) -> list[str]:
    """The countries a printed nationality or state names; none if a part is unclear."""
    whole = country_code(text) or country_code(ASIDE.sub("", text))
    if whole:
        return [whole]
    parts = [part for part in JOINTS.split(NUMBERED.sub(";", text)) if part]
    codes = [country_code(ASIDE.sub("", part)) for part in parts]
    known = [code for code in codes if code]
    return list(dict.fromkeys(known)) if len(known) == len(codes) else []


def years(first: str, last: str) -> list[str]:
    """Every year of a range, each of which may be the right one; none if it is too wide."""
    if not (iso_date(first) and iso_date(last) and len(first) == len(last) == len("1970")):
        return []
    found = range(int(first), int(last) + 1)
    return [f"{year:04d}" for year in found] if 0 < len(found) <= LONGEST_RANGE else []
