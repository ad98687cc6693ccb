"""The compiled steps of a search: listed words near a word, and names that share words.

``near_words`` finds listed spellings near a word by their shared runs of three letters;
``find_names`` adds up what listed names share with a query and keeps the best. Both are
deterministic: sums run in a fixed order and ties go to the smaller number.
"""

from __future__ import annotations

import numba
import numpy as np

from tidewaiter.screen.likeness import ENDING, likeness

LEAST_SHARE = 0.34  # of the runs of three letters that two near words share (Dice)
START = 0.8  # of a word's runs that a longer word has to hold, for a cut-off word
LEAST_LIKE = 0.55  # below this two words are different
BINS = 512
LONG, MANY_TIMES = 1000, 4
WORTH = 0.6  # share of the best from which a name is still of interest
SAME_BUT_ONE = 1 << 10


@numba.njit(nogil=True, cache=True)
def _longer(numbers):
    """The same numbers with room for as many again."""
    more = np.empty(2 * len(numbers), np.int32)
    more[: len(numbers)] = numbers
    return more


@numba.njit(nogil=True, cache=True)
def near_words(
    word,
    grams,
    run_count,
    gram_count,
    chars,
    offsets,
    gram_offsets,
    gram_spellings,
    counts,
    endings,
    scratch,
):
    """(spelling, likeness, whether one merely continues the other) of what is near ``word``.

    ``grams`` are places in the lists of runs, first the ``run_count`` runs that the list
    knows of the word's ``gram_count``, then the words that are left without one letter.
    ``counts`` is zeroed memory, one cell a spelling, and is zero again on return.
    """
    touched = np.empty(4096, np.int32)
    size = 0
    for key in range(len(grams)):
        gram = grams[key]
        # A word without one of its letters counts for more than all runs together.
        step = 1 if key < run_count else SAME_BUT_ONE
        for at in range(gram_offsets[gram], gram_offsets[gram + 1]):
            spelling = gram_spellings[at]
            if counts[spelling] == 0:
                if size == len(touched):
                    touched = _longer(touched)
                touched[size] = spelling
                size += 1
            counts[spelling] += step
    found = np.empty(size, np.int32)
    alike = np.empty(size, np.float32)
    goes_on = np.empty(size, np.bool_)
    kept = 0
    length = len(word)
    for at in range(size):
        spelling = touched[at]
        shared = counts[spelling] % SAME_BUT_ONE
        one_apart = counts[spelling] >= SAME_BUT_ONE
        counts[spelling] = 0
        start = offsets[spelling]
        end = offsets[spelling + 1]
        other = end - start
        dice = 2.0 * shared / (gram_count + other)
        cut = shared >= START * (min(length, other) - 1)
        if dice < LEAST_SHARE and not cut and not one_apart:
            continue
        like = likeness(word, 0, length, chars, start, end, endings, scratch)
        if LEAST_LIKE <= like < 1.0:
            found[kept] = spelling
            alike[kept] = like
            goes_on[kept] = like < ENDING and _begins_alike(word, chars, start, end)
            kept += 1
    return found[:kept], alike[:kept], goes_on[:kept]


@numba.njit(nogil=True, cache=True)
def _begins_alike(word, chars, start, end):
    """Whether one word merely continues the other."""
    same = True
    for at in range(min(len(word), end - start)):
        same = same and word[at] == chars[start + at]
    return same


@numba.njit(nogil=True, cache=True)
def find_names(
    words,
    terms,
    likes,
    weights,
    postings_offsets,
    postings,
    name_weight,
    shared,
    current,
    stamp,
    floor,
    most,
):
    """The names that share most with a query, best first, at most ``most``.

    ``words``, ``terms``, ``likes`` say which listed terms answer which word of the query,
    in order of the query's words, heaviest first; ``weights`` are the words'. ``shared``
    and ``current`` are zeroed memory, one cell a name, and zero again on return;
    ``stamp`` one integer a name, -1 on entry and return. A name is worth keeping from
    ``floor``, twice the shared weight over the weight of both.
    """
    total = 0.0
    for weight in weights:
        total += weight
    touched = np.empty(4096, np.int32)
    size = 0
    left = total
    last = -1
    best = 0.0
    for at in range(len(words)):
        word = words[at]
        if word != last:
            left -= weights[last] if last >= 0 else 0.0
            last = word
        # A name met here for the first time shares at most what is left; where others share
        # most of the query already, it would not be among the best.
        new = 2.0 * left / (total + left) >= max(floor, WORTH * best / total)
        gain = likes[at] * weights[word]
        first, end = postings_offsets[terms[at]], postings_offsets[terms[at] + 1]
        if not new and end - first > LONG + MANY_TIMES * size:
            continue  # a word of thousands of names hardly changes the order of the few found
        for place in range(first, end):
            name = postings[place]
            if stamp[name] == -1:
                if not new:
                    continue
                if size == len(touched):
                    touched = _longer(touched)
                touched[size] = name
                size += 1
            if stamp[name] == word:
                if gain > current[name]:
                    shared[name] += gain - current[name]
                    current[name] = gain
            else:
                stamp[name] = word
                current[name] = gain
                shared[name] += gain
            best = max(best, shared[name])
    return _best(touched[:size], total, name_weight, shared, current, stamp, floor, most)


@numba.njit(nogil=True, cache=True)
def _best(touched, total, name_weight, shared, current, stamp, floor, most):
    size = len(touched)
    scores = np.empty(size, np.float32)
    bins = np.zeros(BINS + 1, np.int32)
    for at in range(size):
        name = touched[at]
        score = 2.0 * shared[name] / (total + max(name_weight[name], shared[name]))
        scores[at] = score
        bins[min(BINS, int(score * BINS))] += 1
        shared[name] = 0.0
        current[name] = 0.0
        stamp[name] = -1
    cut = BINS
    kept = bins[BINS]
    while cut > 0 and kept < most:
        cut -= 1
        kept += bins[cut]
    least = max(floor, cut / BINS)
    chosen = np.empty(size, np.int32)
    values = np.empty(size, np.float64)
    count = 0
    for at in range(size):
        if scores[at] >= least:
            chosen[count] = touched[at]
            values[count] = -scores[at] + touched[at] * 1e-12
            count += 1
    order = np.argsort(values[:count])
    return chosen[order[:most]]


@numba.njit(nogil=True, cache=True)
def position(letters, chars, offsets):
    """Where sorted words hold ``letters``, -1 if they do not."""
    low = 0
    high = len(offsets) - 1
    while low < high:
        middle = (low + high) // 2
        start, end = offsets[middle], offsets[middle + 1]
        size = min(len(letters), end - start)
        at = 0
        while at < size and chars[start + at] == letters[at]:
            at += 1
        if at == len(letters) and at == end - start:
            return middle
        smaller = chars[start + at] < letters[at] if at < size else end - start < len(letters)
        if smaller:
            low = middle + 1
        else:
            high = middle
    return -1
