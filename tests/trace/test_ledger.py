"""The compiled ledger equals a plain one, loses nothing and uses no lot twice."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tidewaiter.trace.ledger import fifo

Event = tuple[int, int, bool, int]  # pool, day, inward, amount

EVENTS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 30), st.booleans(), st.integers(1, 9)),
    max_size=40,
)


def ordered(events: list[Event]) -> list[Event]:
    """Ledger order: pool, day, inward before outward."""
    return sorted(events, key=lambda e: (e[0], e[1], not e[2]))


def compiled(events: list[Event], horizon: int) -> list[tuple[int, int, int]]:
    """The pairs of the compiled ledger."""
    pool, day, inward, amount = (np.array([e[i] for e in events]) for i in range(4))
    came, went, taken = fifo(
        pool.astype(np.int64),
        day.astype(np.int64),
        inward.astype(np.bool_),
        amount.astype(np.int64),
        horizon,
    )
    return list(zip(came.tolist(), went.tolist(), taken.tolist(), strict=True))


def plain(events: list[Event], horizon: int) -> list[tuple[int, int, int]]:
    """First in, first out, unit by unit: slow, and plainly right."""
    units: dict[int, list[tuple[int, int]]] = defaultdict(list)
    pairs: dict[tuple[int, int], int] = defaultdict(int)
    for place, (pool, day, inward, amount) in enumerate(events):
        if inward:
            units[pool] += [(place, day)] * amount
            continue
        for _ in range(amount):
            fresh = [u for u in units[pool] if day - u[1] <= horizon]
            if fresh:
                units[pool].remove(fresh[0])
                pairs[fresh[0][0], place] += 1
    return sorted((i, o, n) for (i, o), n in pairs.items())


@given(EVENTS, st.integers(0, 40))
def test_it_equals_a_plain_ledger(events: list[Event], horizon: int) -> None:
    """Whatever the events: the same pairs with the same amounts."""
    events = ordered(events)
    assert sorted(compiled(events, horizon)) == plain(events, horizon)


@given(EVENTS, st.integers(0, 40))
def test_nothing_is_used_twice_or_before_it_came(events: list[Event], horizon: int) -> None:
    """Conservation on both sides, causality, one pool, and the horizon."""
    events = ordered(events)
    used: dict[int, int] = defaultdict(int)
    for came, went, taken in compiled(events, horizon):
        assert taken > 0
        used[came] += taken
        used[went] += taken
        assert events[came][0] == events[went][0]
        assert 0 <= events[went][1] - events[came][1] <= horizon
    assert all(used[place] <= events[place][3] for place in used)
