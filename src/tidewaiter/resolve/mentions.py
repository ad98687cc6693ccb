"""Every way in which declarations and payments name a party, as one distinct list.

A mention is a dataset, an id, a name and a country as they stand in one cell group;
most rows repeat a mention, so everything costly is done once a mention.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

if TYPE_CHECKING:
    import ibis.expr.types as ir

ROLES = ("declarant", "consignor", "consignee", "end_user")
PAYMENT_ROLES = ("payer", "payee")
SEPARATOR = "\x1f"  # cannot stand in a cell that was read


def mention_key(rows: ir.Table, role: str) -> ir.StringValue:
    """The mention of ``role`` in each row of declarations, as one comparable string."""
    dataset = rows.record_id.split(":")[0]
    parts = [dataset, *(part.fill_null("") for part in _cells(rows, role))]
    return ibis.literal(SEPARATOR).join(parts)


def mentions(shipments: ir.Table, payments: ir.Table) -> ir.Table:
    """Distinct mentions: ``mention``, ``dataset``, ``id``, ``name``, ``country``."""
    named = [_of_role(shipments, role) for role in ROLES]
    named += [_of_role(payments, role) for role in PAYMENT_ROLES]
    return ibis.union(*named, distinct=True)


def _of_role(rows: ir.Table, role: str) -> ir.Table:
    party, name, country = _cells(rows, role)
    return rows.select(
        mention=mention_key(rows, role),
        dataset=rows.record_id.split(":")[0],
        id=party,
        name=name,
        country=country,
    ).filter(lambda t: t.name.notnull() | t.id.notnull())


def _cells(rows: ir.Table, role: str) -> tuple[ir.StringValue, ...]:
    """Id, name and country of a role; null where declarations have no such column."""
    absent = ibis.null().cast("string")
    columns = (f"{role}_id", f"{role}_name", f"{role}_country")
    return tuple(rows[c] if c in rows.columns else absent for c in columns)
