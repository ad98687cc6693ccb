"""What the flags need of each party: register, trade, shared buyers and shared owners."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any

import ibis
import ibis.expr.types as ir
import msgspec
import pyarrow as pa

from tidewaiter.assess import shortlist
from tidewaiter.assess.deliveries import Item, read_item
from tidewaiter.assess.trader import (
    Leg,
    Registration,
    Row,
    SharedBuyer,
    SharedOwner,
    Trader,
)
from tidewaiter.goods.embargo import Embargo, embargo
from tidewaiter.goods.rates import Rates
from tidewaiter.model.money import PERCENT_PLACES, plain
from tidewaiter.pipeline.context import Context
from tidewaiter.pipeline.naming import mention_table
from tidewaiter.pipeline.world import full_id
from tidewaiter.resolve.parties import Party
from tidewaiter.trace.legs import borders, legs

INDEX = (
    "record_id", "holder", "partner", "inward", "hs_code", "date_day", "consignee_country",
)  # fmt: skip
PARTS_A_PERCENT = 10_000
PORTION = 200_000  # rows that are turned into values at once


def traders(
    context: Context,
    parties: Mapping[str, Party],
    *,
    senders: Iterable[str],
    listed: frozenset[str],
    rates: Rates,
) -> Iterator[Trader]:
    """Every party that a flag is computed for, one after the other, by id.

    ``senders`` are looked at whatever they trade; ``listed`` are the parties that match
    an entry of a list. Only one party's trade is held at a time.
    """
    rule = embargo(context.world.regime_date)
    engine, world = context.world.engine, context.world
    index = _index(context)
    engine.arrow("countries", _countries(parties.values()))
    countries = ibis.table({"party_id": "string", "country": "string"}, name="countries")
    found = engine.fetch(shortlist.traders(index, countries, world.rows("companies"), rule))
    names = sorted({*found["party_id"].to_pylist(), *senders})
    chosen = _chosen(context, names, "chosen")
    pairs = engine.fetch(shortlist.deliveries_to_target(index, rule)).to_pylist()
    buyers = _shared_buyers(pairs, listed)
    seen = _borders(context, rule)
    registrations = _registrations(context, chosen)
    own_index = index.semi_join(chosen, index.holder == chosen.party_id)
    owners = _owners(context, _owned(context, names, own_index, rule), rule)
    for name, own in _one_by_one(context, own_index, rates, names):
        yield Trader(
            party=parties[name],
            embargo=rule,
            registration=registrations.get(name),
            legs=own,
            buyers=tuple(_buyers(name, own, buyers, listed)),
            owners=tuple(_shared_owners(name, own, owners, rule)),
            owners_known=name in owners,
            outward_seen=parties[name].country in seen,
        )


class Stake(msgspec.Struct, frozen=True):
    """A holder's part of a firm, in parts per million; ``None`` where not told."""

    owner: str
    share: int | None
    row: Row


class Buyer(msgspec.Struct, frozen=True):
    """A buyer in the target: every party that supplied it with watched goods."""

    suppliers: frozenset[str]


def _countries(parties: Iterable[Party]) -> pa.Table:
    rows = [{"party_id": party.party_id, "country": party.country} for party in parties]
    return pa.Table.from_pylist(
        rows, pa.schema([("party_id", pa.string()), ("country", pa.string())])
    )


def _chosen(context: Context, names: Iterable[str], name: str) -> ir.Table:
    """Party ids as a table of the engine."""
    rows = pa.table({"party_id": pa.array(sorted(names), pa.string())})
    context.world.engine.arrow(name, rows)
    return ibis.table({"party_id": "string"}, name=name)


def _index(context: Context) -> ir.Table:
    """Who sent what to whom and when, without the words: kept, since many questions ask it."""
    shipments = context.shipments()
    rows = shortlist.with_partner(legs(shipments, mention_table()), mention_table())
    rows = rows.select(*INDEX)
    context.world.engine.keep("trade_index", rows)
    return ibis.table(rows.schema(), name="trade_index")


def _one_by_one(
    context: Context, index: ir.Table, rates: Rates, names: Iterable[str]
) -> Iterator[tuple[str, tuple[Leg, ...]]]:
    """Each chosen party and its legs in order of date; rows are read some parties at a time.

    One query for all of them was rejected: it sorts every word of every declaration.
    """
    left = set(names)
    counted = index.group_by("holder").aggregate(rows=index.count()).order_by("holder")
    sizes = context.world.engine.fetch(counted).to_pylist()
    for some in _portions(sizes):
        here = _chosen(context, some, "portion")
        rows = shortlist.shown(index, context.shipments(), here)
        found = context.world.engine.fetch(rows).to_pylist()
        for name, group in groupby(found, key=itemgetter("holder")):
            left.discard(name)
            yield name, tuple(_leg(row, rates) for row in group)
    yield from ((name, ()) for name in sorted(left))


def _portions(sizes: Iterable[Mapping[str, Any]]) -> Iterator[list[str]]:
    """Parties in portions of about ``PORTION`` rows."""
    some: list[str] = []
    rows = 0
    for each in sizes:
        some.append(each["holder"])
        rows += each["rows"]
        if rows >= PORTION:
            yield some
            some, rows = [], 0
    if some:
        yield some


def _leg(row: dict[str, object], rates: Rates) -> Leg:
    item = read_item(row)
    return Leg(
        item=item,
        inward=bool(row["inward"]),
        partner=str(row["partner"]),
        usd=_usd(item, rates),
    )


def _usd(item: Item, rates: Rates) -> int | None:
    return rates.usd_cents(item.value, item.currency, item.date_day)


def _shared_buyers(pairs: Iterable[Mapping[str, str]], listed: frozenset[str]) -> dict[str, Buyer]:
    """Buyers in the target that a listed party supplied."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in pairs:
        found[row["partner"]].add(row["holder"])
    return {name: Buyer(frozenset(each)) for name, each in found.items() if each & listed}


def _buyers(
    name: str, trade: Iterable[Leg], buyers: Mapping[str, Buyer], listed: frozenset[str]
) -> Iterable[SharedBuyer]:
    called = {leg.partner: leg.item.consignee_name for leg in trade if not leg.inward}
    for partner in sorted(called.keys() & buyers.keys()):
        suppliers = buyers[partner].suppliers
        if name in suppliers:
            yield SharedBuyer(
                buyer=partner,
                name=called[partner],
                suppliers=len(suppliers),
                listed=tuple(sorted(suppliers & listed - {name})),
                itself_listed=partner in listed,
            )


def _borders(context: Context, rule: Embargo) -> frozenset[str]:
    """Countries whose outward border is in view: its customs, and inside a union its papers."""
    engine, world = context.world.engine, context.world
    seen = engine.fetch(borders(world.rows("declarations")).order_by(["country", "inward"]))
    declared = {row["country"] for row in seen.to_pylist() if not row["inward"]}
    moved = world.rows("movements").select("from_country").distinct().order_by("from_country")
    papers = {row["from_country"] for row in engine.fetch(moved).to_pylist()}
    return frozenset(
        country for country in declared | papers if not rule.union_of(country) or country in papers
    )


def _registrations(context: Context, chosen: ir.Table) -> dict[str, Registration]:
    companies = context.world.rows("companies")
    rows = companies.semi_join(chosen, companies.record_id == chosen.party_id)
    wanted = ("record_id", "source_id", "locator", "name", "country", "incorporated_on")
    found = context.world.engine.fetch(rows.select(*wanted).order_by("record_id"))
    return {row["record_id"]: _registration(row) for row in found.to_pylist()}


def _registration(row: Mapping[str, object]) -> Registration:
    names = row["name"]
    name = names[0] if isinstance(names, list) and names else "unnamed"
    born = row["incorporated_on"]
    told = f"registered {born}" if born else "day of registration not told"
    return Registration(
        incorporated_on=str(born) if born else None,
        row=_row(row, f"company {row['record_id']}; {name} ({row['country']}); {told}"),
    )


def _row(row: Mapping[str, object], text: str) -> Row:
    return Row(
        record_id=str(row["record_id"]),
        source_id=str(row["source_id"]),
        locator=str(row["locator"]),
        text=text,
    )


def _owned(context: Context, names: Iterable[str], index: ir.Table, rule: Embargo) -> ir.Table:
    """The traders, and their buyers in the target: whose owners may be the same."""
    partners = context.world.engine.fetch(shortlist.buyers_in_target(index, rule))
    return _chosen(context, {*names, *partners["partner"].to_pylist()}, "owned")


def _owners(context: Context, owned: ir.Table, rule: Embargo) -> dict[str, list[Stake]]:
    """The stakes in the firms ``owned``, not ended before the embargo."""
    stakes = context.world.rows("stakes")
    rows = stakes.mutate(firm=full_id(stakes, "company_id"), holder=full_id(stakes, "owner_id"))
    rows = rows.semi_join(owned, rows.firm == owned.party_id)
    rows = rows.filter(rows.end_day.isnull() | (rows.end_day >= ibis.date(rule.since)))
    rows = rows.left_join(_captions(context), rows.holder == _captions(context).person)
    chosen = rows.select(
        "record_id", "source_id", "locator", "firm", "holder", "min_share", "owner_id",
        "company_id", "called",
    ).order_by(["firm", "holder", "record_id"])  # fmt: skip
    found: dict[str, list[Stake]] = defaultdict(list)
    for row in context.world.engine.fetch(chosen).to_pylist():
        found[row["firm"]].append(Stake(row["holder"], row["min_share"], _stake_row(row)))
    return found


def _captions(context: Context) -> ir.Table:
    people = context.world.rows("people")
    return people.select(person="record_id", called=people.name[0])


def _stake_row(row: Mapping[str, object]) -> Row:
    share = row["min_share"]
    told = f"{plain(share, PERCENT_PLACES)} %" if isinstance(share, int) else "a share not told"
    holder = row["called"] or row["owner_id"]
    return _row(row, f"stake: {holder} holds {told} of {row['company_id']}")


def _shared_owners(
    name: str, trade: Iterable[Leg], owners: Mapping[str, list[Stake]], rule: Embargo
) -> Iterable[SharedOwner]:
    buyers = {leg.partner for leg in trade if not leg.inward and leg.partner_country in rule.target}
    own = {stake.owner: stake for stake in owners.get(name, ())}
    for buyer in sorted(buyers):
        for stake in owners.get(buyer, ()):
            mine = own.get(stake.owner)
            if mine is not None:
                yield SharedOwner(
                    owner=stake.owner,
                    buyer=buyer,
                    own=_per_cent(mine.share),
                    theirs=_per_cent(stake.share),
                    rows=(mine.row, stake.row),
                )


def _per_cent(share: int | None) -> float | None:
    return None if share is None else share / PARTS_A_PERCENT
