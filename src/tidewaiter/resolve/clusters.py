"""Pairs that belong together, as clusters: connected components, in a fixed order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable


def clusters(pairs: Iterable[tuple[str, str]]) -> list[list[str]]:
    """Every group of ids that ``pairs`` connect, each sorted, sorted by first member."""
    parent: dict[str, str] = {}
    for left, right in pairs:
        low, high = sorted((_root(parent, left), _root(parent, right)))
        parent[high] = low  # the smallest member stands for its cluster
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
