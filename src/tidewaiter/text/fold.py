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

# Digits that scanners and disguises put for letters. 1 is read as i and as l.
MISREAD = tuple(str.maketrans("01345678", letters) for letters in ("oieasgtb", "oleasgtb"))


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
    written = {to_latin(word), *to_latin_also(word), *_misread(to_latin(word))}
    for pattern, put in _second_steps():
        written |= {pattern.sub(put, each) for each in written}
    first = fold(word)
    others = {_folded(each) for each in written} - {first, ""}
    return (first, *sorted(others))


def _misread(latin: str) -> set[str]:
    """A word of letters and digits with the letters that the digits may stand for."""
    letters = sum(map(str.isalpha, latin))
    if not letters or latin.isalpha() or len(latin) - letters > letters or latin[0].isdigit():
        return set()
    return {latin.translate(table) for table in MISREAD}


def _folded(latin: str) -> str:
    if not latin.isascii():
        return latin
    folded = latin
    for pattern, put in _steps():
        folded = pattern.sub(put, folded)
    # A word is never folded to an initial: Yi and Ii are names.
    return latin if len(folded) == 1 < len(latin) and folded.isalpha() else folded
