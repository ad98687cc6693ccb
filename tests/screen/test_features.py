"""The features, their order and the file of their weights."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from tidewaiter.screen.facts import COLUMNS, Fact
from tidewaiter.screen.features import FEATURES, measured
from tidewaiter.screen.kinds import KINDS, Kind
from tidewaiter.screen.model import contributions, log_odds, model, probability, score

RNG = np.random.default_rng(7)


def some_facts(rows: int = 50) -> npt.NDArray[np.float64]:
    """Invented facts, every column filled."""
    facts = RNG.random((rows, COLUMNS)) * 3
    facts[:, Fact.FORMS] = RNG.integers(-1, 2, rows)
    return facts


def test_measures_are_in_the_order_of_the_list() -> None:
    """The compiled measures stand in the order of FEATURES, one column each."""
    facts = some_facts()
    columns = measured(facts)
    for at, feature in enumerate(FEATURES):
        assert columns[:, at].tolist() == [feature.measure(row) for row in facts], feature.name


def test_every_feature_says_what_it_measures() -> None:
    """A feature's docstring is one sentence, and no two say the same."""
    said = [feature.sentence for feature in FEATURES]
    assert len(set(said)) == len(FEATURES)
    assert all(s.startswith(("how ", "whether ")) and "\n" not in s for s in said)


@pytest.mark.parametrize("kind", KINDS)
def test_weights_keep_their_sign(kind: Kind) -> None:
    """The file names only features that are there, and no weight means the reverse."""
    signs = {feature.name: feature.sign for feature in FEATURES}
    known = model().names[kind].weights
    assert known.keys() <= signs.keys()
    assert all(value * signs[name] > 0 for name, value in known.items())


@pytest.mark.parametrize("kind", KINDS)
def test_contributions_add_up(kind: Kind) -> None:
    """Base and contributions are the sum that a score is made of."""
    for row in some_facts(5):
        total = model().names[kind].base + sum(added for added, _ in contributions(row, kind))
        assert total == pytest.approx(float(log_odds(row.reshape(1, -1), kind)[0]))


def test_probability_keeps_the_order() -> None:
    """A higher score never has a lower probability, and both stay inside 0 and 1."""
    scores = [score(total) for total in np.linspace(-40, 40, 400)]
    for kind in KINDS:
        found = [probability(each, kind) for each in scores]
        assert found == sorted(found)
        assert 0 <= found[0] <= found[-1] <= 1
