"""Verdicts under each rule: worked cases, scope, and properties that hold for any graph."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from tests.ownership.graphs import DAY, stake, table
from tidewaiter.ownership import Listed, graph, regimes, verdicts
from tidewaiter.ownership.regimes import Regime

OFAC, EU, UK, BIS = (
    next(each for each in regimes().regimes if each.id == name)
    for name in ("us_ofac_50", "eu", "uk", "us_bis_affiliates")
)


def answers(
    rows: list[dict[str, Any]],
    listed: Listed,
    regime: Regime = OFAC,
    day: datetime.date = DAY,
    people: tuple[str, ...] = (),
) -> dict[str, str] | None:
    """The verdict on every party; ``None`` where no rule is in force."""
    seen = graph(table(rows), day)
    found = verdicts(seen, regime, day, listed, people)
    if found is None:
        return None
    return {name: found.answer(at) for at, name in enumerate(seen.nodes.to_pylist())}


def certain(*ids: str) -> Listed:
    """Parties that are listed for certain."""
    return Listed(frozenset(ids))


def test_shares_are_not_multiplied_along_a_path() -> None:
    """A company that is reached counts with its whole stake."""
    rows = [stake("x", "a", 50), stake("x", "b", 10), stake("a", "b", 40)]
    assert answers(rows, certain("x")) == {"x": "listed", "a": "blocked", "b": "blocked"}


def test_shares_of_unreached_companies_do_not_count() -> None:
    """25 percent through a company that is not reached is nothing."""
    rows = [stake("x", "a", 25), stake("a", "b", 100)]
    assert answers(rows, certain("x")) == {"x": "listed", "a": "unknown", "b": "unknown"}


def test_listed_owners_add_up_in_some_regimes_only() -> None:
    """30 and 30: together under OFAC and the EU, each alone in the UK unless they act jointly."""
    rows = [stake("x", "a", 30), stake("y", "a", 30)]
    both = certain("x", "y")
    joint = Listed(both.certain, groups=(frozenset({"x", "y"}),))
    found = [answers(rows, both, each) for each in (OFAC, EU, UK)]
    assert [each and each["a"] for each in found] == ["blocked", "blocked", "unknown"]
    together = answers(rows, joint, UK)
    assert together is not None
    assert together["a"] == "blocked"


@pytest.mark.parametrize(
    ("regime", "day", "expected"),
    [
        (EU, "2024-07-02", "unknown"),
        (EU, "2024-07-03", "blocked"),
        (UK, "2026-08-01", "unknown"),
        (OFAC, "2014-08-12", "blocked"),
        (BIS, "2025-09-28", None),
        (BIS, "2025-09-29", "blocked"),
        (BIS, "2025-10-15", "blocked"),
        (BIS, "2026-01-01", None),
        (BIS, "2026-11-10", "blocked"),
        (OFAC, "2008-02-13", None),
    ],
)
def test_exactly_half(regime: Regime, day: str, expected: str | None) -> None:
    """What a half means depends on the law and the day."""
    rows = [stake("x", "a", 50, start=datetime.date(2001, 1, 1))]
    found = answers(rows, certain("x"), regime, datetime.date.fromisoformat(day))
    assert (found and found["a"]) == expected


def test_votes_count_in_the_uk() -> None:
    """More than half of the votes, or of the shares; votes go with shares where none are told."""
    rows = [stake("x", "a", 10), stake("x", "a", 60, interest="votes")]
    assert answers(rows, certain("x"), UK) == {"x": "listed", "a": "blocked"}
    assert answers(rows, certain("x"), OFAC) == {"x": "listed", "a": "unknown"}
    assert answers([stake("x", "a", 51)], certain("x"), UK) == {"x": "listed", "a": "blocked"}


def test_bands_and_links_are_possible() -> None:
    """A band over the threshold, a mere link and a match by name alone leave it open."""
    assert answers([stake("x", "a", 25, 75)], certain("x")) == {"x": "listed", "a": "possibly"}
    link = [stake("x", "a", None)]
    link[0]["max_share"] = None
    assert answers(link, certain("x")) == {"x": "listed", "a": "possibly"}
    named = Listed(frozenset(), possible=frozenset({"x"}))
    assert answers([stake("x", "a", 80)], named) == {"x": "possibly", "a": "possibly"}


def test_what_others_hold_for_certain_caps_what_is_possible() -> None:
    """25 to 75 percent, but somebody else holds 60: at most 40 are left."""
    rows = [stake("x", "a", 25, 75), stake("p", "a", 60)]
    assert answers(rows, certain("x")) == {"x": "listed", "p": "unknown", "a": "unknown"}


def test_not_blocked_needs_dated_shares_of_clear_owners() -> None:
    """Persons who are known and not listed; a company only where it is clear itself."""
    rows = [stake("p", "a", 60), stake("a", "b", 100), stake("q", "c", 100)]
    found = answers(rows, certain("x"), people=("p",))
    assert found == {
        "p": "unknown",
        "a": "not_blocked",
        "b": "not_blocked",
        "q": "unknown",
        "c": "unknown",
    }
    undated = [stake("p", "a", 60, start=None)]
    assert answers(undated, certain("x"), people=("p",)) == {"p": "unknown", "a": "unknown"}
    half = [stake("p", "a", 50)]
    found = answers(half, certain("x"), people=("p",))
    assert found is not None
    assert found["a"] == "unknown"  # the other half may be a listed person's
    found = answers(half, certain("x"), UK, people=("p",))
    assert found is not None
    assert found["a"] == "not_blocked"  # more than half is needed


def test_a_listed_owner_of_an_unknown_share_is_never_cleared_by_bis() -> None:
    """Red flag 29: elsewhere the rest of the shares clears it."""
    rows = [stake("p", "a", 60), stake("x", "a", None)]
    rows[1]["max_share"] = None
    day = datetime.date(2026, 11, 10)
    for regime, expected in ((OFAC, "not_blocked"), (BIS, "unknown")):
        found = answers(rows, certain("x"), regime, day, people=("p",))
        assert found is not None
        assert found["a"] == expected


def test_circles_end_and_own_shares_do_not_count() -> None:
    """Two companies that own each other wholly are unknown; own shares reach nothing."""
    rows = [stake("a", "b", 100), stake("b", "a", 100)]
    assert answers(rows, certain("x")) == {"a": "unknown", "b": "unknown"}
    rows = [stake("x", "a", 30), stake("a", "a", 45)]
    assert answers(rows, certain("x")) == {"x": "listed", "a": "unknown"}
    rows = [stake("x", "a", 45), stake("y", "a", 48), stake("a", "y", 100)]
    assert answers(rows, certain("x")) == {"x": "listed", "a": "unknown", "y": "unknown"}


def test_a_verdict_names_its_stakes() -> None:
    """Who contributed, how much, in which round, and in which rows it is printed."""
    rows = [stake("y", "b", 9), stake("x", "a", 50), stake("x", "b", 10), stake("a", "b", 40)]
    seen = graph(table(rows), DAY)
    found = verdicts(seen, OFAC, DAY, certain("x"))
    assert found is not None
    verdict = found.verdict(seen.nodes.to_pylist().index("b"))
    assert (verdict.answer, verdict.round) == ("blocked", 2)
    assert (verdict.low, verdict.high, verdict.unresolved) == (500_000, 500_000, 410_000)
    assert [(c.owner, c.low, c.round, c.rows) for c in verdict.by] == [
        ("a", 400_000, 1, (3,)),
        ("x", 100_000, 0, (2,)),
    ]


def test_a_derivation_has_no_circles() -> None:
    """A company that was reached through another is no reason for that other one."""
    rows = [stake("x", "a", 60), stake("a", "b", 100), stake("b", "a", 20), stake("a", "a", 10)]
    seen = graph(table(rows), DAY)
    found = verdicts(seen, OFAC, DAY, certain("x"))
    assert found is not None
    nodes = seen.nodes.to_pylist()
    above_a, above_b = (found.verdict(nodes.index(each)) for each in "ab")
    assert ([c.owner for c in above_a.by], above_a.low) == (["x"], 600_000)
    assert [c.owner for c in above_b.by] == ["a"]


def test_odd_rows_are_told_and_harm_nothing() -> None:
    """Contradictions are left out, excesses are counted, and all of it is told."""
    rows = [
        stake("x", "a", -5, 10),
        stake("x", "b", 60, 40),
        stake("x", "c", 60, start=DAY, end=datetime.date(2020, 1, 1)),
        stake("x", "d", 80),
        stake("p", "d", 70),
        stake("e", "e", 10),
        stake("x", "f", 60),
        stake("x", "f", 20),
    ]
    found = graph(table(rows), DAY)
    assert [(each.kind, each.company, each.rows) for each in found.remarks] == [
        ("out_of_range", "a", (0,)),
        ("over_whole", "d", (3, 4)),
        ("own_shares", "e", (5,)),
        ("sources_disagree", "f", (6, 7)),
        ("turned_bounds", "b", (1,)),
        ("turned_days", "c", (2,)),
    ]
    assert answers(rows, certain("x")) == {
        "x": "listed", "a": "unknown", "b": "unknown", "c": "unknown", "p": "unknown",
        "d": "blocked", "e": "unknown", "f": "possibly",
    }  # fmt: skip


@pytest.mark.parametrize("shape", ["circle", "chain"])
def test_long_circles_and_chains_end(shape: str) -> None:
    """A hundred thousand companies in a row, or ten thousand in a circle, are no problem."""
    size = 10_000 if shape == "circle" else 100_000
    rows = [stake(f"c{n}", f"c{n + 1}", 50) for n in range(size)]
    rows += [stake(f"c{size}", "c0", 50)] if shape == "circle" else []
    rows.append(stake("x", "c0", 50))
    found = answers(rows, certain("x"))
    assert found is not None
    assert set(found.values()) == {"listed", "blocked"}
