"""Basic company data: names and their history, activities, and odd cells."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidewaiter.errors import BadDataError
from tidewaiter.sources.reader import FileHead
from tidewaiter.sources.registries.uk_companies import UkCompaniesReader

Read = Callable[..., Any]
SAMPLE = Path(__file__).parents[1] / "contract" / "samples" / "uk_companies.csv"
FIRM = {
    "CompanyName": "VARENKOV PARTS LTD", "CompanyNumber": "01234567",
    "RegAddress.AddressLine1": "12 ZAVOD STREET", "RegAddress.PostTown": "LONDON",
    "RegAddress.PostCode": "E1 1AA", "CompanyCategory": "Private Limited Company",
    "CompanyStatus": "Active", "CountryOfOrigin": "United Kingdom",
    "IncorporationDate": "01/05/2015",
    "SICCode.SicText_1": "46520 - Wholesale of electronic parts",
}  # fmt: skip


def header() -> list[str]:
    """The publisher's columns, some with a space before them."""
    with SAMPLE.open(encoding="utf-8", newline="") as handle:
        return next(csv.reader(handle))


@pytest.fixture
def load(outcome: Read, tmp_path: Path) -> Read:
    """Reads companies, each with cells of its own, under the publisher's header."""

    def run(*changes: dict[str, str], name: str = "Basic.csv") -> Any:
        columns = header()
        text = io.StringIO()
        writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow(columns)
        for each in changes:
            cells = FIRM | each
            writer.writerow([cells.get(column.strip(), "") for column in columns])
        path = tmp_path / "basic.csv"
        path.write_text(text.getvalue(), "utf-8")
        return outcome(UkCompaniesReader(), path, name)

    return run


def former(*names: tuple[str, str]) -> dict[str, str]:
    """Earlier names with their days, in the order of the columns."""
    cells: dict[str, str] = {}
    for number, (when, name) in enumerate(names, start=1):
        cells[f"PreviousName_{number}.CONDATE"] = when
        cells[f"PreviousName_{number}.CompanyName"] = name
    return cells


def test_a_row_becomes_a_company(load: Read) -> None:
    """Dates as ISO 8601, activities with their classification, numbers as printed."""
    done = load({"SICCode.SicText_2": "None Supplied", "SICCode.SicText_3": "0111 - Grow cereals"})
    (row,) = done.rows("companies")
    assert (row["company_id"], row["registration_number"]) == ("01234567", "01234567")
    assert (row["country"], row["incorporated_on"]) == ("GB", "2015-05-01")
    assert row["address"] == "12 ZAVOD STREET, LONDON, E1 1AA"
    assert row["activity_codes"] == ["uk_sic2007:46520", "uk_sic2003:0111"]
    assert row["registered_activity"] == "Wholesale of electronic parts; Grow cereals"
    said = json.loads(row["extra"])
    assert (said["status"], said["activities"]) == ("Active", "None Supplied")
    assert (done.tally.unused, done.tally.part) == ((), "basic")


def test_earlier_names_are_names_and_history(load: Read) -> None:
    """Each became the next in time, whatever the order of the columns."""
    names = [("02/03/2019", "QUMTEPA LTD"), ("01/01/2017", "SARYKOL; LTD")]
    for order in (names, names[::-1]):
        done = load(former(*order))
        assert set(done.rows("companies")[0]["name"]) == {
            "VARENKOV PARTS LTD", "QUMTEPA LTD", "SARYKOL; LTD",
        }  # fmt: skip
        changes = done.rows("name_history")
        assert [(r["changed_on"], r["old_value"], r["new_value"]) for r in changes] == [
            ("2019-03-02", "QUMTEPA LTD", "VARENKOV PARTS LTD"),
            ("2017-01-01", "SARYKOL; LTD", "QUMTEPA LTD"),
        ]


def test_a_change_without_a_day_is_not_guessed(load: Read) -> None:
    """What it became is left open for all; the one without a day stays with the company."""
    done = load(former(("02/03/2019", "QUMTEPA LTD"), ("", "SARYKOL LTD")))
    rows = done.rows("name_history")
    assert [(r["old_value"], r["new_value"]) for r in rows] == [("QUMTEPA LTD", None)]
    assert "SARYKOL LTD" in done.rows("companies")[0]["name"]
    assert done.tally.unread == {"name_history.changed_on": 1}


def test_odd_rows_say_why(load: Read) -> None:
    """A name and a number are needed; odd dates and countries are told and counted."""
    done = load(
        {"CompanyName": ""}, {"CompanyNumber": ""}, {"IncorporationDate": "1/5/15"},
        {"CountryOfOrigin": "ATLANTIS"}, {"DissolutionDate": "01/05/2014"},
    )  # fmt: skip
    assert done.reasons == {2: "name: required, but empty", 3: "company_id: required, but empty"}
    rows = done.rows("companies")
    assert json.loads(rows[0]["extra"])["unread: incorporated_on"] == "1/5/15"
    assert rows[1]["country"] is None
    assert json.loads(rows[2]["extra"])["unread: dissolved_on"] == "2014-05-01"
    assert done.tally.unread == {
        "companies.incorporated_on": 1, "companies.country": 1, "companies.dissolved_on": 1,
    }  # fmt: skip


def test_recognised_by_its_columns_whatever_the_name() -> None:
    """Also with spaces before them; not by two of its names alone."""
    reader = UkCompaniesReader()
    assert reader.recognises(FileHead("x.txt", SAMPLE.read_bytes()))
    assert not reader.recognises(FileHead("BasicCompanyData.csv", b"CompanyName, CompanyNumber\n"))


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("BasicCompanyDataAsOneFile-2026-11-01.csv", "basic"),
        ("BasicCompanyData-2026-11-01-part3_7.csv", "basic/3"),
    ],
)
def test_parts_replace_their_like(load: Read, name: str, part: str) -> None:
    """Whatever their month."""
    assert load({}, name=name).tally.part == part


def test_other_files_are_refused(outcome: Read, tmp_path: Path) -> None:
    """A reader that is named for the wrong file says what is missing."""
    path = tmp_path / "x.csv"
    path.write_text("CompanyName,Mood\nA,good\n", "utf-8")
    with pytest.raises(BadDataError, match="CompanyNumber"):
        outcome(UkCompaniesReader(), path)


def test_many_rows_are_those_that_were_written(load: Read) -> None:
    """A thousand made rows with quotation marks and line ends, a hundred compared."""
    drawn = random.Random(3)
    odd = ['A "B" LTD', "A, B LTD", "A\nB LTD", "Ä LTD", "=A LTD"]
    firms = [
        {"CompanyNumber": f"SC{n:06d}", "CompanyName": f"{drawn.choice(odd)} {n}"}
        for n in range(1000)
    ]
    done = load(*firms)
    assert (done.tally.rows_read, done.kept) == (1000, 1000)
    rows = done.rows("companies")
    for at in drawn.sample(range(1000), 100):
        assert rows[at]["company_id"] == firms[at]["CompanyNumber"]
        assert rows[at]["name"] == [firms[at]["CompanyName"]]
        assert rows[at]["locator"] == f"row {at + 2}"


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    at=st.floats(0, 1),
    other=st.sampled_from([b"", b'"', b",", b"\n", b"\r", b"\xff", b"\0", b"x" * 9000]),
    mark=st.sampled_from([b"", b"\xef\xbb\xbf"]),
)
def test_damaged_files_end_in_a_count_or_a_clear_error(
    at: float, other: bytes, mark: bytes, outcome: Read, tmp_path: Path
) -> None:
    """Something else stands somewhere, or the rest is gone."""
    content = mark + SAMPLE.read_bytes() * 2
    place = int(at * len(content))
    path = tmp_path / "basic.csv"
    for damaged in (content[:place] + other + content[place + 3 :], content[:place]):
        path.write_bytes(damaged)
        with contextlib.suppress(BadDataError):
            outcome(UkCompaniesReader(), path)
