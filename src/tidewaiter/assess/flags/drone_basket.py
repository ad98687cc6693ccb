"""KIT-01: one importer buys every part that a drone needs."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from statistics import median

import msgspec

from tidewaiter.assess.flags.definition import Definition
from tidewaiter.assess.flags.outcome import Outcome, Sheet
from tidewaiter.assess.trader import Leg, Trader, first_of_months
from tidewaiter.goods.controlled import SUBHEADING, parts

ALL_CLASSES = 9
COVERED, AGREEING = 0.5, 0.5  # strength of the classes alone, and of kit ratios
GREATEST_PER_KIT = 8


class Basket(msgspec.Struct, frozen=True):
    """Twelve months of imports: the legs by class of part, and which are in kit ratio."""

    legs: tuple[Leg, ...]
    classes: tuple[str, ...]
    agreeing: tuple[str, ...]


def drone_basket(trader: Trader, definition: Definition) -> Outcome:
    """One importer's purchases cover the parts that an unmanned aircraft needs."""
    sheet = Sheet("KIT-01", trader, definition)
    bought = [leg for leg in trader.inward if leg.item.hs_code[:SUBHEADING] in parts()]
    if not bought:
        return sheet.not_seen("no drone parts are imported")
    best = max(
        (_basket(start, bought, sheet) for start in first_of_months(bought)),
        key=lambda basket: (len(basket.classes), len(basket.agreeing)),
    )
    if len(best.classes) < sheet.limit("least_classes"):
        return sheet.not_seen(f"{len(best.classes)} of {ALL_CLASSES} classes in twelve months")
    if not any(leg.item.quantity for leg in best.legs):
        return sheet.lacks("quantities")
    kit = len(best.agreeing) >= sheet.limit("least_agreeing")
    strength = COVERED * len(best.classes) / ALL_CLASSES + (AGREEING if kit else 0)
    return sheet.seen(
        strength,
        [leg.item.record_id for leg in best.legs],
        first=best.legs[0].item.date,
        classes=len(best.classes),
        names=", ".join(best.classes),
        agreeing=len(best.agreeing),
        agreement=f"Of them, {len(best.agreeing)} agree with the count of one kit.",
    )


def _basket(start: Leg, bought: list[Leg], sheet: Sheet) -> Basket:
    first = date.fromisoformat(start.item.date_day)
    last = (first + timedelta(days=sheet.limit("window_days"))).isoformat()
    inside = [leg for leg in bought if first.isoformat() <= leg.item.date_day <= last]
    counts: dict[str, float] = defaultdict(float)
    for leg in inside:
        counts[parts()[leg.item.hs_code[:SUBHEADING]]] += leg.item.quantity or 0
    return Basket(tuple(inside), tuple(sorted(counts)), _agreeing(counts, sheet.limit("tolerance")))


def _agreeing(counts: dict[str, float], tolerance: float) -> tuple[str, ...]:
    """The classes whose count is a small whole multiple of the number of kits.

    The number of kits is taken to be the median of the lower half of the counts: a kit
    has one of most parts.
    """
    ranked = sorted(count for count in counts.values() if count)
    kits = median(ranked[: max(1, (len(ranked) + 1) // 2)]) if ranked else 0
    return tuple(
        name for name in sorted(counts) if kits and _is_multiple(counts[name], kits, tolerance)
    )


def _is_multiple(count: float, kits: float, tolerance: float) -> bool:
    times = round(count / kits)
    near = abs(count - times * kits) * 100 <= tolerance * kits
    return 1 <= times <= GREATEST_PER_KIT and near
