"""The retired consolidated list of asset freeze targets of the UK Treasury (OFSI).

A row is a name of a group; the rows of a group repeat everything else. The spreadsheet,
the CSV and the XML have the same fields; in the first two several of them stand in one
cell, each after its label in brackets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tidewaiter.model.source import Reject, SourceFile
from tidewaiter.sources import uk
from tidewaiter.sources.card import card
from tidewaiter.sources.listing import ListedParty, Value
from tidewaiter.sources.reader import Batch, FileHead, Official, Tally
from tidewaiter.sources.titled import Record, Titled, top
from tidewaiter.sources.uk_file import Fault, UkFile
from tidewaiter.sources.xmlfile import Node, content, local, records, root_of

DATASET = "uk_conlist"
AUTHORITY = "Office of Financial Sanctions Implementation, HM Treasury"
ROOT, TARGET = "ArrayOfFinancialSanctionsTarget", "FinancialSanctionsTarget"
TELLING = frozenset({"name 6", "group type", "alias type", "regime", "group id"})
WHAT = "the consolidated list of asset freeze targets"
LINES = tuple(f"Address {line}" for line in range(1, 7))
OTHER = "Other Information"
UPDATED = re.compile(r"Last Updated\s*:?\s*(\S+)", re.IGNORECASE)
LABEL = re.compile(r"\s*\(([A-Z][A-Za-z ]{1,40})\):")
REFERENCE = re.compile(r"[A-Z]{2,4}\w?[.\d]*\d{3,4}\b")  # RUS0251, TAe.010, QDi.318
INVESTMENT_BAN = "I"  # the group status of those under an investment ban only
SHOWN = 200

# How a labelled field is read, and as which property. Fields of the listing come first.
LISTING = {
    "UK Sanctions List Ref": "authorityId", "UN Ref": "unscId", "UK Statement of Reasons": "reason",
}  # fmt: skip
FIELDS = {
    "Gender": ("word", "gender"), "Type of entity": ("text", "legalForm"),
    "Phone number": ("contact", "phone"), "Fax": ("contact", "phone"), "Tel": ("contact", "phone"),
    "Website": ("contact", "website"), "Email address": ("contact", "email"),
    "Parent company": ("text", "parent"), "Subsidiaries": ("text", "subsidiaries"),
    "Business Reg No": ("number", "registrationNumber"), "IMO number": ("number", "imoNumber"),
    "Flag of ship": ("land", "flag"), "Previous flags": ("land", "pastFlags"),
    "Type of ship": ("text", "type"), "Tonnage of ship": ("text", "tonnage"),
    "Length of ship": ("labelled", "notes"), "Year built": ("text", "buildDate"),
    "Current owners": ("text", "owner"), "Title": ("text", "title"),
    "Position": ("text", "position"), "Nationality": ("land", "nationality"),
    "DOB": ("day", "birthDate"),
}  # fmt: skip
PAPERS = {
    "passportNumber": ("Passport Number", "Passport Details"),
    "idNumber": ("National Identification Number", "National Identification Details"),
}
# Columns and labels by element of the XML.
ELEMENTS = {
    "Name6": "Name 6", **{f"name{part}": f"Name {part}" for part in range(1, 6)},
    **{f"Address{line}": f"Address {line}" for line in range(1, 7)},
    "NameNonLatinScript": "Name Non-Latin Script", "NonLatinScriptType": "Non-Latin Script Type",
    "NonLatinScriptLanguage": "Non-Latin Script Language", "Individual_DateOfBirth": "DOB",
    "Individual_TownOfBirth": "Town of Birth", "Individual_CountryOfBirth": "Country of Birth",
    "Individual_Nationality": "Nationality", "Individual_PassportNumber": "Passport Number",
    "Individual_PassportDetails": "Passport Details",
    "Individual_NINumber": "National Identification Number",
    "Individual_NIDetails": "National Identification Details", "Individual_Position": "Position",
    "Individual_Gender": "Gender", "PostCode": "Post/Zip Code", "FullAddress": "FullAddress",
    "OtherInformation": OTHER, "GroupTypeDescription": "Group Type", "AliasType": "Alias Type",
    "AliasQuality": "Alias Quality", "RegimeName": "Regime", "DateListed": "Listed On",
    "DateDesignated": "UK Sanctions List Date Designated", "LastUpdated": "Last Updated",
    "GroupID": "Group ID", "UKSanctionsListRef": "UK Sanctions List Ref", "UNRef": "UN Ref",
    "UKStatementOfReasons": "UK Statement of Reasons", "Entity_Type": "Type of entity",
    "PhoneNumber": "Phone number", "EmailAddress": "Email address",
    "Entity_ParentCompany": "Parent company", "Entity_Subsidiaries": "Subsidiaries",
    "Entity_BusinessRegNumber": "Business Reg No", "Ship_IMONumber": "IMO number",
    "Ship_Flag": "Flag of ship", "Ship_PreviousFlags": "Previous flags",
    "Ship_Type": "Type of ship", "Ship_Tonnage": "Tonnage of ship",
    "Ship_Length": "Length of ship", "Ship_YearBuilt": "Year built",
    "Ship_CurrentOwners": "Current owners", "GrpStatus": "GrpStatus",
}  # fmt: skip


class UkConlistReader(Official):
    """All three formats; see ``uk_conlist.yml`` for what they hold."""

    name = "uk_conlist"
    dataset = DATASET
    version = 1

    def recognises(self, head: FileHead) -> bool:
        """By the root of the XML, or by columns that only this list has together."""
        root = root_of(head)
        return root.name == ROOT if root is not None else top(head, TELLING) is not None

    def read(self, source: SourceFile) -> Iterator[Batch | Reject | Tally]:
        """Every name of a group as statements or a reject, then the tally."""
        yield from ConlistFile(source).items()


class ConlistFile(UkFile[Record]):
    """One file, a row at a time."""

    name = DATASET
    root = ROOT
    part = "conlist"
    again = "take the list as the Treasury published it"

    def from_table(self) -> Iterator[Record | Reject]:
        """Every row, with the fields that stand in its further information."""
        table = Titled(self.source, TELLING, WHAT)
        updated = UPDATED.search(" ".join(table.top.title))
        if updated:
            self.made, self.facts = uk.day(updated[1]), {"last updated": updated[1]}
        self.met.update(table.names)
        for record in table.records():
            if isinstance(record, Record):
                record.cells.update(_labelled(record.cells))
            yield record

    def from_xml(self) -> Iterator[Record]:
        """Every target, under the names of the columns."""
        for node in records(self.source.path, self.source.name, (TARGET,)):
            cells = _cells(node)
            self.met.update(cells)
            yield Record(node.number, node.line, node.locator, cells)

    def fault(self, item: Record) -> Fault | None:
        """Column, value and reason why a row cannot be kept."""
        number, kind = item.cells.get("Group ID", ""), item.cells.get("Group Type", "")
        if not number:
            return "Group ID", "", "required, but empty"
        if kind.casefold() not in uk.SCHEMAS:
            return "Group Type", kind, "neither Individual, Entity nor Ship"
        if not uk.whole_name(item.cells):
            return "Name 6", number, "no part of the name says anything"
        return None

    def party(self, item: Record) -> ListedParty:
        """One name of a group."""
        schema = uk.SCHEMAS[item.cells["Group Type"].casefold()]
        since = self.day("Listed On", item.cells.get("Listed On", ""))
        return ListedParty(
            entity_id=f"{DATASET}:{item.cells['Group ID']}",
            schema=schema,
            dataset=self.source.dataset,
            source_id=self.source.source_id,
            locator=item.locator,
            origin="conlist",
            act_rank=0,
            first_seen=since,
            about=tuple(self._about(item.cells, schema)),
            listing=tuple(self._listing(item, since)),
        )

    def _about(self, cells: dict[str, str], schema: str) -> Iterator[Value]:
        """What a row says of the party."""
        said = cells.get
        yield from uk.names(cells, said("Alias Type", ""), said("Alias Quality", ""), schema)
        yield from uk.other_script(
            said("Name Non-Latin Script", ""), said("Non-Latin Script Language", "")
        )
        lines = [said(line, "") for line in LINES]
        yield from uk.address(lines, said("Post/Zip Code", ""), said("Country", ""))
        yield from uk.birthplaces(said("Town of Birth", ""), said("Country of Birth", ""))
        for prop, (number, details) in PAPERS.items():
            yield from uk.papers(prop, said(number, ""), said(details, ""))
        for column, how in FIELDS.items():
            if text := said(column):
                yield from self.field(column, how, text, schema)
        if uk.is_said(said(OTHER, "")):
            yield Value("notes", cells[OTHER])

    def _listing(self, item: Record, since: str | None) -> Iterator[Value]:
        """The list, what its regime forbids, and the days that are given."""
        cells = item.cells
        regime = cells.get("Regime", "")
        yield Value("listId", DATASET)
        yield Value("measure", measure_of(regime, cells.get("GrpStatus", "")), regime)
        yield Value("recordId", cells["Group ID"])
        yield Value("authority", AUTHORITY)
        yield Value("program", regime)
        for column, prop in LISTING.items():
            yield Value(prop, cells.get(column, ""))
        if since:
            yield Value("listingDate", since, cells["Listed On"])
        for column, prop in (
            ("UK Sanctions List Date Designated", "startDate"),
            ("Last Updated", "modifiedAt"),
        ):
            if day := self.day(column, cells.get(column, "")):
                yield Value(prop, day, cells[column])


def measure_of(regime: str, status: str = "") -> str:
    """What a regime forbids, by the first rule of the card that fits."""
    for rule in card(DATASET).measures:
        if rule.printed in {"*", regime} and rule.framework in {"", status}:
            return rule.kind
    return "other"


def _labelled(cells: dict[str, str]) -> dict[str, str]:
    """The fields after labels in the cell of further information, and what is left of it.

    A reference ends at its first space; what follows it is narrative.
    """
    parts = LABEL.split(cells.get(OTHER, ""))
    found: dict[str, str] = {}
    left = [parts[0]]
    for label, text in zip(parts[1::2], parts[2::2], strict=True):
        said = text.strip()
        if label in {"UK Sanctions List Ref", "UN Ref"}:
            said, _, rest = said.partition(" ")
            left.append(rest)
            found.setdefault(label, said.rstrip(".,"))
        elif label in FIELDS or label in LISTING:
            found[label] = f"{found[label]}; {said}" if label in found else said
        else:
            left.append(f"({label}): {said}")
    return found | {OTHER: " ".join(part.strip() for part in left if part.strip())}


def _cells(node: Node) -> dict[str, str]:
    """A target of the XML under the names of the columns and labels."""
    found: dict[str, str] = {}
    for each in node.element:
        if isinstance(each.tag, str) and (text := content(each)):
            found[ELEMENTS.get(local(each), local(each))] = text
    return found
