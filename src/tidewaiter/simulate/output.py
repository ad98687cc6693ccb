"""Writing plain files a block at a time; the same rows give the same bytes."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.csv

STYLE = pyarrow.csv.WriteOptions(quoting_style="needed")


class Folder:
    """A case folder that is being written: one CSV file a table."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(parents=True, exist_ok=True)
        self.rows: dict[str, int] = {}
        self._schemas: dict[str, pa.Schema] = {}
        self._writers: dict[str, pyarrow.csv.CSVWriter] = {}

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

    def write(self, name: str, rows: pa.Table) -> None:
        """Append rows to a table; its first rows say which columns there are."""
        if name not in self._writers:
            path = self.path / f"{name}.csv"
            self._writers[name] = pyarrow.csv.CSVWriter(path, rows.schema, write_options=STYLE)
            self._schemas[name] = rows.schema
            self.rows[name] = 0
        wanted = self._schemas[name]
        self._writers[name].write_table(rows.select(wanted.names).cast(wanted))
        self.rows[name] += rows.num_rows

    def text(self, name: str, content: str) -> None:
        """Write a text file, its folder included."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
