"""Pairs that belong together, as clusters: connected components, in a fixed order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable


def clusters(
    pairs: Iterable[tuple[str, str]], apart: Iterable[tuple[str, str]] = ()
) -> list[list[str]]:
    """Every group of ids that ``pairs`` connect, each sorted, sorted by first member.

    A pair that would put two ids of ``apart`` into one group connects nothing: who says that
    two are not the same is not overridden by a chain of others who are.
    """
    against: dict[str, set[str]] = defaultdict(set)
    for left, right in apart:
        against[left].add(right)
        against[right].add(left)
    parent: dict[str, str] = {}
    guarded = {member: {member} for member in against}  # by who stands for their cluster
    for left, right in pairs:
        low, high = sorted((_root(parent, left), _root(parent, right)))
        ours, theirs = guarded.get(low, set()), guarded.get(high, set())
        if any(against[each] & theirs for each in ours):
            continue
        parent[high] = low  # the smallest member stands for its cluster
        if theirs:
            guarded[low] = ours | theirs
    groups: dict[str, list[str]] = defaultdict(list)
    for member in sorted(parent):
        groups[_root(parent, member)].append(member)
    return [groups[name] for name in sorted(groups)]


def _root(parent: dict[str, str], member: str) -> str:
    """The member that stands for its cluster; the path to it is halved on the way."""
    parent.setdefault(member, member)
    while parent[member] != member:
        parent[member] = parent[parent[member]]
        member = parent[member]
    return member
