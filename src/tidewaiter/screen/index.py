"""Every listed party by number and by word, so that a query meets few of them in full."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import msgspec

from tidewaiter.screen import identifiers as ids
from tidewaiter.screen.places import where
from tidewaiter.screen.records import Listed
from tidewaiter.screen.rules import rules
from tidewaiter.screen.score import Kind, Side, kind_of, side
from tidewaiter.screen.spellings import spellings
from tidewaiter.screen.vocabulary import Vocabulary, occurrences
from tidewaiter.screen.weighing import Asked, Entry
from tidewaiter.text import Term, read_name, read_person

NAMES_COMPARED = 8  # of one party: those that share most with the query


class Candidate(msgspec.Struct, frozen=True, gc=False):
    """A listed party worth comparing, with its names worth comparing, best first."""

    entry: Entry
    names: tuple[tuple[str, Side], ...]


class ListIndex:
    """Listed parties, given in any order, ready to be asked."""

    def __init__(self, parties: Iterable[Listed]) -> None:
        self.entries = [_entry(each) for each in sorted(parties, key=lambda p: p.entity_id)]
        texts = [spellings(entry.listed.names, entry.kind) for entry in self.entries]
        keys = (_keys(each, e.kind) for each, e in zip(texts, self.entries, strict=True))
        self.vocabulary = Vocabulary(*occurrences(keys))
        self._names: list[tuple[int, str, Side]] = []
        self._shared: list[float] = []
        self._postings: dict[str, list[int]] = defaultdict(list)
        self._numbers: dict[str, list[int]] = defaultdict(list)
        for at, (entry, names) in enumerate(zip(self.entries, texts, strict=True)):
            self._add(at, entry, names)

    def __len__(self) -> int:
        return len(self.entries)

    def candidates(self, asked: Asked) -> list[Candidate]:
        """Parties with an equal number, and those whose names may reach the floor."""
        bounds = self._bounds(asked)
        grouped: dict[int, list[tuple[float, int]]] = defaultdict(list)
        for name, bound in bounds.items():
            grouped[self._names[name][0]].append((-bound, name))
        best = sorted(grouped, key=lambda at: (min(grouped[at])[0], at))
        chosen = dict.fromkeys([*self._by_number(asked), *best[: rules().candidates]])
        return [self._candidate(at, grouped.get(at, [])) for at in chosen]

    def _candidate(self, at: int, names: list[tuple[float, int]]) -> Candidate:
        closest = sorted(names)[:NAMES_COMPARED]
        return Candidate(self.entries[at], tuple(self._names[n][1:] for _, n in closest))

    def _by_number(self, asked: Asked) -> list[int]:
        numbers = {number for _, number in asked.numbers.schemed} | asked.numbers.bare
        return sorted({at for number in numbers for at in self._numbers.get(number, ())})

    def _bounds(self, asked: Asked) -> dict[int, float]:
        """For each listed name the most it can score, where that reaches the floor."""
        weights: dict[int, float] = defaultdict(float)
        for keys, weight in _asked_words(asked).items():
            for name in self._named(keys):
                weights[name] += weight
        if not weights:
            return {}
        sides = [ours for _, ours in asked.bodies]
        least = min(_least(ours) for ours in sides)
        shared = max(_shared(ours) for ours in sides)
        floor = rules().floor
        bounds: dict[int, float] = {}
        for name, own in weights.items():
            most = own + min(shared, self._shared[name])
            bound = 2 * most / (max(least, own) + max(self._names[name][2].total, own))
            if bound >= floor:
                bounds[name] = bound
        return bounds

    def _named(self, keys: tuple[str, ...]) -> Iterable[int]:
        """Names with one of the keys or, for long words, with a near spelling."""
        every = [*keys, *self.vocabulary.near(keys[0])]
        if len(every) == 1:
            return self._postings.get(keys[0], ())
        return {name for key in every for name in self._postings.get(key, ())}

    def _add(self, at: int, entry: Entry, names: list[str]) -> None:
        for _, number in sorted(entry.numbers.schemed):
            self._numbers[number].append(at)
        for number in sorted(entry.numbers.bare):
            self._numbers[number].append(at)
        for text in names:
            one = side(text, entry.kind, self.vocabulary)
            if not one.terms:
                continue
            position = len(self._names)
            self._names.append((at, text, one))
            self._shared.append(_shared(one))
            for key in {key for term in _posted(one.terms) for key in term.keys}:
                self._postings[key].append(position)


def _entry(listed: Listed) -> Entry:
    return Entry(
        listed=listed,
        kind=kind_of(listed.schema),
        numbers=ids.of_listed(listed.identifiers),
        place=where(listed.addresses, listed.countries),
    )


def _keys(names: Iterable[str], kind: Kind) -> set[str]:
    read = read_name if kind == "body" else read_person
    return {key for text in names for term in read(text).terms for key in term.keys}


def _posted(terms: Iterable[Term]) -> list[Term]:
    """Words of its own; a name that has none is found by its shared words."""
    every = list(terms)
    return [term for term in every if term.kind is None] or every


def _asked_words(asked: Asked) -> dict[tuple[str, ...], float]:
    """Every word of the query under each reading, with its weight."""
    found: dict[tuple[str, ...], float] = {}
    for _, ours in (*asked.bodies, *asked.persons):
        for term, weight in zip(ours.terms, ours.weights, strict=True):
            found[term.keys] = max(weight, found.get(term.keys, 0.0))
    return found


def _shared(one: Side) -> float:
    """Weight of the words that are not posted: they may agree, unseen."""
    if all(term.kind for term in one.terms):
        return 0.0
    return sum(w for term, w in zip(one.terms, one.weights, strict=True) if term.kind)


def _least(one: Side) -> float:
    """The least a query can weigh: without its shared words."""
    return one.total - _shared(one)
