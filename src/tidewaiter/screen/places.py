"""Places inside a name ("…, Kazan", "… (Chile)", "г. …") and whether the list agrees.

A place that agrees with the listed address or country is set aside as evidence; one that
the listed address does not have counts against the pair; without a listed address it
says nothing. The part after a comma or in brackets is tried as a place and as a part of
the name, the better reading counts, and both lower the score where nothing agrees. Only a
town or country that is known as one (``text/places.yml``) speaks against a pair.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal

import msgspec

from tidewaiter.model.country import country_code, country_named
from tidewaiter.text import read_name
from tidewaiter.text.clean import clean, words
from tidewaiter.text.fold import fold, readings
from tidewaiter.text.glossary import concepts

Verdict = Literal["agrees", "conflicts", "unknown"]

BRACKETS = re.compile(r"\s*[(\[]([^()\[\]]{2,60})[)\]]\s*$")
TOWN = re.compile(
    r"(?:[\s,]|^)(?:г\.\s*|гор\.\s*|город\s+|місто\s+|м\.\s+|in\s+|city\s+of\s+|sh\.\s*)"
    r"([^\W\d_][\w\s'’‘.-]{2,40})$",
    re.IGNORECASE,
)
LONGEST_PLACE = 4  # words
SHORTEST_COUNTRY = 3  # letters: "in" and "de" are words before they are codes
SHORTEST_WORD = 4
ENDINGS = 2  # letters in which forms of one town differ: Казань, Казани


class Split(msgspec.Struct, frozen=True):
    """A name without the part that may be a place, and that part ("" if none).

    ``leads``: the place stood first, where it belongs to the name unless the list agrees.
    """

    name: str
    place: str
    leads: bool = False


class Where(msgspec.Struct, frozen=True):
    """Where a listed party is: its addresses, their folded words, and its country codes."""

    addresses: tuple[str, ...]
    words: frozenset[str]
    countries: frozenset[str]

    def known_countries(self) -> frozenset[str]:
        """Countries of their own column, otherwise those that the addresses end with.

        Read on demand: reading every listed address would triple the time of indexing.
        """
        return self.countries or countries_of(self.addresses)


def splits(text: str) -> list[Split]:
    """The name whole, and each way of cutting a place off its end."""
    found = {text: Split(text, "")}
    for head, tail in _cuts(text):
        if (_is_name(head) or text.startswith(tail)) and _may_be_place(tail):
            found.setdefault(head, Split(head, tail, text.startswith(tail)))
    return list(found.values())


def _cuts(text: str) -> Iterable[tuple[str, str]]:
    for pattern in (BRACKETS, TOWN):
        if match := pattern.search(text):
            yield text[: match.start()].rstrip(" ,"), match[1]
    first, _, rest = text.partition(" ")
    if rest and _is_known_place(first):
        yield rest, first
    parts = text.split(",")
    for size in range(1, min(3, len(parts) - 1) + 1):
        yield ",".join(parts[:-size]).strip(), ",".join(parts[-size:]).strip()


def _is_known_place(text: str) -> bool:
    found = concepts([fold(word) for word in words(clean(text))])
    return all(concept is not None and concept.kind == "place" for _, concept in found)


def _is_name(head: str) -> bool:
    return any(term.kind is None for term in read_name(head).terms)


def _may_be_place(tail: str) -> bool:
    """Few words, and not only legal forms or words of the glossary."""
    terms = read_name(tail).terms
    bare = any(t.kind in {None, "place"} for t in terms) and not read_name(tail).forms
    return bare and len(words(clean(tail))) <= LONGEST_PLACE


def where(addresses: Iterable[str], countries: Iterable[str]) -> Where:
    """Addresses and countries of a party as they are compared."""
    every = tuple(addresses)
    keys = {
        key
        for address in every
        for word in words(clean(address))
        if not word.isdigit()
        for key in readings(word)
    }
    codes = {code for each in countries if (code := country_code(each))}
    return Where(every, frozenset(keys), frozenset(codes))


@lru_cache(1 << 14)
def countries_of(addresses: tuple[str, ...]) -> frozenset[str]:
    """Country codes of the parts of addresses that name a country."""
    parts = (part.strip(" .)") for each in addresses for part in re.split(r"[,;(]", each))
    return frozenset(code for part in parts if (code := _country(part)))


def verdict(place: str, listed: Where) -> Verdict:
    """Whether the listed party is at ``place``: conflicts if a part does, else agrees if any."""
    answers = [_part(part.strip(), listed) for part in re.split(r"[,;/]", place) if part.strip()]
    if "conflicts" in answers:
        return "conflicts"
    return "agrees" if "agrees" in answers else "unknown"


def _part(part: str, listed: Where) -> Verdict:
    keys = [k for word in words(clean(part)) if len(word) >= SHORTEST_WORD for k in readings(word)]
    if any(_has(key, listed.words) for key in keys):
        return "agrees"
    country = _country(part)
    if country is not None:
        known = listed.known_countries()
        if country in known:
            return "agrees"
        return "conflicts" if known else "unknown"
    # Only a town that is known as one conflicts: what else stands in brackets may be a name.
    is_place = any(term.kind == "place" for term in read_name(part).terms)
    return "conflicts" if is_place and listed.words else "unknown"


def _country(part: str) -> str | None:
    letters = sum(map(str.isalpha, part))
    return country_named(part) if letters >= SHORTEST_COUNTRY else None


def _has(key: str, known: frozenset[str]) -> bool:
    """Whether a word is known, or is but for its ending (a town's grammatical case)."""
    if key in known:
        return True
    stem = key[:-1] if len(key) > SHORTEST_WORD else key
    return any(
        word.startswith(stem) and abs(len(word) - len(key)) <= ENDINGS
        for word in known
        if len(word) >= SHORTEST_WORD
    )
