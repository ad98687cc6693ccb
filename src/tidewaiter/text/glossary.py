"""Words that mean the same in several languages, as one concept each.

A concept says what kind of body or trade a name speaks of; it is shared by thousands of
firms and weighs little beside the words that are a firm's own. ``glossary.yml`` holds
the words of trades and bodies, ``places.yml`` those of towns and countries.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources
from typing import Literal

import msgspec
import msgspec.yaml

from tidewaiter.text.clean import clean, words
from tidewaiter.text.fold import fold

SHORTEST_HEAD = 3  # letters before the part of a compound
Kind = Literal["particle", "body", "trade", "place"]


class Concept(msgspec.Struct, frozen=True, kw_only=True):
    """One meaning.

    ``kind``: ``particle`` says nothing of a firm (of, group), ``body`` what it is
    (plant), ``trade`` what it deals in (electronics, bank), ``place`` where. ``terms`` are words or
    phrases by language; a final ``*`` stands for any ending. ``source`` is a key of the
    file's ``sources``.
    """

    id: str
    kind: Kind
    terms: dict[str, tuple[str, ...]]
    source: str


class Glossary(msgspec.Struct, frozen=True):
    """``sources``: key -> citation; ``concepts`` in the order of the file.

    ``parts``: how folded words end that are compounds with a concept (Elektropribor).
    """

    sources: dict[str, str]
    concepts: tuple[Concept, ...]
    parts: dict[str, str] = {}


class Places(msgspec.Struct, frozen=True):
    """The content of ``places.yml``: place -> its terms by language."""

    sources: dict[str, str]
    places: dict[str, dict[str, tuple[str, ...]]]


class Lookup(msgspec.Struct, frozen=True):
    """Folded phrases and folded beginnings -> concept.

    ``sizes``: first word of phrases -> their numbers of words, the longest first.
    """

    phrases: dict[tuple[str, ...], Concept]
    stems: dict[str, Concept]
    sizes: dict[str, tuple[int, ...]]
    shortest_stem: int


@cache
def glossary() -> Glossary:
    """The content of ``glossary.yml``, and after it that of ``places.yml``."""
    files = resources.files(__package__)
    words = msgspec.yaml.decode(files.joinpath("glossary.yml").read_text("utf-8"), type=Glossary)
    known = msgspec.yaml.decode(files.joinpath("places.yml").read_text("utf-8"), type=Places)
    (source,) = known.sources
    places = tuple(
        Concept(id=f"place_{name}", kind="place", terms=terms, source=source)
        for name, terms in known.places.items()
    )
    return Glossary(words.sources | known.sources, words.concepts + places, words.parts)


@cache
def part_of(folded: str) -> str | None:
    """The concept that a compound word ends with, if it is one."""
    for end, concept in glossary().parts.items():
        if folded.endswith(end) and len(folded) >= len(end) + SHORTEST_HEAD:
            return concept
    return None


@cache
def lookup() -> Lookup:
    """The glossary, folded, ready to be asked."""
    phrases: dict[tuple[str, ...], Concept] = {}
    stems: dict[str, Concept] = {}
    for concept in glossary().concepts:
        for term in sorted(t for terms in concept.terms.values() for t in terms):
            key = tuple(fold(word) for word in words(clean(term)))
            if term.endswith("*"):
                stems.setdefault(key[0], concept)
            else:
                phrases.setdefault(key, concept)
    return Lookup(phrases, stems, sizes_of(phrases), min(map(len, stems)))


def sizes_of(phrases: Iterable[tuple[str, ...]]) -> dict[str, tuple[int, ...]]:
    """First word of phrases -> their numbers of words, the longest first."""
    found: dict[str, set[int]] = {}
    for phrase in phrases:
        found.setdefault(phrase[0], set()).add(len(phrase))
    return {first: tuple(sorted(sizes, reverse=True)) for first, sizes in found.items()}


def concepts(folded: Sequence[str]) -> list[tuple[int, Concept | None]]:
    """Folded words cut into phrases: (number of words, concept or ``None``), in order."""
    known = lookup()
    found: list[tuple[int, Concept | None]] = []
    at = 0
    while at < len(folded):
        size, concept = _phrase_at(folded, at, known)
        found.append((size, concept))
        at += size
    return found


def _phrase_at(folded: Sequence[str], at: int, known: Lookup) -> tuple[int, Concept | None]:
    for size in known.sizes.get(folded[at], ()):
        # A slice that ends early is shorter, and a phrase of its own length or none.
        concept = known.phrases.get(tuple(folded[at : at + size]))
        if concept is not None:
            return min(size, len(folded) - at), concept
    return 1, _stem_of(folded[at], known)


def _stem_of(word: str, known: Lookup) -> Concept | None:
    for length in range(len(word), known.shortest_stem - 1, -1):
        if (concept := known.stems.get(word[:length])) is not None:
            return concept
    return None
