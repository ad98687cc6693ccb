"""Findings that share parties and goods become one lead with roles, not several.

A lead is about one firm, its focus: the party that sends to listed parties, or the one
that flags were raised on. A flagged firm in a third country that supplied the focus with
watched goods joins as an intermediary, unless its own findings weigh more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import msgspec

from tidewaiter.assess import weigh
from tidewaiter.assess.flags.listed_receiver import ListedReceiver, listed_receiver
from tidewaiter.assess.flags.outcome import Outcome
from tidewaiter.assess.pattern import Pattern
from tidewaiter.assess.trader import Trader
from tidewaiter.goods.controlled import is_watched


class Delivered(msgspec.Struct, frozen=True, kw_only=True):
    """A pattern and what EUS-08 sees in it."""

    pattern: Pattern
    seen: ListedReceiver


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """What one lead is about. ``outcomes`` are those seen, of the focus first.

    ``tested`` holds the focus's answers that are not "seen"; ``traders`` the focus and
    the intermediaries.
    """

    focus: Trader
    delivered: tuple[Delivered, ...]
    outcomes: tuple[Outcome, ...]
    tested: tuple[Outcome, ...]
    intermediaries: tuple[Trader, ...]

    @property
    def points(self) -> list[int]:
        """Points of each pattern and then of each outcome; they add up to the score."""
        every = [("EUS-08", weigh.listed_receiver_points(d.seen)) for d in self.delivered]
        unlinked = self.unlinked
        every += [(o.flag_id, weigh.outcome_points(o, unlinked=unlinked)) for o in self.outcomes]
        return weigh.capped(every)

    @property
    def score(self) -> int:
        """The score, 0-100."""
        return sum(self.points)

    @property
    def unlinked(self) -> bool:
        """Whether the border is in view and no watched goods are seen to leave for the target."""
        everyone = (self.focus, *self.intermediaries)
        return (
            self.focus.outward_seen
            and not self.delivered
            and not any(trader.linked for trader in everyone)
        )


def groups(
    patterns: Iterable[Pattern],
    traders: Mapping[str, Trader],
    outcomes: Mapping[str, tuple[Outcome, ...]],
) -> list[Group]:
    """Every group with something seen, by party."""
    sent: dict[str, list[Delivered]] = defaultdict(list)
    for pattern in patterns:
        made = Delivered(pattern=pattern, seen=listed_receiver(pattern))
        sent[pattern.sender.party_id].append(made)
    alone = {
        name: _group(traders[name], sent[name], outcomes.get(name, ()), [])
        for name in sorted(traders)
        if sent[name] or any(o.state == "seen" for o in outcomes.get(name, ()))
    }
    joins = _joins(alone)
    return [
        _group(group.focus, list(group.delivered), outcomes.get(name, ()), joins[name])
        for name, group in alone.items()
        if name not in {each.focus.party.party_id for members in joins.values() for each in members}
    ]


def _joins(alone: Mapping[str, Group]) -> dict[str, list[Group]]:
    """Which groups join which: a supplier joins the strongest firm that it supplied."""
    rank = {name: (group.score, name) for name, group in alone.items()}
    better: dict[str, str] = {}
    for name, group in alone.items():
        for supplier in _suppliers(group.focus):
            if supplier not in alone or alone[supplier].delivered or supplier == name:
                continue
            if rank[name] > rank[supplier] and rank[name] > rank[better.get(supplier, supplier)]:
                better[supplier] = name
    found: dict[str, list[Group]] = defaultdict(list)
    for supplier in sorted(better):
        head = better[supplier]
        while head in better:
            head = better[head]
        found[head].append(alone[supplier])
    return found


def _suppliers(trader: Trader) -> set[str]:
    """Firms in third countries that supplied watched goods since the embargo."""
    return {
        leg.partner
        for leg in trader.inward
        if leg.item.date_day >= trader.embargo.since
        and is_watched(leg.item.hs_code)
        and trader.embargo.is_third(leg.partner_country)
    }


def _group(
    focus: Trader, delivered: list[Delivered], answers: tuple[Outcome, ...], joined: list[Group]
) -> Group:
    seen = [o for o in answers if o.state == "seen"]
    seen += [o for group in joined for o in group.outcomes]
    return Group(
        focus=focus,
        delivered=tuple(delivered),
        outcomes=tuple(seen),
        tested=tuple(o for o in answers if o.state != "seen"),
        intermediaries=tuple(group.focus for group in joined),
    )
