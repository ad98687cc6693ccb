"""The rules of ``regimes.yml`` and of a user's own file: which holds on a day."""

from __future__ import annotations

import datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Literal

import msgspec
import msgspec.yaml

from tidewaiter.errors import BadDataError

Test = Literal["at_least", "more_than"]
Aggregate = Literal["all", "each"]
Interest = Literal["shares", "votes"]
State = Literal["in_force", "suspended"]

WHOLE = 1_000_000  # parts of a company, as stakes are counted
PERCENT = WHOLE // 100


class Rule(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"start": "from"}
):
    """One rule and the days on which it holds; see the file."""

    start: datetime.date | None = None
    to: datetime.date | None = None
    state: State
    test: Test
    share: float
    aggregate: Aggregate
    interests: tuple[Interest, ...]
    source: str
    confirm: str | None = None

    def holds_on(self, day: datetime.date) -> bool:
        """Whether ``day`` is one of its days."""
        return (self.start is None or self.start <= day) and (self.to is None or day <= self.to)

    @property
    def needed(self) -> int:
        """The smallest sum of parts per million that meets the test."""
        least = round(self.share * PERCENT)
        return least if self.test == "at_least" else least + 1


class Regime(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Rules under one law; ``lists`` begin the ids of lists whose entries are in scope.

    ``measures`` are those in scope of these lists. ``control`` and ``unknown_share`` say in
    words what the rule makes of control without the share, and of a share that is not known.
    """

    id: str
    title: str
    law: str
    lists: tuple[str, ...]
    measures: tuple[str, ...]
    effect: str
    control: str
    unknown_share: str | None = None
    rules: tuple[Rule, ...]

    def rule(self, day: datetime.date) -> Rule | None:
        """The rule of a day; ``None`` where there is none."""
        return next((rule for rule in self.rules if rule.holds_on(day)), None)

    def covers(self, list_id: str, measure: str) -> bool:
        """Whether a listing is in scope."""
        return measure in self.measures and any(
            list_id == each or list_id.startswith(f"{each}_") for each in self.lists
        )


class Regimes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``sources``: key -> citation; the regimes in the order of the file."""

    sources: dict[str, str]
    regimes: tuple[Regime, ...]


@cache
def _delivered() -> Regimes:
    text = resources.files(__package__).joinpath("regimes.yml").read_text("utf-8")
    return _checked(msgspec.yaml.decode(text, type=Regimes), "regimes.yml")


def regimes(own: Path | None = None) -> Regimes:
    """The rules as delivered, those of a user's own file in place of or beside them.

    ``BadDataError`` for a file that does not follow the format.
    """
    if own is None:
        return _delivered()
    try:
        more = _checked(msgspec.yaml.decode(own.read_text("utf-8"), type=Regimes), str(own))
    except (OSError, UnicodeDecodeError, msgspec.DecodeError) as problem:
        raise BadDataError(
            f"the rules cannot be read: {problem}",
            where=str(own),
            next_step="follow the example in docs/guide/ownership.md",
        ) from problem
    known = {each.id: each for each in (*_delivered().regimes, *more.regimes)}
    return Regimes(_delivered().sources | more.sources, tuple(known.values()))


def _checked(found: Regimes, where: str) -> Regimes:
    """Every rule cites a source, and no day has two."""
    for regime in found.regimes:
        for rule in regime.rules:
            if rule.source not in found.sources:
                raise _bad(where, regime, f"the source {rule.source!r} is not given")
            if not 0 < rule.share <= 100 or not rule.interests:  # noqa: PLR2004  (percent)
                raise _bad(where, regime, "a rule needs a share of 0 to 100 percent and interests")
        days = [(r.start or datetime.date.min, r.to or datetime.date.max) for r in regime.rules]
        pairs = zip(sorted(days), sorted(days)[1:], strict=False)
        if any(end >= start for (_, end), (start, _) in pairs):
            raise _bad(where, regime, "two of its rules hold on one day")
    return found


def _bad(where: str, regime: Regime, problem: str) -> BadDataError:
    return BadDataError(
        f"regime {regime.id}: {problem}", where=where, next_step="mend the file and ask again"
    )
