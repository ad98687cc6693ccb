"""One query against one listed party: the best pair of names, and what else is known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

import msgspec
from rapidfuzz.distance import OSA

from tidewaiter.screen import identifiers as ids
from tidewaiter.screen.corroborate import Surroundings, surroundings
from tidewaiter.screen.identifiers import Numbers
from tidewaiter.screen.places import Split, Verdict, Where, splits, verdict
from tidewaiter.screen.records import Listed, Query, checked_name
from tidewaiter.screen.rules import rules
from tidewaiter.screen.score import Agreement, Kind, Side, agreement, kind_of, side
from tidewaiter.screen.spellings import spellings
from tidewaiter.screen.vocabulary import Vocabulary


class Entry(msgspec.Struct, frozen=True):
    """A listed party, prepared: how its names are read, its numbers, and where it is."""

    listed: Listed
    kind: Kind
    numbers: Numbers
    place: Where


class Asked(msgspec.Struct, frozen=True, dict=True):
    """A query, prepared: numbers out of the text, places tried apart from the names."""

    query: Query
    numbers: Numbers
    splits: tuple[Split, ...]
    vocabulary: Vocabulary

    @cached_property
    def bodies(self) -> tuple[tuple[Split, Side], ...]:
        """The names read as a firm's, with and without what may be a place."""
        return tuple((each, side(each.name, "body", self.vocabulary)) for each in self.splits)

    @cached_property
    def persons(self) -> tuple[tuple[Split, Side], ...]:
        """The names read as a person's; a comma there parts family and given name."""
        return self._whole("person")

    @cached_property
    def ships(self) -> tuple[tuple[Split, Side], ...]:
        """The names read as a ship's."""
        return self._whole("ship")

    def readings(self, kind: Kind) -> tuple[tuple[Split, Side], ...]:
        """The names as names of ``kind``."""
        return {"body": self.bodies, "person": self.persons, "ship": self.ships}[kind]

    def _whole(self, kind: Kind) -> tuple[tuple[Split, Side], ...]:
        return tuple(
            (each, side(each.name, kind, self.vocabulary)) for each in self.splits if not each.place
        )


class NamePair(msgspec.Struct, frozen=True):
    """The best pair of names: the query's, the listed one, and how they agree.

    ``place`` is the part of the query's name that was set aside as a place.
    """

    asked: str
    listed: str
    found: Agreement
    place: str
    verdict: Verdict
    score: float


class Weighed(msgspec.Struct, frozen=True):
    """Everything that was found about one pair; ``score`` is rounded and final."""

    entry: Entry
    score: float
    names: NamePair | None
    equal: tuple[str, str] | None
    conflicts: tuple[tuple[str, str, str], ...]
    around: Surroundings
    other_kind: bool


def prepared(query: Query, vocabulary: Vocabulary) -> Asked:
    """Read a query. ``BadDataError`` for a name that cannot be one."""
    numbers = ids.in_field(query.identifiers)
    texts: list[str] = []
    for name in query.names:
        found = ids.in_text(checked_name(name, f"query {query.query_id}"))
        numbers |= found
        texts.append(found.rest.strip())
    if query.address:
        numbers |= ids.in_text(checked_name(query.address, f"query {query.query_id}, address"))
    named = [text for text in texts if text]
    every = dict.fromkeys(each for text in spellings(named, "body") for each in splits(text))
    return Asked(query, numbers, tuple(every), vocabulary)


def weigh(asked: Asked, entry: Entry, names: Iterable[tuple[str, Side]]) -> Weighed:
    """Compare a query with a listed party by numbers, by ``names`` and by what else is known."""
    pair = best_names(asked.readings(entry.kind), names, entry)
    around = surroundings(asked.query, entry.listed, entry.place)
    equal = ids.equal(asked.numbers, entry.numbers)
    conflicts = tuple(ids.conflicts(asked.numbers, entry.numbers))
    other_kind = _other_kind(asked, entry.kind)
    score = 1.0 if equal else _score(pair, around)
    if not equal and conflicts:
        score = min(score, rules().identifier_conflict)
    if not equal and other_kind:
        score = min(score, rules().other_kind)
    return Weighed(entry, round(score, 4), pair, equal, conflicts, around, other_kind)


def best_names(
    asked: Sequence[tuple[Split, Side]], names: Iterable[tuple[str, Side]], entry: Entry
) -> NamePair | None:
    """The pair with the highest score; among equal ones the first in alphabetical order."""
    best: NamePair | None = None
    for text, theirs in names:
        for split, ours in asked:
            if not ours.terms or not theirs.terms:
                continue
            pair = _pair(split, ours, text, theirs, entry)
            if best is None or (pair.score >= best.score and _rank(pair) < _rank(best)):
                best = pair
    return best


def _rank(pair: NamePair) -> tuple[float, float, str, str, str]:
    """Best first; of equal ones the spellings that look most alike, then the alphabet."""
    apart = OSA.normalized_distance(pair.asked.casefold(), pair.listed.casefold())
    return -pair.score, round(apart, 6), pair.listed, pair.asked, pair.place


def _pair(split: Split, ours: Side, text: str, theirs: Side, entry: Entry) -> NamePair:
    found = agreement(ours, theirs, entry.kind)
    answer: Verdict = "unknown"
    score = found.score
    if split.place and score >= rules().floor:
        answer = verdict(split.place, entry.place)
        score = with_place(found, answer)
    return NamePair(split.name, text, found, split.place, answer, score)


def with_place(found: Agreement, answer: Verdict) -> float:
    """The score of names of which one also names a place."""
    figures = rules()
    if answer == "conflicts":
        return min(found.score * figures.place_conflict_factor, figures.place_conflict)
    if answer == "unknown":
        return found.score * figures.place_unknown_factor
    if found.ceiling == "acronym_alone":
        return min(found.base, figures.names_alone)
    return found.score


def _score(pair: NamePair | None, around: Surroundings) -> float:
    """Names, then steps. What agrees besides does not lift a score above its ceiling."""
    if pair is None:
        return 0.0
    step = around.step()
    ours, theirs = (set(forms) for forms in pair.found.forms)
    if ours and theirs and not ours & theirs:
        step += rules().form_conflict
    if step < 0 and pair.found.ceiling:
        step = 0.0
    return max(0.0, min(pair.score - step, 1.0))


def _other_kind(asked: Asked, kind: Kind) -> bool:
    """A firm asked for where a person or ship is listed, or the reverse.

    A legal form in a query without schema says that a firm is meant.
    """
    if asked.query.schema:
        return kind_of(asked.query.schema) != kind
    return kind != "body" and any(ours.forms for _, ours in asked.bodies)
