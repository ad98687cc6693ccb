"""RXP-01: as many pieces as came in go on to the target state."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import msgspec

from tidewaiter.assess.deliveries import Item
from tidewaiter.assess.flags.definition import Definition
from tidewaiter.assess.flags.outcome import Outcome, Sheet
from tidewaiter.assess.trader import Trader
from tidewaiter.goods.controlled import SUBHEADING, is_watched
from tidewaiter.model.money import QUANTITY_PLACES, plain

ONCE, EACH_FURTHER = 0.7, 0.15  # strength of one equal pair, and of each one more
THOUSANDTHS = 1000


class EqualCounts(msgspec.Struct, frozen=True):
    """An import and the export that followed it with the same count."""

    came: Item
    went: Item


def same_count(trader: Trader, definition: Definition) -> Outcome:
    """Firm receives N pieces of watched goods and forwards N pieces to the target state."""
    sheet = Sheet("RXP-01", trader, definition)
    came = [leg.item for leg in trader.inward if is_watched(leg.item.hs_code)]
    went = [leg.item for leg in trader.to_target if is_watched(leg.item.hs_code)]
    if not trader.outward_seen:
        return sheet.lacks("shipments that leave the firm's country")
    if not came or not went:
        return sheet.not_seen(f"{len(came)} imports and {len(went)} deliveries of watched goods")
    if not any(item.quantity for item in came) or not any(item.quantity for item in went):
        return sheet.lacks("quantities")
    pairs = equal_counts(came, went, sheet)
    if not pairs:
        return sheet.not_seen("no equal counts within the days")
    rows = [record for pair in pairs for record in (pair.came.record_id, pair.went.record_id)]
    one = pairs[0]
    example = (
        f"{plain(one.came.quantity or 0, QUANTITY_PLACES)} {one.came.unit or 'units'} of "
        f"{one.came.hs_code[:SUBHEADING]} in on {one.came.date}, "
        f"{plain(one.went.quantity or 0, QUANTITY_PLACES)} out on {one.went.date}"
    )
    times = "once" if len(pairs) == 1 else f"{len(pairs)} times"
    strength = ONCE + EACH_FURTHER * (len(pairs) - 1)
    return sheet.seen(strength, rows, times=times, example=example)


def equal_counts(came: list[Item], went: list[Item], sheet: Sheet) -> list[EqualCounts]:
    """Pairs of rows, each used once, the earliest export first for each import."""
    left: dict[str, list[Item]] = defaultdict(list)
    for item in went:
        left[item.hs_code[:SUBHEADING]].append(item)
    found = []
    for item in came:
        same = left[item.hs_code[:SUBHEADING]]
        fitting = next((other for other in same if _fits(item, other, sheet)), None)
        if fitting is not None:
            same.remove(fitting)
            found.append(EqualCounts(item, fitting))
    return found


def _fits(came: Item, went: Item, sheet: Sheet) -> bool:
    if came.unit != went.unit or not came.quantity or not went.quantity:
        return False
    days = (date.fromisoformat(went.date_day) - date.fromisoformat(came.date_day)).days
    near = abs(came.quantity - went.quantity) * 100 <= sheet.limit("tolerance") * came.quantity
    count = came.quantity / THOUSANDTHS
    odd = count >= sheet.limit("least_count") and count % sheet.limit("round_to") != 0
    return near and odd and 0 <= days <= sheet.limit("within_days")
