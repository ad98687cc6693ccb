"""Names without an id that are nearly a registered company's: compared as screening compares.

A name is taken for the company only where both are of one country, nothing speaks against
the pair, the score is high and no second company comes near. Everything else that is alike
is a suggestion for a person to judge, and never joined by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from tidewaiter.resolve.judgement import Judgements
from tidewaiter.screen import Listed, ListIndex, Query
from tidewaiter.screen.facts import Fact
from tidewaiter.screen.rules import rules
from tidewaiter.screen.weighing import Weighed, prepared, weigh
from tidewaiter.text import read_name

SAME = 0.9  # score from which a single company is taken for the name
COMPANY = "Company"
START = 3  # letters
LONG = 9  # letters

Row = Mapping[str, Any]


class Suggestion(msgspec.Struct, frozen=True, kw_only=True):
    """Two records that may be one party: ``joined`` says whether they were taken for one."""

    left: str
    right: str
    left_name: str
    right_name: str
    score: float
    joined: bool


def suggestions(
    named: Mapping[str, Row], companies: Sequence[Row], judgements: Judgements
) -> list[Suggestion]:
    """The companies that each name may be, best first, in order of the names' ids.

    ``named`` gives one mention (``name``, ``country``) for each party without an id that no
    company's comparable name equals.
    """
    starts = {start for row in named.values() for start in _starts(row["name"])}
    alike = [_listed(row) for row in companies if row["country"] and _begins_so(row, starts)]
    if not alike:
        return []
    index = ListIndex(alike)
    found = []
    for party in sorted(named):
        found += _of_one(party, named[party], index, judgements)
    return found


def _of_one(party: str, row: Row, index: ListIndex, judgements: Judgements) -> list[Suggestion]:
    query = Query(query_id=party, names=(row["name"],), schema=COMPANY, country=row["country"])
    weighed = [w for w in weigh(prepared(query), index, rules().threshold) if _may_be(w, party)]
    near = [w for w in weighed if w.score >= rules().threshold]
    open_ones = [w for w in near if judgements.answer(party, w.entry.listed.entity_id) != "no"]
    sure = len(open_ones) == 1 and _is_sure(open_ones[0])
    return [
        Suggestion(
            left=party,
            right=each.entry.listed.entity_id,
            left_name=row["name"],
            right_name=each.entry.listed.caption,
            score=each.score,
            joined=sure and judgements.answer(party, each.entry.listed.entity_id) is None,
        )
        for each in open_ones
    ]


def _may_be(weighed: Weighed, party: str) -> bool:
    return weighed.entry.listed.entity_id != party


def _is_sure(weighed: Weighed) -> bool:
    agrees = weighed.around.country == "agrees" and weighed.names is not None
    sure = (
        agrees
        and weighed.score >= SAME
        and weighed.ceiling is None
        and not weighed.numbers.conflicts
    )
    return sure and _is_long(weighed)


def _is_long(weighed: Weighed) -> bool:
    """Whether what is misspelt is a long word: of short ones a letter makes another name."""
    facts = weighed.names.facts if weighed.names else None
    if facts is None:
        return False
    return not facts[Fact.MISSPELT] or bool(facts[Fact.LONGEST_OWN] >= LONG)


def _starts(name: str) -> set[str]:
    """How the words begin that are a name's own: misprints are rare there."""
    own = [term for term in read_name(name).terms if term.kind is None]
    return {key[:START] for term in own for key in term.keys}


def _begins_so(row: Row, starts: set[str]) -> bool:
    """Whether a company has a word of its own that begins like one of the names'."""
    return any(starts & _starts(name) for name in row["name"])


def _listed(row: Row) -> Listed:
    return Listed(
        entity_id=row["record_id"],
        caption=row["name"][0],
        schema=COMPANY,
        names=tuple(row["name"]),
        countries=(row["country"],),
    )
