"""The two questions of this room: which listed parties, and whether two names are one."""

from __future__ import annotations

from collections.abc import Iterable

from tidewaiter.screen.agreement import Agreement, agreement
from tidewaiter.screen.index import ListIndex
from tidewaiter.screen.kinds import Kind, kind_of, schema_named
from tidewaiter.screen.listings import status_of, telling
from tidewaiter.screen.model import model, probability, score
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
    weigh,
)
from tidewaiter.screen.wording import completeness, explanations, name_explanations

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
    listing has to be in force; ``explain`` asks for what each feature adds, too.
    ``BadDataError`` for a name that is too long to be one.
    """
    least = rules().threshold if threshold is None else threshold
    known, remarks = usable(query)
    asked = prepared(known)
    # A name of shared words alone is nobody's by its letters: all that is near may be meant.
    floor = rules().floor if asked.has_own_words else rules().floor_of_shared_words
    found = weigh(asked, index, min(least, floor), limit, least)
    reached = [w for w in found if w.score >= least]
    sure = sum(1 for w in reached if w.equal)
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
    return Match(
        entity_id=listed.entity_id,
        caption=listed.caption,
        schema=listed.schema,
        list_ids=tuple(sorted({each.list_id for each in told})),
        score=weighed.score,
        probability=1.0 if weighed.equal else probability(weighed.score, weighed.entry.kind),
        completeness=completeness(weighed),
        measures=tuple(sorted({each.measure for each in told})),
        status=status_of(listed.listings, day),
        match=weighed.score >= threshold,
        by_identifier=weighed.equal is not None,
        explanations=explanations(weighed, found, day),
        added=_added(found) if explain and found else (),
    )


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
    ours, theirs = checked_name(left, "left"), checked_name(right, "right")
    schema = schema_named(schema) or "Company"
    kind = kind_of(schema)
    answers = [_one_way(ours, theirs, schema), _one_way(theirs, ours, schema)]
    found = [(each, index) for each, index in answers if each is not None and each.names]
    if not found:
        return Comparison(
            0.0, 0.0, match=False, explanations=("nothing that can be compared agrees",)
        )
    # The better of both ways: a word is joined or parted as the other name has it.
    value, first, index = max(
        ((_value(each, kind), each, index) for each, index in found), key=lambda one: one[0]
    )
    ceilings = [first.ceiling] if first.ceiling else []
    words = agreement(first.names, index) if first.names else None
    return Comparison(
        score=value,
        probability=probability(value, kind),
        match=value >= rules().threshold,
        explanations=name_explanations(words, ceilings) if words else (),
        added=_added(words) if words else (),
    )


def _value(weighed: Weighed, kind: Kind) -> float:
    return round(score(weighed.total + model().pairs[kind]) * weighed.highest, DIGITS)


def _one_way(asked: str, listed: str, schema: str) -> tuple[Weighed | None, ListIndex]:
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
    found = weigh(prepared(Query(query_id="left", names=(asked,), schema=schema)), index)
    return (found[0] if found else None), index
