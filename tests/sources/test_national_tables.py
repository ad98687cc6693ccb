"""National tables as offices print them: every value of the real files is in its place."""

from __future__ import annotations

import contextlib
import csv
import json
import random
from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidewaiter.errors import BadDataError
from tidewaiter.sources.reader import HEAD_BYTES, FileHead
from tidewaiter.sources.registry import READERS
from tidewaiter.sources.statistics.national_tables import NationalTablesReader, tables_card

Read = Callable[..., Any]
HUBS, UNION = "trade/national_stats_marylev", "trade/eurostat_marylev"
EMPTY = {"", "-"}
MONTHLY = "country,export,import_consigment,import_origin,timeperiod,year\n"


def cents(text: str, times: int) -> int:
    """A printed number in hundredths."""
    return int((Decimal(text) * times * 100).quantize(Decimal(1), ROUND_HALF_EVEN))


def lines(path: Path) -> list[dict[str, str]]:
    """A CSV file by the standard library; ``#`` is the row's number."""
    with path.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.reader(handle)
        header = next(reader)
        return [
            dict(zip(header, cells, strict=True)) | {"#": str(number)}
            for number, cells in enumerate(reader, start=2)
            if any(cells)
        ]


def shown(row: dict[str, Any]) -> str:
    """The row's number in the file."""
    return str(row["locator"].rpartition(" ")[2])


def partner(row: dict[str, Any]) -> str:
    """The partner as it is printed there."""
    return str(json.loads(row["extra"])["partner as printed"])


@pytest.fixture
def load(outcome: Read, shared_data: Path) -> Read:
    """Reads a real file."""
    return lambda name: outcome(NationalTablesReader(), shared_data / name)


@pytest.mark.parametrize(
    ("name", "records", "kept", "flows"),
    [
        (f"{HUBS}/armenia_national_monthly_by_country.csv", 11_094, 11_027, 22_535),
        (f"{HUBS}/armenia_import_yearly.csv", 573, 573, 573),
        (f"{HUBS}/kazakhstan_import_yearly.csv", 437, 437, 437),
        (f"{HUBS}/kyrgyz_import_yearly.csv", 688, 688, 688),
        (f"{HUBS}/uzbek_import_yearly.csv", 1_175, 1_175, 1_175),
        (f"{HUBS}/sdmx_data_1105.csv", 228, 228, 3_192),
        (f"{HUBS}/sdmx_data_1176.csv", 234, 234, 3_276),
        (f"{HUBS}/kyrgyz_export_by_country.xlsx", 160, 160, 2_523),
        (f"{HUBS}/kyrgyz_import_by_country.xlsx", 205, 205, 3_516),
        (f"{UNION}/eu27_annual_total_export_by_partner_2010_2023.csv", 3_407, 3_407, 3_407),
        (f"{UNION}/eu_member_monthly_total_by_partner_2019-01_2024-08.csv", 14_063, 14_063, 14_063),
    ],
)
def test_every_record_and_every_value_is_counted(
    load: Read, shared_data: Path, name: str, records: int, kept: int, flows: int
) -> None:
    """Records of the file, those kept, and the values in them; one reader knows the file."""
    found = load(name)
    assert (found.tally.rows_read, found.kept, len(found.rows("flows"))) == (records, kept, flows)
    assert (found.tally.unused, found.tally.unread) == ((), {})
    path = shared_data / name
    head = FileHead(name, path.read_bytes()[:HEAD_BYTES], path)
    assert [each.name for each in READERS if each.recognises(head)] == ["national_tables"]


def test_armenia_by_month(load: Read, shared_data: Path) -> None:
    """All values of thousand dollars, by flow and meaning of the partner; no month is a year."""
    name = f"{HUBS}/armenia_national_monthly_by_country.csv"
    bases = {"export": "last_known_destination", "import_consigment": "consignment",
             "import_origin": "origin"}  # fmt: skip
    expected = {
        (each["#"], bases[column]): (
            each["year"] if each["timeperiod"] == "Year"
            else f"{each['year']}-{int(each['timeperiod']):02d}",
            cents(each[column], 1000),
        )
        for each in lines(shared_data / name)
        for column in bases
        if each["country"] and each[column] not in EMPTY
    }  # fmt: skip
    found = load(name)
    assert {
        (shown(row), row["partner_basis"]): (row["period"], row["value"])
        for row in found.rows("flows")
    } == expected
    assert {each.reason for each in found.rejects} == {"required, but empty"}
    assert {row["reporter"] for row in found.rows("flows")} == {"AM"}


@pytest.mark.parametrize("hub", ["armenia", "kazakhstan", "kyrgyz", "uzbek"])
def test_imports_of_hubs_by_year(load: Read, shared_data: Path, hub: str) -> None:
    """All values in euro as printed; names with commas are one name."""
    name = f"{HUBS}/{hub}_import_yearly.csv"
    found = load(name).rows("flows")
    assert [(shown(r), partner(r), "Y" + r["period"], r["value"]) for r in found] == [
        (each["#"], each["PARTNER"], each["PERIOD"], cents(each["VALUE_IN_EUR"], 1))
        for each in lines(shared_data / name)
    ]
    assert {(row["direction"], row["valuation"], row["currency"]) for row in found} == {
        ("import", "cif", "EUR")
    }


@pytest.mark.parametrize(("number", "direction"), [("1105", "export"), ("1176", "import")])
def test_uzbekistan_by_year(load: Read, shared_data: Path, number: str, direction: str) -> None:
    """A column a year; the number in the file's name says the flow."""
    name = f"{HUBS}/sdmx_data_{number}.csv"
    years = [str(year) for year in range(2010, 2024)]
    found = load(name).rows("flows")
    assert {(shown(row), row["period"]): row["value"] for row in found} == {
        (each["#"], year): cents(each[year], 1000)
        for each in lines(shared_data / name)
        for year in years
    }
    assert {row["direction"] for row in found} == {direction}


def sheet(path: Path) -> Iterator[tuple[int, str, str, Decimal]]:
    """(row, English name, year, number) of a Kyrgyz table, by openpyxl."""
    with contextlib.closing(openpyxl.load_workbook(path, read_only=True, data_only=True)) as book:
        rows = list(book.worksheets[0].iter_rows(values_only=True))
    header = next(row for row in rows if str(row[3]).startswith("1994"))
    for number, row in enumerate(rows, start=1):
        said = " ".join(str(row[2] or "").split())
        for year, cell in zip(header[3:], row[3:], strict=False):
            if isinstance(cell, int | float) and row is not header and said:
                yield number, said, str(year)[:4], Decimal(repr(cell))


@pytest.mark.parametrize("flow", ["export", "import"])
def test_kyrgyzstan_by_year(load: Read, shared_data: Path, flow: str) -> None:
    """Every number of the spreadsheet, thirty years, under the English name."""
    name = f"{HUBS}/kyrgyz_{flow}_by_country.xlsx"
    found = load(name).rows("flows")
    assert {(shown(r), partner(r), r["period"]): r["value"] for r in found} == {
        (str(number), said, year): cents(str(value), 1000)
        for number, said, year, value in sheet(shared_data / name)
    }


def test_members_by_month(load: Read, shared_data: Path) -> None:
    """Three hundred rows drawn by seed, and no row of a group is a country's."""
    name = f"{UNION}/eu_member_monthly_total_by_partner_2019-01_2024-08.csv"
    slow = {each["#"]: each for each in lines(shared_data / name)}
    found = load(name).rows("flows")
    for row in random.Random(2).sample(found, 300):
        each = slow[shown(row)]
        assert (row["period"], row["direction"]) == (each["period"], each["flow"])
        assert (row["value"], partner(row)) == (cents(each["value_eur"], 1), each["partner"])
    groups = {row["reporter"] for row in found if len(row["reporter"]) > 2}
    assert groups == {"EU27", "EU_CHANGING", "EA20", "EA_CHANGING"}
    assert len({row["reporter"] for row in found} - groups) == 28


def test_the_sums_that_the_literature_prints(load: Read) -> None:
    """Exports of the Union to Kyrgyzstan in million euro: a sum over members is the group's."""
    name = f"{UNION}/eu_member_monthly_total_by_partner_2019-01_2024-08.csv"
    sums: dict[tuple[str, bool], int] = {}
    for row in load(name).rows("flows"):
        if (row["partner"], row["direction"]) == ("KG", "export") and row["reporter"] != "GB":
            key = (row["period"][:4], row["reporter"] == "EU27")
            if len(row["reporter"]) == 2 or key[1]:
                sums[key] = sums.get(key, 0) + row["value"]
    millions = {key: round(value / 10**8) for key, value in sums.items()}
    assert [millions[year, True] for year in ("2021", "2022", "2023")] == [263, 1171, 2734]
    assert [millions[year, False] for year in ("2021", "2022", "2023")] == [263, 1171, 2734]


def test_groups_are_never_countries(load: Read) -> None:
    """The words that the tables use for groups and for unknown partners."""
    found = load(f"{HUBS}/kyrgyz_import_by_country.xlsx").rows("flows")
    groups = {partner(row): row["partner"] for row in found if len(row["partner"]) > 2}
    assert groups["Total"] == "WORLD"
    assert (groups["EAEU"], groups["CIS"]) == ("EAEU", "CIS")
    assert groups["Undefined country"] == "UNSPECIFIED"
    assert all(code.isupper() for code in groups.values())


def test_layouts_are_told_apart() -> None:
    """No two layouts have the same name, and each says how its numbers are scaled."""
    card = tables_card()
    names = [each.name for each in (*card.layouts, *card.sheets)]
    assert len(names) == len(set(names))
    assert {each.times for each in (*card.layouts, *card.sheets)} == {1, 1000}


def test_bad_records_are_rejected_with_their_reason(outcome: Read, tmp_path: Path) -> None:
    """A record without a partner, an unknown one, a period that is none; nothing is no zero."""
    path = tmp_path / "monthly.csv"
    path.write_text(MONTHLY + "Georgia,1,2,3,5,2020\n,1,2,3,5,2020\nAtlantis,1,-,-,5,2020\n"
                    "Uzbekistan,-,-,-,5,2020\nUzbekistan,1,-,-,13,2020\nUzbekistan,?,-,-,4,2020\n"
                    "Uzbekistan,1\n", encoding="utf-8")  # fmt: skip
    found = outcome(NationalTablesReader(), path)
    assert found.reasons == {
        3: "partner: required, but empty",
        4: "partner: no country and no group of countries that is known",
        6: "period: not a date such as 2023, 2023-04 or 2023-04-17",
        7: "value: not a decimal number written as 1234.56",
        8: ": 2 cells, but the header has 6",
    }
    assert (found.kept, found.tally.facts) == (2, {"records_without_value": "1"})


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(
    cells=st.lists(st.lists(st.text(max_size=6), max_size=7), max_size=4), end=st.integers(0, 60)
)
def test_damaged_files_end_in_a_count_or_a_clear_error(
    outcome: Read, tmp_path: Path, cells: list[list[str]], end: int
) -> None:
    """Cells of nonsense, a file that is cut off."""
    path = tmp_path / "monthly.csv"
    content = MONTHLY + "Georgia,1,2,3,5,2020\n" + "\n".join(",".join(each) for each in cells)
    data = content.encode("utf-8", "replace")
    path.write_bytes(data[: len(data) - end])
    with contextlib.suppress(BadDataError):
        outcome(NationalTablesReader(), path)
