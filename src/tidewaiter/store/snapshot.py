"""Turning what a reader yields into Parquet files whose names are their content.

The writer streams: it never holds more than one batch of a table. Its folder becomes
visible only when :func:`tidewaiter.store.atomic.publish_folder` renames it.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from tidewaiter.model.source import Reject
from tidewaiter.store.tables import arrow_schema, table

REJECTS = "rejects.csv"
ROW_GROUP = 131_072
HASH_BLOCK = 1 << 20


class SnapshotWriter:
    """Collects the tables and rejects of one file in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rows: dict[str, int] = {}
        self.kept = 0
        self.rejected = 0
        self._writers: dict[str, pq.ParquetWriter] = {}
        self._rejects = (folder / REJECTS).open("w", encoding="utf-8", newline="")
        self._reject_rows = csv.writer(self._rejects)
        self._reject_rows.writerow(Reject.__struct_fields__)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for writer in self._writers.values():
            writer.close()
        self._rejects.close()

    def add(self, name: str, rows: pa.Table, source_rows: int) -> None:
        """Append ``rows`` to table ``name``; they stand for ``source_rows`` rows."""
        if name not in self._writers:
            self._writers[name] = pq.ParquetWriter(
                self.folder / f"{name}.parquet",
                arrow_schema(table(name)),
                compression="zstd",
            )
        self._writers[name].write_table(rows, row_group_size=ROW_GROUP)
        self.rows[name] = self.rows.get(name, 0) + rows.num_rows
        self.kept += source_rows

    def reject(self, reject: Reject) -> None:
        """Keep what could not be kept as a row, with its reason."""
        self._reject_rows.writerow(msgspec.structs.astuple(reject))
        self.rejected += 1


def checksum(path: Path) -> str:
    """SHA-256 of a file's bytes, read in blocks."""
    hasher = hashlib.sha256()
    with path.open("rb") as handle:
        while block := handle.read(HASH_BLOCK):
            hasher.update(block)
    return hasher.hexdigest()


def checksums(folder: Path) -> dict[str, str]:
    """SHA-256 of every file of a snapshot, by file name."""
    return {path.name: checksum(path) for path in sorted(folder.iterdir())}


def snapshot_id(parts: Iterable[str], sums: dict[str, str]) -> str:
    """The name of a snapshot: a hash of what it is of and of the bytes it holds."""
    return hashlib.sha256(msgspec.json.encode((list(parts), sums))).hexdigest()[:24]
