"""One entry of a name is often two names: "Full Name (Short Name)", "Parent, JSC Daughter"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tidewaiter.screen.kinds import Kind
from tidewaiter.screen.records import LONGEST_NAME
from tidewaiter.text import Name, read_name
from tidewaiter.text.clean import clean
from tidewaiter.text.forms import is_only_forms

BRACKETS = re.compile(r"^(.*?)\s*\(([^()]+)\)\s*$")
ACRONYM = (3, 6)  # letters
VOWELS = frozenset("aeiou")


def spellings(names: Iterable[str], kind: Kind) -> list[str]:
    """Distinct names in alphabetical order; of two names in one, each too."""
    found: dict[str, None] = {}
    for name in names:
        text = name[:LONGEST_NAME]
        found[text] = None
        if kind == "body":
            found |= dict.fromkeys(_parts(text))
    return sorted(found)


def _parts(text: str) -> Iterator[str]:
    """The second name where there is one, and the first where both are names of one firm.

    "Full Name (Short Name)" and "Full Name, JSC SN" are two names of one firm; of
    "Parent Company, JSC Daughter" only the daughter is named: the parent is another firm.
    """
    head, tail = _cut(text)
    if not tail or not head or is_only_forms(clean(tail)):
        return
    first, second = read_name(head), read_name(tail)
    own = {term.keys for term in second.terms if term.kind is None}
    said = {term.keys for term in first.terms}
    short = _is_short_for(second, first)
    if not first.terms or not (short or (own and second.forms)):
        return
    if short or own & said or BRACKETS.match(text):
        yield head
    if own:
        yield tail


def _cut(text: str) -> tuple[str, str]:
    """The name and what follows it in brackets or after the last comma."""
    if match := BRACKETS.match(text):
        return match[1].strip(), match[2].strip()
    head, _, tail = text.rpartition(",")
    return (head.strip(), tail.strip()) if head else (text, "")


def _is_short_for(second: Name, first: Name) -> bool:
    """Words of the first again, or one short word that may be made of its first letters.

    A town in brackets is neither: it has a vowel among few letters, and other letters.
    """
    repeated = {term.keys for term in second.terms} <= {term.keys for term in first.terms}
    if repeated:
        return True
    least, most = ACRONYM
    word = second.terms[0].letters[0] if len(second.terms) == 1 else ""
    if not least <= len(word) <= most:
        return False
    letters = [term.letters[0][:1] for term in first.terms]
    return not VOWELS & set(word) or word == "".join(letters)
