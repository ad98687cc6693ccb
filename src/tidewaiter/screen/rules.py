"""The figures of ``rules.yml``, read once."""

from __future__ import annotations

from functools import cache
from importlib import resources

import msgspec
import msgspec.yaml


class Rules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Weights, lengths in letters, ceilings and steps of a 0-1 score; see the file."""

    particle: float
    body: float
    trade: float
    rarest: float
    commonest: float
    initial: float
    patronymic: float
    background: int
    telling: float
    equal_up_to: int
    one_edit_from: int
    two_edits_from: int
    endings: tuple[str, ...]
    words_on_both_sides: float
    words_on_one_side: float
    other_shared_word: float
    trade_on_one_side: float
    nothing_of_its_own: float
    only_shared_words: float
    few_shared_words: float
    acronym_alone: float
    one_word_person: float
    other_kind: float
    ship_not_exact: float
    ship_by_name: float
    identifier_conflict: float
    place_conflict: float
    names_alone: float
    acronym_letters: int
    acronym_letters_no_vowel: int
    place_conflict_factor: float
    place_unknown_factor: float
    country_conflict: float
    form_conflict: float
    birth_date_near: float
    birth_date_conflict: float
    agreement: float
    floor: float
    threshold: float
    candidates: int

    def edits(self, letters: int) -> int:
        """How many letters two words of at least ``letters`` letters may differ in."""
        if letters >= self.two_edits_from:
            return 2
        return 1 if letters >= self.one_edit_from else 0


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
