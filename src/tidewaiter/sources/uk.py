"""What both lists of the United Kingdom print alike: names in six parts, days, series.

A name has its given names in parts 1 to 5 and its family name, or the whole name of a
firm or ship, in part 6.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from tidewaiter.model.dates import iso_date
from tidewaiter.sources import printed, registration
from tidewaiter.sources.listing import Value

GIVEN, FAMILY = tuple(f"Name {part}" for part in range(1, 6)), "Name 6"
SERIES = re.compile(r"(?:^|\s+)\(\d{1,3}\)\s*")  # "(1) … (2) …"
FIRST = re.compile(r"(?:^|\s)\([12]\)")
NOTHING = frozenset({"", "-", ".", "n/a", "na", "none", "unknown"})
DAY = re.compile(r"(?:(?P<day>\d\d|dd)/)?(?P<month>\d\d|mm)/(?P<year>\d{4})", re.IGNORECASE)
TIMED = re.compile(r"(\d{4}-\d\d-\d\d|\d\d/\d\d/\d{4})[T ]\d\d:\d\d.*")
CONTACTS = re.compile(r"\s*[;,]\s+|\.\s+")
SCHEMAS = {"individual": "Person", "entity": "LegalEntity", "ship": "Vessel"}
NAME_KINDS = {
    "primary name": "name", "primary name variation": "alias", "alias": "alias", "aka": "alias",
    "fka": "previousName",
}  # fmt: skip
LANGUAGES = {
    "arabic": "ara", "belarusian": "bel", "bosnian": "bos", "bulgarian": "bul", "chinese": "zho",
    "greek": "ell", "hebrew": "heb", "korean": "kor", "persian": "fas", "russian": "rus",
    "serbian": "srp", "turkish": "tur", "ukrainian": "ukr",
}  # fmt: skip


def day(text: str) -> str | None:
    """A day as these lists print it: ``24/02/2022``, ``dd/02/2022``, ``00/00/1963``, ``1951``."""
    shown = text.strip()
    timed = TIMED.fullmatch(shown)
    found = DAY.fullmatch(timed[1] if timed else shown)
    if found is None:
        return printed.day((timed[1] if timed else shown).replace("-", " ")) or printed.day(
            timed[1] if timed else shown
        )
    parts = [found["year"]]
    for name in ("month", "day"):
        part = (found[name] or "00").casefold()
        if part in {"00", "mm", "dd"}:
            break
        parts.append(part)
    return iso_date("-".join(parts))


def series(text: str) -> list[str]:
    """The members of ``(1) … (2) …``, or the text itself; what says nothing is left out."""
    parts = SERIES.split(text) if FIRST.search(text) else [text]
    return list(dict.fromkeys(part.strip() for part in parts if is_said(part)))


def is_said(text: str) -> bool:
    """Whether a cell says something: these lists print dashes and ``N/A``, too."""
    return text.strip(" .").casefold() not in NOTHING


def contacts(text: str) -> list[str]:
    """Telephone numbers, mail addresses or sites, which are separated in several ways."""
    parts = (part.strip(" ;,") for member in series(text) for part in CONTACTS.split(member))
    return [part for part in dict.fromkeys(parts) if is_said(part)]


def whole_name(parts: Mapping[str, str]) -> str:
    """A name in the order in which it is said."""
    return " ".join(part for name in (*GIVEN, FAMILY) if (part := parts.get(name, "")))


def names(parts: Mapping[str, str], kind: str, quality: str, schema: str) -> Iterator[Value]:
    """A name under its kind (``AKA``, ``Primary name`` …) and quality."""
    whole = whole_name(parts)
    prop = NAME_KINDS.get(kind.strip().casefold(), "alias")
    weak = quality.strip().casefold().startswith("low")
    yield Value("weakAlias" if weak and prop == "alias" else prop, whole)
    given, family = parts.get(GIVEN[0], ""), parts.get(FAMILY, "")
    if schema == "Person" and prop == "name" and given and family:
        yield Value("firstName", given)
        yield Value("lastName", family)


def other_script(text: str, language: str) -> Iterator[Value]:
    """A name in another script than the Latin one, which is never the primary one here."""
    for name in series(text):
        yield Value("alias", name, lang=LANGUAGES.get(language.strip().casefold()))


def address(lines: Sequence[str], postcode: str, country: str) -> Iterator[Value]:
    """An address in one line, and the country it ends with."""
    parts = [part.strip(" ,") for part in (*lines, postcode) if is_said(part)]
    if parts:
        yield Value("address", ", ".join([*parts, country] if country else parts))
    yield from countries("country", country)


def countries(prop: str, text: str) -> Iterator[Value]:
    """The countries of a cell; what names none stays as a note."""
    for member in series(text):
        shown = member.strip(" .")
        codes = printed.countries(shown)
        yield from (Value(prop, code, shown) for code in codes)
        if not codes:
            yield Value("notes", shown)


def birthplaces(town: str, country: str) -> Iterator[Value]:
    """Places of birth, town and country together where there is one of each."""
    towns, lands = series(town), series(country)
    if len(towns) == len(lands) == 1:
        yield Value("birthPlace", f"{towns[0]}, {lands[0]}")
    else:
        yield from (Value("birthPlace", place) for place in (*towns, *lands))


def papers(prop: str, number: str, more: str) -> Iterator[Value]:
    """Numbers of a person's documents, and what is said of them."""
    found = series(number)
    for text in found:
        shown = f"{text} {more}".strip() if len(found) == 1 else text
        for name, value in registration.numbers(prop, text, "Person"):
            yield Value(name, value, shown)
    if len(found) != 1 and is_said(more):
        yield Value("notes", more)
