"""Targets of OpenSanctions as one table: a row a party, several values in a cell."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from tidewaiter.model.dates import iso_date
from tidewaiter.model.source import Reject, SourceFile
from tidewaiter.sources import printed, registration
from tidewaiter.sources.card import card
from tidewaiter.sources.csvfile import Row, Sheet
from tidewaiter.sources.layout import header_of
from tidewaiter.sources.listing import ListedParty, Parties, Value
from tidewaiter.sources.opensanctions import (
    DATASET,
    Survey,
    by_title,
    comparable,
    day_of,
    entity_id,
    list_of,
    stamp,
)
from tidewaiter.sources.reader import Batch, FileHead, Official, Tally

REQUIRED = frozenset({"id", "schema", "name", "aliases", "sanctions", "dataset", "last_seen"})
FILLED = ("id", "schema", "name")
ASPECT = "simple"  # beside the whole record, which it must not silence
JOINT = " - "
TEXTS = {"aliases": "alias", "addresses": "address", "phones": "phone", "emails": "email"}
IMO = re.compile(r"IMO[0-9]{7}")

Cells = dict[str, str]


class OpenSanctionsSimpleReader(Official):
    """``targets.simple.csv``; see ``opensanctions_simple.yml`` for what it holds."""

    name = "opensanctions_simple"
    dataset = DATASET
    version = 1

    def recognises(self, head: FileHead) -> bool:
        """By the columns that only this table has together."""
        return frozenset(header_of(head)) >= REQUIRED

    def read(self, source: SourceFile) -> Iterator[Batch | Reject | Tally]:
        """Every row as statements or a reject, then the tally."""
        sheet = Sheet(source.path, source.name)
        parties = Parties()
        seen: dict[str, int] = {}
        unread: Counter[str] = Counter()
        newest, datasets = 0, set[str]()
        for chunk in sheet.chunks():
            yield from (parties.refuse(each) for each in chunk.rejects)
            for row, number, line in zip(chunk.rows, chunk.numbers, chunk.lines, strict=True):
                cells = _cells(sheet, row)
                fault = _fault(cells, seen, number)
                if fault:
                    yield parties.refuse(sheet.reject((number, line), *fault))
                    continue
                newest = max(newest, stamp(cells["last_seen"]))
                datasets.update(_datasets(cells))
                yield from parties.add(*_parties(cells, source, f"row {number}", unread))
        yield from parties.flush()
        known = Survey(newest, frozenset(datasets))
        yield Tally(
            rows_read=parties.read,
            entities=len(parties.entities),
            published_on=known.day,
            unused=card(self.name).unknown(sheet.header),
            unread={field: times for field, times in sorted(unread.items()) if times},
            part=f"simple/{known.part}" if known.part else None,
        )


def _cells(sheet: Sheet, row: Row) -> Cells:
    filled = zip(sheet.header, (cell.strip() for cell in row), strict=True)
    return dict.fromkeys(REQUIRED, "") | dict(filled)


def _fault(cells: Cells, seen: dict[str, int], number: int) -> tuple[str, str, str] | None:
    """The first column that cannot be kept, its value and why."""
    for column in FILLED:
        if not cells.get(column):
            return column, "", "required, but empty"
    first = seen.setdefault(cells["id"], number)
    return None if first == number else ("id", cells["id"], f"the id of row {first}")


def _datasets(cells: Cells) -> list[str]:
    """Names of the datasets; a title that is not known stays as printed."""
    return [by_title().get(each, each) for each in printed.values(cells["dataset"])] or [DATASET]


def _parties(
    cells: Cells, source: SourceFile, locator: str, unread: Counter[str]
) -> Iterator[ListedParty]:
    """What the row says of the party, and its listing by each of its datasets."""
    about = tuple(_about(cells, unread))
    for at, name in enumerate(_datasets(cells)):
        yield ListedParty(
            entity_id=entity_id(cells["id"]),
            schema=cells["schema"],
            dataset=source.dataset,
            source_id=source.source_id,
            locator=locator if at == 0 else f"{locator}, dataset {at + 1}",
            origin="targets",
            act_rank=0,
            first_seen=day_of(cells.get("first_seen")),
            about=about if at == 0 else (),
            listing=tuple(_listing(cells, name)),
            aspect=ASPECT,
        )


def _about(cells: Cells, unread: Counter[str]) -> Iterator[Value]:
    yield Value("name", cells["name"])
    for column, prop in TEXTS.items():
        yield from (Value(prop, text) for text in printed.values(cells.get(column, "")))
    for text in printed.values(cells.get("countries", "")):
        yield Value("country", comparable("country", text), text)
    for text in printed.values(cells.get("birth_date", "")):
        unread["birth_date"] += iso_date(text) is None
        yield Value("birthDate", text)
    for text in printed.values(cells.get("identifiers", "")):
        yield from _numbers(text, cells["schema"])


def _numbers(text: str, schema: str) -> Iterator[Value]:
    """A number belongs to a register only where shape and check digits say so."""
    column = "imoNumber" if IMO.fullmatch(text) else "registrationNumber"
    for prop, value in registration.numbers(column, text, schema):
        person = prop == column == "registrationNumber" and schema == "Person"
        yield Value("idNumber" if person else prop, value, text)


def _listing(cells: Cells, dataset: str) -> Iterator[Value]:
    """The list, what it forbids, and the sanctions as the table words them."""
    programmes = printed.values(cells.get("program_ids", ""))
    sanctions = printed.values(cells["sanctions"])
    found = list_of(dataset, programmes)
    yield Value("listId", found.list, dataset)
    yield Value("measure", found.measure if sanctions else "other", dataset)
    yield Value("recordId", cells["id"])
    for text in programmes or [each.split(JOINT, 1)[0] for each in sanctions]:
        yield Value("program", text)
    yield from (Value("summary", text) for text in sanctions)
