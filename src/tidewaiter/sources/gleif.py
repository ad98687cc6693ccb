"""GLEIF's golden copies: one record after another, whether XML, CSV or JSON.

A record is a dictionary of cells by the column names of the CSV, which are the paths of
the XML with a number where something repeats: ``Entity.OtherEntityNames.OtherEntityName.2``.
One mapping a file kind then serves all three formats.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any

import msgspec

from tidewaiter.errors import BadDataError
from tidewaiter.model.dates import DAY, iso_date
from tidewaiter.model.source import Reject, SourceFile
from tidewaiter.sources import jsonfile, xmlfile
from tidewaiter.sources.card import Card
from tidewaiter.sources.layout import header_of
from tidewaiter.sources.reader import FileHead, Tally
from tidewaiter.sources.rows import Place, Rows
from tidewaiter.sources.tabular import Records

Cells = dict[str, str]
_Element = Any  # lxml has no types of its own
DELTA = "DELTA"
DELTA_NAME = re.compile(r"-(intra-day|last-(day|week|month))\b")
DELETIONS = ("Extension.Deletion", "Extension.Deletion.DeletedAt")
NUMBER = re.compile(r"\.[0-9]+(?=\.|$)")
LEI = re.compile(r"[0-9A-Z]{18}[0-9]{2}")
MOST = 64  # numbers of one repeated thing in a record that are looked at

# How steps of the XML's paths are called in the CSV; an empty step is left out.
STEPS = {
    "RelationshipPeriods": "",
    "RelationshipPeriod": "Period",
    "RelationshipQualifiers": "",
    "RelationshipQualifier": "Qualifiers",
    "RelationshipQuantifiers": "",
    "RelationshipQuantifier": "Quantifiers",
    "StartDate": "startDate",
    "EndDate": "endDate",
    "PeriodType": "periodType",
    "AffectedFields": "",
    "AffectedField": "AffectedFields",
    "ExceptionCategory": "Exception.Category",
    "ExceptionReason": "Exception.Reason",
    "ExceptionReference": "Exception.Reference",
}
REPEATED = frozenset(
    {
        "OtherEntityName", "TransliteratedOtherEntityName", "AdditionalAddressLine",
        "OtherAddress", "TransliteratedOtherAddress", "SuccessorEntity", "LegalEntityEvent",
        "AffectedField", "OtherValidationAuthority", "RelationshipPeriod", "Geocoding",
        "RelationshipQualifier", "RelationshipQuantifier", "ExceptionReason", "ExceptionReference",
    }
)  # fmt: skip


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """One of GLEIF's files: its XML root and records, its JSON key, columns of its CSV."""

    part: str
    root: str
    namespace: str
    record: str
    header: str
    key: str
    columns: frozenset[str]
    first: frozenset[str]  # a key that the first record of the JSON has

    def form(self, head: FileHead) -> str:
        """``xml``, ``json`` or ``csv``; empty where the file is not of this kind."""
        root = xmlfile.root_of(head)
        if root is not None:
            fits = root.name == self.root and self.namespace in root.namespaces
            return "xml" if fits else ""
        start = jsonfile.start_of(head)
        if start is not None:
            known = start.kind == "object" and start.keys[:1] == (self.key,)
            return "json" if known and _mentions(head.start, self.first) else ""
        return "csv" if self.columns <= set(header_of(head)) else ""


def _mentions(start: bytes, keys: frozenset[str]) -> bool:
    return any(f'"{key}"'.encode() in start for key in keys)


class Copy:
    """One file. Iterating gives each record's place and cells, or why it cannot be read.

    ``published_on`` and ``facts`` are what the file's header says, known once the first
    record was given; the CSV and the JSON have no header. Raises ``BadDataError`` for a
    file of changes alone, because it would stand in for the whole.
    """

    def __init__(self, source: SourceFile, kind: Kind) -> None:
        self.source = source
        self.kind = kind
        self.published_on: str | None = None
        self.facts: dict[str, str] = {}
        self._names: set[str] = set()

    def __iter__(self) -> Iterator[tuple[Place, Cells] | Reject]:
        head = FileHead.of(self.source.path, self.source.name)
        form = self.kind.form(head)
        if not form:
            raise BadDataError(
                f"this is no file of GLEIF's {self.kind.part}",
                where=self.source.name,
                next_step="fetch the golden copy again, as XML, CSV or JSON",
            )
        if DELTA_NAME.search(self.source.name):
            raise self._delta()
        yield from {"xml": self._xml, "json": self._json, "csv": self._csv}[form]()

    def tally(self, rows: Rows, about: Card, newest: str = "") -> Tally:
        """What was counted; ``newest`` is a day of the records, where the header has none.

        Unused are names that the card ``about`` neither explains nor sets aside.
        """
        known = (*about.columns, *about.ignored)
        names = {NUMBER.sub("", name) for name in self._names}
        odd = (name for name in names if not any(fnmatchcase(name, each) for each in known))
        return Tally(
            rows_read=rows.read,
            entities=rows.read,
            published_on=self.published_on or newest or None,
            unused=tuple(sorted(odd)),
            unread=dict(rows.unread),
            part=self.kind.part,
            facts=self.facts,
        )

    def _xml(self) -> Iterator[tuple[Place, Cells] | Reject]:
        tags = (self.kind.header, self.kind.record)
        for node in xmlfile.records(self.source.path, self.source.name, tags):
            if node.tag == self.kind.header:
                self._note_header(node)
                continue
            cells: Cells = {}
            _flatten_element(node.element, "", cells)
            self._names.update(cells)
            yield Place(node.number, node.line, node.locator), cells

    def _json(self) -> Iterator[tuple[Place, Cells] | Reject]:
        prefix = f"{self.kind.key}.item"
        for record in jsonfile.elements(self.source.path, self.source.name, prefix):
            place = Place(record.number, record.line, record.locator)
            value = record.value
            if isinstance(value, dict) and isinstance(value.get(self.kind.record), dict):
                value = value[self.kind.record]
            cells: Cells = {}
            if isinstance(value, dict):
                _flatten_value(value, "", cells)
            self._names.update(cells)
            yield place, cells

    def _csv(self) -> Iterator[tuple[Place, Cells] | Reject]:
        records = Records(self.source)
        self._names.update(name for name in records.columns if name)
        columns = records.columns
        for chunk in records.sheet.chunks():
            yield from chunk.rejects
            for row, number, line in zip(chunk.rows, chunk.numbers, chunk.lines, strict=True):
                cells = {
                    name: cell.strip()
                    for name, cell in zip(columns, row, strict=True)
                    if cell and not cell.isspace()
                }
                yield Place(number, line, f"row {number}"), cells

    def _note_header(self, node: xmlfile.Node) -> None:
        content = node.text("FileContent")
        if DELTA in content.upper() or node.text("DeltaStart"):
            raise self._delta()
        self.published_on = iso_date(node.text("ContentDate")[:DAY])
        said = {
            "content": content,
            "content date": node.text("ContentDate"),
            "record count": node.text("RecordCount"),
        }
        self.facts = {name: text for name, text in said.items() if text}

    def _delta(self) -> BadDataError:
        return BadDataError(
            "this file holds changes only, which would replace the whole golden copy",
            where=self.source.name,
            next_step="fetch the full golden copy instead",
        )


def day(cells: Cells, name: str) -> str:
    """The day of a date with a time, as the publisher's own clock had it."""
    return _day(cells.get(name, ""))


@lru_cache(maxsize=65_536)
def _day(text: str) -> str:
    return iso_date(text[:DAY]) or text


def numbered(cells: Cells, name: str, *leaves: str) -> Iterator[str]:
    """``name.1``, ``name.2`` … as far as a record has them, without gaps.

    ``leaves`` are the names below of which each has at least one, where it has no text.
    """
    for number in range(1, MOST):
        path = f"{name}.{number}"
        if path not in cells and not any(f"{path}.{leaf}" in cells for leaf in leaves):
            return
        yield path


def is_deleted(cells: Cells) -> bool:
    """Whether a record tells of a deletion; an empty mark says nothing."""
    return any(cells.get(name) for name in DELETIONS)


def address(cells: Cells, prefix: str) -> str:
    """An address in one line. Its number stands in the first line already."""
    lines = [f"{prefix}.FirstAddressLine"]
    lines += [f"{prefix}.AdditionalAddressLine.{number}" for number in (1, 2, 3)]
    lines += [f"{prefix}.{name}" for name in ("City", "Region", "PostalCode", "Country")]
    return ", ".join(cells[line] for line in lines if line in cells)


def _flatten_element(element: _Element, path: str, cells: Cells) -> None:
    """Every text and attribute below ``element``, by its path."""
    seen: dict[str, int] = {}
    for child in element:
        tag = child.tag
        if not isinstance(tag, str):
            continue
        seen[tag] = number = seen.get(tag, 0) + 1
        name = _step(path, tag, number)
        for attribute, value in child.items():
            cells[f"{name}.{_attribute(attribute)}"] = " ".join(value.split())
        if len(child):
            _flatten_element(child, name, cells)
        elif child.text and (text := " ".join(child.text.split())):
            cells[name] = text


def _flatten_value(value: dict[str, Any], path: str, cells: Cells) -> None:
    """The same for JSON, in which an attribute is called ``@type`` and a text ``$``."""
    for key, below in value.items():
        if key == "$":
            if below is not None and (text := " ".join(str(below).split())):
                cells[path] = text
        elif key.startswith("@"):
            if isinstance(below, str) and below.strip():
                cells[f"{path}.{_attribute(key[1:])}"] = below.strip()
        else:
            items = below if isinstance(below, list) else [below]
            for number, item in enumerate(items, start=1):
                name = _step(path, key, number)
                if isinstance(item, dict):
                    _flatten_value(item, name, cells)
                elif item is not None and (text := " ".join(str(item).split())):
                    cells[name] = text


@lru_cache(maxsize=65_536)
def _step(path: str, tag: str, number: int) -> str:
    """The path of a child; ``tag`` may bear a namespace."""
    tag = tag.rpartition("}")[2].rpartition(":")[2]
    step = STEPS.get(tag, tag)
    name = f"{path}.{step}" if path and step else path or step
    return f"{name}.{number}" if tag in REPEATED or number > 1 else name


def _attribute(name: str) -> str:
    """``xml:lang`` is called ``xmllang`` in the CSV."""
    if name.endswith(("}lang", ":lang")):
        return "xmllang"
    return name.rpartition("}")[2]
