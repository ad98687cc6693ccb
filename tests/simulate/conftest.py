"""One small world that tests read, made once."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from tidewaiter.simulate.decoys import DECOYS
from tidewaiter.simulate.generate import generate
from tidewaiter.simulate.plan import DIFFICULTIES, Part, Plan
from tidewaiter.simulate.schemes import SCHEMES
from tidewaiter.simulate.truth import Truth

Rows = list[dict[str, str]]


class Made(msgspec.Struct, frozen=True):
    """A world on disk, its plan and its truth."""

    folder: Path
    plan: Plan
    truth: Truth

    def rows(self, table: str) -> Rows:
        """The rows of one of its files."""
        return read(self.folder / f"{table}.csv")


def read(path: Path) -> Rows:
    """A CSV file as it stands."""
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def silent(_label: str, _done: int, _total: int) -> None:
    """Progress that nobody watches."""


@pytest.fixture(scope="session")
def make_world(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Plan], Made]:
    """Write the world of a plan."""

    def make(plan: Plan) -> Made:
        folder = tmp_path_factory.mktemp("world") / "full"
        return Made(folder, plan, generate(plan, folder, silent))

    return make


@pytest.fixture(scope="session")
def whole(make_world: Callable[[Plan], Made]) -> Made:
    """Every scheme at each level and every look-alike, in 6,000 declarations."""
    parts = tuple(Part(kind, level) for kind in SCHEMES for level in DIFFICULTIES)
    return make_world(Plan(seed=11, declarations=6_000, schemes=parts, decoys=tuple(DECOYS)))


@pytest.fixture(scope="session")
def lawful(make_world: Callable[[Plan], Made]) -> Made:
    """Nothing but lawful trade, in 20,000 declarations."""
    return make_world(Plan(seed=12, declarations=20_000))
