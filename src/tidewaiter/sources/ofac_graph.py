"""The small parts of an advanced OFAC file, by the numbers under which parties name them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import msgspec

from tidewaiter.model.dates import iso_date
from tidewaiter.sources.xmlfile import Node, children, content, records

__all__ = ["Document", "Element", "Entry", "Graph", "Relation", "children", "text_of"]

Element = Any  # lxml has no types of its own
text_of = content
YEAR_START, YEAR_END = "-01-01", "-12-31"
YEAR = 4  # characters
PLACE_ORDER = ("ADDRESS1", "ADDRESS2", "ADDRESS3", "CITY", "STATE/PROVINCE", "POSTAL CODE")


class Place(msgspec.Struct, frozen=True):
    """A location, in numbers of reference values."""

    countries: tuple[str, ...]
    areas: tuple[str, ...]
    parts: tuple[tuple[str, str], ...]


class Document(msgspec.Struct, frozen=True):
    """An identity or registration document; ``text`` as OFAC's remarks print it."""

    kind: str
    number: str
    country: str
    dates: tuple[tuple[str, str], ...]
    validity: str
    text: str = ""
    valid: bool = True


class Relation(msgspec.Struct, frozen=True):
    """From one profile to another."""

    kind: str
    other: str


class Entry(msgspec.Struct, frozen=True):
    """One listing of a profile; ``days`` are those of its events."""

    number: str
    row: int
    line: int
    list: str
    days: tuple[str, ...]
    bases: tuple[str, ...]
    types: tuple[str, ...]
    programmes: tuple[str, ...]

    @property
    def day(self) -> str | None:
        """The first day on which the party stood on the list."""
        return min(self.days, default=None)


class Graph:
    """Everything of a file but its parties. Raises ``BadDataError`` where it is no XML."""

    tags: ClassVar[tuple[str, ...]] = (
        "DateOfIssue", "ReferenceValueSets", "Location", "IDRegDocument", "DistinctParty",
        "ProfileRelationship", "SanctionsEntry",
    )  # fmt: skip

    def __init__(self, path: Path, name: str) -> None:
        self.issued: str | None = None
        self.places: dict[str, Place] = {}
        self.documents: dict[str, list[Document]] = {}
        self.relations: dict[str, list[Relation]] = {}
        self.entries: dict[str, list[Entry]] = {}
        self._texts: dict[tuple[str, str], str] = {}
        self._attributes: dict[tuple[str, str], dict[str, str]] = {}
        take = {
            "DateOfIssue": self._date, "ReferenceValueSets": self._references,
            "Location": self._place, "IDRegDocument": self._document,
            "ProfileRelationship": self._relation, "SanctionsEntry": self._entry,
        }  # fmt: skip
        for node in records(path, name, self.tags):
            if node.tag in take:
                take[node.tag](node)
        self.documents = {
            identity: [self._printed(each) for each in found]
            for identity, found in self.documents.items()
        }

    def reference(self, kind: str, number: str) -> str:
        """The text of a reference value; empty where there is none."""
        return self._texts.get((kind, number), "")

    def attribute(self, kind: str, number: str, name: str) -> str:
        """An attribute of a reference value; empty where there is none."""
        return self._attributes.get((kind, number), {}).get(name, "")

    def country_at(self, number: str) -> str:
        """The country of a location, by name; by area code where no country is given."""
        place = self.places.get(number)
        if place is None:
            return ""
        names = [self.reference("Country", each) for each in place.countries]
        names += [self.attribute("AreaCode", each, "Description") for each in place.areas]
        return next((name for name in names if name), "")

    def address_at(self, number: str) -> str:
        """The parts of a location in the order of an address; empty where it has none."""
        place = self.places.get(number)
        if place is None:
            return ""
        order = {kind: at for at, kind in enumerate(PLACE_ORDER)}
        parts = [(self.reference("LocPartType", kind), text) for kind, text in place.parts]
        parts.sort(key=lambda part: order.get(part[0], len(order)))
        return ", ".join(text for _, text in parts if text)

    def details(self, version: Element) -> Iterator[str]:
        """What a version of a feature says: its period, its text or its reference value."""
        for period in children(version, "DatePeriod"):
            yield from filter(None, [period_of(period)])
        for detail in children(version, "VersionDetail"):
            number = detail.get("DetailReferenceID")
            text = self.reference("DetailReference", number) if number else content(detail)
            yield from filter(None, [text])

    def _date(self, node: Node) -> None:
        self.issued = day_of(node.element) or self.issued

    def _references(self, node: Node) -> None:
        for group in node.element:
            for each in group if isinstance(group.tag, str) else ():
                if isinstance(each.tag, str) and each.get("ID"):
                    key = (str(each.tag).rpartition("}")[2], each.get("ID"))
                    self._texts[key] = content(each)
                    self._attributes[key] = dict(each.attrib)

    def _place(self, node: Node) -> None:
        element = node.element
        self.places[element.get("ID", "")] = Place(
            tuple(each.get("CountryID", "") for each in children(element, "LocationCountry")),
            tuple(each.get("AreaCodeID", "") for each in children(element, "LocationAreaCode")),
            tuple(
                (part.get("LocPartTypeID", ""), content(value))
                for part in children(element, "LocationPart")
                for value in _primary(list(children(part, "LocationPartValue")))
            ),
        )

    def _document(self, node: Node) -> None:
        element = node.element
        found = Document(
            element.get("IDRegDocTypeID", ""),
            node.text("IDRegistrationNo"),
            element.get("IssuedBy-CountryID", "")
            or next((e.get("CountryID", "") for e in children(element, "IssuedBy")), ""),
            tuple(
                (each.get("IDRegDocDateTypeID", ""), period_of(period))
                for each in children(element, "DocumentDate")
                for period in children(each, "DatePeriod")
            ),
            element.get("ValidityID", ""),
        )
        self.documents.setdefault(element.get("IdentityID", ""), []).append(found)

    def _printed(self, document: Document) -> Document:
        """The document with its text, once all reference values are known."""
        country = self.reference("Country", document.country)
        dates = {self.reference("IDRegDocDateType", kind): day for kind, day in document.dates}
        text = document.number
        for given, shown in (
            (country, f" ({country})"),
            (dates.get("Issue Date"), f" issued {dates.get('Issue Date')}"),
            (dates.get("Expiration Date"), f" expires {dates.get('Expiration Date')}"),
        ):
            text += shown if given else ""
        valid = self.reference("Validity", document.validity) != "Fraudulent"
        return msgspec.structs.replace(document, text=text, valid=valid)

    def _relation(self, node: Node) -> None:
        element = node.element
        found = Relation(element.get("RelationTypeID", ""), element.get("To-ProfileID", ""))
        if found.other:
            self.relations.setdefault(element.get("From-ProfileID", ""), []).append(found)

    def _entry(self, node: Node) -> None:
        element = node.element
        events = list(children(element, "EntryEvent"))
        days = (day_of(date) for event in events for date in children(event, "Date"))
        measures = list(children(element, "SanctionsMeasure"))
        comments = (content(each) for m in measures for each in children(m, "Comment"))
        found = Entry(
            element.get("ID", ""), node.number, node.line, element.get("ListID", ""),
            tuple(sorted({day for day in days if day})),
            tuple(dict.fromkeys(event.get("LegalBasisID", "") for event in events)),
            tuple(dict.fromkeys(each.get("SanctionsTypeID", "") for each in measures)),
            tuple(dict.fromkeys(text for text in comments if text)),
        )  # fmt: skip
        self.entries.setdefault(element.get("ProfileID", ""), []).append(found)


def day_of(element: Element) -> str | None:
    """Year, month and day of an element as ISO 8601; ``None`` where they are no date."""
    parts = [next((content(e) for e in children(element, n)), "") for n in ("Year", "Month", "Day")]
    if not all(part.isascii() and part.isdigit() for part in parts if part):
        return None
    shown = [parts[0].zfill(YEAR), *(part.zfill(2) for part in parts[1:] if part)]
    return iso_date("-".join(shown)) if parts[0] else None


def period_of(element: Element) -> str:
    """A day, ``circa``, a year that was written as its first and last day, or ``A to B``."""
    start, end = (_edge(element, name, side) for name, side in (("Start", "From"), ("End", "To")))
    about = any(e.get("Approximate") == "true" for e in children(element, "Start"))
    if start and end and start != end:
        whole = start[:YEAR] == end[:YEAR] and (start[YEAR:], end[YEAR:]) == (YEAR_START, YEAR_END)
        text = start[:YEAR] if whole else f"{start} to {end}"
    else:
        text = start or end or ""
    return f"circa {text}" if about and text else text


def _edge(element: Element, name: str, side: str) -> str | None:
    other = "To" if side == "From" else "From"
    for which in (side, other):
        for each in children(element, name, which):
            if day := day_of(each):
                return day
    return None


def _primary(values: list[Element]) -> Iterator[Any]:
    """The texts of a place's part in its first script."""
    chosen = [each for each in values if each.get("Primary") == "true"] or values
    for value in chosen[:1]:
        yield from children(value, "Value")
