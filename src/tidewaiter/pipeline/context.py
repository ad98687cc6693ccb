"""What a stage is given: the world, the settings, and where earlier results lie."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from tidewaiter.pipeline.world import World
from tidewaiter.resolve.judgement import Judgements
from tidewaiter.settings import Settings
from tidewaiter.trace.shipments import shipments

if TYPE_CHECKING:
    import ibis.expr.types as ir


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """One run as its stages see it.

    ``results`` finds the file that a stage wrote, by its name; ``progress`` is told how
    much of a stage is done, as (done, of how many).
    """

    world: World
    settings: Settings
    judgements: Judgements
    results: dict[str, Path]
    progress: Callable[[str, int, int], None]

    def shipments(self) -> ir.Table:
        """Every paper of the day that says what went to whom."""
        return shipments(self.world.rows("declarations"), self.world.rows("movements"))

    def read(self, name: str) -> pa.Table:
        """A Parquet result of an earlier stage."""
        return pq.read_table(self.results[name])


def write(rows: pa.Table, path: Path) -> None:
    """Write a result as Parquet; the same rows give the same bytes."""
    pq.write_table(rows, path, compression="zstd")
