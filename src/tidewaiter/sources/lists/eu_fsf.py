"""The EU's consolidated list of parties under financial sanctions, as XML or as CSV.

Both formats hold the same groups of facts (names, addresses, births, documents,
citizenships): the XML nests them in a party's element, the CSV gives each a row that
repeats the party. Both are brought to groups named as in the CSV, so that one set of
rules reads them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache

from tidewaiter.errors import BadDataError
from tidewaiter.model.source import Reject, SourceFile, rejected
from tidewaiter.sources import printed, registration
from tidewaiter.sources.card import Card, resource
from tidewaiter.sources.csvfile import Shape, Sheet
from tidewaiter.sources.fsf_groups import (
    Cells,
    Group,
    Item,
    contacts,
    day_from_parts,
    day_of,
    groups,
    is_land,
    is_weak,
    party_item,
    whole_name,
)
from tidewaiter.sources.grouped import Told
from tidewaiter.sources.listing import ListedParty, Parties, Value
from tidewaiter.sources.reader import Batch, FileHead, Official, Tally
from tidewaiter.sources.xmlfile import records, root_attribute, root_day, root_of

DATASET = "eu_fsf"
NAMESPACE = "http://eu.europa.ec/fpi/fsd/export"
PARTY = "sanctionEntity"
TELLING = ("Entity_LogicalId", "NameAlias_WholeName")
SHAPE = Shape(delimiter=";")
AUTHORITY = "EU"
GENERATED = "generationDate"
LETTERS = re.compile(r"\(?\b[a-f]\)\s*")  # "(a) Mullah, (b) Maulavi"
ADDRESS = ("Street", "PoBox", "ZipCode", "City", "Place", "Region")
BIRTHPLACE = ("Place", "City", "Region", "ZipCode")
END_MARK = "\x1a"
SHOWN = 200


class FsfCard(Card, frozen=True, kw_only=True):
    """The card, with what the reader needs of it."""

    subjects: dict[str, str]
    documents: dict[str, str]


class EuFsfReader(Official):
    """Both formats; see ``eu_fsf.yml`` for what they hold."""

    name = "eu_fsf"
    dataset = DATASET
    version = 1

    def recognises(self, head: FileHead) -> bool:
        """By the namespace of the root, or by columns that only this CSV has."""
        return _form(head) is not None

    def read(self, source: SourceFile) -> Iterator[Batch | Reject | Tally]:
        """Every party or row as statements or a reject, then the tally."""
        yield from FsfFile(source).items()


@cache
def card() -> FsfCard:
    """``eu_fsf.yml``."""
    return resource("lists/eu_fsf", FsfCard)


def _form(head: FileHead) -> str | None:
    """``xml``, ``csv``, or ``None`` for other files."""
    root = root_of(head)
    if root is not None:
        return "xml" if root.name == "export" and NAMESPACE in root.namespaces else None
    first = head.start.decode("utf-8-sig", "replace").lstrip("\r\n").splitlines()[:1]
    columns = {cell.strip(' "') for cell in "".join(first).split(";")}
    return "csv" if columns >= set(TELLING) else None


class FsfFile:
    """One file, a record at a time."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        head = FileHead.of(source.path, source.name)
        form = _form(head)
        if form is None:
            raise BadDataError(
                "neither the root element nor the columns of the sanctions files are there",
                where=source.name,
                next_step="fetch the file again from the Commission",
            )
        self.form = form
        self.made = root_day(head, GENERATED) if form == "xml" else None
        self.facts = {"generated": root_attribute(head, GENERATED)} if self.made else {}
        self.met: set[str] = set()
        self.unread: Counter[str] = Counter()
        self.told = Told()
        self.known_since = self._known_since()

    def items(self) -> Iterator[Batch | Reject | Tally]:
        """Batches and rejects, then the tally."""
        parties, seen = Parties(), dict[str, int]()
        for item in self._read():
            if isinstance(item, Reject):
                yield parties.refuse(item)
                continue
            fault = self._fault(item, seen)
            if fault:
                yield parties.refuse(self._reject(item, *fault))
            else:
                yield from parties.add(self.told.news(self._party(item)))
        yield from parties.flush()
        yield from self.told.rest()
        yield Tally(
            rows_read=parties.read,
            entities=len(parties.entities),
            published_on=self.made or max(self.known_since.values(), default=None),
            unused=card().unknown(self.met),
            unread={name: times for name, times in sorted(self.unread.items()) if times},
            part="full",
            facts=self.facts,
        )

    def _read(self) -> Iterator[Item | Reject]:
        return self._csv() if self.form == "csv" else self._xml()

    def _csv(self) -> Iterator[Item | Reject]:
        sheet = Sheet(self.source.path, self.source.name, SHAPE)
        names = _unique(sheet.header, self.source.name)
        self.met.update(names)
        for chunk in sheet.chunks():
            yield from (each for each in chunk.rejects if each.value.strip() != END_MARK)
            for row, number, line in zip(chunk.rows, chunk.numbers, chunk.lines, strict=True):
                cells = {
                    name: text
                    for name, cell in zip(names, row, strict=True)
                    if (text := " ".join(cell.split()))
                }
                self._note_made(cells.get("fileGenerationDate", ""))
                yield Item(number, line, f"row {number}", cells, tuple(groups(cells)))

    def _xml(self) -> Iterator[Item | Reject]:
        for node in records(self.source.path, self.source.name, (PARTY,)):
            item = party_item(node)
            for cells in (item.entity, *(each.cells for each in item.groups), *item.acts):
                self.met.update(cells)
            yield item

    def _note_made(self, text: str) -> None:
        """The day of the file, which the CSV repeats in every row."""
        if text and self.made is None:
            self.made = day_of(text)
            self.facts = {"generated": text}

    def _known_since(self) -> dict[str, str]:
        """The oldest act that any fact of a party cites, by the party's number.

        The act on the party itself is often a later one that amends its entry, and the
        designation may be one of the United Nations, which the Union followed later.
        """
        found: dict[str, str] = {}
        for item in self._read():
            if not isinstance(item, Reject):
                acts = item.acts or (item.entity,)
                cited = [each.get("Entity_Regulation_PublicationDate", "") for each in acts]
                cited += [each["Regulation_PublicationDate"] for each in item.groups]
                for text in cited:
                    day = day_of(text)
                    if day:
                        found[item.number] = min(found.get(item.number, day), day)
        return found

    def _fault(self, item: Item, seen: dict[str, int]) -> tuple[str, str, str] | None:
        """Column, value and reason why a record cannot be kept."""
        if not item.number:
            return "Entity_LogicalId", "", "required, but empty"
        if _schema(item.entity) is None:
            shown = item.entity.get("Entity_SubjectType", "")
            return "Entity_SubjectType", shown, "neither a person nor an enterprise"
        if self.form == "xml" and not any(whole_name(each) for each in item.groups):
            return "NameAlias_WholeName", "", "no name says anything"
        first = seen.setdefault(item.number, item.row)
        if self.form == "xml" and first != item.row:
            return "Entity_LogicalId", item.number, f"the number of party {first}, too"
        return None

    def _reject(self, item: Item, column: str, value: str, why: str) -> Reject:
        return rejected(self.source.name, (item.row, item.line), column, value, why)

    def _party(self, item: Item) -> ListedParty:
        schema = _schema(item.entity) or "LegalEntity"
        since = self.known_since.get(item.number)
        return ListedParty(
            entity_id=f"{DATASET}:{item.number}",
            schema=schema,
            dataset=self.source.dataset,
            source_id=self.source.source_id,
            locator=item.locator,
            origin="full",
            act_rank=0,
            first_seen=since,
            about=tuple(self._about(item, schema)),
            listing=tuple(self._listing(item, since)),
        )

    def _about(self, item: Item, schema: str) -> Iterator[Value]:
        """What the record says of the party."""
        named = self.told.is_named(f"{DATASET}:{item.number}")
        strong = [each for each in item.groups if whole_name(each) and not is_weak(each)]
        for group in item.groups:
            if group.kind == "NameAlias":
                primary = not named and group is (strong[0] if strong else None)
                yield from self._name(group, schema, primary=primary)
            elif group.kind == "Address":
                yield from self._address(group)
            elif group.kind == "BirthDate":
                yield from self._born(group)
            elif group.kind == "Identification":
                yield from self._document(group, schema)
            else:
                yield from self._country("nationality", group)
            if remark := group["Remark"]:
                yield Value("notes", remark)
        for name in ("Entity_Remark", "Entity_DesignationDetails"):
            if text := item.entity.get(name):
                yield Value("notes", text)

    def _name(self, group: Group, schema: str, *, primary: bool) -> Iterator[Value]:
        """A name; the first strong one is primary, since the publisher marks none."""
        lang = _language(group["NameLanguage"])
        whole = whole_name(group)
        prop = "name" if primary else "weakAlias" if is_weak(group) else "alias"
        if whole:
            yield Value(prop, whole, lang=lang)
        if schema == "Person":
            for part, name in (("FirstName", "firstName"), ("LastName", "lastName")):
                if group[part]:
                    yield Value(name, group[part], lang=lang)
        for part, name in (("Title", "title"), ("Function", "position")):
            for text in LETTERS.split(group[part]):
                if text.strip(" ,;"):
                    yield Value(name if schema == "Person" else "notes", text.strip(" ,;"))
        if gender := group["Gender"]:
            known = {"m": "male", "f": "female"}.get(gender.casefold(), gender.casefold())
            yield Value("gender", known, gender)

    def _address(self, group: Group) -> Iterator[Value]:
        parts = [text for name in ADDRESS if (text := group[name])]
        land = group["CountryDescription"] if is_land(group) else ""
        if parts:
            yield Value("address", ", ".join([*parts, land] if land else parts))
        yield from self._country("country", group)
        yield from contacts(group["ContactInfo"])

    def _born(self, group: Group) -> Iterator[Value]:
        """A date, or every year of a range, and the place."""
        shown = [text for name in ("BirthDate", "Day", "Month", "Year") if (text := group[name])]
        first, last = group["YearRangeFrom"], group["YearRangeTo"]
        years = printed.years(first, last)
        if day := day_of(group["BirthDate"]) or day_from_parts(group):
            yield Value("birthDate", day, " ".join(shown))
        elif years or first or last:
            ends = [text for text in (first, last) if text]
            yield from (Value("birthDate", year, " ".join(ends)) for year in years or ends)
        elif shown:
            self.unread["BirthDate"] += 1
            yield Value("birthDate", " ".join(shown))
        place = [text for name in BIRTHPLACE if (text := group[name])]
        land = [group["CountryDescription"]] if is_land(group) else []
        if place or land:
            yield Value("birthPlace", ", ".join([*place, *land]))

    def _document(self, group: Group, schema: str) -> Iterator[Value]:
        """A number of a known kind; what else is said of it stays in the printed form."""
        code = group["TypeCode"]
        prop = card().documents.get(code.casefold())
        self.unread["Identification_TypeCode"] += bool(code) and prop is None
        details = ("TypeDescription", "IssuedBy", "IssuedDate", "ValidFrom", "ValidTo")
        for number in dict.fromkeys((group["Number"], group["LatinNumber"])):
            if number:
                shown = [number, *(text for name in details if (text := group[name]))]
                for found, value in registration.numbers(prop or "idNumber", number, schema):
                    yield Value(found, value, " ".join(shown))
        if name := group["NameOnDocument"]:
            yield Value("alias", name)
        yield from self._country("country", group)

    def _country(self, prop: str, group: Group) -> Iterator[Value]:
        """The country by its code, or else by its description."""
        if not is_land(group):
            return
        shown = group["CountryDescription"] or group["CountryIso2Code"]
        codes = printed.countries(group["CountryIso2Code"]) or printed.countries(shown)
        self.unread[f"{group.kind}_Country"] += not codes
        yield from (Value(prop, code, shown) for code in codes)
        if not codes:
            yield Value("notes", shown)

    def _listing(self, item: Item, since: str | None) -> Iterator[Value]:
        """The list, the acts, what they forbid, and the days that are given."""
        cells = item.entity
        yield Value("listId", DATASET)
        yield Value("recordId", item.number)
        yield Value("authority", AUTHORITY)
        yield Value("unscId", cells.get("Entity_UnitedNationId", ""))
        yield Value("authorityId", cells.get("Entity_EU_ReferenceNumber", ""))
        for act in item.acts or (cells,):
            programme = act.get("Entity_Regulation_Programme", "")
            title = act.get("Entity_Regulation_NumberTitle", "")
            yield Value("measure", measure_of(programme, title), programme)
            yield Value("program", programme)
            yield Value("provisions", title)
            yield Value("sourceUrl", act.get("Entity_Regulation_PublicationUrl", ""))
        if since:
            yield Value("listingDate", since)
        if text := cells.get("Entity_DesignationDate", ""):
            day = day_of(text)
            self.unread["Entity_DesignationDate"] += day is None
            yield Value("startDate", day or text, text)


def _unique(header: tuple[str, ...], where: str) -> tuple[str, ...]:
    """The header; an error where two columns are called the same."""
    twice = [name for name, times in Counter(header).items() if times > 1]
    if twice:
        raise BadDataError(
            f"the column {twice[0] or 'without a name'} is there twice",
            where=where,
            next_step="take the CSV of version 1.1, whose columns have names of their own",
        )
    return header


def measure_of(programme: str, act: str) -> str:
    """What the act of a programme forbids, by the first rule of the card that fits."""
    for rule in card().measures:
        if rule.printed in {"*", programme} and rule.framework in act:
            return rule.kind
    return "other"


def _schema(cells: Cells) -> str | None:
    """Person or not; the two columns of the type are filled in either order."""
    for name in ("Entity_SubjectType_ClassificationCode", "Entity_SubjectType"):
        found = card().subjects.get(cells.get(name, "").casefold())
        if found:
            return found
    return None


def _language(code: str) -> str | None:
    from rigour.langs import iso_639_alpha3

    return iso_639_alpha3(code) if code else None
