"""The two questions of this room: which listed parties, and whether two names are one."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from tidewaiter.screen.agreement import Agreement, agreement
from tidewaiter.screen.identifiers import in_text, met
from tidewaiter.screen.index import ListIndex
from tidewaiter.screen.kinds import kind_of, schema_named
from tidewaiter.screen.listings import status_of, telling
from tidewaiter.screen.model import LEAST, model, probability
from tidewaiter.screen.places import Split, splits
from tidewaiter.screen.records import (
    Added,
    Comparison,
    Listed,
    Match,
    Query,
    Screened,
    checked_name,
)
from tidewaiter.screen.rules import rules
from tidewaiter.screen.usable import usable
from tidewaiter.screen.weighing import (
    DIGITS,
    Weighed,
    prepared,
    scored,
    weigh,
)
from tidewaiter.screen.wording import (
    completeness,
    explanations,
    name_explanations,
    number_explanations,
)

LIMIT = 5
NEAR = 3  # parties shown where nothing matches


def screen(
    query: Query,
    index: ListIndex,
    *,
    threshold: float | None = None,
    limit: int = LIMIT,
    day: str | None = None,
    explain: bool = False,
) -> Screened:
    """The listed parties that ``query`` may mean, best first, at most ``limit``.

    ``threshold`` (0-1) defaults to that of ``rules.yml``. Parties with an equal
    identifier are all given, whatever the limit. ``day`` (ISO 8601) says on which day a
    listing has to be in force: a party listed only later is no match, and at most near.
    ``explain`` asks for what each feature adds, too.
    ``BadDataError`` for a name that is too long to be one.
    """
    least = rules().threshold if threshold is None else threshold
    known, remarks = usable(query)
    asked = prepared(known)
    # A name of shared words alone is nobody's by its letters: all that is near may be meant.
    floor = rules().floor if asked.has_own_words else rules().floor_of_shared_words
    found = weigh(asked, index, min(least, floor), limit, least)
    reached = [w for w in found if w.score >= least and not _is_listed_later(w, day)]
    sure = sum(1 for w in reached if w.numbers.equal)
    close = [] if reached else [w for w in found if w.score >= floor]
    most = min(limit, NEAR) if asked.has_own_words else 2 * limit

    def told(weighed: Iterable[Weighed]) -> tuple[Match, ...]:
        return tuple(_match(each, index, least, day, explain=explain) for each in weighed)

    return Screened(
        query=query,
        results=told(reached[: max(limit, sure)]),
        near=told(close[:most]),
        reached=len(reached),
        remarks=remarks,
    )


def _match(
    weighed: Weighed, index: ListIndex, threshold: float, day: str | None, *, explain: bool
) -> Match:
    listed = weighed.entry.listed
    found = agreement(weighed.names, index) if weighed.names else None
    told = telling(listed.listings, day)
    status = status_of(listed.listings, day)
    return Match(
        entity_id=listed.entity_id,
        caption=listed.caption,
        schema=listed.schema,
        list_ids=tuple(sorted({each.list_id for each in told})),
        score=weighed.score,
        probability=_probability(weighed),
        completeness=completeness(weighed),
        measures=tuple(sorted({each.measure for each in told})),
        status=status,
        match=weighed.score >= threshold and status != "future",
        by_identifier=weighed.numbers.equal is not None,
        explanations=explanations(weighed, found, day),
        added=_added(found) if explain and found else (),
    )


def _is_listed_later(weighed: Weighed, day: str | None) -> bool:
    return status_of(weighed.entry.listed.listings, day) == "future"


def _probability(weighed: Weighed) -> float:
    return 1.0 if weighed.numbers.equal else probability(weighed.score, weighed.entry.kind)


def _added(found: Agreement) -> tuple[Added, ...]:
    """The features that say something, the least first."""
    return tuple(
        Added(feature.name, round(value, DIGITS), feature.sentence)
        for value, feature in found.added
        if round(value, DIGITS)
    )


def compare(left: str, right: str, schema: str | None = None) -> Comparison:
    """Two names compared, without a list that says which words are rare.

    The score does not change when the names change places. ``schema`` (FollowTheMoney)
    says how they are read; without it as names of firms. ``BadDataError`` for a name
    that is too long to be one.
    """
    schema = schema_named(schema) or "Company"
    kind = kind_of(schema)
    ours, theirs = (in_text(checked_name(*each)) for each in ((left, "left"), (right, "right")))
    numbers = met(ours, theirs)
    named = bool(ours.rest.strip() and theirs.rest.strip())
    shift = model().pairs[kind] if named else 0.0

    def value(pair: _Pair) -> float:
        highest = min(pair.highest, rules().identifier_conflict if numbers.conflicts else 1.0)
        return round(scored(pair.total + shift, highest, numbers, named=named), DIGITS)

    # The better of both ways: a word is joined or parted as the other name has it.
    ways = (
        _one_way(ours.rest, theirs.rest, schema),
        _one_way(theirs.rest, ours.rest, schema).swapped(),
    )
    pair = max(ways, key=lambda way: (value(way), way.total))
    found = value(pair)
    told = (
        *number_explanations(numbers, ("in the first", "in the second")),
        *(name_explanations(pair.words, pair.ceilings) if pair.words else ()),
    )
    return Comparison(
        score=found,
        probability=1.0 if numbers.equal else probability(found, kind),
        match=found >= rules().threshold,
        explanations=told or ("nothing that can be compared agrees",),
        added=_added(pair.words) if pair.words else (),
    )


class _Pair(msgspec.Struct, frozen=True):
    """Two names compared one way."""

    total: float
    highest: float
    words: Agreement | None = None
    ceilings: tuple[str, ...] = ()

    def swapped(self) -> _Pair:
        """The same, told from the other name."""
        return msgspec.structs.replace(self, words=self.words and self.words.swapped())


def _one_way(asked: str, listed: str, schema: str) -> _Pair:
    """The second name as a list of one party, and the first asked of it."""
    parts = splits(listed) if kind_of(schema) == "body" else [Split(listed, "")]
    party = Listed(
        entity_id="right",
        caption=listed,
        schema=schema,
        names=tuple(dict.fromkeys(part.name for part in parts)),
        addresses=tuple(part.place for part in parts if part.place),
    )
    index = ListIndex([party])
    query = Query(query_id="left", names=(asked,), schema=schema)
    best = next(iter(weigh(prepared(query), index)), None)
    if best is None or best.names is None:
        return _Pair(LEAST, 1.0)
    return _Pair(
        total=best.total,
        highest=best.highest,
        words=agreement(best.names, index),
        ceilings=(best.ceiling,) if best.ceiling else (),
    )
