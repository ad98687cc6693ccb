"""Shipments that name a listed party as receiver, and the imports that fed them.

A delivery is one item of a shipment whose consignee or stated end user matches a listed
party. Its sender is the party whose conduct the lead is about: the consignor; where only
the end user of an import matches, the importer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import msgspec

from tidewaiter.resolve.mentions import mention_key

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

SHOWN = (
    "record_id", "source_id", "locator", "date", "date_day", "procedure",
    "consignor_name", "consignor_country", "consignee_name", "consignee_country",
    "end_user_name", "end_use", "origin_country", "dispatch_country",
    "destination_country", "hs_code", "description", "quantity", "unit", "net_kg",
    "value", "currency", "manufacturer", "part_numbers",
)  # fmt: skip


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One declaration item as a lead shows it; amounts as the table keeps them."""

    record_id: str
    source_id: str
    locator: str
    date: str
    date_day: str
    procedure: str
    consignor_name: str
    consignor_country: str
    consignee_name: str
    consignee_country: str
    end_user_name: str | None
    end_use: str | None
    origin_country: str | None
    dispatch_country: str | None
    destination_country: str | None
    hs_code: str
    description: str | None
    quantity: int | None
    unit: str | None
    net_kg: int | None
    value: int
    currency: str
    manufacturer: str | None
    part_numbers: tuple[str, ...] | None


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """An item that names a listed party, the party that sent it, and in which cell."""

    item: Item
    sender: str
    receiver: str
    via: str


class Drawn(msgspec.Struct, frozen=True, kw_only=True):
    """An import that may have fed a delivery: amount in thousandths of the unit."""

    export_record: str
    item: Item
    supplier: str
    amount: int
    unit: str
    lag_days: int


def deliveries(shipments: ir.Table, parties: ir.Table, listed: ir.Table) -> ir.Table:
    """``SHOWN`` columns with ``sender``, ``receiver`` and ``via``, one row a delivery.

    ``parties`` maps ``mention`` to ``party_id``; ``listed`` holds the ``party_id`` of
    every party that matches a listing.
    """
    named = ibis.union(
        _naming(shipments, parties, listed, "consignee"),
        _naming(shipments, parties, listed, "end_user"),
    )
    group = [named.record_id, named.receiver]
    place = ibis.row_number().over(ibis.window(group_by=group, order_by=[named.via]))
    once = named.mutate(place=place).filter(lambda t: t.place == 0).drop("place")
    return once.filter(once.sender != once.receiver).order_by(["record_id", "receiver"])


def drawn(
    shipments: ir.Table, parties: ir.Table, attributions: ir.Table, sent: ir.Table
) -> ir.Table:
    """The imports behind ``sent`` deliveries, with the amount drawn from each."""
    pairs = attributions.semi_join(sent, attributions.export_record == sent.record_id)
    rows = shipments.select(*SHOWN, mention=mention_key(shipments, "consignor"))
    rows = rows.left_join(parties, "mention").rename(supplier="party_id")
    joined = pairs.inner_join(rows, pairs.import_record == rows.record_id)
    extra = ["export_record", "amount", "amount_unit", "lag_days", "supplier"]
    return joined.select(*SHOWN, *extra).order_by(["export_record", "record_id"])


def read_deliveries(rows: pa.Table) -> list[Delivery]:
    """The rows of :func:`deliveries` as values."""
    return [
        Delivery(item=read_item(r), sender=r["sender"], receiver=r["receiver"], via=r["via"])
        for r in rows.to_pylist()
    ]


def read_drawn(rows: pa.Table) -> list[Drawn]:
    """The rows of :func:`drawn` as values."""
    return [
        Drawn(
            export_record=r["export_record"],
            item=read_item(r),
            supplier=r["supplier"] or "",
            amount=r["amount"],
            unit=r["amount_unit"],
            lag_days=r["lag_days"],
        )
        for r in rows.to_pylist()
    ]


def _naming(shipments: ir.Table, parties: ir.Table, listed: ir.Table, role: str) -> ir.Table:
    """Items whose ``role`` is a listed party."""
    sender = mention_key(shipments, "consignor")
    if role == "end_user":
        importer = mention_key(shipments, "consignee")
        sender = ibis.ifelse(shipments.procedure == "import", importer, sender)
    rows = shipments.select(*SHOWN, mention=mention_key(shipments, role), sender_mention=sender)
    receivers = parties.semi_join(listed, "party_id").rename(receiver="party_id")
    senders = parties.rename(sender_mention="mention", sender="party_id")
    rows = rows.inner_join(receivers, "mention").inner_join(senders, "sender_mention")
    return rows.select(*SHOWN, "sender", "receiver", via=ibis.literal(role))


def read_item(row: dict[str, object]) -> Item:
    """The item in a row that has the columns ``SHOWN``."""
    shown = {name: row[name] for name in SHOWN}
    shown["date_day"] = str(row["date_day"])
    return msgspec.convert(shown, Item)
