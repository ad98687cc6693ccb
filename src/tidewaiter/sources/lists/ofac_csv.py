"""OFAC's delimited files: parties, aliases, addresses and overflowing remarks.

SDN.CSV, ALT.CSV, ADD.CSV and SDN_COMMENTS.CSV, and the same four of the consolidated
(non-SDN) list, CONS_PRIM.CSV and its companions. They have no header; the kind of a file
is known by its columns and values. Each file tells one aspect of a party, and every row
carries the listing, so that an alias whose party is not loaded is a listed name still.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import PurePosixPath

import msgspec

from tidewaiter.errors import BadDataError
from tidewaiter.model.source import Reject, SourceFile
from tidewaiter.sources import ofac
from tidewaiter.sources.card import Card, resource
from tidewaiter.sources.csvfile import Row, Shape, Sheet
from tidewaiter.sources.listing import WHOLE, ListedParty, Parties, Value
from tidewaiter.sources.ofac_files import (
    ALIASES,
    END_MARK,
    KINDS,
    Cells,
    cells_of,
    fault_of,
    kind_of,
)
from tidewaiter.sources.reader import Batch, FileHead, Official, Tally

PROGRAMMES = re.compile(r"\]\s*\[")
ANY = "*"  # a measure's rule for every programme without its own
FULL_CELL = 1000  # characters at which OFAC cuts remarks off
SDN, CONSOLIDATED = "sdn", "consolidated"

VESSEL = {
    "call_sign": "callSign", "vess_type": "type", "tonnage": "tonnage",
    "grt": "grossRegisteredTonnage", "vess_owner": "owner",
}  # fmt: skip


class ListRule(msgspec.Struct, frozen=True):
    """Which list a programme of the consolidated files stands for; ``remark`` narrows it."""

    program: str
    list: str
    remark: str = ""


class OfacCard(Card, frozen=True, kw_only=True):
    """The card, with what the reader needs of it."""

    lists: tuple[ListRule, ...]
    consolidated_only: frozenset[str]
    sdn_list: str
    other_list: str


class OfacCsvReader(Official):
    """All eight files; see ``ofac_csv.yml`` for what they hold."""

    name = "ofac_csv"
    dataset = ofac.DATASET
    version = 1

    def recognises(self, head: FileHead) -> bool:
        """By what stands in which column: the files have no header, and names vary."""
        return kind_of(head) is not None

    def read(self, source: SourceFile) -> Iterator[Batch | Reject | Tally]:
        """Every row as statements or a reject, then the tally."""
        yield from OfacFile(source).items()


@cache
def card() -> OfacCard:
    """``ofac_csv.yml``."""
    return resource("lists/ofac_csv", OfacCard)


class OfacFile:
    """One file, read twice: once to know which list it is of, once for its rows."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        found = kind_of(FileHead.of(source.path, source.name))
        if found is None:
            raise BadDataError(
                "the rows are not those of OFAC's delimited files",
                where=source.name,
                next_step="fetch the file again from OFAC's Sanctions List Service",
            )
        self.kind, added = found
        shape = Shape() if added else Shape(header=KINDS[self.kind])
        self.sheet = Sheet(source.path, source.name, shape)
        self.facts: dict[str, str] = {"end_mark": "missing"}
        self.unread: Counter[str] = Counter()
        self.refused: dict[int, str] = {}
        self.list = self._survey()

    @property
    def aspect(self) -> str:
        """Which piece of the party the file tells: the two lists never silence each other."""
        if self.list == SDN:
            return WHOLE if self.kind == "primary" else self.kind
        return CONSOLIDATED if self.kind == "primary" else f"{CONSOLIDATED}_{self.kind}"

    def items(self) -> Iterator[Batch | Reject | Tally]:
        """Batches and rejects, then the tally."""
        parties = Parties()
        last: Reject | None = None
        for item in self._rows():
            last = item if isinstance(item, Reject) else None
            if isinstance(item, Reject):
                yield parties.refuse(item)
            else:
                yield from self._taken(parties, *item)
        if last and "end_mark" in self.facts:
            raise _cut_off(last)
        yield from parties.flush()
        yield Tally(
            rows_read=parties.read,
            entities=len(parties.entities),
            part=f"{self.list}/{self.kind}",
            unread={field: times for field, times in sorted(self.unread.items()) if times},
            facts=self.facts,
        )

    def _taken(
        self, parties: Parties, number: int, line: int, row: Row
    ) -> Iterator[Batch | Reject]:
        """One record with the right number of cells, kept or refused."""
        cells = cells_of(self.kind, row)
        fault = fault_of(self.kind, cells)
        if number in self.refused:
            fault = ("", self.refused[number])
        if fault:
            column, why = fault
            value = cells[column] if column else ",".join(row)
            yield parties.refuse(self.sheet.reject((number, line), column, value, why))
        else:
            yield from parties.add(self._party(cells, number))

    def _rows(self) -> Iterator[tuple[int, int, Row] | Reject]:
        """Every record of the file in its order, without the end mark."""
        for chunk in self.sheet.chunks():
            whole = list(zip(chunk.numbers, chunk.lines, chunk.rows, strict=True))
            found: list[tuple[int, int, Row] | Reject] = [*whole, *chunk.rejects]
            for item in sorted(found, key=lambda e: e.row if isinstance(e, Reject) else e[0]):
                text = item.value if isinstance(item, Reject) else "".join(item[2])
                if text.strip() == END_MARK:
                    self.facts.pop("end_mark", None)
                else:
                    yield item

    def _survey(self) -> str:
        """Which list the file is of; on the way, which rows repeat or contradict others."""
        votes: Counter[str] = Counter()
        seen: dict[str, tuple[int, int]] = {}
        for item in self._rows():
            if isinstance(item, Reject):
                continue
            number, _, row = item
            cells = cells_of(self.kind, row)
            key = cells["ent_num"] if self.kind in {"primary", "comments"} else row[1].strip()
            self._compare(seen.setdefault(key, (number, hash(tuple(row)))), number, row)
            if self.kind == "primary":
                votes[_vote(cells)] += 1
        if votes[SDN] != votes[CONSOLIDATED]:
            return SDN if votes[SDN] > votes[CONSOLIDATED] else CONSOLIDATED
        named = PurePosixPath(self.source.name).name.casefold()
        return CONSOLIDATED if named.startswith("cons") else SDN

    def _compare(self, first: tuple[int, int], number: int, row: Row) -> None:
        """Note a repetition once, a contradiction on both sides."""
        if first[0] == number:
            return
        if first[1] == hash(tuple(row)):
            self.refused[number] = f"duplicate of row {first[0]}"
        else:
            self.refused[number] = f"conflicts with row {first[0]} (same number)"
            self.refused.setdefault(first[0], f"conflicts with row {number} (same number)")

    def _party(self, cells: Cells, number: int) -> ListedParty:
        said = self._said(cells)
        self.unread.update(said.unread)
        listing = list(self._listing(cells, said.listing))
        days = [each.value for each in listing if each.prop == "listingDate"]
        return ListedParty(
            entity_id=ofac.entity_id(cells["ent_num"]),
            schema=ofac.schema_of(cells.get("type", "")) or "LegalEntity",
            dataset=self.source.dataset,
            source_id=self.source.source_id,
            locator=f"row {number}",
            origin=f"{self.list}/{self.kind}",
            act_rank=0,
            first_seen=min(days, default=None),
            about=tuple(said.about),
            listing=tuple(listing),
            aspect=self.aspect,
        )

    def _said(self, cells: Cells) -> ofac.Said:
        """What the row says of the party."""
        if self.kind == "aliases":
            prop = ALIASES[cells["alt_type"].casefold()]
            return ofac.Said(about=[_alias(prop, cells["alt_name"]), *_notes(cells["alt_remarks"])])
        if self.kind == "addresses":
            return _address(cells)
        if self.kind == "comments":
            return _continued(cells["remarks"])
        return _primary(cells)

    def _listing(self, cells: Cells, said: list[Value]) -> Iterator[Value]:
        """Which list, what it forbids, and what the remarks say of it."""
        programmes = [part for part in PROGRAMMES.split(cells.get("program", "")) if part]
        yield from (Value("listId", each) for each in self._lists(programmes, said))
        for programme in programmes or [""]:
            yield Value("measure", measure_of(self.list, programme), programme or None)
        yield from (Value("program", each) for each in programmes)
        yield Value("recordId", cells["ent_num"])
        yield Value("authority", ofac.AUTHORITY)
        yield Value("sourceUrl", ofac.PAGE.format(cells["ent_num"]))
        dated = self.list == CONSOLIDATED and len(programmes) == 1
        for each in said:
            # A date names its own instrument; it dates the row only where the row has no other.
            stays = dated or each.prop == "provisions"
            yield each if stays else Value("provisions", each.printed or each.value)

    def _lists(self, programmes: list[str], said: list[Value]) -> list[str]:
        """The lists that the programmes of a row stand for."""
        if self.list == SDN:
            return [card().sdn_list]
        shown = " ".join(each.printed or each.value for each in said)
        found = [
            rule.list
            for programme in programmes
            for rule in _fitting([r for r in card().lists if r.program == programme], shown)
        ]
        return list(dict.fromkeys(found)) or [card().other_list]


def _fitting(rules: list[ListRule], shown: str) -> list[ListRule]:
    """The rules whose remark is there; if none is, those without a remark."""
    named = [rule for rule in rules if rule.remark and rule.remark in shown]
    return named or [rule for rule in rules if not rule.remark]


def measure_of(list_name: str, programme: str) -> str:
    """What a programme forbids on one of the two lists, by the first rule of the card."""
    for rule in card().measures:
        if rule.framework in {"", list_name} and rule.printed in {programme, ANY}:
            return rule.kind
    return "other"


def _vote(cells: Cells) -> str:
    """Which list a row of parties proves; empty where it may stand on both."""
    programmes = set(PROGRAMMES.split(cells["program"]))
    if programmes <= card().consolidated_only:
        return CONSOLIDATED
    if programmes & {rule.program for rule in card().lists}:
        return ""
    return SDN


def _primary(cells: Cells) -> ofac.Said:
    """Name, title, what is said of a vessel, and the remarks."""
    schema = ofac.schema_of(cells["type"]) or "LegalEntity"
    remarks = cells["remarks"]
    cut = len(remarks) >= FULL_CELL - 20 and not remarks.endswith(".")
    said = ofac.remarks(remarks, schema, cut=cut)
    repeated = Value("notes", cells["title"])  # titles are printed once more among the remarks
    if repeated in said.about:
        said.about.remove(repeated)
        said.unread[ofac.UNLABELLED] -= 1
    person = schema == "Person"
    said.about[:0] = ofac.person_name(cells["name"]) if person else [Value("name", cells["name"])]
    if cells["title"]:
        said.about.append(Value("position" if person else "notes", cells["title"]))
    said.about += [Value(prop, cells[name]) for name, prop in VESSEL.items() if cells[name]]
    if cells["vess_flag"]:
        _add_country(said, "flag", cells["vess_flag"])
    return said


def _alias(prop: str, name: str) -> Value:
    """A name in quotation marks is a weak alias."""
    if len(name) > 2 and name[0] == name[-1] and name[0] in "'\"":  # noqa: PLR2004
        return Value("weakAlias" if prop == "alias" else prop, name[1:-1], name)
    return Value(prop, name)


def _address(cells: Cells) -> ofac.Said:
    """The address as one line, and its country."""
    parts = [cells[name] for name in ("address", "city", "country") if cells[name]]
    said = ofac.Said(about=list(_notes(cells["add_remarks"])))
    if cells["address"] or cells["city"]:
        said.about.insert(0, Value("address", ", ".join(parts)))
    _add_country(said, "country", cells["country"])
    return said


def _continued(text: str) -> ofac.Said:
    """Remarks that did not fit: their first item continues one of the party's own file."""
    first, _, rest = text.partition("; ")
    said = ofac.remarks(rest, "LegalEntity")
    said.about.insert(0, Value("notes", first))
    return said


def _add_country(said: ofac.Said, prop: str, text: str) -> None:
    code, known = ofac.country(text)
    if code:
        said.about.append(Value(prop, code, text))
    said.unread[prop] += not known


def _notes(text: str) -> Iterator[Value]:
    if text:
        yield Value("notes", text)


def _cut_off(last: Reject) -> BadDataError:
    return BadDataError(
        "the file is cut off: its last row is not whole and the mark of the end is missing",
        where=f"{last.file}, row {last.row}",
        next_step="fetch the file again: a file that is cut off looks like a shorter list",
    )
