"""Any alphabet in plain lower-case Latin letters and digits.

Cyrillic and Latin letters go through one table (``letters.yml``): rigour's
transliteration of Cyrillic is as readable but three hundred times slower, and a table
can be read and argued with. Other alphabets go through rigour, and ICU behind it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from importlib import resources

import msgspec.yaml

REMEMBERED = 1 << 18
PLAIN = re.compile(r"[^a-z0-9]+")


class Letters(msgspec.Struct, frozen=True):
    """Letter -> Latin letters; each table of ``also`` is a second way to read some of them."""

    cyrillic: dict[str, str]
    latin: dict[str, str]
    also: tuple[dict[str, str], ...]


@cache
def letters() -> Letters:
    """The tables of ``letters.yml``."""
    text = resources.files(__package__).joinpath("letters.yml").read_text("utf-8")
    return msgspec.yaml.decode(text, type=Letters)


@cache
def _table() -> dict[int, str]:
    known = letters()
    return str.maketrans({**known.cyrillic, **known.latin})


@cache
def _second_tables() -> tuple[dict[int, str], ...]:
    known = letters()
    every = {**known.cyrillic, **known.latin}
    return tuple(str.maketrans(every | also) for also in known.also)


@lru_cache(REMEMBERED)
def to_latin(word: str) -> str:
    """One lower-case word as ``a-z0-9``; unchanged where nothing of it can be read.

    >>> to_latin("завод")
    'zavod'
    """
    return _written(word, _table())


def to_latin_also(word: str) -> frozenset[str]:
    """The same by each second reading: š as ``sh``, ö as ``oe``; ё as ``io``; г as ``h``."""
    if word.isascii():
        return frozenset()
    return frozenset(_written(word, table) for table in _second_tables())


def _written(word: str, table: dict[int, str]) -> str:
    if word.isascii():
        return PLAIN.sub("", word.lower())
    plain = _without_accents(word.translate(table))
    if not plain.isascii():
        plain = _through_rigour(plain)
    return PLAIN.sub("", plain.lower()) or word


def _without_accents(word: str) -> str:
    parts = unicodedata.normalize("NFKD", word)
    return "".join(c for c in parts if not unicodedata.combining(c))


def _through_rigour(word: str) -> str:
    from rigour.text.translit import ascii_text

    # Composed again: ICU reads Hangul syllables, not their parts.
    return str(ascii_text(unicodedata.normalize("NFC", word)) or "")
