"""Numbers decide: read from fields and text, checked, compared by scheme."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewaiter.screen.identifiers import in_field, in_text, met, of_listed

INN, OTHER_INN = "7700000016", "5000000017"  # check digits right, registers unasked
OGRN = "1027700000019"


UNP = "192050251"  # nine checked digits; it would pass for a KPP, too


@pytest.fixture(scope="module", autouse=True)
def made_up_numbers_are_valid() -> None:
    """The numbers of these tests pass the check they are meant to pass."""
    assert in_text(f"INN {INN}").schemed
    assert in_text(f"INN {OTHER_INN}").schemed
    assert in_text(f"OGRN {OGRN}").schemed
    assert in_text(f"UNP {UNP}").schemed


@pytest.mark.parametrize(
    "text",
    [
        f"INN {INN}",
        f"ИНН {INN}",
        f"инн: {INN}",
        f"INN№{INN}",
        f"Velkon Plant (INN {INN})",
        f"ООО Велкон, ИНН/{INN}",
        f"Velkon Plant {INN}",
        INN,
        f"  {INN} ",
    ],
)
def test_a_number_in_a_name(text: str) -> None:
    """A tax number is found with its label in either alphabet, after a name, or alone."""
    assert met(in_text(text), of_listed([f"inn:{INN}"])).equal == ("inn", INN)


@pytest.mark.parametrize(
    "label", ["INN ", "", "Reg. No ", "VAT ", "STIR ", "ИИН ", "DUNS: ", "КПП "]
)
def test_a_number_is_no_part_of_the_name(label: str) -> None:
    """What was read as a number is not compared as a word, and neither is its label."""
    rest = in_text(f"Velkon {label}{INN}").rest
    assert rest.strip() == "Velkon"
    assert in_text(INN).rest == ""


def test_a_number_of_the_name_itself_stays() -> None:
    """Plants have short numbers."""
    assert in_text("Plant 31 Velkon 1941").rest == "Plant 31 Velkon 1941"


@pytest.mark.parametrize(
    ("number", "country", "scheme"),
    [
        (INN, "RU", "inn"),
        (INN, None, "inn"),
        (OGRN, None, "ogrn"),
        (UNP, "BY", "unp"),
        ("302345678", "UZ", "stir"),
        ("150340001234", "KZ", "bin"),
        ("01234567890123", "KG", "kyrgyz_inn"),
        ("32855961", "UA", "edrpou"),
    ],
)
def test_a_bare_number_of_its_country(number: str, country: str | None, scheme: str) -> None:
    """The country and the check digits say whose register a bare number is of."""
    countries = [country] if country else []
    assert in_field([number], countries).schemed == {(scheme, number)}
    assert of_listed([f"id:{number}"], countries).schemed == {(scheme, number)}


@pytest.mark.parametrize(
    ("number", "country"), [(INN, "UZ"), (UNP, None), ("151340001234", "KZ"), ("5000000018", "RU")]
)
def test_a_bare_number_of_no_known_register(number: str, country: str | None) -> None:
    """Of another country, without check digits that tell, or with wrong ones it stays bare."""
    found = in_field([number], [country] if country else [])
    assert not found.schemed
    assert found.bare == {number}


def test_a_label_of_two_registers() -> None:
    """An INN of nine digits is Uzbek: the first register that fits counts."""
    assert in_text("ИНН 302345678").schemed == {("stir", "302345678")}


def test_only_equal_registers_conflict() -> None:
    """A different number of one register conflicts; of unlike ones nothing can be said."""
    listed = of_listed([f"inn:{INN}", "id:55555555"])
    assert met(in_text(f"INN {OTHER_INN}"), listed).conflicts == (("inn", OTHER_INN, INN),)
    assert met(in_field([OTHER_INN]), listed).conflicts == (("inn", OTHER_INN, INN),)
    assert not met(in_field([OTHER_INN], ["UZ"]), listed).any_met
    assert not met(in_text("INN 7700000011"), listed).any_met
    assert not met(in_text(f"UNP {UNP}"), listed).any_met
    assert not met(in_text(f"INN {INN}"), listed).conflicts


def test_two_bare_numbers_support_and_do_not_decide() -> None:
    """Numbers of no known register may be equal by chance."""
    found = met(in_field(["123456789"]), of_listed(["id:123456789"]))
    assert (found.equal, found.supporting) == (None, "123456789")


def test_a_list_that_prints_no_register() -> None:
    """A tax number printed as a registration number is still equal; a nine-digit one supports."""
    assert met(in_text(f"INN {INN}"), of_listed([f"id:{INN}"])).equal == ("inn", INN)
    found = met(in_text(f"UNP {UNP}"), of_listed([f"id:{UNP}"]))
    assert (found.equal, found.supporting) == (None, UNP)


def test_a_tax_office_is_no_party() -> None:
    """A Russian KPP names an office and a reason: thousands of firms share it."""
    assert not of_listed(["id:770101001"], ["RU"]).every
    assert not in_text("Velkon KPP 770101001").every
    assert of_listed([f"id:{UNP}"], ["UZ"]).bare == {UNP}


def test_short_numbers_of_a_firm_own_meet_by_chance() -> None:
    """An id column holds running numbers; they are no identifiers."""
    assert not in_field(["1234567"]).every
    assert in_field([INN], ["UZ"]).bare == {INN}


def test_a_name_that_is_a_number_was_meant_as_one() -> None:
    """Seven digits are a number where there is nothing else, and part of a name where there is."""
    assert in_text("1234567").bare == {"1234567"}
    assert in_text("Velkon 1234567").rest == "Velkon 1234567"


@given(st.text(max_size=60))
def test_reading_numbers_is_total(text: str) -> None:
    """Any text is read, and what is left of it is no longer than it was."""
    assert len(in_text(text).rest) <= len(text)
    in_field([text])
    of_listed([text])
