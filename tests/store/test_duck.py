"""The engine over Parquet files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import duckdb
import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tidewaiter.errors import IntegrityError
from tidewaiter.store.duck import DuckEngine

WANTED = pa.schema([("name", pa.string()), ("country", pa.string())])


def test_columns_of_another_version_are_never_put_side_by_side(tmp_path: Path) -> None:
    """A union by position would read a country as a name; the command that mends it is named."""
    rows = {"country": ["UZ"], "name": ["Oqdaryo Optik"]}
    for column in ("older", "swapped"):
        path = tmp_path / f"{column}.parquet"
        pq.write_table(pa.table({"name": ["x"]} if column == "older" else rows), path)
        with (
            DuckEngine(tmp_path, tmp_path, threads=1, memory="500MB") as engine,
            pytest.raises(IntegrityError, match="another version") as caught,
        ):
            engine.files("companies", [(path, 1)], WANTED)
        assert "tidewaiter upgrade" in caught.value.next_step


def test_damage_inside_a_file_is_told_by_every_way_of_asking(tmp_path: Path) -> None:
    """Rows are computed as they are asked for: the error may come with the last of them."""
    path = tmp_path / "companies.parquet"
    names = [hashlib.sha256(str(n).encode()).hexdigest() for n in range(30_000)]
    rows = pa.table({"name": names, "country": ["UZ"] * len(names)})
    pq.write_table(rows, path, use_dictionary=False, row_group_size=10_000)
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 5000] = bytes(5000)
    path.write_bytes(content)
    asked = ibis.table({"name": "string", "country": "string"}, name="companies")
    with DuckEngine(tmp_path, tmp_path, threads=1, memory="500MB") as engine:
        engine.files("companies", [(path, 1)], WANTED)
        ways: list[Callable[[], object]] = [
            lambda: engine.fetch(asked),
            lambda: list(engine.batches(asked, 1000)),
            lambda: engine.save(asked, tmp_path / "out.parquet"),
        ]
        for way in ways:
            with pytest.raises(
                IntegrityError, match=r"cannot be read|cannot work with what is kept"
            ):
                way()


def test_whatever_else_the_engine_says_is_an_error_of_the_tree(tmp_path: Path) -> None:
    """With its cause, so that a fault of the program shows in TIDEWAITER_DEBUG=1."""
    with (
        DuckEngine(tmp_path, tmp_path, threads=1, memory="500MB") as engine,
        pytest.raises(IntegrityError, match="cannot work with what is kept") as caught,
    ):
        engine.fetch(ibis.table({"name": "string"}, name="nothing_of_this_name"))
    assert isinstance(caught.value.__cause__, duckdb.Error)
    assert "TIDEWAITER_DEBUG" in caught.value.next_step
