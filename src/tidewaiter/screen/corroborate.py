"""What besides the name speaks for or against a pair: country, address, birth date.

Each answers agrees, conflicts or unknown. They refine a score by small steps and never
veto it silently: what conflicts is always told.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

import msgspec

from tidewaiter.model.country import country_code
from tidewaiter.screen.index import Entry
from tidewaiter.screen.model import model
from tidewaiter.screen.places import Verdict, Where
from tidewaiter.screen.records import Query
from tidewaiter.screen.rules import rules

Dates = Literal["date_agrees", "year_agrees", "date_near", "date_conflicts", "unknown"]

NEAREST_FIRST: tuple[Dates, ...] = ("date_agrees", "year_agrees", "date_near", "date_conflicts")
YEAR = 4  # characters
NUMBER = re.compile(r"\d+")


class Surroundings(msgspec.Struct, frozen=True):
    """The verdict on each thing besides the name; ``dates`` says how near birth dates are.

    ``address_listed`` is the listed address that agrees, "" if none does.
    """

    country: Verdict
    address: Verdict
    birth_date: Verdict
    dates: Dates
    address_listed: str = ""

    def step(self) -> float:
        """Log-odds that all of it adds."""
        weights = model().evidence
        country = {"agrees": weights.country_agrees, "conflicts": weights.country_conflicts}
        return (
            country.get(self.country, 0.0)
            + (weights.address_agrees if self.address == "agrees" else 0.0)
            + (float(getattr(weights, f"birth_{self.dates}")) if self.dates != "unknown" else 0.0)
        )


NOTHING_KNOWN = Surroundings("unknown", "unknown", "unknown", "unknown")


def surroundings(query: Query, entry: Entry) -> Surroundings:
    """Compare what is known of both besides names and numbers."""
    if not (query.country or query.address or query.birth_date):
        return NOTHING_KNOWN
    dates = _birth_dates(query.birth_date, entry.listed.birth_dates)
    address = _address(query.address, entry.place.addresses) if query.address else ""
    return Surroundings(
        country=_countries(query.country, entry.place) if query.country else "unknown",
        address="agrees" if address else "unknown",
        birth_date=_verdict(dates),
        dates=dates,
        address_listed=address,
    )


def most_added(query: Query, has_place: bool) -> float:  # noqa: FBT001
    """The most that everything besides the name can add to the log-odds."""
    weights = model().evidence
    return (
        (max(0.0, weights.place_agrees) if has_place else 0.0)
        + (weights.country_agrees if query.country else 0.0)
        + (weights.address_agrees if query.address else 0.0)
        + (max(weights.birth_date_agrees, weights.birth_year_agrees) if query.birth_date else 0.0)
    )


def _verdict(dates: Dates) -> Verdict:
    if dates == "unknown":
        return "unknown"
    return "agrees" if dates.endswith("agrees") else "conflicts"


def _countries(asked: str | None, place: Where) -> Verdict:
    code = country_code(asked) if asked else None
    if code is None or not place.known_countries():
        return "unknown"
    return "agrees" if code in place.known_countries() else "conflicts"


def _address(asked: str, listed: Sequence[str]) -> str:
    """The listed address most like the one asked for, if it has its house, office or postcode.

    A town alone is where thousands are. Addresses differ too freely to conflict.
    """
    from rigour.addresses import compare_address

    numbers = set(NUMBER.findall(asked))
    shared = [each for each in listed if numbers & set(NUMBER.findall(each))]
    alike = [(compare_address(asked, each), each) for each in shared]
    value, best = max(alike, key=lambda one: (one[0], one[1]), default=(0.0, ""))
    return best if value >= rules().address_alike else ""


def _birth_dates(asked: str | None, listed: Sequence[str]) -> Dates:
    """Compare at the precision both dates have; the nearest listed one counts."""
    if not asked or not asked[:YEAR].isdecimal():
        return "unknown"
    known = [date for date in listed if len(date) >= YEAR and date[:YEAR].isdecimal()]
    if not known:
        return "unknown"
    return min((_dates(asked, date) for date in known), key=NEAREST_FIRST.index)


def _dates(one: str, other: str) -> Dates:
    shared = min(len(one), len(other))
    if one[:shared] == other[:shared]:
        return "date_agrees" if shared > YEAR else "year_agrees"
    if sorted(one) == sorted(other) or _one_digit_apart(one, other):
        return "date_near"  # day and month exchanged, or a digit misread
    return "date_near" if abs(int(one[:YEAR]) - int(other[:YEAR])) <= 1 else "date_conflicts"


def _one_digit_apart(one: str, other: str) -> bool:
    same_length = len(one) == len(other) > YEAR
    return same_length and sum(a != b for a, b in zip(one, other, strict=True)) == 1
