"""Sanctions of Ukraine by decree of the President, as a spreadsheet of persons and firms.

Every row is a party in the annex of one decree. The decrees themselves become rows of the
table of legal acts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache

import msgspec

from tidewaiter.errors import BadDataError
from tidewaiter.model.ids import digest
from tidewaiter.model.source import Reject, SourceFile, rejected
from tidewaiter.sources import printed, registration, workbook
from tidewaiter.sources.card import Card, resource
from tidewaiter.sources.listing import ListedParty, Parties, Value
from tidewaiter.sources.reader import Batch, FileHead, Official, Tally
from tidewaiter.sources.rows import Place, Row, Rows
from tidewaiter.sources.workbook import SheetRow, Workbook
from tidewaiter.text.script import lookalikes

DECREE, DAY, NUMBER = "№ указу", "Дата указу", "п/н"
NAMES = {"Назва укр.": "ukr", "Назва ориг.": None, "Назва альт.": None}  # by language
REQUIRED = frozenset({DECREE, DAY, NUMBER, *NAMES})
MEASURES, TERM, END = "Тип обмеження", "Термін обмеження", "Дата закінчення обмеження"
ACTION, APPLIED = "Дія щодо об'єкту санкцій", "застосування"
BORN, NATIONALITY, NOTES = "Дата народження", "Громадянство", "Додатково"
NUMBERS = ("ОКПО/ЄДРПОУ", "ІПН", "Відповідальний орган")
PLACES = ("Місце діяльності", "Місце діяльності додатково")
PLAIN = {
    "Місце народження": "birthPlace",
    "Зайнятість": "position",
    "Місце проживання": "address",
    **dict.fromkeys(PLACES, "address"),
    NOTES: "notes",
}
ACT_NUMBER = re.compile(r"(?P<number>\d{1,4})[-/](?P<year>\d{4})")
NAMES_APART = re.compile(r';|\n|(?<=["»”]),\s+')
MARKED = r"(?<![^\W_])(?P<mark>{marks})[\s:.№-]*(?P<number>\d{{7,15}})(?!\d)"
TAX = "taxNumber"
PASSPORT = re.compile(
    r"паспорт\w*\D{0,60}?(?:сері[їя]\s*(?P<series>[^\W\d_]{2})\W{0,4})?№*\s*"
    r"(?P<numbers>(?:[^\W\d_]{1,2}\s?)?\d{6,12}(?:\s*,\s*(?:[^\W\d_]{1,2}\s?)?\d{6,12})*)",
    re.IGNORECASE,
)
SPLIT_ITEMS = re.compile(r"(?:(?<=[\s;.])|^)\d{1,2}\s*\)\s*")
SHOWN = 200


class NsdcCard(Card, frozen=True, kw_only=True):
    """The card; its measures are words of the decree.

    ``marks`` are the words before a number, by the column it belongs to; ``terms`` the
    years of a term; ``act`` the address of a decree by number and year.
    """

    marks: dict[str, str]
    terms: dict[str, int]
    act: str


@cache
def card() -> NsdcCard:
    """``ua_nsdc.yml``."""
    return resource("lists/ua_nsdc", NsdcCard)


class UaNsdcReader(Official):
    """Two sheets: natural persons and legal persons."""

    name = "ua_nsdc"
    dataset = "ua_nsdc"
    version = 2  # 2: parties without a Ukrainian name, every measure, numbers out of notes

    def recognises(self, head: FileHead) -> bool:
        """By the header of a sheet."""
        sheets = workbook.peek(head).values()
        return any(rows and set(rows[0]) >= REQUIRED for rows in sheets)

    def read(self, source: SourceFile) -> Iterator[Batch | Reject | Tally]:
        """One party a row: a decree lists each under a number. Then the decrees."""
        yield from Register(source).items()


class Line(msgspec.Struct, frozen=True):
    """One row of a sheet, its cells by column."""

    sheet: str
    number: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    @property
    def locator(self) -> str:
        """Sheet and row."""
        return f"sheet {self.sheet}, row {self.number}"

    @property
    def is_person(self) -> bool:
        """Whether the sheet is that of natural persons."""
        return BORN in self.cells

    @property
    def schema(self) -> str:
        """A legal person may be a firm, an institution or a museum: the sheet does not say."""
        return "Person" if self.is_person else "LegalEntity"

    @property
    def entity_id(self) -> str:
        """Decree, annex and the party's number in it."""
        annex = "p" if self.is_person else "l"
        number = self[NUMBER] or digest("|".join(self[name] for name in NAMES))
        return f"{UaNsdcReader.dataset}:{self[DECREE]}:{annex}:{number}"


class Register:
    """One file, a row at a time."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.book = Workbook(source.path, source.name)
        self.parties = Parties()
        self.unread: Counter[str] = Counter()
        self.unused: set[str] = set()
        self.seen: dict[str, str] = {}
        self.acts: dict[str, Line] = {}
        self.longer = 0  # rows whose last day lies after the end of their term
        self.newest = ""

    def items(self) -> Iterator[Batch | Reject | Tally]:
        """Batches and rejects, then the tally."""
        for line in self._lines():
            fault = self._fault(line)
            if fault:
                yield self.parties.refuse(self._reject(line, *fault))
            else:
                yield from self.parties.add(self._party(line))
        if not self.parties.read:
            raise BadDataError(
                "no sheet has a row under the register's columns",
                where=self.source.name,
                next_step="fetch the spreadsheet again",
            )
        yield from self.parties.flush()
        yield from self._decrees()
        yield Tally(
            rows_read=self.parties.read,
            entities=len(self.parties.entities),
            published_on=self.newest or None,
            unused=tuple(sorted(self.unused)),
            unread={name: times for name, times in sorted(self.unread.items()) if times},
            part="register",
            facts={"last_day_after_term": str(self.longer)} if self.longer else {},
        )

    def _lines(self) -> Iterator[Line]:
        """The filled rows of every sheet with the register's columns."""
        for sheet in self.book.sheets:
            rows = self.book.rows(sheet)
            header = next(rows, SheetRow(1, ())).cells
            if not set(header) >= REQUIRED:
                continue
            self.unused.update(card().unknown({*header} - {""}))
            for row in rows:
                if not row.is_empty:
                    yield Line(sheet, row.number, dict(zip(header, row.cells, strict=False)))

    def _fault(self, line: Line) -> tuple[str, str] | None:
        """The column for which a row cannot be kept, and why."""
        if not line[DECREE]:
            return DECREE, "required, but empty"
        if not any(line[name] for name in NAMES):
            return next(iter(NAMES)), "no name in any of the three columns"
        if line[ACTION] and line[ACTION].casefold() != APPLIED:
            return ACTION, f"only {APPLIED} puts a party on the list"
        first = self.seen.setdefault(line.entity_id, line.locator)
        return (NUMBER, f"the number of {first}, too") if first != line.locator else None

    def _reject(self, line: Line, column: str, why: str) -> Reject:
        said = line[column] or " | ".join(cell for cell in line.cells.values() if cell)
        return rejected(self.source.name, (line.number, line.number), column, said, why)

    def _party(self, line: Line) -> ListedParty:
        day = printed.day(line[DAY])
        self.newest = max(self.newest, day or "")
        self.unread[DAY] += day is None
        self.acts.setdefault(line[DECREE], line)
        return ListedParty(
            entity_id=line.entity_id,
            schema=line.schema,
            dataset=self.source.dataset,
            source_id=self.source.source_id,
            locator=line.locator,
            origin=line[DECREE],
            act_rank=0,
            first_seen=day,
            about=tuple(self._about(line)),
            listing=tuple(self._listing(line, day)),
        )

    def _about(self, line: Line) -> Iterator[Value]:
        """Names, the Ukrainian one first; then what is said of the person or firm."""
        prop = "name"
        for column, lang in NAMES.items():
            for name in NAMES_APART.split(line[column]):
                if name.strip(" ,;("):
                    yield Value(prop, name.strip(" ,;("), lang=lang)
                    prop = "alias"
        if line[BORN]:
            day = printed.day(line[BORN])
            self.unread[BORN] += day is None
            yield Value("birthDate", day or line[BORN], line[BORN])
        yield from self._nationality(line[NATIONALITY])
        for place in PLACES:
            for part in line[place].split(",")[:2]:  # the second one after a postal code
                yield from (Value("country", code, part) for code in printed.countries(part))
        for column, plain in PLAIN.items():
            yield Value(plain, line[column].strip(" ,;"))
        for column in (*NUMBERS, NOTES):
            yield from _numbers(line, column)
        yield from _passports(line[NOTES])

    def _nationality(self, text: str) -> Iterator[Value]:
        """Codes, some of which are written in Cyrillic letters that look alike."""
        codes = printed.countries(text) or printed.countries(_in_latin(text))
        self.unread[NATIONALITY] += bool(text) and not codes
        yield from (Value("nationality", code, text) for code in codes)
        if not codes:
            yield Value("notes", text)

    def _listing(self, line: Line, day: str | None) -> Iterator[Value]:
        """The decree, what it forbids, and until when."""
        yield Value("listId", UaNsdcReader.name)
        kinds = list(_measures(line[MEASURES]))
        self.unread[MEASURES] += not kinds
        yield from kinds or [Value("measure", "other", line[MEASURES] or None)]
        yield Value("recordId", line[NUMBER])
        yield Value("program", f"Указ № {line[DECREE]}", line[DECREE])
        yield Value("listingDate", day or line[DAY], line[DAY])
        yield Value("duration", line[TERM])
        yield from self._end(line, day)
        for item in SPLIT_ITEMS.split(line[MEASURES]):
            yield Value("provisions", item.strip(" ;.,"))
        yield Value("authority", card().publisher)
        yield Value("sourceUrl", act_url(line[DECREE]))

    def _end(self, line: Line, day: str | None) -> Iterator[Value]:
        """The last day as printed; else that of the term, counted from the decree's day.

        Where both are there and differ the printed one stands, also if it is later: it may
        be that of a repeal, and to let a listing end too early is the worse mistake.
        """
        shown = printed.day(line[END])
        term = end_of_term(line[TERM], day)
        self.unread[END] += bool(line[END]) and shown is None
        self.longer += bool(shown and term and shown > term)
        if shown:
            yield Value("endDate", shown, line[END])
        elif term and not line[END]:
            yield Value("endDate", term, line[TERM])

    def _decrees(self) -> Iterator[Batch | Reject]:
        """The decrees that the rows name, each at its first row; their rows were counted."""
        rows = Rows(self.source, main="legal_acts")
        for decree, line in self.acts.items():
            cells = {
                "act_id": f"{UaNsdcReader.dataset}:{decree}",
                "country": "UA",
                "issuer": card().publisher,
                "kind": "decree",
                "number": decree,
                "adopted_on": line[DAY],
                "url": act_url(decree),
            }
            place = Place(line.number, line.number, line.locator)
            for item in rows.add(place, Row("legal_acts", cells)):
                yield _uncounted(item)
        yield from (_uncounted(item) for item in rows.flush())


def act_url(decree: str) -> str:
    """Where the Verkhovna Rada publishes a decree; empty where the number is none."""
    found = ACT_NUMBER.fullmatch(decree)
    return card().act.format(**found.groupdict()) if found else ""


def end_of_term(term: str, day: str | None) -> str | None:
    """The day on which a term of whole years ends; ``None`` where it says something else."""
    years = card().terms.get(" ".join(term.casefold().replace("’", "'").split()))
    if not years or not day:
        return None
    return printed.day(f"{int(day[:4]) + years}{day[4:]}") or f"{int(day[:4]) + years}-02-28"


def _measures(text: str) -> Iterator[Value]:
    """Every kind of measure that the decree's words name; one listing may have several."""
    flat = re.sub(r"\s+", "", text.casefold().replace("’", "'"))
    for rule in card().measures:
        if re.sub(r"\s+", "", rule.printed) in flat:
            yield Value("measure", rule.kind, rule.printed)


@cache
def _marked() -> re.Pattern[str]:
    """The numbers after a mark of the card."""
    marks = sorted(card().marks, key=lambda mark: (-len(mark), mark))
    return re.compile(MARKED.format(marks="|".join(map(re.escape, marks))), re.IGNORECASE)


def _numbers(line: Line, column: str) -> Iterator[Value]:
    """Numbers after the mark of their register; others as they are printed.

    In a column of numbers everything is kept. Of notes a number is taken after a known
    mark only, and a firm's tax number only at their beginning: further on stand those of
    its directors, founders and banks.
    """
    found = False
    for each in _marked().finditer(line[column]):
        kind = card().marks[each["mark"].casefold()]
        if column == NOTES and kind == TAX and not line.is_person and each.start():
            continue
        found = True
        for prop, value in _checked(kind, each["number"], line.schema):
            yield Value(prop, value, each[0])
    if column != NOTES and not found and line[column]:
        for prop, value in registration.numbers("registrationNumber", line[column], line.schema):
            yield Value(prop, value, line[column])


def _checked(kind: str, number: str, schema: str) -> list[tuple[str, str]]:
    """The property a number belongs to; a number that cannot be of its mark's kind is any."""
    schemes = [each for each in registration.schemes() if each.prop == kind]
    fits = not schemes or any(each.fits(number) for each in schemes)
    return registration.numbers(kind if fits else "registrationNumber", number, schema)


def _passports(notes: str) -> Iterator[Value]:
    """Numbers after the word passport, with their series where it is told."""
    for each in PASSPORT.finditer(notes):
        series = each["series"] or ""
        for number in each["numbers"].split(","):
            yield Value("passportNumber", f"{series}{''.join(number.split())}", each[0])


def _in_latin(text: str) -> str:
    """Cyrillic letters as the Latin ones that look like them."""
    alike = lookalikes()
    return text.casefold().translate(str.maketrans(alike.cyrillic, alike.latin)).upper()


def _uncounted(item: Batch | Reject) -> Batch | Reject:
    """A batch whose records were counted under another table."""
    return msgspec.structs.replace(item, source_rows=0) if isinstance(item, Batch) else item
