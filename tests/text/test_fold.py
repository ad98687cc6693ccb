"""Spellings of one word become one; different words stay different."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewaiter.text import fold, readings, to_latin
from tidewaiter.text.clean import clean, words
from tidewaiter.text.fold import rules

ONE_WORD = [
    ("джумабоев", "jumaboev"),
    ("жумабоев", "zhumaboev"),
    ("юрзан", "jurzan"),
    ("юрзан", "yurzan"),
    ("сергенов", "sergenow"),
    ("квазницов", "kwaznitsov"),
    ("квазнецов", "kvaznecov"),
    ("хакбердин", "xakberdin"),
    ("хакбердин", "khakberdin"),
    ("андреенко", "andreyenko"),
    ("щербанов", "shcherbanov"),
    ("чайнов", "tschajnow"),
    ("велксон", "velxon"),
    ("фотонов", "photonov"),
    ("татьянин", "tatjanin"),
    ("шахруд", "şahrud"),
    ("sahrud", "şahrud"),
    ("müllrode", "muellrode"),
    ("элеватор", "elevator"),
    ("велкон’", "velkon"),
    ("қўрғон", "qurgon"),
]


@pytest.mark.parametrize(("one", "other"), ONE_WORD)
def test_spellings_of_one_word_meet(one: str, other: str) -> None:
    """Systems of transliteration lead to a common reading."""
    left, right = words(clean(one))[0], words(clean(other))[0]
    assert set(readings(left)) & set(readings(right))


@pytest.mark.parametrize(
    ("one", "other"),
    [("velkon", "velkond"), ("velkon", "velton"), ("юркон", "журкон"), ("salin", "shalin")],
)
def test_different_words_stay_apart(one: str, other: str) -> None:
    """Folding levels spelling, not sound: near words are other words."""
    assert not set(readings(one)) & set(readings(other))


@pytest.mark.parametrize("word", ["завод", "մետաղ", "ქიმია", "معدن", "金属", "금속", "μέταλλο"])
def test_every_alphabet_is_written_in_latin(word: str) -> None:
    """Whatever the alphabet, the comparable form is plain letters and digits."""
    assert fold(word).isascii()
    assert fold(word).isalnum()


def test_numbers_are_kept() -> None:
    """Doubled digits are not doubled letters."""
    assert fold("1100") == "1100"


@given(st.text())
def test_folding_is_total(text: str) -> None:
    """Any text gives words, and any word a reading; the first is the usual one."""
    for word in words(clean(text)):
        assert readings(word)[0] == fold(word)
        assert to_latin(word)


@given(st.text(st.characters(max_codepoint=0x52F)))
def test_composed_and_decomposed_are_one(text: str) -> None:
    """NFC and NFD of a text have the same words."""
    both = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    first, second = ([fold(w) for w in words(clean(each))] for each in both)
    assert first == second


def test_every_rule_says_why() -> None:
    """A rule without a reason cannot be argued with."""
    assert all(rule.why.strip() for rule in (*rules().rules, *rules().also))
