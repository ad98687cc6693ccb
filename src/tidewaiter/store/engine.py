"""The seam to an engine: expressions in, Arrow out. Only this folder knows which one.

Stages build ibis expressions on unbound tables and never run them; an engine compiles
and runs them on its own connection. What no engine may be asked for (it would differ by
engine or thread count): ASOF joins, recursion, ordered list aggregates, sums of doubles.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa


class Engine(Protocol):
    """Runs expressions over named tables."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def files(self, name: str, paths: Sequence[tuple[Path, int]], empty: pa.Schema) -> None:
        """Name a table over Parquet files; each brings its ``load_sequence``."""

    def arrow(self, name: str, rows: pa.Table) -> None:
        """Name a table over Arrow rows in memory."""

    def keep(self, name: str, expression: ir.Table) -> None:
        """Compute ``expression`` once and name its result."""

    def fetch(self, expression: ir.Table) -> pa.Table:
        """The result of ``expression`` as Arrow."""

    def batches(self, expression: ir.Table, size: int) -> Iterator[pa.RecordBatch]:
        """The result of ``expression``, ``size`` rows at a time."""

    def save(self, expression: ir.Table, path: Path) -> None:
        """The result of ``expression`` as one Parquet file at ``path``."""
