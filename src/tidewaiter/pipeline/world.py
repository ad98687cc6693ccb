"""The workspace as it could be known on one day: visible tables, ready for the stages."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir
import msgspec

from tidewaiter.errors import MissingError, UsageError
from tidewaiter.model.dates import last_day
from tidewaiter.settings import Settings
from tidewaiter.store.duck import DuckEngine
from tidewaiter.store.engine import Engine
from tidewaiter.store.manifest import Snapshot, State
from tidewaiter.store.tables import Table, arrow_schema, table, tables
from tidewaiter.store.visibility import (
    RAW,
    Clock,
    default_policies,
    undated,
    visible,
)
from tidewaiter.store.workspace import Workspace

if TYPE_CHECKING:
    import pyarrow as pa

FULL_VIEW = "full"


class World:
    """Visible tables under their own names, in one engine session.

    ``counts`` gives the visible rows of each table, ``left_out`` the undated rows that
    a named day leaves out, ``sources`` the snapshots with at least one visible row.
    """

    def __init__(
        self, engine: Engine, clock: Clock, state: State, root: Path, names: Sequence[str]
    ) -> None:
        self.engine = engine
        self.clock = clock
        self.state = state
        self.root = root
        self.view = _facts(state).get("view", FULL_VIEW)
        self.regime_date = _facts(state).get("regime_date")
        self.counts: dict[str, int] = {}
        self.left_out: dict[str, int] = {}
        self._seen: dict[str, list[str]] = {}
        for each in tables():
            if not names or each.name in names:
                self._open(each)

    @property
    def day(self) -> str:
        """The day of the run, ISO 8601."""
        return self.clock.day.isoformat()

    @property
    def uris(self) -> Mapping[str, str]:
        """The workspace folder of each source."""
        return {s.source_id: s.uri for s in self.state.current}

    def rows(self, name: str) -> ir.Table:
        """The visible rows of a table, as an expression."""
        return self._typed(table(name), name)

    def fetch(self, name: str, *columns: str) -> pa.Table:
        """Visible rows of a table as Arrow, in a fixed order."""
        rows = self.rows(name)
        chosen = rows.order_by("record_id", "locator").select(*columns)
        return self.engine.fetch(chosen)

    def sources(self, *names: str) -> list[Snapshot]:
        """Snapshots with a visible row in one of the tables (default: any)."""
        wanted = names or tuple(self._seen)
        seen = {source for name in wanted for source in self._seen[name]}
        return [s for s in self.state.current if s.source_id in seen]

    def _open(self, each: Table) -> None:
        holding = [s for s in self.state.current if s.tables.get(each.name)]
        paths = [
            (self.root / s.folder / f"{each.name}.parquet", self.state.order(s)) for s in holding
        ]
        self.engine.files(RAW.format(each.name), paths, arrow_schema(each))
        if not paths:
            self.engine.arrow(each.name, arrow_schema(each).empty_table())
            self.counts[each.name], self._seen[each.name] = 0, []
            return
        self.engine.keep(each.name, visible(each, self.clock))
        rows = self._typed(each, each.name)
        found = self.engine.fetch(
            rows.group_by("source_id").aggregate(rows=rows.count()).order_by("source_id")
        ).to_pylist()
        self.counts[each.name] = sum(row["rows"] for row in found)
        self._seen[each.name] = [row["source_id"] for row in found]
        if self.clock.named:
            (none,) = self.engine.fetch(undated(each, self.clock)).to_pylist()
            if none["rows"]:
                self.left_out[each.name] = none["rows"]

    @staticmethod
    def _typed(each: Table, name: str) -> ir.Table:
        from tidewaiter.store.tables import fields

        return ibis.table(fields(each), name=name)


def full_id(rows: ir.Table, column: str) -> ir.StringValue:
    """An id with the dataset of its row: as records of that dataset are called."""
    return rows.record_id.split(":")[0] + ":" + rows[column]


@contextmanager
def world(
    workspace: Workspace,
    state: State,
    settings: Settings,
    spill: Path,
    day: str | None,
    names: Sequence[str] = (),
) -> Iterator[World]:
    """The workspace on ``day`` (ISO 8601; default: its newest publication date).

    ``names`` are the tables that are wanted; none means all of them.
    """
    if not state.current:
        raise MissingError(
            "nothing has been loaded into this workspace",
            where=str(workspace.path),
            next_step="load files or a folder with: tidewaiter load PATH",
        )
    clock = clock_of(state, day)
    with DuckEngine(workspace.path, spill, settings.threads, settings.memory) as engine:
        yield World(engine, clock, state, workspace.path, names)


def clock_of(state: State, day: str | None) -> Clock:
    """The clock of a run on ``day`` (ISO 8601; default: the state's newest publication date)."""
    policies = {**default_policies(), **_policies(state)}
    return Clock(day=_day(state, policies, day), named=day is not None, policies=policies)


def _day(state: State, policies: Mapping[str, int], day: str | None) -> datetime.date:
    """The named day, else the newest day on which a row of a snapshot became known."""
    if day is not None:
        named = last_day(day)
        if named is None:
            raise UsageError(
                f"{day!r} is not a date",
                where="--as-of",
                next_step="write it as 2024, 2024-05 or 2024-05-31",
            )
        return named
    days = [known for s in state.current if (known := _newest(s, policies))]
    # OFAC's delimited lists, for one, carry no date at all: what is known is then known since
    # it was retrieved. Asking for a day instead was rejected: a named day leaves them out.
    return max(days or [datetime.date.fromisoformat(s.retrieved_at[:10]) for s in state.current])


def _newest(snapshot: Snapshot, policies: Mapping[str, int]) -> datetime.date | None:
    """The day on which the newest dated row of a snapshot is known."""
    published = last_day(snapshot.published_on or "")
    if published is None:
        return None
    delays = [policies[table(name).policy] for name in snapshot.tables]
    return published + datetime.timedelta(days=max(delays, default=0))


def _facts(state: State) -> dict[str, str]:
    """What case.toml files say, the later name winning."""
    return {key: value for s in state.current for key, value in s.facts.items()}


def _policies(state: State) -> dict[str, int]:
    """The visibility policies that a case.toml gives, in days."""
    given = _facts(state).get("visibility", "{}")
    return msgspec.json.decode(given, type=dict[str, int])
