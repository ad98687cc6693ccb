"""What leads from a misspelt word to the listed ones: its runs of three letters, and its rests.

Compiled, and the same for both sides: the table of listed words is built with what a query
is looked up by. All are numbers; those of runs are below those of rests.
"""

from __future__ import annotations

import numba
import numpy as np

SHORT = 8  # letters up to which a word is looked for by all but one of its letters
CONSONANTS = 4  # from which a word is looked for by its consonants alone
LONGEST = 256  # letters; the rest of a longer "word" is not looked at
ALPHABET = 46  # the edge of a word, a-z, 0-9, and nine classes for all other bytes
RUNS = ALPHABET**3
RESTS = 1 << 30
A, Z, ZERO, NINE, HYPHEN = 97, 122, 48, 57, 45
# Fowler-Noll-Vo 1a, 32 bits: short, the same everywhere, and compiled; CRC is no better here.
BASIS, PRIME, BITS = 2166136261, 16777619, 0xFFFFFFFF


@numba.njit(nogil=True, cache=True)
def runs(word):
    """The runs of three letters of a word with its edges, each once, in order."""
    length = min(len(word), LONGEST)
    found = np.empty(length, np.int32)
    before, middle = 0, _code(word[0]) if length else 0
    for at in range(length):
        after = _code(word[at + 1]) if at + 1 < length else 0
        found[at] = (before * ALPHABET + middle) * ALPHABET + after
        before, middle = middle, after
    return np.unique(found)


@numba.njit(nogil=True, cache=True)
def rests(word):
    """A short word whole and without each of its letters, and any word without its vowels.

    Two words that differ by one letter, by a swap of neighbours or by vowels alone share one
    of these where they may share no run of three letters.
    """
    length = min(len(word), LONGEST)
    found = np.empty(length + 2, np.int32)
    count = 0
    if length <= SHORT:
        for left_out in range(-1, length):
            value = np.uint64(BASIS)
            for at in range(length):
                if at != left_out:
                    value = _mixed(value, word[at])
            found[count] = _rest(value)
            count += 1
    consonants = 0
    value = _mixed(np.uint64(BASIS), HYPHEN)
    for at in range(length):
        if not is_vowel(word[at]):
            consonants += 1
            value = _mixed(value, word[at])
    if consonants >= CONSONANTS:
        found[count] = _rest(value)
        count += 1
    return np.unique(found[:count])


@numba.njit(nogil=True, cache=True)
def is_vowel(letter):
    """Whether a byte is a, e, i, o or u."""
    return letter in (97, 101, 105, 111, 117)


@numba.njit(nogil=True, cache=True)
def _mixed(value, letter):
    return ((value ^ np.uint64(letter)) * np.uint64(PRIME)) & np.uint64(BITS)


@numba.njit(nogil=True, cache=True)
def _rest(value):
    return RUNS + np.int64(value % np.uint64(RESTS))


@numba.njit(nogil=True, cache=True)
def _code(letter):
    if A <= letter <= Z:
        return np.int64(letter) - A + 1
    if ZERO <= letter <= NINE:
        return np.int64(letter) - ZERO + 27
    return 37 + np.int64(letter) % 9
