"""Every kind of cell: a value or a reason, column by column as cell by cell."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewaiter.sources.cells import convert, parser, reason
from tidewaiter.store.tables import Column, Kind

KINDS = get_args(Kind)


def column(kind: Any, **more: Any) -> Column:
    """A column called ``c``."""
    return Column("c", kind, "", **more)


def one(kind: Any, text: str, **more: Any) -> tuple[Any, str]:
    """Value and reason of a single cell."""
    converted = convert(column(kind, **more), [text])
    return converted.arrays["c"].to_pylist()[0], converted.bad.get(0, "")


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("text", "  a b ", "a b"), ("texts", "a; b ;c", ["a", "b", "c"]),
        ("texts", "a;;b", ["a", "b"]),
        ("country", "Россия", "RU"), ("countries", "PL; Литва", ["PL", "LT"]),
        ("date", "2023-04", "2023-04"), ("hs", "8542.31", "854231"), ("hs", "total", "TOTAL"),
        ("money", "1234.56", 123_456), ("money", "1e3", 100_000), ("quantity", "0.125", 125),
        ("percent", "33.3333", 333_333), ("percent", "100", 1_000_000), ("count", "7", 7),
        ("rate", "0.00219", Decimal("0.002190000000")), ("currency", "usd", "USD"),
    ],
)  # fmt: skip
def test_values(kind: str, text: str, value: Any) -> None:
    """Each kind as FORMATS writes it, and as people do."""
    assert one(kind, text) == (value, "")


@pytest.mark.parametrize(
    ("kind", "text", "why"),
    [
        ("texts", ";", "no value"), ("country", "Atlantis", "no country"),
        ("countries", "PL; Atlantis", "not known"), ("date", "1.2.2023", "not a date"),
        ("hs", "8", "2 to 10"), ("hs", "12345678901", "2 to 10"),
        ("money", "1,234.56", "written as"),
        ("money", "-1", "negative"), ("money", "NaN", "written as"), ("money", "1e40", "too large"),
        ("quantity", "-0.5", "negative"), ("percent", "101", "0 to 100"),
        ("percent", "-1", "negative"),
        ("count", "1.5", "whole"), ("count", "-3", "negative"), ("rate", "0", "zero"),
        ("currency", "dollar", "ISO 4217"),
    ],
)  # fmt: skip
def test_reasons(kind: str, text: str, why: str) -> None:
    """What cannot be read is nothing, and says why."""
    value, said = one(kind, text)
    assert value is None
    assert why in said


def test_choices_ignore_case_and_name_the_options() -> None:
    """``Import`` is ``import``; anything else is told what there is."""
    options = ("import", "export")
    assert one("choice", "Import", options=options) == ("import", "")
    assert one("choice", "both", options=options)[1] == "not one of import, export"


def test_empty_is_unknown_unless_required_or_given_a_default() -> None:
    """Never zero: null, a reason, or the default of the format."""
    assert one("money", " ") == (None, "")
    assert one("money", "", required=True)[1] == "required, but empty"
    assert one("choice", "", options=("shares", "votes"), default="shares") == ("shares", "")


def test_dates_have_a_day_beside_them() -> None:
    """The day is the last of the period."""
    arrays = convert(column("date"), ["2023-02", ""]).arrays
    assert arrays["c_day"].to_pylist() == [datetime.date(2023, 2, 28), None]


@given(
    kind=st.sampled_from([kind for kind in KINDS if kind != "choice"]),
    cells=st.lists(st.text(alphabet="0123456789.-eE+;, aRUé", max_size=8), min_size=1, max_size=8),
)
def test_columns_are_read_as_their_cells_are(kind: Any, cells: list[str]) -> None:
    """Whole columns take short cuts; they give what each cell alone would give."""
    whole = convert(column(kind), cells)
    singly = [convert(column(kind), [cell]) for cell in cells]
    assert whole.arrays["c"].to_pylist() == [e.arrays["c"].to_pylist()[0] for e in singly]
    assert whole.bad == {at: e.bad[0] for at, e in enumerate(singly) if e.bad}


@given(kind=st.sampled_from(KINDS), text=st.text(max_size=20))
def test_any_text_has_a_value_or_a_reason(kind: Any, text: str) -> None:
    """Reading is total for every kind."""
    read = parser(column(kind, options=("a", "b")))
    if text.strip() and read(text.strip()) is None:
        assert reason(column(kind, options=("a", "b")), text.strip())
