"""Decimals become whole numbers exactly, and come back exactly."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewaiter.model.money import LARGEST, decimal, plain, scaled


@pytest.mark.parametrize(
    ("text", "hundredths"),
    [
        ("1", 100), ("0.07", 7), ("12.3", 1230), ("-3", -300), ("+2", 200), ("1e5", 10_000_000),
        ("92233720368547758.07", LARGEST), ("1.005", 100), ("1.015", 102), ("1e-99", 0),
    ],
)  # fmt: skip
def test_hundredths(text: str, hundredths: int) -> None:
    """Exact, also where a float would not be; more decimals round half to even."""
    assert scaled(text, 2) == hundredths


@pytest.mark.parametrize(
    "text",
    ["", "NaN", "Infinity", "-inf", "1,5", "1 000", "1_000", ".5", "5.", "0x10", "٣", "1e99",
     "92233720368547758.08", "1e999999999"],
)  # fmt: skip
def test_what_is_no_kept_number_is_nothing(text: str) -> None:
    """No infinities, separators or other digits, nothing beyond 64 bits."""
    assert scaled(text, 2) is None


@given(st.integers(min_value=-LARGEST, max_value=LARGEST), st.integers(0, 6))
def test_text_and_number_are_inverse(value: int, places: int) -> None:
    """What is written is read as the same number."""
    assert scaled(plain(value, places), places) == value


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=0, max_value=10**12, places=3))
def test_the_quick_way_agrees_with_the_exact_one(number: Decimal) -> None:
    """Ordinary numbers take a short cut that gives what decimals give."""
    assert scaled(f"{number:f}", 3) == int(number * 1000)


@given(st.text(max_size=30))
def test_any_text_has_an_answer(text: str) -> None:
    """Reading is total."""
    assert (scaled(text, 0) is None) or decimal(text) is not None
