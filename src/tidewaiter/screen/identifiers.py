"""Numbers that name a party: read from fields and from free text, compared by scheme.

A number with a label ("INN 77…") or a scheme ("inn:77…") has that scheme if its check
digits are right. A bare number has none, except an LEI, whose form is its own: it can be
equal to a listed one and can never conflict with one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

STRONG = ("inn", "ogrn", "lei", "imo")  # one scheme, one register, one number a party
BARE = "id"
SHORTEST_BARE = 9  # an id column holds the firm's own numbers: short ones meet by chance
SHORTEST_ALONE = 7  # a name that is nothing but a number was meant as one

SCHEMES = {
    "inn": "inn", "инн": "inn", "tin": "inn", "itn": "inn", "tax id": "inn", "taxid": "inn",
    "ogrn": "ogrn", "огрн": "ogrn", "ogrnip": "ogrn", "огрнип": "ogrn", "psrn": "ogrn",
    "lei": "lei",
    "imo": "imo", "имо": "imo",
}  # fmt: skip
LABEL = "|".join(sorted(map(re.escape, SCHEMES), key=len, reverse=True))
LABELLED = re.compile(
    rf"(?<![^\W_])({LABEL})(?:\s*(?:code|number|no|№|код|номер))?[\s.:#№/=-]*([0-9][0-9A-Z]{{6,19}})(?![^\W_])",
    re.IGNORECASE,
)
LEI = re.compile(r"(?<![^\W_])[0-9A-Z]{18}[0-9]{2}(?![^\W_])")
DIGITS = re.compile(r"(?<![^\W_])[0-9]{7,15}(?![^\W_])")
# Russian KPP: tax office, reason (01, 02, 43-45, 50, 51), serial. Thousands of firms share one.
TAX_OFFICE = re.compile(r"[0-9]{4}(?:01|02|43|44|45|50|51)[0-9]{3}")
TAIL = re.compile(r"^[\s.,:;()№#-]*$")


class Numbers(msgspec.Struct, frozen=True):
    """``schemed``: (scheme, number) pairs; ``bare``: numbers of no known scheme.

    ``rest`` is the text without what was read from it.
    """

    schemed: frozenset[tuple[str, str]] = frozenset()
    bare: frozenset[str] = frozenset()
    rest: str = ""

    def __or__(self, other: Numbers) -> Numbers:
        """Both, with the rest of the first."""
        return Numbers(self.schemed | other.schemed, self.bare | other.bare, self.rest)


def valid(scheme: str, number: str) -> bool:
    """Whether the check digits of a number of one of the strong schemes are right."""
    from rigour.ids import get_identifier_format

    known = get_identifier_format(scheme)
    return known is not None and bool(known.is_valid(number))


def in_text(text: str) -> Numbers:
    """Numbers within a name or address.

    A label without right check digits makes the number bare: it may be a misprint of the
    label or a register of another country.
    """
    if not any(map(str.isdigit, text)):
        return Numbers(rest=text)
    schemed: set[tuple[str, str]] = set()
    bare: set[str] = set()
    rest = text
    for match in LABELLED.finditer(text):
        scheme, number = SCHEMES[match[1].lower()], match[2].upper()
        rest = rest.replace(match[0], " ")
        if valid(scheme, number):
            schemed.add((scheme, number))
        else:
            bare.add(number)
    for number in LEI.findall(rest.upper()):
        if valid("lei", number):
            schemed.add(("lei", number))
            rest = re.sub(number, " ", rest, flags=re.IGNORECASE)
    bare |= _bare(rest)
    return Numbers(frozenset(schemed), frozenset(bare), _without(rest))


def _bare(text: str) -> set[str]:
    """Long digit runs; shorter ones too where the text is nothing else."""
    runs = DIGITS.findall(text)
    alone = bool(TAIL.match(DIGITS.sub("", text)))
    return {run for run in runs if alone or len(run) >= SHORTEST_BARE}


def _without(text: str) -> str:
    """The text without digit runs, if anything is left of it."""
    return "" if TAIL.match(DIGITS.sub("", text)) else text


def in_field(values: Iterable[str]) -> Numbers:
    """Numbers of an identifier field: ``inn:77…``, ``INN 77…`` or ``77…``."""
    found = Numbers()
    for value in values:
        scheme, _, number = value.rpartition(":")
        known = SCHEMES.get(scheme.strip().lower())
        plain = plain_number(number)
        if known and valid(known, plain):
            found |= Numbers(frozenset([(known, plain)]))
        else:
            inside = in_text(value)
            bare = {n for n in (*inside.bare, plain) if len(n) >= SHORTEST_BARE}
            found |= Numbers(inside.schemed, frozenset(bare))
    return msgspec.structs.replace(found, rest="")


def of_listed(values: Iterable[str]) -> Numbers:
    """Numbers of a listed party, whose schemes the list itself gives."""
    schemed: set[tuple[str, str]] = set()
    bare: set[str] = set()
    for value in values:
        scheme, _, number = value.rpartition(":")
        plain = plain_number(number)
        if scheme in STRONG and valid(scheme, plain):
            schemed.add((scheme, plain))
        elif len(plain) >= SHORTEST_ALONE and not TAX_OFFICE.fullmatch(plain):
            bare.add(plain)
    return Numbers(frozenset(schemed), frozenset(bare))


def plain_number(text: str) -> str:
    """Letters and digits only, in capitals; an IMO number without its prefix."""
    plain = "".join(c for c in text.upper() if c.isalnum())
    return plain.removeprefix("IMO")


def equal(asked: Numbers, listed: Numbers) -> tuple[str, str] | None:
    """The first (scheme, number) that both have, in alphabetical order.

    A number of a scheme equals a listed bare one and the reverse: lists often print a
    tax number as a registration number.
    """
    both = asked.schemed & listed.schemed
    listed_numbers = {number: scheme for scheme, number in sorted(listed.schemed)}
    both |= {(listed_numbers[n], n) for n in asked.bare if n in listed_numbers}
    both |= {(s, n) for s, n in asked.schemed if n in listed.bare}
    both |= {(BARE, n) for n in asked.bare & listed.bare}
    return min(both, default=None)


def conflicts(asked: Numbers, listed: Numbers) -> list[tuple[str, str, str]]:
    """(scheme, asked, listed) for each scheme of which both have numbers and none equal."""
    found = []
    for scheme in STRONG:
        ours = sorted(n for s, n in asked.schemed if s == scheme)
        theirs = sorted(n for s, n in listed.schemed if s == scheme)
        if ours and theirs and not set(ours) & set(theirs):
            found.append((scheme, ours[0], theirs[0]))
    return found
