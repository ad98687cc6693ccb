"""Statements of OpenSanctions: one value a row, with who says it and since when.

The file is read twice: rows of a listing name the party that it lists once, anywhere
among them. All rows of a listing have one locator, its id, because they are one listing.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from tidewaiter.model.source import Reject, SourceFile
from tidewaiter.model.statement import Statement
from tidewaiter.sources.card import card
from tidewaiter.sources.csvfile import Row, Sheet
from tidewaiter.sources.ftm_records import Told
from tidewaiter.sources.layout import header_of
from tidewaiter.sources.listing import END, LISTING
from tidewaiter.sources.opensanctions import (
    DATASET,
    OWN,
    SELF,
    Survey,
    aspect_of,
    comparable,
    day_of,
    entity_id,
    list_of,
    measures,
    stamp,
    topic_measure,
    version_in,
    watched,
)
from tidewaiter.sources.reader import Batch, FileHead, Official, Tally

COLUMNS = (
    "canonical_id", "entity_id", "schema", "prop", "value", "dataset", "lang",
    "original_value", "external", "first_seen", "last_seen", "origin",
)  # fmt: skip
REQUIRED = frozenset({"canonical_id", "entity_id", "schema", "prop", "prop_type", "value"})
FILLED = ("canonical_id", "schema", "prop", "value")
TRUE = frozenset({"t", "true", "1"})
ID_PROP = "id"  # the value is a checksum of the source's entity


class Cells(msgspec.Struct, frozen=True):
    """The cells of one row that are used."""

    canonical_id: str
    entity_id: str
    schema: str
    prop: str
    value: str
    dataset: str
    lang: str
    original_value: str
    external: str
    first_seen: str
    last_seen: str
    origin: str


class Sanction(msgspec.Struct):
    """Whom a listing lists, and by which words its measure is known."""

    parties: list[str] = []
    programmes: list[str] = []
    provisions: list[str] = []


class OpenSanctionsStatementsReader(Official):
    """``statements.csv``; see ``opensanctions_statements.yml`` for what it holds."""

    name = "opensanctions_statements"
    dataset = DATASET
    version = 1

    def recognises(self, head: FileHead) -> bool:
        """By the columns that only this table has together."""
        return frozenset(header_of(head)) >= REQUIRED

    def read(self, source: SourceFile) -> Iterator[Batch | Reject | Tally]:
        """Every row as a statement or a reject, then the tally."""
        yield from _File(source).items()


class _File:
    """One file; what its listings say of themselves is held, nothing else."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.sheet = Sheet(source.path, source.name)
        at = {name: place for place, name in reversed(list(enumerate(self.sheet.header)))}
        self.places = [at.get(name, -1) for name in COLUMNS]
        self.sanctions: dict[str, Sanction] = {}
        self.known = self._survey()

    def items(self) -> Iterator[Batch | Reject | Tally]:
        """Batches and rejects, then the tally."""
        told = Told()
        for chunk in self.sheet.chunks():
            yield from (told.refuse(each) for each in chunk.rejects)
            for row, number, line in zip(chunk.rows, chunk.numbers, chunk.lines, strict=True):
                cells = self._cells(row)
                if fault := _fault(cells):
                    yield told.refuse(self.sheet.reject((number, line), *fault))
                else:
                    yield from told.take(self._statements(cells, number))
        yield from told.flush()
        yield Tally(
            rows_read=told.read,
            entities=len(told.entities),
            published_on=self.known.day,
            unused=card(OpenSanctionsStatementsReader.name).unknown(self.sheet.header),
            part=f"statements/{self.known.part}" if self.known.part else None,
            facts=self.known.facts("covers"),
        )

    def _survey(self) -> Survey:
        newest, datasets = 0, set[str]()
        for chunk in self.sheet.chunks():
            for row in chunk.rows:
                cells = self._cells(row)
                newest = max(newest, stamp(cells.last_seen))
                datasets.add(cells.dataset)
                if cells.schema == LISTING and not _fault(cells):
                    self._note(cells)
        return Survey(version_in(self.source.name) or newest, frozenset(datasets - {""}))

    def _note(self, cells: Cells) -> None:
        found = self.sanctions.setdefault(cells.canonical_id, Sanction())
        home = {
            "entity": found.parties, "programId": found.programmes, "provisions": found.provisions,
        }.get(cells.prop)  # fmt: skip
        if home is not None and cells.value not in home:
            home.append(cells.value)

    def _cells(self, row: Row) -> Cells:
        return Cells(*(row[at].strip() if at >= 0 else "" for at in self.places))

    def _statements(self, cells: Cells, number: int) -> Iterator[Statement]:
        where = f"row {number}"
        if cells.schema == LISTING:
            yield from self._listing(cells)
            return
        yield from self._said(cells, cells.canonical_id, where)
        if cells.prop == "topics" and watched([cells.value]):
            measure = topic_measure(cells.dataset, [cells.value])
            said = {"listId": list_of(cells.dataset).list, "measure": measure,
                    "recordId": cells.canonical_id}  # fmt: skip
            for prop, value in said.items():
                yield self._tell(cells, cells.canonical_id, (LISTING, prop, value), where)

    def _listing(self, cells: Cells) -> Iterator[Statement]:
        """A row of a listing, on each party; with the row that names it, what it is."""
        known = self.sanctions[cells.canonical_id]
        where = f"canonical_id {cells.canonical_id}"
        for home in known.parties or [cells.canonical_id]:
            if cells.prop != "entity":
                yield from self._said(cells, home, where)
            elif cells.value == home:
                found = list_of(cells.dataset, known.programmes)
                named = next((p for p in known.provisions if p in measures()), found.measure)
                for prop, value in (("listId", found.list), ("measure", named)):
                    yield self._tell(cells, home, (LISTING, prop, value), where)

    def _said(self, cells: Cells, home: str, where: str) -> Iterator[Statement]:
        """The value of a row; the row of a checksum tells ids and dataset, too."""
        if cells.prop != ID_PROP:
            value = comparable(cells.prop, cells.value)
            yield self._tell(cells, home, (cells.schema, cells.prop, value), where)
            return
        own = {SELF: cells.canonical_id, f"{OWN}checksum": cells.value,
               f"{OWN}datasets": cells.dataset}  # fmt: skip
        if cells.entity_id and cells.entity_id != cells.canonical_id:
            own[f"{OWN}referents"] = cells.entity_id
        for prop, value in own.items():
            if value:
                yield self._tell(cells, home, (cells.schema, prop, value), where)

    def _tell(self, cells: Cells, home: str, said: tuple[str, str, str], where: str) -> Statement:
        schema, prop, value = said
        printed = cells.original_value or cells.value
        seen = day_of(cells.first_seen)
        ended = day_of(value) if prop == END else None
        return Statement(
            entity_id=entity_id(home),
            schema=schema,
            prop=prop,
            value=value,
            dataset=DATASET,
            record_id=f"{entity_id(cells.entity_id or cells.canonical_id)}@{cells.dataset}",
            source_id=self.source.source_id,
            locator=where,
            lang=cells.lang or None,
            original_value=printed if prop == cells.prop and printed != value else None,
            first_seen=max(ended, seen or ended) if ended else seen,
            last_seen=day_of(cells.last_seen),
            origin="/".join(part for part in (cells.dataset, cells.origin) if part) or None,
            act_rank=self.known.version,
            aspect=aspect_of(cells.canonical_id),
        )


def _fault(cells: Cells) -> tuple[str, str, str] | None:
    """The first column that cannot be kept, its value and why."""
    for column in FILLED:
        if not getattr(cells, column):
            return column, "", "required, but empty"
    if cells.external.casefold() in TRUE:
        return "external", cells.external, "a candidate of an enrichment, not part of the entity"
    return None
