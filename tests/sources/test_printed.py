"""Printed cells: several values, worded dates and adjectives, without a guess."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewaiter.sources.printed import countries, day, values


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("", []), ("a; b", ["a", "b"]), ('"a; b"; c', ["a; b", "c"]), ("a;a; ", ["a"]),
        ('"say ""x"""; y', ['say "x"', "y"]), ('a "b', ['a "b']), ('"a"b; c', ['"a"b; c']),
    ],
)  # fmt: skip
def test_values_of_a_cell(cell: str, found: list[str]) -> None:
    """Semicolons part them, quotes protect them, a broken quote leaves the cell whole."""
    assert values(cell) == found


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("28.2.2011", "2011-02-28"), ("2 December 1985", "1985-12-02"),
        ("26 Feb. 2011", "2011-02-26"),         ("11 Sept. 2018", "2018-09-11"), ("2011", "2011"),
        ("2011-02", "2011-02"), ("May 1970", "1970-05"),
        ("Approximately 1952", None), ("31.2.2011", None), ("1.2.11", None), ("", None),
    ],
)  # fmt: skip
def test_days(text: str, iso: str | None) -> None:
    """Every shape of the format, at its own precision; the rest stays as printed."""
    assert day(text) == iso


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Russian", ["RU"]), ("Myanmar/Burma", ["MM"]), ("Syrian/Lebanese", ["SY", "LB"]),
        ("Ukrainian and Russian", ["UA", "RU"]), ("(a) Algerian (b) German", ["DZ", "DE"]),
        ("Indonesian (as at December 2003)", ["ID"]), ("Congolese", []), ("Russian, Martian", []),
    ],
)  # fmt: skip
def test_countries(text: str, codes: list[str]) -> None:
    """Names and adjectives; where one part is unclear, none is taken."""
    assert countries(text) == codes


@given(st.text(max_size=40))
def test_any_text(text: str) -> None:
    """All three are total."""
    values(text)
    day(text)
    countries(text)
