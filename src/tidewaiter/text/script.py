"""Which alphabet a name is in, and words whose letters come from two of them.

Latin letters that look like Cyrillic ones (and the reverse) hide a name from a search.
They are put back, and each repair is told, because a disguised name is itself news.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from importlib import resources

import msgspec.yaml

WORD = re.compile(r"[^\W\d_]+")


class Lookalikes(msgspec.Struct, frozen=True):
    """``latin`` letters and the ``cyrillic`` ones they pass for, position by position."""

    latin: str
    cyrillic: str

    def to_cyrillic(self) -> dict[int, int]:
        """A table for ``str.translate``."""
        return str.maketrans(self.latin, self.cyrillic)

    def to_latin(self) -> dict[int, int]:
        """A table for ``str.translate``."""
        return str.maketrans(self.cyrillic, self.latin)


class Repair(msgspec.Struct, frozen=True):
    """A text with its mixed words repaired, and a sentence for each repair."""

    text: str
    notes: tuple[str, ...]


@cache
def lookalikes() -> Lookalikes:
    """The pairs of ``lookalikes.yml``."""
    text = resources.files(__package__).joinpath("lookalikes.yml").read_text("utf-8")
    return msgspec.yaml.decode(text, type=Lookalikes)


def is_cyrillic(letter: str) -> bool:
    """Whether one character is a Cyrillic letter."""
    return "\u0400" <= letter <= "\u052f"


def is_latin(letter: str) -> bool:
    """Whether one character is a Latin letter."""
    return letter.isalpha() and (letter < "\u0250" or "\u1e00" <= letter <= "\u1eff")


def dominant_script(text: str) -> str | None:
    """The script of most letters (``Latin``, ``Cyrillic``, …); ``None`` without letters.

    Equal counts go to the script that comes first in the alphabet, so that the answer
    does not depend on the order of words.
    """
    from rigour.text.scripts import codepoint_script

    found = Counter(codepoint_script(ord(c)) for c in text if c.isalpha())
    named = {name: count for name, count in found.items() if name}
    return min(named, key=lambda name: (-named[name], name)) if named else None


def repair(text: str) -> Repair:
    """``text`` (lower case) with words of two alphabets written in the one they mean."""
    if text.isascii() or not any(map(is_cyrillic, text)):
        return Repair(text, ())
    mixed = {word: fixed for word in WORD.findall(text) if (fixed := _repaired(word, text))}
    if not mixed:
        return Repair(text, ())
    mixed |= _neighbours(text)
    whole = WORD.sub(lambda m: mixed.get(m[0], m[0]), text)
    return Repair(whole, tuple(_note(word, mixed[word]) for word in sorted(mixed)))


def _repaired(word: str, text: str) -> str | None:
    """The word in one alphabet; ``None`` if it is so already or both are really there."""
    if not (any(map(is_cyrillic, word)) and any(map(is_latin, word))):
        return None
    table = lookalikes()
    as_cyrillic, as_latin = word.translate(table.to_cyrillic()), word.translate(table.to_latin())
    cyrillic_works = not any(map(is_latin, as_cyrillic))
    latin_works = not any(map(is_cyrillic, as_latin))
    if cyrillic_works and latin_works:
        cyrillic_works = _mostly_cyrillic(text)
        return as_cyrillic if cyrillic_works else as_latin
    return as_cyrillic if cyrillic_works else as_latin if latin_works else None


def _neighbours(text: str) -> dict[str, str]:
    """Whole words of look-alikes, in a text of which other words had to be repaired.

    Without such a neighbour they stay: a Latin brand among Cyrillic words is common.
    """
    if not _mostly_cyrillic(text):
        return {}
    table = lookalikes().to_cyrillic()
    found = {w: w.translate(table) for w in WORD.findall(text) if all(map(is_latin, w))}
    return {w: fixed for w, fixed in found.items() if all(map(is_cyrillic, fixed))}


def _mostly_cyrillic(text: str) -> bool:
    return sum(map(is_cyrillic, text)) >= sum(map(is_latin, text))


def _note(word: str, fixed: str) -> str:
    changed = sorted({old for old, new in zip(word, fixed, strict=True) if old != new})
    kind = "Cyrillic" if is_cyrillic(fixed[0]) else "Latin"
    other = "Latin" if kind == "Cyrillic" else "Cyrillic"
    letters = ", ".join(changed)
    return f"“{word}” holds {other} letters ({letters}); it was read as {kind} “{fixed}”"
