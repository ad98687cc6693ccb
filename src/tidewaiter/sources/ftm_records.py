"""Records of FollowTheMoney as statements.

A record keeps its own id as its aspect, so that a later version of it, or its removal,
speaks over this one wherever its values stand: a Sanction's values stand on the party
that it lists. What a record says of itself (its datasets, when it was seen) is kept in
properties that begin with ``ftm:``, which FollowTheMoney cannot have.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from tidewaiter.model.source import SourceFile
from tidewaiter.model.statement import REMOVED, Statement
from tidewaiter.sources.listing import END, LISTING, Parties
from tidewaiter.sources.opensanctions import (
    CLOCKS,
    DATASET,
    OWN,
    SELF,
    aspect_of,
    comparable,
    day_of,
    entity_id,
    list_of,
    measures,
    topic_measure,
    watched,
)
from tidewaiter.sources.reader import Batch

ORIGIN = "entities"
SEVERAL, SINGLE = ("datasets", "referents"), ("caption", "target", *CLOCKS)
UNDATED = "undated"

Fault = tuple[str, str, str]  # column, value and reason


class Place(msgspec.Struct, frozen=True):
    """Where a record stands, and the rank of the act that it is part of."""

    source: SourceFile
    locator: str
    rank: int


class Record(msgspec.Struct, frozen=True):
    """One FollowTheMoney entity: its properties, and what it says of itself."""

    id: str
    schema: str
    properties: dict[str, list[str]]
    own: dict[str, list[str]]

    @property
    def parties(self) -> list[str]:
        """Whom a Sanction lists; nothing for other records."""
        return self.properties.get("entity", []) if self.schema == LISTING else []


def fault_of(value: Mapping[str, Any]) -> Fault | None:
    """Why an object is no entity."""
    for key in ("id", "schema"):
        if not isinstance(value.get(key), str) or not value[key].strip():
            return key, str(value.get(key) or ""), "required, but empty or no text"
    if not isinstance(value.get("properties"), dict):
        return "properties", str(value.get("properties")), "no object"
    return None


def record_of(value: Mapping[str, Any], unread: Counter[str]) -> Record:
    """An entity; values that are no texts are kept as JSON and counted."""
    properties = {
        name: [_text(each, name, unread) for each in _list(values)]
        for name, values in value["properties"].items()
    }
    own = {name: [_text(v, name, unread) for v in _list(value.get(name))] for name in SEVERAL}
    own |= {name: [_text(value[name], name, unread)] for name in SINGLE if _said(value, name)}
    return Record(value["id"].strip(), value["schema"].strip(), properties, own)


def _said(value: Mapping[str, Any], name: str) -> bool:
    return value.get(name) is not None


def _list(value: Any) -> list[Any]:  # noqa: ANN401
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def _text(value: Any, name: str, unread: Counter[str]) -> str:  # noqa: ANN401
    if isinstance(value, str):
        return value
    unread[name] += not isinstance(value, bool)
    return msgspec.json.encode(value, order="sorted").decode()


def statements_of(record: Record, place: Place) -> Iterator[Statement]:
    """Everything that a record says; a Sanction says it on each party that it lists."""
    homes = [entity_id(each) for each in record.parties] or [entity_id(record.id)]
    for home in homes:
        tell = Teller(home, record, place)
        if record.schema == LISTING:
            yield from tell.sanction()
        else:
            yield from tell.party()


class Teller:
    """The statements of one record on one entity, each once."""

    def __init__(self, home: str, record: Record, place: Place) -> None:
        self.home = home
        self.record = record
        self.place = place
        self.aspect = aspect_of(record.id)
        self._told: set[tuple[str, ...]] = set()
        said = record.own.get("first_seen", [])
        given = [day for text in said if (day := day_of(text))]
        if not given and record.schema == LISTING:
            dates = (record.properties.get(p, []) for p in ("listingDate", "startDate"))
            given = [day for texts in dates for text in texts if (day := day_of(text))]
        self.first_seen = min(given, default=None)
        self.last_seen = next(map(day_of, record.own.get("last_seen", [])), None)

    def party(self) -> Iterator[Statement]:
        """A record that is no listing, and the lists that its topics put it on."""
        yield from self._everything()
        topics = self.record.properties.get("topics", [])
        if watched(topics):
            for at, name in enumerate(self.record.own["datasets"] or [""]):
                where = f"{self.place.locator}, /datasets/{at}"
                found = list_of(name)
                listing = {
                    "listId": found.list, "measure": topic_measure(name, topics),
                    "recordId": self.record.id,
                }  # fmt: skip
                for prop, value in listing.items():
                    printed = name if prop != "recordId" else None
                    yield from self._tell(LISTING, prop, value, printed, where)

    def sanction(self) -> Iterator[Statement]:
        """A listing: its list and measure, then its own words."""
        said = self.record.properties
        programmes = said.get("programId", [])
        for name in self.record.own["datasets"] or [""]:
            found = list_of(name, programmes)
            named = next((p for p in said.get("provisions", []) if p in measures()), None)
            yield from self._tell(LISTING, "listId", found.list, name)
            yield from self._tell(LISTING, "measure", named or found.measure, named or name)
        yield from self._everything()

    def _everything(self) -> Iterator[Statement]:
        schema = self.record.schema
        yield from self._tell(schema, SELF, self.record.id)
        for name, values in self.record.own.items():
            for value in values:
                yield from self._tell(schema, OWN + name, value)
        for prop, values in self.record.properties.items():
            if prop == "entity" and schema == LISTING:
                continue  # it is the entity that the values stand on
            for value in values:
                yield from self._tell(schema, prop, comparable(prop, value), value)

    def _tell(
        self, schema: str, prop: str, value: str, printed: str | None = None, where: str = ""
    ) -> Iterator[Statement]:
        key = (schema, prop, value, printed or value, where)
        if not value or key in self._told:
            return
        self._told.add(key)
        yield Statement(
            entity_id=self.home,
            schema=schema,
            prop=prop,
            value=value,
            dataset=DATASET,
            record_id=f"{entity_id(self.record.id)}@{ORIGIN}",
            source_id=self.place.source.source_id,
            locator=where or self.place.locator,
            original_value=printed if printed and printed != value else None,
            first_seen=self._known(prop, value),
            last_seen=self.last_seen,
            origin=ORIGIN,
            act_rank=self.place.rank,
            aspect=self.aspect,
        )

    def _known(self, prop: str, value: str) -> str | None:
        """An end is known on its own day, but not before the record that tells it."""
        ended = day_of(value) if prop == END else None
        return max(ended, self.first_seen or ended) if ended else self.first_seen


def removal(name: str, day: str | None, place: Place) -> Statement:
    """The statement that hides a record."""
    return Statement(
        entity_id=entity_id(name),
        schema=REMOVED,
        prop="removedOn",
        value=day or UNDATED,
        dataset=DATASET,
        record_id=f"{entity_id(name)}@{ORIGIN}",
        source_id=place.source.source_id,
        locator=place.locator,
        first_seen=day,
        origin=ORIGIN,
        act_rank=place.rank,
        aspect=aspect_of(name),
    )


class Told(Parties):
    """Collects statements that are made already."""

    def take(self, found: Iterable[Statement]) -> Iterator[Batch]:
        """Take what one row of the file became."""
        for each in found:
            self.entities.add(each.entity_id)
            self._found.append(each)
        yield from self.add()
