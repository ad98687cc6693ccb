"""The two engines, asked alike: ours, and nomenklatura's logic-v2 in an environment of its own.

logic-v2 compares pairs; it is given the parties that ours found for a query (its own index
needs a database), so its recall is bounded by ours here, and the table says so.

    python -m venv bench/out/anchor
    bench/out/anchor/bin/pip install "setuptools<81" wheel
    bench/out/anchor/bin/pip install --no-build-isolation -r requirements/bench.txt
"""

from __future__ import annotations

import functools
import hashlib
import json
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from bench.screening.data import OUT
from tidewaiter.screen import Listed, ListIndex, Query, screen
from tidewaiter.screen.kinds import kind_of
from tidewaiter.screen.weighing import prepared, weigh

ANCHOR = OUT / "anchor" / "bin" / "python"
WORKER = Path(__file__).with_name("anchor_worker.py")
REQUIRED = Path(__file__).resolve().parents[2] / "requirements" / "bench.txt"
SCORES = OUT / "anchor-scores.jsonl"
DELIVERED = 0.7  # the threshold that nomenklatura and yente come with
NAMES_COMPARED = 12  # of one party, for logic-v2 takes seconds for pairs rich in aliases

Answer = list[tuple[str, float]]
Pair = tuple[dict[str, object], dict[str, object]]


def ask_ours(index: ListIndex, names: Sequence[str], schema: str | None, limit: int) -> Answer:
    """(entity id, score) of the parties found, best first, by names alone."""
    query = Query(query_id="q", names=tuple(names), schema=schema)
    return [(w.entry.listed.entity_id, w.score) for w in weigh(prepared(query), index, 0.0, limit)]


def matches(index: ListIndex, query: Query) -> list[str]:
    """Ids of what the product would call matches."""
    return [match.entity_id for match in screen(query, index).results]


def anchored() -> bool:
    """Whether logic-v2 is installed beside."""
    return ANCHOR.exists()


def record(names: Iterable[str], schema: str, **known: Sequence[str]) -> dict[str, object]:
    """A party as logic-v2 takes it."""
    every = list(names)
    return {"schema": schema, "name": every[:NAMES_COMPARED], **known}


def of_listed(party: Listed) -> dict[str, object]:
    """A listed party by its names alone; a party of no certain kind is a company by default."""
    schema = {"body": "Company", "person": "Person", "ship": "Vessel"}[kind_of(party.schema)]
    return record(party.names, schema)


def logic_v2(pairs: Sequence[Pair], *, kept: bool = True) -> list[float]:
    """The scores of pairs, in order; two processes.

    A score depends on its pair alone, so those known from earlier runs are read from
    ``anchor-scores.jsonl`` beside the results, unless ``kept`` is false (to take the time).
    """
    keys = [_key(pair) for pair in pairs]
    known = _known_scores() if kept else {}
    missing = {key: pair for key, pair in zip(keys, pairs, strict=True) if key not in known}
    fresh = dict(zip(missing, _scored(list(missing.values())), strict=True))
    if kept and fresh:
        known |= fresh
        with SCORES.open("a", encoding="utf-8") as handle:
            handle.writelines(json.dumps(each) + "\n" for each in fresh.items())
    return [known[key] if key in known else fresh[key] for key in keys]


def _key(pair: Pair) -> str:
    content = json.dumps([REQUIRED.read_text("utf-8"), *pair], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:24]


@functools.cache
def _known_scores() -> dict[str, float]:
    if not SCORES.exists():
        return {}
    lines = SCORES.read_text("utf-8").splitlines()
    return dict(json.loads(line) for line in lines)


def _scored(pairs: Sequence[Pair]) -> list[float]:
    half = (len(pairs) + 1) // 2
    parts = [part for part in (pairs[:half], pairs[half:]) if part]
    running = [_started("\n".join(json.dumps(pair) for pair in part)) for part in parts]
    return [float(line) for process, path in running for line in _lines(process, path)]


def blocked(
    entities: Sequence[dict[str, Any]], queries: Sequence[dict[str, Any]]
) -> list[set[str]]:
    """What nomenklatura's own index finds for each query, at most a hundred."""
    found = _lines(*_started(json.dumps({"entities": entities, "queries": queries}), "block"))
    return [set(json.loads(line)) for line in found]


def _started(content: str, *how: str) -> tuple[subprocess.Popen[str], Path]:
    process = subprocess.Popen(
        [str(ANCHOR), str(WORKER), *how], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    path = OUT / f"anchor-pairs-{process.pid}.json"
    path.write_text(content, "utf-8")
    assert process.stdin is not None
    process.stdin.write(str(path))
    process.stdin.close()
    return process, path


def _lines(process: subprocess.Popen[str], path: Path) -> list[str]:
    assert process.stdout is not None
    lines = process.stdout.read().splitlines()
    process.wait()
    path.unlink()
    return lines
