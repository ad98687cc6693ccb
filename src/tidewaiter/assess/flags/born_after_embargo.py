"""NEW-01: a firm younger than the embargo that deals in priority goods."""

from __future__ import annotations

from tidewaiter.assess.flags.definition import Definition
from tidewaiter.assess.flags.outcome import Outcome, Sheet
from tidewaiter.assess.trader import Leg, Trader
from tidewaiter.goods.controlled import is_first_tier
from tidewaiter.model.dates import last_day

DAYS_A_MONTH = 365.25 / 12
CITED = 5  # first trades that are cited


def born_after_embargo(trader: Trader, definition: Definition) -> Outcome:
    """Firm outside the coalition, created after the embargo, deals in priority goods."""
    sheet = Sheet("NEW-01", trader, definition)
    registration, trades = trader.registration, trader.priority
    born = last_day(registration.incorporated_on or "") if registration else None
    if registration is None or born is None:
        return sheet.lacks("the day on which the firm was registered")
    if not trader.embargo.is_third(trader.party.country):
        return sheet.not_seen(f"a firm of {trader.party.country}, no third country")
    if not trades:
        return sheet.not_seen("no priority goods in view")
    share = first_tier_share(trader.legs)
    if share is None:
        return sheet.lacks("exchange rates for its trade")
    first = last_day(trades[0].item.date_day)
    age = (first - born).days / DAYS_A_MONTH if first else 0.0
    words = {"born": registration.incorporated_on, "age": f"{age:.0f}", "share": f"{share:.0f}"}
    late = born.isoformat() > trader.embargo.since
    if not late or age > sheet.limit("age_months") or share < sheet.limit("least_share"):
        return sheet.not_seen(
            f"registered {words['born']}, first priority goods after {words['age']} months, "
            f"tiers 1 and 2 {words['share']} % of its trade"
        )
    rows = [registration.row.record_id, *(leg.item.record_id for leg in trades[:CITED])]
    return sheet.seen(1.0, rows, first=trades[0].item.date, **words)


def first_tier_share(legs: tuple[Leg, ...]) -> float | None:
    """Per cent of the trade in view, by value, in tiers 1 and 2; ``None`` without values."""
    every = sum(leg.usd or 0 for leg in legs)
    tiers = sum(leg.usd or 0 for leg in legs if is_first_tier(leg.item.hs_code))
    return 100 * tiers / every if every else None
