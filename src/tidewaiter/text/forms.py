"""Legal forms set apart from the name, so that they are compared apart and weakly.

rigour knows some 3,000 spellings after ISO 20275; ``forms.yml`` adds what is met in the
registries of the region and takes back words that rigour should have left alone.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib import resources

import msgspec
import msgspec.yaml

from tidewaiter.text.clean import words
from tidewaiter.text.glossary import sizes_of

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
def _phrases() -> tuple[dict[tuple[str, ...], str], dict[str, tuple[int, ...]]]:
    """Spellings as words -> class, and first words -> numbers of words, the longest first."""
    known = {
        tuple(words(spelling.text)): name
        for name, spellings in table().forms.items()
        for spelling in spellings
    }
    return known, sizes_of(known)


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
    found, rest = _through_rigour(joined)
    left, more = _own(tuple(words(rest)))
    return left, found | more


def _undotted(match: re.Match[str]) -> str:
    """``s.r.o.`` and ``a.b.c.`` as one word; up to two initials may be a person's and stay apart.

    Two that are a legal form are one word, too.
    """
    short = "".join(words(match[0]))
    if len(short) >= ABBREVIATION:
        return f" {short} "
    known, _ = _phrases()
    is_form = (short,) in known or (len(short) > 1 and not _through_rigour(short)[1].strip())
    return f" {short} " if is_form else match[0]


def _through_rigour(text: str) -> tuple[set[str], str]:
    """Classes of the forms that rigour sees, and the text without those forms."""
    from rigour.names.org_types import extract_org_types

    kept = _kept()
    seen = {written: short for written, short in extract_org_types(text) if written not in kept}
    for written in sorted(seen, key=len, reverse=True):
        text = _standing_alone(written).sub(" ", text)
    classes = _class_of()
    return {classes[short] for short in seen.values() if short in classes}, text


@lru_cache(REMEMBERED)
def _standing_alone(written: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(written)}(?!\w)")


def _own(tokens: tuple[str, ...]) -> tuple[list[str], set[str]]:
    known, sizes = _phrases()
    left: list[str] = []
    found: set[str] = set()
    at = 0
    while at < len(tokens):
        for size in sizes.get(tokens[at], ()):
            if (form := known.get(tokens[at : at + size])) is not None:
                found.add(form)
                at += size
                break
        else:
            left.append(tokens[at])
            at += 1
    return left, found
