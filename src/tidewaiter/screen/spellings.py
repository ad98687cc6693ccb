"""One entry of a name is often two names: "Full Name (Short Name)", "Full Name, JSC SN"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tidewaiter.screen.records import LONGEST_NAME
from tidewaiter.screen.score import Kind, is_acronym
from tidewaiter.text import read_name

BRACKETS = re.compile(r"^(.*?)\s*\(([^()]+)\)\s*$")
ACRONYM = (3, 5)  # letters


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
    head, tail = _cut(text)
    if not tail:
        return
    first, second = read_name(head), read_name(tail)
    own = [term for term in second.terms if term.kind is None]
    repeated = {term.keys for term in second.terms} <= {term.keys for term in first.terms}
    if first.terms and ((own and second.forms) or repeated or _is_acronym(tail)):
        yield head
        if own:
            yield tail


def _cut(text: str) -> tuple[str, str]:
    """The name and what follows it in brackets or after the last comma."""
    if match := BRACKETS.match(text):
        return match[1], match[2]
    head, _, tail = text.rpartition(",")
    return (head, tail) if head else (text, "")


def _is_acronym(tail: str) -> bool:
    """One short word without a vowel: a town in brackets has one, and belongs to the name."""
    terms = read_name(tail).terms
    least, most = ACRONYM
    return len(terms) == 1 and least <= len(terms[0].key) <= most and is_acronym(terms[0].key)
