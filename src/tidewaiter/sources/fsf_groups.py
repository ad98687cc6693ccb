"""Facts of the EU's financial sanctions files, under the names of the CSV's columns.

The XML's elements become the groups that the CSV gives a row each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from tidewaiter.model.dates import iso_date
from tidewaiter.sources.listing import Value
from tidewaiter.sources.xmlfile import Node, content, local

WEAK = re.compile(r"\blow? quality", re.IGNORECASE)  # the publisher writes "lo quality", too
CONTACT = re.compile(r"(PHONE|FAX|EMAIL|WEB)(?=[\s:\[(+]|[^A-Z])")
SLASHES = re.compile(r"(\d\d)/(\d\d)/(\d{4})")
# Attributes of the XML whose columns are not called like them.
RENAMED = {
    "BirthDate_DayOfMonth": "BirthDate_Day", "BirthDate_MonthOfYear": "BirthDate_Month",
    "BirthDate_Birthdate": "BirthDate_BirthDate",
    "Identification_IdentificationTypeCode": "Identification_TypeCode",
    "Identification_IdentificationTypeDescription": "Identification_TypeDescription",
    "Identification_IssueDate": "Identification_IssuedDate",
    "Entity_EuReferenceNumber": "Entity_EU_ReferenceNumber",
    "Entity_SubjectType_Code": "Entity_SubjectType",
}  # fmt: skip
GROUPS = {
    "nameAlias": "NameAlias", "address": "Address", "birthdate": "BirthDate",
    "identification": "Identification", "citizenship": "Citizenship",
}  # fmt: skip
CONTACT_PROPS = {"PHONE": "phone", "FAX": "phone", "EMAIL": "email", "WEB": "website"}

Cells = Mapping[str, str]
Element = Any  # lxml has no types of its own


class Group(msgspec.Struct, frozen=True):
    """One name, address, birth, document or citizenship: its kind, and cells by column."""

    kind: str
    cells: Cells

    def __getitem__(self, name: str) -> str:
        """The cell of the column ``KIND_name``; empty where there is none."""
        return self.cells.get(f"{self.kind}_{name}", "")


class Item(msgspec.Struct, frozen=True):
    """One row of the CSV or one party of the XML: its place, cells, groups and acts.

    A party of the XML may cite several acts; a row of the CSV has the one in its cells.
    """

    row: int
    line: int
    locator: str
    entity: Cells
    groups: tuple[Group, ...]
    acts: tuple[Cells, ...] = ()

    @property
    def number(self) -> str:
        """The publisher's number of the party."""
        return self.entity.get("Entity_LogicalId", "")


def groups(cells: Cells) -> Iterator[Group]:
    """The groups of a row that say anything."""
    for kind in GROUPS.values():
        found = {name: text for name, text in cells.items() if name.startswith(f"{kind}_")}
        if found:
            yield Group(kind, found)


def party_item(node: Node) -> Item:
    """A party of the XML under the names of the CSV's columns."""
    entity = dict(_own("Entity", node.element))
    found: list[Group] = []
    acts: list[Cells] = []
    for part in _children(node.element):
        tag = local(part)
        if tag in GROUPS:
            found.append(Group(GROUPS[tag], dict(_cells(GROUPS[tag], part))))
        elif tag == "subjectType":
            entity |= dict(_own("Entity_SubjectType", part))
        elif tag == "regulation":
            acts.append(dict(_cells("Entity_Regulation", part)))
        else:
            entity |= dict(_inside("Entity", part))
    return Item(node.number, node.line, node.locator, entity, tuple(found), tuple(acts))


def _cells(kind: str, element: Element) -> Iterator[tuple[str, str]]:
    """What an element says, as cells; contacts are joined into one."""
    yield from _own(kind, element)
    contacts = []
    for part in _children(element):
        if local(part) == "contactInfo":
            contacts.append(f"{part.get('key', '')}[{part.get('value', '')}]")
        else:
            yield from _inside(kind, part)
    if contacts:
        yield f"{kind}_ContactInfo", " ".join(contacts)


def _own(kind: str, element: Element) -> Iterator[tuple[str, str]]:
    """The attributes that are not empty."""
    for name, value in element.attrib.items():
        column = f"{kind}_{_capital(str(name).rpartition('}')[2])}"
        if text := " ".join(str(value).split()):
            yield RENAMED.get(column, column), text


def _inside(kind: str, element: Element) -> Iterator[tuple[str, str]]:
    """An element inside a fact: the act that states it, or a text such as a remark."""
    if local(element) == "regulationSummary":
        yield from _own(f"{kind}_Regulation", element)
    elif text := content(element):
        yield f"{kind}_{_capital(local(element))}", text


def _children(element: Element) -> Iterator[Element]:
    return (each for each in element if isinstance(each.tag, str))


def _capital(name: str) -> str:
    """With a capital letter; ``regulationType`` is called ``Type`` in the CSV."""
    name = {"regulationType": "type"}.get(name, name)
    return name[:1].upper() + name[1:]


def contacts(text: str) -> Iterator[Value]:
    """``PHONE[…] EMAIL[…]``, or with any other sign between key and value."""
    parts = CONTACT.split(text)
    if parts[0].strip(" ,;"):
        yield Value("notes", parts[0].strip(" ,;"))
    for key, said in zip(parts[1::2], parts[2::2], strict=True):
        for value in said.strip(" :[](),;").replace(";", ",").split(","):
            if value.strip(" []"):
                yield Value(CONTACT_PROPS[key], value.strip(" []"))


def whole_name(group: Group) -> str:
    """The whole name, or its parts; empty for other groups."""
    if group.kind != "NameAlias":
        return ""
    parts = (group["FirstName"], group["MiddleName"], group["LastName"])
    return group["WholeName"] or " ".join(part for part in parts if part)


def is_weak(group: Group) -> bool:
    """By the XML's attribute; the CSV says it in remarks only."""
    return group["Strong"] == "false" or WEAK.search(group["Remark"]) is not None


def is_land(group: Group) -> bool:
    """Whether the country is known; the publisher writes 00 and UNKNOWN where it is not."""
    code, name = group["CountryIso2Code"], group["CountryDescription"]
    return bool(code or name) and name.upper() != "UNKNOWN" and code != "00"


def day_of(text: str) -> str | None:
    """A day in ISO 8601 or as ``16/12/2022``; a time after it is left out."""
    shown = text.strip()[:10]
    found = SLASHES.fullmatch(shown)
    return iso_date("-".join(reversed(found.groups())) if found else shown)


def day_from_parts(group: Group) -> str | None:
    """The day, month or year of a birth that is given in parts."""
    year, month, day = group["Year"], group["Month"].zfill(2), group["Day"].zfill(2)
    return iso_date(f"{year}-{month}-{day}") or iso_date(f"{year}-{month}") or iso_date(year)
