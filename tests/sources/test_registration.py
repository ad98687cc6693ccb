"""Printed numbers find their register by label or by shape, or stay where they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewaiter.sources.registration import numbers, schemes

INN, PERSON_INN, OGRN = "0001234562", "000123456731", "1000000123452"  # check digits are right
WRONG = "0001234563"  # and here not


@pytest.mark.parametrize(
    ("column", "printed", "found"),
    [
        ("registrationNumber", f"{INN} (Tax ID/INN)", [("innCode", INN)]),
        ("registrationNumber", f"TIN {INN}", [("innCode", INN)]),
        ("registrationNumber", INN, [("innCode", INN)]),
        ("registrationNumber", f"{OGRN} (OGRN)", [("ogrnCode", OGRN)]),
        ("taxNumber", OGRN, [("ogrnCode", OGRN)]),
        ("innCode", f"- {INN},", [("innCode", INN)]),
        ("innCode", f"{INN} / 000101001", [("innCode", INN), ("kppCode", "000101001")]),
        ("taxNumber", f"{INN}, KPP 000101001", [("innCode", INN), ("kppCode", "000101001")]),
        ("imoNumber", "9074729", [("imoNumber", "IMO9074729")]),
        ("taxNumber", f"{INN} (Russia)", [("innCode", INN)]),
    ],
)
def test_numbers_that_find_their_register(
    column: str, printed: str, found: list[tuple[str, str]]
) -> None:
    """Label, shape and check digits agree."""
    assert numbers(column, printed, "Company") == found


@pytest.mark.parametrize(
    ("column", "printed", "schema", "found"),
    [
        ("registrationNumber", f"{WRONG} (INN)", "Company", ("registrationNumber", WRONG)),
        ("taxNumber", f"{INN} (Ukraine)", "Company", ("taxNumber", INN)),
        ("taxNumber", INN, "Person", ("taxNumber", INN)),
        ("taxNumber", PERSON_INN, "Company", ("taxNumber", PERSON_INN)),
        ("idNumber", f"{INN} (passport)", "Person", ("idNumber", INN)),
        ("registrationNumber", "HRB 81573", "Company", ("registrationNumber", "HRB 81573")),
        ("imoNumber", "Does not exist", "Vessel", ("notes", "Does not exist")),
        ("imoNumber", "9074720", "Vessel", ("imoNumber", "9074720")),
    ],
)  # fmt: skip
def test_near_misses_stay_in_their_column(
    column: str, printed: str, schema: str, found: tuple[str, str]
) -> None:
    """A wrong check digit, a foreign label, or the length of another kind of party."""
    assert numbers(column, printed, schema) == [found]


def test_a_persons_number_has_its_own_length() -> None:
    """Twelve digits for a person, ten for a firm."""
    assert numbers("taxNumber", PERSON_INN, "Person") == [("innCode", PERSON_INN)]


@given(
    column=st.sampled_from(["innCode", "taxNumber", "idNumber", "imoNumber"]),
    text=st.text(max_size=40),
)
def test_nothing_is_dropped(column: str, text: str) -> None:
    """Whatever is printed gives at least one value."""
    assert numbers(column, text, "Company")


def test_every_scheme_has_somewhere_to_be_found() -> None:
    """A label or a column; otherwise it would never be asked."""
    assert all(each.labels or each.columns for each in schemes())
