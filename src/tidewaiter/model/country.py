"""Countries as ISO 3166-1 alpha-2, from whatever a source calls them.

Names in English, Russian and Ukrainian and every code come from CLDR through babel,
further names and adjectives from rigour. The order has a reason: CLDR answers in
milliseconds, rigour's list takes seconds to build and is asked only for the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from importlib import resources

LANGUAGES = ("en", "ru", "uk")
ALPHA2 = 2
UNKNOWN = "ZZ"  # CLDR's code for it, here for names that several countries share
# CLDR codes that name no country: groups, test locales, places without a code of ISO's.
# EU and XK stay: statistics report the Union, and Kosovo's user-assigned code is usual.
NO_COUNTRY = frozenset({"AC", "CP", "CQ", "DG", "EA", "EZ", "IC", "QO", "TA", "UN"})
NO_COUNTRY |= {"XA", "XB", UNKNOWN}


@lru_cache(maxsize=65_536)
def country_code(text: str) -> str | None:
    """The alpha-2 code of the country ``text`` names, in capitals, or ``None``.

    A former state that has several successors is no country here, nor is a region of
    one: which of them is meant would be a guess.
    """
    key = _key(text)
    if not key:
        return None
    found = _names().get(key) or _further(text.strip())
    return None if found == UNKNOWN else found


def country_named(text: str) -> str | None:
    """The code of the country ``text`` names by a name or code of CLDR's: at once.

    For words of which few are countries; adjectives and rarer names take ``country_code``.
    """
    found = _names().get(_key(text))
    return None if found == UNKNOWN else found


def country_name(code: str, language: str) -> str:
    """What a country is called in a language, or its code where it has no name there."""
    return _territories(language).get(code, code)


def _key(text: str) -> str:
    """Letters and spaces of a name as they compare: folded, ё as е, one kind of dash."""
    folded = text.casefold().replace("ё", "е").replace("’", "'").replace("ʼ", "'")
    return " ".join(folded.strip(" .").split())


@cache
def _names() -> dict[str, str]:
    """Every code and CLDR name, and the names of ``country_names.yml``."""
    return {_key(name): code for name, code in _known()}


def _known() -> Iterator[tuple[str, str]]:
    import msgspec.yaml
    from babel.core import get_global

    named = {language: _territories(language) for language in LANGUAGES}
    codes = {c for c in named["en"] if len(c) == ALPHA2 and c.isalpha()} - NO_COUNTRY
    for alias, targets in get_global("territory_aliases").items():
        if len(targets) == 1 and targets[0] in codes:
            yield alias, targets[0]
    for names in named.values():
        yield from ((names[code], code) for code in sorted(codes) if code in names)
    text = resources.files(__package__).joinpath("country_names.yml").read_text("utf-8")
    for code, further in msgspec.yaml.decode(text, type=dict[str, list[str]]).items():
        yield from ((name, code) for name in further)
    yield from ((code, code) for code in sorted(codes))


def _territories(language: str) -> dict[str, str]:
    """CLDR's names of territories in a language, by code."""
    from babel import Locale

    return {str(code): str(name) for code, name in Locale(language).territories.items()}


def _further(text: str) -> str | None:
    """What rigour knows, if it is a country with an alpha-2 code."""
    from rigour.territories import lookup_territory

    found = lookup_territory(text)
    code = found.code.upper() if found else ""
    return code if len(code) == ALPHA2 and code not in NO_COUNTRY else None
