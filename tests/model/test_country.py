"""Countries by any usual name or code, and nothing where a name is no country."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewaiter.model.country import country_code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("KZ", "KZ"), ("kz", "KZ"), ("KAZ", "KZ"), ("398", "KZ"), ("Kazakhstan", "KZ"),
        ("Казахстан", "KZ"), ("Республика Казахстан", "KZ"), ("Россия", "RU"), ("РФ", "RU"),
        ("Росія", "RU"), ("Russian Federation", "RU"), ("Кыргызская Республика", "KG"),
        ("Туреччина", "TR"), ("Türkiye", "TR"), ("UK", "GB"), ("EL", "GR"), ("КНР", "CN"),
        ("Гонконг", "HK"), ("Белоруссия", "BY"), ("Côte d’Ivoire", "CI"), ("EU", "EU"),
        ("Myanmar/Burma", "MM"), ("  U.S.A. ", "US"), ("Korea, Republic of", "KR"),
    ],
)  # fmt: skip
def test_usual_names_and_codes(text: str, code: str) -> None:
    """Codes of two, three letters and digits; names in English, Russian, Ukrainian."""
    assert country_code(text) == code


@pytest.mark.parametrize(
    "text",
    ["", "  ", "ZZ", "XA", "001", "USSR", "YU", "California", "Crimea", "Congolese", "Nowhere"],
)
def test_no_country_is_guessed(text: str) -> None:
    """Former unions, regions, groups and adjectives of two countries stay unknown."""
    assert country_code(text) is None


@given(st.text(max_size=20))
def test_any_text_has_an_answer(text: str) -> None:
    """Reading is total; an answer is two capital letters."""
    code = country_code(text)
    assert code is None or (len(code) == 2 and code.isalpha() and code.isupper())
