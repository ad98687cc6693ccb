"""How alike two folded words are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewaiter.screen.likeness import CONSONANTS, ENDING, likeness
from tidewaiter.screen.search import endings

WORDS = st.text(st.sampled_from("abdegiklmnoprstuvz0123"), min_size=1, max_size=60)


def alike(left: str, right: str) -> float:
    """The likeness of two words."""
    one, other = (np.frombuffer(word.encode(), np.uint8) for word in (left, right))
    scratch = np.zeros((3, 64), np.int64)
    return float(likeness(one, 0, len(one), other, 0, len(other), endings(), scratch))


@pytest.mark.parametrize(
    ("left", "right", "least", "most"),
    [
        ("velkon", "velkon", 1, 1),
        ("velkon", "velkno", 0.8, 0.9),  # neighbours swapped: one edit
        ("velkon", "velkin", 0.8, 0.9),
        ("zavod", "zavodi", ENDING, ENDING),  # the ending of a case
        ("velkon", "velkond", 0.6, 0.7),  # goes on: another name
        ("elektropribor", "elektropribir", 0.9, 0.95),
        ("elektropribor", "elktrprbr", CONSONANTS, CONSONANTS),
        ("velkonov", "velkonin", 0, 0),  # two edits in eight letters
        ("oka", "oko", 0, 0),  # three letters are equal or they are not
        ("plant31", "plant32", 0, 0),  # digits number plants
        ("velkon", "omsk", 0, 0),
    ],
)
def test_likeness(left: str, right: str, least: float, most: float) -> None:
    """Misprints are near, other words are not, and a word that goes on is another word."""
    assert least <= alike(left, right) <= most


@given(WORDS, WORDS)
def test_likeness_is_symmetric_and_bounded(left: str, right: str) -> None:
    """Which word comes first makes no difference; only equal words are wholly alike."""
    found = alike(left, right)
    assert found == alike(right, left)
    assert 0 <= found <= 1
    assert (found == 1) == (left[:48] == right[:48])
