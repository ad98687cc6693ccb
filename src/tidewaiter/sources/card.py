"""What a source is, for the person who has to judge it: one card a reader, in YAML.

The card names the publisher and the licence, what the format holds, when its rows could
have been known, what its measures mean and where it misleads. Counts that must hold for
the publisher's real file are on the card, too, and tested against it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import TypeVar

import msgspec


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """One source.

    ``columns`` says what each column or element that is read means, ``ignored`` which
    others are known and why they are left out; whatever is in neither is reported.
    ``tested_on`` tells whether the reader met the publisher's own file or a hand-made
    sample, ``files`` what can be fetched, and only from the hosts of these addresses and
    from those ``hosts`` that the publisher forwards to.
    """

    name: str
    title: str
    publisher: str
    url: str
    licence: str
    good_for: str
    format: str
    visibility: str
    tested_on: str = ""
    columns: dict[str, str] = {}
    ignored: dict[str, str] = {}
    files: tuple[Download, ...] = ()
    hosts: tuple[str, ...] = ()
    measures: tuple[Measure, ...] = ()
    assertions: tuple[Assertion, ...] = ()
    traps: tuple[str, ...] = ()

    def unknown(self, names: Iterable[str]) -> tuple[str, ...]:
        """Those of the names that a file has which the card does not know, sorted.

        One key of the card may tell of several, with commas between them.
        """
        known = {name for key in (*self.columns, *self.ignored) for name in key.split(", ")}
        return tuple(sorted(set(names) - known))


class Download(msgspec.Struct, frozen=True, kw_only=True):
    """One file that the publisher offers.

    ``name`` is the file's name here, ``media`` the content types it may come with,
    ``largest`` how many bytes it may have. ``note`` says what is not plain, as a key
    that the publisher asks for, or an address that is found on a page only. ``index`` is
    the address of an index in the form of OpenSanctions that gives the file's SHA-1.
    """

    name: str
    url: str
    media: tuple[str, ...] = ()
    largest: int = 1 << 30
    note: str = ""
    index: str = ""


class Assertion(msgspec.Struct, frozen=True, kw_only=True):
    """How much a whole file of the publisher holds, so that a loss is seen.

    ``part`` is a pattern of file parts (as in a shell), ``count`` what is counted: rows,
    kept, entities, names, identifiers, measures or the name of a table.
    """

    part: str = "*"
    count: str = "rows"
    at_least: int = 0
    at_most: int | None = None


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


Kind = TypeVar("Kind")


def resource(path: str, kind: type[Kind]) -> Kind:
    """What the YAML file at ``path`` ("lists/un_sc", below this folder) says."""
    import msgspec.yaml

    content = resources.files(__package__).joinpath(f"{path}.yml").read_bytes()
    return msgspec.yaml.decode(content, type=kind)


@cache
def cards() -> tuple[Card, ...]:
    """Every card, official formats first, then the plain formats in the order of their tables."""
    found = (resource(path, Card) for path in OFFICIAL)
    return (*found, *resource("plain", tuple[Card, ...]))


OFFICIAL = (
    "lists/eu_journal",
    "lists/ofac_csv",
    "lists/ofac_advanced",
    "lists/us_csl",
    "lists/un_sc",
    "lists/eu_fsf",
    "lists/ch_seco",
    "lists/uk_sanctions_list",
    "lists/uk_conlist",
    "lists/opensanctions_entities",
    "lists/opensanctions_simple",
    "lists/opensanctions_statements",
    "lists/opensanctions_index",
    "lists/opensanctions_delta",
    "statistics/hs_codes",
    "statistics/hs_concordance",
    "statistics/eu_hs6_measures",
    "statistics/research_results",
    "statistics/national_tables",
    "declarations/korea_customs",
    "statistics/comext",
    "statistics/comtrade",
    "statistics/baci",
    "statistics/sdmx_csv",
    "statistics/us_census",
    "statistics/uk_smke19",
    "lists/jp_meti",
    "lists/ua_nsdc",
    "lists/ua_war_sanctions",
    "registries/gleif_lei",
    "registries/gleif_relations",
    "registries/gleif_exceptions",
    "registries/bods",
    "registries/uk_psc",
    "registries/uk_companies",
    "registries/icij_offshore",
)


@cache
def card(name: str) -> Card:
    """The card called ``name``; a ``KeyError`` where there is none."""
    return {each.name: each for each in cards()}[name]
