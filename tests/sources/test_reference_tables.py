"""Reference tables of trade, and what lies beside data: counts and places of real files."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tidewaiter.model.area import area_code, is_country
from tidewaiter.sources.aside import why_aside
from tidewaiter.sources.reader import FileHead
from tidewaiter.sources.statistics.eu_hs6_measures import EuHs6MeasuresReader
from tidewaiter.sources.statistics.hs_codes import HsCodesReader
from tidewaiter.sources.statistics.hs_concordance import HsConcordanceReader
from tidewaiter.sources.statistics.research_results import ResearchResultsReader

Read = Callable[..., Any]
RESULTS = "trade/eu_sanctions_hs6_and_rerouting_results"


def test_every_code_of_the_nomenclature_is_kept(outcome: Read, shared_data: Path) -> None:
    """With its words, its parent and its edition."""
    path = shared_data / "trade/harmonized-system-hs2022.csv"
    with path.open(encoding="utf-8") as handle:
        printed = {row["hscode"]: row["description"].strip() for row in csv.DictReader(handle)}
    rows = outcome(HsCodesReader(), path).rows("hs_codes")
    assert {row["code"]: row["description"] for row in rows} == printed
    assert {row["edition"] for row in rows} == {"HS2022"}


def test_concordances_hold_every_pair(outcome: Read, shared_data: Path) -> None:
    """Correlations with their relationship, conversions apart from them."""
    path = shared_data / "trade/hs_concordance/HS2022toHS2017ConversionAndCorrelationTables.xlsx"
    book = openpyxl.load_workbook(path, read_only=True)
    printed = Counter(
        tuple(str(cell).strip() for cell in cells[:2])
        for sheet in book.worksheets
        for cells in sheet.iter_rows(values_only=True)
        if cells and str(cells[0] or "").isdigit()
    )
    rows = outcome(HsConcordanceReader(), path).rows("hs_concordance")
    assert Counter((row["from_code"], row["to_code"]) for row in rows) == printed
    assert {row["basis"] for row in rows} == {"correlation", "conversion"}
    assert all(row["relation"] for row in rows if row["basis"] == "correlation")


def test_stata_and_csv_tell_the_same_measures(outcome: Read, shared_data: Path) -> None:
    """Days, categories and partial measures agree, file by file."""
    read = [
        outcome(EuHs6MeasuresReader(), shared_data / RESULTS / name).rows("goods_measures")
        for name in ("EU_sanctions_HS6.dta", "sanctions_hs6_master.csv")
    ]
    said = [
        {
            row["hs_code"]: (row["listed_on"], tuple(row["categories"] or ()), row["partial"])
            for row in rows
        }
        for rows in read
    ]
    assert said[0] == said[1]
    assert len(said[0]) == 5369
    assert max(day for day, *_ in said[0].values() if day) == "2023-02-25"


def test_results_are_kept_cell_by_cell(outcome: Read, shared_data: Path) -> None:
    """As printed, with stars and signs."""
    path = shared_data / RESULTS / "table3_main_results.csv"
    with path.open(encoding="utf-8-sig") as handle:
        printed = list(csv.reader(handle))
    rows = outcome(ResearchResultsReader(), path).rows("published_results")
    cells = {(row["row"], row["label"]): row["value"] for row in rows}
    for number, record in enumerate(printed[1:], start=2):
        for label, value in zip(printed[0], record, strict=True):
            assert (cells[number, label] or "") == value


@pytest.mark.parametrize(
    ("printed", "code"),
    [
        ("Belgium (incl. Luxembourg 'LU' -> 1998)", "BE"),
        ("China (Sar Hong Kong)", "HK"),
        ("Korea, Democratic People’s Republic of (North Korea)", "KP"),
        ("398", "KZ"),
        ("842", "US"),
        ("European Union - 27 countries (from 2020)", "EU27"),
        ("Allemagne (incl. République démocratique allemande 'DD' depuis 1991)", "DE"),
        ("World", "WORLD"),
        ("Всего", "WORLD"),
        ("Atlantis", None),
        ("", None),
    ],
)
def test_partners_are_countries_or_areas(printed: str, code: str | None) -> None:
    """An area has a longer code, so that no sum over countries takes it in."""
    assert area_code(printed) == code
    assert code is None or is_country(code) == (len(code) == 2)


@pytest.mark.parametrize(
    ("name", "start", "why"),
    [
        ("sub/README.md", b"# about", "documentation"),
        ("LICENSE_upstream", b"MIT", "terms of use"),
        ("cases.csv", b"text,expected_hs_code,notes\n", "labelled cases for tests, not data"),
        (
            "cases.json",
            b'[{"listed": [], "edges": [], "blocked": []}]',
            "labelled cases for tests, not data",
        ),
        ("data.csv", b"a,b\n1,2\n", None),
        ("blob", b"\x00\xff", None),
    ],
)
def test_what_lies_beside_data_has_a_reason(name: str, start: bytes, why: str | None) -> None:
    """And what may be data has none."""
    assert why_aside(FileHead(name, start)) == why
