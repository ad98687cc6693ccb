"""What the five formats of OpenSanctions share: which dataset is which list, versions, ids."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from pathlib import Path

import msgspec

from tidewaiter.errors import BadDataError
from tidewaiter.model.country import country_code
from tidewaiter.model.dates import DAY, iso_date
from tidewaiter.model.source import SourceFile
from tidewaiter.model.statement import RECORD_ASPECT
from tidewaiter.sources.card import resource
from tidewaiter.sources.jsonfile import BOM, LONGEST_LINE
from tidewaiter.store.tables import table

DATASET = "opensanctions"
OWN = "ftm:"  # begins the properties that say something of the record
SELF = f"{OWN}id"
CLOCKS = ("first_seen", "last_seen", "last_change")
SLUG = re.compile(r"[a-z0-9_-]{1,64}")
VERSION = re.compile(r"(?<![0-9])([0-9]{14})-[a-z0-9]{3}(?![a-z0-9])")
STAMP = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?)?")
MOST_DATASETS = 5_000
COUNTRIES = frozenset(
    {
        "birthCountry", "citizenship", "contextCountry", "country", "departureCountry",
        "destinationCountry", "detectedCountry", "flag", "jurisdiction", "mainCountry",
        "nationality", "originCountry", "pastFlags", "tradingCountry",
    }
)  # fmt: skip


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
    return resource("opensanctions", Knowledge)


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


@lru_cache(maxsize=65_536)
def comparable(prop: str, value: str) -> str:
    """Countries in the capitals of this program; every other value as it is."""
    if prop not in COUNTRIES:
        return value
    code = country_code(value) if len(value) == 2 else None  # noqa: PLR2004  (alpha-2)
    return code or value


def no_version(name: str) -> BadDataError:
    """A removal without a version cannot be told from an older one."""
    return BadDataError(
        "the file removes entities, but neither its name nor an entity in it tells its version",
        where=name,
        next_step="keep it under its version, as 20260801063010-abc/entities.delta.json, "
        "and load the folder above",
    )
