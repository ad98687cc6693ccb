"""Carrying the stages out and publishing what they found, whole or not at all.

Only what changed is computed again. A stage's key is a hash of everything its result
depends on: program and stage version, day, policies, the snapshots with visible rows of
its tables, its settings, judgements, and the keys of the stages before it. Results under
the same key are used again. What says how fast a run was is kept apart from what it
found.
"""

from __future__ import annotations

import hashlib
import resource
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

import tidewaiter
from tidewaiter.errors import UsageError
from tidewaiter.model.finding import Lead, read_leads
from tidewaiter.pipeline.context import Context
from tidewaiter.pipeline.stages import NAMES, STAGES, Stage
from tidewaiter.pipeline.world import World, world
from tidewaiter.resolve import judgement
from tidewaiter.settings import Settings
from tidewaiter.store import atomic, snapshot
from tidewaiter.store.workspace import Workspace

RUN_FILE = "run.json"
TIMING_FILE = "run.timing.json"
LEADS_FILE = "leads.jsonl"
CHECKSUMS = "checksums.json"

Progress = Callable[[str, int, int], None]


def silent(_stage: str, _done: int, _total: int) -> None:
    """Progress that nobody watches."""


class Timing(msgspec.Struct, frozen=True, kw_only=True):
    """What a stage cost: seconds, peak memory of the process so far, used again or not."""

    stage: str
    seconds: float
    peak_mb: int
    reused: bool


class RunReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a run did and where its results lie."""

    folder: Path
    as_of: str
    as_of_named: bool
    leads: tuple[Lead, ...]
    counts: dict[str, int]
    left_out: dict[str, int]
    timings: tuple[Timing, ...]


def run(
    workspace: Workspace,
    settings: Settings,
    day: str | None = None,
    only: tuple[str, ...] = (),
    progress: Progress = silent,
) -> RunReport:
    """Carry out the stages on ``day`` and publish the results as ``out``."""
    _check_names(only)
    with (
        workspace.writing(settings.wait) as state,
        world(workspace, state, settings, workspace.tmp, day) as seen,
    ):
        runner = _Runner(workspace, settings, seen, progress)
        for stage in _wanted(only):
            runner.carry_out(stage)
        return runner.publish()


class _Runner:
    """One run in progress, under the write lock."""

    def __init__(
        self, workspace: Workspace, settings: Settings, seen: World, progress: Progress
    ) -> None:
        self.workspace = workspace
        self.settings = settings
        self.world = seen
        self.progress = progress
        self.judgements = judgement.in_force(workspace.path)
        self.keys: dict[str, str] = {}
        self.results: dict[str, Path] = {}
        self.timings: list[Timing] = []

    def carry_out(self, stage: Stage) -> None:
        """Compute a stage, or take what an equal run before it computed."""
        key = self.keys[stage.name] = self._key(stage)
        home = self.workspace.path / "cache" / f"{stage.name}-{key}"
        reused = _intact(home)
        started = time.perf_counter()
        self.progress(stage.name, 0, 0)
        if not reused:
            with atomic.folder_aside(self.workspace.tmp) as aside:
                stage.work(self._context(), aside)
                sums = msgspec.json.encode(snapshot.checksums(aside))
                (aside / CHECKSUMS).write_bytes(sums)
                atomic.publish_folder(aside, home)
        self.results |= {name: home / name for name in stage.writes}
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        seconds = round(time.perf_counter() - started, 3)
        self.timings.append(Timing(stage=stage.name, seconds=seconds, peak_mb=peak, reused=reused))

    def publish(self) -> RunReport:
        """Put the results together as one folder and let ``out`` point to it."""
        described = self._describe()
        name = hashlib.sha256(described).hexdigest()[:24]
        target = self.workspace.path / "runs" / name
        with atomic.folder_aside(self.workspace.tmp) as aside:
            for file, path in self.results.items():
                shutil.copyfile(path, aside / file)
            (aside / RUN_FILE).write_bytes(described)
            atomic.publish_folder(aside, target)
        timing = msgspec.json.format(msgspec.json.encode(self.timings)) + b"\n"
        atomic.write_file(target / TIMING_FILE, timing)
        atomic.point_link(self.workspace.path / "out", target)
        return RunReport(
            folder=target,
            as_of=self.world.day,
            as_of_named=self.world.clock.named,
            leads=tuple(read_leads(target / LEADS_FILE)),
            counts=self.world.counts,
            left_out=self.world.left_out,
            timings=tuple(self.timings),
        )

    def _describe(self) -> bytes:
        """``run.json``: what was run on what, and the checksum of every result."""
        content = {
            "tidewaiter_version": tidewaiter.__version__,
            "as_of": self.world.day,
            "as_of_named": self.world.clock.named,
            "configuration": self.settings.result_hash(),
            "policies": dict(sorted(self.world.clock.policies.items())),
            "view": self.world.view,
            "stages": list(self.keys),
            "snapshots": [
                {
                    "snapshot_id": each.snapshot_id,
                    "dataset": each.dataset,
                    "name": each.name,
                    "source_id": each.source_id,
                    "reader": each.reader,
                    "reader_version": each.reader_version,
                }
                for each in self.world.sources()
            ],
            "visible_rows": self.world.counts,
            "undated_rows_left_out": self.world.left_out,
            "judgements": hashlib.sha256(self.judgements.content()).hexdigest()[:16],
            "results": {
                name: snapshot.checksum(path) for name, path in sorted(self.results.items())
            },
        }
        return msgspec.json.format(msgspec.json.encode(content)) + b"\n"

    def _context(self) -> Context:
        return Context(
            world=self.world,
            settings=self.settings,
            judgements=self.judgements,
            results=self.results,
            progress=self.progress,
        )

    def _key(self, stage: Stage) -> str:
        settings = msgspec.structs.asdict(self.settings)
        clock = self.world.clock
        content = (
            tidewaiter.__version__,
            stage.name,
            stage.version,
            self.world.day,
            clock.named,
            sorted(clock.policies.items()),
            self.world.view,
            [(s.snapshot_id, self.world.state.order(s)) for s in self.world.sources(*stage.tables)]
            if stage.tables
            else [],
            [(name, self.world.left_out.get(name, 0)) for name in stage.tables],
            [(name, settings[name]) for name in stage.settings],
            self.judgements.content().decode(),
            [self.keys[name] for name in stage.after],
        )
        return hashlib.sha256(msgspec.json.encode(content)).hexdigest()[:24]


def _intact(home: Path) -> bool:
    """Whether a kept stage result is whole; a damaged one is cleared away."""
    if not home.is_dir():
        return False
    noted = home / CHECKSUMS
    found = snapshot.checksums(home)
    found.pop(CHECKSUMS, None)
    if noted.is_file() and noted.read_bytes() == msgspec.json.encode(found):
        return True
    shutil.rmtree(home)
    return False


def _wanted(only: tuple[str, ...]) -> list[Stage]:
    """The stages named in ``only`` (default all) and those they rest on, in order."""
    needed = set(only or NAMES)
    for stage in reversed(STAGES):
        if stage.name in needed:
            needed.update(stage.after)
    return [stage for stage in STAGES if stage.name in needed]


def _check_names(only: tuple[str, ...]) -> None:
    unknown = sorted(set(only) - set(NAMES))
    if unknown:
        raise UsageError(
            f"there is no stage called {', '.join(unknown)}",
            where="--only",
            next_step=f"the stages are: {', '.join(NAMES)}",
        )
