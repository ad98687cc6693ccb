"""Invented names in Latin, Cyrillic and Turkic spellings.

A name is drawn from its own stream of random numbers: another ``names_seed`` tells the
same world under other names.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import Any, TypeVar

import msgspec.yaml
import numpy as np

from tidewaiter.simulate.atlas import Activity, Country

T = TypeVar("T")
VARIANTS = 3  # spellings a firm has: as registered, in the other alphabet, and short


@cache
def rules() -> dict[str, Any]:
    """Syllables and letters of ``spellings.yml``."""
    text = resources.files(__package__).joinpath("spellings.yml").read_text("utf-8")
    return msgspec.yaml.decode(text, type=dict[str, Any])


class Namer:
    """Gives roots that no other name of the world has."""

    def __init__(self, seed: int) -> None:
        self._random = np.random.default_rng([seed, 7])
        self._used: set[str] = set()

    def root(self) -> str:
        """A word that means nothing, capitalised; never one of the words given before."""
        syllables, endings = rules()["syllables"], rules()["endings"]
        while True:
            count = 3 + (len(self._used) > len(syllables) ** 3)
            picked = self._random.integers(0, len(syllables), count)
            end = endings[int(self._random.integers(0, len(endings)))]
            word = "".join(syllables[int(each)] for each in picked) + end
            if word not in self._used:
                self._used.add(word)
                return str(word.capitalize())

    def pick(self, options: tuple[T, ...]) -> T:
        """One of the options."""
        return options[int(self._random.integers(0, len(options)))]

    def person(self) -> str:
        """An invented person's name."""
        return f"{self.pick(tuple(rules()['person']))} {self.root()}"


def cyrillic(word: str) -> str:
    """A root in Cyrillic letters."""
    return _respelled(word, "cyrillic")


def turkic(word: str) -> str:
    """A root as Turkish writes its sounds."""
    return _respelled(word, "turkic")


def company(namer: Namer, country: Country, activity: Activity, root: str) -> tuple[str, ...]:
    """The spellings of a company: ``VARIANTS`` of them, the registered one first."""
    word = namer.pick(tuple(activity.words))
    form = namer.pick(country.forms)
    latin = f"{root} {word}"
    russian = f"{cyrillic(root)} {activity.words[word]}"
    if country.script == "cyrillic":
        return f"{form} «{russian}»", f"{latin} LLC", russian
    if country.script == "turkic":
        return f"{turkic(root)} {word} {form}", f"ООО «{russian}»", f"{latin}"
    return f"{latin} {form}", f"ООО «{russian}»", latin.upper()


def plant(namer: Namer, root: str) -> tuple[str, ...]:
    """The spellings of a plant of the target: Russian, English, Ukrainian."""
    kind = namer.pick(tuple(rules()["plants"]))
    russian, latin = cyrillic(root), root
    return (
        f"АО «{kind['ru'].format(root=russian)}»",
        kind["en"].format(root=latin) + " JSC",
        kind["uk"].format(root=russian),
    )


def _respelled(word: str, alphabet: str) -> str:
    table: dict[str, str] = rules()[alphabet]
    pieces = sorted(table, key=len, reverse=True)
    spelled = re.sub("|".join(pieces), lambda m: table[m.group()], word.lower())
    return spelled.capitalize()
