"""The sums behind ``fit_screening``: rows of measures to weights, and how good they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from bench.screening import measures
from tidewaiter.screen.features import FEATURES, measured
from tidewaiter.screen.model import Calibration

WEIGHTS = {"alias": 1.0, "cross": 3.0, "error": 1.5, "unlisted": 1.0, "pair": 2.0}
SHRINKAGE = 1e-4
EVERY_THIRD = 3  # of the groups, by hash, are kept for the calibration

Floats = npt.NDArray[np.float64]


class Row(msgspec.Struct, frozen=True):
    """Where a pair of names comes from.

    ``stands_for``: how many wrong parties it speaks for, since those of the other side are
    left out; ``query`` numbers the names that no list has, else -1.
    """

    label: int
    tag: str
    group: int
    stands_for: float = 1.0
    query: int = -1


class Sample(msgspec.Struct):
    """Rows of measures and where they come from; held ones calibrate and are not fitted on."""

    measures: list[Floats] = []
    rows: list[Row] = []

    def add(self, facts: Floats, row: Row) -> None:
        """One pair of names."""
        self.measures.append(measured(facts.reshape(1, -1))[0])
        self.rows.append(row)

    def table(self) -> Table:
        """As arrays."""
        rows = self.rows
        return Table(
            measures=np.array(self.measures),
            labels=np.array([row.label for row in rows], float),
            counts=np.array([row.stands_for for row in rows]),
            weights=np.array([WEIGHTS[row.tag] * row.stands_for for row in rows]),
            pairs=np.array([float(row.tag == "pair") for row in rows]),
            held=np.array([(row.group >> 1) % EVERY_THIRD == 0 for row in rows], bool),
            unlisted=np.array([row.query if row.tag == "unlisted" else -1 for row in rows]),
            tags=np.array([row.tag for row in rows]),
        )


class Table(msgspec.Struct, frozen=True):
    """A sample as arrays, a row each."""

    measures: Floats
    labels: Floats
    counts: Floats
    weights: Floats
    pairs: Floats
    held: npt.NDArray[np.bool_]
    unlisted: npt.NDArray[np.int64]
    tags: npt.NDArray[np.str_]


class Fitted(msgspec.Struct, frozen=True):
    """Weights, the base, and the shift of pairs of names alone."""

    weights: Floats
    base: float
    shift: float

    def totals(self, table: Table) -> Floats:
        """The sum of log-odds of each row."""
        found: Floats = table.measures @ self.weights + self.base + self.shift * table.pairs
        return found


def fit(table: Table) -> Fitted:
    """Weights, base and the shift of pairs, on the rows that are not held."""
    train = ~table.held
    rows = table.measures[train]
    extra = np.column_stack([np.ones(len(rows)), table.pairs[train]])
    signs = [(0.0, None) if f.sign > 0 else (None, 0.0) for f in FEATURES] + [(None, None)] * 2
    found = logistic(
        np.hstack([rows, extra]), table.labels[train], table.weights[train], signs, free=2
    )
    return Fitted(found[:-2], float(found[-2]), float(found[-1]))


def logistic(
    rows: Floats,
    labels: Floats,
    weights: Floats,
    bounds: Sequence[Any],
    free: int,
    offset: Any = 0.0,
) -> Floats:
    """Weights within ``bounds``; the last ``free`` of them are not shrunk."""
    shrunk = np.ones(rows.shape[1])
    shrunk[rows.shape[1] - free :] = 0.0

    def loss(theta: Floats) -> tuple[float, Floats]:
        z = rows @ theta + offset
        wrong = np.logaddexp(0.0, -z * (2 * labels - 1))
        slope = weights * (1.0 / (1.0 + np.exp(-z)) - labels)
        size = weights.sum()
        return (
            float((weights * wrong).sum() / size + SHRINKAGE * (shrunk * theta**2).sum()),
            rows.T @ slope / size + 2 * SHRINKAGE * shrunk * theta,
        )

    start = np.array(
        [
            low if low is not None and low > 0 else high if high is not None and high < 0 else 0.0
            for low, high in bounds
        ]
    )
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x)


def calibrate(table: Table, found: Fitted) -> Calibration:
    """Platt's slope and shift on the held rows."""
    held = table.held
    totals = found.totals(table)[held]
    rows = np.column_stack([totals, np.ones(len(totals))])
    bounds = [(0.05, None), (None, None)]
    theta = logistic(rows, table.labels[held], table.counts[held], bounds, free=2)
    return Calibration(round(float(theta[0]), 3), round(float(theta[1]), 3))


def best_shift(table: Table, found: Fitted) -> float:
    """What has to be added to pairs of names alone for 0.5 to part them best (F1)."""
    chosen = table.pairs > 0
    totals = table.measures[chosen] @ found.weights + found.base
    labels = table.labels[chosen] > 0
    best = max(np.unique(totals), key=lambda cut: (_f1(totals >= cut, labels), -cut))
    below = totals[totals < best]
    return float(-(best + (below.max() if len(below) else best)) / 2)


def too_high(table: Table, found: Fitted, alarms: float) -> float:
    """What has to be taken off for at most ``alarms`` of the unlisted names to match."""
    totals = table.measures @ found.weights + found.base
    asked = table.unlisted >= 0
    best: dict[int, float] = {}
    for query, total in zip(table.unlisted[asked], totals[asked], strict=True):
        best[int(query)] = max(float(total), best.get(int(query), -np.inf))
    ranked = sorted(best.values(), reverse=True)
    return max(0.0, ranked[int(alarms * len(ranked))]) if ranked else 0.0


def _f1(said: npt.NDArray[np.bool_], labels: npt.NDArray[np.bool_]) -> float:
    right = int((said & labels).sum())
    return 2 * right / max(1, int(said.sum() + labels.sum()))


def told(table: Table, found: Fitted) -> dict[str, dict[str, float]]:
    """What is right on the rows fitted on and on the held ones, by where they come from."""
    totals = found.totals(table)
    figures: dict[str, dict[str, float]] = {}
    for side, chosen in (("fitted on", ~table.held), ("held", table.held)):
        for tag in ("all", *WEIGHTS):
            part = chosen & ((table.tags == tag) | (tag == "all"))
            if part.any():
                figures[f"{tag}, {side}"] = _quality(table, totals, part)
    return figures


def _quality(table: Table, totals: Floats, part: npt.NDArray[np.bool_]) -> dict[str, float]:
    z, labels, counts = totals[part], table.labels[part], table.counts[part]
    said, true = z >= 0, labels > 0
    loss = np.logaddexp(0.0, -z * (2 * labels - 1))
    both = true.any() and not true.all()
    figures = {
        "rows": float(part.sum()),
        "true": float(true.sum()),
        "log-loss": float((loss * counts).sum() / counts.sum()),
        "AUC": measures.auc(z.tolist(), true.tolist()) if both else 0.0,
        "true above 0.5": float(said[true].mean()) if true.any() else 0.0,
        "false above 0.5": float(said[~true].mean()) if (~true).any() else 0.0,
    }
    return {name: round(value, 4) for name, value in figures.items()}
