"""NOM-04: one owner on both sides of the border."""

from __future__ import annotations

from tidewaiter.assess.flags.definition import Definition
from tidewaiter.assess.flags.outcome import Outcome, Sheet
from tidewaiter.assess.trader import SharedOwner, Trader
from tidewaiter.goods.controlled import is_watched

WATCHED, OTHER = 1.0, 0.3  # strength by what is delivered: groups trade furniture, too


def same_owner(trader: Trader, definition: Definition) -> Outcome:
    """Third-country exporter and buyer in the target state share an owner."""
    sheet = Sheet("NOM-04", trader, definition)
    if not trader.owners_known:
        return sheet.lacks("the owners of the firm")
    least = sheet.limit("least_share")
    shared = [each for each in trader.owners if _reaches(each, least)]
    if not shared:
        return sheet.not_seen("no owner of both firms in view")
    best = shared[0]
    sent = [leg for leg in trader.to_target if leg.partner == best.buyer]
    if not sent:
        return sheet.not_seen("nothing is delivered to the firm of the same owner")
    watched = any(is_watched(leg.item.hs_code) for leg in sent)
    rows = [row.record_id for each in shared for row in each.rows]
    rows += [leg.item.record_id for leg in sent]
    return sheet.seen(
        WATCHED if watched else OTHER,
        rows,
        owner=best.owner,
        own=f"{best.own:g}",
        theirs=f"{best.theirs:g}",
        buyer=sent[0].item.consignee_name,
        goods="watched goods" if watched else "goods that no list watches",
    )


def _reaches(shared: SharedOwner, least: float) -> bool:
    """Both shares are told and large enough; what is not told proves nothing."""
    return (shared.own or 0) >= least and (shared.theirs or 0) >= least
