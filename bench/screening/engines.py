"""The two engines, asked alike: ours, and nomenklatura's logic-v2 in an environment of its own.

logic-v2 compares pairs; it is given the parties that ours found for a query (its own index
needs a database), so its recall is bounded by ours here, and the table says so.

    python -m venv bench/out/anchor
    bench/out/anchor/bin/pip install "setuptools<81" wheel
    bench/out/anchor/bin/pip install --no-build-isolation -r requirements/bench.txt
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from bench.screening.data import OUT
from tidewaiter.screen import Listed, ListIndex, Query, screen
from tidewaiter.screen.kinds import kind_of
from tidewaiter.screen.weighing import prepared, weigh

ANCHOR = OUT / "anchor" / "bin" / "python"
WORKER = Path(__file__).with_name("anchor_worker.py")
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


def logic_v2(pairs: Sequence[Pair]) -> list[float]:
    """The scores of pairs, in order; two processes."""
    half = (len(pairs) + 1) // 2
    running = [
        subprocess.Popen(
            [str(ANCHOR), str(WORKER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    parts = (pairs[:half], pairs[half:])
    for process, part in zip(running, parts, strict=True):
        path = OUT / f"anchor-pairs-{process.pid}.json"
        path.write_text("\n".join(json.dumps(pair) for pair in part), "utf-8")
        assert process.stdin is not None
        process.stdin.write(str(path))
        process.stdin.close()
    scores: list[float] = []
    for process in running:
        assert process.stdout is not None
        scores += [float(line) for line in process.stdout.read().splitlines()]
        process.wait()
        (OUT / f"anchor-pairs-{process.pid}.json").unlink()
    return scores
