"""Shipments as events of a company's stock: what came in, what went out, and when.

A pool is one company and one HS subheading (six digits) in one unit: the declared unit
where all rows share it, else kilograms where all rows are weighed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

if TYPE_CHECKING:
    import ibis.expr.types as ir

SUBHEADING = 6
COLUMNS = ("record_id", "holder", "hs6", "unit", "amount", "day", "inward")


def events(legs: ir.Table) -> ir.Table:
    """Events in ledger order: ``COLUMNS``, and ``pool`` numbered from 0.

    ``legs`` are those of :mod:`tidewaiter.trace.legs`. ``amount`` is in thousandths of the
    unit, ``day`` the days since 1970-01-01. Rows without an amount are left out.
    """
    rows = legs.mutate(
        hs6=legs.hs_code.substr(0, SUBHEADING),
        unit=legs.unit.lower().strip(),
    )
    rows = _in_one_unit(rows).filter(lambda t: t.amount.notnull() & (t.amount > 0))
    rows = rows.mutate(
        day=rows.date_day.epoch_days(),
        pool=ibis.dense_rank().over(order_by=[rows.holder, rows.hs6, rows.unit]),
    )
    order = [rows.pool, rows.day, ibis.desc(rows.inward), rows.record_id]
    return rows.select(*COLUMNS, "pool").order_by(order)


def _in_one_unit(rows: ir.Table) -> ir.Table:
    """One ``amount`` and ``unit`` a row, comparable within holder and subheading.

    Where units differ, kilograms if every row has them; else each row keeps its own unit
    and only rows of the same unit can feed one another.
    """
    group = ibis.window(group_by=[rows.holder, rows.hs6])
    stated = rows.quantity.notnull() & rows.unit.notnull()
    rows = rows.mutate(
        stated=stated,
        all_stated=stated.all().over(group),
        all_weighed=rows.net_kg.notnull().all().over(group),
        least=rows.unit.min().over(group),
        most=rows.unit.max().over(group),
    )
    shared = rows.all_stated & (rows.least == rows.most)
    by_unit = shared | (rows.stated & ~rows.all_weighed)
    return rows.mutate(
        amount=ibis.ifelse(by_unit, rows.quantity, rows.net_kg),
        unit=ibis.ifelse(by_unit, rows.unit, "kg"),
    )
