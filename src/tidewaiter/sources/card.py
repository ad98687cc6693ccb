"""What a source is, for the person who has to judge it: one card a reader, in YAML.

The card names the publisher and the licence, what the format holds, when its rows could
have been known, what its measures mean and where it misleads. Counts that must hold for
the publisher's real file are on the card, too, and tested against it.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

import msgspec


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """One source. ``measures`` and ``assertions`` are only on the cards of lists."""

    name: str
    title: str
    publisher: str
    url: str
    licence: str
    good_for: str
    format: str
    visibility: str
    measures: tuple[Measure, ...] = ()
    assertions: dict[str, int] = {}
    traps: tuple[str, ...] = ()


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """What one printed measure means here: the first rule that fits is taken.

    Empty conditions always fit; an ``annex`` stands for its parts, too. ``kind`` is a
    measure of FORMATS, ``cite`` the provision that makes it one.
    """

    printed: str
    kind: str
    cite: str
    framework: str = ""
    annex: str = ""
    schema: str = ""


@cache
def cards() -> tuple[Card, ...]:
    """Every card, lists first, then the plain formats in the order of their tables."""
    import msgspec.yaml

    lists = resources.files(__package__).joinpath("lists")
    found = [msgspec.yaml.decode(lists.joinpath(name).read_bytes(), type=Card) for name in LISTS]
    plain = resources.files(__package__).joinpath("plain.yml").read_bytes()
    return (*found, *msgspec.yaml.decode(plain, type=tuple[Card, ...]))


LISTS = ("eu_journal.yml",)


@cache
def card(name: str) -> Card:
    """The card called ``name``; a ``KeyError`` where there is none."""
    return {each.name: each for each in cards()}[name]
