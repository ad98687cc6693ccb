"""The glossary: cited, without words of two meanings, and equal across languages."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import get_args

import pytest

from tidewaiter.text import fold, read_name
from tidewaiter.text.clean import clean, words
from tidewaiter.text.glossary import Kind, glossary

SAME = [
    # works
    ("Северный приборостроительный завод", "Northern Instrument-Making Plant"),
    ("Северный приборостроительный завод", "Severnyy priborostroitelnyy zavod"),
    ("Казанский механический завод", "Kazan Mechanical Plant"),
    ("Омский завод точной механики", "Omsk Plant of Precision Mechanics"),
    ("Пермский пороховой завод", "Perm Gunpowder Plant"),
    ("Тульский патронный завод", "Tula Cartridge Works"),
    ("Минский подшипниковый завод", "Minsk Bearing Plant"),
    ("Уральский оптико-механический завод", "Ural Optical-Mechanical Plant"),
    ("Воронежский станкостроительный завод", "Voronezh Machine Tool Plant"),
    ("Самарский судоремонтный завод", "Samara Ship Repair Plant"),
    ("Томский целлюлозно-бумажный комбинат", "Tomsk Pulp and Paper Mill"),
    ("Липецкий металлургический комбинат", "Lipetsk Metallurgical Combine"),
    ("Завод полупроводниковых приборов", "Semiconductor Instruments Plant"),
    ("Радиозавод Велкон", "Velkon Radio Plant"),
    ("Завод имени Велкона", "Plant named after Velkona"),
    ("Ордена Ленина завод Велкон", "Velkon Works, Order of Lenin"),
    # science and design
    (
        "Научно-исследовательский институт точного машиностроения",
        "Research Institute of Precision Machine Building",
    ),
    ("ЦНИИ Велкон", "Central Scientific Research Institute Velkon"),
    ("ГосНИИ Велкон", "Velkon State Research Institute"),
    ("Институт прикладной физики РАН", "Institute of Applied Physics of RAS"),
    ("Омское КБ", "Omsk Design Bureau"),
    ("ОКБ Велкон", "Velkon Experimental Design Bureau"),
    ("Центральное морское конструкторское бюро", "Central Marine Design Bureau"),
    ("НПО Велкон", "Research and Production Association Velkon"),
    (
        "Научно-производственное объединение «Велкон»",
        "Nauchno-proizvodstvennoye obyedineniye Velkon",
    ),
    ("НПП Велкон", "Velkon Scientific Production Enterprise"),
    ("НПЦ Велкон", "Velkon Research and Production Centre"),
    ("НТЦ Велкон", "Velkon Scientific and Technical Center"),
    ("Федеральный ядерный центр", "Federal Nuclear Centre"),
    ("Лаборатория квантовой электроники", "Laboratory of Quantum Electronics"),
    # trades
    ("Уральская авиационная компания", "Ural Aviation Company"),
    ("Ракетно-космическая корпорация Велкон", "Velkon Rocket and Space Corporation"),
    ("Вертолётные двигатели", "Helicopter Engines"),
    ("Беспилотные системы", "Unmanned Systems"),
    ("Лазерные системы", "Laser Systems"),
    ("Центр цифровых технологий", "Centre of Digital Technologies"),
    ("Восточная логистика", "Eastern Logistics"),
    ("Самаркандский лизинг", "Samarkand Leasing"),
    ("Торговый дом Велкон", "Velkon Trading House"),
    ("Торгово-промышленная компания Велкон", "Velkon Trade and Industrial Company"),
    ("Таможенный брокер Велкон", "Velkon Customs Broker"),
    ("Международные автомобильные перевозки", "International Automobile Transport"),
    ("Северо-Западное пароходство", "North-Western Shipping"),
    ("Новые строительные материалы", "New Building Materials"),
    # Ukrainian, Uzbek, Turkish, Belarusian, Kazakh
    ("Харківський тракторний завод", "Kharkiv Tractor Plant"),
    ("Львівський автобусний завод", "Lvov Bus Plant"),
    ("Запорізьке моторобудівне підприємство", "Zaporozhye Engine-Building Enterprise"),
    ("НВП Велкон", "НПП Велкон"),
    ("Українська логістика", "Ukrainska lohistyka"),
    ("Державний науково-дослідний інститут металургії", "State Research Institute of Metallurgy"),
    ("Toshkent kabel zavodi", "Tashkent Cable Plant"),
    ("Тошкент кабель заводи", "Ташкентский кабельный завод"),
    ("Samarqand toʻqimachilik fabrikasi", "Samarkand Textile Factory"),
    ("Velkon temir yoʻllari", "Velkon Railways"),
    ("Velkon ilmiy-ishlab chiqarish birlashmasi", "НПО Велкон"),
    ("Velkon savdo uyi", "Торговый дом Велкон"),
    ("Ankara Elektronik Ticaret", "Ankara Electronics Trading"),
    ("Velkon Makine Sanayi ve Ticaret", "Velkon Machinery Industry and Trade"),
    ("Velkon Savunma Sanayii", "Velkon Defence Industry"),
    ("Velkon Gümrük Müşavirliği", "Velkon Customs Brokerage"),
    ("İstanbul Tersanesi", "Istanbul Shipyard"),
    ("Мінскі завод электронікі", "Minsk Electronics Plant"),
    ("Велкон зауыты", "Velkon Plant"),
]
DIFFERENT = [
    ("Elektropribor", "Electric Instrument"),
    ("Радиоприбор", "Radio Instrument"),
    ("Промтехнология", "Industrial Technology"),
    ("Техмаш", "Technical Machine Building"),
    ("Омский завод", "Томский завод"),
    ("Уральский завод", "Сибирский завод"),
    ("Завод Велкон", "КБ Велкон"),
    ("Instrument Plant", "Instrument Design Bureau"),
    ("НПО Велкон", "НПП Велкон"),
    ("НИИ Велкон", "ЦНИИ Велкон"),
    ("КБ Велкон", "ОКБ Велкон"),
    ("Северный завод", "Южный завод"),
    ("Первый институт", "Второй институт"),
    ("Laser Systems", "Radar Systems"),
    ("Ракетный завод", "Патронный завод"),
    ("Cartridge Plant", "Ammunition Plant"),
    ("Steel Plant", "Metallurgical Plant"),
    ("Cotton Mill", "Pulp Mill"),
    ("Завод пластмасс", "Завод полимеров"),
    ("Медицинская компания", "Фармацевтическая компания"),
    ("Export Company", "Import Company"),
    ("Радиотехника", "Электротехника"),
    ("Авиационный завод", "Вертолётный завод"),
    ("Судостроительный завод", "Судоремонтный завод"),
    ("Oil Company", "Gas Company"),
    ("Gold Mining", "Coal Mining"),
    ("Velkon College", "Velkon University"),
]
# Surnames, towns and brands of ordinary words that a stem or a short word would swallow.
OWN_WORDS = [
    "Elektropribor", "Радиоприбор", "Techmash", "Промтехнология", "Elecon", "Electronikon",
    "Bosch", "Kim", "Shin", "Eni", "Fabrikant", "Kombinator", "Torgashev", "Современник",
    "Titan", "Алмаз", "Marshal", "Nova", "Lite", "Ras", "Toby", "Kent", "Tara", "Metallist",
]  # fmt: skip
EACH = 250  # terms in each of the main languages


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


@pytest.mark.parametrize("word", OWN_WORDS)
def test_a_word_of_a_firms_own_is_no_concept(word: str) -> None:
    """No stem swallows a brand or a surname."""
    (term,) = read_name(word).terms
    assert term.kind is None


def test_no_word_means_two_things() -> None:
    """A folded word or phrase belongs to one concept."""
    said: dict[tuple[object, ...], set[str]] = defaultdict(set)
    for concept in glossary().concepts:
        for terms in concept.terms.values():
            for term in terms:
                said[term.endswith("*"), *map(fold, words(clean(term)))].add(concept.id)
    assert not {term: ids for term, ids in said.items() if len(ids) > 1}


def test_every_stem_reads_to_its_concept() -> None:
    """A stem is one word, and with the ending of an adjective it is its own concept."""
    for concept in glossary().concepts:
        for term in (t for terms in concept.terms.values() for t in terms):
            (first, *rest) = words(clean(term))
            if term.endswith("*"):
                assert not rest
                assert read_name(f"{first}ая").terms[0].key == f"~{concept.id}"


def test_every_term_reads_to_its_concept() -> None:
    """No legal form and no other phrase takes a term away from its concept."""
    for concept in glossary().concepts:
        for term in (t for terms in concept.terms.values() for t in terms):
            keys = [each.key for each in read_name(f"Velkon {term.rstrip('*')} Rondeks").terms]
            assert f"~{concept.id}" in keys or term.endswith("*"), term


def test_every_concept_is_cited_and_there_are_enough() -> None:
    """Every source and kind is known, and there are terms enough in each main language."""
    known = glossary()
    assert all(concept.source in known.sources for concept in known.concepts)
    assert {concept.kind for concept in known.concepts} == set(get_args(Kind))
    assert len({concept.id for concept in known.concepts}) == len(known.concepts) >= 400
    count = Counter(
        language for c in known.concepts for language, terms in c.terms.items() for _ in terms
    )
    assert min(count[language] for language in ("en", "ru", "uk", "tr", "uz")) >= EACH


def test_every_part_of_a_compound_is_a_concept() -> None:
    """The ends of compound names point to concepts that are there."""
    assert set(glossary().parts.values()) <= {concept.id for concept in glossary().concepts}
