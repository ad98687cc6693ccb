"""Names, places and changes in the XML of the Swiss sanctions list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from tidewaiter.model.dates import iso_date
from tidewaiter.sources.listing import Value
from tidewaiter.sources.xmlfile import children, content

ENGLISH = "eng"
NAME_KINDS = {"primary-name": "name", "alias": "alias", "formerly-known-as": "previousName"}
PARTS = {"given-name": "firstName", "family-name": "lastName", "father-name": "fatherName"}
UNSPOKEN = frozenset({"title"})  # parts that are not part of a whole name
LINE = ("c-o", "address-details", "p-o-box", "zip-code", "location", "area")
LISTED, DELISTED = "listed", "de-listed"

Element = Any  # lxml has no types of its own


class Change(msgspec.Struct, frozen=True, order=True):
    """One change of a listing: its days, and whether it listed or ended it."""

    effective: str
    published: str
    kind: str


def changes_of(target: Element) -> list[Change]:
    """Every change with a day, oldest first; the days are those of effect and publication."""
    found = []
    for each in children(target, "modification"):
        days = [
            iso_date(each.get(f"{name}-date", "")[:10]) or ""
            for name in ("effective", "enactment", "publication")
        ]
        effective = next((day for day in days if day), "")
        if effective:
            published = days[2] or effective
            found.append(Change(effective, published, each.get("modification-type", "")))
    return sorted(found)


def listing_days(changes: list[Change]) -> Iterator[Value]:
    """Listing and start of the listing that counts, its end, and other changes."""
    ended = max((each for each in changes if each.kind == DELISTED), default=None)
    begun = [each for each in changes if each.kind == LISTED]
    current = [each for each in begun if ended is None or each > ended]
    first = min(current or begun, default=None)
    if first is not None:
        yield Value("listingDate", first.published)
        yield Value("startDate", first.effective)
    for each in changes:
        if each.kind not in {LISTED, DELISTED}:
            yield Value("modifiedAt", each.published or each.effective)
    if ended is not None and not current:
        yield Value("endDate", ended.effective)


def names(name: Element, schema: str, *, main: bool) -> Iterator[Value]:
    """The whole name, its spellings in other languages and scripts, and its parts."""
    prop = NAME_KINDS.get(name.get("name-type", ""), "alias")
    if prop == "name" and not main:
        prop = "alias"
    if name.get("quality") == "low":
        prop = "weakAlias"
    yield Value(prop, spoken(name))
    for lang, spelled in _spellings(name):
        yield Value("alias" if prop == "name" else prop, spelled, lang=lang)
    for part in children(name, "name-part"):
        kind, value = part.get("name-part-type", ""), " ".join(texts(part, "value"))
        if kind in UNSPOKEN:
            yield Value("title", value)
        elif schema == "Person" and kind in PARTS:
            yield Value(PARTS[kind], value)


def _parts(name: Element) -> list[Element]:
    """The parts of a name in the order of speech."""
    found = [
        each
        for each in children(name, "name-part")
        if each.get("name-part-type", "") not in UNSPOKEN
    ]
    return sorted(found, key=lambda each: _order(each.get("order", "")))


def _order(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 999  # noqa: PLR2004


def spoken(name: Element) -> str:
    """A whole name, from the first values of its parts."""
    return " ".join(text for part in _parts(name) for text in texts(part, "value"))


def _spellings(name: Element) -> Iterator[tuple[str | None, str]]:
    """Whole names per language and script; a part without a spelling there keeps its value.

    The n-th spellings of all parts make one name. Every combination was rejected: a name
    of five parts with five spellings each would be thousands of names that nobody has.
    """
    parts = _parts(name)
    kinds = dict.fromkeys(
        (each.get("lang", ""), each.get("script", ""))
        for part in parts
        for each in children(part, "spelling-variant")
    )
    for lang, script in kinds:
        columns = [_variants(part, lang, script) for part in parts]
        for at in range(max(map(len, columns), default=0)):
            whole = " ".join(
                column[min(at, len(column) - 1)] if column else "".join(texts(part, "value"))
                for part, column in zip(parts, columns, strict=True)
            )
            yield lang.casefold() or None, " ".join(whole.split())


def _variants(part: Element, lang: str, script: str) -> list[str]:
    return [
        text
        for each in children(part, "spelling-variant")
        if (each.get("lang", ""), each.get("script", "")) == (lang, script)
        and (text := content(each))
    ]


def place_parts(element: Element) -> dict[str, str]:
    """The parts of a place or address that are filled."""
    found = {name: ", ".join(texts(element, name)) for name in (*LINE, "country")}
    return {name: text for name, text in found.items() if text}


def in_english(element: Element, name: str) -> str:
    """The English text of a repeated element, or else its first."""
    texts = [(each.get("lang") == ENGLISH, content(each)) for each in children(element, name)]
    return next((text for english, text in texts if english), texts[0][1] if texts else "")


def texts(element: Element, *path: str) -> list[str]:
    """The texts along a path that are not empty."""
    return [text for each in children(element, *path) if (text := content(each))]
