"""Each shipment as seen by its holder: what came in, what went out, from or to whom.

A consignment between two countries may be declared twice, where it leaves and where it
arrives. Counting both would double every stock, so each side is taken from its own
customs where any of its declarations are in the data, and else from the other's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tidewaiter.resolve.mentions import mention_key
from tidewaiter.trace.shipments import INWARD, OUTWARD, is_moved

if TYPE_CHECKING:
    import ibis.expr.types as ir


def legs(shipments: ir.Table, parties: ir.Table) -> ir.Table:
    """The columns of ``shipments`` with ``holder`` and ``inward``, a row a side.

    ``parties`` maps ``mention`` to ``party_id``; a side that nobody is named for is
    left out.
    """
    return ibis.union(
        _side(shipments, parties, inward=True), _side(shipments, parties, inward=False)
    )


def borders(shipments: ir.Table) -> ir.Table:
    """The countries whose customs speak in the data: ``country``, ``inward``, once each."""
    came = shipments.filter(shipments.procedure.isin(INWARD))
    went = shipments.filter(shipments.procedure.isin(OUTWARD))
    return ibis.union(
        came.select(country=came.consignee_country, inward=ibis.literal(True)),  # noqa: FBT003
        went.select(country=went.consignor_country, inward=ibis.literal(False)),  # noqa: FBT003
        distinct=True,
    )


def _side(shipments: ir.Table, parties: ir.Table, *, inward: bool) -> ir.Table:
    role, country = (
        ("consignee", "consignee_country") if inward else ("consignor", "consignor_country")
    )
    own, others = (INWARD, OUTWARD) if inward else (OUTWARD, INWARD)
    seen = borders(shipments).filter(lambda t: t.inward == inward).select(speaks="country")
    sure = shipments.filter(shipments.procedure.isin(own) | is_moved(shipments))
    told = shipments.filter(shipments.procedure.isin(others))
    told = told.anti_join(seen, told[country] == seen.speaks)
    rows = ibis.union(sure, told)
    rows = rows.mutate(mention=mention_key(rows, role), inward=ibis.literal(inward))
    return rows.inner_join(parties, "mention").rename(holder="party_id").drop("mention")
