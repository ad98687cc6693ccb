"""A pattern as a lead in words: every sentence from ``words.yml``, every figure cited."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

import msgspec
import msgspec.yaml

from tidewaiter.assess import evidence, weigh
from tidewaiter.assess.flags.definition import definitions
from tidewaiter.assess.flags.listed_receiver import (
    ListedReceiver,
    in_force,
    listed_receiver,
)
from tidewaiter.assess.pattern import Pattern, Receiver
from tidewaiter.goods.rates import Rates
from tidewaiter.model.finding import Evidence, Flag, Lead, Subject
from tidewaiter.model.ids import lead_id
from tidewaiter.model.money import MONEY_PLACES, plain
from tidewaiter.resolve.parties import Party

FLAG = "EUS-08"
NOT_CALIBRATED = "not calibrated: no local outcomes and no labelled simulation yet"


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """What every lead of a run shares."""

    as_of: str
    horizon_days: int
    match_threshold: float
    view: str
    uris: Mapping[str, str]
    rates: Rates


@cache
def words() -> dict[str, Any]:
    """The sentences of ``words.yml``."""
    text = resources.files(__package__).joinpath("words.yml").read_text("utf-8")
    return msgspec.yaml.decode(text, type=dict[str, Any])


def lead(pattern: Pattern, frame: Frame) -> Lead:
    """The lead of one pattern, not yet ranked (rank 0)."""
    seen = listed_receiver(pattern)
    points = weigh.listed_receiver_points(seen)
    score = weigh.total([points])
    cited, omitted = _evidence(pattern, frame)
    flag = _flag(pattern, seen, points, cited, frame)
    value, unpriced = _value(pattern, frame)
    items = [d.item for d in pattern.deliveries]
    return Lead(
        lead_id=lead_id(FLAG, [pattern.sender.party_id, pattern.listed_id]),
        rank=0,
        score=score,
        probability=None,
        probability_reason=NOT_CALIBRATED,
        band=weigh.band(score),
        as_of=frame.as_of,
        headline=_headline(pattern, seen),
        subjects=tuple(_subjects(pattern)),
        flags=(flag,),
        counter_evidence=tuple(_counter(pattern)),
        would_clear=tuple(words()["would_clear"].values()),
        missing=tuple(_missing(pattern, frame, unpriced, omitted)),
        goods=tuple(sorted({_goods(i.hs_code, i.description) for i in items})),
        route=_route(pattern),
        value_usd=value,
        first_event=min([i.date for i in items] + [p.item.date for p in pattern.drawn]),
        last_event=max(i.date for i in items),
        evidence=cited,
    )


def _flag(
    pattern: Pattern,
    seen: ListedReceiver,
    points: int,
    cited: tuple[Evidence, ...],
    frame: Frame,
) -> Flag:
    say = words()
    best = _best(pattern)
    share = f"{seen.traced:.0%}"
    tracing = say["traced" if pattern.drawn else "untraced"].format(
        share=share,
        imports=_count(len({p.item.record_id for p in pattern.drawn}), "import"),
        horizon=frame.horizon_days,
    )
    sentence = say["sentence"].format(
        deliveries=_count(len(pattern.deliveries), "delivery"),
        sender=pattern.sender.caption,
        receiver=best.party.caption,
        via=_vias(pattern),
        what=say["matched_by"]["identifier" if best.match.by_identifier else "name"],
        entry=best.entry.caption,
        measures=_measures(pattern),
        listed_on=_listed_on(best),
        tracing=tracing,
    )
    observed = say["observed"].format(
        deliveries=_count(len(pattern.deliveries), "delivery"),
        score=f"{seen.match_score:.2f}",
        hops=_count(seen.hops, "hop"),
        share=share,
    )
    hops = definitions()[FLAG]["max_hops"]
    threshold = say["threshold"].format(threshold=frame.match_threshold, max_hops=hops)
    return Flag(
        flag_id=FLAG,
        subject_id=pattern.sender.party_id,
        points=points,
        observed=observed,
        threshold=threshold,
        sentence=sentence,
        evidence_ids=tuple(e.evidence_id for e in cited),
    )


def _subjects(pattern: Pattern) -> Iterator[Subject]:
    for supplier in pattern.suppliers:
        yield _subject(supplier, "supplier")
    yield _subject(pattern.sender, "sender")
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


def _headline(pattern: Pattern, seen: ListedReceiver) -> str:
    best = _best(pattern)
    form = words()["headline" if pattern.drawn else "headline_direct"]
    if not seen.in_force:
        form = words()["headline_later"]
    return str(
        form.format(
            measures=_measures(pattern),
            country=pattern.sender.country or "unknown",
            sender=pattern.sender.caption,
            receiver=best.party.caption,
        )
    )


def _counter(pattern: Pattern) -> Iterator[str]:
    say = words()["counter"]
    last = pattern.deliveries[-1].item
    for receiver in _entries(pattern):
        for listing in receiver.entry.listings:
            if listing.delisted_on:
                yield say["delisted"].format(
                    entry=receiver.entry.caption, delisted_on=listing.delisted_on
                )
            elif listing.listed_on and not in_force(receiver, last.date_day):
                yield say["listed_later"].format(
                    entry=receiver.entry.caption, listed_on=listing.listed_on, last=last.date
                )
    best = _best(pattern)
    if not any(r.match.by_identifier for r in pattern.receivers):
        yield say["name_only"].format(entry=best.entry.caption)
    if not pattern.drawn:
        yield say["no_import"]


def _missing(pattern: Pattern, frame: Frame, unpriced: list[str], omitted: int) -> Iterator[str]:
    say = words()["missing"]
    country = pattern.sender.country or "unknown"
    yield say["jurisdiction"].format(measures=_measures(pattern), country=country)
    yield say["goods"]
    if unpriced:
        yield say["value"].format(pairs=", ".join(unpriced))
    for receiver in _entries(pattern):
        if any(listing.listed_on is None for listing in receiver.entry.listings):
            yield say["undated"].format(entry=receiver.entry.caption)
    silent = [d for d in pattern.deliveries if d.item.quantity is None and d.item.net_kg is None]
    if silent:
        yield say["amounts"].format(count=len(silent))
    kind, _, where = frame.view.partition(":")
    view = words()["views"].get(kind, "").format(country=where)
    if view:
        yield view
    if omitted:
        yield say["rows"].format(count=omitted)


def _evidence(pattern: Pattern, frame: Frame) -> tuple[tuple[Evidence, ...], int]:
    """Listings first, then deliveries and imports in order of date; what was left out."""
    rows = [
        evidence.of_listing(r.entry, listing, frame.uris)
        for r in _entries(pattern)
        for listing in r.entry.listings
    ]
    rows += [evidence.of_item(d.item, frame.uris) for d in pattern.deliveries]
    rows += [evidence.of_item(p.item, frame.uris) for p in pattern.drawn]
    once = list({row.evidence_id: row for row in rows}.values())
    return tuple(once[: evidence.LARGEST]), max(0, len(once) - evidence.LARGEST)


def _value(pattern: Pattern, frame: Frame) -> tuple[str | None, list[str]]:
    """US dollars of all deliveries, and the currencies and years without a rate."""
    cents: list[int] = []
    unpriced: set[str] = set()
    items = {d.item.record_id: d.item for d in pattern.deliveries}
    for item in items.values():
        worth = frame.rates.usd_cents(item.value, item.currency, item.date_day)
        if worth is None:
            unpriced.add(f"{item.currency} {item.date_day[:4]}")
        else:
            cents.append(worth)
    return (plain(sum(cents), MONEY_PLACES) if cents else None), sorted(unpriced)


def _route(pattern: Pattern) -> tuple[str, ...]:
    """Legs in order, as declared: where from, the sender's country, where to.

    Several countries on one leg stand side by side, because they are alternatives and
    not a journey.
    """
    items = [delivery.item for delivery in pattern.deliveries]
    legs: list[set[str | None]] = [
        {pair.item.dispatch_country or pair.item.consignor_country for pair in pattern.drawn},
        {pattern.sender.country},
        {item.destination_country or item.consignee_country for item in items},
    ]
    named = [sorted(each for each in leg if each) for leg in legs]
    return tuple(" / ".join(leg) for leg in named if leg)


def _best(pattern: Pattern) -> Receiver:
    """The receiver whose match is the strongest, by id where equal."""
    ordered = sorted(pattern.receivers, key=lambda r: (-r.match.score, r.entry.entity_id))
    return ordered[0]


def _entries(pattern: Pattern) -> list[Receiver]:
    """One receiver an entry, in order of entry."""
    by_entry = {r.entry.entity_id: r for r in pattern.receivers}
    return [by_entry[name] for name in sorted(by_entry)]


def _measures(pattern: Pattern) -> str:
    """Which measures of which lists, in words."""
    say = words()["measures"]
    found = {
        f"{say[listing.measure]} ({listing.list_id})"
        for r in pattern.receivers
        for listing in r.entry.listings
    }
    return " and ".join(sorted(found))


def _listed_on(receiver: Receiver) -> str:
    dates = sorted(each.listed_on for each in receiver.entry.listings if each.listed_on)
    return dates[0] if dates else "on an unknown day"


def _vias(pattern: Pattern) -> str:
    say = words()["via"]
    return " and ".join(sorted({say[d.via] for d in pattern.deliveries}))


def _goods(code: str, description: str | None) -> str:
    return f"HS {code}: {description}" if description else f"HS {code}"


def _count(number: int, noun: str) -> str:
    """A number and its noun, which takes its plural."""
    plural = noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{number} {noun if number == 1 else plural}"
