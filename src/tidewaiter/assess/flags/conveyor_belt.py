"""RXP-02: nearly everything that is imported leaves for the target state."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
from scipy.special import betaincinv

from tidewaiter.assess.flags.definition import Definition
from tidewaiter.assess.flags.outcome import Outcome, Sheet
from tidewaiter.assess.trader import Leg, Trader, first_of_months
from tidewaiter.goods.controlled import is_priority

PRIOR = 0.5  # Jeffreys: half a success and half a failure


class Window(msgspec.Struct, frozen=True):
    """Twelve months of priority goods: what came in and what left for the target."""

    came: tuple[Leg, ...]
    went: tuple[Leg, ...]
    ratio: float
    bound: float


def conveyor_belt(trader: Trader, definition: Definition) -> Outcome:
    """Nearly everything imported of priority goods leaves for the target state."""
    sheet = Sheet("RXP-02", trader, definition)
    came = [leg for leg in trader.inward if is_priority(leg.item.hs_code)]
    went = [leg for leg in trader.to_target if is_priority(leg.item.hs_code)]
    if not trader.outward_seen:
        return sheet.lacks("shipments that leave the firm's country")
    if not came or not went:
        return sheet.not_seen(f"{len(came)} imports and {len(went)} deliveries of priority goods")
    if not any(leg.usd for leg in came) or not any(leg.usd for leg in went):
        return sheet.lacks("exchange rates for its trade")
    best = max(
        (_window(start, came, went, sheet) for start in first_of_months(came)),
        key=lambda window: (window.bound, window.ratio),
    )
    words = {"ratio": f"{best.ratio:.0f}", "imports": len(best.came), "bound": f"{best.bound:.0f}"}
    enough = len(best.came) >= sheet.limit("least_imports")
    high = best.ratio >= sheet.limit("least_ratio") and best.bound >= sheet.limit("least_bound")
    if not (enough and high):
        return sheet.not_seen(
            f"{words['ratio']} % of {words['imports']} imports, lower bound {words['bound']} %"
        )
    rows = [leg.item.record_id for leg in (*best.came, *best.went)]
    return sheet.seen(best.bound / 100, rows, first=best.came[0].item.date, **words)


def _window(start: Leg, came: list[Leg], went: list[Leg], sheet: Sheet) -> Window:
    """Twelve months from the day of an import on."""
    first = date.fromisoformat(start.item.date_day)
    last = (first + timedelta(days=sheet.limit("window_days"))).isoformat()
    inside = [leg for leg in came if first.isoformat() <= leg.item.date_day <= last]
    left = [leg for leg in went if first.isoformat() <= leg.item.date_day <= last]
    total = sum(leg.usd or 0 for leg in inside)
    ratio = sum(leg.usd or 0 for leg in left) / total if total else 0.0
    bound = lower_bound(min(1.0, ratio), len(inside), sheet.limit("confidence") / 100)
    return Window(tuple(inside), tuple(left), 100 * ratio, 100 * bound)


def lower_bound(ratio: float, imports: int, confidence: float) -> float:
    """The share that the true one exceeds with this credibility, each import one trial."""
    passed = ratio * imports
    return float(betaincinv(PRIOR + passed, PRIOR + imports - passed, 1 - confidence))
