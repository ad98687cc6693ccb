"""The figures of ``rules.yml``, read once."""

from __future__ import annotations

from functools import cache
from importlib import resources

import msgspec
import msgspec.yaml


class Rules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Weights of words, lengths in letters and ceilings of a 0-1 score; see the file."""

    rarest: float
    commonest: float
    background: int
    body: float
    trade: float
    place: float
    particle: float
    initial: float
    connecting: float
    fuzzy_from: int
    endings: tuple[str, ...]
    names_found: int
    names_tied: int
    found_by_shared_words: int
    least_shared: float
    shared_alone: float
    some_said: float
    much_said: float
    same_meaning: float
    in_part: float
    known_word: float
    sure: float
    equal_and_conflicting: float
    number_alone: float
    number_against_name: float
    same_number: float
    address_alike: float
    names_alone: float
    identifier_conflict: float
    other_kind: float
    one_name_of_a_person: float
    another_patronymic: float
    another_letter: float
    another_number: float
    word_goes_on: float
    acronym_alone: float
    shared_words_alone: float
    place_conflict: float
    ship_not_exact: float
    ship_by_name: float
    floor: float
    floor_of_shared_words: float
    threshold: float


class PersonWords(msgspec.Struct, frozen=True):
    """Folded endings of patronymics, particles of names and titles; and ships' prefixes."""

    patronymic_endings: tuple[str, ...]
    particles: tuple[str, ...]
    ship_prefixes: tuple[str, ...]


@cache
def rules() -> Rules:
    """The content of ``rules.yml``."""
    text = resources.files(__package__).joinpath("rules.yml").read_text("utf-8")
    return msgspec.yaml.decode(text, type=Rules)


@cache
def person_words() -> PersonWords:
    """The content of ``persons.yml``."""
    text = resources.files(__package__).joinpath("persons.yml").read_text("utf-8")
    return msgspec.yaml.decode(text, type=PersonWords)
