"""Designations of the UK Sanctions List, as its XML and its tables tell them.

The XML nests what a designation has; a row of the CSV or spreadsheet has one of each kind.
Both become a designation with series under the names of the CSV's columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from tidewaiter.sources.titled import Record
from tidewaiter.sources.uk import FAMILY, GIVEN
from tidewaiter.sources.xmlfile import Node, content, local

Element = Any  # lxml has no types of its own
Fields = Mapping[str, str]

REPORT = re.compile(r"Report Date\s*:?\s*(\S+)", re.IGNORECASE)

NAME = (*GIVEN, FAMILY, "Name type", "Alias strength")
SCRIPT = ("Name non-latin script", "Non-latin script type", "Non-latin script language")
ADDRESS = (
    *(f"Address Line {line}" for line in range(1, 7)),
    "Address Postal Code",
    "Address Country",
)
PASSPORT = ("Passport number", "Passport additional information")
NATIONAL = ("National Identifier number", "National Identifier additional information")
BIRTH = ("Town of birth", "Country of birth")
TOGETHER = (NAME, SCRIPT, ADDRESS, PASSPORT, NATIONAL, BIRTH)
OTHER_NAMES = {
    "individual, entity, ship": "Designation Type",
    "entity, vessel or individual": "Designation Type",
    "ofsi id": "OFSI Group ID", "un ref": "UN Reference Number",
    "honorary/professional/religious titles": "Title",
}  # fmt: skip

# Columns by element. What holds several of a kind is not named: its members are.
ELEMENTS = {
    "UniqueID": "Unique ID", "OFSIGroupID": "OFSI Group ID",
    "UNReferenceNumber": "UN Reference Number", "LastUpdated": "Last Updated",
    "DateDesignated": "Date Designated", "RegimeName": "Regime Name",
    "IndividualEntityShip": "Designation Type", "DesignationSource": "Designation source",
    "SanctionsImposed": "Sanctions Imposed", "OtherInformation": "Other Information",
    "UKStatementofReasons": "UK Statement of Reasons", "Title": "Title",
    "PhoneNumber": "Phone number", "EmailAddress": "Email address", "Website": "Website",
    "DOB": "D.O.B", "Gender": "Gender", "Nationality": "Nationality(/ies)",
    "Position": "Position", "TypeOfEntity": "Type of entity", "ParentCompany": "Parent company",
    "Subsidiary": "Subsidiaries",
    "BusinessRegistrationNumber": "Business registration number (s)", "IMONumber": "IMO number",
    "CurrentOwnerOperator": "Current owner/operator (s)",
    "PreviousOwnerOperator": "Previous owner/operator (s)",
    "CurrentBelievedFlagOfShip": "Current believed flag of ship", "PreviousFlag": "Previous flags",
    "TypeOfShip": "Type of ship", "TonnageOfShip": "Tonnage of ship",
    "LengthOfShip": "Length of ship", "YearBuilt": "Year Built",
    "HullIdentificationNumber": "Hull identification number (HIN)",
    "CryptoWalletAddress": "Crypto wallet address",
}  # fmt: skip
INSIDE = {
    "Name": dict(zip(("Name1", "Name2", "Name3", "Name4", "Name5", "Name6", "NameType",
                      "AliasStrength"), NAME, strict=True)),
    "NonLatinName": dict(zip(("NameNonLatinScript", "NonLatinScriptType",
                              "NonLatinScriptLanguage"), SCRIPT, strict=True)),
    "Address": dict(zip(("AddressLine1", "AddressLine2", "AddressLine3", "AddressLine4",
                         "AddressLine5", "AddressLine6", "AddressPostalCode", "AddressCountry"),
                        ADDRESS, strict=True)),
    "Passport": dict(zip(("PassportNumber", "PassportAdditionalInformation"), PASSPORT,
                         strict=True)),
    "NationalIdentifier": dict(zip(("NationalIdentifierNumber",
                                    "NationalIdentifierAdditionalInformation"), NATIONAL,
                                   strict=True)),
    "Location": dict(zip(("TownOfBirth", "CountryOfBirth"), BIRTH, strict=True)),
}  # fmt: skip


CANONICAL = OTHER_NAMES | {
    name.casefold(): name
    for name in (*ELEMENTS.values(), *(each for group in TOGETHER for each in group))
}


class Designation(msgspec.Struct):
    """One designation or one row of it: single facts as series, and facts that belong together.

    ``together`` is keyed by the first column of the group, as ``Name 1``.
    """

    row: int
    line: int
    locator: str
    series: dict[str, list[str]]
    together: dict[str, list[Fields]]

    def one(self, column: str) -> str:
        """The first value of a column; empty if there is none."""
        return next(iter(self.series.get(column, ())), "")

    def all(self, group: tuple[str, ...]) -> list[Fields]:
        """Every member of a group, as names or addresses."""
        return self.together.get(group[0], [])

    @property
    def columns(self) -> set[str]:
        """The columns of everything that is said."""
        groups = (fields for found in self.together.values() for fields in found)
        return {*self.series, *(name for fields in groups for name in fields)}


def column_of(name: str) -> str:
    """The column of a printed name, which was another in earlier years."""
    return CANONICAL.get(name.casefold(), name)


def of_row(record: Record) -> Designation:
    """A row of the CSV or of a spreadsheet."""
    cells = {column_of(name): text for name, text in record.cells.items()}
    together: dict[str, list[Fields]] = {}
    for group in TOGETHER:
        fields = {name: text for name in group if (text := cells.pop(name, ""))}
        if fields:
            together[group[0]] = [fields]
    series = {name: [text] for name, text in cells.items() if text}
    return Designation(record.row, record.line, record.locator, series, together)


def of_element(node: Node) -> Designation:
    """A ``Designation`` of the XML."""
    found = Designation(node.number, node.line, node.locator, {}, {})
    for element in _elements(node.element):
        _take(element, found)
    return found


def _take(element: Element, found: Designation) -> None:
    """What an element says; containers are gone through, unknown texts kept by their name."""
    tag, below = local(element), list(_elements(element))
    if tag in INSIDE and below:
        names = INSIDE[tag]
        fields = {names.get(local(each), local(each)): content(each) for each in below}
        fields = {name: text for name, text in fields.items() if text}
        if fields:
            found.together.setdefault(next(iter(names.values())), []).append(fields)
    elif tag == "SanctionsImposedIndicators":
        imposed = [local(each) for each in below if content(each).casefold() == "true"]
        found.series.setdefault(tag, []).extend(imposed)
    elif below and tag not in ELEMENTS:
        for each in below:
            _take(each, found)
    elif text := content(element):
        found.series.setdefault(ELEMENTS.get(tag, tag), []).append(text)


def _elements(element: Element) -> Iterator[Element]:
    return (each for each in element if isinstance(each.tag, str))


def made_on(title: str) -> str:
    """The day in ``Report Date: 01-Aug-2026``; empty where there is none."""
    found = REPORT.search(title)
    return found[1] if found else ""
