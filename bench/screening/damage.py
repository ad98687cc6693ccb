"""What happens to names on their way: typists, scanners, clerks, translators, forgers."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from tidewaiter.screen.kinds import Kind
from tidewaiter.text import read_name
from tidewaiter.text.glossary import glossary
from tidewaiter.text.script import dominant_script, lookalikes

ALIKE = {"o": "0", "l": "1", "i": "1", "s": "5", "b": "8", "m": "rn", "e": "c", "g": "q", "u": "ii"}
FORMS = ("LLC", "JSC", "Ltd", "GmbH", "OOO", "AO")

Damage = Callable[[str, random.Random], str]


def homoglyph(name: str, rng: random.Random) -> str:
    """Letters of the other alphabet that look alike, for half of those that have one."""
    known = lookalikes()
    cyrillic = dominant_script(name) == "Cyrillic"
    table = known.to_latin() if cyrillic else known.to_cyrillic()
    return "".join(c.translate(table) if rng.random() < 0.5 else c for c in name.lower())


def typo(name: str, rng: random.Random) -> str:
    """One letter wrong, missing or too many."""
    at = rng.randrange(1, max(2, len(name)))
    return name[:at] + rng.choice(["", "e", "n", "a"]) + name[at + rng.choice([0, 1]) :]


def scanned(name: str, rng: random.Random) -> str:
    """Two letters read wrong by a scanner."""
    letters = list(name)
    places = [at for at, letter in enumerate(letters) if letter.lower() in ALIKE]
    for at in rng.sample(places, min(2, len(places))):
        letters[at] = ALIKE[letters[at].lower()]
    return "".join(letters)


def transposed(name: str, rng: random.Random) -> str:
    """Two neighbouring letters exchanged."""
    at = rng.randrange(max(1, len(name) - 1))
    return name[:at] + name[at : at + 2][::-1] + name[at + 2 :]


def reordered(name: str, rng: random.Random) -> str:
    """Words in another order."""
    words = name.split()
    rng.shuffle(words)
    return " ".join(words)


def with_affix(name: str, rng: random.Random) -> str:
    """A word added that firms add."""
    return f"{name} {rng.choice(['Group', 'Company', 'Holding', 'Co', 'Corporation'])}"


def other_form(name: str, rng: random.Random) -> str:
    """Another legal form, or one added."""
    words = [word for word in name.split() if word.upper().strip(".,") not in FORMS]
    return " ".join([*words, rng.choice(FORMS)])


def truncated(name: str, rng: random.Random) -> str:
    """The last third cut off."""
    return name[: max(6, len(name) * 2 // 3)]


def without_vowels(name: str, rng: random.Random) -> str:
    """Every vowel but a leading one left out."""
    return re.sub(r"(?<=\w)[aeiouаеиоуыэюя]", "", name, flags=re.IGNORECASE)


def translated(name: str, rng: random.Random) -> str:
    """Words of the glossary put into Russian, or into English where they are Russian."""
    into = "en" if dominant_script(name) == "Cyrillic" else "ru"
    by_id = {concept.id: concept for concept in glossary().concepts}
    words = []
    for term in read_name(name).terms:
        concept = by_id.get(term.key.removeprefix("~")) if term.kind else None
        options = [t for t in concept.terms.get(into, ()) if "*" not in t] if concept else []
        words.append(options[0] if options else term.text)
    return " ".join(words)


def initials(name: str, rng: random.Random) -> str:
    """All given names of a person as initials; the family name is taken to come first or last."""
    words = [word.strip(",") for word in name.split()]
    family = words[-1] if words[-1].isupper() or "," not in name else words[0]
    return " ".join(word if word == family else f"{word[:1]}." for word in words)


SUITES: dict[str, tuple[Kind, Damage]] = {
    "typo": ("body", typo),
    "scanned": ("body", scanned),
    "transposed": ("body", transposed),
    "order": ("body", reordered),
    "affix added": ("body", with_affix),
    "other legal form": ("body", other_form),
    "truncated": ("body", truncated),
    "vowels dropped": ("body", without_vowels),
    "homoglyphs": ("body", homoglyph),
    "translated": ("body", translated),
    "initials": ("person", initials),
}
