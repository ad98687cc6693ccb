"""What of a query can be used, and a remark on each thing that cannot: nothing is dropped silently.

A value that cannot be read is left out of the comparison and told; the rest is asked.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from tidewaiter.errors import BadDataError
from tidewaiter.model.country import country_code
from tidewaiter.model.dates import iso_date
from tidewaiter.screen.kinds import kind_of, read, schema_named
from tidewaiter.screen.records import LONGEST_NAME, SHOWN, Query, checked_name

MOST_NAMES = 100
LONGEST_VALUE = 100  # characters of a country, date or number; longer ones are remarks


def usable(query: Query) -> tuple[Query, tuple[str, ...]]:
    """The query as it is asked, and remarks. ``BadDataError`` where a name cannot be one."""
    where = f"query {query.query_id}"
    if len(query.names) > MOST_NAMES:
        raise BadDataError(
            f"a query has {len(query.names):,} names",
            where=where,
            next_step=f"give at most {MOST_NAMES} names of one party",
        )
    names = tuple(checked_name(name, where) for name in query.names)
    address = query.address and checked_name(query.address, f"{where}, address")
    schema = schema_named(query.schema)
    asked = msgspec.structs.replace(
        query,
        names=names,
        address=address,
        schema=schema,
        country=_country(query.country),
        birth_date=iso_date(query.birth_date or ""),
        identifiers=tuple(each for each in query.identifiers if len(each) <= LONGEST_VALUE),
    )
    return asked, tuple(_remarks(query, asked))


def cut_to_fit(query: Query) -> Query:
    """A query of a row of data, which may hold anything: what is too long is asked by its start.

    A case is not to stop at one cell; who types a name is told instead (``usable``).
    """
    return msgspec.structs.replace(
        query,
        names=tuple(name[:LONGEST_NAME] for name in query.names[:MOST_NAMES]),
        address=query.address and query.address[:LONGEST_NAME],
    )


def _country(given: str | None) -> str | None:
    known = given and len(given) <= LONGEST_VALUE and country_code(given)
    return given if known else None


def _remarks(given: Query, asked: Query) -> Iterator[str]:
    kind = kind_of(asked.schema)
    for name in asked.names:
        if not read(name, kind).terms:
            yield f"the name “{_short(name)}” holds no letter or digit: it was not compared"
    if not asked.names:
        yield "there is no name to compare"
    if given.schema and not asked.schema:
        yield f"“{_short(given.schema)}” is no schema of FollowTheMoney: every kind was looked at"
    if given.country and not asked.country:
        yield f"“{_short(given.country)}” is no country: it was not compared"
    if given.birth_date and not asked.birth_date:
        yield f"“{_short(given.birth_date)}” is no date (YYYY-MM-DD): it was not compared"
    for each in given.identifiers:
        if each not in asked.identifiers:
            yield f"“{_short(each)}” is too long for a number: it was not compared"


def _short(text: str) -> str:
    shown = text.encode("utf-8", "replace").decode()
    return shown if len(shown) <= SHOWN else f"{shown[:SHOWN]}…"
