"""What follows for each company under one rule on one day, and the stakes it rests on.

Four verdicts, and no fifth: ``blocked`` where what is certain is enough, ``possibly`` where what
registers allow is, ``not_blocked`` only where documented, dated shares of owners that are
themselves clear leave too little for anybody else, ``unknown`` for all the rest: a company
without data is never clear.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Literal

import msgspec
import numpy as np
import pyarrow as pa

from tidewaiter.ownership.reach import NOT, reach, reach_each
from tidewaiter.ownership.regimes import WHOLE, Interest, Regime, Rule
from tidewaiter.ownership.stakes import Flags, Graph, Ints, Layer, Parts

Answer = Literal["listed", "blocked", "possibly", "not_blocked", "unknown"]


class Listed(msgspec.Struct, frozen=True):
    """Parties that are listed in a regime's scope.

    ``certain`` by an identifier or a person's judgement, ``possible`` by name alone.
    ``groups`` are sets of them that act jointly, where a rule looks at each alone.
    """

    certain: frozenset[str]
    possible: frozenset[str] = frozenset()
    groups: tuple[frozenset[str], ...] = ()


class Contribution(msgspec.Struct, frozen=True):
    """A stake that counts: whose, how much at least and at most (parts per million).

    ``round`` is that of the owner, 0 for a listed one; ``rows`` of the table given print it.
    """

    owner: str
    interest: Interest
    low: int
    high: int
    round: int
    rows: tuple[int, ...]


class Verdict(msgspec.Struct, frozen=True):
    """The answer for one company.

    ``low`` and ``high``: what listed owners, directly or through companies that the rule
    reaches, hold at least and at most, of the interest that says most; ``unresolved``: what
    nobody is on record for. ``by`` is what the verdict rests on, the largest stake first.
    """

    company: str
    answer: Answer
    round: int
    low: int
    high: int
    unresolved: int
    by: tuple[Contribution, ...]


class Outcome(msgspec.Struct, frozen=True):
    """The verdicts of every node of a graph under a rule; rounds are -1 where not reached."""

    regime: Regime
    rule: Rule
    graph: Graph
    certain: Ints
    possible: Ints
    clear: Flags

    def answer(self, node: int) -> Answer:
        """The verdict on one node."""
        if self.certain[node] == 0:
            return "listed"
        if self.certain[node] > 0:
            return "blocked"
        if self.possible[node] >= 0:
            return "possibly"
        return "not_blocked" if self.clear[node] else "unknown"

    def reached(self) -> Ints:
        """Nodes that are blocked, or possibly, in order of their ids."""
        found = np.flatnonzero(np.maximum(self.certain, self.possible) > 0)
        order = np.argsort(np.asarray(self.graph.nodes.take(pa.array(found)), object))
        return found[order].astype(np.int32)

    def verdict(self, node: int) -> Verdict:
        """The verdict on one node with its stakes."""
        answer = self.answer(node)
        rounds = self.certain if answer == "blocked" else self.possible
        by: list[Contribution] = []
        sums: list[tuple[int, int, int]] = [(0, 0, WHOLE)]
        for interest, layer in zip(
            self.rule.interests, self.graph.layers(self.rule.interests), strict=True
        ):
            stakes = layer.into(node)
            counted = [at for at in stakes if self._counts(layer, at, node, rounds)]
            low = sum(int(layer.low[at]) for at in counted)
            known = sum(int(layer.low[at]) for at in stakes)
            high = min(sum(int(layer.high[at]) for at in counted), WHOLE - (known - low))
            sums.append((low, max(low, high), max(0, WHOLE - known)))
            by += [self._contribution(layer, at, interest, rounds) for at in counted]
        low, high, _ = max(sums)
        return Verdict(
            company=self.graph.nodes[node].as_py(),
            answer=answer,
            round=int(max(rounds[node], 0)),
            low=low,
            high=high,
            unresolved=min(unresolved for _, _, unresolved in sums),
            by=tuple(sorted(by, key=lambda c: (c.interest, -c.low, -c.high, c.owner))),
        )

    def _counts(self, layer: Layer, stake: int, node: int, rounds: Ints) -> bool:
        """Whether the owner was reached before the company: a derivation has no circles."""
        owner = layer.owner[stake]
        before = rounds[owner] < rounds[node] or rounds[node] == NOT
        return bool(owner != node and rounds[owner] >= 0 and before)

    def _contribution(
        self, layer: Layer, stake: int, interest: Interest, rounds: Ints
    ) -> Contribution:
        return Contribution(
            owner=self.graph.nodes[int(layer.owner[stake])].as_py(),
            interest=interest,
            low=int(layer.low[stake]),
            high=int(layer.high[stake]),
            round=int(rounds[layer.owner[stake]]),
            rows=tuple(layer.rows_of(stake)),
        )


class _Edges(msgspec.Struct, frozen=True):
    """Stakes of all interests of a rule by owner, ready for the compiled steps."""

    slots: int
    slot: Ints
    owner: Ints
    low: Parts
    high: Parts
    dated: Flags
    offsets: Parts
    owned: Parts


def verdicts(
    graph: Graph, regime: Regime, day: datetime.date, listed: Listed, people: Sequence[str] = ()
) -> Outcome | None:
    """The outcome under the rule of ``day``; ``None`` where there is none, or it is suspended.

    ``people`` are natural persons that the case knows as such: those that are not listed are
    clear owners. The order of stakes and parties makes no difference.
    """
    rule = regime.rule(day)
    if rule is None or rule.state != "in_force":
        return None
    edges = _edges(graph, rule)
    certain = _places(graph, listed.certain)
    possible = np.union1d(certain, _places(graph, listed.possible)).astype(np.int32)
    blocked = _reached(edges, rule, certain, _groups(graph, listed, certain), most=False)
    maybe = _reached(edges, rule, possible, _groups(graph, listed, possible), most=True)
    barred = maybe >= 0
    if regime.unknown_share:
        open_share = (edges.low < edges.high) & (maybe[edges.owner] >= 0)
        barred[edges.slot[open_share] // edges.slots] = True
    clear = _cleared(edges, rule, _places(graph, people), barred)
    return Outcome(regime, rule, graph, blocked, maybe, clear & ~barred)


def _places(graph: Graph, ids: Sequence[str] | frozenset[str]) -> Ints:
    return np.sort(graph.places(pa.array(sorted(ids), pa.string())))


def _groups(graph: Graph, listed: Listed, roots: Ints) -> list[Ints]:
    """Each listed party alone, but those that act jointly together."""
    joint = [np.intersect1d(_places(graph, each), roots).astype(np.int32) for each in listed.groups]
    alone = np.setdiff1d(roots, np.concatenate([*joint, np.empty(0, np.int32)]))
    return [each for each in joint if len(each)] + [np.array([each], np.int32) for each in alone]


def _edges(graph: Graph, rule: Rule) -> _Edges:
    layers = graph.layers(rule.interests)
    slots = len(layers)
    owner = np.concatenate([each.owner for each in layers])
    slot = np.concatenate([each.company * slots + at for at, each in enumerate(layers)])
    low = np.concatenate([each.low for each in layers])
    order = np.argsort(owner, kind="stable")
    size = len(graph.nodes)
    owned = np.zeros(size * slots, np.int64)
    np.add.at(owned, slot, low)
    return _Edges(
        slots=slots,
        slot=slot[order].astype(np.int32),
        owner=owner[order],
        low=low[order],
        high=np.concatenate([each.high for each in layers])[order],
        dated=np.concatenate([each.dated for each in layers])[order],
        offsets=np.searchsorted(owner[order], np.arange(size + 1)).astype(np.int64),
        owned=owned,
    )


def _reached(edges: _Edges, rule: Rule, roots: Ints, groups: list[Ints], *, most: bool) -> Ints:
    """The round in which each node is reached, by what is certain or by the most there may be."""
    size = len(edges.offsets) - 1
    nobody = np.zeros(size, np.bool_)  # is out of reach
    rounds = np.full(size, NOT, np.int32)
    owned = edges.owned if most else np.full(len(edges.owned), -1, np.int64)
    columns = (edges.slot, edges.low, edges.high)
    whole = (edges.slots, owned)
    if rule.aggregate == "all":
        sums, room = np.zeros((2, len(owned)), np.int64)
        reach(roots, columns, edges.offsets, whole, rule.needed, 1, nobody, rounds, sums, room)
        return rounds
    sizes = np.cumsum([0, *map(len, groups)]).astype(np.int64)
    members = np.concatenate([*groups, np.empty(0, np.int32)]).astype(np.int32)
    reach_each(members, sizes, columns, edges.offsets, whole, rule.needed, nobody, rounds)
    return rounds


def _cleared(edges: _Edges, rule: Rule, people: Ints, barred: Flags) -> Flags:
    """Companies of which owners that are clear hold so much that the rest is too little."""
    roots = people[~barred[people]]
    low = np.where(edges.dated, edges.low, 0)
    rounds = np.full(len(barred), NOT, np.int32)
    sums, room = np.zeros((2, len(edges.owned)), np.int64)
    whole = (edges.slots, np.full(len(edges.owned), -1, np.int64))
    needed = WHOLE - rule.needed + 1
    columns = (edges.slot, low, edges.high)
    reach(roots, columns, edges.offsets, whole, needed, edges.slots, barred, rounds, sums, room)
    found: Flags = rounds > 0
    return found
