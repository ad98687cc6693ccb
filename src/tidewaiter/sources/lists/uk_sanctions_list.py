"""The UK Sanctions List: as XML, as CSV, and as a spreadsheet.

A row of the CSV is one combination of a designation's names, addresses and other series,
so that one designation may have thousands of rows. Its measures are named in one cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tidewaiter.model.source import Reject, SourceFile
from tidewaiter.sources import uk
from tidewaiter.sources.card import card
from tidewaiter.sources.listing import ListedParty, Value
from tidewaiter.sources.reader import Batch, FileHead, Official, Tally
from tidewaiter.sources.titled import Titled, top
from tidewaiter.sources.uk_file import Fault, UkFile
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
from tidewaiter.sources.xmlfile import content, records, root_of, text_of

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


class UkListReader(Official):
    """All three formats; see ``uk_sanctions_list.yml`` for what they hold."""

    name = "uk_sanctions_list"
    dataset = DATASET
    version = 1

    def recognises(self, head: FileHead) -> bool:
        """By the root of the XML, or by columns that only this list has together."""
        root = root_of(head)
        if root is not None:
            return root.name == ROOT and "<UniqueID" in text_of(head)
        return top(head, TELLING) is not None

    def read(self, source: SourceFile) -> Iterator[Batch | Reject | Tally]:
        """Every designation or row of one as statements or a reject, then the tally."""
        yield from UkListFile(source).items()


class UkListFile(UkFile[Designation]):
    """One file, a record at a time."""

    name = DATASET
    root = ROOT
    part = "full"
    again = "fetch the file again from the FCDO"

    def __init__(self, source: SourceFile) -> None:
        super().__init__(source)
        self.seen: dict[str, str] = {}

    def from_xml(self) -> Iterator[Designation]:
        """Every designation; the day of the report is noted on the way."""
        for node in records(self.source.path, self.source.name, (DESIGNATION, GENERATED)):
            if node.tag == GENERATED:
                self._note_made(content(node.element))
            else:
                item = of_element(node)
                self.met |= item.columns
                yield item

    def from_table(self) -> Iterator[Designation | Reject]:
        """Every row: one combination of a designation's series."""
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

    def fault(self, item: Designation) -> Fault | None:
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

    def party(self, item: Designation) -> ListedParty:
        """One designation, or one row of it."""
        schema = uk.SCHEMAS[item.one("Designation Type").casefold()]
        since = self.day("Date Designated", item.one("Date Designated"))
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
                yield from self.field(column, (kind, prop), cell, schema)

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
        if changed := self.day("Last Updated", item.one("Last Updated")):
            yield Value("modifiedAt", changed, item.one("Last Updated"))


def measure_of(printed: str) -> str | None:
    """What a sanction is, by the card; ``None`` where it is not known or none is named."""
    key = _key(printed)
    return next((each.kind for each in card(DATASET).measures if _key(each.printed) == key), None)


def _key(text: str) -> str:
    """Letters only: the list writes ``De-flag``, ``Deflag`` and, as elements, ``TravelBan``."""
    return NO_LETTER.sub("", text.casefold())
