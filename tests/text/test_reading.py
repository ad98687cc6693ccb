"""A name is read as its own words, shared words and legal forms."""

from __future__ import annotations

import pytest

from tidewaiter.text import name_key, read_name, read_person
from tidewaiter.text.clean import clean, words
from tidewaiter.text.fold import fold, readings
from tidewaiter.text.forms import table, without_forms
from tidewaiter.text.glossary import glossary

FORMS = [
    "АО «Велкон»",
    "ООО Велкон",
    "Velkon OOO",
    "JSC Velkon",
    "OA Velkon",
    "Velkon, JSC",
    "Velkon MChJ",
    "Velkon LLC",
    "Velkon Co., Ltd.",
    "Velkon A.Ş.",
    "Velkon s.r.o.",
    "Velkon Ltd. Şti.",
    "ОсОО Велкон",
    "ТОО «Велкон»",
    "ПрАТ Велкон",
    "Velkon mas'uliyati cheklangan jamiyati",
    "Общество с ограниченной ответственностью «Велкон»",
    "Aktsionernoe Obshchestvo Velkon",
    "Joint Stock Company ‘Velkon’",
    "ФГУП Велкон",
    "Velkon QK",
]


@pytest.mark.parametrize("name", FORMS)
def test_legal_forms_come_off(name: str) -> None:
    """What is left is the firm's own word, and the form is remembered."""
    read = read_name(name)
    assert [term.key for term in read.terms] == ["velkon"]
    assert read.forms


@pytest.mark.parametrize("name", ["ООО", "LLC", "Joint Stock Company"])
def test_a_name_of_forms_only_keeps_its_words(name: str) -> None:
    """Something has to be compared."""
    assert read_name(name).terms


@pytest.mark.parametrize(
    "name",
    ["Завод «Велкон»", "Velkon Plant", "Velkon zavodi", "Zavod Velkon, JSC", "Velkon fabrikası"],
)
def test_meaning_crosses_languages(name: str) -> None:
    """Plant, завод, zavodi and fabrikası are one concept, in any order."""
    assert name_key(name) == name_key("Velkon Works LLC")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("НИИ Велкон", "Velkon Research Institute"),
        ("КБ Велкон", "Velkon Design Bureau"),
        ("Завод имени Велкона", "Zavod im. Velkona"),
        ("Велкон-Электроника", "Velkon Elektronik"),
        ("Торговый дом Велкон", "Velkon Savdo Uyi"),
        ("Велкон Логистика", "Velkon Lojistik"),
    ],
)
def test_abbreviations_and_phrases(one: str, other: str) -> None:
    """Abbreviations and phrases of several words are concepts too."""
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Velkon", "Velkond"), ("Velkon Plant", "Velkon Trading"), ("Velkon 31", "Velkon 32")],
)
def test_keys_of_different_names_differ(one: str, other: str) -> None:
    """A key never joins what only looks alike."""
    assert name_key(one) != name_key(other)


@pytest.mark.parametrize("nothing", ["", "–", "«»", "🚢", "\ud800"])
def test_nothing_to_compare(nothing: str) -> None:
    """Without a letter or digit there is no key, and no error."""
    assert name_key(nothing) == ""


def test_people_have_no_legal_forms() -> None:
    """Initials are initials, not a form."""
    assert [t.text for t in read_person("S.A. Velkonov").terms] == ["s", "a", "velkonov"]


def test_every_concept_is_cited_and_means_one_thing() -> None:
    """Each concept names a source of the file, and no word stands for two concepts."""
    known = glossary()
    assert {c.source for c in known.concepts} <= set(known.sources)
    meanings: dict[tuple[str, ...], set[str]] = {}
    for concept in known.concepts:
        for term in (t for terms in concept.terms.values() for t in terms):
            key = tuple(fold(word) for word in words(clean(term)))
            meanings.setdefault(key, set()).add(concept.id)
    assert {key: ids for key, ids in meanings.items() if len(ids) > 1} == {}
    assert len({c.id for c in known.concepts}) == len(known.concepts)


def test_every_form_says_why() -> None:
    """Supplements to rigour are argued."""
    assert all(each.why for spellings in table().forms.values() for each in spellings)


@pytest.mark.parametrize(
    ("kind", "text"),
    [(kind, each.text) for kind, spellings in table().forms.items() for each in spellings],
)
@pytest.mark.parametrize("written", ["Велкон {}", "{} «Велкон»", "VELKON, {}"])
def test_every_row_of_the_table_has_its_effect(kind: str, text: str, written: str) -> None:
    """A spelling comes off at either end, whole, and gives its class and no other."""
    for cased in (text, text.upper()):
        found = without_forms(clean(written.format(cased)))
        assert found.forms == (kind,)
        assert found.words in {("велкон",), ("velkon",)}


def test_a_form_within_a_longer_one_is_left_to_it() -> None:
    """Sp. is a Polish partnership's only where the words after it do not say more."""
    found = without_forms(clean("Velkon sp. z o.o."))
    assert found.words == ("velkon",)
    assert "partnership" not in found.forms


@pytest.mark.parametrize("name", ["Атлант", "Катодаж", "Sputnik", "Toolmash", "Амсс"])
def test_letters_of_a_form_inside_a_word_stay(name: str) -> None:
    """A form is a word of its own."""
    assert without_forms(clean(name)).words == (name.lower(),)


@pytest.mark.parametrize("name", ["Завод №31", "Завод № 31", "Завод No. 31", "No 31 завод"])
def test_the_sign_of_a_number_is_no_word(name: str) -> None:
    """Plant 31 is Plant No. 31; a word that begins so is left alone."""
    assert sorted(words(clean(name))) == ["31", "завод"]
    assert words(clean("Nordwind no limits")) == ["nordwind", "no", "limits"]
    assert words(clean("Velkon NO2")) == ["velkon", "no2"]  # a gas


@pytest.mark.parametrize(
    ("written", "latin"),
    [
        ("Королёвград", "Korolyovgrad"),
        ("Королёвград", "Koroliovgrad"),
        ("Королёвград", "Korolevgrad"),
        ("Горлівка", "Horlivka"),
        ("Гродненск", "Hrodnensk"),
        ("Гродненск", "Grodnensk"),
        ("Ўзвелкон", "Ozvelkon"),
        ("Қувелкон", "Quvelkon"),
        ("Ғувелкон", "Guvelkon"),
        ("Өвелкон", "Ovelkon"),
        ("Վելկոն", "Velkon"),
        ("ველკონი", "Velkoni"),
        ("Çelikvelkon", "Chelikvelkon"),
        ("Şahinvelkon", "Sahinvelkon"),
    ],
)
def test_usual_transliterations_meet(written: str, latin: str) -> None:
    """A name and its usual Latin spellings share a reading, in every language of the region."""
    assert set(readings(written.lower())) & set(readings(latin.lower()))
