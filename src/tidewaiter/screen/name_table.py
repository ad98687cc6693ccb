"""Listed names as arrays: their distinct words, and which names have which word.

Everything that a query needs of the list's names is here and is computed once a list:
folded words with every reading, the rarity of each, runs of three letters that lead from a
misspelt word to the listed ones, and for each word the names that hold it. The arrays are
saved and mapped back as they are (``index_file``); their order does not depend on the
order in which the lists were loaded.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from tidewaiter.screen.commonness import rarity, share_of
from tidewaiter.screen.facts import (
    BODY,
    CONNECTING,
    DIGITS,
    INITIAL,
    OWN,
    PARTICLE,
    PATRONYMIC,
    PLACE,
    TRADE,
)
from tidewaiter.screen.grams import rests, runs
from tidewaiter.screen.kinds import Kind, read
from tidewaiter.screen.rules import person_words, rules
from tidewaiter.text import Name, Term
from tidewaiter.text.glossary import part_of

Ints = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

KINDS = {None: OWN, "particle": PARTICLE, "body": BODY, "trade": TRADE, "place": PLACE}
MOST_TERMS = 60  # of one name that are compared


class NameTable(msgspec.Struct, frozen=True, dict=True):
    """The arrays. Pairs named ``x_offsets``, ``x`` are lists of lists laid end to end.

    ``spellings`` are sorted; each stands for one or more terms; a term has a first
    spelling, a concept (-1 for none), a kind, flags and a weight (0-1).
    """

    chars: Bytes
    spelling_offsets: Ints
    spelling_terms_offsets: Ints
    spelling_terms: Ints
    term_spelling: Ints
    term_concept: Ints
    term_kind: Bytes
    term_flags: Bytes
    term_weight: Floats
    concept_terms_offsets: Ints
    concept_terms: Ints
    concept_compounds_offsets: Ints
    concept_compounds: Ints
    name_terms_offsets: Ints
    name_terms: Ints
    name_entity: Ints
    name_forms: npt.NDArray[np.uint64]
    name_weight: Floats
    name_latin: Bytes
    postings_offsets: Ints
    postings: Ints
    gram_keys: Ints
    gram_offsets: Ints
    gram_spellings: Ints
    text_chars: Bytes
    text_offsets: npt.NDArray[np.int64]
    read: Bytes
    read_offsets: npt.NDArray[np.int64]
    concepts: tuple[str, ...]
    forms: tuple[str, ...]

    def __post_init__(self) -> None:
        # Mapped arrays cannot be written to. If those in memory could, every compiled step
        # would be compiled a second time for them, which takes a quarter of a minute.
        for field in self.__struct_fields__:
            value = getattr(self, field)
            if isinstance(value, np.ndarray):
                value.flags.writeable = False

    @cached_property
    def concept_ids(self) -> dict[str, int]:
        """Concept -> its number."""
        return {name: at for at, name in enumerate(self.concepts)}

    @cached_property
    def form_bits(self) -> dict[str, int]:
        """Class of legal forms -> its bit."""
        return {name: 1 << at for at, name in enumerate(self.forms)}

    def text(self, name: int) -> str:
        """A listed name as it is printed."""
        start, end = self.text_offsets[name], self.text_offsets[name + 1]
        return self.text_chars[start:end].tobytes().decode()

    def name(self, name: int) -> Name:
        """A listed name as it was read: to read it again would take as long as to find it."""
        start, end = self.read_offsets[name], self.read_offsets[name + 1]
        return msgspec.msgpack.decode(self.read[start:end].tobytes(), type=Name)


class Key(msgspec.Struct, frozen=True, gc=False, order=True):
    """What tells one term from another: its spellings and its concept ("" for none)."""

    letters: tuple[str, ...]
    concept: str
    kind: int


class Row(msgspec.Struct, frozen=True, gc=False):
    """A name to put in: its entity's position, what is printed, and how it is read."""

    entity: int
    text: str
    name: Name


def term_key(term: Term) -> Key:
    """The key of a term that was read."""
    concept = "" if term.kind is None else term.key.removeprefix("~")
    return Key(term.letters, concept, KINDS[term.kind])


def table(rows: Sequence[Row], kind: Kind) -> NameTable:
    """The arrays of ``rows``, which are in order of their entities."""
    keys = [[term_key(term) for term in row.name.terms[:MOST_TERMS]] for row in rows]
    terms = sorted({key for each in keys for key in each})
    number = {key: at for at, key in enumerate(terms)}
    names = [[number[key] for key in each] for each in keys]
    weights = _weights(terms, rows, names, kind)
    spellings = sorted({each.encode() for key in terms for each in key.letters})
    spelling_number = {each: at for at, each in enumerate(spellings)}
    forms = tuple(sorted({form for row in rows for form in row.name.forms}))
    bits = {name: 1 << at for at, name in enumerate(forms)}
    meant: dict[int, list[int]] = defaultdict(list)
    holders: dict[int, list[int]] = defaultdict(list)
    for at, key in enumerate(terms):
        for each in key.letters:
            meant[spelling_number[each.encode()]].append(at)
    for at, held in enumerate(names):
        for term in dict.fromkeys(held):
            holders[term].append(at)
    chars, spelling_offsets = _joined(spellings)
    as_read, read_offsets = _joined([msgspec.msgpack.encode(row.name) for row in rows])
    texts, text_offsets = _joined([row.text.encode("utf-8", "replace") for row in rows])
    spelling_terms_offsets, spelling_terms = _lists(meant, len(spellings))
    name_offsets, name_terms = _lists(dict(enumerate(names)), len(names))
    posting_offsets, postings = _lists(holders, len(terms))
    gram_keys, gram_offsets, gram_spellings = _gram_lists(spellings)
    return NameTable(
        chars=chars,
        spelling_offsets=spelling_offsets.astype(np.int32),
        spelling_terms_offsets=spelling_terms_offsets,
        spelling_terms=spelling_terms,
        term_spelling=_ints(spelling_number[key.letters[0].encode()] for key in terms),
        term_kind=np.array([key.kind for key in terms], np.uint8),
        term_flags=np.array([flags(key.letters[0], kind) for key in terms], np.uint8),
        term_weight=np.array(weights, np.float32),
        **_meanings(terms),
        name_terms_offsets=name_offsets,
        name_terms=name_terms,
        name_entity=_ints(row.entity for row in rows),
        name_forms=np.array([sum(bits[f] for f in r.name.forms) for r in rows], np.uint64),
        name_weight=np.array([sum(weights[t] for t in each) for each in names], np.float32),
        name_latin=np.array([row.text.isascii() for row in rows], np.uint8),
        postings_offsets=posting_offsets,
        postings=postings,
        gram_keys=gram_keys,
        gram_offsets=gram_offsets,
        gram_spellings=gram_spellings,
        text_chars=texts,
        text_offsets=text_offsets,
        read=as_read,
        read_offsets=read_offsets,
        forms=forms,
    )


def _meanings(terms: Sequence[Key]) -> dict[str, Any]:
    """The arrays of concepts: that of each term, the terms of each, and compounds with it."""
    parts = {part for key in terms if not key.concept and (part := part_of(key.letters[0]))}
    concepts = sorted({key.concept for key in terms if key.concept} | parts)
    number = {name: at for at, name in enumerate(concepts)}
    said: dict[int, list[int]] = defaultdict(list)
    compounds: dict[int, list[int]] = defaultdict(list)
    for at, key in enumerate(terms):
        part = None if key.concept else part_of(key.letters[0])
        if key.concept:
            said[number[key.concept]].append(at)
        elif part is not None:
            compounds[number[part]].append(at)
    concept_offsets, concept_terms = _lists(said, len(concepts))
    compound_offsets, compound_terms = _lists(compounds, len(concepts))
    return {
        "term_concept": _ints(number.get(key.concept, -1) for key in terms),
        "concept_terms_offsets": concept_offsets,
        "concept_terms": concept_terms,
        "concept_compounds_offsets": compound_offsets,
        "concept_compounds": compound_terms,
        "concepts": tuple(concepts),
    }


def flags(letters: str, kind: Kind) -> int:
    """Digits, an initial, a patronymic, a word that only connects names."""
    found = DIGITS if any(map(str.isdigit, letters)) else 0
    if len(letters) == 1 and not found:
        found |= INITIAL
    if kind != "body":
        known = person_words()
        if any(letters.endswith(e) and len(letters) > len(e) + 2 for e in known.patronymic_endings):
            found |= PATRONYMIC
        if letters in known.particles:
            found |= CONNECTING
    return found


def weight(key: Key, share: float, kind: Kind) -> float:
    """How much a term says, from the share of names that hold it and its kind (0-1)."""
    figures = rules()
    flagged = flags(key.letters[0], kind)
    if flagged & INITIAL and kind == "person":
        return figures.initial
    if flagged & CONNECTING:
        return figures.connecting
    if key.kind == PARTICLE:
        return figures.particle
    scale = {BODY: figures.body, TRADE: figures.trade, PLACE: figures.place}.get(key.kind, 1.0)
    return scale * rarity(share)


def word(key: Key) -> str:
    """The term as the background counts it."""
    return f"~{key.concept}" if key.concept else key.letters[0]


def _weights(
    terms: Sequence[Key], rows: Sequence[Row], names: Sequence[Sequence[int]], kind: Kind
) -> list[float]:
    """A term weighs by the share of entities that say it, whatever word they use for it."""
    said: Counter[str | tuple[str, ...]] = Counter()
    seen: set[tuple[int, str | tuple[str, ...]]] = set()
    for row, each in zip(rows, names, strict=True):
        for term in each:
            what = terms[term].concept or terms[term].letters[:1]
            if (row.entity, what) not in seen:
                seen.add((row.entity, what))
                said[what] += 1
    entities = len({row.entity for row in rows})
    return [
        weight(key, share_of(said[key.concept or key.letters[:1]], entities, word(key), kind), kind)
        for key in terms
    ]


def _gram_lists(spellings: Sequence[bytes]) -> tuple[Ints, Ints, Ints]:
    holders: dict[int, list[int]] = defaultdict(list)
    for at, word in enumerate(spellings):
        if len(word) >= rules().fuzzy_from:
            letters = np.frombuffer(word, np.uint8)
            for gram in (*runs(letters).tolist(), *rests(letters).tolist()):
                holders[gram].append(at)
    keys = sorted(holders)
    return _ints(keys), *_lists({at: holders[key] for at, key in enumerate(keys)}, len(keys))


def _lists(of: Mapping[int, Sequence[int]], size: int) -> tuple[Ints, Ints]:
    offsets = np.zeros(size + 1, np.int64)
    for at, each in of.items():
        offsets[at + 1] = len(each)
    offsets = np.cumsum(offsets)
    flat = _ints(value for at in sorted(of) for value in of[at])
    return offsets.astype(np.int32), flat


def _joined(parts: Sequence[bytes]) -> tuple[Bytes, npt.NDArray[np.int64]]:
    offsets = np.zeros(len(parts) + 1, np.int64)
    np.cumsum([len(part) for part in parts], out=offsets[1:])
    return np.frombuffer(b"".join(parts) or b"\0", np.uint8), offsets


def _ints(values: Iterable[int]) -> Ints:
    return np.fromiter(values, np.int32)


def rows_of(entity: int, texts: Iterable[str], kind: Kind) -> list[Row]:
    """The rows of one entity: names that hold something to compare."""
    found = [Row(entity, text, read(text, kind)) for text in texts]
    return [row for row in found if row.name.terms]
