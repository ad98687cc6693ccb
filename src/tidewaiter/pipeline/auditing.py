"""Auditing what was loaded: what is odd about a file, and what its operator should do.

Nothing is changed. A concern is a reason to compare the file with its source, not a
proof that it is wrong: lists do hold impossible dates.
"""

from __future__ import annotations

import csv
import datetime
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import ibis
import ibis.expr.types as ir
import msgspec

from tidewaiter.model.dates import last_day
from tidewaiter.settings import Settings
from tidewaiter.sources.card import Assertion, Card, cards
from tidewaiter.store import manifest, snapshot
from tidewaiter.store.duck import DuckEngine
from tidewaiter.store.engine import Engine
from tidewaiter.store.manifest import Snapshot, State
from tidewaiter.store.tables import Table, arrow_schema, fields, table
from tidewaiter.store.workspace import Workspace

EARLIEST = datetime.date(1000, 1, 1)  # some universities and guilds are older than states
EARLIEST_PROPS = datetime.date(1800, 1, 1)  # lists name nobody born before
FUTURE_DAYS = 730  # listings may take effect later; two years is a slip of the pen
DATE_PROPS = (
    "birthDate", "deathDate", "incorporationDate", "dissolutionDate", "listingDate",
    "startDate", "endDate", "modifiedAt", "buildDate",
)  # fmt: skip
ISO = r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"  # worded dates are no slips: they stay as printed
LOST_PER_CENT = 10.0  # fewer names, numbers or measures than last time
COUNTED = {"rows": "rows_read", "kept": "rows_kept", "entities": "entities"}
EXAMPLES = 3
KINDS = ("assertion", "loss", "layout", "unread", "dates", "repeats", "rejects", "untested")
FAILING = frozenset({"assertion", "loss"})  # what `--fail-on loss` counts


class Concern(msgspec.Struct, frozen=True, kw_only=True):
    """Something odd about one file; ``kind`` is one of :data:`KINDS`."""

    dataset: str
    file: str
    kind: str
    what: str
    count: int
    examples: tuple[str, ...] = ()
    next_step: str


class Audit(msgspec.Struct, frozen=True, kw_only=True):
    """How many files were looked at, and every concern, in the order of the files."""

    files: int
    concerns: tuple[Concern, ...]

    @property
    def failing(self) -> int:
        """Concerns that mean that something was lost."""
        return sum(each.kind in FAILING for each in self.concerns)


def audit(workspace: Workspace, settings: Settings) -> Audit:
    """Look at every current snapshot: counts, layout, unread cells, dates, repeats."""
    known = {each.name: each for each in cards()}
    concerns: list[Concern] = []
    with workspace.reading() as state, tempfile.TemporaryDirectory() as spill:
        earlier = _earlier(workspace, state)
        with DuckEngine(workspace.path, Path(spill), settings.threads, settings.memory) as engine:
            for each in state.current:
                look = Look(workspace, engine, each, known.get(each.reader))
                concerns += look.concerns(earlier.get(each.snapshot_id))
    return Audit(files=len(state.current), concerns=tuple(concerns))


class Look:
    """One file being audited."""

    def __init__(
        self, workspace: Workspace, engine: Engine, kept: Snapshot, card: Card | None
    ) -> None:
        self.workspace = workspace
        self.engine = engine
        self.kept = kept
        self.card = card
        self.retrieved = last_day(kept.retrieved_at[:10]) or datetime.date.max

    def concerns(self, before: Snapshot | None) -> Iterator[Concern]:
        """Everything that is odd, what may have been lost first."""
        yield from self._assertions()
        yield from self._losses(before)
        yield from self._layout()
        yield from self._unread()
        for name in self.kept.tables:
            yield from self._dates(table(name))
            yield from self._repeats(table(name))
        yield from self._rejects()
        yield from self._untested()

    def _assertions(self) -> Iterator[Concern]:
        for each in self.card.assertions if self.card else ():
            if not fnmatchcase(self.kept.part, each.part):
                continue
            found = _count(self.kept, each)
            most = each.at_most
            if found < each.at_least or (most is not None and found > most):
                wanted = (
                    f"at least {each.at_least:,}" if found < each.at_least else f"at most {most:,}"
                )
                yield self._concern(
                    "assertion",
                    f"{found:,} {each.count}, where {wanted} are expected",
                    found,
                    "fetch the file again and compare its size with the publisher's; if the "
                    "list really changed that much, report it so that the card is mended",
                )

    def _losses(self, before: Snapshot | None) -> Iterator[Concern]:
        """Fewer names, numbers or measures for each entity than the file before had."""
        if before is None:
            return
        for what, had in before.counts.items():
            has = self.kept.counts.get(what, 0)
            if has < had * (100 - LOST_PER_CENT) / 100:
                yield self._concern(
                    "loss",
                    f"{has:,} {what}, where the file before had {had:,}",
                    had - has,
                    "the publisher may have renamed a column: compare the two files' headers",
                )

    def _layout(self) -> Iterator[Concern]:
        if self.kept.unused:
            yield self._concern(
                "layout",
                "columns or elements that are not read",
                len(self.kept.unused),
                "see whether the publisher added something that matters, and report it; "
                "what they say is in the kept file",
                self.kept.unused,
            )

    def _unread(self) -> Iterator[Concern]:
        for field, count in self.kept.unread.items():
            yield self._concern(
                "unread",
                f"values of {field} that could not be interpreted and stay as printed",
                count,
                "nothing is lost; if there are many, the publisher writes them in a new way: "
                "report it with an example",
            )

    def _dates(self, kept: Table) -> Iterator[Concern]:
        """Days that no record can have."""
        rows = self._opened(kept)
        if kept.name == "statements":
            day = rows.value
            early, late = EARLIEST_PROPS.isoformat(), self._latest.isoformat()
            odd = rows.filter(
                rows.prop.isin(DATE_PROPS) & day.re_search(ISO) & ((day < early) | (day > late))
            )
            yield from self._odd_dates(odd, odd.prop, odd.value)
            return
        for column in kept.columns:
            if column.kind == "date":
                day = rows[f"{column.name}_day"]
                odd = rows.filter((day < EARLIEST) | (day > self._latest))
                yield from self._odd_dates(odd, ibis.literal(column.name), odd[column.name])

    @property
    def _latest(self) -> datetime.date:
        return min(self.retrieved, datetime.date.max - datetime.timedelta(FUTURE_DAYS)) + (
            datetime.timedelta(FUTURE_DAYS)
        )

    def _odd_dates(self, odd: ir.Table, field: ir.Value, value: ir.Value) -> Iterator[Concern]:
        found = odd.select(field=field, value=value, locator=odd.locator)
        rows = self.engine.fetch(found.order_by("field", "value", "locator")).to_pylist()
        for name, count in sorted(Counter(row["field"] for row in rows).items()):
            shown = [f"{r['value']} ({r['locator']})" for r in rows if r["field"] == name]
            yield self._concern(
                "dates",
                f"days of {name} that can hardly be meant",
                count,
                "they are kept as they are: compare them with the source before you rely on them",
                shown,
            )

    def _repeats(self, kept: Table) -> Iterator[Concern]:
        """Records with one id: of those only one speaks."""
        if kept.name == "statements":
            return
        rows = self._opened(kept)
        groups = rows.group_by("record_id").aggregate(times=rows.count())
        again = groups.filter(groups.times > 1).order_by("record_id")
        found = self.engine.fetch(again).to_pylist()
        if found:
            yield self._concern(
                "repeats",
                f"records of {kept.name} whose id is there more than once; one of them speaks",
                len(found),
                "see whether the publisher repeats itself or the key is too short",
                [row["record_id"] for row in found],
            )

    def _rejects(self) -> Iterator[Concern]:
        if not self.kept.rows_rejected:
            return
        folder = self.workspace.path / self.kept.folder
        with (folder / snapshot.REJECTS).open(encoding="utf-8", newline="") as handle:
            rows = list(csv.DictReader(handle))
        reasons = Counter((row["column"], row["reason"]) for row in rows)
        for (column, reason), count in sorted(
            reasons.items(), key=lambda item: (-item[1], item[0])
        ):
            where = [f"row {r['row']}: {r['value']}" for r in rows if r["reason"] == reason]
            yield self._concern(
                "rejects",
                f"rows rejected: {f'{column}: ' if column else ''}{reason}",
                count,
                f"all of them with their reasons: {self.kept.folder}/{snapshot.REJECTS}",
                where,
            )

    def _untested(self) -> Iterator[Concern]:
        if self.card and "hand-made" in self.card.tested_on:
            yield self._concern(
                "untested",
                "read by a reader that has never met the publisher's own file",
                1,
                "compare a few rows with the file, and report what differs",
            )

    def _opened(self, kept: Table) -> ir.Table:
        path = self.workspace.path / self.kept.folder / f"{kept.name}.parquet"
        self.engine.files(kept.name, [(path, 1)], arrow_schema(kept))
        return ibis.table(fields(kept), name=kept.name)

    def _concern(
        self, kind: str, what: str, count: int, next_step: str, examples: Iterable[str] = ()
    ) -> Concern:
        return Concern(
            dataset=self.kept.dataset,
            file=self.kept.name,
            kind=kind,
            what=what,
            count=count,
            examples=tuple(examples)[:EXAMPLES],
            next_step=next_step,
        )


def _count(kept: Snapshot, assertion: Assertion) -> int:
    """What an assertion speaks of, as it was counted at loading."""
    what = assertion.count
    if what in COUNTED:
        return int(getattr(kept, COUNTED[what]))
    return kept.counts.get(what, kept.tables.get(what, 0))


def _earlier(workspace: Workspace, state: State) -> dict[str, Snapshot]:
    """By id of a current snapshot, the one of its part that it replaced."""
    last: dict[tuple[str, str], list[Snapshot]] = {}
    for event in manifest.read(workspace.path)[: state.sequence]:
        for each in event.snapshots:
            last.setdefault((each.dataset, each.part), []).append(each)
    return {found[-1].snapshot_id: found[-2] for found in last.values() if len(found) > 1}
