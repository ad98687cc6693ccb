"""The Swiss sanctions list of SECO, in its XML.

A party refers to its programme by the number of a set of measures, and to places by
theirs; both may stand after it, so that the file is read twice. A change repeats what it
changed under the names of a party's own elements: those copies are no parties.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec

from tidewaiter.errors import BadDataError
from tidewaiter.model.dates import iso_date
from tidewaiter.model.source import Reject, SourceFile, rejected
from tidewaiter.sources import printed, registration
from tidewaiter.sources.card import Card, resource
from tidewaiter.sources.listing import ListedParty, Parties, Value
from tidewaiter.sources.reader import Batch, FileHead, Official, Tally
from tidewaiter.sources.seco_parts import (
    ENGLISH,
    LINE,
    Change,
    changes_of,
    in_english,
    listing_days,
    names,
    place_parts,
    spoken,
    texts,
)
from tidewaiter.sources.xmlfile import (
    Node,
    children,
    content,
    local,
    records,
    root_day,
    root_of,
)

DATASET = "ch_seco"
ROOT, PROGRAMME, PLACE, TARGET = "swiss-sanctions-list", "sanctions-program", "place", "target"
AUTHORITY = "State Secretariat for Economic Affairs"
KINDS = {"individual": "Person", "entity": "LegalEntity", "object": "Asset"}
OBJECTS = {"vessel": "Vessel", "aircraft": "Airplane"}
LABELLED = re.compile(r"([^:]{2,80}?)\s*:\s*(.+)")
SHOWN = 200

Element = Any  # lxml has no types of its own


class SecoCard(Card, frozen=True, kw_only=True):
    """The card, with what the reader needs of it."""

    documents: dict[str, str]
    labels: dict[str, str]


class Programme(msgspec.Struct, frozen=True):
    """What a set of measures belongs to: key and name of the programme, and its own text."""

    key: str = ""
    name: str = ""
    set: str = ""


class ChSecoReader(Official):
    """The XML; see ``ch_seco.yml`` for what it holds."""

    name = "ch_seco"
    dataset = DATASET
    version = 1

    def recognises(self, head: FileHead) -> bool:
        """By its root element, which no other list has."""
        root = root_of(head)
        return root is not None and root.name == ROOT

    def read(self, source: SourceFile) -> Iterator[Batch | Reject | Tally]:
        """Every party as statements or a reject, then the tally."""
        yield from SecoFile(source).items()


@cache
def card() -> SecoCard:
    """``ch_seco.yml``."""
    return resource("lists/ch_seco", SecoCard)


class SecoFile:
    """One file: programmes and places first, then a party at a time."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        head = FileHead.of(source.path, source.name)
        if not ChSecoReader().recognises(head):
            raise BadDataError(
                f"the root element is not {ROOT}",
                where=f"{source.name}, line 1",
                next_step="fetch the file again from SECO",
            )
        self.made = root_day(head, "date")
        self.programmes: dict[str, Programme] = {}
        self.places: dict[str, dict[str, str]] = {}
        self.met: set[str] = set()
        self.unread: Counter[str] = Counter()
        self.newest: str | None = None
        self._learn()

    def _learn(self) -> None:
        """Programmes by the numbers of their sets, and places by their numbers."""
        for node in records(self.source.path, self.source.name, (PROGRAMME, PLACE)):
            if not _is_top(node):
                continue
            self.met.update(_tags(node.element))
            if node.tag == PLACE:
                self.places[node.element.get("ssid", "")] = place_parts(node.element)
                continue
            key = in_english(node.element, "program-key")
            name = in_english(node.element, "program-name")
            for each in children(node.element, "sanctions-set"):
                number, text = each.get("ssid", ""), content(each)
                if number not in self.programmes or each.get("lang") == ENGLISH:
                    self.programmes[number] = Programme(key, name, text)

    def items(self) -> Iterator[Batch | Reject | Tally]:
        """Batches and rejects, then the tally."""
        parties, seen, row = Parties(), dict[str, int](), 0
        for node in records(self.source.path, self.source.name, (TARGET,)):
            if not _is_top(node):
                continue
            row += 1
            self.met.update(_tags(node.element))
            fault = self._fault(node, seen, row)
            if fault:
                yield parties.refuse(self._reject(row, node, *fault))
            else:
                yield from parties.add(self._party(row, node))
        yield from parties.flush()
        yield Tally(
            rows_read=parties.read,
            entities=len(parties.entities),
            published_on=self.made or self.newest,
            unused=card().unknown(self.met),
            unread={name: times for name, times in sorted(self.unread.items()) if times},
            part="whole-list",
            facts={"programmes": str(len({each.key for each in self.programmes.values()}))},
        )

    def _fault(self, node: Node, seen: dict[str, int], row: int) -> tuple[str, str, str] | None:
        """Element, value and reason why a party cannot be kept."""
        number = node.element.get("ssid", "").strip()
        subject = _subject(node.element)
        if not number:
            return "ssid", "", "required, but empty"
        if subject is None:
            return TARGET, number, "neither an individual, an entity nor an object"
        if not any(spoken(name) for name in children(subject, "identity", "name")):
            return "name", number, "no part of a name says anything"
        first = seen.setdefault(number, row)
        return ("ssid", number, f"the number of target {first}, too") if first != row else None

    def _reject(self, row: int, node: Node, column: str, value: str, why: str) -> Reject:
        return rejected(self.source.name, (row, node.line), column, value, why)

    def _party(self, row: int, node: Node) -> ListedParty:
        subject = _subject(node.element)
        number = node.element.get("ssid", "").strip()
        schema = self._schema(subject)
        changes = changes_of(node.element)
        days = [day for each in changes if (day := each.published or each.effective)]
        for day in days:
            if self.made is None or day <= self.made:
                self.newest = max(self.newest or day, day)
        return ListedParty(
            entity_id=f"{DATASET}:{number}",
            schema=schema,
            dataset=self.source.dataset,
            source_id=self.source.source_id,
            # xmlfile's own place counts the copies inside changes, too
            locator=f"/{ROOT}/{TARGET}[{row}]",
            origin="whole-list",
            act_rank=0,
            first_seen=min(days, default=None),
            about=tuple(self._about(subject, schema)),
            listing=tuple(self._listing(number, node.element, subject, changes)),
        )

    def _schema(self, subject: Element) -> str:
        kind = subject.get("object-type", "").casefold()
        if local(subject) != "object":
            return KINDS[local(subject)]
        self.unread["object-type"] += kind not in OBJECTS
        return OBJECTS.get(kind, "Asset")

    def _about(self, subject: Element, schema: str) -> Iterator[Value]:
        """What the party's element says of it."""
        if sex := subject.get("sex"):
            yield Value("gender", sex.casefold(), sex)
        for identity in children(subject, "identity"):
            main = identity.get("main", "true") != "false"
            for name in children(identity, "name"):
                yield from names(name, schema, main=main)
            yield from self._facts(identity, schema)
        for text in texts(subject, "other-information"):
            yield from self._information(text, schema)
        for relation in children(subject, "relation"):
            other, kind = relation.get("target-id", ""), relation.get("relation-type", "")
            if other:
                yield Value("associates", f"{DATASET}:{other}", f"{kind} {other}".strip())

    def _facts(self, identity: Element, schema: str) -> Iterator[Value]:
        """Births, places, nationalities and documents of one identity."""
        for born in children(identity, "day-month-year"):
            yield from self._date(born, schema)
        for place in children(identity, "place-of-birth"):
            if line := ", ".join(self._located(place).values()):
                yield Value("birthPlace", line)
        for address in children(identity, "address"):
            parts = self._located(address)
            line = ", ".join(parts.values())
            if parts.keys() - {"country"}:
                yield Value("address", line)
            if "country" in parts:
                yield from self._country("country", parts["country"])
        for land in texts(identity, "nationality", "country"):
            yield from self._country("nationality", land)
        for document in children(identity, "identification-document"):
            yield from self._document(document, schema)

    def _date(self, born: Element, schema: str) -> Iterator[Value]:
        """A day, month or year; a range of years is given as its members."""
        year, month, day = (born.get(name, "") for name in ("year", "month", "day"))
        shown = " ".join(part for part in (day, month, year) if part)
        found = (
            iso_date(f"{year}-{month.zfill(2)}-{day.zfill(2)}")
            or iso_date(f"{year}-{month.zfill(2)}")
            or iso_date(year)
        )
        prop = "birthDate" if schema == "Person" else "incorporationDate"
        if shown:
            self.unread["day-month-year"] += found is None
            yield Value(prop, found or shown, shown)

    def _located(self, element: Element) -> dict[str, str]:
        """An address or place of birth with what the place it refers to adds."""
        place = self.places.get(element.get("place-id", ""), {})
        said = place | place_parts(element)
        return {name: said[name] for name in (*LINE, "country") if said.get(name)}

    def _country(self, prop: str, text: str) -> Iterator[Value]:
        codes = printed.countries(text)
        self.unread[prop] += not codes
        yield from (Value(prop, code, text) for code in codes)
        if not codes:
            yield Value("notes", text)

    def _document(self, document: Element, schema: str) -> Iterator[Value]:
        """A number under its kind; issuer and days stay in the printed form."""
        kind = document.get("document-type", "").casefold()
        prop = card().documents.get(kind)
        number = " ".join(texts(document, "number"))
        if number:
            self.unread["document-type"] += prop is None
            shown = " ".join((kind, content(document))).strip()
            for found, value in registration.numbers(prop or "idNumber", number, schema):
                yield Value(found, value, shown)
        for land in texts(document, "issuer"):
            codes = printed.countries(land)
            yield from (Value("country", code, land) for code in codes)

    def _information(self, text: str, schema: str) -> Iterator[Value]:
        """``Label: value`` where the card knows the label, else a note."""
        found = LABELLED.fullmatch(text)
        prop = card().labels.get(" ".join(found[1].casefold().split())) if found else None
        if not found or not prop:
            yield Value("notes", text)
        elif prop == "incorporationDate":
            yield Value(prop, printed.day(found[2]) or found[2], text)
        elif prop.endswith(("Number", "Code", "Bic")):
            for name, value in registration.numbers(prop, found[2].rstrip("."), schema):
                yield Value(name, value, text)
        else:
            yield Value(prop, found[2], text)

    def _listing(
        self, number: str, target: Element, subject: Element, changes: list[Change]
    ) -> Iterator[Value]:
        """The list, the measures of its sets, and when it began and ended."""
        yield Value("listId", DATASET)
        yield Value("recordId", number)
        yield Value("authority", AUTHORITY)
        sets = [target.get("sanctions-set-id", ""), *texts(target, "sanctions-set-id")]
        for each in [self.programmes.get(one) for one in sets if one] or [None]:
            programme = each or Programme()
            self.unread["sanctions-set-id"] += each is None
            yield Value("measure", measure_of(programme), programme.set)
            yield Value("program", programme.key or programme.name)
            yield Value("provisions", programme.set)
        for text in texts(target, "foreign-identifier"):
            yield Value("unscId", text)
        for text in texts(subject, "justification"):
            yield Value("reason", text)
        yield from listing_days(changes)


def measure_of(programme: Programme) -> str:
    """What a set of measures is, by the first rule of the card that fits."""
    for rule in card().measures:
        if rule.framework not in programme.name and rule.framework not in programme.set:
            continue
        if re.search(rule.printed, programme.set, re.IGNORECASE):
            return rule.kind
    return "other"


def _subject(target: Element) -> Element:
    """The element of the party itself; ``None`` where there is none."""
    return next((each for name in KINDS for each in children(target, name)), None)


def _is_top(node: Node) -> bool:
    """Whether an element stands directly below the root."""
    above = node.element.getparent()
    return above is not None and above.getparent() is None


def _tags(element: Element) -> Iterator[str]:
    """The names of an element and of all in it, without the copies inside changes."""
    yield local(element)
    for each in element:
        if not isinstance(each.tag, str):
            continue
        if local(each) == "modification":
            yield "modification"
        else:
            yield from _tags(each)
