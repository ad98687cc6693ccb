"""A group of findings as a lead in words: every sentence from ``words.yml`` and ``flags.yml``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from tidewaiter.assess import evidence, pattern_words, weigh
from tidewaiter.assess.deliveries import Item
from tidewaiter.assess.flags.definition import Definition
from tidewaiter.assess.flags.outcome import Outcome
from tidewaiter.assess.grouping import Delivered, Group
from tidewaiter.assess.pattern import Pattern
from tidewaiter.assess.trader import Trader
from tidewaiter.goods.controlled import is_watched
from tidewaiter.goods.rates import Rates
from tidewaiter.model.finding import Flag, Lead, Subject
from tidewaiter.model.ids import lead_id
from tidewaiter.model.money import MONEY_PLACES, plain
from tidewaiter.resolve.parties import Party

LISTED_FLAG = "EUS-08"
PATTERN = "diversion"
NOT_CALIBRATED = "not calibrated: no local outcomes and no labelled simulation yet"


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """What every lead of a run shares."""

    as_of: str
    horizon_days: int
    match_threshold: float
    view: str
    uris: Mapping[str, str]
    rates: Rates
    definitions: Mapping[str, Definition]


def lead(group: Group, frame: Frame) -> Lead:
    """The lead of one group, not yet ranked (rank 0)."""
    shown = _Shown(group, frame)
    score = group.score
    items = shown.items
    value, unpriced = _value(shown.valued, frame)
    dates = sorted((item.date_day, item.date) for item in items)
    return Lead(
        lead_id=lead_id(PATTERN, [group.focus.party.party_id]),
        rank=0,
        score=score,
        probability=None,
        probability_reason=NOT_CALIBRATED,
        band=weigh.band(score),
        as_of=frame.as_of,
        headline=_headline(group, frame),
        subjects=tuple(dict.fromkeys(_subjects(group))),
        flags=tuple(_flags(group, shown, frame)),
        counter_evidence=tuple(dict.fromkeys(_counter(group, frame))),
        would_clear=tuple(dict.fromkeys(_would_clear(group, frame))),
        missing=tuple(dict.fromkeys(_missing(group, shown, unpriced, frame))),
        goods=tuple(sorted({_goods(i.hs_code, i.description) for i in shown.valued})),
        route=_route(group, shown),
        value_usd=value,
        first_event=dates[0][1] if dates else None,
        last_event=dates[-1][1] if dates else None,
        evidence=shown.evidence,
    )


class _Shown:
    """The rows of a group: what is cited, and what its value and goods are told of."""

    def __init__(self, group: Group, frame: Frame) -> None:
        traders = (group.focus, *group.intermediaries)
        legs = {leg.item.record_id: leg.item for trader in traders for leg in trader.legs}
        cited = {
            record: legs[record] for o in group.outcomes for record in o.rows if record in legs
        }
        for each in group.delivered:
            cited |= {d.item.record_id: d.item for d in each.pattern.deliveries}
            cited |= {p.item.record_id: p.item for p in each.pattern.drawn}
        self.items: list[Item] = sorted(cited.values(), key=lambda i: (i.date_day, i.record_id))
        self.valued = _valued(group, self.items)
        rows = {
            row.record_id: evidence.of_row(row, frame.uris)
            for trader in traders
            for row in _rows(trader)
        }
        listings = [
            evidence.of_listing(r.entry, listing, frame.uris)
            for each in group.delivered
            for r in pattern_words.entries(each.pattern)
            for listing in r.entry.listings
        ]
        wanted = [record for o in group.outcomes for record in o.rows if record in rows]
        self._of = {item.record_id: evidence.of_item(item, frame.uris) for item in self.items}
        self._of |= rows
        every = [
            *listings,
            *(rows[r] for r in wanted),
            *(self._of[i.record_id] for i in self.items),
        ]
        once = list({row.evidence_id: row for row in every}.values())
        self.evidence = tuple(once[: evidence.LARGEST])
        self.omitted = max(0, len(once) - evidence.LARGEST)
        self._kept = {row.evidence_id for row in self.evidence}
        self._listings = listings

    def of_rows(self, records: tuple[str, ...]) -> tuple[str, ...]:
        """The evidence ids of records that are shown."""
        ids = dict.fromkeys(self._of[r].evidence_id for r in records if r in self._of)
        return tuple(each for each in ids if each in self._kept)

    def of_pattern(self, pattern: Pattern, uris: Mapping[str, str]) -> tuple[str, ...]:
        """The evidence ids of a pattern: its listings, deliveries and imports."""
        ids = [
            evidence.of_listing(r.entry, listing, uris).evidence_id
            for r in pattern_words.entries(pattern)
            for listing in r.entry.listings
        ]
        ids += [self._of[d.item.record_id].evidence_id for d in pattern.deliveries]
        ids += [self._of[p.item.record_id].evidence_id for p in pattern.drawn]
        return tuple(each for each in dict.fromkeys(ids) if each in self._kept)


def _rows(trader: Trader) -> Iterator[Any]:
    if trader.registration is not None:
        yield trader.registration.row
    for each in trader.owners:
        yield from each.rows


def _valued(group: Group, items: list[Item]) -> list[Item]:
    """What the lead's value is told of: deliveries, else what left for the target, else all."""
    sent = {d.item.record_id for each in group.delivered for d in each.pattern.deliveries}
    if sent:
        return [item for item in items if item.record_id in sent]
    gone = {leg.item.record_id for leg in group.focus.to_target}
    return [item for item in items if item.record_id in gone] or items


def _flags(group: Group, shown: _Shown, frame: Frame) -> Iterator[Flag]:
    """Flags in the order of what they add."""
    points = group.points
    made = [
        _listed_flag(each, given, shown, frame)
        for each, given in zip(group.delivered, points, strict=False)
    ]
    made += [
        _other_flag(outcome, given, shown)
        for outcome, given in zip(group.outcomes, points[len(group.delivered) :], strict=True)
    ]
    yield from sorted(made, key=lambda flag: (-flag.points, flag.flag_id, flag.subject_id))


def _other_flag(outcome: Outcome, points: int, shown: _Shown) -> Flag:
    return Flag(
        flag_id=outcome.flag_id,
        subject_id=outcome.subject_id,
        points=points,
        observed=outcome.observed,
        threshold=outcome.threshold,
        sentence=outcome.sentence,
        evidence_ids=shown.of_rows(outcome.rows),
    )


def _listed_flag(each: Delivered, points: int, shown: _Shown, frame: Frame) -> Flag:
    say, pattern, seen = pattern_words.words(), each.pattern, each.seen
    best = pattern_words.best(pattern)
    share = f"{seen.traced:.0%}"
    tracing = say["traced" if pattern.drawn else "untraced"].format(
        share=share,
        imports=pattern_words.counted(len({p.item.record_id for p in pattern.drawn}), "import"),
        horizon=frame.horizon_days,
    )
    sentence = say["sentence"].format(
        deliveries=pattern_words.counted(len(pattern.deliveries), "delivery"),
        sender=pattern.sender.caption,
        receiver=best.party.caption,
        via=pattern_words.vias(pattern),
        what=say["matched_by"]["identifier" if best.match.by_identifier else "name"],
        entry=best.entry.caption,
        measures=pattern_words.measures(pattern),
        listed_on=pattern_words.listed_on(best),
        tracing=tracing,
    )
    observed = say["observed"].format(
        deliveries=pattern_words.counted(len(pattern.deliveries), "delivery"),
        score=f"{seen.match_score:.2f}",
        hops=pattern_words.counted(seen.hops, "hop"),
        share=share,
    )
    hops = f"{frame.definitions[LISTED_FLAG].limits['max_hops']:g}"
    threshold = say["threshold"].format(threshold=frame.match_threshold, max_hops=hops)
    return Flag(
        flag_id=LISTED_FLAG,
        subject_id=pattern.sender.party_id,
        points=points,
        observed=observed,
        threshold=threshold,
        sentence=sentence,
        evidence_ids=shown.of_pattern(pattern, frame.uris),
    )


def _subjects(group: Group) -> Iterator[Subject]:
    """Who takes part, in the order of the chain."""
    focus = group.focus.party
    between = {trader.party.party_id for trader in group.intermediaries}
    for supplier in _suppliers(group):
        if supplier.entity_id not in between | {focus.party_id}:
            yield supplier
    for trader in group.intermediaries:
        yield _subject(trader.party, "intermediary")
    yield _subject(focus, "sender")
    for each in group.delivered:
        yield from _receivers(each.pattern)
    if not group.delivered:
        yield from _buyers(group.focus)


def _suppliers(group: Group) -> Iterator[Subject]:
    """Who sold what is traced to a delivery; else who sold what a flag rests on."""
    if any(each.pattern.drawn for each in group.delivered):
        for each in group.delivered:
            for supplier in each.pattern.suppliers:
                yield _subject(supplier, "supplier")
        return
    cited = {record for outcome in group.outcomes for record in outcome.rows}
    sellers: dict[str, Item] = {}
    for leg in group.focus.inward:
        if leg.item.record_id in cited:
            sellers.setdefault(leg.partner, leg.item)
    for party_id, item in sorted(sellers.items()):
        yield Subject(
            entity_id=party_id,
            caption=item.consignor_name,
            schema="LegalEntity",
            country=item.consignor_country,
            role="supplier",
        )


def _buyers(trader: Trader) -> Iterator[Subject]:
    """Who received watched goods in the target state, as declared."""
    for leg in trader.to_target:
        if is_watched(leg.item.hs_code):
            yield Subject(
                entity_id=leg.partner,
                caption=_caption(trader, leg.partner) or leg.item.consignee_name,
                schema="LegalEntity",
                country=leg.item.consignee_country,
                role="buyer",
            )


def _caption(trader: Trader, buyer: str) -> str | None:
    """One name for a buyer, however its deliveries spell it."""
    names = sorted(leg.item.consignee_name for leg in trader.to_target if leg.partner == buyer)
    return names[0] if names else None


def _receivers(pattern: Pattern) -> Iterator[Subject]:
    for party_id in dict.fromkeys(r.party.party_id for r in pattern.receivers):
        named = next(r.party for r in pattern.receivers if r.party.party_id == party_id)
        yield _subject(named, "receiver as declared")
    for entity_id in sorted({r.entry.entity_id for r in pattern.receivers}):
        entry = next(r.entry for r in pattern.receivers if r.entry.entity_id == entity_id)
        country = entry.countries[0] if entry.countries else None
        yield Subject(
            entity_id=entity_id,
            caption=entry.caption,
            schema=entry.schema,
            country=country,
            role="listed party",
        )


def _subject(party: Party, role: str) -> Subject:
    return Subject(
        entity_id=party.party_id,
        caption=party.caption,
        schema="LegalEntity",
        country=party.country,
        role=role,
    )


def _headline(group: Group, frame: Frame) -> str:
    """The strongest delivery to a listed party, else the strongest flag."""
    say, sender = pattern_words.words(), group.focus.party
    country = sender.country or "unknown"
    if not group.delivered:
        best = max(
            group.outcomes, key=lambda o: (weigh.outcome_points(o, unlinked=False), o.flag_id)
        )
        name = frame.definitions[best.flag_id].name
        goods = say["headline_goods"] if group.focus.linked else ""
        return str(
            say["headline_flags"].format(
                flag=name, country=country, sender=sender.caption, goods=goods
            )
        )
    each = max(group.delivered, key=lambda d: weigh.listed_receiver_points(d.seen))
    pattern, best_receiver = each.pattern, pattern_words.best(each.pattern)
    form = say["headline" if pattern.drawn else "headline_direct"]
    if not each.seen.in_force:
        form = say["headline_later"]
    return str(
        form.format(
            measures=pattern_words.measures(pattern),
            country=country,
            sender=sender.caption,
            receiver=best_receiver.party.caption,
        )
    )


def _would_clear(group: Group, frame: Frame) -> Iterator[str]:
    if group.delivered:
        yield from pattern_words.words()["would_clear"].values()
    for outcome in group.outcomes:
        yield frame.definitions[outcome.flag_id].would_clear


def _counter(group: Group, frame: Frame) -> Iterator[str]:
    say = pattern_words.words()["counter"]
    for each in group.delivered:
        yield from pattern_words.against(each.pattern)
    if group.unlinked:
        yield say["unlinked"].format(sender=group.focus.party.caption)
    for outcome in group.tested:
        if outcome.state == "not seen":
            name = frame.definitions[outcome.flag_id].name
            yield say["not_seen"].format(flag=name, observed=outcome.observed)


def _missing(group: Group, shown: _Shown, unpriced: list[str], frame: Frame) -> Iterator[str]:
    say = pattern_words.words()["missing"]
    country = group.focus.party.country or "unknown"
    for each in group.delivered:
        yield from pattern_words.missing(each.pattern, country)
    yield say["goods"] if group.delivered else say["law"].format(country=country)
    if unpriced:
        yield say["value"].format(pairs=", ".join(unpriced))
    if not group.focus.outward_seen:
        yield say["unseen_border"].format(country=country)
    for outcome in group.tested:
        if outcome.state == "not computable":
            name = frame.definitions[outcome.flag_id].name
            yield say["not_computable"].format(flag=name, lacks=outcome.lacks)
    kind, _, where = frame.view.partition(":")
    view = pattern_words.words()["views"].get(kind, "").format(country=where)
    yield from [view] if view else []
    yield from [say["rows"].format(count=shown.omitted)] if shown.omitted else []


def _value(items: list[Item], frame: Frame) -> tuple[str | None, list[str]]:
    """US dollars of the items, and the currencies and years without a rate."""
    cents: list[int] = []
    unpriced: set[str] = set()
    for item in items:
        worth = frame.rates.usd_cents(item.value, item.currency, item.date_day)
        if worth is None:
            unpriced.add(f"{item.currency} {item.date_day[:4]}")
        else:
            cents.append(worth)
    return (plain(sum(cents), MONEY_PLACES) if cents else None), sorted(unpriced)


def _route(group: Group, shown: _Shown) -> tuple[str, ...]:
    """Legs in order, as declared: where from, the sender's country, where to.

    Several countries on one leg stand side by side, because they are alternatives and
    not a journey.
    """
    drawn = [pair.item for each in group.delivered for pair in each.pattern.drawn]
    sent = {item.record_id for item in shown.valued}
    came = drawn or [leg.item for leg in group.focus.inward if leg.item.record_id in _ids(shown)]
    gone = [leg.item for leg in group.focus.legs if leg.item.record_id in sent and not leg.inward]
    gone += [d.item for each in group.delivered for d in each.pattern.deliveries]
    between = {trader.party.country for trader in group.intermediaries}
    first: set[str | None] = {item.dispatch_country or item.consignor_country for item in came}
    last: set[str | None] = {item.destination_country or item.consignee_country for item in gone}
    legs = [first - between, between - {None}, {group.focus.party.country}, last]
    named = [sorted(each for each in leg if each) for leg in legs]
    return tuple(" / ".join(leg) for leg in named if leg)


def _ids(shown: _Shown) -> set[str]:
    return {item.record_id for item in shown.items}


def _goods(code: str, description: str | None) -> str:
    return f"HS {code}: {description}" if description else f"HS {code}"
