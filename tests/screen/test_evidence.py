"""Evidence that agrees never lowers a score, and what conflicts never raises it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.screen.listings import listing
from tidewaiter.screen import Listed, ListIndex, Query, screen

FIRM = Listed(
    entity_id="x:firm",
    caption="Velkon Radio Plant",
    schema="Company",
    names=("Velkon Radio Plant", "АО «Радиозавод Велкон»"),
    identifiers=("inn:7700000016",),
    countries=("RU",),
    addresses=("Lenina Prospekt 1, Omsk, Russian Federation",),
    listings=(listing(),),
)
PERSON = Listed(
    entity_id="x:person",
    caption="VELKONOV Ivan Petrovich",
    schema="Person",
    names=("VELKONOV Ivan Petrovich", "Велконов Иван Петрович"),
    countries=("RU",),
    addresses=("Lenina Prospekt 1, Omsk, Russian Federation",),
    birth_dates=("1970-02-03",),
    listings=(listing(),),
)
INDEX = ListIndex([FIRM, PERSON])

AGREES: dict[str, dict[str, Any]] = {
    "Company": {
        "identifiers": ("inn:7700000016",),
        "country": "RU",
        "address": "1 Prospekt Lenina, Omsk",
    },
    "Person": {
        "birth_date": "1970-02-03",
        "country": "Russia",
        "address": "1 Prospekt Lenina, Omsk",
    },
}
CONFLICTS: dict[str, dict[str, Any]] = {
    "Company": {"identifiers": ("inn:5000000017",), "country": "KZ"},
    "Person": {"birth_date": "1951-07-19", "country": "KZ"},
}
NAMES = {
    "Company": ("Velkon", "Velkon Radio Plant", "Radiozavod Velcon", "Velkon Radio Plant Trading"),
    "Person": ("Ivan Velkonov", "Velkonov I. P.", "Velkonov Ivan Petrovich", "Petr Velkonov"),
}
SCHEMATA = sorted(NAMES)


def found(schema: str, name: str, **known: Any) -> float:
    """The score of the listed party of a schema; 0 where it is not given."""
    query = Query(query_id="q", names=(name,), schema=schema, **known)
    answer = screen(query, INDEX, threshold=0.0, limit=10)
    wanted = "x:firm" if schema == "Company" else "x:person"
    return max((m.score for m in answer.results if m.entity_id == wanted), default=0.0)


@given(st.data())
def test_agreeing_evidence_never_lowers_a_score(data: st.DataObject) -> None:
    """Any field that agrees, added to any others that agree or conflict."""
    schema = data.draw(st.sampled_from(SCHEMATA))
    name = data.draw(st.sampled_from(NAMES[schema]))
    field = data.draw(st.sampled_from(sorted(AGREES[schema])))
    others = data.draw(st.sets(st.sampled_from(sorted(AGREES[schema]))))
    known = {each: AGREES[schema][each] for each in others - {field}}
    against = data.draw(st.sets(st.sampled_from(sorted(CONFLICTS[schema]))))
    known |= {each: CONFLICTS[schema][each] for each in against - {field} - others}
    more = found(schema, name, **known, **{field: AGREES[schema][field]})
    assert more >= found(schema, name, **known)


@pytest.mark.parametrize("schema", SCHEMATA)
def test_each_agreeing_field_raises_a_middling_score(schema: str) -> None:
    """It does not only not lower it: it says something."""
    name = NAMES[schema][1]
    for field, value in AGREES[schema].items():
        assert found(schema, name, **{field: value}) > found(schema, name), field


@pytest.mark.parametrize("schema", SCHEMATA)
def test_each_conflicting_field_lowers_a_score(schema: str) -> None:
    """Another number, country or date speaks against a pair, and does not veto it."""
    name = NAMES[schema][2]
    for field, value in CONFLICTS[schema].items():
        assert 0 < found(schema, name, **{field: value}) < found(schema, name), field


@pytest.mark.parametrize(
    ("asked", "agrees"),
    [
        ("1 Prospekt Lenina, Omsk", True),
        ("пр-т Ленина, 1, Омск, Россия", True),
        ("12 Prospekt Lenina, Omsk", False),  # another house
        ("Omsk, Russian Federation", False),  # a town is where thousands are
        ("1 Prospekt Mira, Perm", False),
    ],
)
def test_an_address_agrees_from_the_house_on(asked: str, agrees: bool) -> None:  # noqa: FBT001
    """A street and a house of the listed address, in any order and alphabet; that one is quoted."""
    listed = Listed(
        entity_id="x:a",
        caption="Velkon",
        schema="Company",
        names=("Velkon",),
        addresses=("PO Box 77, Tver", "Lenina Prospekt 1, Omsk, Russian Federation"),
    )
    found = screen(Query(query_id="q", names=("Velkon",), address=asked), ListIndex([listed]))
    (match,) = (*found.results, *found.near)
    told = [each for each in match.explanations if each.startswith("the address agrees")]
    quoted = "the address agrees with “Lenina Prospekt 1, Omsk, Russian Federation”"
    assert told == ([quoted] if agrees else [])


def test_a_birth_date_that_differs_a_little_is_no_conflict() -> None:
    """Day and month exchanged are told as what they are."""
    listed = Listed(
        entity_id="x:p",
        caption="VELKONOV Ivan",
        schema="Person",
        names=("VELKONOV Ivan",),
        birth_dates=("1970-02-03",),
    )
    query = Query(query_id="q", names=("Ivan Velkonov",), birth_date="1970-03-02")
    found = screen(query, ListIndex([listed]))
    said = " ".join((*found.results, *found.near)[0].explanations)
    assert "birth date differs a little" in said
    assert "conflicts" not in said
