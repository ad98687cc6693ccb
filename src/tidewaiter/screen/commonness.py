"""How common a word is in names, from the lists themselves and from a wide background.

A word of every hundredth firm says little, also on a list that has it once. The
background, ``commonness.csv``, counts words of registers that are nobody's list.
"""

from __future__ import annotations

import csv
import math
from functools import cache
from importlib import resources

import msgspec

from tidewaiter.screen.kinds import Kind
from tidewaiter.screen.rules import rules

MILLION = 1_000_000


class Background(msgspec.Struct, frozen=True):
    """Names in a million that hold a word, by comparable form; ``~id`` for a concept."""

    per_million: dict[str, int]

    def share(self, word: str) -> float:
        """The share of names (0-1) that hold ``word``; 0 where it is rare or unknown."""
        return self.per_million.get(word, 0) / MILLION


@cache
def background(kind: Kind) -> Background:
    """The words of ``commonness.csv`` for a kind of names."""
    text = resources.files(__package__).joinpath("commonness.csv").read_text("utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return Background({r["word"]: int(r["per_million"]) for r in rows if r["kind"] == kind})


def rarity(share: float) -> float:
    """From ``commonest`` to ``rarest``, falling with the logarithm of the share of names."""
    figures = rules()
    if share <= 0:
        return figures.rarest
    found = math.log(1 / share) / math.log(figures.background)
    # Steps of a hundredth, so that one more entry on a list changes the weights of few words.
    return round(min(figures.rarest, max(figures.commonest, found)), 2)


def share_of(times: int, entities: int, word: str, kind: Kind) -> float:
    """The share of names with a word: the list's or the background's, whichever is greater.

    A list is taken to have ``background`` entities at least: a list of three has no
    common words.
    """
    on_list = times / stepped(max(entities, rules().background))
    return max(on_list if times > 1 else 0.0, background(kind).share(word))


def stepped(entities: int) -> float:
    """The next half power of two: sizes of lists in steps, for the reason given above."""
    return float(2 ** (math.ceil(2 * math.log2(entities)) / 2))
