"""What goes into screening and what comes out of it, as values."""

from __future__ import annotations

from typing import Literal

import msgspec

from tidewaiter.errors import BadDataError

LONGEST_NAME = 2_000  # characters; the longest official name met has 627
SHOWN = 40  # characters of a refused name


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """One party to look for; everything but the names may be unknown.

    ``schema`` is a FollowTheMoney schema, ``country`` an ISO 3166-1 alpha-2 code or a
    name, ``identifiers`` are bare or with their scheme (``inn:…``), ``birth_date`` is
    ISO 8601.
    """

    query_id: str
    names: tuple[str, ...]
    schema: str | None = None
    country: str | None = None
    identifiers: tuple[str, ...] = ()
    birth_date: str | None = None
    address: str | None = None


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """One listing of a party: which list and measure, when, and where it is printed.

    ``excerpt`` is the row in short; ``listed_on`` is ``None`` where the list gives no
    date.
    """

    list_id: str
    measure: str
    programme: str | None
    provisions: str | None = None
    listed_on: str | None
    delisted_on: str | None
    source_id: str
    uri: str
    locator: str
    excerpt: str


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A listed party. ``identifiers`` have their scheme: ``inn:…``, ``imo:…``, ``id:…``.

    ``partial``: only a file of aliases, addresses or remarks names it; the list's own file
    that is loaded has no entry of it, so its type, programmes and numbers are not known.
    """

    entity_id: str
    caption: str
    schema: str
    names: tuple[str, ...]
    identifiers: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    birth_dates: tuple[str, ...] = ()
    listings: tuple[Listing, ...] = ()
    partial: bool = False


class Added(msgspec.Struct, frozen=True):
    """What one feature takes from or adds to the log-odds of a pair, and what it measures."""

    feature: str
    log_odds: float
    sentence: str


class Match(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A listed party that a query may mean.

    ``score`` orders (0-1, six places); ``match`` is whether it reaches the threshold;
    ``probability`` is the share of held-out pairs with this score that were one party;
    ``completeness`` is the share of fields that both sides have (0-1), so that a bare name
    never reads as certainty. ``list_ids`` and ``measures`` are those in force on the day;
    a party whose ``status`` is ``former`` has none, and then those it was under. ``added`` is
    told where it was asked for: what each feature of the names says, the least first.
    """

    entity_id: str
    caption: str
    schema: str
    list_ids: tuple[str, ...]
    score: float
    probability: float | None
    completeness: float
    measures: tuple[str, ...]
    status: Literal["in_force", "former", "future"]
    match: bool
    by_identifier: bool
    explanations: tuple[str, ...]
    added: tuple[Added, ...] = ()


class Screened(msgspec.Struct, frozen=True):
    """The answer to a query: ``results`` reach the threshold, best first.

    ``near`` holds the closest parties where nothing reaches it, with what speaks
    against each. Equal scores are in order of ``entity_id``. ``reached`` counts the parties
    that reach the threshold, more than are given where ``limit`` cuts them off. ``remarks``
    say what of the query could not be used.
    """

    query: Query
    results: tuple[Match, ...]
    near: tuple[Match, ...]
    reached: int
    remarks: tuple[str, ...]


class Comparison(msgspec.Struct, frozen=True, omit_defaults=True):
    """Two names compared, without any list: ``score`` 0-1, and why, in words and by feature."""

    score: float
    probability: float
    match: bool
    explanations: tuple[str, ...]
    added: tuple[Added, ...] = ()


def checked_name(name: str, where: str) -> str:
    """``name``, with "?" for halves of characters; ``BadDataError`` if no name is that long."""
    if len(name) > LONGEST_NAME:
        raise BadDataError(
            f"a name has {len(name):,} characters, more than any name has: “{name[:SHOWN]}…”",
            where=where,
            next_step=f"give the name alone, in at most {LONGEST_NAME:,} characters",
        )
    return name.encode("utf-8", "replace").decode()
