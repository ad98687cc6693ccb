"""What besides the name speaks for or against a pair: country, address, birth date.

Each answers agrees, conflicts or unknown. They refine a score by small steps and never
veto it silently: what conflicts is always told.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from tidewaiter.model.country import country_code
from tidewaiter.screen.places import Verdict, Where, verdict
from tidewaiter.screen.records import Listed, Query
from tidewaiter.screen.rules import rules
from tidewaiter.text.clean import clean, words

YEAR = 4  # characters
SHORTEST_TOWN = 4


class Surroundings(msgspec.Struct, frozen=True):
    """The verdict on each thing besides the name, and on dates a step of the score."""

    country: Verdict
    address: Verdict
    birth_date: Verdict
    birth_date_step: float

    def step(self) -> float:
        """What is taken from the score (negative: added), names apart."""
        figures = rules()
        agreeing = (self.country, self.address, self.birth_date).count("agrees")
        against = figures.country_conflict if self.country == "conflicts" else 0.0
        return against + self.birth_date_step - agreeing * figures.agreement


def surroundings(query: Query, listed: Listed, place: Where) -> Surroundings:
    """Compare what is known of both besides names and numbers."""
    dates, step = _birth_dates(query.birth_date, listed.birth_dates)
    return Surroundings(
        country=_countries(query.country, place),
        address=_addresses(query.address, place),
        birth_date=dates,
        birth_date_step=step,
    )


def _countries(asked: str | None, place: Where) -> Verdict:
    code = country_code(asked) if asked else None
    if code is None or not place.known_countries():
        return "unknown"
    return "agrees" if code in place.known_countries() else "conflicts"


def _addresses(asked: str | None, place: Where) -> Verdict:
    """Agrees if two long words are shared; addresses differ too freely to conflict."""
    if not asked or not place.words:
        return "unknown"
    long = [w for w in dict.fromkeys(words(clean(asked))) if len(w) >= SHORTEST_TOWN]
    shared = sum(1 for w in long if w.isalpha() and verdict(w, place) == "agrees")
    return "agrees" if shared > 1 else "unknown"


def _birth_dates(asked: str | None, listed: Sequence[str]) -> tuple[Verdict, float]:
    """Compare at the precision both dates have; the nearest listed one counts."""
    if not asked or not asked[:YEAR].isdecimal():
        return "unknown", 0.0
    known = [date for date in listed if len(date) >= YEAR and date[:YEAR].isdecimal()]
    if not known:
        return "unknown", 0.0
    figures = rules()
    steps = [_date_step(asked, date) for date in known]
    if min(steps) == 0:
        return "agrees", 0.0
    near = min(steps) == 1
    return "conflicts", figures.birth_date_near if near else figures.birth_date_conflict


def _date_step(one: str, other: str) -> int:
    """0 equal as far as both go, 1 within a year of each other, 2 farther apart."""
    shared = min(len(one), len(other))
    if one[:shared] == other[:shared]:
        return 0
    return 1 if abs(int(one[:YEAR]) - int(other[:YEAR])) <= 1 else 2
