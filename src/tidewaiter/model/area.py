"""What statistics call a reporter or partner: a country, or an area that is none.

An area is a group of countries, the rest of the world, or trade whose partner is not
told. Its code (``areas.yml``) is longer than two letters, so that no sum over countries
can take it in by accident.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib import resources

import msgspec

from tidewaiter.model.country import country_code

ASIDE = re.compile(r"\s*\((?P<said>.*)$")
HISTORY = ("incl", "from", "à partir")  # "Belgium (incl. Luxembourg 'LU' -> 1998)"
NUMERIC = re.compile(r"[0-9]{1,3}")
FRENCH = "fr"  # Eurostat labels some years so
COUNTRY_LETTERS = 2
MOST_WORDS = 4  # of a bracket; longer ones list members


class Area(msgspec.Struct, frozen=True):
    """One area: its code here, what it means, and what publishers call it."""

    code: str
    meaning: str
    names: tuple[str, ...] = ()


class Areas(msgspec.Struct, frozen=True):
    """``areas.yml``: areas, and spellings of countries that only statistics use."""

    areas: tuple[Area, ...]
    countries: dict[str, tuple[str, ...]]


@cache
def areas() -> Areas:
    """Everything that ``areas.yml`` knows."""
    import msgspec.yaml

    text = resources.files(__package__).joinpath("areas.yml").read_bytes()
    return msgspec.yaml.decode(text, type=Areas)


@lru_cache(maxsize=8192)
def area_code(text: str) -> str | None:
    """ISO 3166-1 alpha-2 of a country, else the code of an area, else ``None``.

    Numbers are those of UN M49, with the further ones that statistics use.
    """
    key = _key(text)
    if not key:
        return None
    if NUMERIC.fullmatch(key):
        key = key.zfill(3)
    known = _named().get(key)
    if known is None and key.isdigit():
        return country_code(key)
    return known or country_code(text) or _without_aside(text)


def is_country(code: str) -> bool:
    """Whether a code of :func:`area_code` names a country."""
    return len(code) == COUNTRY_LETTERS


def _without_aside(text: str) -> str | None:
    """The name before a bracket, in English or French.

    Not where the bracket names another place: "China (SAR Hong Kong)" is not China.
    """
    aside = ASIDE.search(text)
    name = ASIDE.sub("", text)
    if aside is None or not name:
        return None
    found = _named().get(_key(name)) or country_code(name) or _french().get(_key(name))
    return None if _places(aside["said"]) - {found} else found


def _places(said: str) -> set[str]:
    """The place that the end of a bracket names, if any: the longest end that is one."""
    if said.startswith(HISTORY):
        return set()
    words = said.rstrip(") ").split()
    ends = (" ".join(words[at:]) for at in range(min(len(words), MOST_WORDS)))
    found = next((code for end in ends if (code := country_code(end))), None)
    return {found} if found else set()


@cache
def _named() -> dict[str, str]:
    known = {_key(each.code): each.code for each in areas().areas}
    known |= {_key(name): each.code for each in areas().areas for name in each.names}
    return known | {_key(name): code for code, names in areas().countries.items() for name in names}


@cache
def _french() -> dict[str, str]:
    from babel import Locale

    names = Locale(FRENCH).territories.items()
    return {
        _key(str(name)): str(code)
        for code, name in names
        if len(code) == COUNTRY_LETTERS and country_code(str(code)) == code
    }


def _key(text: str) -> str:
    folded = text.casefold().replace("’", "'").replace("ё", "е")
    return " ".join(folded.strip(" .*").split())
