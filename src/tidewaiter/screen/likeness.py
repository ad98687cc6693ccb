"""How alike two words are once folded: compiled, because it is asked millions of times.

A word is bytes of an array between two offsets. The rules a reader needs:

- words with digits are equal or different: they number plants and models;
- up to three letters must be equal; longer ones may differ by a few edits (an insertion,
  deletion, substitution or a swap of neighbours), each costing its share of the length;
- a word that merely continues another one is another word (Velkon, Velkond), unless what
  follows is the ending of a case or plural;
- words of equal consonants are a little alike: vowels are what transliteration loses.
"""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

from tidewaiter.screen.grams import is_vowel

Bytes = npt.NDArray[np.uint8]

SHORTEST = 4  # letters from which a word may differ at all
FEW, MORE = 9, 14  # letters from which two and three edits are allowed
SEVERAL = 1.25  # what each of several edits costs: two misprints in a word are rare
LONGEST = 48  # letters compared; the rest of a longer "word" is not looked at
ENDING = 0.95  # likeness of two forms of one word
CONTINUED = 0.8  # factor for a word that merely continues the other
OTHER_START = 0.08  # taken off where the first letters differ: misprints are rare there
CONSONANTS = 0.74  # likeness of words that differ in vowels only
SHORTEST_CONSONANTS = 3
ZERO, NINE = 48, 57


@numba.njit(nogil=True, cache=True)
def likeness(left_chars, a, a_end, right_chars, b, b_end, endings, scratch):
    """1 for equal words, 0 for different ones, between for near spellings.

    ``endings`` is a matrix of grammatical endings, a row each, filled up with zeros;
    ``scratch`` three rows of at least ``LONGEST + 2`` integers.
    """
    left = min(a_end - a, LONGEST)
    right = min(b_end - b, LONGEST)
    shorter = min(left, right)
    common = 0
    while common < shorter and left_chars[a + common] == right_chars[b + common]:
        common += 1
    if common == left and common == right:
        return 1.0
    if shorter < SHORTEST or _has_digit(left_chars, a, left) or _has_digit(right_chars, b, right):
        return 0.0
    longer = max(left, right)
    if common == shorter:
        if right > left:
            ending = _is_ending(right_chars, b + common, right - left, endings)
        else:
            ending = _is_ending(left_chars, a + common, left - right, endings)
        if ending:
            return ENDING
        return CONTINUED * shorter / longer
    found = 0.0
    allowed = 1 if longer < FEW else 2 if longer < MORE else 3
    if longer - shorter <= allowed:
        edits = _edits(left_chars, a, left, right_chars, b, right, scratch)
        if edits <= allowed:
            found = 1.0 - (edits if edits == 1 else SEVERAL * edits) / longer
            if common == 0:
                found -= OTHER_START
    if found < CONSONANTS and _same_consonants(left_chars, a, left, right_chars, b, right):
        found = CONSONANTS
    return found


@numba.njit(nogil=True, cache=True)
def _has_digit(chars, start, length):
    found = False
    for at in range(start, start + length):
        found = found or ZERO <= chars[at] <= NINE
    return found


@numba.njit(nogil=True, cache=True)
def _is_ending(chars, start, length, endings):
    if length >= endings.shape[1]:
        return False
    for row in range(endings.shape[0]):
        same = endings[row, length] == 0
        for at in range(length):
            same = same and endings[row, at] == chars[start + at]
        if same:
            return True
    return False


@numba.njit(nogil=True, cache=True)
def _edits(left_chars, a, left, right_chars, b, right, scratch):
    """Optimal string alignment distance."""
    for j in range(right + 1):
        scratch[1, j] = j
    for i in range(1, left + 1):
        now = (i + 1) % 3
        last = i % 3
        before = (i - 1) % 3
        scratch[now, 0] = i
        for j in range(1, right + 1):
            cost = 0 if left_chars[a + i - 1] == right_chars[b + j - 1] else 1
            least = min(scratch[last, j] + 1, scratch[now, j - 1] + 1, scratch[last, j - 1] + cost)
            if (
                i > 1
                and j > 1
                and left_chars[a + i - 1] == right_chars[b + j - 2]
                and left_chars[a + i - 2] == right_chars[b + j - 1]
            ):
                least = min(least, scratch[before, j - 2] + 1)
            scratch[now, j] = least
    return scratch[(left + 1) % 3, right]


@numba.njit(nogil=True, cache=True)
def _same_consonants(left_chars, a, left, right_chars, b, right):
    i = 0
    j = 0
    same = 0
    while True:
        while i < left and is_vowel(left_chars[a + i]):
            i += 1
        while j < right and is_vowel(right_chars[b + j]):
            j += 1
        if i == left or j == right:
            return i == left and j == right and same >= SHORTEST_CONSONANTS
        if left_chars[a + i] != right_chars[b + j]:
            return False
        same += 1
        i += 1
        j += 1
