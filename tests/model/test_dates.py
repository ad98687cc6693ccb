"""Dates keep their precision, and a period is known on its last day."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewaiter.model.dates import is_before, iso_date, last_day


@pytest.mark.parametrize("text", ["2023", "2023-04", "2023-04-17", "2024-02-29", " 2023 "])
def test_iso_prefixes_keep_their_precision(text: str) -> None:
    """A year stays a year; only blanks around it go."""
    assert iso_date(text) == text.strip()


@pytest.mark.parametrize(
    "text",
    ["", "23", "2023-4-1", "2023-13", "2023-02-29", "17.04.2023", "2023-04-17T10:00", "٢٠٢٣"],
)
def test_what_is_no_iso_date_is_nothing(text: str) -> None:
    """No other order of day and month is guessed."""
    assert iso_date(text) is None
    assert last_day(text) is None


def test_a_period_ends_on_its_last_day() -> None:
    """``2023`` is known on 31 December, a leap February on the 29th."""
    assert last_day("2023") == datetime.date(2023, 12, 31)
    assert last_day("2024-02") == datetime.date(2024, 2, 29)
    assert last_day("2023-04-17") == datetime.date(2023, 4, 17)


def test_order_is_judged_at_the_precision_both_have() -> None:
    """A year does not end before one of its months starts; an earlier one does."""
    assert not is_before("2023", "2023-05")
    assert not is_before("2023-05", "2023")
    assert is_before("2022", "2023-05")
    assert is_before("2023-04-30", "2023-05")


@given(st.text(max_size=12))
def test_any_text_has_an_answer(text: str) -> None:
    """Reading is total, and both functions agree on what is a date."""
    assert (iso_date(text) is None) == (last_day(text) is None)


@given(st.dates(min_value=datetime.date(1000, 1, 1), max_value=datetime.date(2999, 12, 31)))
def test_every_day_is_its_own_last_day(day: datetime.date) -> None:
    """A day comes back as itself, its month and year end no earlier."""
    text = day.isoformat()
    assert last_day(text) == day
    ends = [last_day(text[:7]), last_day(text[:4])]
    assert all(end is not None and end >= day for end in ends)
