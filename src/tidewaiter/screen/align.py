"""Which word of one name answers which word of the other.

Equal after folding, or of the same concept: they answer fully. Both long and nearly
equal: they answer nearly. A word that merely continues another one does not, unless by
the ending of a plural or a case: Velkon and Velkond are two names, not a misprint.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from rapidfuzz.distance import OSA

from tidewaiter.screen.rules import rules
from tidewaiter.text import Term


class Pair(msgspec.Struct, frozen=True, gc=False):
    """Two terms by position, and how far they answer one another (0-1)."""

    left: int
    right: int
    likeness: float


def likeness(left: str, right: str) -> float:
    """1 for equal comparable forms, 0 for different words, between for near spellings."""
    if left == right:
        return 1.0
    shorter, longer = sorted((left, right), key=len)
    edits = rules().edits(len(shorter))
    if not edits or len(longer) - len(shorter) > edits:
        return 0.0
    if not (left.isalpha() and right.isalpha()):
        return 0.0  # digits number plants and models: one digit is another one
    if longer.startswith(shorter) and longer[len(shorter) :] not in rules().endings:
        return 0.0
    found = OSA.distance(left, right, score_cutoff=edits)
    return 0.0 if found > edits else 1.0 - found / len(shorter)


def align(left: Sequence[Term], right: Sequence[Term]) -> list[Pair]:
    """The best answer for each term that has one, equal ones first; each used once.

    The result is the same, mirrored, when the names change places.
    """
    if _order(right) < _order(left):
        return [Pair(p.right, p.left, p.likeness) for p in _aligned(right, left)]
    return _aligned(left, right)


def _order(terms: Sequence[Term]) -> tuple[int, list[tuple[str, ...]]]:
    return len(terms), [term.keys for term in terms]


def _aligned(left: Sequence[Term], right: Sequence[Term]) -> list[Pair]:
    positions: dict[str, int] = {}
    for at, term in enumerate(right):
        for key in term.keys:
            positions.setdefault(key, at)
    used: set[int] = set()
    pairs: list[Pair] = []
    rest: list[int] = []
    for at, term in enumerate(left):
        found = next((p for k in term.keys if (p := positions.get(k)) is not None), None)
        if found is None or found in used:
            rest.append(at)
        else:
            used.add(found)
            pairs.append(Pair(at, found, 1.0))
    if rest and len(used) < len(right):
        pairs += _near(left, right, rest, used)
    return pairs


def _near(
    left: Sequence[Term], right: Sequence[Term], rest: Sequence[int], used: set[int]
) -> list[Pair]:
    shortest = rules().one_edit_from
    ours = [at for at in rest if _is_long(left[at], shortest)]
    theirs = [at for at, t in enumerate(right) if at not in used and _is_long(t, shortest)]
    options = [
        (-alike, left[a].key, right[b].key, a, b)
        for a in ours
        for b in theirs
        if (alike := likeness(left[a].key, right[b].key))
    ]
    pairs: list[Pair] = []
    taken_left: set[int] = set()
    taken_right: set[int] = set()
    for negative, _, _, a, b in sorted(options):
        if a not in taken_left and b not in taken_right:
            taken_left.add(a)
            taken_right.add(b)
            pairs.append(Pair(a, b, -negative))
    return pairs


def _is_long(term: Term, shortest: int) -> bool:
    return term.kind is None and len(term.key) >= shortest
