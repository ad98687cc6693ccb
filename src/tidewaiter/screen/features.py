"""What a score is made of: named measures of a pair of names, each a function of the facts.

Every function takes the facts of one pair and gives a number. Its docstring is the sentence
that explains it; its weight is in ``model.yml``. A weight is positive or negative by what
the measure means, never by what a sample happened to say. Compiled, as the facts are.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Literal

import msgspec
import numba
import numpy as np
import numpy.typing as npt

from tidewaiter.screen.facts import Fact

Floats = npt.NDArray[np.float64]
TINY = 1e-9
CLOSE = 0.75
ACRONYM = 3  # letters: dozens of firms share any three
SHORT = 5

feature = numba.njit(nogil=True, cache=True)


@feature
def agreement(f):
    """How much of what both names say agrees."""
    agreed = f[Fact.LEFT_AGREED] + f[Fact.RIGHT_AGREED]
    return agreed / (f[Fact.LEFT] + f[Fact.RIGHT] + TINY)


@feature
def close_agreement(f):
    """Whether nearly everything that both names say agrees."""
    return max(0.0, agreement(f) - CLOSE) / (1.0 - CLOSE)


@feature
def lesser_agreement(f):
    """How much of the name that says more is answered by the other."""
    left = f[Fact.LEFT_AGREED] / (f[Fact.LEFT] + TINY)
    return min(left, f[Fact.RIGHT_AGREED] / (f[Fact.RIGHT] + TINY))


@feature
def greater_agreement(f):
    """How much of the name that says less is answered by the other."""
    left = f[Fact.LEFT_AGREED] / (f[Fact.LEFT] + TINY)
    return max(left, f[Fact.RIGHT_AGREED] / (f[Fact.RIGHT] + TINY))


@feature
def own_agreement(f):
    """How much of the words that are the firms' own agrees."""
    agreed = f[Fact.OWN_LEFT_AGREED] + f[Fact.OWN_RIGHT_AGREED]
    return agreed / (f[Fact.OWN_LEFT] + f[Fact.OWN_RIGHT] + TINY)


@feature
def joined_letters(f):
    """How alike both names are written without spaces."""
    return f[Fact.JOINED]


@feature
def much_said(f):
    """How rare the words are that agree, taken together."""
    return math.log(1.0 + f[Fact.RARITY])


@feature
def legal_forms_agree(f):
    """Whether the legal forms are of one class."""
    return 1.0 if f[Fact.FORMS] > 0 else 0.0


@feature
def own_word_on_both_sides(f):
    """Whether each name has a word of its own that the other lacks."""
    return min(f[Fact.LEFT_OVER], f[Fact.RIGHT_OVER])


@feature
def own_word_on_one_side(f):
    """Whether a name has a word of its own that the other lacks."""
    return max(f[Fact.LEFT_OVER], f[Fact.RIGHT_OVER])


@feature
def says_something_else(f):
    """Whether the names say different things of what the party is or does."""
    return min(f[Fact.LEFT_SAID], f[Fact.RIGHT_SAID])


@feature
def says_more(f):
    """How much only one name says of what the party is or does."""
    return max(f[Fact.LEFT_SAID], f[Fact.RIGHT_SAID])


@feature
def other_place(f):
    """Whether the names say different places."""
    return min(f[Fact.LEFT_PLACE], f[Fact.RIGHT_PLACE])


@feature
def place_on_one_side(f):
    """Whether only one name says a place."""
    return max(f[Fact.LEFT_PLACE], f[Fact.RIGHT_PLACE])


@feature
def misspelt(f):
    """How much the letters of words that agree differ."""
    return f[Fact.MISSPELT]


@feature
def translated(f):
    """How much agrees by meaning only and not by letters."""
    return f[Fact.TRANSLATED]


@feature
def nothing_of_its_own(f):
    """Whether no word of the firms' own agrees."""
    return 1.0 if f[Fact.OWN_PAIRS] == 0 else 0.0


@feature
def own_words_unanswered(f):
    """Whether there are own words and none of them agrees."""
    return 1.0 if f[Fact.OWN_PAIRS] == 0 and f[Fact.OWN_LEFT] + f[Fact.OWN_RIGHT] > 0 else 0.0


@feature
def acronym_alone(f):
    """Whether the only own word that agrees has three letters or fewer."""
    return 1.0 if f[Fact.OWN_PAIRS] > 0 and f[Fact.LONGEST_OWN] <= ACRONYM else 0.0


@feature
def short_word_alone(f):
    """Whether a single short word is all of the firms' own that agrees."""
    return 1.0 if f[Fact.OWN_PAIRS] == 1 and f[Fact.LONGEST_OWN] <= SHORT else 0.0


@feature
def one_word_alone(f):
    """Whether a single word is all of their own that agrees."""
    return 1.0 if f[Fact.OWN_PAIRS] == 1 else 0.0


@feature
def other_number(f):
    """How many of the names have a number that the other lacks."""
    return f[Fact.NUMBERS]


@feature
def other_letter(f):
    """Whether a name has a single letter that the other lacks."""
    return min(f[Fact.LETTERS_OVER], 1.0)


@feature
def other_order(f):
    """How many of the words that agree stand in another order."""
    return f[Fact.INVERSIONS]


@feature
def legal_forms_differ(f):
    """Whether the legal forms are of different classes."""
    return 1.0 if f[Fact.FORMS] < 0 else 0.0


@feature
def words_in_place_of_others(f):
    """Whether each name has words where the other has other words, however common."""
    return min(2.0, f[Fact.LEFT_WORDS_OVER], f[Fact.RIGHT_WORDS_OVER])


@feature
def other_patronymic(f):
    """Whether both names have a patronymic and they differ."""
    return 1.0 if f[Fact.PATRONYMICS] > 1 else 0.0


@feature
def initials(f):
    """How many names are answered by an initial only."""
    return f[Fact.FIRST_LETTERS]


class Feature(msgspec.Struct, frozen=True):
    """A measure and the sign that its weight may have."""

    measure: Callable[[Any], float]
    sign: Literal[1, -1]

    @property
    def name(self) -> str:
        """The key of its weight."""
        return self.measure.__name__

    @property
    def sentence(self) -> str:
        """What it measures, to be said after a colon."""
        said = (self.measure.__doc__ or self.name).rstrip(".")
        return f"{said[0].lower()}{said[1:]}"


FEATURES: tuple[Feature, ...] = (
    Feature(agreement, 1),
    Feature(close_agreement, 1),
    Feature(lesser_agreement, 1),
    Feature(greater_agreement, 1),
    Feature(own_agreement, 1),
    Feature(joined_letters, 1),
    Feature(much_said, 1),
    Feature(legal_forms_agree, 1),
    Feature(own_word_on_both_sides, -1),
    Feature(own_word_on_one_side, -1),
    Feature(says_something_else, -1),
    Feature(says_more, -1),
    Feature(other_place, -1),
    Feature(place_on_one_side, -1),
    Feature(misspelt, -1),
    Feature(translated, -1),
    Feature(nothing_of_its_own, -1),
    Feature(own_words_unanswered, -1),
    Feature(acronym_alone, -1),
    Feature(short_word_alone, -1),
    Feature(one_word_alone, -1),
    Feature(other_number, -1),
    Feature(other_letter, -1),
    Feature(other_order, -1),
    Feature(legal_forms_differ, -1),
    Feature(words_in_place_of_others, -1),
    Feature(other_patronymic, -1),
    Feature(initials, -1),
)


def measured(facts: Floats) -> Floats:
    """A column for each of ``FEATURES``, in their order; a row for each row of facts."""
    columns = np.empty((len(facts), len(FEATURES)))
    _measure(facts, columns)
    return columns


@feature
def _measure(facts, out):
    """In the order of ``FEATURES``, which a test holds: a loop over functions is not compiled."""
    for row in range(len(facts)):
        f = facts[row]
        out[row, 0] = agreement(f)
        out[row, 1] = close_agreement(f)
        out[row, 2] = lesser_agreement(f)
        out[row, 3] = greater_agreement(f)
        out[row, 4] = own_agreement(f)
        out[row, 5] = joined_letters(f)
        out[row, 6] = much_said(f)
        out[row, 7] = legal_forms_agree(f)
        out[row, 8] = own_word_on_both_sides(f)
        out[row, 9] = own_word_on_one_side(f)
        out[row, 10] = says_something_else(f)
        out[row, 11] = says_more(f)
        out[row, 12] = other_place(f)
        out[row, 13] = place_on_one_side(f)
        out[row, 14] = misspelt(f)
        out[row, 15] = translated(f)
        out[row, 16] = nothing_of_its_own(f)
        out[row, 17] = own_words_unanswered(f)
        out[row, 18] = acronym_alone(f)
        out[row, 19] = short_word_alone(f)
        out[row, 20] = one_word_alone(f)
        out[row, 21] = other_number(f)
        out[row, 22] = other_letter(f)
        out[row, 23] = other_order(f)
        out[row, 24] = legal_forms_differ(f)
        out[row, 25] = words_in_place_of_others(f)
        out[row, 26] = other_patronymic(f)
        out[row, 27] = initials(f)
