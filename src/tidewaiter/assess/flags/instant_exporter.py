"""NEW-02: priority goods days or weeks after registration."""

from __future__ import annotations

from datetime import timedelta

from tidewaiter.assess.flags.definition import Definition
from tidewaiter.assess.flags.outcome import Outcome, Sheet
from tidewaiter.assess.trader import Trader
from tidewaiter.model.dates import last_day

AMBER, RED, LARGE = 0.6, 0.85, 0.15  # strength by haste, and what a large value adds


def instant_exporter(trader: Trader, definition: Definition) -> Outcome:
    """First priority goods days or weeks after the firm was registered."""
    sheet = Sheet("NEW-02", trader, definition)
    registration, trades = trader.registration, trader.priority
    born = last_day(registration.incorporated_on or "") if registration else None
    if registration is None or born is None:
        return sheet.lacks("the day on which the firm was registered")
    if not trader.embargo.is_third(trader.party.country):
        return sheet.not_seen(f"a firm of {trader.party.country}, no third country")
    first = last_day(trades[0].item.date_day) if trades else None
    if first is None or born.isoformat() <= trader.embargo.since:
        return sheet.not_seen(f"registered {registration.incorporated_on}, before the embargo")
    days = (first - born).days
    end = (born + timedelta(days=sheet.limit("first_days"))).isoformat()
    early = [leg for leg in trades if leg.item.date_day <= end]
    usd = sum(leg.usd or 0 for leg in early if leg.inward) or sum(leg.usd or 0 for leg in early)
    if not 0 <= days <= sheet.limit("amber_days"):
        return sheet.not_seen(f"first priority goods {days} days after registration")
    strength = RED if days <= sheet.limit("red_days") else AMBER
    strength += LARGE if usd >= 100 * sheet.limit("large_usd") else 0
    rows = [registration.row.record_id, *(leg.item.record_id for leg in early)]
    return sheet.seen(strength, rows, days=days, usd=f"{usd // 100:,}")
