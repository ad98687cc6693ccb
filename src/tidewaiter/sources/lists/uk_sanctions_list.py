"""The UK Sanctions List: as XML, as CSV, and as a spreadsheet.

A row of the CSV is one combination of a designation's names, addresses and other series,
so that one designation may have thousands of rows. Its measures are named in one cell.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib import resources

from tidewaiter.errors import BadDataError
from tidewaiter.model.source import Reject, SourceFile
from tidewaiter.sources import registration, uk
from tidewaiter.sources.card import Card
from tidewaiter.sources.grouped import Told
from tidewaiter.sources.listing import ListedParty, Parties, Value
from tidewaiter.sources.reader import HEAD_BYTES, Batch, FileHead, Tally
from tidewaiter.sources.titled import Titled, top
from tidewaiter.sources.uk_list_rows import (
    ADDRESS,
    BIRTH,
    NAME,
    NATIONAL,
    PASSPORT,
    SCRIPT,
    Designation,
    column_of,
    made_on,
    of_element,
    of_row,
)
from tidewaiter.sources.xmlfile import content, records, root_of

DATASET = "uk_sanctions_list"
AUTHORITY = "Foreign, Commonwealth and Development Office"
ROOT, DESIGNATION, GENERATED = "Designations", "Designation", "DateGenerated"
TELLING = frozenset({"unique id", "regime name", "name 6", "sanctions imposed"})
WHAT = "the UK Sanctions List"
NO_LETTER = re.compile(r"[^a-z]+")
SHOWN = 200

# How a column is read, and as which property.
FIELDS = {
    "Title": ("text", "title"), "Position": ("text", "position"),
    "Type of entity": ("text", "legalForm"), "Parent company": ("text", "parent"),
    "Subsidiaries": ("text", "subsidiaries"), "Type of ship": ("text", "type"),
    "Tonnage of ship": ("text", "tonnage"), "Year Built": ("text", "buildDate"),
    "Current owner/operator (s)": ("text", "owner"), "Other Information": ("whole", "notes"),
    "Hull identification number (HIN)": ("text", "registrationNumber"),
    "Crypto wallet address": ("text", "notes"), "Length of ship": ("labelled", "notes"),
    "Previous owner/operator (s)": ("labelled", "notes"), "Gender": ("word", "gender"),
    "Nationality(/ies)": ("land", "nationality"), "Previous flags": ("land", "pastFlags"),
    "Current believed flag of ship": ("land", "flag"), "Phone number": ("contact", "phone"),
    "Email address": ("contact", "email"), "Website": ("contact", "website"),
    "IMO number": ("number", "imoNumber"), "D.O.B": ("day", "birthDate"),
    "Business registration number (s)": ("number", "registrationNumber"),
}  # fmt: skip
LISTING = {
    "Regime Name": "program", "OFSI Group ID": "authorityId", "UN Reference Number": "unscId",
    "UK Statement of Reasons": "reason", "Designation source": "summary",
}  # fmt: skip


class UkListReader:
    """All three formats; see ``uk_sanctions_list.yml`` for what they hold."""

    name = "uk_sanctions_list"
    dataset = DATASET
    version = 1

    @property
    def licence(self) -> str:
        """Of the list."""
        return card().licence

    def recognises(self, head: FileHead) -> bool:
        """By the root of the XML, or by columns that only this list has together."""
        root = root_of(head)
        if root is not None:
            return root.name == ROOT and b"<UniqueID" in head.start
        return top(head, TELLING) is not None

    def read(self, source: SourceFile) -> Iterator[Batch | Reject | Tally]:
        """Every designation or row of one as statements or a reject, then the tally."""
        yield from UkListFile(source).items()


@cache
def card() -> Card:
    """``uk_sanctions_list.yml``."""
    import msgspec.yaml

    text = resources.files(__package__).joinpath("uk_sanctions_list.yml").read_bytes()
    return msgspec.yaml.decode(text, type=Card)


class UkListFile:
    """One file, a record at a time."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        with source.path.open("rb") as handle:
            head = FileHead(source.name, handle.read(HEAD_BYTES), source.path)
        root = root_of(head)
        self.is_xml = root is not None
        if root is not None and root.name != ROOT:
            raise BadDataError(
                f"the root element is not {ROOT}",
                where=f"{source.name}, line 1",
                next_step="fetch the file again from the FCDO",
            )
        self.told = Told()
        self.met: set[str] = set()
        self.unread: Counter[str] = Counter()
        self.seen: dict[str, str] = {}
        self.made: str | None = None
        self.facts: dict[str, str] = {}
        self.newest: str | None = None

    def items(self) -> Iterator[Batch | Reject | Tally]:
        """Batches and rejects, then the tally."""
        parties = Parties()
        for item in self._xml() if self.is_xml else self._table():
            if isinstance(item, Reject):
                yield parties.refuse(item)
                continue
            fault = self._fault(item)
            if fault:
                yield parties.refuse(self._reject(item, *fault))
            else:
                yield from parties.add(self.told.news(self._party(item)))
        yield from parties.flush()
        yield from self.told.rest()
        yield Tally(
            rows_read=parties.read,
            entities=len(parties.entities),
            published_on=self.made or self.newest,
            unused=tuple(sorted(self.met - {*card().columns, *card().ignored})),
            unread={name: times for name, times in sorted(self.unread.items()) if times},
            part="full",
            facts=self.facts,
        )

    def _xml(self) -> Iterator[Designation]:
        for node in records(self.source.path, self.source.name, (DESIGNATION, GENERATED)):
            if node.tag == GENERATED:
                self._note_made(content(node.element))
            else:
                item = of_element(node)
                self.met |= item.columns
                yield item

    def _table(self) -> Iterator[Designation | Reject]:
        table = Titled(self.source, TELLING, WHAT)
        for at, cell in enumerate(table.top.title):
            self._note_made(
                made_on(cell) or made_on(f"{cell}:{''.join(table.top.title[at + 1 :])}")
            )
        self.met |= {column_of(name) for name in table.names}
        for record in table.records():
            yield record if isinstance(record, Reject) else of_row(record)

    def _note_made(self, text: str) -> None:
        """The day of the report."""
        if text and self.made is None:
            self.made = uk.day(text)
            self.facts = {"report date": text}

    def _fault(self, item: Designation) -> tuple[str, str, str] | None:
        """Column, value and reason why a record cannot be kept."""
        number, kind = item.one("Unique ID"), item.one("Designation Type")
        if not number:
            return "Unique ID", "", "required, but empty"
        if kind.casefold() not in uk.SCHEMAS:
            return "Designation Type", kind, "neither Individual, Entity nor Ship"
        if self.is_xml and not any(uk.whole_name(each) for each in item.all(NAME)):
            return "Names", number, "no part of a name says anything"
        first = self.seen.setdefault(number, item.locator)
        if self.is_xml and first != item.locator:
            return "Unique ID", number, f"the number of {first}, too"
        return None

    def _reject(self, item: Designation, column: str, value: str, why: str) -> Reject:
        shown = value[:SHOWN].encode("utf-8", "backslashreplace").decode("utf-8")
        return Reject(
            file=self.source.name, row=item.row, line=item.line, column=column, value=shown,
            reason=why,
        )  # fmt: skip

    def _party(self, item: Designation) -> ListedParty:
        schema = uk.SCHEMAS[item.one("Designation Type").casefold()]
        since = self._day("Date Designated", item)
        return ListedParty(
            entity_id=f"{DATASET}:{item.one('Unique ID')}",
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

    def _about(self, item: Designation, schema: str) -> Iterator[Value]:
        """What a record says of the party."""
        for name in item.all(NAME):
            yield from uk.names(
                name, name.get("Name type", ""), name.get("Alias strength", ""), schema
            )
        for name in item.all(SCRIPT):
            yield from uk.other_script(name.get(SCRIPT[0], ""), name.get(SCRIPT[2], ""))
        for place in item.all(ADDRESS):
            lines = [place.get(line, "") for line in ADDRESS[:6]]
            yield from uk.address(lines, place.get(ADDRESS[6], ""), place.get(ADDRESS[7], ""))
        for birth in item.all(BIRTH):
            yield from uk.birthplaces(birth.get(BIRTH[0], ""), birth.get(BIRTH[1], ""))
        for group, prop in ((PASSPORT, "passportNumber"), (NATIONAL, "idNumber")):
            for paper in item.all(group):
                yield from uk.papers(prop, paper.get(group[0], ""), paper.get(group[1], ""))
        for column, (kind, prop) in FIELDS.items():
            for cell in item.series.get(column, ()):
                yield from self._field(column, (kind, prop), cell, schema)

    def _field(self, column: str, how: tuple[str, str], cell: str, schema: str) -> Iterator[Value]:
        """One cell by its kind; it may be a series."""
        kind, prop = how
        if kind == "land":
            yield from uk.countries(prop, cell)
        elif kind == "contact":
            yield from (Value(prop, each) for each in uk.contacts(cell))
        elif kind == "whole":
            yield from [Value(prop, cell)] if uk.is_said(cell) else []
        else:
            for text in uk.series(cell):
                yield from self._member(column, how, text, schema)

    def _member(self, column: str, how: tuple[str, str], text: str, schema: str) -> Iterator[Value]:
        kind, prop = how
        if kind == "number":
            for name, value in registration.numbers(prop, text, schema):
                yield Value(name, value, text)
        elif kind == "day":
            day = uk.day(text)
            self.unread[column] += day is None
            yield Value(prop, day or text, text)
        elif kind == "labelled":
            yield Value(prop, f"{column}: {text}", text)
        else:
            yield Value(prop, text.casefold() if kind == "word" else text, text)

    def _listing(self, item: Designation, since: str | None) -> Iterator[Value]:
        """The list, every measure that is imposed, and the days that are given."""
        yield Value("listId", DATASET)
        imposed = [
            part.strip()
            for cell in item.series.get("Sanctions Imposed", ())
            for part in cell.split("|")
            if uk.is_said(part)
        ] or item.series.get("SanctionsImposedIndicators", [])
        for printed in imposed or [""]:
            kind = measure_of(printed)
            self.unread["Sanctions Imposed"] += kind is None
            yield Value("measure", kind or "other", printed)
            yield Value("provisions", printed)
        yield Value("recordId", item.one("Unique ID"))
        yield Value("authority", AUTHORITY)
        for column, prop in LISTING.items():
            for text in item.series.get(column, ()):
                yield from [Value(prop, text)] if uk.is_said(text) else []
        if since:
            yield Value("listingDate", since, item.one("Date Designated"))
        if changed := self._day("Last Updated", item):
            yield Value("modifiedAt", changed, item.one("Last Updated"))

    def _day(self, column: str, item: Designation) -> str | None:
        """A day of the listing; one that cannot be read is counted."""
        text = item.one(column)
        day = uk.day(text) if uk.is_said(text) else None
        self.unread[column] += uk.is_said(text) and day is None
        if day and (self.made is None or day <= self.made):
            self.newest = max(self.newest or day, day)
        return day


def measure_of(printed: str) -> str | None:
    """What a sanction is, by the card; ``None`` where it is not known or none is named."""
    key = _key(printed)
    return next((each.kind for each in card().measures if _key(each.printed) == key), None)


def _key(text: str) -> str:
    """Letters only: the list writes ``De-flag``, ``Deflag`` and, as elements, ``TravelBan``."""
    return NO_LETTER.sub("", text.casefold())
