"""One name asked of a table: which listed names share words with it, and the facts of each."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from tidewaiter.screen.commonness import share_of
from tidewaiter.screen.facts import (
    COLUMNS,
    IN_PART,
    MOST_PAIRS,
    PARTICLE,
    SAME_LETTERS,
    SAME_MEANING,
    facts,
    link_entries,
    pair_words,
    working_memory,
)
from tidewaiter.screen.kinds import Kind
from tidewaiter.screen.name_table import (
    MOST_TERMS,
    Key,
    NameTable,
    flags,
    term_key,
    weight,
    word,
)
from tidewaiter.screen.near import answers, find_names, laid_out, near_terms, position
from tidewaiter.screen.rules import rules
from tidewaiter.screen.spellings import VOWELS
from tidewaiter.text import Name, Term, fold
from tidewaiter.text.glossary import part_of

REMEMBERED = 1 << 16  # words
LAST = 64  # names
OTHER_FORM = 1 << 63  # bit of a legal form that the list has not
MOST_JOINED = 4  # words, or single letters, that make one word
SHORTEST_PART = 3  # letters of the parts of a word that was written without a space

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]


Columns = tuple[Ints, npt.NDArray[np.float32], Ints]  # terms, how alike, how
HOWS = np.array([SAME_LETTERS, SAME_MEANING, IN_PART], np.int32)
NOTHING_NEAR: Columns = (np.empty(0, np.int32), np.empty(0, np.float32), np.empty(0, np.int32))


class Found(msgspec.Struct, frozen=True):
    """Names of the table by number, and a row of facts for each."""

    names: Ints
    facts: Floats


class Answers(msgspec.Struct, frozen=True, gc=False):
    """One word of a query: the listed terms that answer it, how alike each is and how.

    ``word`` is its weight, kind, flags and first letter.
    """

    word: tuple[float, int, int, int]
    terms: Ints
    likes: npt.NDArray[np.float32]
    hows: Ints


class Asked(msgspec.Struct, frozen=True):
    """One name of a query as arrays, ready for the compiled steps."""

    words: tuple[Any, ...]
    entries: tuple[Any, ...]
    order: Ints


class Search:
    """A table with the memory a search works in. Not to be shared between threads."""

    def __init__(self, table: NameTable, kind: Kind) -> None:
        self.table = table
        self.kind = kind
        self._known: dict[Key, Answers] = {}
        self._places: dict[bytes, int] = {}
        self._asked: dict[Name, Asked] = {}
        spellings, names = len(table.spelling_offsets) - 1, len(table.name_entity)
        self._counts = np.zeros(spellings, np.int16)
        self._memory = (np.zeros(names, np.float32), np.zeros(names, np.uint8), table.name_weight)
        self._head = np.full(len(table.term_spelling), -1, np.int32)
        self._scratch = np.zeros((3, 64), np.int64)
        self._endings = endings()
        # Of the same letters, of the same meaning, of a part.
        self._likes = np.array([1.0, rules().same_meaning, rules().in_part], np.float32)
        self._postings = (table.postings_offsets, table.postings)
        self._grams = (table.gram_keys, table.gram_offsets, table.gram_spellings)
        self._spelt = (table.chars, table.spelling_offsets)
        self._spelling_terms = (table.spelling_terms_offsets, table.spelling_terms)
        self._arrays = (
            table.term_weight,
            table.term_kind,
            table.term_flags,
            table.term_spelling,
            table.chars,
            table.spelling_offsets,
            table.name_terms_offsets,
            table.name_terms,
            table.name_forms,
        )

    def find(self, name: Name, most: int, floor: float) -> Found:
        """The names that share most with ``name``, at most ``most``, with their facts."""
        asked = self.asked(name)
        terms, words, likes, _ = asked.entries
        names = find_names(
            words[asked.order],
            terms[asked.order],
            likes[asked.order],
            asked.words[:2],
            self._postings,
            self._memory,
            (floor, rules().shared_alone),
            (most, rules().names_tied),
        )
        return Found(names, self.measure(asked, names))

    def measure(self, asked: Asked, names: Ints) -> Floats:
        """A row of facts for each of ``names``."""
        out = np.empty((len(names), COLUMNS), np.float64)
        facts(
            asked.words, self._arrays, asked.entries, names, self._head, self.kind == "person", out
        )
        return out

    def resegmented(self, name: Name) -> Name | None:
        """The name with words joined or parted as the list has them; ``None`` if it has none so.

        Neighbours become one word that the list knows (Good Will, A. B. C.); a word that
        it does not know becomes two that it knows (SergeiLavrov), or single letters.
        """
        terms: list[Term] = []
        at = 0
        while at < len(name.terms):
            size, found = self._segment(name.terms, at)
            terms += found
            at += size
        if len(terms) == len(name.terms):
            return None
        return msgspec.structs.replace(name, terms=tuple(terms))

    def _segment(self, terms: Sequence[Term], at: int) -> tuple[int, list[Term]]:
        """How many terms are read at ``at``, and what they become."""
        term = terms[at]
        if term.kind is not None:
            return 1, [term]
        plain = list(takewhile(lambda each: each.kind is None, terms[at : at + MOST_JOINED]))
        for size in range(len(plain), 1, -1):
            letters = "".join(each.letters[0] for each in plain[:size])
            if self._spelling(letters.encode()) >= 0:
                return size, [_written(" ".join(each.text for each in plain[:size]), letters)]
        likes = self._answers(term_key(term)).likes
        if len(likes) and likes.max() >= rules().sure:
            return 1, [term]  # known, or misspelt
        return 1, self._parted(term.text, term.letters[0]) or [term]

    def _parted(self, text: str, letters: str) -> list[Term]:
        cuts = range(SHORTEST_PART, len(letters) - SHORTEST_PART + 1)
        options = [
            (-min(cut, len(letters) - cut), cut)
            for cut in cuts
            if self._spelling(letters[:cut].encode()) >= 0
            and self._spelling(letters[cut:].encode()) >= 0
        ]
        if options:
            cut = min(options)[1]
            return [_written(text, part) for part in (letters[:cut], letters[cut:])]
        # Initials written without points: two letters, or more that are no syllable.
        initials = 1 < len(text) <= (MOST_JOINED if not VOWELS & set(letters) else 2)
        alone = [(each, fold(each)) for each in text] if initials else []
        if all(self._spelling(each.encode()) >= 0 for _, each in alone):
            return [_written(*each) for each in alone]
        return []

    def pairs(self, name: Name, listed: int) -> list[tuple[int, int, int]]:
        """(word, place in the listed name, how) of the words that agree."""
        asked = self.asked(name)
        terms, words, likes, hows = asked.entries
        following = link_entries(terms, self._head)
        start, end = self.table.name_terms_offsets[listed : listed + 2]
        found = (
            np.empty((MOST_PAIRS, 2), np.int32),
            np.empty(MOST_PAIRS),
            np.empty(MOST_PAIRS, np.int32),
        )
        count = pair_words(
            asked.words,
            self._arrays,
            self.table.name_terms[start:end],
            (self._head, following, words, likes, hows),
            self.kind == "person",
            *found,
            working_memory(len(asked.words[0])),
        )
        self._head[terms] = -1
        pairs, _, how = found
        return [(int(pairs[at, 0]), int(pairs[at, 1]), int(how[at])) for at in range(count)]

    def asked(self, name: Name) -> Asked:
        """A name as arrays; the last ones are remembered, for they are asked again to be told."""
        found = self._asked.get(name)
        if found is None:
            if len(self._asked) >= LAST:
                self._asked.clear()
            found = self._asked[name] = self._arranged(name)
        return found

    def _arranged(self, name: Name) -> Asked:
        keys = [term_key(term) for term in name.terms[:MOST_TERMS]]
        every = [self._answers(key) for key in keys]
        columns = np.array([each.word for each in every], np.float64).reshape(-1, 4)
        joined = "".join(key.letters[0] for key in keys if key.kind != PARTICLE)
        weights = np.ascontiguousarray(columns[:, 0])
        bits = self.table.form_bits
        words = (
            weights,
            *(columns[:, at].astype(np.uint8) for at in (1, 2, 3)),
            np.frombuffer(joined.encode() or b"\0", np.uint8),
            np.uint64(
                sum(bits.get(form, 0) for form in name.forms) or (OTHER_FORM if name.forms else 0)
            ),
        )
        sizes = np.array([len(each.terms) for each in every], np.int64)
        likes = _concatenated([each.likes for each in every], np.float32)
        # Words that say next to nothing are not searched by, unless there are no others.
        positions, order = laid_out(weights, words[1], sizes, likes, 2 * rules().particle)
        entries = (
            _concatenated([each.terms for each in every], np.int32),
            positions,
            likes,
            _concatenated([each.hows for each in every], np.int32),
        )
        return Asked(words, entries, order)

    def _answers(self, key: Key) -> Answers:
        found = self._known.get(key)
        if found is None:
            found = self._look_up(key)
            if len(self._known) < REMEMBERED:
                self._known[key] = found
        return found

    def _look_up(self, key: Key) -> Answers:
        same = [
            term
            for letters in key.letters
            for term in self._terms_of(self._spelling(letters.encode()))
        ]
        concept = self.table.concept_ids.get(key.concept) if key.concept else None
        meant: list[int] = []
        if concept is not None:
            start, end = self.table.concept_terms_offsets[concept : concept + 2]
            meant = self.table.concept_terms[start:end].tolist()
        parts = self._in_part(key, concept)
        own = meant[-1] if meant else same[0] if same else None
        near = self._near(key, known=own is not None)
        sizes = list(map(len, (same, meant, parts)))
        certain = (
            np.array([*same, *meant, *parts], np.int32),
            np.repeat(self._likes, sizes),
            np.repeat(HOWS, sizes),
        )
        terms, likes, hows = answers(certain, near, bool(key.concept), self.table.term_concept)
        return Answers(
            terms=terms,
            likes=likes,
            hows=hows,
            word=(
                self._weight(key, own, near),
                key.kind,
                flags(key.letters[0], self.kind),
                key.letters[0].encode()[0],
            ),
        )

    def _in_part(self, key: Key, concept: int | None) -> list[int]:
        """Compounds that end with a word's concept, or words for what a compound ends with."""
        table = self.table
        if concept is not None:
            start, end = table.concept_compounds_offsets[concept : concept + 2]
            return [int(term) for term in table.concept_compounds[start:end]]
        part = None if key.concept else part_of(key.letters[0])
        meant = table.concept_ids.get(part) if part else None
        if meant is None:
            return []
        start, end = table.concept_terms_offsets[meant : meant + 2]
        return [int(term) for term in table.concept_terms[start:end]]

    def _looked_for(self, key: Key, *, known: bool) -> tuple[str, ...]:
        """Spellings whose neighbours are looked for: folded and plain, without digits."""
        first, last = key.letters[0], key.letters[-1]
        if first.isalpha():
            return (first,) if known or last == first or not last.isalpha() else (first, last)
        return tuple(each for each in key.letters[1:] if each.isalpha())

    def _weight(self, key: Key, own: int | None, near: Columns) -> float:
        """As the list says; a misspelt common word is not a rare one."""
        if own is not None and int(self.table.term_kind[own]) == key.kind:
            return float(self.table.term_weight[own])
        alone = weight(key, share_of(0, 1, word(key), self.kind), self.kind)
        terms, likes, _ = near
        sure = terms[likes >= rules().sure]
        if key.concept:
            sure = sure[self.table.term_concept[sure] < 0]
        nearest: list[float] = self.table.term_weight[sure[:1]].tolist()
        return min([alone, *nearest])

    def _near(self, key: Key, *, known: bool) -> Columns:
        """The terms near a word, how alike each is and how: of each spelling the nearest first."""
        found = [
            near_terms(
                np.frombuffer(letters.encode(), np.uint8),
                self._grams,
                self._spelt,
                self._spelling_terms,
                self._counts,
                self._endings,
                self._scratch,
            )
            for letters in self._looked_for(key, known=known)
            if len(letters) >= rules().fuzzy_from
        ]
        if not found:
            return NOTHING_NEAR
        terms, likes, hows = (
            found[0] if len(found) == 1 else map(np.concatenate, zip(*found, strict=True))
        )
        # A word that the list itself has is hardly a misprint of another one.
        return terms, likes * np.float32(rules().known_word) if known else likes, hows

    def _terms_of(self, spelling: int) -> list[int]:
        if spelling < 0:
            return []
        start, end = self.table.spelling_terms_offsets[spelling : spelling + 2]
        found: list[int] = self.table.spelling_terms[start:end].tolist()
        return found

    def _spelling(self, letters: bytes) -> int:
        """Where the list has a spelling; -1 if it does not."""
        at = self._places.get(letters)
        if at is None:
            spelt = np.frombuffer(letters, np.uint8)
            at = int(position(spelt, self.table.chars, self.table.spelling_offsets))
            if len(self._places) < REMEMBERED:
                self._places[letters] = at
        return at


def _written(text: str, letters: str) -> Term:
    return Term(text, (letters,), None, (letters,))


def endings() -> npt.NDArray[np.uint8]:
    """Grammatical endings, a row each, filled up with zeros."""
    every = [each.encode() for each in rules().endings]
    found = np.zeros((len(every), max(map(len, every)) + 1), np.uint8)
    for row, ending in enumerate(every):
        found[row, : len(ending)] = np.frombuffer(ending, np.uint8)
    return found


def _concatenated(parts: list[npt.NDArray[Any]], kind: type) -> npt.NDArray[Any]:
    return np.concatenate(parts) if parts else np.empty(0, kind)
