"""Spreadsheets as rows of texts: what a person would type to get the cell."""

from __future__ import annotations

import datetime
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from tidewaiter.errors import BadDataError
from tidewaiter.sources import workbook
from tidewaiter.sources.workbook import Workbook, is_workbook


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Two sheets; the first starts in the third row."""
    made = openpyxl.Workbook()
    first = made.active
    assert first is not None
    first.title = "Parties"
    first["A3"], first["B3"], first["C3"], first["D3"] = "id", "name", "since", "share"
    first["A4"], first["B4"] = 7, "  Qumtepa \n MChJ "
    first["C4"], first["D4"] = datetime.datetime(2024, 5, 1), 12.5  # noqa: DTZ001  (a cell has no zone)
    first["A6"], first["C6"] = "0007", datetime.datetime(2024, 5, 1, 12, 30)  # noqa: DTZ001
    made.create_sheet("Empty")
    path = tmp_path / "book.xlsx"
    made.save(path)
    return path


def test_cells_are_texts_and_rows_have_their_numbers(book: Path) -> None:
    """Days are ISO 8601, whole numbers have no fraction, codes keep their zeros."""
    rows = [row for row in Workbook(book, "book.xlsx").rows("Parties") if not row.is_empty]
    assert [(row.number, row.cells) for row in rows] == [
        (3, ("id", "name", "since", "share")),
        (4, ("7", "Qumtepa MChJ", "2024-05-01", "12.5")),
        (6, ("0007", "", "2024-05-01T12:30:00", "")),
    ]


def test_sheets_are_named_in_order(book: Path) -> None:
    """An empty sheet has no rows."""
    opened = Workbook(book, "book.xlsx")
    assert opened.sheets == ("Parties", "Empty")
    assert list(opened.rows("Empty")) == []


def test_a_workbook_that_unpacks_too_large_is_refused(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bomb is not opened."""
    monkeypatch.setattr(workbook, "LARGEST", 1000)
    with pytest.raises(BadDataError, match="unpacks to"):
        Workbook(book, "book.xlsx")


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04 no archive", b"id,name\n", b"\xd0\xcf\x11\xe0"]
)
def test_what_is_no_spreadsheet_is_refused(tmp_path: Path, content: bytes) -> None:
    """With what to do next."""
    path = tmp_path / "book.xlsx"
    path.write_bytes(content)
    with pytest.raises(BadDataError, match="cannot be opened"):
        Workbook(path, "book.xlsx")


def test_a_workbook_is_known_by_its_bytes(book: Path) -> None:
    """Another ZIP file is none."""
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("data.csv", "id\n1\n")
    assert is_workbook(book.read_bytes()[:65536])
    assert not is_workbook(other.getvalue())
    assert not is_workbook(b"id,name\n")


def test_a_header_fits_whatever_its_case() -> None:
    """And whatever stands beside it."""
    assert workbook.matching(["ID", "Name", "more"], frozenset({"id", "name"}))
    assert not workbook.matching(["ID"], frozenset({"id", "name"}))
