"""The engine over Parquet files."""

from __future__ import annotations

from pathlib import Path

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
