"""Any bytes as CSV: every record is counted and has its place, nothing crashes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewaiter.errors import BadDataError
from tidewaiter.sources import csvfile
from tidewaiter.sources.csvfile import Chunk, Sheet


def whole(tmp_path: Path, content: bytes, size: int = 1000) -> tuple[Sheet, list[Chunk]]:
    """The sheet over ``content`` and all of its chunks."""
    path = tmp_path / "some.csv"
    path.write_bytes(content)
    sheet = Sheet(path, path.name)
    return sheet, list(sheet.chunks(size))


def places(chunks: list[Chunk]) -> list[tuple[str, int, int]]:
    """(first cell, row, line) of every record that has the right number of cells."""
    return [
        (row[0], number, line)
        for chunk in chunks
        for row, number, line in zip(chunk.rows, chunk.numbers, chunk.lines, strict=True)
    ]


def test_rows_are_numbered_as_a_spreadsheet_shows_them(tmp_path: Path) -> None:
    """Header = row 1; a record over two lines is one row, a blank line is one too."""
    content = b'a,b\n1,x\n"2\nmore",y\n\n4,z\n'
    sheet, chunks = whole(tmp_path, content)
    assert sheet.header == ("a", "b")
    assert places(chunks) == [("1", 2, 2), ("2\nmore", 3, 4), ("4", 5, 6)]
    assert sheet.rows_read == 3


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_every_kind_of_line_end(tmp_path: Path, end: bytes) -> None:
    """Unix, Windows and old Mac files give the same records."""
    _, chunks = whole(tmp_path, end.join([b"\xef\xbb\xbfa,b", b"1,x", b"2,y"]))
    assert places(chunks) == [("1", 2, 2), ("2", 3, 3)]


def test_mixed_line_ends_do_not_join_rows(tmp_path: Path) -> None:
    """One file may hold all of them."""
    _, chunks = whole(tmp_path, b"a,b\r\n1,x\r2,y\n3,z")
    assert [first for first, _, _ in places(chunks)] == ["1", "2", "3"]


def test_a_bad_row_is_rejected_and_the_next_is_kept(tmp_path: Path) -> None:
    """Wrong bytes, NUL, too many or few cells, text after a quote: each with a reason."""
    content = b'a,b\n1,\xff\n2,\x00\n3\n4,x,y\n"5"z,y\n6,ok\n'
    sheet, chunks = whole(tmp_path, content)
    assert places(chunks) == [("6", 7, 7)]
    reasons = {each.row: each.reason for each in chunks[0].rejects}
    assert sorted(reasons) == [2, 3, 4, 5, 6]
    assert "UTF-8" in reasons[2]
    assert "NUL" in reasons[3]
    assert "1 cells, but the header has 2" in reasons[4]
    assert "RFC 4180" in reasons[6]
    assert sheet.rows_read == 6


def test_an_unclosed_quote_on_the_last_line_is_a_reject(tmp_path: Path) -> None:
    """Only that row is lost, and it is counted."""
    sheet, chunks = whole(tmp_path, b'a,b\n1,x\n2,"y\n')
    assert places(chunks) == [("1", 2, 2)]
    assert chunks[0].rejects[0].reason == "a quotation mark is not closed"
    assert sheet.rows_read == 2


def test_an_unclosed_quote_that_swallows_rows_is_an_error(tmp_path: Path) -> None:
    """The rows behind it cannot be counted, so the file is refused, with the line."""
    with pytest.raises(BadDataError, match="never closed") as error:
        whole(tmp_path, b'a,b\n1,x\n2,"y\n3,z\n')
    assert error.value.where == "some.csv, line 3"


def test_a_cell_beyond_the_limit_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An enormous cell is an unclosed quote, and is named by its line."""
    monkeypatch.setattr(csvfile, "CELL_LIMIT", 1000)
    with pytest.raises(BadDataError, match="never closed"):
        whole(tmp_path, b'a,b\n1,"' + b"x" * 2000 + b'"\n')


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xff\xfea\x00", b'"a,b\n1,2\n'])
def test_a_file_without_header_is_an_error(tmp_path: Path, content: bytes) -> None:
    """Empty files, UTF-16 and a quote that hides the header are named as such."""
    with pytest.raises(BadDataError):
        whole(tmp_path, content)


@given(content=st.binary(max_size=400), size=st.integers(1, 5))
def test_any_bytes(content: bytes, size: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Read = kept + rejected whatever the bytes, in chunks of any size, twice the same."""
    folder = tmp_path_factory.mktemp("bytes")
    try:
        sheet, chunks = whole(folder, b"a,b\n" + content, size)
    except BadDataError:
        return
    assert sheet.rows_read == sum(len(chunk) for chunk in chunks)
    again = list(sheet.chunks(100))
    assert sheet.rows_read == sum(len(chunk) for chunk in again)
    assert places(chunks) == places(again)
    rejects = [each for chunk in chunks for each in chunk.rejects]
    assert all(each.reason and each.value.isprintable() is not None for each in rejects)
