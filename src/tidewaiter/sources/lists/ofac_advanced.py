"""OFAC's advanced XML: every list entry with its date, names in every script, relations.

The file refers forwards and backwards: a party comes before the entries that list it, and
names its places and documents by number. It is read twice, so that memory holds the small
parts (reference values, places, documents, relations, entries) and one party at a time;
to hold the parties until their entries come was rejected, because they are nine tenths
of the file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import PurePosixPath

from tidewaiter.model.source import Reject, SourceFile, rejected
from tidewaiter.sources import ofac
from tidewaiter.sources.card import Card, resource
from tidewaiter.sources.listing import WHOLE, ListedParty, Parties, Value
from tidewaiter.sources.ofac_graph import Document, Element, Entry, Graph, children, text_of
from tidewaiter.sources.reader import Batch, FileHead, Official, Tally
from tidewaiter.sources.xmlfile import Node, local, records, root_of

ROOT = "Sanctions"
NAMESPACES = ("/exports/ADVANCED_XML", "http://www.un.org/sanctions/1.0")
SDN, CONSOLIDATED = "sdn", "consolidated"
RANK = 1  # above the delimited files (0): the same party, but with the days of its listings
SHOWN = 200
LATIN = "Latin"
NAMES = {"Name": "name", "A.K.A.": "alias", "N.K.A.": "alias", "F.K.A.": "previousName"}


class AdvancedCard(Card, frozen=True, kw_only=True):
    """The card, with what the reader needs of it."""

    lists: dict[str, str]
    sdn_list: str
    other_list: str
    relations: dict[str, str]
    name_order: tuple[str, ...]
    name_parts: dict[str, str]


class OfacAdvancedReader(Official):
    """SDN_ADVANCED.XML and CONS_ADVANCED.XML; see ``ofac_advanced.yml``."""

    name = "ofac_advanced"
    dataset = ofac.DATASET
    version = 1

    def recognises(self, head: FileHead) -> bool:
        """By the root element and the namespace, the old one or the new."""
        root = root_of(head)
        if root is None or root.name != ROOT:
            return False
        return any(name.endswith(NAMESPACES) for name in root.namespaces)

    def read(self, source: SourceFile) -> Iterator[Batch | Reject | Tally]:
        """Every party as statements or a reject, then the tally."""
        yield from AdvancedFile(source).items()


@cache
def card() -> AdvancedCard:
    """``ofac_advanced.yml``."""
    return resource("lists/ofac_advanced", AdvancedCard)


class AdvancedFile:
    """One file: :class:`Graph` is the first pass, :meth:`items` the second."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.graph = Graph(source.path, source.name)
        self.unread: Counter[str] = Counter()
        self.met: set[str] = set()
        self.listed: set[str] = set()
        self.list = self._which()

    def items(self) -> Iterator[Batch | Reject | Tally]:
        """Batches and rejects, then the tally."""
        parties = Parties()
        seen: dict[str, int] = {}
        root: Element = ()
        for node in records(self.source.path, self.source.name, Graph.tags):
            self._meet(node.element)
            root = node.element.getroottree().getroot()
            if node.tag != "DistinctParty":
                continue
            fault = self._fault(node, seen)
            if fault:
                yield parties.refuse(self._reject(node, *fault))
            else:
                yield from parties.add(*self._party(node))
        self.met.update(local(each) for each in root)
        for profile, entries in self.graph.entries.items():
            if profile not in self.listed:
                for entry in entries:
                    yield parties.refuse(self._orphan(entry, profile))
        yield from parties.flush()
        yield self._tally(parties)

    def _tally(self, parties: Parties) -> Tally:
        return Tally(
            rows_read=parties.read,
            entities=len(parties.entities),
            published_on=self.graph.issued,
            unused=card().unknown(self.met),
            unread={field: times for field, times in sorted(self.unread.items()) if times},
            part=f"{self.list}_advanced",
        )

    def _which(self) -> str:
        """SDN if at least half of the entries are; both files repeat entries of the other."""
        on = Counter(
            self.graph.reference("List", entry.list)
            for entries in self.graph.entries.values()
            for entry in entries
        )
        sdn = on[next(name for name, lid in card().lists.items() if lid == card().sdn_list)]
        if sdn * 2 != on.total():
            return SDN if sdn * 2 > on.total() else CONSOLIDATED
        named = PurePosixPath(self.source.name).name.casefold()
        return CONSOLIDATED if named.startswith("cons") else SDN

    def _meet(self, element: Element) -> None:
        """Remember every name of an element or attribute."""
        for each in element.iter():
            self.met.add(local(each))
            self.met.update(each.attrib)

    def _fault(self, node: Node, seen: dict[str, int]) -> tuple[str, str, str] | None:
        """Column, value and reason why a party cannot be kept."""
        number = node.element.get("FixedRef", "")
        if not (number.isascii() and number.isdigit()):
            return "FixedRef", number, "not a number of OFAC's"
        first = seen.setdefault(number, node.number)
        if first != node.number:
            return "FixedRef", number, f"the number of party {first}, too"
        if not any(True for _ in children(node.element, "Profile", "Identity", "Alias")):
            return "Alias", "", "the party has no name"
        return None

    def _reject(self, node: Node, column: str, value: str, why: str) -> Reject:
        return rejected(self.source.name, (node.number, node.line), column, value, why)

    def _orphan(self, entry: Entry, profile: str) -> Reject:
        why = f"entry {entry.number} lists a party that the file does not hold"
        return rejected(self.source.name, (entry.row, entry.line), "ProfileID", profile, why)

    def _party(self, node: Node) -> list[ListedParty]:
        """One record a list entry, each known from its own day; the first tells the party.

        A single record was rejected: a party that was first sectoral and later blocked
        would count as blocked from the start.
        """
        number = node.element.get("FixedRef")
        profile = next(children(node.element, "Profile"))
        schema = self._schema(profile)
        said = self._said(node.element, profile, schema)
        self.unread.update(said.unread)
        self.listed.add(profile.get("ID", number))
        entries = sorted(
            self.graph.entries.get(profile.get("ID", number), ()),
            key=lambda each: (each.day or "9999", each.number),
        )
        self.unread["SanctionsEntry"] += not entries
        listings = [
            (self._list_id(each), each.day, tuple(self._listing(each, number))) for each in entries
        ] or [(card().other_list, None, tuple(_unnamed(number)))]
        return [
            ListedParty(
                entity_id=ofac.entity_id(number),
                schema=schema,
                dataset=self.source.dataset,
                source_id=self.source.source_id,
                locator=node.locator,
                origin=f"{self.list}_advanced/{list_id}",
                act_rank=RANK,
                first_seen=day,
                about=() if at else tuple(said.about),
                listing=listing if at else (*listing, *said.listing),
                aspect=WHOLE if self.list == SDN else CONSOLIDATED,
            )
            for at, (list_id, day, listing) in enumerate(listings)
        ]

    def _schema(self, profile: Element) -> str:
        """From the party's subtype, or its type where the subtype is not known."""
        subtype = profile.get("PartySubTypeID", "")
        known = ofac.schema_of(self.graph.reference("PartySubType", subtype))
        if known is None or not self.graph.reference("PartySubType", subtype):
            above = self.graph.attribute("PartySubType", subtype, "PartyTypeID")
            known = ofac.schema_of(self.graph.reference("PartyType", above))
        self.unread["PartySubTypeID"] += known is None
        return known or "LegalEntity"

    def _said(self, party: Element, profile: Element, schema: str) -> ofac.Said:
        """Names, documents, features, relations and the comment."""
        comment = next((text_of(each) for each in children(party, "Comment")), "")
        said = ofac.remarks(comment, schema)
        names: list[Value] = []
        for identity in children(profile, "Identity"):
            names += self._names(identity, schema)
            for document in self.graph.documents.get(identity.get("ID", ""), ()):
                self._document(document, schema, said)
        said.about[:0] = names
        for feature in children(profile, "Feature"):
            self._feature(feature, schema, said)
        said.about += self._relations(profile.get("ID", ""))
        return said

    def _names(self, identity: Element, schema: str) -> Iterator[Value]:
        """Every name in every script; parts only of the primary Latin name of a person."""
        groups = {
            each.get("ID"): self.graph.reference("NamePartType", each.get("NamePartTypeID", ""))
            for each in children(identity, "NamePartGroups", "MasterNamePartGroup", "NamePartGroup")
        }
        aliases = sorted(children(identity, "Alias"), key=lambda a: a.get("Primary") != "true")
        for alias in aliases:
            kind = self.graph.reference("AliasType", alias.get("AliasTypeID", ""))
            prop = NAMES.get(kind, "alias")
            if prop == "alias" and alias.get("LowQuality") == "true":
                prop = "weakAlias"
            for name in children(alias, "DocumentedName"):
                parts, latin = self._parts(name, groups)
                full, shown = _joined(parts, ordered=latin and schema == "Person")
                yield Value(prop, full, shown)
                if latin and schema == "Person" and alias.get("Primary") == "true":
                    yield from _named_parts(parts)

    def _parts(self, name: Element, groups: dict[str, str]) -> tuple[list[tuple[str, str]], bool]:
        """(kind, text) of each part, in the order of the file, and whether it is Latin."""
        found = list(children(name, "DocumentedNamePart", "NamePartValue"))
        scripts = {self.graph.reference("Script", each.get("ScriptID", "")) for each in found}
        parts = [(groups.get(each.get("NamePartGroupID"), ""), text_of(each)) for each in found]
        return [part for part in parts if part[1]], scripts <= {LATIN, ""}

    def _document(self, document: Document, schema: str, said: ofac.Said) -> None:
        """A number by its document's name; a forged one is a note, since it is not the party's."""
        label = self.graph.reference("IDRegDocType", document.kind)
        if document.valid:
            self._labelled(label, document.text, schema, said)
        else:
            said.about.append(Value("notes", f"{label} {document.text}: fraudulent"))

    def _feature(self, feature: Element, schema: str, said: ofac.Said) -> None:
        """Each version of a feature by the feature's name."""
        label = self.graph.reference("FeatureType", feature.get("FeatureTypeID", ""))
        for version in children(feature, "FeatureVersion"):
            for place in children(version, "VersionLocation"):
                number = place.get("LocationID", "")
                if label == "Location":
                    self._address(number, said)
                elif country := self.graph.country_at(number):
                    self._labelled(label, country, schema, said)
            for text in self.graph.details(version):
                self._labelled(label, text, schema, said)

    def _labelled(self, label: str, text: str, schema: str, said: ofac.Said) -> None:
        """What the label explains; else a note, counted by the label."""
        if ofac.is_label(label):
            ofac.item(f"{label} {text}", schema, said)
        else:
            said.about.append(Value("notes", f"{label}: {text}".removeprefix(": ")))
            said.unread[label or "FeatureTypeID"] += 1

    def _address(self, number: str, said: ofac.Said) -> None:
        country = self.graph.country_at(number)
        code, known = ofac.country(country)
        said.unread["LocationCountry"] += not known
        if address := self.graph.address_at(number):
            said.about.append(Value("address", ", ".join(filter(None, (address, country)))))
        if code:
            said.about.append(Value("country", code, country))

    def _relations(self, profile: str) -> Iterator[Value]:
        """Other parties by their entity id; the kind of relation is what was printed."""
        for relation in self.graph.relations.get(profile, ()):
            kind = self.graph.reference("RelationType", relation.kind)
            prop = card().relations.get(kind, "associates")
            yield Value(prop, ofac.entity_id(relation.other), kind or None)

    def _list_id(self, entry: Entry) -> str:
        return card().lists.get(self.graph.reference("List", entry.list), card().other_list)

    def _listing(self, entry: Entry, number: str) -> Iterator[Value]:
        """The list, what it forbids, since when, and on what ground."""
        printed = self.graph.reference("List", entry.list)
        types = [self.graph.reference("SanctionsType", kind) for kind in entry.types]
        kinds = [(kind, name) for name in types if (kind := measure_of(name))]
        yield Value("listId", self._list_id(entry), printed)
        for kind, name in kinds or [(measure_of(printed) or "other", printed)]:
            yield Value("measure", kind, name)
        yield from (Value("program", each) for each in entry.programmes)
        yield from (Value("provisions", name) for name in types if name not in {"", "Program"})
        for at, day in enumerate(sorted(entry.days)):
            yield Value("modifiedAt" if at else "listingDate", day)
        grounds = (self.graph.reference("LegalBasis", each) for each in entry.bases)
        yield from (Value("reason", text) for text in grounds if text not in {"", "Unknown"})
        yield Value("recordId", number)
        yield from _always(number)


def measure_of(printed: str) -> str:
    """What a sanctions type or a list forbids; empty where the card has no rule for it."""
    for rule in card().measures:
        if rule.printed == printed:
            return rule.kind
    return ""


def _always(number: str) -> Iterator[Value]:
    yield Value("authority", ofac.AUTHORITY)
    yield Value("sourceUrl", ofac.PAGE.format(number))


def _unnamed(number: str) -> Iterator[Value]:
    """The listing of a party that no entry of the file lists."""
    yield Value("listId", card().other_list)
    yield Value("measure", "other")
    yield Value("recordId", number)
    yield from _always(number)


def _joined(parts: Iterable[tuple[str, str]], *, ordered: bool) -> tuple[str, str]:
    """A name in the order of speech, and as the file has it."""
    order = {kind: at for at, kind in enumerate(card().name_order)}
    texts = [text for _, text in parts]
    spoken = sorted(parts, key=lambda part: order.get(part[0], len(order))) if ordered else parts
    return " ".join(text for _, text in spoken), " ".join(texts)


def _named_parts(parts: Iterable[tuple[str, str]]) -> Iterator[Value]:
    for kind, text in parts:
        if prop := card().name_parts.get(kind):
            yield Value(prop, text)
