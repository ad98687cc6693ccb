"""The world's clock: which rows a user could have known on a day, and what they said.

A row's day is its ``known_from`` or ``released_on`` where given, else its basis date
plus the days of its policy. Among the versions of one record the latest visible one
speaks (for listings: the latest act, per entity and aspect); dates that had not come
yet are empty. Rows without any day are left out when the user names a day, and counted.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import ibis
import msgspec.yaml

from tidewaiter.model.statement import RECORD_ASPECT, REMOVED
from tidewaiter.store.tables import Table, fields

if TYPE_CHECKING:
    import ibis.expr.types as ir

RAW = "all_{}"  # how the engine names a table before the clock is applied
KNOWN = "known_day"  # column of a visible table: the first day on which the row could be known


class Clock(msgspec.Struct, frozen=True, kw_only=True):
    """The day of a run, whether the user named it, and the policies in days."""

    day: datetime.date
    named: bool
    policies: Mapping[str, int]

    def days(self, policy: str) -> int:
        """Days between an event and the user's knowledge of it."""
        return self.policies[policy]


@cache
def default_policies() -> dict[str, int]:
    """The days of ``visibility.yml``."""
    text = resources.files(__package__).joinpath("visibility.yml").read_text("utf-8")
    return msgspec.yaml.decode(text, type=dict[str, int])


def raw(table: Table) -> ir.Table:
    """``table`` as it was loaded, every version of every row."""
    columns = {**fields(table), "load_sequence": "int64"}
    return ibis.table(columns, name=RAW.format(table.name))


def known_day(table: Table, rows: ir.Table, clock: Clock) -> ir.DateValue:
    """The first day on which each row could be known; null where nothing says it."""
    days = [rows[f"{name}_day"] for name in table.known]
    if table.basis:
        shift = ibis.interval(days=clock.days(table.policy))
        days.append((rows[f"{table.basis}_day"] + shift).cast("date"))
    return ibis.coalesce(*days) if days else ibis.null().cast("date")


def visible(table: Table, clock: Clock, rows: ir.Table | None = None) -> ir.Table:
    """The rows of ``table`` as they could be known on the clock's day.

    ``rows`` may be a part of :func:`raw` that keeps every version of what it holds.
    """
    rows = raw(table) if rows is None else rows
    rows = rows.mutate(known_day=known_day(table, rows, clock))
    seen = rows.known_day <= clock.day
    if not clock.named:
        seen = seen | rows.known_day.isnull()
    rows = rows.filter(seen)
    rows = _latest_act(rows) if "act_rank" in rows.columns else _latest_version(rows, table)
    return _masked(rows, table, clock)


def undated(table: Table, clock: Clock) -> ir.Table:
    """One row, ``rows``: how many rows carry no day at all."""
    rows = raw(table)
    return rows.filter(known_day(table, rows, clock).isnull()).aggregate(rows=lambda t: t.count())


def _latest_version(rows: ir.Table, table: Table) -> ir.Table:
    """One row a record: the one known last; the later load where days are equal."""
    order = [ibis.desc(rows.known_day, nulls_first=False)]
    if table.basis:
        order.append(ibis.desc(rows[f"{table.basis}_day"], nulls_first=False))
    order += [ibis.desc(rows.load_sequence), ibis.asc(rows.locator)]
    place = ibis.row_number().over(ibis.window(group_by=rows.record_id, order_by=order))
    return (
        rows.mutate(version_place=place)
        .filter(lambda t: t.version_place == 0)
        .drop("version_place")
    )


def speaker(rows: ir.Table) -> list[ir.Value]:
    """What has one voice at a time: an entity's aspect, or a record with an id of its own.

    Such a record is no part of the entity it stands on: a listing that moves to another
    party, or is removed by its id alone, takes its values along.
    """
    own = rows.aspect.startswith(RECORD_ASPECT)
    return [ibis.ifelse(own, "", rows.entity_id), rows.aspect]


def _latest_act(rows: ir.Table) -> ir.Table:
    """Of each speaker, what its latest visible act says, from its latest load.

    An act that says "removed" leaves nothing.
    """
    for column in ("act_rank", "load_sequence"):
        newest = rows[column].max().over(ibis.window(group_by=speaker(rows)))
        rows = rows.mutate(newest=newest).filter(lambda t, c=column: t[c] == t.newest)
        rows = rows.drop("newest")
    return rows.filter(rows["schema"].fill_null("") != REMOVED)


def _masked(rows: ir.Table, table: Table, clock: Clock) -> ir.Table:
    """Empty the dates that had not come on the clock's day."""
    changes: dict[str, ir.Value] = {}
    for name in table.masked:
        come = rows[f"{name}_day"] <= clock.day
        for column in (name, f"{name}_day"):
            changes[column] = ibis.ifelse(come, rows[column], ibis.null())
    return rows.mutate(**changes) if changes else rows
