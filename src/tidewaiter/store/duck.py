"""The embedded engine: DuckDB in memory over Parquet, closed to everything else.

No database file is made. Extensions are neither installed nor loaded, files outside the
workspace are out of reach, and the configuration is locked, because native code opens
connections of its own that a Python socket guard does not see.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import duckdb
import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from tidewaiter.errors import IntegrityError, UsageError

if TYPE_CHECKING:
    import ibis.expr.types as ir


class DuckEngine:
    """One session over a workspace; ``threads`` 0 takes all cores."""

    def __init__(self, workspace: Path, spill: Path, threads: int, memory: str) -> None:
        self._session = duckdb.connect(":memory:")
        for setting in (
            "autoinstall_known_extensions = false",
            "autoload_known_extensions = false",
            f"allowed_directories = [{_text(workspace)}]",
            f"temp_directory = {_text(spill)}",
            f"memory_limit = '{memory}'",
            "preserve_insertion_order = false",
            *([f"threads = {threads:d}"] if threads else []),
            "enable_external_access = false",
            "lock_configuration = true",
        ):
            self._session.execute(f"SET {setting}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._session.close()

    def files(self, name: str, paths: Sequence[tuple[Path, int]], empty: pa.Schema) -> None:
        """Name a view over Parquet files, each with its ``load_sequence``."""
        if not paths:
            column = pa.field("load_sequence", pa.int64())
            self.arrow(name, empty.append(column).empty_table())
            return
        for path, _ in paths:
            _refuse_older(path, empty)
        parts = " UNION ALL ".join(
            # Paths come from the manifest and are quoted; numbers are numbers.
            f"SELECT *, {number:d}::BIGINT AS load_sequence FROM read_parquet({_text(path)})"  # noqa: S608
            for path, number in paths
        )
        self._run(f"CREATE OR REPLACE VIEW {_name(name)} AS {parts}")

    def arrow(self, name: str, rows: pa.Table) -> None:
        """Name a view over Arrow rows; they are not copied."""
        self._session.register(name, rows)

    def keep(self, name: str, expression: ir.Table) -> None:
        """Compute ``expression`` once into a temporary table."""
        query = _sql(expression)
        self._run(f"CREATE OR REPLACE TEMP TABLE {_name(name)} AS {query}")

    def fetch(self, expression: ir.Table) -> pa.Table:
        """The whole result."""
        with _in_our_words():
            return self._run(_sql(expression)).to_arrow_table()

    def batches(self, expression: ir.Table, size: int) -> Iterator[pa.RecordBatch]:
        """The result, ``size`` rows at a time."""
        with _in_our_words():
            yield from self._run(_sql(expression)).to_arrow_reader(size)

    def save(self, expression: ir.Table, path: Path) -> None:
        """The result as one Parquet file."""
        query = _sql(expression)
        target = _text(path)
        self._run(f"COPY ({query}) TO {target} (FORMAT parquet, COMPRESSION zstd)")

    def _run(self, query: str) -> duckdb.DuckDBPyConnection:
        """Run one statement."""
        with _in_our_words():
            return self._session.execute(query)


@contextmanager
def _in_our_words() -> Iterator[None]:
    """Tell what the engine says of bad files and memory as errors of this program.

    Rows are computed as they are asked for, so that an error may also come with them; then
    Arrow carries it, as an ``OSError``.
    """
    try:
        yield
    except (duckdb.Error, OSError) as problem:
        said = str(problem).partition("\n")[0]
        if isinstance(problem, duckdb.OutOfMemoryException) or said.startswith("Out of Memory"):
            raise UsageError(
                "the engine needs more memory than it may use",
                where="the setting memory",
                next_step="allow more, as memory = 4GB in tidewaiter.toml, or use fewer threads",
            ) from problem
        if isinstance(problem, duckdb.InvalidInputException | duckdb.IOException | OSError):
            raise IntegrityError(
                f"a snapshot cannot be read: {said}",
                where="snapshots/",
                next_step="find the file with: tidewaiter verify; mend it with: tidewaiter upgrade",
            ) from problem
        raise IntegrityError(
            f"the engine cannot work with what is kept: {said}",
            where="snapshots/",
            next_step="compare what is kept with: tidewaiter verify; if that finds nothing, "
            "repeat with TIDEWAITER_DEBUG=1 and report what it prints",
        ) from problem


def _refuse_older(path: Path, wanted: pa.Schema) -> None:
    """Refuse columns of another version of the table: a union would put them side by side.

    What cannot be read at all is left to the engine, which says so.
    """
    try:
        found = pq.read_schema(path).names
    except (pa.ArrowInvalid, OSError):
        return
    if found != wanted.names:
        raise IntegrityError(
            "a snapshot was written by another version of this program",
            where="/".join(path.parts[-4:]),
            next_step="read the kept files again with: tidewaiter upgrade",
        )


def _sql(expression: ir.Table) -> str:
    return str(ibis.to_sql(expression, dialect="duckdb"))


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(path: Path) -> str:
    return "'" + str(path.resolve()).replace("'", "''") + "'"
