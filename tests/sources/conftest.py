"""What every test of a format needs: a file read by its reader, everything counted."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tidewaiter.model.source import Reject, SourceFile
from tidewaiter.sources.reader import Batch, Reader, Tally


class Outcome(NamedTuple):
    """What reading a file gave: rows by table, rejects, and the tally."""

    tables: dict[str, list[dict[str, Any]]]
    rejects: list[Reject]
    tally: Tally
    kept: int

    def rows(self, table: str) -> list[dict[str, Any]]:
        """The kept rows of a table."""
        return self.tables.get(table, [])

    @property
    def reasons(self) -> dict[int, str]:
        """Why rows were rejected, by row number."""
        return {each.row: f"{each.column}: {each.reason}" for each in self.rejects}


def read(reader: Reader, path: Path, name: str = "", sidecar: Path | None = None) -> Outcome:
    """Read ``path``; rows read = rows kept + rows rejected is checked on the way."""
    source = SourceFile(
        path=path,
        name=name or path.name,
        source_id=hashlib.sha256(path.read_bytes()).hexdigest(),
        dataset=getattr(reader, "dataset", "case"),
        uri=f"raw/case/{path.name}",
        sidecar=sidecar,
    )
    tables: dict[str, list[dict[str, Any]]] = {}
    rejects: list[Reject] = []
    kept = 0
    items = list(reader.read(source))
    for item in items[:-1]:
        if isinstance(item, Batch):
            tables.setdefault(item.table, []).extend(item.rows.to_pylist())
            kept += item.source_rows
        else:
            assert isinstance(item, Reject)
            rejects.append(item)
    tally = items[-1]
    assert isinstance(tally, Tally)
    assert tally.rows_read == kept + len(rejects)
    return Outcome(tables, rejects, tally, kept)


@pytest.fixture(scope="session")
def outcome() -> Callable[..., Outcome]:
    """The function :func:`read`."""
    return read
