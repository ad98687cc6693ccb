"""Rows as evidence: where each lies, its checksum, and what it says in short."""

from __future__ import annotations

from collections.abc import Mapping

from tidewaiter.assess.deliveries import Item
from tidewaiter.assess.trader import Row
from tidewaiter.model.finding import Evidence
from tidewaiter.model.ids import evidence_id
from tidewaiter.model.money import MONEY_PLACES, QUANTITY_PLACES, plain
from tidewaiter.screen import Listed, Listing

LARGEST = 200  # rows of evidence a lead carries; the rest is counted


def of_item(item: Item, uris: Mapping[str, str]) -> Evidence:
    """A declaration item."""
    return _evidence(item.record_id, item.source_id, item.locator, _item_text(item), uris)


def of_listing(entry: Listed, listing: Listing, uris: Mapping[str, str]) -> Evidence:
    """An entry of a list."""
    return _evidence(
        f"{entry.entity_id}#{listing.list_id}",
        listing.source_id,
        listing.locator,
        listing.excerpt,
        uris,
    )


def of_row(row: Row, uris: Mapping[str, str]) -> Evidence:
    """A row of a register."""
    return _evidence(row.record_id, row.source_id, row.locator, row.text, uris)


def _evidence(
    record: str, source_id: str, locator: str, excerpt: str, uris: Mapping[str, str]
) -> Evidence:
    return Evidence(
        evidence_id=evidence_id(record, excerpt),
        source_id=source_id,
        uri=uris[source_id],
        locator=locator,
        excerpt=excerpt,
        sha256=source_id,
    )


def _item_text(item: Item) -> str:
    """The cells of a declaration item that a reader checks first."""
    cells = [
        f"{item.date} {item.procedure} {item.record_id.partition(':')[2]}",
        f"consignor {item.consignor_name} ({item.consignor_country})",
        f"consignee {item.consignee_name} ({item.consignee_country})",
    ]
    if item.origin_country:
        cells.append(f"origin {item.origin_country}")
    if item.end_user_name:
        cells.append(f"end user {item.end_user_name}")
    cells.append(f"HS {item.hs_code}" + (f" {item.description}" if item.description else ""))
    if item.quantity is not None:
        cells.append(f"{plain(item.quantity, QUANTITY_PLACES)} {item.unit or 'units'}")
    if item.net_kg is not None:
        cells.append(f"{plain(item.net_kg, QUANTITY_PLACES)} kg net")
    cells.append(f"{plain(item.value, MONEY_PLACES)} {item.currency}")
    return "; ".join(cells)
