"""Numbers of parties as lists print them: which register each belongs to.

``registration.yml`` says how each register's numbers look. A number gets a property of
its own when its label says so and its check digits are right, or, without a label, when
column, shape and check digits agree. Every other number stays in its column.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import msgspec

from tidewaiter.sources.card import resource

TOKEN = re.compile(r"(?<![^\W_])[0-9A-Z]{7,20}(?![^\W_])")
BEFORE = re.compile(r"(?<![^\W\d_])([^\W\d_]+(?:[ /][^\W\d_]+)*)[\s.:№#-]*$")
AFTER = re.compile(r"\s*\(([^()]*)\)")
BRACKETED = re.compile(r"(\S*[0-9]\S*) \([^()]*\)")
NOTES = "notes"


class Scheme(msgspec.Struct, frozen=True):
    """One way in which the numbers of one register are printed."""

    prop: str
    shape: str
    format: str | None = None
    labels: frozenset[str] = frozenset()
    columns: frozenset[str] = frozenset()
    schemas: frozenset[str] = frozenset()

    def fits(self, number: str) -> bool:
        """Whether the number has the shape, and right check digits where there are any."""
        if not re.fullmatch(self.shape, number):
            return False
        return self.format is None or _is_valid(self.format, number)


@cache
def schemes() -> tuple[Scheme, ...]:
    """Every scheme of ``registration.yml``."""
    return resource("registration", tuple[Scheme, ...])


def numbers(column: str, printed: str, schema: str) -> list[tuple[str, str]]:
    """(property, value) of what a cell prints; at least one pair, nothing is dropped.

    A value without any digit is no number and becomes a note.
    """
    found = list(_recognised(column, printed, schema))
    if found:
        return found
    bracketed = BRACKETED.fullmatch(printed)
    value = (bracketed[1] if bracketed else printed).strip(" ,")
    value = value if "(" in value else value.rstrip(")")
    if not any(character.isdigit() for character in value):
        return [(NOTES, printed)]
    return [(column, value)]


def _recognised(column: str, printed: str, schema: str) -> Iterator[tuple[str, str]]:
    """The numbers that belong to a register, in the order in which they are printed."""
    end, last = 0, ""
    for token in TOKEN.finditer(printed):
        before = BEFORE.search(printed[end : token.start()])
        after = AFTER.match(printed, token.end())
        words = before or after
        label = words[1].casefold() if words else ""
        prop = _prop(token[0], label, column, schema)
        if not prop and last == "innCode" and not label and _is_kpp(token[0]):
            prop = "kppCode"  # printed as "INN / KPP"
        if prop:
            yield prop, _normal(prop, token[0])
        end, last = token.end(), prop


def _prop(number: str, label: str, column: str, schema: str) -> str:
    """The property a number belongs to; empty where nothing shows it."""
    by_label = [each for each in schemes() if label in each.labels]
    for each in by_label or _unlabelled(label, column, schema):
        if each.fits(number):
            return each.prop
    return ""


def _unlabelled(label: str, column: str, schema: str) -> list[Scheme]:
    """Schemes that need no label here; a foreign label rules out Russian registers."""
    if label and not label.startswith("russia"):
        return [each for each in schemes() if column == each.prop]
    return [
        each
        for each in schemes()
        if column in each.columns and (not each.schemas or schema in each.schemas)
    ]


def _is_kpp(number: str) -> bool:
    return any(each.prop == "kppCode" and each.fits(number) for each in schemes())


def _is_valid(name: str, number: str) -> bool:
    from rigour.ids import get_identifier_format

    known = get_identifier_format(name)
    return known is not None and bool(known.is_valid(number))


def _normal(prop: str, number: str) -> str:
    """IMO numbers carry their prefix, as in FollowTheMoney."""
    return f"IMO{number.removeprefix('IMO')}" if prop == "imoNumber" else number
