"""Figures from scores: recall at a rate of false positives, F1, AUC, ties."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

Floats = npt.NDArray[np.float64]


def threshold_at(false: Sequence[float], queries: int, rate: float) -> float:
    """The score above which there are at most ``rate`` false positives a query."""
    ranked = sorted(false, reverse=True)
    allowed = int(rate * queries)
    return ranked[allowed] if allowed < len(ranked) else 0.0


def recall_above(best: Sequence[float], threshold: float) -> float:
    """The share of queries whose true party scores above ``threshold``."""
    return sum(score > threshold for score in best) / max(1, len(best))


def f1(scores: Sequence[float], labels: Sequence[bool], threshold: float) -> float:
    """F1 of calling everything from ``threshold`` a match."""
    said = np.array(scores) >= threshold
    true = np.array(labels, bool)
    right = int((said & true).sum())
    return 2 * right / max(1, int(said.sum() + true.sum()))


def best_threshold(scores: Sequence[float], labels: Sequence[bool]) -> float:
    """The threshold with the best F1; the lowest of equal ones."""
    return max(sorted(set(scores)), key=lambda cut: (f1(scores, labels, cut), -cut))


def auc(scores: Sequence[float], labels: Sequence[bool]) -> float:
    """The chance that a true pair scores above a false one; ties count half."""
    true = np.array(labels, bool)
    ranks = rankdata(scores)
    yes, no = int(true.sum()), int((~true).sum())
    return float((ranks[true].sum() - yes * (yes + 1) / 2) / (yes * no))


def folded_thresholds(
    scores: Sequence[float], labels: Sequence[bool], groups: Sequence[int]
) -> list[float]:
    """For each row the threshold that is best on the rows of the other groups."""
    cuts = {}
    for group in sorted(set(groups)):
        rest = [at for at, each in enumerate(groups) if each != group]
        cuts[group] = best_threshold([scores[at] for at in rest], [labels[at] for at in rest])
    return [cuts[group] for group in groups]


def folded_f1(scores: Sequence[float], labels: Sequence[bool], groups: Sequence[int]) -> float:
    """F1 over all rows, each called by the threshold that is best on the other groups."""
    cuts = folded_thresholds(scores, labels, groups)
    said = [float(score >= cut) for score, cut in zip(scores, cuts, strict=True)]
    return f1(said, labels, 0.5)


def most_frequent(scores: Sequence[float]) -> float:
    """The share that the most frequent value has."""
    counted = Counter(scores).most_common(1)
    return counted[0][1] / len(scores) if counted else 0.0
