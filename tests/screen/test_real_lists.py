"""Screening against the EU's published lists: the cases that started the project.

The names are published in the Official Journal. The loader is this test's own and knows
as little as possible, so that a fault of the real reader cannot hide one of screening.
"""

from __future__ import annotations

import csv
import itertools
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tidewaiter.model.country import country_code
from tidewaiter.screen import Listed, ListIndex, Listing, Match, Query, Screened, screen

PLANT = ("32014R0833", "IV", "359")
OTHER = {("32026R1848", "IV", "941"), ("32014R0269", "I.ENTITIES", "806")}
NUMBERS = ("innCode", "ogrnCode", "registrationNumber", "taxNumber", "imoNumber")
COUNTRIES = ("country", "nationality", "jurisdiction", "flag")


@pytest.fixture(scope="module")
def parties(shared_data: Path) -> list[Listed]:
    """Every row of every file, as a party."""
    folder = shared_data / "lists" / "eu_journal"
    return [party for path in sorted(folder.rglob("*.csv")) for party in read(path)]


@pytest.fixture(scope="module")
def index(parties: list[Listed]) -> ListIndex:
    """All rows of the EU's lists."""
    return ListIndex(parties)


def read(path: Path) -> Iterator[Listed]:
    """The rows of one file."""
    with path.open(encoding="utf-8", newline="") as handle:
        for number, row in enumerate(csv.DictReader(handle), start=2):
            key = f"{path.stem}|{row['annex']}|{row['recordId']}"
            names = [row["name"], *several(row["alias"]), *several(row["previousName"])]
            found = [
                f"{digits}"
                for name in NUMBERS
                for each in several(row[name])
                for digits in runs(each)
            ]
            yield Listed(
                entity_id=f"{key}|{number}",
                caption=row["name"],
                schema=row["schema"],
                names=tuple(names),
                identifiers=tuple(found),
                countries=tuple(
                    code
                    for name in COUNTRIES
                    for each in several(row[name])
                    if (code := country_code(each))
                ),
                addresses=tuple(several(row["address"])),
                listings=(listing(key, path.name, number),),
            )


def several(cell: str) -> list[str]:
    """Values of a cell."""
    rows = csv.reader([cell], delimiter=";", skipinitialspace=True)
    return [each.strip() for each in next(rows, []) if each.strip()]


def runs(text: str) -> list[str]:
    """Numbers with the scheme their length gives."""
    found = []
    for part in text.replace("/", " ").split():
        scheme = {7: "imo", 10: "inn", 12: "inn", 13: "ogrn", 15: "ogrn"}.get(len(part))
        if part.isdigit() and scheme:
            found.append(f"{scheme}:{part}")
    return found


def listing(key: str, file: str, row: int) -> Listing:
    """A listing that names its row."""
    return Listing(
        list_id=key,
        measure="other",
        programme=None,
        listed_on=None,
        delisted_on=None,
        source_id=file,
        uri=file,
        locator=f"row {row}",
        excerpt="",
    )


def ask(index: ListIndex, name: str) -> Screened:
    """One name, nothing else known."""
    return screen(Query(query_id="q", names=(name,)), index)


def entries(matches: tuple[Match, ...]) -> set[tuple[str, ...]]:
    """Act, annex and record of each."""
    return {tuple(each.entity_id.split("|")[:3]) for each in matches}


@pytest.mark.parametrize(
    "name",
    ["Завод Элекон", "«Завод Элекон»", "Elecon Plant, Kazan", "АО «Завод Элекон», г. Казань",
     "INN 1657032272", "1657032272", "ИНН 1657032272", "Elekon zavodi", "ZAVOD ELEKON JSC"],
)  # fmt: skip
def test_every_spelling_finds_the_plant(index: ListIndex, name: str) -> None:
    """Whatever the spelling, the entry of the plant is found, and no other."""
    assert entries(ask(index, name).results) == {PLANT}


@pytest.mark.parametrize("name", ["Elecond, Sarapul", "Элеконд", "АО «Элеконд», Сарапул"])
def test_the_other_company_is_itself(index: ListIndex, name: str) -> None:
    """A company one letter longer has its own entries and never the plant's."""
    found = ask(index, name)
    assert entries(found.results) == OTHER
    assert PLANT not in entries(found.near)


@pytest.mark.parametrize(
    "name", ["Elecon Engineering Company, India", "Kazan Instrument Plant", "Stella-K"]
)
def test_near_misses_do_not_match(index: ListIndex, name: str) -> None:
    """A namesake abroad, a name of shared words, and an unlisted firm match nothing."""
    assert ask(index, name).results == ()


def test_every_listed_name_finds_its_entry(parties: list[Listed], index: ListIndex) -> None:
    """A listed company's own caption finds it, unless it is an acronym or a shared word."""
    firms = [p for p in parties if p.schema == "Company"]
    found = sum(
        party.entity_id
        in {m.entity_id for m in screen(query(party), index, threshold=0.8, limit=20).results}
        for party in firms
    )
    assert found / len(firms) > 0.99


def query(party: Listed) -> Query:
    """A party's caption as a query."""
    return Query(query_id="q", names=(party.caption,))


def test_invented_people_are_left_alone(shared_data: Path, index: ListIndex) -> None:
    """Of 2,000 invented persons fewer than one in 500 raises a match."""
    path = shared_data / "names" / "yente_fixtures" / "negatives_global.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        names = [row["full_name"] for row in itertools.islice(csv.DictReader(handle), 2000)]
    assert sum(bool(ask(index, name).results) for name in names) <= len(names) * 0.002


def test_companies_of_the_world_are_left_alone(shared_data: Path, index: ListIndex) -> None:
    """Of 2,000 registered companies fewer than one in 500 raises a match."""
    import pyarrow.parquet as pq

    path = shared_data / "ownership" / "gleif_level1_slim.parquet"
    names = pq.read_table(path, columns=["name"]).column("name").to_pylist()
    sample = names[:: len(names) // 2000]
    assert sum(bool(ask(index, name).results) for name in sample if name) <= len(sample) * 0.002


def test_the_index_is_built_and_asked_in_time(parties: list[Listed]) -> None:
    """Budgets: 4 s for the EU's lists, some milliseconds a name (doubled for a busy machine)."""
    start = time.perf_counter()
    built = ListIndex(parties)
    assert time.perf_counter() - start < 8
    start = time.perf_counter()
    for party in parties[::10]:
        ask(built, party.caption)
    assert time.perf_counter() - start < 0.010 * len(parties) / 10
