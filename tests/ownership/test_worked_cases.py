"""The worked cases of the publishers' own guidance, where the public data folder is at hand."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

from tests.ownership.graphs import stake, table
from tidewaiter.ownership import Listed, graph, regimes, verdicts

REGIMES = {
    None: ("us_ofac_50", datetime.date(2026, 8, 1)),
    "EU": ("eu", datetime.date(2026, 8, 1)),
    "EU<2024-07": ("eu", datetime.date(2024, 7, 2)),
    "UK": ("uk", datetime.date(2026, 8, 1)),
}


def reached(case: dict[str, Any], edges: list[list[Any]]) -> set[str]:
    """The companies that the rule of a case blocks."""
    name, day = REGIMES[case.get("regime")]
    regime = next(each for each in regimes().regimes if each.id == name)
    seen = graph(table([stake(owner, company, share) for owner, company, share in edges]), day)
    found = verdicts(seen, regime, day, Listed(frozenset(case["listed"])))
    assert found is not None
    nodes = seen.nodes.to_pylist()
    return {each for at, each in enumerate(nodes) if found.answer(at) == "blocked"}


def test_the_worked_cases(shared_data: Path) -> None:
    """Blocked is what the guidance blocks, before and after a divestment, and nothing else."""
    cases = json.loads((shared_data / "ownership" / "ownership_test_cases.json").read_text("utf-8"))
    assert len(cases) == 14
    for case in cases:
        assert reached(case, case["edges"]) == set(case["blocked"]), case["id"]
        if "edges_before" in case:
            assert reached(case, case["edges_before"]) == set(case["blocked_before"]), case["id"]
