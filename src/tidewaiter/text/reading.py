"""One name, read: its words with their comparable forms, its legal forms, its repairs."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from tidewaiter.text.clean import clean, words
from tidewaiter.text.fold import readings
from tidewaiter.text.forms import without_forms
from tidewaiter.text.glossary import Kind, concepts
from tidewaiter.text.script import repair
from tidewaiter.text.translit import to_latin

REMEMBERED = 1 << 16


class Term(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A word, or a phrase of the glossary.

    ``text`` as written (lower case), ``keys`` its comparable forms, the usual one first;
    a concept has the single key ``~id`` and its ``kind``. ``letters`` are the comparable
    forms of what is written, also where the keys are those of a concept, and last the plain
    Latin letters: folding after a misprint may lead astray.
    """

    text: str
    keys: tuple[str, ...]
    kind: Kind | None = None
    letters: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The usual comparable form."""
        return self.keys[0]


class Name(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A name as it is compared. Terms keep their order; repeated ones are dropped."""

    terms: tuple[Term, ...]
    forms: tuple[str, ...]
    notes: tuple[str, ...]


@lru_cache(REMEMBERED)
def read_name(text: str) -> Name:
    """The name of a firm or thing; no terms where it holds no letter or digit."""
    repaired = repair(clean(text))
    bare = without_forms(repaired.text)
    keys = [readings(word) for word in bare.words]
    terms: list[Term] = []
    at = 0
    for size, concept in concepts([each[0] for each in keys]):
        written = " ".join(bare.words[at : at + size])
        if concept is None:
            terms.append(Term(written, keys[at], None, _with_plain(written, keys[at])))
        else:
            phrase = "".join(k[0] for k in keys[at : at + size])
            letters = _with_plain(written, keys[at]) if size == 1 else (phrase,)
            terms.append(Term(written, (f"~{concept.id}",), concept.kind, letters))
        at += size
    return Name(_distinct(terms), bare.forms, repaired.notes)


@lru_cache(REMEMBERED)
def read_person(text: str) -> Name:
    """The name of a person: every word is a name, none is a legal form or a trade."""
    repaired = repair(clean(text))
    keys = [(word, readings(word)) for word in words(repaired.text)]
    terms = [Term(word, each, None, _with_plain(word, each)) for word, each in keys]
    return Name(_distinct(terms), (), repaired.notes)


def _with_plain(word: str, keys: tuple[str, ...]) -> tuple[str, ...]:
    plain = to_latin(word)
    return keys if plain in keys else (*keys, plain)


def _distinct(terms: list[Term]) -> tuple[Term, ...]:
    first: dict[tuple[str, ...], Term] = {}
    for term in terms:
        first.setdefault(term.keys, term)
    return tuple(first.values())


def name_key(text: str) -> str:
    """One string that is equal for spellings of one name, "" if nothing can be compared.

    Words in alphabetical order, concepts by their id, without legal forms and particles
    (``the``, ``of``) unless there is nothing else.
    """
    terms = read_name(text).terms
    telling = [t for t in terms if t.kind != "particle"] or terms
    return " ".join(sorted(term.key for term in telling))
