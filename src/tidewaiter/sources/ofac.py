"""What OFAC says of a party, in the words that all its formats share.

Remarks, features and identity documents name the same facts by the same labels, kept in
``ofac.yml``. What no label explains stays as a note, and is counted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache

import msgspec

from tidewaiter.sources import printed, registration
from tidewaiter.sources.card import resource
from tidewaiter.sources.listing import Value

DATASET = "ofac"
AUTHORITY = "Office of Foreign Assets Control"
PAGE = "https://sanctionssearch.ofac.treas.gov/Details.aspx?id={}"
UNLABELLED = "remarks"  # the field under which items without a known label are counted
CUT_OFF = "remarks (cut off)"

# Registers whose numbers have one shape: OFAC prints others under their labels, too.
STRICT = frozenset({"leiCode", "imoNumber", "uscCode", "okpoCode"})
ITEMS = re.compile(r";\s+")
AGAIN = re.compile(r"^alt\. ", re.IGNORECASE)
ENCLOSED = re.compile(r"\((.*)\)")
INSTRUMENT = re.compile(r"\([^()]*\):?\s*")
PAPER = re.compile(
    r"(?P<number>.*?)(?P<asides>(?: \([^()]*\))*)(?: issued (?P<issued>.*?))?"
    r"(?: expires (?P<expires>.*))?"
)
ASIDE = re.compile(r"\(([^()]*)\)")


class Label(msgspec.Struct, frozen=True):
    """What the value after any of ``labels`` is, and how it is read."""

    prop: str
    kind: str
    labels: tuple[str, ...]


class Knowledge(msgspec.Struct, frozen=True):
    """``ofac.yml``."""

    labels: tuple[Label, ...]
    schemas: dict[str, str]
    countries: dict[str, str]
    nowhere: frozenset[str]


class Said(msgspec.Struct):
    """What was said of the party and of its listing; ``unread`` counts by field."""

    about: list[Value] = msgspec.field(default_factory=list)
    listing: list[Value] = msgspec.field(default_factory=list)
    unread: Counter[str] = msgspec.field(default_factory=Counter)


@cache
def knowledge() -> Knowledge:
    """Labels, types and countries."""
    return resource("ofac", Knowledge)


def entity_id(number: str) -> str:
    """The same id in every format of OFAC's."""
    return f"{DATASET}:{number}"


def schema_of(kind: str) -> str | None:
    """The schema of a printed type; ``None`` where OFAC has no such type."""
    return knowledge().schemas.get(kind.strip().casefold())


def remarks(text: str, schema: str, *, cut: bool = False) -> Said:
    """Every item of a remarks cell.

    Where the publisher ``cut`` the cell off, its last item is kept as a note only: half
    a number would look like a number.
    """
    said = Said()
    whole = " ".join(text.split())
    items = [part for part in ITEMS.split(whole.removesuffix(".")) if part]
    if cut and items:
        said.about.append(Value("notes", items.pop()))
        said.unread[CUT_OFF] += 1
    for part in items:
        item(part, schema, said)
    return said


def item(text: str, schema: str, said: Said) -> bool:
    """Add what one item says to ``said``; whether its label is known."""
    enclosed = ENCLOSED.fullmatch(text)
    shown = AGAIN.sub("", enclosed[1] if enclosed else text, count=1).strip()
    found = _label(shown)
    if found is None:
        said.about.append(Value("notes", text))
        said.unread[UNLABELLED] += 1
        return False
    label, rest = found
    if not rest and label.kind not in {"whole", "measure"}:
        said.about.append(Value("notes", text))
        said.unread[label.prop] += 1
    else:
        _add(label, rest, shown, schema, said)
    return True


def is_label(text: str) -> bool:
    """Whether ``text`` begins with a label that ``ofac.yml`` explains."""
    return _label(text.strip()) is not None


def country(text: str) -> tuple[str, bool]:
    """(code, known): the code of a printed country, or the text; empty where it is none."""
    shown = " ".join(text.split())
    if shown in knowledge().nowhere:
        return "", True
    known = knowledge().countries.get(shown)
    codes = [known] if known else printed.countries(shown)
    return (codes[0], True) if len(codes) == 1 else (shown, False)


def person_name(text: str) -> Iterator[Value]:
    """``LAST, First Middle`` in the order of speech, with its parts; else as printed."""
    last, comma, first = (part.strip() for part in text.partition(","))
    if not comma or not last or not first or "," in first:
        yield Value("name", text)
        return
    yield Value("name", f"{first} {last}", text)
    yield Value("lastName", last)
    yield Value("firstName", first)


def _add(label: Label, rest: str, shown: str, schema: str, said: Said) -> None:
    """One value by the kind of its label."""
    if label.kind in {"dated", "measure"}:
        said.listing.extend(_of_listing(label, rest, shown, said))
    elif label.kind == "date":
        day = printed.day(rest)
        said.about.append(Value(label.prop, day or rest, shown))
        said.unread[label.prop] += day is None
    elif label.kind == "country":
        code, known = country(rest)
        said.about.append(Value(label.prop, code, shown))
        said.unread[label.prop] += not known
    elif label.kind == "number":
        said.about.extend(_number(label.prop, rest, shown, schema))
    else:
        said.about.append(_worded(label, rest, shown))


def _worded(label: Label, rest: str, shown: str) -> Value:
    if label.kind == "whole":
        return Value(label.prop, shown)
    if label.kind == "word":
        return Value(label.prop, rest.casefold(), shown)
    if label.kind == "quoted" and rest[0] == rest[-1] == "'" and rest != "'":
        prop = "weakAlias" if label.prop == "alias" else label.prop
        return Value(prop, rest[1:-1].strip(), shown)
    return Value(label.prop, rest, shown)


def _of_listing(label: Label, rest: str, shown: str, said: Said) -> Iterator[Value]:
    """A date or a condition of the listing."""
    day = printed.day(INSTRUMENT.sub("", rest, count=1)) if label.kind == "dated" else None
    if day:
        yield Value(label.prop, day, shown)
    else:
        said.unread[label.prop] += label.kind == "dated"
        yield Value("provisions", shown)


def _number(prop: str, rest: str, shown: str, schema: str) -> Iterator[Value]:
    """A number and the country that gave it; its dates stay in what was printed."""
    paper = PAPER.fullmatch(rest)
    number, asides = (paper["number"], paper["asides"]) if paper else (rest, "")
    for found, value in registration.numbers(prop, f"{number}{asides}".strip(), schema):
        bare = number if value.startswith(f"{number} (") else value
        yield Value(_fitting(found, bare), bare, shown)
    for aside in ASIDE.findall(asides):
        codes = printed.countries(aside)
        if len(codes) == 1:
            yield Value("country", codes[0], shown)


def _fitting(prop: str, value: str) -> str:
    """``prop``, or a plain registration number where the value cannot be of that register."""
    if prop not in STRICT or any(s.prop == prop and s.fits(value) for s in registration.schemes()):
        return prop
    return "registrationNumber"


def _label(text: str) -> tuple[Label, str] | None:
    """The longest label that ``text`` begins with, and what follows it."""
    folded = text.casefold()
    for name, label in _by_first_word().get(folded.split(" ", 1)[0].rstrip(":"), ()):
        after = folded[len(name) : len(name) + 1]
        if folded.startswith(name) and after in {"", " ", ":", ",", "."}:
            return label, text[len(name) :].lstrip(": ").strip()
    return None


@cache
def _by_first_word() -> dict[str, list[tuple[str, Label]]]:
    """Labels by their first word, the longest first."""
    found: dict[str, list[tuple[str, Label]]] = {}
    for label in knowledge().labels:
        for name in label.labels:
            folded = name.casefold()
            found.setdefault(folded.split(" ", 1)[0].rstrip(":"), []).append((folded, label))
    for names in found.values():
        names.sort(key=lambda each: -len(each[0]))
    return found
