"""LNK-04: the firm's buyers in the target state are those of listed suppliers."""

from __future__ import annotations

from math import log1p

from tidewaiter.assess.flags.definition import Definition
from tidewaiter.assess.flags.outcome import Outcome, Sheet
from tidewaiter.assess.trader import SharedBuyer, Trader
from tidewaiter.goods.controlled import is_watched

WHOLE = 0.5  # score from which the flag has its full strength


def shared_buyers(trader: Trader, definition: Definition) -> Outcome:
    """Shares buyers in the target state with suppliers that are already listed."""
    sheet = Sheet("LNK-04", trader, definition)
    if not trader.outward_seen:
        return sheet.lacks("shipments that leave the firm's country")
    shared = sorted(trader.buyers, key=lambda each: (-_weight(each), each.buyer))
    score = sum(_weight(each) for each in shared)
    if not shared or score < sheet.limit("least_score"):
        return sheet.not_seen(f"{_common(shared)} with listed suppliers, score {score:.2f}")
    best = shared[0]
    buyers = {each.buyer for each in shared}
    rows = [
        leg.item.record_id
        for leg in trader.to_target
        if leg.partner in buyers and is_watched(leg.item.hs_code)
    ]
    return sheet.seen(
        score / WHOLE,
        rows,
        buyer=best.name,
        listed=len(best.listed),
        suppliers="supplier" if len(best.listed) == 1 else "suppliers",
        all=best.suppliers,
        score=f"{score:.2f}",
    )


def _common(shared: list[SharedBuyer]) -> str:
    number = sum(bool(each.listed) for each in shared)
    return f"{number} buyer shared" if number == 1 else f"{number or 'no'} buyers shared"


def _weight(shared: SharedBuyer) -> float:
    """The listed share of a buyer's suppliers; a buyer that everybody has says little."""
    return len(shared.listed) / shared.suppliers / log1p(shared.suppliers) if shared.listed else 0.0
