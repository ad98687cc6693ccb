"""Beside the verdict: shares through all paths, and the shortest chain on record."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ownership.graphs import DAY, stake, table
from tidewaiter.ownership import Graph, graph
from tidewaiter.ownership.share import above, chain, integrated


def made(*rows: dict[str, Any]) -> tuple[Graph, list[str]]:
    """A graph and its ids in order."""
    seen = graph(table(rows), DAY)
    return seen, seen.nodes.to_pylist()


def shares(*rows: dict[str, Any]) -> dict[str, tuple[float, float]] | None:
    """What each owner has of company a."""
    seen, nodes = made(*rows)
    found = integrated(seen, nodes.index("a"))
    return None if found is None else {nodes[at]: bounds for at, bounds in found.items()}


def test_all_paths_add_up() -> None:
    """Directly, and through a company: 10 % and half of 40 %."""
    found = shares(stake("x", "a", 10), stake("x", "b", 50), stake("b", "a", 40))
    assert found is not None
    assert found["x"] == pytest.approx((0.3, 0.3))
    assert found["b"] == pytest.approx((0.4, 0.4))


def test_bounds_stay_bounds() -> None:
    """A band of 20 to 30 percent of a company that has half."""
    found = shares(stake("x", "b", 20, 30), stake("b", "a", 50))
    assert found is not None
    assert found["x"] == pytest.approx((0.1, 0.15))


def test_a_circle_is_summed_to_its_end() -> None:
    """45 % of a company that owns the owner of its other 48 %: 0.45 / (1 - 0.48)."""
    found = shares(stake("x", "a", 45), stake("y", "a", 48), stake("a", "y", 100))
    assert found is not None
    assert found["x"] == pytest.approx((0.45 / 0.52, 0.45 / 0.52))


@pytest.mark.parametrize("percent", [100, 99.9999])
def test_a_closed_circle_has_no_answer(percent: float) -> None:
    """Two companies that own one another wholly, or but for a rounding."""
    rows = [stake("b", "a", percent), stake("a", "b", percent), stake("x", "b", 100 - percent)]
    assert shares(*rows) is None


def test_more_than_all_is_scaled_to_all() -> None:
    """80 and 70 percent on record: shares of 150."""
    found = shares(stake("x", "a", 80), stake("y", "a", 70))
    assert found is not None
    assert found["x"] == pytest.approx((80 / 150, 80 / 150))


def test_less_than_a_hundredth_is_left_out() -> None:
    """Half a percent through a chain is not told."""
    found = shares(stake("x", "b", 1), stake("b", "a", 50), stake("y", "a", 1))
    assert found is not None
    assert set(found) == {"b", "y"}


def test_who_is_above_and_the_shortest_chain() -> None:
    """By distance and then by id; of two chains the shorter, of equal ones the first ids."""
    seen, nodes = made(
        stake("x", "c", 10),
        stake("c", "b", 10),
        stake("b", "a", 10),
        stake("x", "e", 5),
        stake("e", "a", 5),
        stake("x", "d", 5),
        stake("d", "a", 5),
        stake("a", "x", 1),
    )
    a, x = nodes.index("a"), nodes.index("x")
    assert [nodes[at] for at in above(seen, a)] == ["a", "b", "d", "e", "c", "x"]
    assert [nodes[at] for at in chain(seen, a, {x})] == ["x", "d", "a"]
    assert chain(seen, a, {a}) == []
