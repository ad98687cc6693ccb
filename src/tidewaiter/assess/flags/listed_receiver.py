"""EUS-08: a listed party can be reached downstream of the buyer."""

from __future__ import annotations

from collections import defaultdict

import msgspec

from tidewaiter.assess.deliveries import Delivery
from tidewaiter.assess.pattern import Pattern, Receiver
from tidewaiter.screen.listings import status


class ListedReceiver(msgspec.Struct, frozen=True, kw_only=True):
    """What EUS-08 saw in one pattern.

    ``traced`` is the share (0-1) of the delivered amount that imports can have fed, as
    the mean over deliveries; ``hops`` counts the trade edges from the imported goods'
    supplier (2) or from the sender itself (1) to the listed party.
    """

    match_score: float
    by_identifier: bool
    hops: int
    traced: float
    in_force: bool
    matches: tuple[Receiver, ...]


def listed_receiver(pattern: Pattern) -> ListedReceiver:
    """A listed party receives, or is the stated end user of, goods the party sends on."""
    last = pattern.deliveries[-1].item.date_day
    return ListedReceiver(
        match_score=max(r.match.score for r in pattern.receivers),
        by_identifier=any(r.match.by_identifier for r in pattern.receivers),
        hops=2 if pattern.drawn else 1,
        traced=_traced_share(pattern),
        in_force=any(in_force(r, last) for r in pattern.receivers),
        matches=pattern.receivers,
    )


def in_force(receiver: Receiver, day: str) -> bool:
    """Whether one of the entry's listings was in force on ``day``; undated ones count."""
    return any(status(each, day) == "in_force" for each in receiver.entry.listings)


def _traced_share(pattern: Pattern) -> float:
    """Mean over deliveries of the part of their amount that imports can have fed."""
    fed: dict[str, int] = defaultdict(int)
    for pair in pattern.drawn:
        fed[pair.export_record] += pair.amount
    units = {pair.export_record: pair.unit for pair in pattern.drawn}
    shares = [
        _share(fed[d.item.record_id], _amount(d, units.get(d.item.record_id)))
        for d in pattern.deliveries
    ]
    return sum(shares) / len(shares)


def _share(fed: int, amount: int | None) -> float:
    return min(1.0, fed / amount) if amount else 0.0


def _amount(delivery: Delivery, unit: str | None) -> int | None:
    """The delivery's amount in the unit of the pool it was drawn from."""
    item = delivery.item
    declared = (item.unit or "").strip().lower()
    return item.quantity if unit == declared else item.net_kg
