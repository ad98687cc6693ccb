"""Files of queries and pairs: read whole, and every mistake told with its row."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tidewaiter.errors import BadDataError, MissingError
from tidewaiter.pipeline.queries import compared_rows, is_compared, read_pairs, read_queries


def written(folder: Path, content: str | bytes) -> Path:
    """A file of it."""
    path = folder / "asked.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_a_header_is_read_however_it_is_written(tmp_path: Path) -> None:
    """Spaces and capitals do not matter; what is not used is told, and every row has an id."""
    path = written(
        tmp_path,
        "\ufeffID, Name ,BirthDate,Country,segment,\n"
        "a7,Velkon Plant; Завод Велкон ,1970,ru,x,\n\n,Omtark,,,,\n",
    )
    found = read_queries(path)
    assert [query.query_id for query in found.queries] == ["a7", "row-4"]
    assert found.queries[0].names == ("Velkon Plant", "Завод Велкон")
    assert found.queries[0].country == "RU"
    assert found.queries[0].birth_date is None
    assert found.note().startswith(
        "columns that are not used: birthdate, segment, (no name) (known: id, name, schema"
    )
    assert not read_queries(written(tmp_path, "name\nVelkon\n")).note()


FLAWS: dict[str, tuple[str | bytes, str, str]] = {
    "nothing": ("", "the file is empty", "asked.csv"),
    "a header alone": ("id,name\n", "the file has no rows", "asked.csv"),
    "no name": ("id,firm\n1,Velkon\n", "'name' is missing; found: id, firm", "row 1"),
    "semicolons": ("id;name\n1;Velkon\n", "probably parted by a semicolon", "row 1"),
    "tabs": ("id\tname\n1\tVelkon\n", "probably parted by a tab", "row 1"),
    "a column twice": ("name,id,Name \nx,1,y\n", "'name' is there twice", "row 1"),
    "an id twice": ("id,name\n7,x\n8,y\n7,z\n", "'7' is also that of row 2", "row 4"),
    "an id like ours": ("id,name\nrow-3,x\n,y\n", "'row-3' is also that of row 2", "row 3"),
    "an empty name": ("name,id\nx,1\n\n ,2\n", "the cell 'name' is empty", "row 4"),
    "separators alone": ("name\nx\n ; ;\n", "the cell 'name' is empty", "row 3"),
    "cells too many": ("name\nx\ny,z\n", "cells is wrong: 2, and the header has 1", "row 3"),
    "a quote not closed": ('name\nx\n"y\n', "never closed", "row 3"),
    "a quote closed early": ('name\n"x"y\n', "after a closing quote", "row 2"),
    "a cell without end": (f"name\nx\n{'y' * 140_000}\n", "a cell has more than 131,072", "row 3"),
    "Windows letters": ("name\nx\nЗавод\n".encode("cp1251"), "not UTF-8 at byte 8", "line 3"),
    "two bytes a letter": ("name\nx\n".encode("utf-16"), "the file is UTF-16", "asked.csv"),
}


@pytest.mark.parametrize("flaw", FLAWS)
def test_a_flaw_is_told_with_its_place(tmp_path: Path, flaw: str) -> None:
    """What is wrong, in words of its own, and in which row."""
    limit = csv.field_size_limit(131_072)  # other readers may have raised it
    content, what, where = FLAWS[flaw]
    try:
        with pytest.raises(BadDataError) as told:
            read_queries(written(tmp_path, content))
    finally:
        csv.field_size_limit(limit)
    assert what in told.value.what
    assert told.value.where.endswith(where)
    assert str(tmp_path / "asked.csv") in told.value.where
    assert told.value.next_step


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """Missing is not the same as broken, and a folder is neither."""
    with pytest.raises(MissingError, match="no such file"):
        read_queries(tmp_path / "absent.csv")
    with pytest.raises(BadDataError, match="cannot be read: Is a directory"):
        read_queries(tmp_path)


def test_pairs_keep_their_cells_and_take_a_schema(tmp_path: Path) -> None:
    """The cells stay as they are; the schema given is for rows without one."""
    path = written(tmp_path, "No,Left,right,Schema\n 1 ,Velkon,Velkon,vessel\n2,a,b,\n")
    file = read_pairs(path, "Person")
    assert file.header == ("No", "Left", "right", "Schema")
    assert [pair.schema for pair in file.pairs] == ["vessel", "Person"]
    first = next(compared_rows(file, 0.5))
    assert first[:4] == (" 1 ", "Velkon", "Velkon", "vessel")
    assert len(first) == 8
    assert is_compared(b"left,right,score,probability,match,explanation\r\n")
    assert not is_compared(b"left,right\n")


@pytest.mark.parametrize(
    ("content", "what", "where"),
    [
        ("left,right,Match\na,b,c\n", "'match' is there already", "row 1"),
        ("left,right,schema\na,b,Firma\n", "'Firma' is no schema", "row 2"),
        ("left,right\na,b\na, \n", "the cell 'right' is empty", "row 3"),
        (f"left,right\n{'a' * 2_001},b\n", "2,001 characters", "row 2, left"),
    ],
)
def test_a_flaw_of_pairs_is_told(tmp_path: Path, content: str, what: str, where: str) -> None:
    """Before anything is compared."""
    with pytest.raises(BadDataError) as told:
        read_pairs(written(tmp_path, content))
    assert what in told.value.what
    assert told.value.where.endswith(where)
