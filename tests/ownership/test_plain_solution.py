"""A plain solution beside ours: it tries until nothing changes, and knows nothing of the code."""

from __future__ import annotations

import datetime
import random
from typing import Any

import pytest

from tests.ownership.graphs import stake, table
from tidewaiter.ownership import Listed, graph, regimes, verdicts
from tidewaiter.ownership.regimes import Regime, Rule

DAYS = {
    "us_ofac_50": datetime.date(2026, 8, 1),
    "eu": datetime.date(2024, 7, 2),
    "uk": datetime.date(2026, 8, 1),
    "us_bis_affiliates": datetime.date(2026, 11, 15),
}
NAMES = "abcdefgh"
Bounds = tuple[int, int, bool]  # at least, at most, and whether it is dated


def random_rows(chance: random.Random, day: datetime.date) -> list[dict[str, Any]]:
    """Stakes with circles, bands, mere links, votes, and days around ``day``."""
    rows = []
    days = [datetime.date(2020, 1, 1), day, day + datetime.timedelta(1), None]
    for _ in range(chance.randint(1, 14)):
        low = chance.choice([0, 10, 20, 25, 30, 40, 50, 60, 75, 100])
        row = stake(
            chance.choice(NAMES),
            chance.choice(NAMES),
            low,
            min(100, low + chance.choice([0, 0, 0, 10, 25, 50])),
            interest=chance.choice(["shares", "shares", "shares", "votes", "profit"]),
            start=chance.choice(days),
            end=chance.choice([None, None, day, day - datetime.timedelta(1)]),
        )
        if row["start"] and row["end"] and row["end"] < row["start"]:
            row["end"] = None
        if chance.random() < 0.1:
            row["min_share"] = row["max_share"] = None
        rows.append(row)
    return rows


class Plain:
    """The question once more, in sets and loops."""

    def __init__(
        self, rows: list[dict[str, Any]], regime: Regime, day: datetime.date, listed: Listed
    ) -> None:
        rule = regime.rule(day)
        assert rule is not None
        self.rule: Rule = rule
        self.regime, self.listed = regime, listed
        self.rows = [
            r
            for r in rows
            if (r["start"] is None or r["start"] <= day) and (r["end"] is None or day <= r["end"])
        ]
        self.nodes = {r["owner_id"] for r in rows} | {r["company_id"] for r in rows}
        self.stakes: dict[tuple[str, str, str], Bounds] = {}
        for interest in rule.interests:
            for owner in self.nodes:
                for company in self.nodes - {owner}:
                    held = self.held(owner, company, interest)
                    if held is not None:
                        self.stakes[owner, company, interest] = held
        self.least: dict[tuple[str, str], int] = {}
        for interest in rule.interests:
            for owner in self.nodes:
                for company in self.nodes:
                    held = self.held(owner, company, interest)
                    known = self.least.get((company, interest), 0)
                    self.least[company, interest] = known + (held[0] if held else 0)

    def held(self, owner: str, company: str, interest: str) -> Bounds | None:
        """What all rows of an owner and a company allow."""
        voting = {r["company_id"] for r in self.rows if r["interest"] == "votes"}
        wanted = interest if company in voting else "shares"
        pair = (owner, company, wanted)
        same = [r for r in self.rows if (r["owner_id"], r["company_id"], r["interest"]) == pair]
        if not same:
            return None
        low = min(0 if r["min_share"] is None else r["min_share"] for r in same)
        high = max(1_000_000 if r["max_share"] is None else r["max_share"] for r in same)
        return low, high, all(r["start"] is not None for r in same)

    def meets(self, amount: float) -> bool:
        """Whether an amount meets the test of the rule."""
        test = self.rule.share * 10_000
        return amount >= test if self.rule.test == "at_least" else amount > test

    def of(self, owners: set[str], company: str, interest: str) -> list[Bounds]:
        """The stakes of owners in a company."""
        keys = ((owner, company, interest) for owner in owners)
        return [self.stakes[key] for key in keys if key in self.stakes]

    def reaches(self, owners: set[str], company: str, interest: str, *, most: bool) -> bool:
        """Whether owners hold enough, for certain or at most."""
        mine = self.of(owners, company, interest)
        low = sum(each[0] for each in mine)
        left = 1_000_000 - (self.least[company, interest] - low)
        return bool(mine) and self.meets(
            max(low, min(sum(each[1] for each in mine), left)) if most else low
        )

    def spread(self, roots: set[str], *, most: bool) -> set[str]:
        """Roots and all that they reach."""
        reached = roots & self.nodes
        while new := {
            company
            for company in self.nodes - reached
            if any(self.reaches(reached, company, i, most=most) for i in self.rule.interests)
        }:
            reached |= new
        return reached

    def reached(self, roots: frozenset[str], *, most: bool) -> set[str]:
        """The same by the rule's way to add owners up."""
        if self.rule.aggregate == "all":
            return self.spread(set(roots), most=most)
        joint = [set(group & roots) for group in self.listed.groups]
        alone = [{root} for root in roots - frozenset().union(*self.listed.groups)]
        return set().union(*(self.spread(group, most=most) for group in joint + alone))

    def cleared(self, people: set[str], barred: set[str]) -> set[str]:
        """Companies that clear owners hold too much of."""
        clear = (people & self.nodes) - barred
        while new := {
            company
            for company in self.nodes - clear - barred
            if all(
                not self.meets(1_000_000 - sum(b[0] for b in self.of(clear, company, i) if b[2]))
                for i in self.rule.interests
            )
        }:
            clear |= new
        return clear - people

    def answers(self, people: set[str]) -> dict[str, str]:
        """The verdict on every node."""
        blocked = self.reached(self.listed.certain, most=False)
        maybe = self.reached(self.listed.certain | self.listed.possible, most=True)
        barred = set(maybe)
        if self.regime.unknown_share:
            barred |= {c for (o, c, _), b in self.stakes.items() if o in maybe and b[0] < b[1]}
        clear = self.cleared(people, barred)
        found = dict.fromkeys(self.nodes, "unknown")
        found |= dict.fromkeys(clear, "not_blocked") | dict.fromkeys(maybe, "possibly")
        found |= dict.fromkeys(blocked, "blocked")
        return found | dict.fromkeys(self.listed.certain & self.nodes, "listed")


def ours(
    rows: list[dict[str, Any]],
    regime: Regime,
    day: datetime.date,
    listed: Listed,
    people: set[str],
) -> dict[str, str]:
    """The same from the product."""
    seen = graph(table(rows), day)
    found = verdicts(seen, regime, day, listed, tuple(people))
    assert found is not None
    return {name: found.answer(at) for at, name in enumerate(seen.nodes.to_pylist())}


@pytest.mark.parametrize("regime", regimes().regimes, ids=lambda each: each.id)
def test_small_graphs_agree_with_a_plain_solution(regime: Regime) -> None:
    """Five hundred graphs a regime, 2,000 in all, each in two orders of its rows."""
    chance = random.Random(f"graphs of {regime.id}")
    day = DAYS[regime.id]
    told = set()
    for _ in range(500):
        rows = random_rows(chance, day)
        groups = (frozenset(chance.sample(NAMES, 2)),) if chance.random() < 0.3 else ()
        listed = Listed(
            frozenset(chance.sample(NAMES, chance.randint(0, 3))),
            frozenset(chance.sample(NAMES, chance.randint(0, 1))),
            groups,
        )
        people = set(chance.sample(NAMES, 3)) - {r["company_id"] for r in rows}
        found = ours(rows, regime, day, listed, people)
        shuffled = chance.sample(rows, len(rows))
        assert found == ours(shuffled, regime, day, listed, people)
        assert found == Plain(rows, regime, day, listed).answers(people), (rows, listed, people)
        told |= set(found.values())
    assert told == {"listed", "blocked", "possibly", "not_blocked", "unknown"}


ORDER = ["not_blocked", "unknown", "possibly", "blocked", "listed"]


@pytest.mark.parametrize("regime", regimes().regimes, ids=lambda each: each.id)
def test_more_stakes_and_listings_never_lower_a_blocked_verdict(regime: Regime) -> None:
    """Another stake of somebody listed, or another listing, leaves what is blocked blocked."""
    chance = random.Random(f"growth under {regime.id}")
    day = DAYS[regime.id]
    for _ in range(200):
        rows = random_rows(chance, day)
        listed = Listed(frozenset(chance.sample(NAMES, 2)))
        before = ours(rows, regime, day, listed, set())
        more = Listed(listed.certain | {chance.choice(NAMES)})
        after = ours(rows, regime, day, more, set())
        assert all(ORDER.index(after[n]) >= ORDER.index(before[n]) for n in before)
        new = stake(chance.choice(sorted(listed.certain)), "z", 30)
        grown = ours([*rows, new], regime, day, listed, set())
        assert {n: grown[n] for n in before} == before
