"""Deliveries grouped into what one lead is about: one sender and one listed party.

A receiver may match several entries of several lists (the same company under two
measures), and one company may be named in several spellings; receivers and entries that
hang together are one listed party, named by its smallest entry.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import msgspec

from tidewaiter.assess.deliveries import Delivery, Drawn
from tidewaiter.model.ids import canonical_id
from tidewaiter.resolve.clusters import clusters
from tidewaiter.resolve.parties import Party
from tidewaiter.screen import Listed, Match


class Receiver(msgspec.Struct, frozen=True, kw_only=True):
    """A party as declared, one entry it matches, and how well."""

    party: Party
    match: Match
    entry: Listed


class Pattern(msgspec.Struct, frozen=True, kw_only=True):
    """One sender, one listed party, and every row that joins them, in order of date."""

    sender: Party
    listed_id: str
    receivers: tuple[Receiver, ...]
    deliveries: tuple[Delivery, ...]
    drawn: tuple[Drawn, ...]
    suppliers: tuple[Party, ...]


def patterns(
    sent: Iterable[Delivery],
    fed: Iterable[Drawn],
    receivers: Iterable[Receiver],
    parties: Mapping[str, Party],
) -> list[Pattern]:
    """Every pattern, sorted by sender and listed party."""
    by_receiver: dict[str, list[Receiver]] = defaultdict(list)
    for each in receivers:
        by_receiver[each.party.party_id].append(each)
    listed = _listed_ids(by_receiver)
    by_export: dict[str, list[Drawn]] = defaultdict(list)
    for pair in fed:
        by_export[pair.export_record].append(pair)
    groups: dict[tuple[str, str], list[Delivery]] = defaultdict(list)
    for delivery in sent:
        groups[delivery.sender, listed[delivery.receiver]].append(delivery)
    return [_pattern(key, groups[key], by_receiver, by_export, parties) for key in sorted(groups)]


def _listed_ids(by_receiver: Mapping[str, list[Receiver]]) -> dict[str, str]:
    """The listed party behind each receiver: the smallest entry of its cluster."""
    pairs = [(party, r.entry.entity_id) for party, rs in by_receiver.items() for r in rs]
    entries = {entry for _, entry in pairs}
    found: dict[str, str] = {}
    for members in clusters(pairs):
        name = canonical_id(entries.intersection(members))
        found.update({member: name for member in members if member in by_receiver})
    return found


def _pattern(
    key: tuple[str, str],
    sent: list[Delivery],
    by_receiver: Mapping[str, list[Receiver]],
    by_export: Mapping[str, list[Drawn]],
    parties: Mapping[str, Party],
) -> Pattern:
    sent = sorted(sent, key=lambda d: (d.item.date_day, d.item.record_id, d.receiver))
    records = dict.fromkeys(d.item.record_id for d in sent)
    fed = [pair for record in records for pair in by_export.get(record, ())]
    fed.sort(key=lambda p: (p.item.date_day, p.item.record_id, p.export_record))
    names = sorted({d.receiver for d in sent})
    suppliers = sorted({p.supplier for p in fed if p.supplier in parties})
    return Pattern(
        sender=parties[key[0]],
        listed_id=key[1],
        receivers=tuple(r for name in names for r in by_receiver[name]),
        deliveries=tuple(sent),
        drawn=tuple(fed),
        suppliers=tuple(parties[s] for s in suppliers),
    )
