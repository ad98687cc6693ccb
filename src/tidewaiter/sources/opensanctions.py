"""Records of OpenSanctions and of FollowTheMoney as statements: shared by its five formats.

A record keeps its own id as its aspect, so that a later version of it, or its removal,
speaks over this one wherever its values stand: a Sanction's values stand on the party
that it lists. What a record says of itself (its datasets, when it was seen) is kept in
properties that begin with ``ftm:``, which FollowTheMoney cannot have.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec

from tidewaiter.errors import BadDataError
from tidewaiter.model.country import country_code
from tidewaiter.model.dates import DAY, iso_date
from tidewaiter.model.source import SourceFile
from tidewaiter.model.statement import RECORD_ASPECT, REMOVED, Statement
from tidewaiter.sources.jsonfile import BOM, LONGEST_LINE
from tidewaiter.sources.listing import END, LISTING, Parties
from tidewaiter.sources.reader import Batch
from tidewaiter.store.tables import table

DATASET = "opensanctions"
ORIGIN = "entities"
OWN = "ftm:"  # begins the properties that say something of the record
SELF = f"{OWN}id"
CLOCKS = ("first_seen", "last_seen", "last_change")
SEVERAL, SINGLE = ("datasets", "referents"), ("caption", "target", *CLOCKS)
SLUG = re.compile(r"[a-z0-9_-]{1,64}")
VERSION = re.compile(r"(?<![0-9])([0-9]{14})-[a-z0-9]{3}(?![a-z0-9])")
STAMP = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?)?")
MOST_DATASETS = 5_000
UNDATED = "undated"
COUNTRIES = frozenset(
    {
        "birthCountry", "citizenship", "contextCountry", "country", "departureCountry",
        "destinationCountry", "detectedCountry", "flag", "jurisdiction", "mainCountry",
        "nationality", "originCountry", "pastFlags", "tradingCountry",
    }
)  # fmt: skip

Fault = tuple[str, str, str]  # column, value and reason


class OnList(msgspec.Struct, frozen=True):
    """What a listing is: the list's id here, what it forbids, and by which rule.

    ``several``: the list holds listings of several measures, and the programme tells which.
    """

    list: str
    measure: str
    cite: str
    titles: tuple[str, ...] = ()
    several: bool = False


class Knowledge(msgspec.Struct, frozen=True):
    """``opensanctions.yml``."""

    lists: dict[str, OnList]
    programmes: dict[str, OnList]
    listing: frozenset[str]
    watched: tuple[str, ...]


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


class Survey(msgspec.Struct, frozen=True):
    """What a first pass learns of a file.

    ``version`` is YYYYMMDDhhmmss of the publisher's run, from the name of the file or
    folder, else the newest time in the file; 0 where neither says it.
    """

    version: int
    datasets: frozenset[str]

    @property
    def day(self) -> str | None:
        """The day of the version, ISO 8601."""
        digits = f"{self.version:014d}"
        return iso_date(f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}") if self.version else None

    @property
    def part(self) -> str | None:
        """The one dataset that the file holds; ``None`` for collections of several."""
        name = next(iter(self.datasets), "")
        return name if len(self.datasets) == 1 and SLUG.fullmatch(name) else None

    def facts(self, kind: str) -> dict[str, str]:
        """For the store: which datasets the file covers or amends, and its edition."""
        return {kind: " ".join(sorted(self.datasets)), "edition": f"{self.version:014d}"}


class Envelope(msgspec.Struct):
    """What a survey reads of a line; the entity inside, for a line of changes."""

    datasets: list[str] = []
    first_seen: str | None = None
    last_seen: str | None = None
    last_change: str | None = None
    entity: Envelope | None = None


@cache
def knowledge() -> Knowledge:
    """Which datasets are which lists."""
    import msgspec.yaml

    text = resources.files(__package__).joinpath("opensanctions.yml").read_bytes()
    return msgspec.yaml.decode(text, type=Knowledge)


@cache
def by_title() -> dict[str, str]:
    """Names of datasets by their titles."""
    return {title: name for name, each in knowledge().lists.items() for title in each.titles}


@cache
def measures() -> frozenset[str]:
    """The words for what a listing forbids."""
    (found,) = (c.options for c in table("designations").columns if c.name == "measure")
    return frozenset(found)


def list_of(dataset: str, programmes: Iterable[str] = ()) -> OnList:
    """The list that a dataset is, or a programme of it; one unknown keeps its name."""
    found = knowledge().lists.get(dataset)
    if found is None:
        return OnList(dataset or DATASET, "other", "")
    named = (knowledge().programmes.get(each) for each in programmes) if found.several else ()
    return next((each for each in named if each), found)


def watched(topics: Iterable[str]) -> bool:
    """Whether a party with these topics is one to look out for, if on no list itself."""
    return any(t == w or t.startswith(f"{w}.") for t in topics for w in knowledge().watched)


def topic_measure(dataset: str, topics: Iterable[str]) -> str:
    """What a dataset forbids to dealing with a party of these topics."""
    return list_of(dataset).measure if knowledge().listing & set(topics) else "other"


def stamp(text: str | None) -> int:
    """``2026-08-01T06:30:10`` as 20260801063010; 0 where it is no time."""
    found = STAMP.match(text or "")
    if not found or not iso_date(found[1]):
        return 0
    return int(found[1].replace("-", "") + "".join(found[n] or "00" for n in (2, 3, 4)))


def day_of(text: str | None) -> str | None:
    """The day of a time."""
    return iso_date((text or "")[:DAY])


def version_in(name: str) -> int:
    """The version that a path names, as in ``20260801063010-abc/entities.delta.json``."""
    found = VERSION.findall(name)
    return int(found[-1]) if found else 0


def survey(source: SourceFile) -> Survey:
    """Version and datasets of a file of JSON lines; memory is that of one line."""
    newest, datasets = 0, set[str]()
    decoder = msgspec.json.Decoder(Envelope)
    for raw in _lines(source.path):
        try:
            line = decoder.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue  # the reader itself says what is wrong with it
        said = line.entity or line
        times = (said.first_seen, said.last_seen, said.last_change)
        newest = max(newest, *map(stamp, times))
        if len(datasets) < MOST_DATASETS:
            datasets.update(said.datasets)
    return Survey(version_in(source.name) or newest, frozenset(datasets))


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as handle:
        while raw := handle.readline(LONGEST_LINE):
            yield raw.removeprefix(BOM)


def entity_id(name: str) -> str:
    """The id of a record here."""
    return f"{DATASET}:{name}"


def aspect_of(name: str) -> str:
    """The aspect of all that a record says."""
    return RECORD_ASPECT + entity_id(name)


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


@lru_cache(maxsize=65_536)
def comparable(prop: str, value: str) -> str:
    """Countries in the capitals of this program; every other value as it is."""
    if prop not in COUNTRIES:
        return value
    code = country_code(value) if len(value) == 2 else None  # noqa: PLR2004  (alpha-2)
    return code or value


class Told(Parties):
    """Collects statements that are made already."""

    def take(self, found: Iterable[Statement]) -> Iterator[Batch]:
        """Take what one row of the file became."""
        for each in found:
            self.entities.add(each.entity_id)
            self._found.append(each)
        yield from self.add()


def no_version(name: str) -> BadDataError:
    """A removal without a version cannot be told from an older one."""
    return BadDataError(
        "the file removes entities, but neither its name nor an entity in it tells its version",
        where=name,
        next_step="keep it under its version, as 20260801063010-abc/entities.delta.json, "
        "and load the folder above",
    )
