"""What is left of a word when spelling systems no longer matter.

Rules and reasons are in ``fold.yml``. A folded word is for comparison only; people are
always shown the spellings of their documents.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib import resources

import msgspec.yaml

from tidewaiter.text.translit import REMEMBERED, to_latin, to_latin_also


class Rule(msgspec.Struct, frozen=True, kw_only=True, rename={"find": "from", "put": "to"}):
    """Replace the pattern ``find`` by ``put``; ``why`` names the systems that differ."""

    find: str
    put: str
    why: str


class Rules(msgspec.Struct, frozen=True):
    """``rules`` in order for every word; each of ``also`` makes a second reading."""

    rules: tuple[Rule, ...]
    also: tuple[Rule, ...]


@cache
def rules() -> Rules:
    """The rules of ``fold.yml``."""
    text = resources.files(__package__).joinpath("fold.yml").read_text("utf-8")
    return msgspec.yaml.decode(text, type=Rules)


@cache
def _steps() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(rule.find), rule.put) for rule in rules().rules)


@cache
def _second_steps() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(rule.find), rule.put) for rule in rules().also)


@lru_cache(REMEMBERED)
def fold(word: str) -> str:
    """The comparable form of one lower-case word in any alphabet.

    >>> fold("электроника") == fold("elektronika") == fold("electronica")
    True
    """
    return _folded(to_latin(word)) or word


@lru_cache(REMEMBERED)
def readings(word: str) -> tuple[str, ...]:
    """Every comparable form of a word, the usual one first, the others in order."""
    written = {to_latin(word), to_latin_also(word)}
    for pattern, put in _second_steps():
        written |= {pattern.sub(put, each) for each in written}
    first = fold(word)
    others = {_folded(each) for each in written} - {first, ""}
    return (first, *sorted(others))


def _folded(latin: str) -> str:
    if not latin.isascii():
        return latin
    for pattern, put in _steps():
        latin = pattern.sub(put, latin)
    return latin
