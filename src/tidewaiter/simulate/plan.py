"""What world is asked for. The same plan gives the same bytes."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Literal

import msgspec

from tidewaiter.errors import UsageError

Difficulty = Literal["easy", "medium", "hard"]
DIFFICULTIES: tuple[Difficulty, ...] = ("easy", "medium", "hard")
FIRMS_AT_3000 = 400  # firms of a world of 3,000 declarations; a larger world trades more a firm
GROWTH = 0.7
LEAST, LEAST_FIRMS = 500, 100  # with fewer firms some goods have no maker, and nobody trades
BEFORE, AFTER = 400, 850  # days that schemes and look-alikes take about the regime date


class Part(msgspec.Struct, frozen=True):
    """One scheme to be played: its kind and how hard it is to see."""

    kind: str
    difficulty: Difficulty


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A world to be made.

    ``declarations`` is the number of customs rows, met to about one per cent (more where
    the schemes alone take more); ``firms`` the number of lawful firms (0: in
    proportion); ``names_seed`` draws the names alone, so that the same world can be told
    under other names; dates are ISO 8601 days.
    """

    seed: int = 1
    names_seed: int | None = None
    declarations: int = 3_000
    firms: int = 0
    start: str = "2021-01-01"
    end: str = "2024-06-30"
    regime_date: str = "2022-02-24"
    schemes: tuple[Part, ...] = ()
    decoys: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """How many lawful firms there are."""
        wanted = FIRMS_AT_3000 * (self.declarations / 3_000) ** GROWTH
        return self.firms or max(LEAST_FIRMS, round(wanted))


def day_number(day: str) -> int:
    """Days since 1970-01-01."""
    return (datetime.date.fromisoformat(day) - datetime.date(1970, 1, 1)).days


def iso(number: int) -> str:
    """The day with this number, ISO 8601."""
    return (datetime.date(1970, 1, 1) + datetime.timedelta(days=int(number))).isoformat()


def checked(plan: Plan, schemes: Iterable[str], decoys: Iterable[str]) -> Plan:
    """The plan, or a :class:`UsageError` that says what cannot be made."""
    known, alike = set(schemes), set(decoys)
    for kind in sorted({part.kind for part in plan.schemes} - known):
        raise _refused(f"there is no scheme called {kind}", f"the schemes are: {_listed(known)}")
    for kind in sorted(set(plan.decoys) - alike):
        raise _refused(f"there is no look-alike called {kind}", f"they are: {_listed(alike)}")
    if plan.declarations < LEAST:
        raise _refused(
            f"{plan.declarations} declarations are too few for a world",
            f"ask for at least {LEAST}",
        )
    if plan.size < LEAST_FIRMS:
        raise _refused(
            f"{plan.firms} firms are too few for a world",
            f"ask for at least {LEAST_FIRMS}, or 0 for a number in proportion",
        )
    _check_days(plan)
    return plan


def _check_days(plan: Plan) -> None:
    """Whatever is played begins and ends within the world."""
    start, regime, end = (day_number(day) for day in (plan.start, plan.regime_date, plan.end))
    room = (regime - start, end - regime)
    least = (BEFORE, AFTER) if plan.schemes or plan.decoys else (0, 0)
    if room[0] < least[0] or room[1] < least[1]:
        raise _refused(
            f"{room[0]} days before the regime date and {room[1]} after it leave no room",
            f"begin at least {least[0]} days before {plan.regime_date} and end {least[1]} after",
        )


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names))


def _refused(what: str, next_step: str) -> UsageError:
    return UsageError(what, where="the plan of the world", next_step=next_step)
