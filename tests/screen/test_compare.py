"""Two names: what makes them one, what keeps them apart. All names are invented."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tidewaiter.errors import BadDataError
from tidewaiter.screen import compare
from tidewaiter.text import readings

LETTERS = st.sampled_from("abcdeghijklmnopqrstuvwxyzабвгдежзиклмнопрстуфхцчшыэюя")
WORDS = st.text(LETTERS, min_size=2, max_size=12)
LATIN = st.text(st.sampled_from("abdegiklmnoprstuvz"), min_size=2, max_size=12)
NAMES = st.lists(WORDS, min_size=1, max_size=5).map(" ".join)
GENERIC = st.sampled_from(["", " Plant", " LLC", " Trading", " завод"])

SAME = [
    ("Завод Велкон", "Velkon Plant"),
    ("Завод Велкон", "АО «Завод Велкон»"),
    ("Velkon Zavodi MChJ", "Zavod Velkon, JSC"),
    ("Velcon", "Велкон"),
    ("ООО Торговый дом Велкон", "Velkon Trading House LLC"),
    ("НПО «Электровелкон»", "Elektrovelkon NPO"),
    ("Elektrovelkom Plant", "Elektrovelkon Plant"),  # long: one letter may be a misprint
    ("Велкон, Омск", "Velkon, Omsk"),
]
DIFFERENT = [
    ("Velkon", "Velkond"),
    ("Завод Велкон", "Velkond Plant"),
    ("Velkon Engineering", "Velkon Plant"),
    ("Banco Velkon", "Banco Velkon Chile"),
    ("Velkon Shipping", "Velkon Electronics"),
    ("Velkon Plant 31", "Velkon Plant 32"),
    ("Velkon-K", "Velkon"),
    ("Instrument Plant", "Instrument Design Bureau"),
    ("Omsk Instrument Plant", "Tomsk Instrument Plant"),
    ("JSC VKN", "АО ВКН"),  # an acronym alone
    ("Energiya", "Energy LLC"),  # one shared word, translated
    ("LLC", "Velkon LLC"),
    ("Velkon, Omsk", "Velkon, Perm"),
    ("Joint Stock Company", "Limited Liability Company"),
]


@pytest.mark.parametrize(("left", "right"), SAME)
def test_one_name_in_two_spellings(left: str, right: str) -> None:
    """Alphabet, language of shared words, legal form and order do not part a name."""
    found = compare(left, right)
    assert found.match, found
    assert found.score < 1  # a name alone is never certainty


@pytest.mark.parametrize(("left", "right"), DIFFERENT)
def test_two_names(left: str, right: str) -> None:
    """A word of its own that differs, or that only one has, keeps two names apart."""
    assert not compare(left, right).match, compare(left, right)


PERSONS = [
    ("Ivan Velkonov", "VELKONOV, Ivan", True),
    ("Иван Велконов", "Velkonov Ivan Petrovich", True),
    ("Иван Сергеевич Велконов", "Ivan Petrovich Velkonov", False),
    ("I. Velkonov", "Ivan Velkonov", True),
    ("S. Velkonov", "Ivan Velkonov", False),
    ("Velkonov", "Velkonov", True),  # all that is said is equal
    ("Velkonov", "Ivan Velkonov", False),
    ("Ivan Velkonov", "Ivan Velkonin", False),
    ("John F Velkonov", "John B Velkonov", False),
]


@pytest.mark.parametrize(("left", "right", "same"), PERSONS)
def test_persons(left: str, right: str, same: bool) -> None:  # noqa: FBT001  (a table)
    """Order does not matter, a patronymic may be missing; what both say has to agree."""
    assert compare(left, right, "Person").match is same, compare(left, right, "Person")


def test_ships_are_known_by_the_whole_name() -> None:
    """A ship's name is equal or it is another ship's."""
    assert compare("MV Velkon Star", "VELKON STAR", "Vessel").match
    assert not compare("Velkon Star", "Velkon Star II", "Vessel").match


def test_both_spellings_are_shown() -> None:
    """The reader sees what was held against what, as it was written."""
    said = " ".join(compare("Завод Велкон", "Velkon Engineering").explanations)
    assert "“велкон” = “velkon”" in said
    assert "“завод”" in said
    assert "“engineering”" in said


def test_a_disguise_is_told() -> None:
    """Letters of another alphabet are repaired and shown."""
    found = compare("Завод Вeлкoн", "Velkon Plant")
    assert found.match
    assert any("Latin letters" in each for each in found.explanations)


@given(LATIN, st.sampled_from("bdgkmnprt"), GENERIC)
def test_a_word_that_goes_on_is_another_word(word: str, letter: str, rest: str) -> None:
    """X never matches Xd, alone or beside shared words, where folding keeps both letters."""
    longer = word + letter
    assume(readings(longer)[0] == readings(word)[0] + readings(letter)[0])
    assert not compare(word + rest, longer + rest).match


@given(NAMES, NAMES)
def test_comparison_is_symmetric(left: str, right: str) -> None:
    """Which name is given first makes no difference."""
    for schema in (None, "Person", "Vessel"):
        one, other = compare(left, right, schema), compare(right, left, schema)
        assert (one.score, one.match) == (other.score, other.match)


@given(st.text(), st.text())
def test_any_text_can_be_compared(left: str, right: str) -> None:
    """No text is an error; scores stay between 0 and 1 and are symmetric."""
    one, other = compare(left, right), compare(right, left)
    assert 0 <= one.score <= 1
    assert one.score == other.score
    assert one.explanations


@given(NAMES, NAMES)
def test_case_and_composition_do_not_matter(left: str, right: str) -> None:
    """Capitals and decomposed letters are the same name."""
    expected = compare(left, right).score
    assert compare(left.upper(), right.title()).score == expected
    assert compare(unicodedata.normalize("NFD", left), right).score == expected


@given(st.lists(WORDS, min_size=1, max_size=5), st.sampled_from('«»“”"-–_/*'), NAMES)
def test_marks_between_words_do_not_matter(parts: list[str], mark: str, other: str) -> None:
    """Quotation marks, dashes and strokes only part words."""
    plain, marked = " ".join(parts), f" {mark} ".join(parts)
    assert compare(marked, other).score == compare(plain, other).score


def test_a_megabyte_is_no_name() -> None:
    """A name longer than any name is refused at the door, in words."""
    with pytest.raises(BadDataError, match="1,000,000 characters"):
        compare("я" * 1_000_000, "Velkon")


INN, OTHER_INN = "7700000016", "5000000017"


def test_numbers_of_both_names_are_compared() -> None:
    """An equal tax number decides, another one lowers, whatever the names."""
    assert compare(f"Velkon INN {INN}", f"Другое ИНН {INN}").score == 1
    assert compare(INN, INN).match
    apart = compare(f"Velkon Plant INN {INN}", f"Velkon Plant INN {OTHER_INN}")
    assert not apart.match
    assert f"INN conflicts: {INN} in the first, {OTHER_INN} in the second" in apart.explanations


def test_sentences_keep_the_sides_of_the_names() -> None:
    """Also where the second name is the one that is read as the list has it."""
    for left, right, side in (
        ("Orlan SeverTrade", "Orlan Sever Trade Kazan", "second"),
        ("Orlan Sever Trade Kazan", "Orlan SeverTrade", "first"),
    ):
        assert f"only in the {side} name: “kazan”" in compare(left, right).explanations
