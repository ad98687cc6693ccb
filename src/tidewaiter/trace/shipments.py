"""Declarations and movements as one table: every paper that says what went to whom.

Inside a customs union goods move without a declaration; what is left is an e-invoice, a
tax application or a transport note. Such a row has its kind as its procedure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

if TYPE_CHECKING:
    import ibis.expr.types as ir

INWARD = ("import",)
OUTWARD = ("export", "re-export")
DECLARED = ("import", "export", "re-export", "transit")
COLUMNS = (
    "record_id", "source_id", "locator", "date", "date_day", "procedure",
    "declarant_id", "declarant_name", "consignor_id", "consignor_name", "consignor_country",
    "consignee_id", "consignee_name", "consignee_country", "dispatch_country",
    "destination_country", "origin_country", "hs_code", "description", "quantity", "unit",
    "net_kg", "value", "currency", "part_numbers", "manufacturer", "end_user_name", "end_use",
)  # fmt: skip
OF_MOVEMENTS = {
    "procedure": "kind",
    "dispatch_country": "from_country",
    "destination_country": "to_country",
}


def shipments(declarations: ir.Table, movements: ir.Table) -> ir.Table:
    """Rows of both with ``COLUMNS``; what a movement lacks is null.

    A movement without goods or value says nothing that can be followed and is left out.
    """
    told = movements.hs_code.notnull() & movements.value.notnull() & movements.currency.notnull()
    rows = movements.filter(told)
    kinds = declarations.schema()
    moved = {}
    for name in COLUMNS:
        given = OF_MOVEMENTS.get(name, name)
        column = rows[given] if given in rows.columns else ibis.null()
        moved[name] = column.cast(kinds[name])
    return ibis.union(declarations.select(*COLUMNS), rows.select(**moved))


def is_moved(rows: ir.Table) -> ir.BooleanValue:
    """Whether a row is a movement."""
    return rows.procedure.notin(DECLARED)
