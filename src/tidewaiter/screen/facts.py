"""What agrees between a query and listed names and what is left over, measured.

The words of both are paired, the most alike first, each used once; then every row of the
result measures one listed name (columns: ``Fact``). Compiled: a query meets a hundred names.
"""

from __future__ import annotations

from enum import IntEnum

import numba
import numpy as np

MOST_PAIRS = 64
MOST_OPTIONS = 512
JOINED = 64  # letters of two names written without spaces that are compared
# How two words agree.
SAME_LETTERS, SAME_MEANING, NEAR_LETTERS, FIRST_LETTER, GOES_ON, IN_PART = 0, 1, 2, 3, 4, 5
OWN, PARTICLE, BODY, TRADE, PLACE = 0, 1, 2, 3, 4  # kinds of terms
DIGITS, INITIAL, PATRONYMIC, CONNECTING = 1, 2, 4, 8  # bits of a term's flags
PATRONYMIC_WEIGHT = 0.05


class Fact(IntEnum):
    """Columns of the result. Weights are sums of the rarity of words (0-1 each)."""

    LEFT = 0  # weight of the query's words
    RIGHT = 1  # weight of the listed name's words
    LEFT_AGREED = 2  # of LEFT, the part that is answered
    RIGHT_AGREED = 3
    OWN_LEFT = 4  # weight of words that are nobody's shared words
    OWN_RIGHT = 5
    OWN_LEFT_AGREED = 6
    OWN_RIGHT_AGREED = 7
    LEFT_OVER = 8  # weight of the heaviest own word of the query without an answer
    RIGHT_OVER = 9
    LEFT_SAID = 10  # weight of words for what a firm is or does, without an answer
    RIGHT_SAID = 11
    MISSPELT = 12  # weight lost because letters differ
    TRANSLATED = 13  # weight that agrees by meaning only
    OWN_PAIRS = 14  # own words that agree, counted
    NUMBERS = 15  # sides (0-2) with a number that the other side lacks
    INVERSIONS = 16  # share (0-1) of neighbouring pairs in another order
    JOINED = 17  # likeness (0-1) of both written without spaces
    FORMS = 18  # legal forms: 1 agree, -1 differ, 0 not known of both
    FIRST_LETTERS = 19  # initials that answer a word, counted
    LONGEST_OWN = 20  # letters of the longest own word that agrees
    LEFT_PLACE = 21  # weight of places without an answer
    RIGHT_PLACE = 22
    LETTERS_OVER = 23  # sides (0-2) with exactly one single letter without an answer
    RARITY = 24  # sum of weights that agree, both sides averaged
    SHARED_PAIRS = 25  # shared words that agree and say something, counted
    LEFT_WORDS_OVER = 26  # own words of the query without an answer, counted
    RIGHT_WORDS_OVER = 27
    PATRONYMICS = 28  # sides (0-2) with a patronymic that the other side lacks
    GOING_ON = 29  # own words of which one merely continues the other, counted


COLUMNS = len(Fact)
NO_TERMS = np.empty(0, np.int32)


@numba.njit(nogil=True, cache=True)
def facts(query, table, entries, names, head, is_person, out):
    """Fill a row of ``out`` for each of ``names``.

    ``query``: (weights, kinds, flags, first letters, joined letters, forms) of the words
    asked for; ``table``: (term weights, kinds, flags, spelling of each term, letters,
    their offsets, offsets and terms of names, forms of names); ``entries``: (listed term,
    word, likeness, how), one for each listed term that answers a word. ``head``: one cell
    a listed term, -1 on entry and return.
    """
    entry_term, entry_word, entry_like, entry_how = entries
    offsets, name_terms = table[6], table[7]
    following = link_entries(entry_term, head)
    pairs = np.empty((MOST_PAIRS, 2), np.int32)
    likes = np.empty(MOST_PAIRS, np.float64)
    hows = np.empty(MOST_PAIRS, np.int32)
    work = working_memory(len(query[0]))
    masks = _masks(query[4])
    links = (head, following, entry_word, entry_like, entry_how)
    for row in range(len(names)):
        name = names[row]
        terms = name_terms[offsets[name] : offsets[name + 1]]
        count = pair_words(query, table, terms, links, is_person, pairs, likes, hows, work)
        _measure(query, table, terms, name, pairs[:count], likes, hows, is_person, work, out[row])
        out[row, Fact.JOINED] = _joined(query[4], masks, table, terms)
    for at in range(len(entry_term)):
        head[entry_term[at]] = -1


@numba.njit(nogil=True, cache=True)
def link_entries(entry_term, head):
    """Let ``head`` lead to a term's last entry; where each entry leads on, -1 at the end."""
    following = np.full(len(entry_term), -1, np.int32)
    for at in range(len(entry_term)):
        following[at] = head[entry_term[at]]
        head[entry_term[at]] = at
    return following


@numba.njit(nogil=True, cache=True)
def working_memory(words):
    """What ``pair_words`` works in: options, their values, words and places that are used."""
    return (
        np.empty((MOST_OPTIONS, 3), np.int32),
        np.empty(MOST_OPTIONS, np.float64),
        np.empty(words, np.bool_),
        np.empty(MOST_PAIRS, np.bool_),
    )


@numba.njit(nogil=True, cache=True)
def pair_words(query, table, terms, links, is_person, pairs, likes, hows, work):
    """Pair words with terms, the most alike first; the number of pairs."""
    weights = query[0]
    term_weight = table[0]
    head, following, entry_word, entry_like, entry_how = links
    size = len(terms)
    option, value, word_used, place_used = work
    options = 0
    for place in range(size):
        entry = head[terms[place]]
        while entry >= 0 and options < MOST_OPTIONS:
            word = entry_word[entry]
            option[options, 0] = word
            option[options, 1] = place
            option[options, 2] = entry
            both = weights[word] + term_weight[terms[place]]
            value[options] = entry_like[entry] + 1e-3 * both - 1e-7 * abs(place - word)
            options += 1
            entry = following[entry]
    word_used[:] = False
    place_used[:] = False
    count = 0
    while count < MOST_PAIRS:
        best = -1
        for at in range(options):
            if word_used[option[at, 0]] or place_used[option[at, 1]]:
                continue
            if best < 0 or value[at] > value[best]:
                best = at
        if best < 0:
            break
        word_used[option[best, 0]] = True
        place_used[option[best, 1]] = True
        pairs[count, 0] = option[best, 0]
        pairs[count, 1] = option[best, 1]
        likes[count] = entry_like[option[best, 2]]
        hows[count] = entry_how[option[best, 2]]
        count += 1
    if is_person:
        count = _pair_initials(
            query, table, terms, word_used, place_used, pairs, likes, hows, count
        )
    return count


@numba.njit(nogil=True, cache=True)
def _pair_initials(query, table, terms, word_used, place_used, pairs, likes, hows, count):
    for word in range(len(query[0])):
        if word_used[word]:
            continue
        for place in range(len(terms)):
            if place_used[place] or count == MOST_PAIRS:
                continue
            term = terms[place]
            letter = table[4][table[5][table[3][term]]]
            ours = (query[2][word] & INITIAL) != 0
            theirs = (table[2][term] & INITIAL) != 0
            if letter == query[3][word] and (ours or theirs):
                word_used[word] = True
                place_used[place] = True
                pairs[count, 0] = word
                pairs[count, 1] = place
                likes[count] = 1.0
                hows[count] = FIRST_LETTER
                count += 1
                break
    return count


@numba.njit(nogil=True, cache=True)
def _measure(query, table, terms, name, pairs, likes, hows, is_person, work, row):
    weights, kinds, flags = query[0], query[1], query[2]
    term_weight, term_kind, term_flags = table[0], table[1], table[2]
    row[:] = 0.0
    for at in range(len(pairs)):
        word, place = pairs[at, 0], pairs[at, 1]
        term = terms[place]
        like = likes[at]
        ours, theirs = weights[word], term_weight[term]
        if hows[at] == FIRST_LETTER:
            row[Fact.FIRST_LETTERS] += 1
            ours = min(ours, theirs)
            theirs = ours
        half = (ours + theirs) / 2
        row[Fact.LEFT] += ours
        row[Fact.RIGHT] += theirs
        row[Fact.LEFT_AGREED] += like * ours
        row[Fact.RIGHT_AGREED] += like * theirs
        row[Fact.MISSPELT] += (1 - like) * half if hows[at] in (NEAR_LETTERS, GOES_ON) else 0.0
        row[Fact.TRANSLATED] += half if hows[at] == SAME_MEANING else 0.0
        row[Fact.RARITY] += like * half
        if kinds[word] == OWN and term_kind[term] == OWN:
            row[Fact.OWN_LEFT] += ours
            row[Fact.OWN_RIGHT] += theirs
            row[Fact.OWN_LEFT_AGREED] += like * ours
            row[Fact.OWN_RIGHT_AGREED] += like * theirs
            if hows[at] != FIRST_LETTER and not (term_flags[term] & CONNECTING):
                row[Fact.OWN_PAIRS] += 1
                row[Fact.GOING_ON] += 1.0 if hows[at] == GOES_ON else 0.0
                spelling = table[3][term]
                letters = table[5][spelling + 1] - table[5][spelling]
                row[Fact.LONGEST_OWN] = max(row[Fact.LONGEST_OWN], letters)
        elif hows[at] == IN_PART:  # a compound remains a word of its own
            if kinds[word] == OWN:
                row[Fact.OWN_LEFT] += ours
                row[Fact.LEFT_OVER] = max(row[Fact.LEFT_OVER], ours)
            if term_kind[term] == OWN:
                row[Fact.OWN_RIGHT] += theirs
                row[Fact.RIGHT_OVER] = max(row[Fact.RIGHT_OVER], theirs)
        else:
            row[Fact.SHARED_PAIRS] += 1.0 if kinds[word] != PARTICLE else 0.0
    _leftovers(weights, kinds, flags, NO_TERMS, work[2], is_person, row, 0)
    _leftovers(term_weight, term_kind, term_flags, terms, work[3], is_person, row, 1)
    row[Fact.INVERSIONS] = _inversions(pairs)
    ours_forms, their_forms = query[5], table[8][name]
    if ours_forms and their_forms:
        row[Fact.FORMS] = 1.0 if ours_forms & their_forms else -1.0


@numba.njit(nogil=True, cache=True)
def _leftovers(weights, kinds, flags, terms, answered, is_person, row, side):
    """What one side (0 left, 1 right) has and the other lacks.

    On the right the arrays are those of all terms, and ``terms`` says which are meant.
    """
    letters = 0
    number = False
    patronymic = False
    for place in range(len(terms) if side else len(weights)):
        if answered[place]:
            continue
        at = terms[place] if side else place
        weight = weights[at]
        if is_person and flags[at] & PATRONYMIC:
            weight = min(weight, PATRONYMIC_WEIGHT)
            patronymic = True
        row[Fact.LEFT + side] += weight
        if flags[at] & DIGITS:
            number = True
        if kinds[at] == OWN:
            row[Fact.OWN_LEFT + side] += weight
            if flags[at] & INITIAL:
                letters += 1
            else:
                row[Fact.LEFT_OVER + side] = max(row[Fact.LEFT_OVER + side], weight)
                if not flags[at] & (CONNECTING | PATRONYMIC):
                    row[Fact.LEFT_WORDS_OVER + side] += 1
        elif kinds[at] == PLACE:
            row[Fact.LEFT_PLACE + side] += weight
        elif kinds[at] != PARTICLE:
            row[Fact.LEFT_SAID + side] += weight
    if number:
        row[Fact.NUMBERS] += 1
    if letters == 1:
        row[Fact.LETTERS_OVER] += 1
    if patronymic:
        row[Fact.PATRONYMICS] += 1


@numba.njit(nogil=True, cache=True)
def _inversions(pairs):
    if len(pairs) <= 1:
        return 0.0
    order = np.argsort(pairs[:, 0])
    wrong = 0
    for at in range(1, len(order)):
        if pairs[order[at], 1] < pairs[order[at - 1], 1]:
            wrong += 1
    return wrong / (len(order) - 1)


@numba.njit(nogil=True, cache=True)
def _masks(joined):
    masks = np.zeros(256, np.uint64)
    for at in range(min(len(joined), JOINED)):
        masks[joined[at]] |= np.uint64(1) << np.uint64(at)
    return masks


@numba.njit(nogil=True, cache=True)
def _joined(ours, masks, table, terms):
    """Likeness of all letters, particles apart: Levenshtein by Myers' bit vectors (1999)."""
    term_kind, term_spelling, chars, offsets = table[1], table[3], table[4], table[5]
    size = min(len(ours), JOINED)
    if size == 0:
        return 0.0
    one = np.uint64(1)
    top = one << np.uint64(size - 1)
    plus = ~np.uint64(0)
    minus = np.uint64(0)
    distance = size
    letters = 0
    for term in terms:
        if term_kind[term] == PARTICLE:
            continue
        spelling = term_spelling[term]
        for at in range(offsets[spelling], offsets[spelling + 1]):
            if letters == JOINED:
                break
            letters += 1
            mask = masks[chars[at]]
            across = mask | minus
            down = (((mask & plus) + plus) ^ plus) | mask
            up = minus | ~(down | plus)
            low = plus & down
            if up & top:
                distance += 1
            elif low & top:
                distance -= 1
            up = (up << one) | one
            low = low << one
            plus = low | ~(across | up)
            minus = up & across
    return max(0.0, 1.0 - distance / max(size, letters, 1))
