"""Listed parties put together from the statements of the lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import msgspec

from tidewaiter.screen.records import Listed, Listing

if TYPE_CHECKING:
    import pyarrow as pa

SANCTION = "Sanction"  # statements of this schema describe the listing, the others the party
SCHEMES = {"innCode": "inn", "ogrnCode": "ogrn", "leiCode": "lei", "imoNumber": "imo"}
# Not kppCode: thousands of firms at one tax office share it.
OTHER_NUMBERS = frozenset(
    {"taxNumber", "registrationNumber", "idNumber", "uscCode", "okpoCode", "mmsi", "passportNumber"}
)
NAMES = ("name", "alias", "previousName")
WEAK = "weakAlias"
COUNTRIES = frozenset({"country", "nationality", "jurisdiction", "flag"})
EXCERPT = 300  # characters
UNKNOWN_MEASURE = "other"

BROADEST = "LegalEntity"
# Aspects of files that go with a list's own file and hold no entry of it: what they say of
# the listing is that it has the party, without the programmes that the entry prints.
COMPANIONS = ("aliases", "addresses", "comments")

Values = dict[str, list[str]]


class _Party(msgspec.Struct):
    """What is said of one entity: its schema, its own values, and its listings' values."""

    schema: str = BROADEST
    about: Values = {}
    listings: dict[tuple[str, str], Values] = {}
    aspects: dict[tuple[str, str], str] = {}


def listed_parties(statements: pa.Table, uris: Mapping[str, str]) -> list[Listed]:
    """One party an entity, in order of id, whatever the order of the statements.

    An entity without a listing is left out: lists tell of owners and relatives, too.
    ``statements`` has the columns entity_id, schema, prop, value, source_id, locator and
    aspect;
    ``uris`` gives the workspace folder of each source.
    """
    parties = _parties(statements)
    return [
        _listed(name, parties[name], uris) for name in sorted(parties) if parties[name].listings
    ]


def _parties(statements: pa.Table) -> dict[str, _Party]:
    found: dict[str, _Party] = defaultdict(_Party)
    names = ("entity_id", "schema", "prop", "value", "source_id", "locator", "aspect")
    columns = [statements.column(name).to_pylist() for name in names]
    for entity, schema, prop, value, source, locator, aspect in zip(*columns, strict=True):
        party = found[entity]
        if schema == SANCTION:
            party.aspects[source, locator] = aspect
            place = party.listings.setdefault((source, locator), defaultdict(list))
            place[prop].append(value)
        else:
            party.schema = _narrower(party.schema, schema)
            party.about.setdefault(prop, []).append(value)
    return found


def _narrower(known: str, said: str) -> str:
    """The schema that says more; files that tell only aliases know no more than a party."""
    return min({known, said} - {BROADEST}, default=BROADEST)


def _listed(entity: str, party: _Party, uris: Mapping[str, str]) -> Listed:
    names = list(_names(party.about))
    caption = names[0] if names else entity
    identifiers = tuple(sorted(set(_identifiers(party.about))))
    listings = [
        _listing(
            place, party.listings[place], uris, _excerpt(party.listings[place], names, identifiers)
        )
        for place in _speaking(party.aspects)
    ]
    return Listed(
        entity_id=entity,
        caption=caption,
        schema=party.schema,
        names=tuple(names),
        identifiers=identifiers,
        countries=_all(party.about, *sorted(COUNTRIES)),
        addresses=_all(party.about, "address"),
        birth_dates=_all(party.about, "birthDate"),
        listings=tuple(_telling(listings)),
        partial=all(aspect.endswith(COMPANIONS) for aspect in party.aspects.values()),
    )


def _speaking(aspects: Mapping[tuple[str, str], str]) -> list[tuple[str, str]]:
    """The places whose listing counts: a companion's only where the entry itself is missing.

    The companions of two lists of one publisher differ by what stands before their kind.
    """
    own = {aspect for aspect in aspects.values() if not aspect.endswith(COMPANIONS)}
    return [
        place
        for place, aspect in sorted(aspects.items())
        if aspect in own or _entry_of(aspect) not in own
    ]


def _entry_of(companion: str) -> str:
    """The aspect of the entry that a companion goes with."""
    return companion.rpartition("_")[0] or "whole"


def _telling(listings: list[Listing]) -> Iterator[Listing]:
    """Listings but those that only repeat, without any date or programme, a list told of in full.

    A file of aliases, or a party's topics, say no more than that the list has the party.
    """
    told = {each.list_id for each in listings if _is_full(each)}
    yield from (each for each in listings if _is_full(each) or each.list_id not in told)


def _is_full(listing: Listing) -> bool:
    said = (listing.programme, listing.provisions, listing.listed_on, listing.delisted_on)
    return any(said)


def _names(about: Values) -> Iterator[str]:
    """Names, then aliases; a weak alias only if it has several words.

    Publishers call an alias weak when it is too common to search for by itself.
    """
    weak = [name for name in about.get(WEAK, ()) if len(name.split()) > 1]
    every = [name for prop in NAMES for name in sorted(set(about.get(prop, ())))]
    yield from dict.fromkeys([*every, *sorted(set(weak))])


def _identifiers(about: Values) -> Iterator[str]:
    for prop, values in about.items():
        if prop in SCHEMES:
            yield from (f"{SCHEMES[prop]}:{value}" for value in values)
        elif prop in OTHER_NUMBERS:
            yield from (f"id:{value}" for value in values)


def _all(values: Values, *props: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(v for prop in props for v in sorted(values.get(prop, ()))))


def _listing(
    place: tuple[str, str], values: Values, uris: Mapping[str, str], excerpt: str
) -> Listing:
    source, locator = place
    return Listing(
        list_id=_one(values, "listId") or "unknown",
        measure=_one(values, "measure") or UNKNOWN_MEASURE,
        programme=_one(values, "program"),
        provisions=_one(values, "provisions"),
        listed_on=_one(values, "listingDate") or _one(values, "startDate"),
        delisted_on=_one(values, "endDate"),
        source_id=source,
        uri=uris.get(source, ""),
        locator=locator,
        excerpt=excerpt,
    )


def _one(values: Values, prop: str) -> str | None:
    return min(values.get(prop, ()), default=None)


def _excerpt(values: Values, names: list[str], identifiers: tuple[str, ...]) -> str:
    """The entry's number, names, identifiers and date, as a reader would look for them."""
    number = " ".join(v for p in ("authorityId", "recordId") if (v := _one(values, p)))
    listed = _one(values, "listingDate")
    parts = [number, *names, *identifiers, f"listed {listed}" if listed else ""]
    text = "; ".join(part for part in parts if part)
    return text if len(text) <= EXCERPT else text[: EXCERPT - 1] + "…"
