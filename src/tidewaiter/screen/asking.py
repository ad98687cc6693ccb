"""The two questions of this room: which listed parties, and whether two names are one."""

from __future__ import annotations

from collections.abc import Iterable

from tidewaiter.screen.index import ListIndex
from tidewaiter.screen.places import Split, splits, verdict, where
from tidewaiter.screen.records import Comparison, Match, Query, Screened, checked_name
from tidewaiter.screen.rules import rules
from tidewaiter.screen.score import Agreement, agreement, kind_of, side
from tidewaiter.screen.vocabulary import Vocabulary
from tidewaiter.screen.weighing import Weighed, prepared, weigh, with_place
from tidewaiter.screen.wording import completeness, explanations, name_explanations

LIMIT = 5

PARTIAL = (
    "only a file of aliases, addresses or remarks names this party: the list's own entry, with "
    "its type, programmes and numbers, is not loaded"
)


def screen(
    query: Query, index: ListIndex, *, threshold: float | None = None, limit: int = LIMIT
) -> Screened:
    """The listed parties that ``query`` may mean, best first, at most ``limit``.

    ``threshold`` (0-1) defaults to that of ``rules.yml``. Parties with an equal
    identifier are all given, whatever the limit. ``BadDataError`` for a name that is too
    long to be one.
    """
    least = rules().threshold if threshold is None else threshold
    asked = prepared(query, index.vocabulary)
    found = [weigh(asked, each.entry, each.names) for each in index.candidates(asked)]
    found.sort(key=lambda w: (-w.score, w.entry.listed.entity_id))
    reached = [w for w in found if w.score >= least]
    sure = sum(1 for w in reached if w.equal)
    close = [] if reached else [w for w in found if w.score >= rules().floor]
    return Screened(
        query=query,
        results=tuple(_match(w, least) for w in reached[: max(limit, sure)]),
        near=tuple(_match(w, least) for w in close[:limit]),
    )


def _match(weighed: Weighed, threshold: float) -> Match:
    listed = weighed.entry.listed
    return Match(
        entity_id=listed.entity_id,
        caption=listed.caption,
        schema=listed.schema,
        list_ids=tuple(sorted({each.list_id for each in listed.listings})),
        score=weighed.score,
        probability=None,
        completeness=completeness(weighed),
        measures=tuple(sorted({each.measure for each in listed.listings})),
        match=weighed.score >= threshold,
        by_identifier=weighed.equal is not None,
        explanations=(*explanations(weighed), *([PARTIAL] if listed.partial else [])),
    )


def compare(left: str, right: str, schema: str | None = None) -> Comparison:
    """Two names compared, without a list that says which words are rare.

    The score does not change when the names change places. ``schema`` (FollowTheMoney)
    says how they are read; without it as names of firms. ``BadDataError`` for a name
    that is too long to be one.
    """
    ours, theirs = checked_name(left, "left"), checked_name(right, "right")
    options = [
        (score, found)
        for one in _splits(ours, schema)
        for other in _splits(theirs, schema)
        for score, found in _compared(one, other, schema)
    ]
    if not options:
        return Comparison(0.0, match=False, explanations=("no letters or digits to compare",))
    best, found = max(options, key=lambda option: option[0])
    score = round(best, 4)
    return Comparison(score, score >= rules().threshold, name_explanations(found))


def _splits(text: str, schema: str | None) -> list[Split]:
    return splits(text) if kind_of(schema) == "body" else [Split(text, "")]


def _compared(one: Split, other: Split, schema: str | None) -> Iterable[tuple[float, Agreement]]:
    kind, vocabulary = kind_of(schema), Vocabulary()
    left, right = side(one.name, kind, vocabulary), side(other.name, kind, vocabulary)
    if left.terms and right.terms:
        found = agreement(left, right, kind)
        yield _with_places(found, one.place, other.place), found


def _with_places(found: Agreement, left: str, right: str) -> float:
    """Both places are compared as addresses would be; one alone is unknown."""
    if not left and not right:
        return found.score
    if not left or not right:
        return with_place(found, "unknown")
    verdicts = {verdict(left, where([right], [right])), verdict(right, where([left], [left]))}
    if "agrees" in verdicts:
        return with_place(found, "agrees")
    return with_place(found, "conflicts" if "conflicts" in verdicts else "unknown")
