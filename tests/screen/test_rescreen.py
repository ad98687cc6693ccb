"""After a change of the lists: only what it touches is done again, and nothing is missed."""

from __future__ import annotations

import random

import msgspec
import pytest

from tests.screen.listings import listing
from tidewaiter.screen import Listed, ListIndex, Query, Screened, screen
from tidewaiter.screen.rescreen import Change

SYLLABLES = ["vel", "om", "tar", "ku", "bras", "fer", "zel", "os", "dim", "ga", "lur", "pe"]
DAY = "2024-01-01"
SECOND = ["Elektronika", "Pribor", "Trading", "Plant", "Logistics", "Avia", "Invest"]


def party(number: int, day: str = "2023-01-01") -> Listed:
    """An invented listed party; the day is part of what is listed."""
    rng = random.Random(number)
    name = f"{''.join(rng.choices(SYLLABLES, k=4))} {rng.choice(SECOND)}"
    return Listed(
        entity_id=f"x:{number:05d}",
        caption=name,
        schema="Company",
        names=(name,),
        listings=(listing(since=day, locator=f"row {number}"),),
    )


def answer(query: Query, index: ListIndex, day: str = DAY) -> Screened:
    """Everything that may be near."""
    return screen(query, index, limit=5, day=day)


BEFORE = [party(n) for n in range(400)]
CHANGES = {
    "one added": [*BEFORE, party(9001)],
    "one removed": BEFORE[1:],
    "one amended": [party(0, "2023-06-01"), *BEFORE[1:]],
    "many": [*BEFORE[20:], *(party(n) for n in range(9100, 9140))],
    "nothing": list(reversed(BEFORE)),
}


@pytest.mark.parametrize("change", CHANGES)
def test_untouched_answers_are_equal(change: str) -> None:
    """What is said to be untouched equals the full run, and a small change touches few."""
    old, new = ListIndex(BEFORE), ListIndex(CHANGES[change])
    found = Change(old, DAY, new, DAY)
    queries = [
        Query(query_id=str(n), names=(party(n + 50_000).caption,), schema="Company")
        for n in range(150)
    ] + [Query(query_id=f"l{n}", names=(party(n).caption,)) for n in range(0, 400, 8)]
    touched = 0
    for query in queries:
        if found.touches(query, 5):
            touched += 1
        else:
            one, other = answer(query, old), answer(query, new)
            assert msgspec.json.encode(one) == msgspec.json.encode(other), query
    assert touched < len(queries) * (0.95 if change == "many" else 0.3)
    assert touched or change == "nothing"


def test_a_number_is_always_asked_again() -> None:
    """A query with a number may meet a party that shares no word with it."""
    index = ListIndex(BEFORE)
    query = Query(query_id="n", names=("Velkon",), identifiers=("7700000016",))
    assert Change(index, DAY, index, DAY).touches(query, 5)


def test_a_listing_that_ends_between_two_days_touches_its_queries() -> None:
    """The same list on a later day: an answer whose listing has ended is asked again."""
    ending = msgspec.structs.replace(BEFORE[0].listings[0], delisted_on="2024-06-01")
    index = ListIndex([msgspec.structs.replace(BEFORE[0], listings=(ending,)), *BEFORE[1:]])
    found = Change(index, DAY, index, "2024-07-01")
    ended, other = (Query(query_id="q", names=(party.caption,)) for party in BEFORE[:2])
    assert found.touches(ended, 5)
    assert answer(ended, index) != answer(ended, index, "2024-07-01")
    assert not found.touches(other, 5)
