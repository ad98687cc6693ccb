"""How far two names agree, as a number and as what agrees and what does not.

The score is the weight of the words that agree over the weight of all words of both.
Ceilings (``rules.yml``) then keep apart what a sum would blur: a word of its own on
either side that the other lacks, names of shared words only, bare acronyms.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from tidewaiter.screen.align import Pair, align
from tidewaiter.screen.rules import person_words, rules
from tidewaiter.screen.vocabulary import Vocabulary
from tidewaiter.text import Name, Term, fold, read_name, read_person

Kind = Literal["body", "person", "ship"]

PERSONS = frozenset({"Person"})
SHIPS = frozenset({"Vessel"})
VOWELS = frozenset("aeiou")
SAYING = frozenset({"body", "trade"})
MANY_SHARED = 3
FULL_NAME = 2  # words of a person's own that have to agree


class Side(msgspec.Struct, frozen=True, gc=False):
    """One name ready to be compared: terms, the weight of each, and their sum."""

    terms: tuple[Term, ...]
    weights: tuple[float, ...]
    total: float
    forms: tuple[str, ...]
    notes: tuple[str, ...]


class Agreement(msgspec.Struct, frozen=True):
    """The comparison of two sides: ``score`` 0-1 and what it is made of.

    ``base`` is the share of weight that agrees, before ceilings.
    ``pairs`` are words that answer one another (left, right, how far); the other two
    are words of one side only; ``ceiling`` names the rule that capped the score.
    """

    score: float
    base: float
    pairs: tuple[tuple[Term, Term, float], ...]
    left_only: tuple[Term, ...]
    right_only: tuple[Term, ...]
    ceiling: str | None
    forms: tuple[tuple[str, ...], tuple[str, ...]]
    notes: tuple[str, ...]


def kind_of(schema: str | None) -> Kind:
    """How names of a FollowTheMoney schema are read."""
    if schema in PERSONS:
        return "person"
    return "ship" if schema in SHIPS else "body"


def side(text: str, kind: Kind, vocabulary: Vocabulary) -> Side:
    """A name read the way names of its kind are, with the weight of each word."""
    if kind == "body":
        name = read_name(text)
        return _side(name, [vocabulary.of_body(term) for term in name.terms])
    name = _without_prefix(read_person(text)) if kind == "ship" else read_person(text)
    return _side(name, [vocabulary.of_person(term) for term in name.terms])


def _side(name: Name, weights: list[float]) -> Side:
    return Side(name.terms, tuple(weights), sum(weights), name.forms, name.notes)


def _without_prefix(name: Name) -> Name:
    known = person_words().ship_prefixes
    terms = tuple(t for t in name.terms if t.key not in known) or name.terms
    return msgspec.structs.replace(name, terms=terms)


def agreement(left: Side, right: Side, kind: Kind) -> Agreement:
    """Compare two sides of one kind. Mirrored when the sides change places."""
    pairs = align(left.terms, right.terms)
    if kind == "person":
        pairs = pairs + _initials(left, right, pairs)
    ours, theirs = {p.left for p in pairs}, {p.right for p in pairs}
    left_over = [at for at in range(len(left.terms)) if at not in ours]
    right_over = [at for at in range(len(right.terms)) if at not in theirs]
    if kind == "person":
        left, right = _light_patronymics(left, right, left_over, right_over)
    total = left.total + right.total
    agreed = sum(p.likeness * (left.weights[p.left] + right.weights[p.right]) for p in pairs)
    base = agreed / total if total else 0.0
    ceiling, highest = _ceiling(_Facts(left, right, pairs, left_over, right_over), kind)
    return Agreement(
        score=min(base, highest, rules().names_alone),
        base=base,
        pairs=tuple((left.terms[p.left], right.terms[p.right], p.likeness) for p in pairs),
        left_only=tuple(left.terms[at] for at in left_over),
        right_only=tuple(right.terms[at] for at in right_over),
        ceiling=ceiling if highest < base else None,
        forms=(left.forms, right.forms),
        notes=tuple(dict.fromkeys((*left.notes, *right.notes))),
    )


class _Facts(msgspec.Struct, frozen=True, gc=False):
    left: Side
    right: Side
    pairs: Sequence[Pair]
    left_over: Sequence[int]
    right_over: Sequence[int]

    def own_pairs(self) -> list[Term]:
        """Agreeing words that are nobody else's: neither shared words nor initials."""
        answers = [(self.left.terms[p.left], self.right.terms[p.right]) for p in self.pairs]
        return [a for a, b in answers if a.kind is None and min(len(a.key), len(b.key)) > 1]

    def telling_left(self) -> bool:
        return _any_telling(self.left, self.left_over)

    def telling_right(self) -> bool:
        return _any_telling(self.right, self.right_over)

    def complete(self) -> bool:
        return not self.left_over and not self.right_over


def _any_telling(one: Side, over: Sequence[int]) -> bool:
    """Whether a word of its own is left over.

    Numbers always are (Plant 31), and so is one single letter (Velkon-K); two or more
    are the initials of whom a plant is named after.
    """
    letters = [at for at in over if len(one.terms[at].key) == 1 and one.terms[at].kind is None]
    return len(letters) == 1 or any(
        one.terms[at].kind is None
        and len(one.terms[at].key) > 1
        and (one.weights[at] >= rules().telling or any(map(str.isdigit, one.terms[at].key)))
        for at in over
    )


def _ceiling(facts: _Facts, kind: Kind) -> tuple[str | None, float]:
    """The lowest ceiling that applies and its name; 1 where none does."""
    found = {"body": _body, "person": _person, "ship": _ship}[kind](facts)
    figures = rules()
    options = [(float(getattr(figures, name)), name) for name in found]
    highest, name = min(options, default=(1.0, ""))
    return (name or None), highest


def _body(facts: _Facts) -> list[str]:
    found = []
    left, right = facts.telling_left(), facts.telling_right()
    if left or right:
        found.append("words_on_both_sides" if left and right else "words_on_one_side")
    found += _shared_words(facts)
    own = facts.own_pairs()
    letters = any(facts.left.terms[p.left].kind is None for p in facts.pairs)
    if letters and all(is_acronym(term.key) for term in own):
        found.append("acronym_alone")
    return found


def _shared_words(facts: _Facts) -> list[str]:
    """Ceilings for what a glossary's words say: agreement on them alone, and difference."""
    found = []
    ours = {facts.left.terms[at].kind for at in facts.left_over} & SAYING
    theirs = {facts.right.terms[at].kind for at in facts.right_over} & SAYING
    if ours and theirs:
        found.append("other_shared_word")
    elif "trade" in ours | theirs:
        found.append("trade_on_one_side")
    if not facts.own_pairs():
        enough = _same_words(facts.left, facts.right) or _says(facts.left) >= MANY_SHARED
        whole = "only_shared_words" if enough else "few_shared_words"
        found.append(whole if facts.complete() else "nothing_of_its_own")
    return found


def _says(one: Side) -> int:
    return sum(1 for term in one.terms if term.kind in SAYING)


def _same_words(left: Side, right: Side) -> bool:
    """Whether the words themselves are the same, not only what they mean."""
    ours, theirs = (
        {fold(word) for term in one.terms for word in term.text.split()} for one in (left, right)
    )
    return ours == theirs


def _person(facts: _Facts) -> list[str]:
    found = []
    if facts.telling_left() and facts.telling_right():
        found.append("words_on_both_sides")
    if len([t for t in facts.own_pairs() if t.key not in person_words().particles]) < FULL_NAME:
        found.append("one_word_person")
    return found


def _ship(facts: _Facts) -> list[str]:
    return ["ship_by_name"] if facts.complete() else ["ship_not_exact"]


def is_acronym(key: str) -> bool:
    """Up to three letters, or up to five without a vowel."""
    if len(key) <= rules().acronym_letters:
        return True
    return len(key) <= rules().acronym_letters_no_vowel and not VOWELS & set(key)


def _initials(left: Side, right: Side, pairs: Sequence[Pair]) -> list[Pair]:
    """Initials that answer a name still free on the other side; they agree in full."""
    used_left, used_right = {p.left for p in pairs}, {p.right for p in pairs}
    options = sorted(
        (min(one.key, other.key), max(one.key, other.key), a, b)
        for a, one in enumerate(left.terms)
        for b, other in enumerate(right.terms)
        if a not in used_left and b not in used_right and _initial_of(one.key, other.key)
    )
    found: list[Pair] = []
    for _, _, a, b in options:
        if a not in used_left and b not in used_right:
            used_left.add(a)
            used_right.add(b)
            found.append(Pair(a, b, 1.0))
    return found


def _initial_of(one: str, other: str) -> bool:
    return 1 in {len(one), len(other)} and one[:1] == other[:1]


def _light_patronymics(
    left: Side, right: Side, left_over: Sequence[int], right_over: Sequence[int]
) -> tuple[Side, Side]:
    """A patronymic hardly weighs where the other side has no word left to answer it."""
    ours = [at for at in left_over if _is_patronymic(left.terms[at])]
    theirs = [at for at in right_over if _is_patronymic(right.terms[at])]
    return (
        left if right_over else _lightened(left, ours),
        right if left_over else _lightened(right, theirs),
    )


def _is_patronymic(term: Term) -> bool:
    endings = person_words().patronymic_endings
    return any(term.key.endswith(end) and len(term.key) > len(end) + 2 for end in endings)


def _lightened(one: Side, places: Sequence[int]) -> Side:
    if not places:
        return one
    light = rules().patronymic
    weights = tuple(light if at in places else w for at, w in enumerate(one.weights))
    return msgspec.structs.replace(one, weights=weights, total=sum(weights))
