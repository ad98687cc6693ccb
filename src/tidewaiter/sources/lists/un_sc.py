"""The consolidated list of the United Nations Security Council, in its XML."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache

from tidewaiter.errors import BadDataError
from tidewaiter.model.dates import iso_date
from tidewaiter.model.source import Reject, SourceFile, rejected
from tidewaiter.sources import printed, registration
from tidewaiter.sources.card import Card, resource
from tidewaiter.sources.listing import ListedParty, Parties, Value
from tidewaiter.sources.reader import Batch, FileHead, Official, Tally
from tidewaiter.sources.xmlfile import (
    Node,
    children,
    content,
    local,
    records,
    root_attribute,
    root_day,
    root_of,
)

DATASET = "un_sc"
ROOT = "CONSOLIDATED_LIST"
AUTHORITY = "United Nations Security Council"
KINDS = {"INDIVIDUAL": "Person", "ENTITY": "LegalEntity"}
NAMES = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
ADDRESS = ("STREET", "CITY", "STATE_PROVINCE", "ZIP_CODE", "COUNTRY")
BIRTHPLACE = ("STREET", "CITY", "STATE_PROVINCE", "COUNTRY")
ALIAS_KINDS = {
    "good": "alias", "low": "weakAlias", "a.k.a.": "alias", "aka": "alias",
    "f.k.a.": "previousName", "fka": "previousName",
}  # fmt: skip
GENERATED = "dateGenerated"
MEASURES_IN = re.compile(r"\(\s*((?:Travel Ban|Asset Freeze)(?:\s*,\s*Asset Freeze)?)\s*\)")
EARLIER = re.compile(r"(?:previously|formerly) listed as", re.IGNORECASE)
ORIGINAL = re.compile(r"(?:original script|\bin Arabic(?: script)?):\s*(.+)", re.IGNORECASE)
SHOWN = 200


class UnCard(Card, frozen=True, kw_only=True):
    """The card, with what the reader needs of it."""

    documents: dict[str, str]


class UnScReader(Official):
    """The XML; see ``un_sc.yml`` for what it holds."""

    name = "un_sc"
    dataset = DATASET
    version = 1

    def recognises(self, head: FileHead) -> bool:
        """By its root element, which no other list has."""
        root = root_of(head)
        return root is not None and root.name == ROOT

    def read(self, source: SourceFile) -> Iterator[Batch | Reject | Tally]:
        """Every individual and entity as statements or a reject, then the tally."""
        yield from UnFile(source).items()


@cache
def card() -> UnCard:
    """``un_sc.yml``."""
    return resource("lists/un_sc", UnCard)


class UnFile:
    """One file, a record at a time."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        head = FileHead.of(source.path, source.name)
        if not UnScReader().recognises(head):
            raise BadDataError(
                f"the root element is not {ROOT}",
                where=f"{source.name}, line 1",
                next_step="fetch the file again from scsanctions.un.org",
            )
        self.made = root_day(head, GENERATED)
        self.facts = {"generated": root_attribute(head, GENERATED)} if self.made else {}
        self.seen: dict[str, str] = {}
        self.met: set[str] = set()
        self.unread: Counter[str] = Counter()
        self.newest: str | None = None

    def items(self) -> Iterator[Batch | Reject | Tally]:
        """Batches and rejects, then the tally."""
        parties = Parties()
        for row, node in enumerate(
            records(self.source.path, self.source.name, tuple(KINDS)), start=1
        ):
            self.met.update(_tags(node))
            fault = self._fault(node)
            if fault:
                yield parties.refuse(self._reject(row, node, *fault))
            else:
                yield from parties.add(self._party(node))
        yield from parties.flush()
        yield Tally(
            rows_read=parties.read,
            entities=len(parties.entities),
            published_on=self.made or self.newest,
            unused=card().unknown(self.met),
            unread={name: times for name, times in sorted(self.unread.items()) if times},
            part="consolidated",
            facts=self.facts,
        )

    def _fault(self, node: Node) -> tuple[str, str, str] | None:
        """Element, value and reason why a record cannot be kept."""
        number = node.text("DATAID")
        if not number:
            return "DATAID", "", "required, but empty"
        if not _name(node):
            return "FIRST_NAME", "", "no part of the name says anything"
        first = self.seen.setdefault(number, node.locator)
        if first != node.locator:
            return "DATAID", number, f"the number of {first}, too"
        return None

    def _reject(self, row: int, node: Node, column: str, value: str, why: str) -> Reject:
        return rejected(self.source.name, (row, node.line), column, value, why)

    def _party(self, node: Node) -> ListedParty:
        listed = self._day("LISTED_ON", node.text("LISTED_ON"))
        return ListedParty(
            entity_id=f"{DATASET}:{node.text('DATAID')}",
            schema=KINDS[node.tag],
            dataset=self.source.dataset,
            source_id=self.source.source_id,
            locator=node.locator,
            origin="consolidated",
            act_rank=0,
            first_seen=listed,
            about=tuple(self._about(node)),
            listing=tuple(self._listing(node, listed)),
        )

    def _about(self, node: Node) -> Iterator[Value]:
        """What the record says of the party."""
        yield Value("name", _name(node))
        if original := node.text("NAME_ORIGINAL_SCRIPT"):
            yield Value("alias", original)
        for text in node.texts("TITLE", "VALUE"):
            yield Value("title", text)
        for text in node.texts("DESIGNATION", "VALUE"):
            yield Value("position", text)
        if gender := node.text("GENDER"):
            yield Value("gender", gender.casefold(), gender)
        for text in node.texts("NATIONALITY", "VALUE"):
            yield from self._countries("nationality", text)
        parts = (
            ("ALIAS", self._alias),
            ("ADDRESS", self._address),
            ("DATE_OF_BIRTH", self._born),
            ("PLACE_OF_BIRTH", _birthplace),
            ("DOCUMENT", self._document),
        )
        for name, said in parts:
            for part in _parts(node, name):
                yield from said(part)
        if comments := node.text("COMMENTS1"):
            yield Value("notes", comments)

    def _alias(self, part: dict[str, str]) -> Iterator[Value]:
        """Another name, and the birth that goes with it."""
        quality = part.get("QUALITY", "")
        prop = ALIAS_KINDS.get(quality.casefold())
        name = part.get("ALIAS_NAME", "")
        self.unread["QUALITY"] += bool(name) and bool(quality) and prop is None
        note = part.get("NOTE", "")
        if EARLIER.match(note):
            prop = "previousName"
        if name:
            yield Value(prop or "alias", name)
        if day := part.get("DATE_OF_BIRTH"):
            yield from self._date(day, day)
        place = _joined(part, ("CITY_OF_BIRTH", "COUNTRY_OF_BIRTH"))
        if place:
            yield Value("birthPlace", place)
        if original := ORIGINAL.search(note):
            yield Value("alias", original[1].strip(), note)
        elif note:
            yield Value("notes", f"{name} {note}".strip())

    def _address(self, part: dict[str, str]) -> Iterator[Value]:
        """A line, unless there is nothing but a country; and the country."""
        line, note = _joined(part, ADDRESS), part.get("NOTE", "")
        shown = f"{line} {note}".strip()
        if line and line != part.get("COUNTRY"):
            yield Value("address", line, shown)
        if "COUNTRY" in part:
            yield from self._countries("country", part["COUNTRY"])
        if note and (not line or line == part.get("COUNTRY")):
            yield Value("notes", shown)

    def _born(self, part: dict[str, str]) -> Iterator[Value]:
        """A date; of a range every year, because each of them may be the right one."""
        shown = " ".join(part.values())
        first, last = part.get("FROM_YEAR", ""), part.get("TO_YEAR", "")
        if years := printed.years(first, last):
            yield from (Value("birthDate", year, shown) for year in years)
        elif first or last:
            yield from (Value("birthDate", year, shown) for year in (first, last) if year)
        elif day := part.get("DATE") or part.get("YEAR"):
            yield from self._date(day, shown)
        elif note := part.get("NOTE"):
            yield from self._date(note, shown)

    def _date(self, text: str, shown: str) -> Iterator[Value]:
        day = printed.day(text)
        self.unread["DATE_OF_BIRTH"] += day is None
        yield Value("birthDate", day or text, shown)

    def _document(self, part: dict[str, str]) -> Iterator[Value]:
        """A number of a known kind of document; without one a note."""
        shown, number = " ".join(part.values()), part.get("NUMBER", "")
        kinds = card().documents
        prop = kinds.get(part.get("TYPE_OF_DOCUMENT", "").casefold())
        if number:
            self.unread["TYPE_OF_DOCUMENT"] += prop is None
            for found, value in registration.numbers(prop or "idNumber", number, "Person"):
                yield Value(found, value, shown)
        elif part.keys() - {"TYPE_OF_DOCUMENT", "TYPE_OF_DOCUMENT2"}:
            yield Value("notes", shown)
        for name in ("ISSUING_COUNTRY", "COUNTRY_OF_ISSUE"):
            if name in part:
                yield from self._countries("country", part[name])

    def _countries(self, prop: str, text: str) -> Iterator[Value]:
        codes = printed.countries(text)
        self.unread[prop] += not codes
        yield from (Value(prop, code, text) for code in codes)
        if not codes:
            yield Value("notes", text)

    def _listing(self, node: Node, listed: str | None) -> Iterator[Value]:
        """The list, its measures, and the days that the record gives."""
        regime = node.text("UN_LIST_TYPE")
        self.unread["UN_LIST_TYPE"] += all(each.framework != regime for each in card().measures)
        yield Value("listId", DATASET)
        for kind, shown in measures(regime, node.tag, node.text("COMMENTS1")):
            yield Value("measure", kind, shown)
        yield Value("recordId", node.text("DATAID"))
        yield Value("authority", AUTHORITY)
        yield Value("program", regime)
        if reference := node.text("REFERENCE_NUMBER"):
            yield Value("unscId", reference)
        if listed:
            yield Value("listingDate", listed, node.text("LISTED_ON"))
        for text in node.texts("LAST_DAY_UPDATED", "VALUE"):
            day = self._day("LAST_DAY_UPDATED", text)
            if day:
                yield Value("modifiedAt", day, text)

    def _day(self, name: str, text: str) -> str | None:
        """A day of the listing; one that cannot be read is counted."""
        day = printed.day(text[:10] if iso_date(text[:10]) else text) if text else None
        self.unread[name] += bool(text) and day is None
        if day and (self.made is None or day <= self.made):
            self.newest = max(self.newest or day, day)
        return day


def measures(regime: str, tag: str, comments: str) -> list[tuple[str, str]]:
    """(kind, what is printed): the measures that the comments name, else the regime's.

    A record under Libya says in its comments which measures were chosen for it, at times
    one in each of two sentences; for the other regimes one rule holds for all, by kind of
    party where it differs.
    """
    rules = [each for each in card().measures if each.framework == regime]
    said = ", ".join(MEASURES_IN.findall(comments))
    chosen = [(each.kind, each.printed) for each in rules if each.printed and each.printed in said]
    if chosen:
        return chosen
    for each in rules:
        if each.schema in {"", KINDS[tag]} and not each.printed:
            return [(each.kind, regime)]
    return [("other", regime)]


def _name(node: Node) -> str:
    return " ".join(part for name in NAMES if (part := node.text(name)))


def _parts(node: Node, name: str) -> Iterator[dict[str, str]]:
    """The filled elements of every ``INDIVIDUAL_name`` or ``ENTITY_name``."""
    for part in children(node.element, f"{node.tag}_{name}"):
        found = {local(each): content(each) for each in part if isinstance(each.tag, str)}
        yield {key: text for key, text in found.items() if text}


def _joined(part: dict[str, str], names: Sequence[str]) -> str:
    return ", ".join(part[name] for name in names if name in part)


def _birthplace(part: dict[str, str]) -> Iterator[Value]:
    place, note = _joined(part, BIRTHPLACE), part.get("NOTE", "")
    if place or note:
        yield Value("birthPlace", place or note, f"{place} {note}".strip())


def _tags(node: Node) -> set[str]:
    """The names of all elements of a record."""
    return {local(each) for each in node.element.iter() if isinstance(each.tag, str)}
