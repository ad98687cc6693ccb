"""The words of two names side by side: which agree, how, and which have no answer.

For showing: the same pairing that the score was made of, with the words as written.
"""

from __future__ import annotations

import msgspec

from tidewaiter.screen.facts import FIRST_LETTER, GOES_ON, IN_PART, NEAR_LETTERS
from tidewaiter.screen.features import Feature
from tidewaiter.screen.index import ListIndex
from tidewaiter.screen.model import contributions
from tidewaiter.screen.name_table import MOST_TERMS
from tidewaiter.screen.weighing import NamePair
from tidewaiter.text import Term


class Pair(msgspec.Struct, frozen=True):
    """Two terms that agree; ``how`` is one of ``facts``' ways."""

    left: Term
    right: Term
    how: int

    @property
    def is_near(self) -> bool:
        """Whether the letters differ a little."""
        return self.how in {NEAR_LETTERS, GOES_ON}

    @property
    def is_in_part(self) -> bool:
        """Whether one is a compound that ends with what the other says."""
        return self.how == IN_PART

    @property
    def is_initial(self) -> bool:
        """Whether an initial stands for a word."""
        return self.how == FIRST_LETTER


class Agreement(msgspec.Struct, frozen=True):
    """The comparison of two names, as a reader would look at it.

    ``added`` is what each feature takes from or adds to the log-odds, the least first.
    """

    left: str
    right: str
    pairs: tuple[Pair, ...]
    left_only: tuple[Term, ...]
    right_only: tuple[Term, ...]
    forms: tuple[tuple[str, ...], tuple[str, ...]]
    notes: tuple[str, ...]
    added: list[tuple[float, Feature]]

    def swapped(self) -> Agreement:
        """The same, seen from the other name."""
        return Agreement(
            left=self.right,
            right=self.left,
            pairs=tuple(Pair(each.right, each.left, each.how) for each in self.pairs),
            left_only=self.right_only,
            right_only=self.left_only,
            forms=self.forms[::-1],
            notes=self.notes,
            added=self.added,
        )


def agreement(pair: NamePair, index: ListIndex) -> Agreement:
    """The words of a pair of names."""
    search = index.searches[pair.kind]
    text = search.table.text(pair.listed)
    ours, theirs = pair.name, search.table.name(pair.listed)
    pairs = sorted(search.pairs(ours, pair.listed))
    left_used, right_used = {p[0] for p in pairs}, {p[1] for p in pairs}
    return Agreement(
        left=pair.split.name,
        right=text,
        pairs=tuple(Pair(ours.terms[word], theirs.terms[place], how) for word, place, how in pairs),
        left_only=_without(ours.terms, left_used),
        right_only=_without(theirs.terms, right_used),
        forms=(ours.forms, theirs.forms),
        notes=tuple(dict.fromkeys((*ours.notes, *theirs.notes))),
        added=contributions(pair.facts, pair.kind),
    )


def _without(terms: tuple[Term, ...], used: set[int]) -> tuple[Term, ...]:
    return tuple(t for at, t in enumerate(terms[:MOST_TERMS]) if at not in used)
