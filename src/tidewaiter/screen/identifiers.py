"""Numbers that name a party: read from fields and from free text, compared by register.

A number is of a register by its scheme ("inn:77…"), its label ("INN 77…"), or the country of
its party and its check digits (``numbers.yml``). Only such a number decides or conflicts. A
bare one of no known register may be equal to a listed one by chance: it supports a match.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib import import_module, resources

import msgspec
import msgspec.yaml

DIGITS = re.compile(r"(?<![^\W_])[0-9]{7,15}(?![^\W_])")
LONG = re.compile(r"(?<![^\W_])[0-9A-Z]{18,20}(?![^\W_])")
TAIL = re.compile(r"^[\s.,:;()№#/-]*$")


class Register(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One register of ``numbers.yml``."""

    title: str
    shape: str
    labels: tuple[str, ...]
    country: str | None = None
    check: str | None = None
    telling: bool = False

    def fits(self, number: str) -> bool:
        """Whether a number has the shape, and right check digits where there are any."""
        return re.fullmatch(self.shape, number) is not None and (
            self.check is None or _is_checked(self.check, number)
        )


class Shared(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What numbers that many firms share look like."""

    country: str
    shape: str


class Figures(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of ``numbers.yml``."""

    registers: dict[str, Register]
    other_labels: tuple[str, ...]
    shared_labels: tuple[str, ...]
    shared_shape: Shared
    shortest_bare: int
    shortest_alone: int

    def of_label(self, label: str, number: str) -> str | None:
        """The first register with a label whose numbers look like this one."""
        fitting = (s for s, each in self.registers.items() if label in each.labels)
        return next((s for s in fitting if self.registers[s].fits(number)), None)

    def of_country(self, number: str, countries: Iterable[str]) -> str | None:
        """The register of a bare number: of its party's countries, or, without any, telling."""
        known = frozenset(countries)
        for scheme, each in self.registers.items():
            of_one = each.country in known if known and each.country else each.telling
            if of_one and each.fits(number):
                return scheme
        return None

    def is_shared(self, number: str, countries: Iterable[str]) -> bool:
        """Whether a number of no register looks like one that many firms share."""
        shared = self.shared_shape
        return shared.country in countries and re.fullmatch(shared.shape, number) is not None


class Numbers(msgspec.Struct, frozen=True):
    """``schemed``: (register, number) pairs; ``bare``: numbers of no known register.

    ``rest`` is the text without what was read from it.
    """

    schemed: frozenset[tuple[str, str]] = frozenset()
    bare: frozenset[str] = frozenset()
    rest: str = ""

    def __or__(self, other: Numbers) -> Numbers:
        """Both, with the rest of the first."""
        return Numbers(self.schemed | other.schemed, self.bare | other.bare, self.rest)

    @property
    def every(self) -> frozenset[str]:
        """All numbers, whatever their register."""
        return self.bare | {number for _, number in self.schemed}


@cache
def figures() -> Figures:
    """The content of ``numbers.yml``."""
    text = resources.files(__package__).joinpath("numbers.yml").read_text("utf-8")
    return msgspec.yaml.decode(text, type=Figures)


@cache
def _labelled() -> re.Pattern[str]:
    known = figures()
    labels = {label for each in known.registers.values() for label in each.labels}
    every = sorted({*labels, *known.other_labels, *known.shared_labels}, key=len, reverse=True)
    return re.compile(
        rf"(?<![^\W_])({'|'.join(map(re.escape, every))})(?:\s*(?:code|number|no|№|код|номер))?"
        r"[\s.:#№/=-]*([0-9][0-9A-Z]{6,19})(?![^\W_])",
        re.IGNORECASE,
    )


def _is_checked(check: str, number: str) -> bool:
    """Whether the check digits of a number are right."""
    if check.startswith("stdnum."):
        return bool(import_module(check).is_valid(number))
    from rigour.ids import get_identifier_format

    known = get_identifier_format(check)
    return known is not None and bool(known.is_valid(number))


def title(scheme: str) -> str:
    """What a number of a register is called."""
    known = figures().registers.get(scheme)
    return known.title if known else "identifier"


def in_text(text: str, countries: Iterable[str] = ()) -> Numbers:
    """Numbers within a name or address.

    A label whose register has no such number makes it bare: it may be a misprint, or the
    label of a register that is not known here.
    """
    if not any(map(str.isdigit, text)):
        return Numbers(rest=text)
    known = figures()
    found = Numbers()
    rest = text
    for match in _labelled().finditer(text):
        label, number = match[1].lower(), match[2].upper()
        rest = rest.replace(match[0], " ")
        if label not in known.shared_labels:
            found |= _of(known.of_label(label, number), number)
    for number in LONG.findall(rest.upper()):
        scheme = known.of_country(number, ())
        if scheme:
            found |= _of(scheme, number)
            rest = re.sub(number, " ", rest, flags=re.IGNORECASE)
    alone = bool(TAIL.match(DIGITS.sub("", rest)))
    least = known.shortest_alone if alone else known.shortest_bare
    for number in DIGITS.findall(rest):
        if len(number) >= least:
            found |= _placed(number, countries)
            rest = re.sub(rf"(?<![^\W_]){number}(?![^\W_])", " ", rest)
    return Numbers(found.schemed, found.bare, "" if TAIL.match(rest) else rest)


def _of(scheme: str | None, number: str) -> Numbers:
    if scheme is None:
        return Numbers(bare=frozenset([number]))
    return Numbers(frozenset([(scheme, number)]))


def _placed(number: str, countries: Iterable[str]) -> Numbers:
    """A bare number: of a register by its party's countries, shared by many, or bare."""
    known, where = figures(), tuple(countries)
    scheme = known.of_country(number, where)
    if scheme is None and known.is_shared(number, where):
        return Numbers()
    return _of(scheme, number)


def in_field(values: Iterable[str], countries: Iterable[str] = ()) -> Numbers:
    """Numbers of an identifier field: ``inn:77…``, ``INN 77…`` or ``77…``."""
    where = tuple(countries)
    found = Numbers()
    for value in values:
        scheme, number = _parted(value)
        inside = _of(scheme, number) if scheme else in_text(value, where)
        if not inside.every:
            inside = _placed(number, where)
        least = figures().shortest_bare
        found |= Numbers(inside.schemed, frozenset(n for n in inside.bare if len(n) >= least))
    return msgspec.structs.replace(found, rest="")


def of_listed(values: Iterable[str], countries: Iterable[str] = ()) -> Numbers:
    """Numbers of a listed party, whose registers the list itself gives or its countries tell."""
    where = tuple(countries)
    found = Numbers()
    for value in values:
        scheme, number = _parted(value)
        if scheme:
            found |= _of(scheme, number)
        elif len(number) >= figures().shortest_alone:
            found |= _placed(number, where)
    return found


def _parted(value: str) -> tuple[str | None, str]:
    """Register and plain number of ``inn:77…``; no register where the number is none of its."""
    scheme, _, printed = value.rpartition(":")
    number = plain_number(printed)
    known = figures().registers.get(scheme.strip().lower())
    return (scheme.strip().lower() if known and known.fits(number) else None), number


def plain_number(text: str) -> str:
    """Letters and digits only, in capitals; an IMO number without its prefix."""
    plain = "".join(c for c in text.upper() if c.isalnum())
    return plain.removeprefix("IMO")


def without_numbers(text: str) -> str:
    """A name without the numbers in it; the name as it is where nothing would be left."""
    return in_text(text).rest.strip() or text


class NumbersMet(msgspec.Struct, frozen=True):
    """Two parties' numbers, compared.

    ``equal``: the (register, number) that decides; ``supporting``: a number that both have and
    whose register is not known of both, so that it may be chance; ``conflicts``: (register,
    one's, other's) where both have numbers of a register and none is equal.
    """

    equal: tuple[str, str] | None = None
    supporting: str | None = None
    conflicts: tuple[tuple[str, str, str], ...] = ()

    @property
    def any_met(self) -> bool:
        """Whether anything could be compared."""
        return bool(self.equal or self.supporting or self.conflicts)


NONE_MET = NumbersMet()


def met(ours: Numbers, theirs: Numbers) -> NumbersMet:
    """Compare numbers: of several the first in alphabetical order is told."""
    equal = _equal(ours, theirs)
    supporting = None if equal else _supporting(ours, theirs)
    return NumbersMet(equal, supporting, tuple(_conflicts(ours, theirs)))


def _equal(ours: Numbers, theirs: Numbers) -> tuple[str, str] | None:
    """A number of one register; one of a telling register equals a bare one, too.

    Lists often print a tax number as a registration number.
    """
    both = set(ours.schemed & theirs.schemed)
    for one, other in ((ours, theirs), (theirs, ours)):
        both |= {(s, n) for s, n in one.schemed if n in other.bare and _is_telling(s)}
    return min(both, default=None)


def _supporting(ours: Numbers, theirs: Numbers) -> str | None:
    return min((ours.bare & theirs.every) | (theirs.bare & ours.every), default=None)


def _is_telling(scheme: str) -> bool:
    return figures().registers[scheme].telling


def _conflicts(ours: Numbers, theirs: Numbers) -> Iterable[tuple[str, str, str]]:
    for scheme in figures().registers:
        one = sorted(n for s, n in ours.schemed if s == scheme)
        other = sorted(n for s, n in theirs.schemed if s == scheme)
        if one and other and not set(one) & set(other):
            yield scheme, one[0], other[0]
