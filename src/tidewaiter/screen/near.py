"""The compiled steps of a search: listed words near a word, and names that share words.

``near_terms`` finds listed words near a word by their shared runs of three letters;
``find_names`` adds up what listed names share with a query and keeps the best;
``best_of_each`` keeps the best name of each party. All are
deterministic: sums run in a fixed order and ties go to the smaller number.
"""

from __future__ import annotations

import numba
import numpy as np

from tidewaiter.screen.facts import GOES_ON, NEAR_LETTERS, OWN
from tidewaiter.screen.grams import rests, runs
from tidewaiter.screen.likeness import ENDING, SHORTEST, likeness

LEAST_SHARE = 0.34  # of the runs of three letters that two near words share (Dice)
START = 0.8  # of a word's runs that a longer word has to hold, for a cut-off word
LEAST_LIKE = 0.55  # below this two words are different
BINS = 512
LONG, MANY_TIMES = 1000, 4
WORTH = 0.6  # share of the best from which a name is still of interest
SAME_BUT_ONE = 1 << 10
ORDER, TIE = 1e-12, 1e-5  # what orders equal names, and what differences are less than
MOST_NEAR = 20  # near spellings of one word


@numba.njit(nogil=True, cache=True)
def _longer(numbers):
    """The same numbers with room for as many again."""
    more = np.empty(2 * len(numbers), np.int32)
    more[: len(numbers)] = numbers
    return more


@numba.njit(nogil=True, cache=True)
def near_terms(letters, grams, listed, spelling_terms, counts, endings, scratch):
    """(terms, likeness, how) of the listed spellings near a word, the nearest first.

    ``grams``: sorted runs and rests of listed spellings, and the spellings of each (offsets,
    spellings); ``listed``: letters of the spellings and their offsets; ``spelling_terms``:
    offsets and terms. ``counts`` is zeroed memory, one cell a spelling, and is zero again on
    return; ``scratch`` is that of ``likeness``.
    """
    spellings, likes = _near_spellings(letters, grams, listed, counts, endings, scratch)
    offsets, terms = spelling_terms
    size = 0
    for spelling in spellings:
        size += offsets[spelling + 1] - offsets[spelling]
    found = np.empty(size, np.int32)
    alike = np.empty(size, np.float32)
    hows = np.empty(size, np.int32)
    count = 0
    for at in range(len(spellings)):
        spelling = spellings[at]
        start, end = listed[1][spelling], listed[1][spelling + 1]
        goes_on = likes[at] < np.float32(ENDING) and _begins_alike(letters, listed[0], start, end)
        for place in range(offsets[spelling], offsets[spelling + 1]):
            found[count] = terms[place]
            alike[count] = likes[at]
            hows[count] = GOES_ON if goes_on else NEAR_LETTERS
            count += 1
    return found, alike, hows


@numba.njit(nogil=True, cache=True)
def _near_spellings(letters, grams, listed, counts, endings, scratch):
    """The nearest ``MOST_NEAR`` spellings and how alike they are; ties to the smaller number."""
    chars, offsets = listed
    own_runs = runs(letters)
    touched = np.empty(4096, np.int32)
    # A word without one of its letters counts for more than all runs together.
    touched, size = _counted(own_runs, 1, grams, counts, touched, 0)
    touched, size = _counted(rests(letters), SAME_BUT_ONE, grams, counts, touched, size)
    found = np.empty(size, np.int32)
    alike = np.empty(size, np.float32)
    kept = 0
    length = len(letters)
    # What the shortest word that may be near has to share; most share less.
    least = min(LEAST_SHARE * (len(own_runs) + SHORTEST) / 2, START * (SHORTEST - 1))
    for at in range(size):
        spelling = touched[at]
        shared = counts[spelling] % SAME_BUT_ONE
        one_apart = counts[spelling] >= SAME_BUT_ONE
        counts[spelling] = 0
        if shared < least and not one_apart:
            continue
        start = offsets[spelling]
        end = offsets[spelling + 1]
        other = end - start
        dice = 2.0 * shared / (len(own_runs) + other)
        cut = shared >= START * (min(length, other) - 1)
        if dice < LEAST_SHARE and not cut and not one_apart:
            continue
        like = likeness(letters, 0, length, chars, start, end, endings, scratch)
        if LEAST_LIKE <= like < 1.0:
            found[kept] = spelling
            alike[kept] = like
            kept += 1
    order = np.argsort(found[:kept])
    order = order[np.argsort(-alike[:kept][order], kind="mergesort")][:MOST_NEAR]
    return found[order], alike[order]


@numba.njit(nogil=True, cache=True)
def _counted(wanted, step, grams, counts, touched, size):
    """Add ``step`` to every spelling of each of ``wanted``, and note the spellings met."""
    keys, offsets, spellings = grams
    for key in wanted:
        gram = np.searchsorted(keys, key)
        if gram == len(keys) or keys[gram] != key:
            continue
        for at in range(offsets[gram], offsets[gram + 1]):
            spelling = spellings[at]
            if counts[spelling] == 0:
                if size == len(touched):
                    touched = _longer(touched)
                touched[size] = spelling
                size += 1
            counts[spelling] += step
    return touched, size


@numba.njit(nogil=True, cache=True)
def _begins_alike(word, chars, start, end):
    """Whether one word merely continues the other."""
    same = True
    for at in range(min(len(word), end - start)):
        same = same and word[at] == chars[start + at]
    return same


@numba.njit(nogil=True, cache=True)
def answers(certain, near, has_concept, term_concept):
    """(terms, likeness, how) of all that answers a word, in order of terms, each once.

    ``certain`` and ``near`` are such columns too. What is certain goes first, then words that
    one spelling merely continues, whatever other spellings look like, then the nearest. Words
    with a concept are not near one that has its own: Omsk is not Tomsk.
    """
    terms, likes, hows = near
    fitting = np.empty(len(terms), np.bool_)
    for at in range(len(terms)):
        fitting[at] = not has_concept or term_concept[terms[at]] < 0
    terms, likes, hows = terms[fitting], likes[fitting], hows[fitting]
    order = np.argsort(-likes, kind="mergesort")
    order = order[np.argsort(hows[order] != GOES_ON, kind="mergesort")]
    terms = np.concatenate((certain[0], terms[order]))
    likes = np.concatenate((certain[1], likes[order]))
    hows = np.concatenate((certain[2], hows[order]))
    order = np.argsort(terms, kind="mergesort")
    first = np.ones(len(order), np.bool_)
    for at in range(1, len(order)):
        first[at] = terms[order[at]] != terms[order[at - 1]]
    order = order[first]
    return terms[order], likes[order], hows[order]


@numba.njit(nogil=True, cache=True)
def laid_out(weights, kinds, sizes, likes, least):
    """The word of each answer, and the places of the answers: own words first, then by weight.

    ``sizes`` answers stand one after another for each word; of one word the most alike come
    first. Words that weigh no more than ``least`` are left out of the places, unless there
    are no others.
    """
    positions = np.repeat(np.arange(len(sizes)), sizes).astype(np.int32)
    starts = np.cumsum(sizes) - sizes
    heavy = weights > least
    if not np.any(heavy & (sizes > 0)):
        heavy[:] = True
    places = np.empty(len(positions), np.int32)
    count = 0
    order = np.argsort(-weights, kind="mergesort")
    for word in order[np.argsort(kinds[order] != OWN, kind="mergesort")]:
        if heavy[word]:
            start, end = starts[word], starts[word] + sizes[word]
            places[count : count + sizes[word]] = start + np.argsort(
                -likes[start:end], kind="mergesort"
            )
            count += sizes[word]
    return positions, places[:count]


@numba.njit(nogil=True, cache=True)
def find_names(words, terms, likes, query, postings, memory, figures, most):
    """The names that share most with a query, best first.

    ``most``: how many, and how many more where they share exactly as much as the last: of
    namesakes none may be lost before what else is known of them is compared.

    ``words``, ``terms``, ``likes`` say which listed terms answer which word of the query,
    own words first and then the heaviest; ``query``: weights and kinds of the words.
    ``postings``: offsets and names of each term. ``memory`` has three cells a name, in arrays
    of their own so that the first two stay near the processor: what it shares (0), the last
    word that it answered, counted from 1 (0), and its weight; zero again on return.
    ``figures``: from which share a name is worth keeping, twice the shared weight over the
    weight of both; and what shared words have to weigh together, for a name to be found by
    them alone where the query's own words weigh more.
    """
    weights, kinds = query
    floor, shared_alone = figures
    offsets, names = postings
    shared, answered, _ = memory
    by_shared = _finds_by_shared(weights, kinds, shared_alone)
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
        new = new and (by_shared or kinds[word] == OWN)
        gain = np.float32(likes[at] * weights[word])
        first, end = offsets[terms[at]], offsets[terms[at] + 1]
        if not new and end - first > LONG + MANY_TIMES * size:
            continue  # a word of thousands of names hardly changes the order of the few found
        for place in range(first, end):
            name = names[place]
            if answered[name] == word + 1:
                continue  # by a term that is more alike
            if answered[name] == 0:
                if not new:
                    continue
                if size == len(touched):
                    touched = _longer(touched)
                touched[size] = name
                size += 1
            answered[name] = word + 1
            shared[name] += gain
            best = max(best, shared[name])
    return _best(touched[:size], total, memory, floor, most)


@numba.njit(nogil=True, cache=True)
def _finds_by_shared(weights, kinds, enough):
    own = 0.0
    shared = 0.0
    for word in range(len(weights)):
        if kinds[word] == OWN:
            own += weights[word]
        else:
            shared += weights[word]
    return shared >= min(own, enough)


@numba.njit(nogil=True, cache=True)
def _best(touched, total, memory, floor, wanted):
    shared, answered, name_weight = memory
    size = len(touched)
    scores = np.empty(size, np.float32)
    bins = np.zeros(BINS + 1, np.int32)
    for at in range(size):
        name = touched[at]
        score = 2.0 * shared[name] / (total + max(name_weight[name], shared[name]))
        scores[at] = score
        bins[min(BINS, int(score * BINS))] += 1
        shared[name] = 0.0
        answered[name] = 0
    cut = BINS
    kept = bins[BINS]
    most, tied = wanted
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
            values[count] = -scores[at] + touched[at] * ORDER
            count += 1
    order = np.argsort(values[:count])
    end = min(most, count)
    if end:
        last = values[order[end - 1]]
        while end < min(count, most + tied) and values[order[end]] - last < TIE:
            end += 1
    return chosen[order[:end]]


@numba.njit(nogil=True, cache=True)
def best_of_each(parties, totals, last):
    """(parties, their best totals, the rows of these), best first.

    Of equal totals rows that are not ``last`` come first, then the order is that of the rows.
    """
    by_last = np.argsort(last, kind="mergesort")
    order = by_last[np.argsort(-totals[by_last], kind="mergesort")]
    seen = set()
    rows = np.empty(len(order), np.int64)
    count = 0
    for row in order:
        if parties[row] not in seen:
            seen.add(parties[row])
            rows[count] = row
            count += 1
    rows = rows[:count]
    return parties[rows], totals[rows], rows


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
