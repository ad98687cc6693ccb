"""The glossary: cited, without words of two meanings, and equal across languages."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest

from tidewaiter.text import fold, read_name
from tidewaiter.text.clean import clean, words
from tidewaiter.text.glossary import glossary

SAME = [
    ("Северный приборостроительный завод", "Northern Instrument-Making Plant"),
    ("Казанский механический завод", "Kazan Mechanical Plant"),
    ("Завод имени Велконова", "Plant named after Velkonova"),
    ("Научно-исследовательский институт точного машиностроения",
     "Research Institute of Precision Machine Building"),
    ("Омское КБ", "Omsk Design Bureau"),
    ("Тульский патронный завод", "Tula Cartridge Plant"),
    ("Пермский пороховой завод", "Perm Gunpowder Plant"),
    ("Уральская авиационная компания", "Ural Aviation Company"),
    ("Харківський тракторний завод", "Kharkiv Tractor Plant"),
    ("Київський радіозавод", "Київський радіозавод"),
    ("Торговый дом Велкон", "Velkon Trading House"),
    ("Toshkent kabel zavodi", "Tashkent Cable Plant"),
    ("Ankara Elektronik Ticaret", "Ankara Electronics Trading"),
    ("Лазерные системы", "Laser Systems"),
    ("Беспилотные системы", "Unmanned Systems"),
    ("Центр цифровых технологий", "Centre of Digital Technologies"),
    ("Вертолётные двигатели", "Helicopter Engines"),
    ("Минский подшипниковый завод", "Minsk Bearing Plant"),
    ("Самаркандский лизинг", "Samarkand Leasing"),
    ("Восточная логистика", "Eastern Logistics"),
]  # fmt: skip
DIFFERENT = [
    ("Омский завод", "Томский завод"),
    ("Уральский завод", "Сибирский завод"),
    ("Instrument Plant", "Instrument Design Bureau"),
    ("Elektropribor", "Electric Instrument"),
    ("Северный завод", "Южный завод"),
    ("Первый институт", "Второй институт"),
    ("Laser Systems", "Radar Systems"),
    ("Ракетный завод", "Патронный завод"),
]


def meanings(text: str) -> list[str]:
    """Concepts and words of a name, particles apart, in alphabetical order."""
    return sorted(term.key for term in read_name(text).terms if term.kind != "particle")


@pytest.mark.parametrize(("left", "right"), SAME)
def test_one_meaning_in_several_languages(left: str, right: str) -> None:
    """Names that say the same read to the same concepts."""
    assert meanings(left) == meanings(right)


@pytest.mark.parametrize(("left", "right"), DIFFERENT)
def test_other_meanings_stay_apart(left: str, right: str) -> None:
    """Names that say different things do not."""
    assert meanings(left) != meanings(right)


def test_no_word_means_two_things() -> None:
    """A folded word or phrase belongs to one concept."""
    said: dict[tuple[object, ...], set[str]] = defaultdict(set)
    for concept in glossary().concepts:
        for terms in concept.terms.values():
            for term in terms:
                said[term.endswith("*"), *map(fold, words(clean(term)))].add(concept.id)
    assert not {term: ids for term, ids in said.items() if len(ids) > 1}


def test_every_concept_is_cited_and_there_are_enough() -> None:
    """Every source is named in the file; more than 400 terms in each main language."""
    known = glossary()
    assert all(concept.source in known.sources for concept in known.concepts)
    assert len({concept.id for concept in known.concepts}) == len(known.concepts) >= 400
    count = Counter(
        language for c in known.concepts for language, terms in c.terms.items() for _ in terms
    )
    assert count["en"] >= 400
    assert count["ru"] >= 400
    assert min(count["uk"], count["tr"], count["uz"]) >= 200
