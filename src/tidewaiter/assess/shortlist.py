"""Which parties the flags look at, and the rows they need: set-based, in the engine.

The conditions are wider than those of any flag: a party that is left out here trades no
watched goods, or only with the coalition and the target among themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tidewaiter.assess.deliveries import SHOWN
from tidewaiter.goods.controlled import SUBHEADING, parts, watched
from tidewaiter.resolve.mentions import mention_key

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tidewaiter.goods.embargo import Embargo

FEW_PARTS = 6  # subheadings of drone parts that make an importer worth a look


def traders(legs: ir.Table, parties: ir.Table, companies: ir.Table, embargo: Embargo) -> ir.Table:
    """``party_id`` of the parties in third countries that are worth a look.

    They trade watched goods, and either send some to the target, or are younger than the
    embargo, or import many drone parts.

    ``parties`` holds ``party_id`` and ``country``. Watched goods are those of
    :func:`tidewaiter.goods.controlled.watched`.
    """
    code = legs.hs_code.substr(0, SUBHEADING)
    held = legs.filter(code.isin(sorted(watched())))
    sending = _to_target(held, embargo).select(party_id="holder")
    young = companies.filter(companies.incorporated_on_day > ibis.date(embargo.since))
    fresh = held.semi_join(young, held.holder == young.record_id).select(party_id="holder")
    bought = held.filter(held.inward & code.isin(sorted(parts())))
    kinds = bought.group_by("holder").aggregate(
        kinds=bought.hs_code.substr(0, SUBHEADING).nunique()
    )
    broad = kinds.filter(kinds.kinds >= FEW_PARTS).select(party_id="holder")
    third = parties.filter(
        parties.country.notnull()
        & parties.country.notin(sorted(embargo.target | embargo.coalition))
    )
    return ibis.union(sending, fresh, broad, distinct=True).semi_join(third, "party_id")


def _to_target(legs: ir.Table, embargo: Embargo) -> ir.Table:
    """Outward legs to the target state since the embargo."""
    late = legs.date_day >= ibis.date(embargo.since)
    there = legs.consignee_country.isin(sorted(embargo.target))
    return legs.filter(~legs.inward & late & there)


def deliveries_to_target(legs: ir.Table, embargo: Embargo) -> ir.Table:
    """Who supplies whom in the target with watched goods: ``holder``, ``partner``, once."""
    code = legs.hs_code.substr(0, SUBHEADING)
    rows = _to_target(legs.filter(code.isin(sorted(watched()))), embargo)
    return rows.select("holder", "partner").distinct().order_by(["partner", "holder"])


def buyers_in_target(legs: ir.Table, embargo: Embargo) -> ir.Table:
    """``partner`` of every leg to the target since the embargo, once."""
    return _to_target(legs, embargo).select("partner").distinct().order_by("partner")


def with_partner(legs: ir.Table, parties: ir.Table) -> ir.Table:
    """Legs with the ``partner`` that sent or received them."""
    other = ibis.ifelse(legs.inward, mention_key(legs, "consignor"), mention_key(legs, "consignee"))
    rows = legs.mutate(mention=other)
    return rows.inner_join(parties, "mention").rename(partner="party_id").drop("mention")


def shown(index: ir.Table, shipments: ir.Table, chosen: ir.Table) -> ir.Table:
    """The legs of the chosen parties (``party_id``) as they are shown, in order of date.

    ``index`` says by ``record_id`` who held what with whom.
    """
    own = index.semi_join(chosen, index.holder == chosen.party_id)
    rows = shipments.select(*SHOWN).inner_join(
        own.select("record_id", "holder", "partner", "inward"), "record_id"
    )
    return rows.select(*SHOWN, "holder", "partner", "inward").order_by(
        ["holder", "date_day", "record_id", "inward"]
    )
