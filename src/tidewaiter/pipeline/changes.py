"""What changed on the lists between two states of a workspace, as exact sets.

An entity has changed where a value of it that could be seen before cannot be seen now, or
the other way round; where the value stands, and when it was last met, does not count.
Comparing a digest of each entity was rejected: it needs values in order, which no engine
may be asked for, and would not tell what changed. Only entities that a changed file
speaks of are looked at, so that a day's changes of a large list cost little.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis
import msgspec
import pyarrow as pa

from tidewaiter.errors import MissingError
from tidewaiter.pipeline.world import clock_of
from tidewaiter.settings import Settings
from tidewaiter.sources.opensanctions import CLOCKS, OWN
from tidewaiter.store import lock, manifest
from tidewaiter.store.duck import DuckEngine
from tidewaiter.store.engine import Engine
from tidewaiter.store.manifest import Snapshot, State
from tidewaiter.store.tables import arrow_schema, fields, table
from tidewaiter.store.visibility import Clock, speaker, visible
from tidewaiter.store.workspace import Workspace

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa  # noqa: TC004  (the struct is never decoded)

STATEMENTS = "statements"
VALUE = ("entity_id", "schema", "prop", "value")
NAMES = ("name", "alias", "previousName", "weakAlias")
BEFORE, AFTER = "before", "after"
ADDED, CHANGED, REMOVED = "added", "changed", "removed"


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """What changed after manifest line ``since``, up to line ``until``, as seen on ``as_of``.

    ``entities`` has the columns entity_id, change (added, changed or removed) and
    caption; ``values`` those of changed entities: entity_id, prop, side (before or
    after), value. Both are in order of entity_id.
    """

    since: int
    until: int
    as_of: str
    entities: pa.Table
    values: pa.Table

    def ids(self, change: str) -> list[str]:
        """The entities that were added, changed or removed."""
        rows = self.entities.to_pylist()
        return [row["entity_id"] for row in rows if row["change"] == change]

    def described(self) -> Iterator[dict[str, Any]]:
        """Each entity with what changed of it: property, then values before and after."""
        told: dict[str, dict[str, dict[str, list[str]]]] = {}
        for row in self.values.to_pylist():
            sides = told.setdefault(row["entity_id"], {}).setdefault(
                row["prop"], {BEFORE: [], AFTER: []}
            )
            sides[row["side"]].append(row["value"])
        for row in self.entities.to_pylist():
            yield {**row, "values": told.get(row["entity_id"], {})}


def since_line(workspace: Workspace, since: str | None) -> int:
    """The manifest line that ``since`` names: its number, or a snapshot loaded by it.

    The default is the line before the last load. Raises ``MissingError`` for others.
    """
    events = manifest.read(workspace.path)
    if since is None:
        loads = [each.sequence for each in events if each.snapshots]
        return max(loads, default=1) - 1
    if since.isdecimal() and int(since) <= len(events):
        return int(since)
    for event in reversed(events):
        if any(each.snapshot_id == since for each in event.snapshots):
            return event.sequence
    raise MissingError(
        f"nothing in the workspace is called {since}",
        where="--since",
        next_step="give the number of a manifest line, or the id of a loaded snapshot "
        "(tidewaiter sources --json)",
    )


@contextmanager
def compared(
    workspace: Workspace, settings: Settings, since: int, day: str | None = None
) -> Iterator[Changes]:
    """The changes from manifest line ``since`` to now; both states stay whole meanwhile."""
    with workspace.reading() as after, lock.pin(workspace.path, since):
        before = manifest.state(workspace.path, since)
        with tempfile.TemporaryDirectory() as spill:
            yield changes(workspace, before, after, settings, Path(spill), day)


def changes(
    workspace: Workspace,
    before: State,
    after: State,
    settings: Settings,
    spill: Path,
    day: str | None = None,
) -> Changes:
    """What changed from one state to the other, both seen on the same day.

    ``day`` defaults to the newest publication date of the later state. Raises
    ``MissingError`` where a snapshot of the earlier state was pruned.
    """
    _check_kept(workspace, before)
    clock = clock_of(after, day)
    with DuckEngine(workspace.path, spill, settings.threads, settings.memory) as engine:
        sides = _Sides(engine, workspace.path, clock)
        sides.open(BEFORE, before)
        sides.open(AFTER, after)
        sides.touch(_differing(before, after))
        return Changes(
            since=before.sequence,
            until=after.sequence,
            as_of=clock.day.isoformat(),
            entities=engine.fetch(sides.entities()),
            values=engine.fetch(sides.values()),
        )


class _Sides:
    """The statements of both states in one session, cut down to what can differ."""

    def __init__(self, engine: Engine, root: Path, clock: Clock) -> None:
        self.engine = engine
        self.root = root
        self.clock = clock
        self.table = table(STATEMENTS)

    def open(self, side: str, state: State) -> None:
        """Name every statement of a state."""
        self._files(side, ((each, state.order(each)) for each in state.current))

    def touch(self, snapshots: list[Snapshot]) -> None:
        """Find the entities that ``snapshots`` can have changed, and what they look like.

        A record that stands on two entities by turns touches both; to see who speaks,
        everything that its other acts say is needed, too.
        """
        self._files("differing", ((each, 0) for each in snapshots))
        every = _spoken(self._raw(BEFORE)).union(_spoken(self._raw(AFTER)))
        differing = _spoken(self._raw("differing")).select("voice", "aspect").distinct()
        touched = every.semi_join(differing, ["voice", "aspect"])
        self.engine.keep("touched", touched.select("entity_id").distinct())
        voices = every.semi_join(_named("touched", "entity_id"), "entity_id")
        self.engine.keep("voices", voices.select("voice", "aspect").distinct())
        for side in (BEFORE, AFTER):
            self.engine.keep(f"{side}_values", self._seen(side))

    def entities(self) -> ir.Table:
        """Every entity that differs, with how, and a name."""
        before, after = (_named(f"{side}_values", *VALUE) for side in (BEFORE, AFTER))
        differing = self._gone().union(self._new()).select("entity_id").distinct()
        was, is_ = (t.select("entity_id").distinct().mutate(here=True) for t in (before, after))
        both = differing.left_join(was, "entity_id").drop("entity_id_right")
        both = both.rename(was="here").left_join(is_, "entity_id").drop("entity_id_right")
        change = ibis.cases(
            (both.was.isnull(), ADDED), (both.here.isnull(), REMOVED), else_=CHANGED
        )
        named = before.union(after).filter(lambda t: t.prop.isin(NAMES))
        captions = named.group_by("entity_id").aggregate(
            caption=lambda t: t.value.min(where=t.prop == NAMES[0]), other=lambda t: t.value.min()
        )
        rows = both.select("entity_id", change=change).left_join(captions, "entity_id")
        caption = ibis.coalesce(rows.caption, rows.other, rows.entity_id)
        return rows.select("entity_id", "change", caption=caption).order_by("entity_id")

    def values(self) -> ir.Table:
        """What changed entities said before and not after, and the other way round."""
        before, after = (
            _named(f"{side}_values", *VALUE).select("entity_id") for side in (BEFORE, AFTER)
        )
        sides = (
            self._gone()
            .mutate(side=ibis.literal(BEFORE))
            .union(self._new().mutate(side=ibis.literal(AFTER)))
        )
        sides = sides.semi_join(before, "entity_id").semi_join(after, "entity_id")
        columns = ("entity_id", "prop", "side", "value")
        return sides.select(*columns).distinct().order_by(*columns)

    def _gone(self) -> ir.Table:
        before, after = (_named(f"{side}_values", *VALUE) for side in (BEFORE, AFTER))
        return before.anti_join(after, list(VALUE))

    def _new(self) -> ir.Table:
        before, after = (_named(f"{side}_values", *VALUE) for side in (BEFORE, AFTER))
        return after.anti_join(before, list(VALUE))

    def _seen(self, side: str) -> ir.Table:
        """The values of touched entities as they are visible in a state."""
        rows = _spoken(self._raw(side))
        rows = rows.semi_join(_named("voices", "voice", "aspect"), ["voice", "aspect"])
        seen = visible(self.table, self.clock, rows.drop("voice"))
        seen = seen.semi_join(_named("touched", "entity_id"), "entity_id")
        seen = seen.filter(~seen.prop.isin([OWN + each for each in CLOCKS]))
        return seen.select(*VALUE).distinct()

    def _files(self, name: str, held: Iterable[tuple[Snapshot, int]]) -> None:
        paths = [
            (self.root / each.folder / f"{STATEMENTS}.parquet", order)
            for each, order in held
            if each.tables.get(STATEMENTS)
        ]
        self.engine.files(name, paths, arrow_schema(self.table))

    def _raw(self, name: str) -> ir.Table:
        return ibis.table({**fields(self.table), "load_sequence": "int64"}, name=name)


def _spoken(rows: ir.Table) -> ir.Table:
    """Rows with who speaks: columns ``voice`` and ``aspect``."""
    voice, _ = speaker(rows)
    return rows.mutate(voice=voice)


def _named(name: str, *columns: str) -> ir.Table:
    return ibis.table(dict.fromkeys(columns, "string"), name=name)


def _differing(before: State, after: State) -> list[Snapshot]:
    """The snapshots that only one of the states has."""
    sides = [{each.snapshot_id: each for each in state.current} for state in (before, after)]
    only = sides[0].keys() ^ sides[1].keys()
    return [(sides[0] | sides[1])[name] for name in sorted(only)]


def _check_kept(workspace: Workspace, state: State) -> None:
    gone = [each.name for each in state.current if not (workspace.path / each.folder).is_dir()]
    if gone:
        raise MissingError(
            f"snapshots of that state were pruned: {', '.join(gone[:3])}",
            where=f"manifest line {state.sequence}",
            next_step="name a later one with --since; what was pruned cannot be compared",
        )
