"""One query against the listed parties: names first by the thousand, then each near one whole."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import cached_property

import msgspec
import numpy as np
import numpy.typing as npt

from tidewaiter.model.country import country_code
from tidewaiter.screen import identifiers as ids
from tidewaiter.screen.corroborate import Surroundings, most_added, surroundings
from tidewaiter.screen.facts import Fact
from tidewaiter.screen.features import ACRONYM
from tidewaiter.screen.identifiers import Numbers, NumbersMet
from tidewaiter.screen.index import Entry, ListIndex
from tidewaiter.screen.kinds import BROAD, KINDS, Kind, kind_of, read
from tidewaiter.screen.model import LEAST, log_odds, model, score
from tidewaiter.screen.near import best_of_each
from tidewaiter.screen.places import Split, Verdict, splits, verdict
from tidewaiter.screen.records import Query
from tidewaiter.screen.rules import rules
from tidewaiter.screen.search import Found
from tidewaiter.screen.spellings import spellings
from tidewaiter.text import Name, read_name

DIGITS = 6  # of a score
TINY = 1e-6
FULL_NAME = 2  # words of a person's own that have to agree

Floats = npt.NDArray[np.float64]


class Asked(msgspec.Struct, frozen=True, dict=True):
    """A query, prepared: numbers out of the text, places tried apart from the names."""

    query: Query
    numbers: Numbers
    splits: tuple[Split, ...]
    kinds: tuple[Kind, ...]
    is_firm: bool  # a schema or a legal form says so

    @cached_property
    def has_own_words(self) -> bool:
        """Whether a name has a word that is not shared by many firms."""
        every = (term for split in self.splits for term in read_name(split.name).terms)
        return any(term.kind is None for term in every)


class NamePair(msgspec.Struct, frozen=True):
    """The best pair of names: what was asked, which listed name, and the facts of both.

    ``split`` holds the name and the part that was set aside as a place, ``name`` how its
    words were read.
    """

    split: Split
    name: Name
    listed: int
    facts: Floats
    total: float
    kind: Kind


class Weighed(msgspec.Struct, frozen=True):
    """Everything that was found about one pair; ``score`` is rounded and final.

    ``total`` is the sum of log-odds, ``highest`` what the score cannot exceed, and
    ``ceiling`` names the rule where that made a difference.
    """

    entry: Entry
    score: float
    total: float
    highest: float
    names: NamePair | None
    numbers: NumbersMet
    around: Surroundings
    place: Verdict
    ceiling: str | None


def prepared(query: Query) -> Asked:
    """Read a query that is usable."""
    code = country_code(query.country) if query.country else None
    countries = (code,) if code else ()
    numbers = ids.in_field(query.identifiers, countries)
    texts: list[str] = []
    for name in query.names:
        found = ids.in_text(name, countries)
        numbers |= found
        texts.append(found.rest.strip())
    if query.address:
        numbers |= ids.in_text(query.address, countries)
    named = [text for text in texts if text]
    every = dict.fromkeys(each for text in spellings(named, "body") for each in splits(text))
    broad = query.schema is None or query.schema in BROAD
    is_firm = kind_of(query.schema) == "body" if not broad else any(map(_has_form, named))
    return Asked(query, numbers, tuple(every), _kinds(query.schema, broad), is_firm)


def _has_form(text: str) -> bool:
    return bool(read_name(text).forms)


def _kinds(schema: str | None, broad: bool) -> tuple[Kind, ...]:  # noqa: FBT001
    """Which tables are asked: that of the schema, and that of parties of no certain kind."""
    if broad:
        return KINDS
    own = kind_of(schema)
    return (own,) if own == "body" else ("body", own)


def weigh(
    asked: Asked,
    index: ListIndex,
    least: float = 0.0,
    limit: int = 0,
    enough: float = math.inf,
) -> list[Weighed]:
    """The listed parties that ``asked`` may mean, best first; equal scores in order of id.

    ``least`` is the score from which a party is of interest, and once one reaches ``enough``
    only those that do are; of others ``limit`` are wanted (0: all that are looked at).
    Parties that cannot be among these by their names are not looked at whole; those with
    an equal number always are.
    """
    ranked = _ranked(asked, index, width(limit, asked))
    places = {entity: place for place, entity in enumerate(ranked.entities)}
    wanted = (limit if asked.has_own_words else 2 * limit) or len(places)
    added = most_added(asked.query, any(split.place for split in asked.splits))
    numbered = _with_equal_number(asked, index)
    found = [
        _weigh_one(asked, index.entry(at), ranked.pair(places[at]) if at in places else None)
        for at in numbered
    ]
    reached = any(w.score >= enough for w in found)
    for place, entity in enumerate(ranked.entities):
        if entity in numbered:
            continue
        highest = round(score(ranked.totals[place] + added), DIGITS)
        if highest < (max(least, enough) if reached else least):
            break
        if highest < enough and len(found) >= wanted and _is_outdone(highest, found, wanted):
            break
        found.append(_weigh_one(asked, index.entry(entity), ranked.pair(place)))
        reached = reached or found[-1].score >= enough
    found.sort(key=lambda w: (-w.score, w.entry.listed.entity_id))
    return found


def _is_outdone(highest: float, found: Sequence[Weighed], wanted: int) -> bool:
    """Whether as many as are wanted have a better score than ``highest``."""
    return sum(w.score > highest for w in found) >= wanted


def _with_equal_number(asked: Asked, index: ListIndex) -> list[int]:
    return sorted({at for number in asked.numbers.every for at in index.with_number(number)})


class Reading(msgspec.Struct, frozen=True, gc=False):
    """One way to read the query's name, and the names of one table found for it."""

    split: Split
    name: Name
    kind: Kind
    found: Found


def width(limit: int, asked: Asked) -> int:
    """How many listed names are measured a spelling where ``limit`` parties are wanted.

    Names of shared words alone have many neighbours, and none stands out. Who wants more than
    the usual few looks further, and only then.
    """
    if not asked.has_own_words:
        limit = max(limit, rules().found_by_shared_words)
    return max(rules().names_found, 2 * limit)


class Ranked(msgspec.Struct, frozen=True):
    """Parties by position in the index, the best names first, and their sums of log-odds.

    ``rows`` are places in the names that were found for all ``readings`` one after another.
    """

    entities: list[int]
    totals: list[float]
    rows: list[int]
    readings: list[Reading]

    def pair(self, place: int) -> NamePair:
        """The best pair of names of the party at a place of ``entities``."""
        row = self.rows[place]
        for reading in self.readings:
            if row < len(reading.found.names):
                break
            row -= len(reading.found.names)
        return NamePair(
            split=reading.split,
            name=reading.name,
            listed=int(reading.found.names[row]),
            facts=reading.found.facts[row],
            total=self.totals[place],
            kind=reading.kind,
        )


def _ranked(asked: Asked, index: ListIndex, most: int) -> Ranked:
    """The parties of the names that were found, the best names first."""
    every = [r for kind in asked.kinds for r in readings(asked, kind, index, most)]
    if not every:
        return Ranked([], [], [], [])
    tables = [index.searches[r.kind].table for r in every]
    entities = [t.name_entity[r.found.names] for t, r in zip(tables, every, strict=True)]
    # Of equal names the one in the alphabet of the query is shown; then the order is that of
    # the readings and of the names of each, which is fixed.
    foreign = [
        (t.name_latin[r.found.names] == 1) != r.split.name.isascii()
        for t, r in zip(tables, every, strict=True)
    ]
    totals = [log_odds(r.found.facts, r.kind) for r in every]
    best, values, rows = best_of_each(
        np.concatenate(entities), np.concatenate(totals), np.concatenate(foreign)
    )
    return Ranked(best.tolist(), values.tolist(), rows.tolist(), every)


def readings(asked: Asked, kind: Kind, index: ListIndex, most: int) -> Iterator[Reading]:
    """Every spelling of the query, as names of ``kind`` are read, with the names found."""
    search = index.searches[kind]
    if not len(search.table.name_entity):
        return  # a list without parties of this kind
    for split in asked.splits:
        if kind != "body" and split.place:
            continue  # a comma in a person's name parts family and given name
        name = read(split.name, kind)
        if not name.terms:
            continue
        for each in (name, search.resegmented(name)):
            if each is not None:
                found = search.find(each, most, rules().least_shared)
                yield Reading(split, each, kind, found)


def _weigh_one(asked: Asked, entry: Entry, pair: NamePair | None) -> Weighed:
    """A listed party by numbers, by its best name and by what else is known."""
    around = surroundings(asked.query, entry)
    numbers = ids.met(asked.numbers, entry.numbers) if asked.numbers.every else ids.NONE_MET
    place: Verdict = "unknown"
    if pair is not None and pair.split.place:
        place = verdict(pair.split.place, entry.place)
    # A number that is equal, too, outweighs what is wanting in the names.
    judged = None if numbers.supporting else pair
    ceiling, highest = _ceiling(asked, entry, judged, place, bool(numbers.conflicts))
    total = _total(pair, around, place)
    return Weighed(
        entry=entry,
        score=round(scored(total, highest, numbers, named=bool(asked.splits)), DIGITS),
        total=total,
        highest=highest,
        names=pair,
        numbers=numbers,
        around=around,
        place=place,
        ceiling=None if numbers.equal or ceiling == "names_alone" else ceiling,
    )


def scored(total: float, highest: float, numbers: NumbersMet, *, named: bool) -> float:
    """The score of log-odds under a ceiling, and of numbers that met; ``named``: by names, too."""
    figures = rules()
    if numbers.equal:
        return figures.equal_and_conflicting if numbers.conflicts else 1.0
    if numbers.supporting is None:
        return score(total) * highest
    found = score(total + figures.same_number) * highest
    least = figures.number_against_name if named else figures.number_alone
    return found if numbers.conflicts else max(found, least)


def _total(pair: NamePair | None, around: Surroundings, place: Verdict) -> float:
    if pair is None:
        return LEAST
    weights = model().evidence
    if pair.split.leads and place != "agrees":
        return LEAST
    total = pair.total + around.step()
    if pair.split.place:
        total += {
            "agrees": weights.place_agrees,
            "conflicts": weights.place_conflicts,
            "unknown": weights.place_unknown,
        }[place]
    return total


def _ceiling(
    asked: Asked,
    entry: Entry,
    pair: NamePair | None,
    place: Verdict,
    conflicting: bool,  # noqa: FBT001
) -> tuple[str | None, float]:
    """The lowest ceiling that applies, and its name. It scales a score: order is kept below it."""
    names = ["names_alone"]
    if conflicting:
        names.append("identifier_conflict")
    if _is_other_kind(asked, entry):
        names.append("other_kind")
    if place == "conflicts":
        names.append("place_conflict")
    if pair is not None:
        names += name_ceilings(pair.facts.tolist(), pair.kind)
    options = [(float(getattr(rules(), name)), name) for name in names]
    highest, name = min(options)
    return name, highest


def name_ceilings(facts: Sequence[float] | Floats, kind: Kind) -> list[str]:
    """The ceilings that apply to a pair of names."""
    if kind == "ship":
        left, right = (
            facts[Fact.LEFT] - facts[Fact.LEFT_AGREED],
            facts[Fact.RIGHT] - facts[Fact.RIGHT_AGREED],
        )
        return ["ship_by_name" if max(left, right) < TINY else "ship_not_exact"]
    if kind == "person":
        return _person_ceilings(facts)
    found = []
    if facts[Fact.LETTERS_OVER]:
        found.append("another_letter")
    if facts[Fact.NUMBERS]:
        found.append("another_number")
    one_own = facts[Fact.OWN_PAIRS] == 1 and facts[Fact.LONGEST_OWN] <= ACRONYM
    if one_own and not facts[Fact.SHARED_PAIRS]:
        found.append("acronym_alone")
    if facts[Fact.GOING_ON] and facts[Fact.GOING_ON] == facts[Fact.OWN_PAIRS]:
        found.append("word_goes_on")
    if not facts[Fact.OWN_PAIRS]:
        said = facts[Fact.RARITY]
        by_meaning = facts[Fact.TRANSLATED] > 0 and said < rules().some_said
        if by_meaning or (_is_left_over(facts) and said < rules().much_said):
            found.append("shared_words_alone")
    return found


def _is_left_over(facts: Sequence[float] | Floats) -> bool:
    """Whether one name has words that the other lacks, particles apart."""
    said = (
        Fact.LEFT_SAID,
        Fact.RIGHT_SAID,
        Fact.LEFT_PLACE,
        Fact.RIGHT_PLACE,
        Fact.OWN_LEFT,
        Fact.OWN_RIGHT,
    )
    return any(facts[each] > 0 for each in said)


def _person_ceilings(facts: Sequence[float] | Floats) -> list[str]:
    found = []
    whole = not (facts[Fact.LEFT_WORDS_OVER] or facts[Fact.RIGHT_WORDS_OVER])
    named = facts[Fact.OWN_PAIRS] + min(1.0, facts[Fact.FIRST_LETTERS])
    if named < FULL_NAME and not whole:
        found.append("one_name_of_a_person")
    if facts[Fact.PATRONYMICS] > 1:
        found.append("another_patronymic")
    if facts[Fact.LETTERS_OVER] > 1:
        found.append("another_letter")
    return found


def _is_other_kind(asked: Asked, entry: Entry) -> bool:
    """A firm asked for where a person or ship is listed, or the reverse."""
    if entry.listed.schema in BROAD:
        return False
    schema = asked.query.schema
    if schema is None or schema in BROAD:
        return asked.is_firm and entry.kind != "body"
    return kind_of(schema) != entry.kind
