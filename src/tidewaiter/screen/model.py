"""From facts to a score: the weights of ``model.yml``, and what each feature adds.

A score is a logistic sum: a base and, for every feature, its weight times its measure, on
the scale of log-odds. What else is known of both parties adds to the sum by the weights of
``evidence``. The probability is the score carried over to the share of pairs that were one
party at that score among held-out pairs; it keeps the order. ``bench/fit_screening.py``
fits the file and says on what.
"""

from __future__ import annotations

import math
from functools import cache
from importlib import resources

import msgspec
import msgspec.yaml
import numpy as np
import numpy.typing as npt

from tidewaiter.screen.features import FEATURES, Feature, measured
from tidewaiter.screen.kinds import Kind

Floats = npt.NDArray[np.float64]
LEAST = -30.0  # log-odds of a pair that shares nothing


class Weights(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of one kind of names: log-odds of nothing known, and of a full measure of each feature."""

    base: float
    weights: dict[str, float]


class Calibration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Log-odds of the probability: ``slope`` times those of the score, plus ``shift``."""

    slope: float
    shift: float


class Evidence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Log-odds that each thing besides the name adds."""

    country_agrees: float
    country_conflicts: float
    address_agrees: float
    birth_date_agrees: float
    birth_year_agrees: float
    birth_date_near: float
    birth_date_conflicts: float
    place_agrees: float
    place_unknown: float
    place_conflicts: float


class Model(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of ``model.yml``. ``pairs`` is added where two names are compared alone."""

    names: dict[Kind, Weights]
    evidence: Evidence
    probability: dict[Kind, Calibration]
    pairs: dict[Kind, float]


@cache
def model() -> Model:
    """The content of ``model.yml``."""
    text = resources.files(__package__).joinpath("model.yml").read_text("utf-8")
    return msgspec.yaml.decode(text, type=Model)


@cache
def _vector(kind: Kind) -> tuple[float, Floats]:
    known = model().names[kind]
    return known.base, np.array([known.weights.get(f.name, 0.0) for f in FEATURES])


def log_odds(facts: Floats, kind: Kind) -> Floats:
    """The sum for each row of facts."""
    base, weights = _vector(kind)
    # Element by element: a product of matrices rounds differently from machine to machine.
    total: Floats = base + (measured(facts) * weights).sum(axis=1)
    return total


def contributions(facts: Floats, kind: Kind) -> list[tuple[float, Feature]]:
    """What each feature takes from or adds to one row of facts, the least first."""
    _, weights = _vector(kind)
    added = measured(facts.reshape(1, -1))[0] * weights
    return sorted(zip(added.tolist(), FEATURES, strict=True), key=lambda each: each[0])


def score(total: float) -> float:
    """A sum of log-odds as a score (0-1)."""
    return 1.0 / (1.0 + math.exp(-max(LEAST, total)))


def probability(found: float, kind: Kind) -> float:
    """The share of pairs with this score (below 1) that were one party, four places."""
    inner = min(max(found, 1e-9), 1 - 1e-9)
    known = model().probability[kind]
    return round(score(known.slope * math.log(inner / (1 - inner)) + known.shift), 4)
