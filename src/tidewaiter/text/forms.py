"""Legal forms set apart from the name, so that they are compared apart and weakly.

rigour knows some 3,000 spellings after ISO 20275; ``forms.yml`` goes before it, with what is
met in the registries of the region, and takes back words that rigour should have left alone.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib import resources

import msgspec
import msgspec.yaml

from tidewaiter.text.clean import clean, words

DOTTED = re.compile(r"(?<![^\W_])(?:[^\W\d_]\.[ ]?){1,5}[^\W\d_]\b\.?")

REMEMBERED = 1 << 12  # patterns
ABBREVIATION = 3  # letters with points that are no person's initials


class Spelling(msgspec.Struct, frozen=True):
    """One spelling of a legal form, and where it is from."""

    text: str
    why: str


class Table(msgspec.Struct, frozen=True):
    """``forms`` by class, rigour's answers by class, and words that are no forms."""

    forms: dict[str, tuple[Spelling, ...]]
    classes: dict[str, tuple[str, ...]]
    kept: tuple[str, ...]


class Formless(msgspec.Struct, frozen=True):
    """The words that are left, and the classes of the legal forms that came off."""

    words: tuple[str, ...]
    forms: tuple[str, ...]


@cache
def table() -> Table:
    """The content of ``forms.yml``."""
    text = resources.files(__package__).joinpath("forms.yml").read_text("utf-8")
    return msgspec.yaml.decode(text, type=Table)


@cache
def _phrases() -> dict[tuple[str, ...], str]:
    """Spellings as words -> class."""
    return {
        tuple(words(clean(spelling.text))): name
        for name, spellings in table().forms.items()
        for spelling in spellings
    }


@cache
def _kept() -> frozenset[str]:
    return frozenset(table().kept)


@cache
def _class_of() -> dict[str, str]:
    return {short: name for name, shorts in table().classes.items() for short in shorts}


def without_forms(cleaned: str) -> Formless:
    """The words of a cleaned text without its legal forms.

    A text of nothing but legal forms keeps them as words: something must be compared.
    """
    joined = DOTTED.sub(_undotted, cleaned)
    left, forms = _parted(joined)
    if not left:
        return Formless(tuple(words(joined)), ())
    return Formless(tuple(left), tuple(sorted(forms)))


def is_only_forms(cleaned: str) -> bool:
    """Whether a cleaned text is nothing but legal forms."""
    return not _parted(DOTTED.sub(_undotted, cleaned))[0]


def _parted(joined: str) -> tuple[list[str], set[str]]:
    """Words that are left, and classes of the legal forms that came off."""
    own, rest = _own(joined)
    found, rest = _through_rigour(rest)
    return words(rest), own | found


def _undotted(match: re.Match[str]) -> str:
    """``s.r.o.`` and ``a.b.c.`` as one word; up to two initials may be a person's and stay apart.

    Two that are a legal form are one word, too.
    """
    short = "".join(words(match[0]))
    if len(short) >= ABBREVIATION:
        return f" {short} "
    is_form = (short,) in _phrases() or (len(short) > 1 and not _through_rigour(short)[1].strip())
    return f" {short} " if is_form else match[0]


def _seen(text: str) -> dict[str, str]:
    """The forms that rigour sees as they are written, and the short form of each."""
    from rigour.names.org_types import extract_org_types

    kept = _kept()
    return {written: short for written, short in extract_org_types(text) if written not in kept}


def _through_rigour(text: str) -> tuple[set[str], str]:
    """Classes of the forms that rigour sees, and the text without those forms."""
    seen = _seen(text)
    for written in sorted(seen, key=len, reverse=True):
        text = _standing_alone(written).sub(" ", text)
    classes = _class_of()
    return {classes[short] for short in seen.values() if short in classes}, text


@lru_cache(REMEMBERED)
def _standing_alone(written: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(written)}(?!\w)")


@cache
def _own_pattern() -> re.Pattern[str]:
    """Every spelling of ``forms.yml``, the longest first, whatever stands between its words."""
    known = sorted(_phrases(), key=len, reverse=True)
    every = "|".join(r"[\W_]+".join(map(re.escape, phrase)) for phrase in known)
    return re.compile(rf"(?<![^\W_])(?:{every})(?![^\W_])")


def _own(text: str) -> tuple[set[str], str]:
    """Classes of the forms of ``forms.yml``, and the text without those forms.

    What is a part of a longer form that rigour knows (sp, of sp. z o.o.) is left to it.
    """
    found: set[str] = set()
    if not _own_pattern().search(text):
        return found, text
    longer = [words(written) for written in _seen(text)]

    def taken(match: re.Match[str]) -> str:
        phrase = words(match[0])
        if any(len(each) > len(phrase) and _holds(each, phrase) for each in longer):
            return match[0]
        found.add(_phrases()[tuple(phrase)])
        return " "

    rest = _own_pattern().sub(taken, text)
    return found, rest


def _holds(longer: list[str], phrase: list[str]) -> bool:
    """Whether words stand next to one another within others."""
    size = len(phrase)
    return any(longer[at : at + size] == phrase for at in range(len(longer) - size + 1))
