"""Listings of the European Union, as printed in the annexes of the Official Journal.

A framework act's consolidated file and the files of later amending acts are read alike.
Both name an entry by framework, annex, programme, measure, schema and number, so that an
amendment speaks of the same entity as the text it amends; the later act has the higher
rank, and both are kept.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache, cached_property
from pathlib import PurePosixPath

import msgspec

from tidewaiter.model.ids import digest
from tidewaiter.model.source import Reject, SourceFile
from tidewaiter.sources import printed, registration
from tidewaiter.sources.card import Card, resource
from tidewaiter.sources.csvfile import Row, Sheet
from tidewaiter.sources.layout import header_of
from tidewaiter.sources.listing import ListedParty, Value, as_rows, statements
from tidewaiter.sources.reader import Batch, FileHead, Official, Tally

CONSOLIDATED = ("celex",)
AMENDMENT = ("amendedCelex", "amendmentCelex")
LISTING = ("recordId", "programKey", "annex", "measure", "startDate", "reason", "schema")
REQUIRED = frozenset({"programKey", "measure", "startDate", "schema", "name"})
FILLED = ("programKey", "measure", "schema", "name")
CELEX = re.compile(r"3(?P<year>\d{4})(?P<kind>[RD])(?P<number>\d{4})")
ACT = "https://eur-lex.europa.eu/legal-content/EN/TXT/?uri=CELEX:{}"
AUTHORITY = "EU"
CONTAINED = -1  # rank of an amendment that the consolidated text holds already

Cells = dict[str, str]


class JournalCard(Card, frozen=True, kw_only=True):
    """The card, with what the reader needs of it."""

    kinds: dict[str, tuple[str, ...]]
    schemas: frozenset[str]
    consolidated_to: dict[str, str]


class Entry(msgspec.Struct, frozen=True):
    """One row: its number in the file, its line, and its cells by column."""

    row: int
    line: int
    cells: Cells

    @property
    def framework(self) -> str:
        """The act whose annex holds the entry."""
        return self.cells.get("celex") or self.cells.get("amendedCelex", "")

    @property
    def act(self) -> str:
        """The act the row was transcribed from."""
        return self.cells.get("celex") or self.cells.get("amendmentCelex", "")


class EuJournalReader(Official):
    """Both kinds of file; see ``eu_journal.yml`` for what they hold."""

    name = "eu_journal"
    dataset = "eu_journal"
    version = 2  # 2: aspect and last_seen of statements

    def recognises(self, head: FileHead) -> bool:
        """By the columns that only these files have."""
        header = frozenset(header_of(head))
        return header >= REQUIRED and (header >= {*CONSOLIDATED} or header >= {*AMENDMENT})

    def read(self, source: SourceFile) -> Iterator[Batch | Reject | Tally]:
        """Every row as statements or a reject, then the tally."""
        file = JournalFile(source)
        yield from sorted(file.rejects, key=lambda each: each.row)
        parties = list(file.parties())
        if parties:
            rows = as_rows(each for party in parties for each in statements(party))
            yield Batch("statements", rows, len(parties))
        yield Tally(
            rows_read=file.sheet.rows_read,
            entities=len(parties),
            published_on=file.published_on,
            unused=file.unused,
            part=file.part,
        )


@cache
def card() -> JournalCard:
    """``eu_journal.yml``."""
    return resource("lists/eu_journal", JournalCard)


class JournalFile:
    """One file, read whole: the largest has a few thousand rows."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.sheet = Sheet(source.path, source.name)
        self.rejects: list[Reject] = []
        self.amends = set(AMENDMENT) <= set(self.sheet.header)
        self.entries = [each for each in self._rows() if self._stands(each)]
        self.ids = self._named()

    @cached_property
    def act(self) -> str:
        """The act of the file, from its rows, or from its name where it has none."""
        acts = Counter(each.act for each in self.entries)
        stem = PurePosixPath(self.source.name).stem
        return min(acts, key=lambda act: (-acts[act], act), default=stem)

    @property
    def part(self) -> str:
        """What a newer file of the same act replaces."""
        return f"{'amendments' if self.amends else 'consolidated'}/{self.act}"

    @property
    def unused(self) -> tuple[str, ...]:
        """Columns that the format does not have."""
        known = {*CONSOLIDATED, *AMENDMENT, *LISTING, *PROPERTIES}
        return tuple(sorted(set(self.sheet.header) - known))

    @cached_property
    def published_on(self) -> str | None:
        """A consolidated text is as new as its newest listing, an act as its own day."""
        if self.amends:
            return self.act_day
        days = [day for each in self.entries if (day := printed.day(each.cells["startDate"]))]
        return max(days, default=None)

    @cached_property
    def act_day(self) -> str:
        """The day of an amending act, which the file does not give: an estimate.

        The most frequent listing date from the act's year on; an act that only repeats
        older listings gets 1 January of its year, before which nobody could know it.
        Taking each row's own date was rejected: it would show an entry's new wording
        before it was written.
        """
        first = f"{_celex(self.act)[0]:04d}-01-01"
        days = [printed.day(each.cells["startDate"]) or "" for each in self.entries]
        counted = Counter(day for day in days if day >= first)
        return max(counted, key=lambda day: (counted[day], day), default=first)

    def parties(self) -> Iterator[ListedParty]:
        """The entries that are kept, in the order of the file."""
        for entry in self.entries:
            listed = printed.day(entry.cells["startDate"])
            yield ListedParty(
                entity_id=self.ids[entry.row],
                schema=entry.cells["schema"],
                dataset=self.source.dataset,
                source_id=self.source.source_id,
                locator=f"row {entry.row}",
                origin=entry.act,
                act_rank=rank(entry, card().consolidated_to) if self.amends else 0,
                first_seen=max(listed, self.act_day) if listed and self.amends else listed,
                about=tuple(about(entry.cells)),
                listing=tuple(listing(entry, listed)),
            )

    def _rows(self) -> Iterator[Entry]:
        """Every record with its cells trimmed; the misshapen ones are rejected."""
        seen: dict[tuple[str, ...], int] = {}
        for chunk in self.sheet.chunks():
            self.rejects += chunk.rejects
            for row, number, line in zip(chunk.rows, chunk.numbers, chunk.lines, strict=True):
                first = seen.setdefault(tuple(row), number)
                entry = Entry(number, line, _cells(self.sheet.header, row))
                if first == number:
                    yield entry
                else:
                    self._refuse(entry, "", f"duplicate of row {first}")

    def _stands(self, entry: Entry) -> bool:
        """Whether an entry can be kept; if not, why is noted."""
        fault = _fault(entry)
        if fault:
            self._refuse(entry, *fault)
        return fault is None

    def _refuse(self, entry: Entry, column: str, why: str) -> None:
        value = entry.cells.get(column, "") if column else entry.cells.get("name", "")
        self.rejects.append(self.sheet.reject((entry.row, entry.line), column, value, why))

    def _named(self) -> dict[int, str]:
        """The entity id of each row; rows that claim one number are refused."""
        numbered: dict[str, list[Entry]] = {}
        for entry in self.entries:
            numbered.setdefault(_context(entry), []).append(entry)
        ids: dict[int, str] = {}
        clashing: set[int] = set()
        for context, same in numbered.items():
            if len(same) == 1 or not same[0].cells["recordId"]:
                ids |= {each.row: f"{context}{_again(at)}" for at, each in _in_order(same)}
                continue
            for each in same:
                other = min(e.row for e in same if e is not each)
                self._refuse(each, "recordId", f"conflicts with row {other} (same entry)")
                clashing.add(each.row)
        self.entries = [each for each in self.entries if each.row not in clashing]
        return ids


def _cells(header: Sequence[str], row: Row) -> Cells:
    cells = dict.fromkeys((*LISTING, "name"), "")
    return cells | {name: " ".join(cell.split()) for name, cell in zip(header, row, strict=True)}


def _fault(entry: Entry) -> tuple[str, str] | None:
    """The first column that cannot be read, and why."""
    for column in (*CONSOLIDATED, *AMENDMENT):
        if column in entry.cells and not CELEX.fullmatch(entry.cells[column]):
            return column, "not a CELEX number such as 32014R0833"
    for column in FILLED:
        if not entry.cells[column]:
            return column, "required, but empty"
    if entry.cells["schema"] not in card().schemas:
        return "schema", f"not one of {', '.join(sorted(card().schemas))}"
    if entry.cells["startDate"] and not printed.day(entry.cells["startDate"]):
        return "startDate", "not a date such as 2011-02-28, 28.2.2011 or 2 December 1985"
    return None


def _context(entry: Entry) -> str:
    """Where an entry stands in EU law, and its number there, or else its name."""
    cells = entry.cells
    measure = re.sub(r"[^a-z]+", "_", cells["measure"].casefold()).strip("_")
    number = cells["recordId"] or f"name-{digest(cells['name'].casefold())}"
    parts = (cells["annex"], cells["programKey"], measure, cells["schema"], number)
    return ":".join((EuJournalReader.dataset, entry.framework, *parts))


def _in_order(same: list[Entry]) -> Iterator[tuple[int, Entry]]:
    """Entries of one name in the order of their content, not of the file."""
    return enumerate(sorted(same, key=lambda each: sorted(each.cells.items())))


def _again(at: int) -> str:
    return f"~{at + 1}" if at else ""


def _celex(number: str) -> tuple[int, int]:
    """Year and number of an act; zeros where it is none."""
    found = CELEX.fullmatch(number)
    return (int(found["year"]), int(found["number"])) if found else (0, 0)


def rank(entry: Entry, contained: dict[str, str]) -> int:
    """Later acts rank higher; a consolidated text is 0, what it already holds below it."""
    year, number = _celex(entry.act)
    last = contained.get(entry.framework)
    return CONTAINED if last and (year, number) <= _celex(last) else year * 100_000 + number


def list_id(framework: str, annex: str) -> str:
    """The annex as a list: ``eu_833_annex_iv``, with ``d`` before a decision's number."""
    found = CELEX.fullmatch(framework)
    kind = "d" if found and found["kind"] == "D" else ""
    tail = f"_annex_{annex.casefold().replace('.', '_')}" if annex else ""
    return f"eu_{kind}{_celex(framework)[1]}{tail}"


def measure_of(cells: Cells, framework: str) -> str:
    """What the listing forbids, by the first rule of the card that fits."""
    annex = cells["annex"].partition(".")[0]
    for rule in card().measures:
        if (
            rule.printed == cells["measure"]
            and rule.framework in {"", framework}
            and rule.annex in {"", annex}
            and rule.schema in {"", cells["schema"]}
        ):
            return rule.kind
    return "other"


def listing(entry: Entry, listed: str | None) -> Iterator[Value]:
    """What the entry says of the listing."""
    cells = entry.cells
    yield Value("listId", list_id(entry.framework, cells["annex"]))
    yield Value("measure", measure_of(cells, entry.framework), cells["measure"])
    yield Value("provisions", cells["measure"])
    yield Value("program", cells["programKey"])
    yield Value("country", AUTHORITY)
    yield Value("sourceUrl", ACT.format(entry.act))
    if listed:
        yield Value("listingDate", listed, cells["startDate"])
    for prop, column in (("authorityId", "annex"), ("recordId", "recordId"), ("reason", "reason")):
        if cells[column]:
            yield Value(prop, cells[column])


def about(cells: Cells) -> Iterator[Value]:
    """What the entry says of the party; the name is never split."""
    yield Value("name", cells["name"])
    kinds = {name: kind for kind, names in card().kinds.items() for name in names}
    for prop in PROPERTIES[1:]:
        for text in printed.values(cells.get(prop, "")):
            yield from _values(prop, kinds.get(prop, "text"), text, cells["schema"])


def _values(prop: str, kind: str, text: str, schema: str) -> Iterator[Value]:
    """One printed value in comparable form; a country that is unclear becomes a note."""
    if kind == "country":
        codes = printed.countries(text)
        yield from (Value(prop, code, text) for code in codes)
        if not codes:
            yield Value(registration.NOTES, text)
    elif kind == "date":
        yield Value(prop, printed.day(text) or text, text)
    elif kind == "number":
        for found, value in registration.numbers(prop, text, schema):
            yield Value(found, value, text)
    elif kind == "word":
        yield Value(prop, text.casefold().rstrip("."), text)
    else:
        yield Value(prop, text)


PROPERTIES = (
    "name", "alias", "weakAlias", "previousName", "country", "nationality", "jurisdiction",
    "birthDate", "birthPlace", "position", "passportNumber", "gender", "appearance",
    "ethnicity", "fatherName", "motherName", "incorporationDate", "legalForm", "sector",
    "registrationNumber", "taxNumber", "idNumber", "innCode", "ogrnCode", "kppCode",
    "okpoCode", "leiCode", "swiftBic", "ticker", "imoNumber", "mmsi", "flag", "address",
    "phone", "email", "website", "notes",
)  # fmt: skip
