"""As whom the lists know somebody above a company, and how surely.

A party that a number joins to a listing, or a person's judgement, is listed for certain; one
that only its name joins is so possibly, until somebody judges the pair. A judged "no" holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import ibis
import msgspec

from tidewaiter.pipeline.listed import Lists
from tidewaiter.pipeline.world import World
from tidewaiter.resolve.judgement import Judgements
from tidewaiter.screen import Match, Query, screen
from tidewaiter.screen.listings import status
from tidewaiter.screen.usable import cut_to_fit

SCHEMES = {"tax_number": "inn", "registration_number": "ogrn", "lei": "lei"}
MOST = 20  # listed parties looked at for one name

Row = Mapping[str, Any]


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody above a company, one of its officers, or the company itself.

    ``schema`` is ``Company`` or ``Person``, empty where no row describes the id. ``listings`` are
    (list, measure) pairs in force on the day; ``listed_as`` the ids of the entries; ``certain``
    whether a number or a judgement joins them, or the name alone; ``why`` is that in words.
    """

    party_id: str
    caption: str
    schema: str = ""
    listings: tuple[tuple[str, str], ...] = ()
    listed_as: tuple[str, ...] = ()
    certain: bool = False
    why: tuple[str, ...] = ()


def parties(
    seen: World, ids: Iterable[str], lists: Lists, judged: Judgements, threshold: float
) -> dict[str, Party]:
    """Each of ``ids`` and what the lists say of it."""
    wanted = list(dict.fromkeys(ids))
    known = _rows(seen, "companies", wanted) | _rows(seen, "people", wanted)
    found = {}
    for each in wanted:
        row = known.get(each)
        if row is None:
            found[each] = _of_id(each, lists)
        else:
            matches = screen(
                _query(each, row), lists.index, threshold=threshold, limit=MOST, day=lists.as_of
            ).results
            found[each] = _party(each, row, matches, lists, judged)
    return found


def _rows(seen: World, name: str, ids: list[str]) -> dict[str, Row]:
    rows = seen.rows(name)
    chosen = rows.filter(rows.record_id.isin([ibis.literal(each) for each in ids]))
    found = seen.engine.fetch(chosen.order_by("record_id", "locator")).to_pylist()
    return {row["record_id"]: row for row in found}


def _query(party: str, row: Row) -> Query:
    numbers = [f"{scheme}:{row[key]}" for key, scheme in SCHEMES.items() if row.get(key)]
    bare = [row[key] for key in SCHEMES if row.get(key)]
    return cut_to_fit(
        Query(
            query_id=party,
            names=tuple(row["name"] or ()),
            schema=_schema(row),
            country=row.get("country"),
            identifiers=tuple(dict.fromkeys([*numbers, *bare])),
            birth_date=row.get("birth_date"),
            address=row.get("address"),
        )
    )


def _schema(row: Row) -> str:
    return "Company" if "company_id" in row else "Person"


def _of_id(party: str, lists: Lists) -> Party:
    """Somebody whom no row describes: the id may be a list's own."""
    _, _, own = party.partition(":")
    entry = lists.index.by_id(party) or lists.index.by_id(own)
    if entry is None:
        return Party(party_id=party, caption=own or party)
    return Party(
        party_id=party,
        caption=entry.listed.caption,
        schema="Person" if entry.kind == "person" else "Company",
        listings=_listings([entry.listed.entity_id], lists),
        listed_as=(entry.listed.entity_id,),
        certain=True,
        why=("the id is that of the list",),
    )


def _party(
    party: str, row: Row, matches: Iterable[Match], lists: Lists, judged: Judgements
) -> Party:
    answers = {each.entity_id: judged.answer(party, each.entity_id) for each in matches}
    standing = [each for each in matches if answers[each.entity_id] != "no"]
    sure = [m for m in standing if m.by_identifier or answers[m.entity_id] == "yes"]
    counted = sure or standing
    same = [each.entity_id for each in counted]
    return Party(
        party_id=party,
        caption=row["name"][0] if row["name"] else party,
        schema=_schema(row),
        listings=_listings(same, lists),
        listed_as=tuple(same),
        certain=bool(sure),
        why=tuple(dict.fromkeys(_why(each, answers[each.entity_id]) for each in counted)),
    )


def _why(match: Match, judged: str | None) -> str:
    if judged == "yes":
        return f"judged to be {match.caption} ({match.entity_id})"
    if match.by_identifier:
        return f"{match.explanations[0]}: {match.caption} ({match.entity_id})"
    return f"the name agrees with {match.caption} ({match.entity_id}), score {match.score:.2f}"


def _listings(ids: Iterable[str], lists: Lists) -> tuple[tuple[str, str], ...]:
    found = set()
    for each in ids:
        entry = lists.index.by_id(each)
        if entry is not None:
            found |= {
                (listing.list_id, listing.measure)
                for listing in entry.listed.listings
                if status(listing, lists.as_of) == "in_force"
            }
    return tuple(sorted(found))
