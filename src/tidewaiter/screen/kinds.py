"""Three kinds of names, each read its own way: of firms, of persons, of ships."""

from __future__ import annotations

from typing import Literal

import msgspec

from tidewaiter.screen.rules import person_words
from tidewaiter.text import Name, read_name, read_person

Kind = Literal["body", "person", "ship"]
KINDS: tuple[Kind, ...] = ("body", "person", "ship")

PERSONS = frozenset({"Person"})
SHIPS = frozenset({"Vessel"})
BROAD = frozenset({"LegalEntity", "Thing", "Asset"})  # may turn out to be of another kind
# FollowTheMoney's schemata of what can be listed; names of others are read as those of firms.
SCHEMATA = (
    "Airplane", "Asset", "Company", "CryptoWallet", "LegalEntity", "Organization", "Person",
    "PublicBody", "Security", "Thing", "Vehicle", "Vessel",
)  # fmt: skip


def schema_named(text: str | None) -> str | None:
    """The schema that is meant, in any case of letters; ``None`` if it is none."""
    wanted = (text or "").strip().casefold()
    return next((name for name in SCHEMATA if name.casefold() == wanted), None)


def kind_of(schema: str | None) -> Kind:
    """How names of a FollowTheMoney schema are read."""
    if schema in PERSONS:
        return "person"
    return "ship" if schema in SHIPS else "body"


def read(text: str, kind: Kind) -> Name:
    """A name read the way names of its kind are."""
    if kind == "body":
        return read_name(text)
    name = read_person(text)
    if kind == "ship":
        known = person_words().ship_prefixes
        terms = tuple(t for t in name.terms if t.key not in known) or name.terms
        return msgspec.structs.replace(name, terms=terms)
    return name
