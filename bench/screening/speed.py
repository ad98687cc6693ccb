"""Queries a second, milliseconds a query, memory, and the time to open a kept index."""

from __future__ import annotations

import itertools
import json
import multiprocessing
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.screening.data import registered
from bench.screening.engines import Pair, logic_v2, record
from tidewaiter.pipeline.batch import answers
from tidewaiter.pipeline.lookup import Lookup
from tidewaiter.screen import Listed, ListIndex, Query, screen
from tidewaiter.screen.index_file import opened

SINGLE, BATCH = 100_000, 250_000
ASKED = 4_000
THREADS = 2


def measure(anchor: bool) -> dict[str, dict[str, float]]:
    """Single queries and a batch, each in a process of its own, so that memory is its own."""
    rows: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for title, names, work in (("one at a time", SINGLE, _single), ("batch", BATCH, _batch)):
            path = Path(folder) / title.replace(" ", "-")
            built = _apart(_build, path, names)
            rows[f"ours: {title}, {names:,} names"] = built | _apart(work, path, names)
    if anchor:
        rows["logic-v2: pairs"] = _pairs()
    return rows


def _apart(work: Any, path: Path, names: int) -> dict[str, float]:
    """``work`` in a new process, with its peak memory."""
    context = multiprocessing.get_context("spawn")
    result = path.with_suffix(".json")
    process = context.Process(target=_written, args=(work, path, names, result))
    process.start()
    process.join()
    found: dict[str, float] = json.loads(result.read_text("utf-8"))
    return found


def _written(work: Any, path: Path, names: int, result: Path) -> None:
    found = work(path, names)
    # Not RUSAGE_SELF: its maximum begins with what the process was forked from, the whole bench.
    status = Path("/proc/self/status").read_text("utf-8").splitlines()
    own = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    found[f"MB at most, {work.__name__.strip('_')}"] = (own + children) / 1024
    result.write_text(json.dumps(found), "utf-8")


def _listed(names: int) -> list[Listed]:
    return [
        Listed(entity_id=f"x:{n:07}", caption=name, schema="Company", names=(name,))
        for n, name in enumerate(registered(names))
    ]


def _build(path: Path, names: int) -> dict[str, float]:
    begun = time.perf_counter()
    opened(path, lambda: (ListIndex(_listed(names)), {}))
    return {"seconds to build and keep": time.perf_counter() - begun}


def _queries(names: int) -> list[Query]:
    """Half listed names with a letter left out, half names that are not listed."""
    listed = registered(ASKED // 2)
    other = registered(ASKED // 2, skip=names)
    damaged = [name[:4] + name[5:] for name in listed]
    mixed = [name for pair in zip(damaged, other, strict=False) for name in pair]
    return [Query(query_id=str(n), names=(each,), schema="Company") for n, each in enumerate(mixed)]


def _single(path: Path, names: int) -> dict[str, float]:
    begun = time.perf_counter()
    index, _ = opened(path, lambda: (ListIndex([]), {}))
    ready = time.perf_counter() - begun
    every = _queries(names)
    for query in every[:200]:
        screen(query, index)
    taken = []
    for query in every[200:]:
        begun = time.perf_counter()
        screen(query, index)
        taken.append(time.perf_counter() - begun)
    taken.sort()
    return {
        "seconds to open": ready,
        "queries a second, one thread": len(taken) / sum(taken),
        "ms, median": taken[len(taken) // 2] * 1000,
        "ms, 95 of 100": taken[int(0.95 * len(taken))] * 1000,
    }


def _batch(path: Path, names: int) -> dict[str, float]:
    index, _ = opened(path, lambda: (ListIndex([]), {}))
    lists = Lookup(index, "2026-01-01", {}, path, THREADS)
    every = _queries(names)
    for query in every[:50]:
        screen(query, index)
    begun = time.perf_counter()
    count = sum(1 for _ in answers(lists, every, (0.5, 5)))
    seconds = time.perf_counter() - begun
    return {f"queries a second, {THREADS} processes, with answers as JSON": count / seconds}


def _pairs() -> dict[str, float]:
    names = registered(4_000)
    pairs: list[Pair] = [
        (record([a], "Company"), record([b], "Company")) for a, b in itertools.pairwise(names)
    ]
    logic_v2(pairs[:10], kept=False)
    begun = time.perf_counter()
    logic_v2(pairs, kept=False)
    return {
        "pairs a second, two processes with their start": len(pairs) / (time.perf_counter() - begun)
    }
