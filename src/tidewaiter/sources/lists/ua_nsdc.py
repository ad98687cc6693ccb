"""Sanctions of Ukraine by decree of the President, as a spreadsheet of persons and firms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources

from tidewaiter.errors import BadDataError
from tidewaiter.model.ids import digest
from tidewaiter.model.source import Reject, SourceFile
from tidewaiter.sources import printed, registration, workbook
from tidewaiter.sources.card import Card
from tidewaiter.sources.listing import ListedParty, Parties, Value
from tidewaiter.sources.reader import Batch, FileHead, Tally
from tidewaiter.sources.workbook import SheetRow, Workbook

DECREE, DAY, NUMBER, NAME = "№ указу", "Дата указу", "п/н", "Назва укр."
NAMES = (NAME, "Назва ориг.", "Назва альт.")
REQUIRED = frozenset({DECREE, DAY, NUMBER, NAME})
MEASURES, TERM, END, ACTION = (
    "Тип обмеження",
    "Термін обмеження",
    "Дата закінчення обмеження",
    "Дія щодо об'єкту санкцій",
)
PERSON_COLUMN = "Дата народження"
LABEL = re.compile(r"(?P<label>[^\W\d_]+)\s*(?P<number>\d[\d ]*\d)")
MARKS = {"ОДРН": "ogrnCode", "ОГРН": "ogrnCode", "ІПН": "innCode", "ИНН": "innCode",
         "ЄДРПОУ": "registrationNumber", "ОКПО": "okpoCode", "КПП": "kppCode"}  # fmt: skip
PLAIN = {
    "Місце народження": "birthPlace",
    "Зайнятість": "position",
    "Місце проживання": "address",
    "Місце діяльності": "address",
    "Місце діяльності додатково": "address",
    "Додатково": "notes",
}
KNOWN = frozenset(
    {*REQUIRED, *PLAIN, MEASURES, TERM, END, ACTION, PERSON_COLUMN, "row", "Зміни", "Назва ориг.",
     "Назва альт.", "Громадянство", "Відповідальний орган", "ОКПО/ЄДРПОУ", "ІПН"}
)  # fmt: skip

Cells = dict[str, str]


class NsdcCard(Card, frozen=True, kw_only=True):
    """The card; its measures are words of the decree."""


@cache
def card() -> NsdcCard:
    """``ua_nsdc.yml``."""
    import msgspec.yaml

    text = resources.files(__package__).joinpath("ua_nsdc.yml").read_bytes()
    return msgspec.yaml.decode(text, type=NsdcCard)


class UaNsdcReader:
    """Two sheets: natural persons and legal persons."""

    name = "ua_nsdc"
    dataset = "ua_nsdc"
    version = 1

    @property
    def licence(self) -> str:
        """Of the register."""
        return card().licence

    def recognises(self, head: FileHead) -> bool:
        """By the header of a sheet."""
        sheets = workbook.peek(head).values()
        return any(rows and set(rows[0]) >= REQUIRED for rows in sheets)

    def read(self, source: SourceFile) -> Iterator[Batch | Reject | Tally]:
        """One party a row: a decree lists each under a number."""
        book = Workbook(source.path, source.name)
        kept = Parties()
        unread: dict[str, int] = {}
        unused: set[str] = set()
        newest = ""
        for sheet in book.sheets:
            rows = book.rows(sheet)
            header = next(rows, SheetRow(1, ()))
            if not set(header.cells) >= REQUIRED:
                continue
            unused |= set(header.cells) - KNOWN - {""}
            for row in rows:
                cells = dict(zip(header.cells, row.cells, strict=False))
                if row.is_empty:
                    continue
                fault = "" if cells.get(DECREE) else DECREE
                if not any(cells.get(name) for name in NAMES):
                    fault = NAME
                if fault:
                    yield kept.refuse(_reject(source, row, fault))
                    continue
                day = printed.day(cells.get(DAY, ""))
                newest = max(newest, day or "")
                if day is None:
                    unread[DAY] = unread.get(DAY, 0) + 1
                yield from kept.add(_party(source, sheet, row, cells))
        if not kept.read:
            raise BadDataError(
                "no sheet has a row under the register's columns",
                where=source.name,
                next_step="fetch the spreadsheet again",
            )
        yield from kept.flush()
        yield Tally(
            rows_read=kept.read,
            entities=len(kept.entities),
            published_on=newest or None,
            unused=tuple(sorted(unused)),
            unread=unread,
            part="register",
        )


def _party(source: SourceFile, sheet: str, row: SheetRow, cells: Cells) -> ListedParty:
    is_person = PERSON_COLUMN in cells
    day = printed.day(cells.get(DAY, ""))
    key = (
        cells[DECREE],
        "p" if is_person else "l",
        cells.get(NUMBER, "") or digest(*(cells.get(name, "") for name in NAMES)),
    )
    return ListedParty(
        entity_id=":".join((UaNsdcReader.dataset, *key)),
        schema="Person" if is_person else "LegalEntity",
        dataset=source.dataset,
        source_id=source.source_id,
        locator=f"sheet {sheet}, row {row.number}",
        origin=cells[DECREE],
        act_rank=0,
        first_seen=day,
        about=tuple(_about(cells, is_person=is_person)),
        listing=tuple(_listing(cells, day)),
    )


def _about(cells: Cells, *, is_person: bool) -> Iterator[Value]:
    said = [
        name.strip() for c in NAMES for name in re.split(r";|\n", cells.get(c, "")) if name.strip()
    ]
    yield Value("name", said[0], lang="ukr" if cells.get(NAME) else None)
    yield from (Value("alias", name) for name in said[1:])
    if is_person:
        born = cells.get(PERSON_COLUMN, "")
        yield Value("birthDate", printed.day(born) or born, born)
    for code in printed.countries(cells.get("Громадянство", "")):
        yield Value("nationality", code, cells["Громадянство"])
    for column, prop in PLAIN.items():
        yield Value(prop, cells.get(column, ""))
    schema = "Person" if is_person else "Company"
    for column in ("ОКПО/ЄДРПОУ", "ІПН"):
        yield from _numbers(cells.get(column, ""), schema)


def _numbers(cell: str, schema: str) -> Iterator[Value]:
    """Numbers after the mark of their register; others as they are printed."""
    found = list(LABEL.finditer(cell))
    for each in found:
        prop = MARKS.get(each["label"].upper())
        number = each["number"].replace(" ", "")
        checked = dict(registration.numbers(prop, number, schema)) if prop else {}
        yield Value(prop if prop in checked else "registrationNumber", number, each[0])
    if cell and not found:
        yield Value("registrationNumber", cell)


def _listing(cells: Cells, day: str | None) -> Iterator[Value]:
    text = cells.get(MEASURES, "")
    yield Value("listId", UaNsdcReader.name)
    yield from _measures(text)
    yield Value("recordId", cells.get(NUMBER, ""))
    yield Value("program", f"Указ № {cells[DECREE]}", cells[DECREE])
    yield Value("listingDate", day or cells.get(DAY, ""), cells.get(DAY, ""))
    end = cells.get(END, "")
    yield Value("endDate", printed.day(end) or "", end)
    yield Value("duration", cells.get(TERM, ""))
    yield Value("provisions", text)
    yield Value("authority", card().publisher)


def _measures(text: str) -> Iterator[Value]:
    """Every kind of measure that the decree's words name; one listing may have several."""
    folded = " ".join(text.casefold().split())
    kinds = [rule for rule in card().measures if rule.printed in folded]
    for rule in kinds or card().measures[-1:]:
        yield Value("measure", rule.kind, rule.printed if kinds else None)


def _reject(source: SourceFile, row: SheetRow, column: str) -> Reject:
    said: Sequence[str] = [cell for cell in row.cells if cell]
    return Reject(
        file=source.name, row=row.number, line=row.number, column=column,
        value=" | ".join(said)[:200], reason="required, but empty",
    )  # fmt: skip
