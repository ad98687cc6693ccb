"""How much a word weighs, learnt from the lists: a word of every second entry is noise.

Also finds the listed words that a long misspelt word may stand for, by the runs of four
letters they share.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping

from tidewaiter.screen.align import likeness
from tidewaiter.screen.rules import person_words, rules
from tidewaiter.text import Term

RUN = 4  # letters
REMEMBERED = 1 << 17


class Vocabulary:
    """Weights of words, given in how many of ``entries`` each comparable form occurs."""

    def __init__(self, entries: int = 0, occurs: Mapping[str, int] | None = None) -> None:
        self._occurs = occurs or {}
        self._entries = max(entries, rules().background)
        self._weights: dict[str, float] = {}
        self._near: dict[str, tuple[str, ...]] = {}
        self._runs: dict[str, list[str]] = {}
        shortest = rules().one_edit_from
        for word in sorted(w for w in self._occurs if len(w) >= shortest and w.isalpha()):
            for run in _runs(word):
                self._runs.setdefault(run, []).append(word)

    def __contains__(self, key: str) -> bool:
        return key in self._occurs

    def of_body(self, term: Term) -> float:
        """Weight of a term in the name of a firm."""
        if term.kind is not None:
            return float(getattr(rules(), term.kind))
        return self.of_word(term.key)

    def of_person(self, term: Term) -> float:
        """Weight of a word in the name of a person or ship."""
        known = person_words()
        if len(term.key) == 1:
            return rules().initial
        if term.key in known.particles:
            return rules().patronymic
        return self.of_word(term.key)

    def of_word(self, key: str) -> float:
        """Rarity: from ``commonest`` to ``rarest``.

        A word that no entry has weighs what the nearest listed word weighs: a misspelt
        common word is not a rare one.
        """
        weight = self._weights.get(key)
        if weight is None:
            weight = self._rarity(key)
            if len(self._weights) < REMEMBERED:
                self._weights[key] = weight
        return weight

    def near(self, key: str) -> tuple[str, ...]:
        """Listed words that ``key`` may be a misspelling of, in alphabetical order."""
        if len(key) < rules().one_edit_from:
            return ()
        found = self._near.get(key)
        if found is None:
            found = self._search(key)
            if len(self._near) < REMEMBERED:
                self._near[key] = found
        return found

    def _rarity(self, key: str) -> float:
        times = self._occurs.get(key, 0)
        if not times:
            times = max((self._occurs[word] for word in self.near(key)), default=0)
        rarity = math.log(self._entries / max(times, 1)) / math.log(self._entries)
        return min(rules().rarest, max(rules().commonest, rarity))

    def _search(self, key: str) -> tuple[str, ...]:
        runs = _runs(key)
        shared = Counter(word for run in runs for word in self._runs.get(run, ()))
        # Every edit breaks at most RUN runs, a transposition one more.
        least = max(1, len(runs) - (RUN + 1) * rules().edits(len(key)))
        return tuple(
            sorted(w for w, n in shared.items() if n >= least and w != key and likeness(key, w))
        )


def _runs(word: str) -> set[str]:
    return {word[at : at + RUN] for at in range(len(word) - RUN + 1)}


def occurrences(entries: Iterable[set[str]]) -> tuple[int, dict[str, int]]:
    """How many entries there are, and in how many of them each comparable form is."""
    count = 0
    occurs: Counter[str] = Counter()
    for keys in entries:
        count += 1
        occurs.update(keys)
    return count, dict(occurs)
