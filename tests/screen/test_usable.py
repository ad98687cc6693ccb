"""What of a query cannot be used is told, and the rest is asked; what a limit hides is counted."""

from __future__ import annotations

import pytest

from tidewaiter.errors import BadDataError
from tidewaiter.screen import Listed, ListIndex, Query, screen
from tidewaiter.screen.usable import MOST_NAMES, cut_to_fit

PLANT = Listed(
    entity_id="x:0",
    caption="Velkon Radio Plant",
    schema="Company",
    names=("Velkon Radio Plant",),
    identifiers=("inn:7700000016",),
    countries=("RU",),
)
BRANCHES = [
    Listed(entity_id=f"x:{n}", caption=name, schema="Company", names=(name,))
    for n, name in enumerate(("Velkon", "Velkon LLC", "JSC Velkon", "Velkon Ltd"), start=1)
]
INDEX = ListIndex([PLANT, *BRANCHES])


@pytest.mark.parametrize(
    ("field", "value", "remark"),
    [
        ("birth_date", "7 October 1952", "“7 October 1952” is no date"),
        ("country", "Atlantis", "“Atlantis” is no country"),
        ("schema", "Persn", "“Persn” is no schema"),
        ("identifiers", ("7" * 200,), "is too long for a number"),
        ("names", ("Velkon Radio Plant", " - "), "“ - ” holds no letter or digit"),
    ],
)
def test_what_cannot_be_used_is_told(field: str, value: object, remark: str) -> None:
    """One remark for one thing, and the name is asked all the same."""
    known = {"query_id": "q", "names": ("Velkon Radio Plant",), field: value}
    found = screen(Query(**known), INDEX)  # type: ignore[arg-type]
    assert len(found.remarks) == 1
    assert remark in found.remarks[0]
    assert found.results[0].entity_id == "x:0"


def test_what_can_be_used_has_no_remark() -> None:
    """Any case of a schema, a country's name, a year alone."""
    query = Query(
        query_id="q", names=("Velkon",), schema=" company ", country="Russia", birth_date="1952"
    )
    assert screen(query, INDEX).remarks == ()


def test_a_number_that_is_too_long_is_not_compared() -> None:
    """Only a number that can be one decides."""
    for number, matches in (("inn:7700000016", True), (f"inn:7700000016{' ' * 100}", False)):
        found = screen(Query(query_id="q", names=("Qumtor",), identifiers=(number,)), INDEX)
        assert bool(found.results) is matches


def test_a_query_is_one_party() -> None:
    """A hundred names of one party are enough for anybody."""
    names = tuple(f"Velkon {n}" for n in range(MOST_NAMES + 1))
    with pytest.raises(BadDataError, match="101 names"):
        screen(Query(query_id="q", names=names), INDEX)
    screen(Query(query_id="q", names=names[:MOST_NAMES]), INDEX)


def test_what_a_limit_hides_is_counted() -> None:
    """Four listed firms of one name: two are given, four reach the threshold."""
    found = screen(Query(query_id="q", names=("Velkon",)), INDEX, limit=2)
    assert (len(found.results), found.reached) == (2, 4)
    everything = screen(Query(query_id="q", names=("Velkon",)), INDEX, limit=10)
    assert found.results == everything.results[:2]
    assert everything.reached == len(everything.results)


def test_a_short_word_is_not_taken_apart_into_letters() -> None:
    """Initials without points are two letters, or more that are no syllable: ABC, and not "phi"."""
    letters = [
        Listed(entity_id=f"y:{n}", caption=name, schema="Company", names=(name,))
        for n, name in enumerate(("P. Velkon", "H. Sarykol", "I. Qumtor", "V T B Sarmat"))
    ]
    index = ListIndex(letters)
    told = screen(Query(query_id="q", names=("Phi",)), index, threshold=0.0, limit=10)
    assert not told.results
    told = screen(Query(query_id="q", names=("VTB Sarmat",)), index)
    assert [each.entity_id for each in told.results] == ["y:3"]


def test_a_row_of_data_is_cut_to_what_can_be_asked() -> None:
    """A cell that no name or address fills, or too many names, stop no case."""
    query = Query(
        query_id="q", names=("Velkon Radio Plant", *["x" * 3_000] * MOST_NAMES), address="y" * 9_000
    )
    with pytest.raises(BadDataError):
        screen(query, INDEX)
    assert screen(cut_to_fit(query), INDEX).results[0].entity_id == "x:0"
