"""GLEIF level 1: who a legal entity is, by its Legal Entity Identifier (LEI-CDF 3.1).

The whole golden copy is read in any of its formats, and the slim table of identifiers,
names and countries that is kept as Parquet.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tidewaiter.errors import BadDataError
from tidewaiter.model.dates import iso_date
from tidewaiter.model.source import Reject, SourceFile
from tidewaiter.sources import gleif
from tidewaiter.sources.card import card
from tidewaiter.sources.cells import convert
from tidewaiter.sources.gleif import Cells, Copy, Kind, day, numbered
from tidewaiter.sources.reader import HEAD_BYTES, Batch, FileHead, Tally
from tidewaiter.sources.rows import Row, Rows
from tidewaiter.store.tables import arrow_schema, table

KIND = Kind(
    part="golden-copy/lei2",
    root="LEIData",
    namespace="http://www.gleif.org/data/schema/leidata/2016",
    record="LEIRecord",
    header="LEIHeader",
    key="records",
    columns=frozenset({"LEI", "Entity.LegalName", "Entity.EntityStatus"}),
    first=frozenset({"LEI"}),
)
SLIM = ("LEI", "name", "country", "cat", "electronics", "aerospace")
SLIM_PART = "level1-slim"
MAGIC = b"PAR1"
SLIM_ROWS = 65_536  # in a batch

NAMES = (
    "Entity.OtherEntityNames.OtherEntityName",
    "Entity.TransliteratedOtherEntityNames.TransliteratedOtherEntityName",
)
PREVIOUS = "PREVIOUS_LEGAL_NAME"
EVENT = "Entity.LegalEntityEvents.LegalEntityEvent"
# What changed, by the type of the event; and the events that end an inactive entity.
CHANGES = {
    "CHANGE_LEGAL_NAME": "name",
    "CHANGE_OTHER_NAMES": "other names",
    "CHANGE_LEGAL_FORM": "legal form",
    "CHANGE_LEGAL_ADDRESS": "address",
    "CHANGE_HQ_ADDRESS": "headquarters",
}
ENDINGS = frozenset({"DISSOLUTION", "ABSORPTION", "MERGERS_AND_ACQUISITIONS", "BREAKUP"})
EXTRA = {
    "Entity.EntityCategory": "category",
    "Entity.EntitySubCategory": "subcategory",
    "Entity.EntityStatus": "status",
    "Entity.EntityExpirationReason": "expiration reason",
    "Entity.LegalJurisdiction": "jurisdiction",
    "Entity.LegalForm.OtherLegalForm": "other legal form",
    "Entity.RegistrationAuthority.RegistrationAuthorityID": "registration authority",
    "Entity.RegistrationAuthority.OtherRegistrationAuthorityID": "other registration authority",
    "Registration.RegistrationStatus": "registration status",
    "Registration.LastUpdateDate": "last update",
    "Registration.NextRenewalDate": "next renewal",
    "Registration.ManagingLOU": "managing LOU",
    "Registration.ValidationSources": "validation",
    "ConformityFlag": "conformity",
}


class GleifLeiReader:
    """Level 1 of the golden copy, and its slim table."""

    name = "gleif_lei"
    dataset = "gleif"
    version = 1

    @property
    def licence(self) -> str:
        """Of the golden copy."""
        return card(self.name).licence

    def recognises(self, head: FileHead) -> bool:
        """By namespace, columns or keys; the slim table by its columns."""
        return bool(KIND.form(head)) or _is_slim(head)

    def read(self, source: SourceFile) -> Iterator[Batch | Reject | Tally]:
        """One legal entity a record."""
        with source.path.open("rb") as handle:
            start = handle.read(HEAD_BYTES)
        if start.startswith(MAGIC):
            yield from _slim(source)
            return
        copy = Copy(source, KIND)
        rows = Rows(source, "companies", lenient=("companies.country",))
        newest = ""
        for each in copy:
            if isinstance(each, Reject):
                rows.read += 1
                yield each
                continue
            place, cells = each
            if gleif.is_deleted(cells):
                yield rows.refuse(place, "Deletion", cells.get("LEI", ""), "deleted by GLEIF")
                continue
            newest = max(newest, iso_date(day(cells, "Registration.LastUpdateDate")) or "")
            yield from rows.add(place, _company(cells), *_changes(cells))
        yield from rows.flush()
        yield Tally(
            rows_read=rows.read,
            entities=rows.read,
            published_on=copy.published_on or newest or None,
            unused=copy.unused(card(self.name)),
            unread=dict(rows.unread),
            part=KIND.part,
            facts=copy.facts,
        )


def _company(cells: Cells) -> Row:
    lei = cells.get("LEI", "")
    jurisdiction = cells.get("Entity.LegalJurisdiction", "")
    country = jurisdiction.partition("-")[0] or cells.get("Entity.LegalAddress.Country", "")
    extra = {said: cells[name] for name, said in EXTRA.items() if name in cells}
    extra |= _further(cells)
    if not gleif.LEI.fullmatch(lei):
        extra["identifier"] = "not in the form of an LEI"
    ended = day(cells, "Entity.EntityExpirationDate") or _end(cells, extra)
    return Row(
        "companies",
        {
            "company_id": lei,
            "lei": lei if gleif.LEI.fullmatch(lei) else "",
            "name": _names(cells),
            "country": country,
            "legal_form": cells.get("Entity.LegalForm.EntityLegalFormCode", ""),
            "registration_number": cells.get(
                "Entity.RegistrationAuthority.RegistrationAuthorityEntityID", ""
            ),
            "address": gleif.address(cells, "Entity.LegalAddress"),
            "incorporated_on": day(cells, "Entity.EntityCreationDate"),
            "dissolved_on": ended,
            "known_from": day(cells, "Registration.InitialRegistrationDate"),
        },
        extra,
    )


def _names(cells: Cells) -> list[str]:
    """The legal name first, then every other one; none where there is no legal name."""
    legal = cells.get("Entity.LegalName", "")
    if not legal:
        return []
    others = (cells.get(path, "") for name in NAMES for path in numbered(cells, name))
    return list(dict.fromkeys([legal, *(each for each in others if each)]))


def _previous(cells: Cells) -> list[str]:
    paths = numbered(cells, NAMES[0])
    return [cells.get(p, "") for p in paths if cells.get(f"{p}.type") == PREVIOUS]


def _further(cells: Cells) -> dict[str, str]:
    """What has no column: previous names, headquarters, other addresses, successors."""
    lists = {
        "previous names": _previous(cells),
        "other addresses": [
            text
            for name in ("OtherAddresses.OtherAddress",
                         "TransliteratedOtherAddresses.TransliteratedOtherAddress")
            for path in numbered(cells, f"Entity.{name}")
            if (text := gleif.address(cells, path))
        ],
        "successors": [
            text
            for path in (*numbered(cells, "Entity.SuccessorEntity"), "Entity.SuccessorEntity")
            for name in ("SuccessorLEI", "SuccessorEntityName")
            if (text := cells.get(f"{path}.{name}", ""))
        ],
        "headquarters": [text] if (text := gleif.address(cells, "Entity.HeadquartersAddress"))
        else [],
    }  # fmt: skip
    return {name: " | ".join(texts) for name, texts in lists.items() if texts}


def _events(cells: Cells) -> Iterator[tuple[str, str]]:
    """Type and effective day of every completed event."""
    for path in numbered(cells, EVENT):
        if cells.get(f"{path}.event_status") == "COMPLETED":
            kind = cells.get(f"{path}.LegalEntityEventType", "")
            yield kind, day(cells, f"{path}.LegalEntityEventEffectiveDate")


def _end(cells: Cells, extra: dict[str, str]) -> str:
    """The day of the last event that ends an entity, for one that is inactive."""
    if cells.get("Entity.EntityStatus") != "INACTIVE":
        return ""
    ends = [(when, kind) for kind, when in _events(cells) if kind in ENDINGS and iso_date(when)]
    if not ends:
        return ""
    when, extra["dissolved_on from"] = max(ends)
    return when


def _changes(cells: Cells) -> Iterator[Row]:
    """Completed changes with their day.

    Old and new name are told only where there is one change and one previous name:
    which belongs to which is otherwise not said.
    """
    changes = [(CHANGES[kind], when) for kind, when in _events(cells) if kind in CHANGES]
    previous = _previous(cells)
    plain = len(previous) == 1 and sum(field == "name" for field, _ in changes) == 1
    for field, when in changes:
        row = {"company_id": cells.get("LEI", ""), "field": field, "changed_on": when}
        if plain and field == "name":
            row |= {"old_value": previous[0], "new_value": cells.get("Entity.LegalName", "")}
        yield Row("name_history", row)


def _is_slim(head: FileHead) -> bool:
    if head.path is None or not head.start.startswith(MAGIC):
        return False
    try:
        mtime = head.path.stat().st_mtime_ns
    except OSError:
        return False
    return set(SLIM) <= set(_columns(str(head.path), mtime))


@lru_cache(maxsize=4)
def _columns(path: str, _changed: int) -> tuple[str, ...]:
    import pyarrow.parquet as pq

    try:
        return tuple(pq.read_schema(path).names)
    except (pa.ArrowException, OSError):
        return ()


def _slim(source: SourceFile) -> Iterator[Batch | Reject | Tally]:
    """The slim table, a column at a time."""
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(source.path) as file:
            if not set(SLIM) <= set(file.schema_arrow.names):
                raise _no_slim(source, "it lacks columns of the slim table")
            unused = tuple(sorted(set(file.schema_arrow.names) - set(SLIM)))
            slim = _Slim(source)
            for batch in file.iter_batches(SLIM_ROWS, columns=list(SLIM)):
                yield from slim.take(batch)
    except (pa.ArrowException, OSError) as problem:
        raise _no_slim(source, str(problem).splitlines()[0]) from problem
    yield Tally(
        rows_read=slim.read,
        entities=slim.read,
        unused=unused,
        unread=slim.unread,
        part=SLIM_PART,
    )


class _Slim:
    """Batches of the slim table, numbered as they come."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.read = 0
        self.unread: dict[str, int] = {}
        self.columns = {column.name: column for column in table("companies").columns}

    def take(self, batch: pa.RecordBatch) -> Iterator[Batch | Reject]:
        """Rows with an identifier and a name; the others are rejected."""
        texts = {name: _texts(batch.column(name)) for name in SLIM}
        full = pc.and_(pc.not_equal(texts["LEI"], ""), pc.not_equal(texts["name"], ""))
        first = self.read + 1
        numbers = pa.array(range(first, first + batch.num_rows), pa.int64())
        self.read += batch.num_rows
        for at in pc.indices_nonzero(pc.invert(full)).to_pylist():
            column = "name" if texts["LEI"][at].as_py() else "LEI"
            yield Reject(
                file=self.source.name, row=first + at, line=0, column=column,
                value="", reason="required, but empty",
            )  # fmt: skip
        kept = {name: each.filter(full) for name, each in texts.items()}
        rows = self._rows(kept, numbers.filter(full))
        if rows.num_rows:
            yield Batch("companies", rows, rows.num_rows)

    def _rows(self, texts: dict[str, pa.Array], numbers: pa.Array) -> pa.Table:
        size = len(numbers)
        country = convert(self.columns["country"], texts["country"].to_pylist())
        odd = {
            at: texts["country"][at].as_py() for at in country.bad if texts["country"][at].as_py()
        }
        if odd:
            self.unread["companies.country"] = self.unread.get("companies.country", 0) + len(odd)
        space = pa.repeat(pa.scalar(self.source.dataset), size)
        locators = pc.binary_join_element_wise(
            pa.repeat(pa.scalar("row"), size), numbers.cast(pa.string()), " "
        )
        arrays: dict[str, Any] = {
            "company_id": texts["LEI"],
            "lei": texts["LEI"],
            "name": pa.ListArray.from_arrays(pa.array(range(size + 1), pa.int32()), texts["name"]),
            "country": country.arrays["country"],
            "record_id": pc.binary_join_element_wise(space, texts["LEI"], ":"),
            "source_id": pa.repeat(pa.scalar(self.source.source_id), size),
            "locator": locators,
            "extra": _extras(texts, odd),
        }
        schema = arrow_schema(table("companies"))
        return pa.table([arrays.get(f.name, pa.nulls(size, f.type)) for f in schema], schema=schema)


def _texts(column: pa.Array) -> pa.Array:
    """A column as trimmed texts, empty where nothing is said."""
    return pc.utf8_trim_whitespace(pc.fill_null(column.cast(pa.string()), ""))


def _extras(texts: dict[str, pa.Array], odd: dict[int, str]) -> pa.Array:
    """Category and branches as JSON, each distinct combination written once."""
    import msgspec

    said = pc.binary_join_element_wise(*(texts[name] for name in SLIM[3:]), "\x1f")
    coded = said.dictionary_encode()
    written = [
        msgspec.json.encode(dict(zip(SLIM[3:], each.split("\x1f"), strict=True))).decode()
        for each in coded.dictionary.to_pylist()
    ]
    extras = pa.array(written, pa.string()).take(coded.indices)
    if not odd:
        return extras
    shown = extras.to_pylist()
    for at, country in odd.items():
        whole = msgspec.json.decode(shown[at]) | {"unread: country": country}
        shown[at] = msgspec.json.encode(whole, order="sorted").decode()
    return pa.array(shown, pa.string())


def _no_slim(source: SourceFile, why: str) -> BadDataError:
    return BadDataError(
        f"the Parquet file cannot be read: {why}",
        where=source.name,
        next_step="copy the file again: it may be cut off",
    )
