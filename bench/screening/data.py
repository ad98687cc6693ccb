"""The material of the measurements: official lists as listed parties, and where files lie."""

from __future__ import annotations

import csv
import functools
import hashlib
import itertools
import os
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from tidewaiter.cli import console
from tidewaiter.pipeline.intake import Options, load
from tidewaiter.pipeline.listed import of_workspace
from tidewaiter.screen import Listed
from tidewaiter.screen.kinds import Kind
from tidewaiter.store.workspace import Workspace

OUT = Path(__file__).resolve().parents[1] / "out"
LISTS = ("eu_journal", "jp_meti", "ofac", "uk_2022", "ua_nsdc_2022", "un")
LEAST_DIGITS = 9  # of a number that joins two entries


def data() -> Path:
    """Where the public files lie; they are not part of this repository."""
    named = os.environ.get("TIDEWAITER_TEST_DATA")
    return Path(named) if named else Path(__file__).resolve().parents[3] / "shared" / "data"


def parties() -> list[Listed]:
    """Every listed party of the lists at hand, read as a user would load them."""
    with tempfile.TemporaryDirectory() as folder:
        space = Workspace.create(Path(folder) / "workspace")
        settings = console.resolved(space.path)
        load(space, [data() / "lists" / name for name in LISTS], settings, Options())
        lists = of_workspace(space, settings, None)
        return [entry.listed for entry in lists.index.entries()]


def publisher(list_id: str) -> str:
    """The act or publisher that a list belongs to."""
    if list_id.startswith(("eu_833", "eu_269")):
        return "_".join(list_id.split("_")[:2])
    return list_id.split("_", maxsplit=1)[0]


def of_publisher(every: Iterable[Listed], name: str) -> list[Listed]:
    """Parties that ``name`` lists."""
    return [p for p in every if any(publisher(each.list_id) == name for each in p.listings)]


def numbers(party: Listed) -> set[str]:
    """Its numbers that are long enough to join by, without their schemes."""
    plain = (each.rpartition(":")[2] for each in party.identifiers)
    return {number for number in plain if len(number) >= LEAST_DIGITS}


def by_number(every: Iterable[Listed]) -> dict[str, set[str]]:
    """Ids of the parties that have each number."""
    found: dict[str, set[str]] = defaultdict(set)
    for party in every:
        for number in numbers(party):
            found[number].add(party.entity_id)
    return found


def hashed(text: str) -> int:
    """A number that depends on the content alone."""
    return int(hashlib.sha256(text.encode()).hexdigest()[:12], 16)


def said(entity: dict[str, Any], *props: str) -> tuple[str, ...]:
    """What an entity of FollowTheMoney says in some of its properties, each value once."""
    known = entity["properties"]
    return tuple(dict.fromkeys(value for prop in props for value in known.get(prop, ())))


def registered(limit: int, skip: int = 0) -> list[str]:
    """Names of firms of the GLEIF register, in the order of their hashes."""
    return _register(data())[skip : skip + limit]


@functools.cache
def _register(folder: Path) -> list[str]:
    import pyarrow.parquet as pq

    path = folder / "ownership" / "gleif_level1_slim.parquet"
    names = pq.read_table(path, columns=["name"]).column("name").to_pylist()
    return sorted(dict.fromkeys(filter(None, names)), key=hashed)


def invented() -> list[str]:
    """Names of persons that yente made up, in the order of their hashes."""
    path = data() / "names" / "yente_fixtures" / "negatives_us.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        names = [row["full_name"] for row in csv.DictReader(handle)]
    return sorted(dict.fromkeys(names), key=hashed)


def unlisted(kind: Kind, limit: int, taken: Callable[[str], bool]) -> list[str]:
    """The first ``limit`` names that no list is known to have and that ``taken`` takes."""
    names = registered(100 * limit) if kind == "body" else invented()
    return list(itertools.islice(filter(taken, names), limit))
