"""Numbers decide: read from fields and text, checked, compared by scheme."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewaiter.screen.identifiers import conflicts, equal, in_field, in_text, of_listed

INN, OTHER_INN = "7700000016", "5000000017"  # check digits right, registers unasked
OGRN = "1027700000019"


@pytest.fixture(scope="module", autouse=True)
def made_up_numbers_are_valid() -> None:
    """The numbers of these tests pass the check they are meant to pass."""
    assert equal(in_text(f"INN {INN}"), of_listed([f"inn:{INN}"]))


@pytest.mark.parametrize(
    "text",
    [
        f"INN {INN}",
        f"ИНН {INN}",
        f"инн: {INN}",
        f"INN№{INN}",
        f"Velkon Plant (INN {INN})",
        f"ООО Велкон, ИНН/{INN}",
        INN,
        f"  {INN} ",
    ],
)
def test_a_number_in_a_name(text: str) -> None:
    """A tax number is found with its label in either alphabet, or alone."""
    assert equal(in_text(text), of_listed([f"inn:{INN}"])) == ("inn", INN)


def test_a_labelled_number_is_no_part_of_the_name() -> None:
    """What was read as a number is not compared as a word."""
    assert "Velkon" in in_text(f"Velkon INN {INN}").rest
    assert INN not in in_text(f"Velkon INN {INN}").rest
    assert in_text(INN).rest == ""


def test_only_equal_schemes_conflict() -> None:
    """A different number of the same scheme conflicts; a bare or wrong one never does."""
    listed = of_listed([f"inn:{INN}", "id:55555555"])
    assert conflicts(in_text(f"INN {OTHER_INN}"), listed) == [("inn", OTHER_INN, INN)]
    assert conflicts(in_text(OTHER_INN), listed) == []
    assert conflicts(in_text("INN 7700000011"), listed) == []
    assert conflicts(in_text(f"INN {INN}"), listed) == []


def test_a_list_that_prints_no_scheme() -> None:
    """A tax number printed as a registration number is still equal."""
    assert equal(in_text(f"INN {INN}"), of_listed([f"id:{INN}"]))


def test_a_tax_office_is_no_party() -> None:
    """A KPP names an office and a reason: thousands of firms share it."""
    assert not of_listed(["id:770101001"]).bare


def test_short_numbers_of_a_firm_own_meet_by_chance() -> None:
    """An id column holds running numbers; they are no identifiers."""
    assert not in_field(["1234567"]).bare
    assert in_field([INN]).bare == {INN}


@given(st.text(max_size=60))
def test_reading_numbers_is_total(text: str) -> None:
    """Any text is read, and what is left of it is no longer than it was."""
    assert len(in_text(text).rest) <= len(text)
    in_field([text])
    of_listed([text])
