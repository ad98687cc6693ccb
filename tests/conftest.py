"""What every test has: the same examples everywhere, and public data where it lies.

Sockets are blocked by ``--disable-socket`` in ``pyproject.toml``. The order of tests is
random; pytest prints the seed, and ``--randomly-seed=N`` repeats it.
"""

from __future__ import annotations

import csv
import hashlib
import importlib.util
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import settings

from tidewaiter.model.source import Reject, SourceFile
from tidewaiter.sources.reader import Batch, Reader, Tally

ROOT = Path(__file__).parents[1]

# Property tests draw the same examples everywhere: a build that fails on one machine
# fails on the next. Random examples with a stored database were rejected for that;
# `pytest --hypothesis-profile default` searches at random.
settings.register_profile("house", derandomize=True, deadline=None, database=None)
settings.load_profile("house")


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real public lists, kept beside the checkout and not in it.

    ``TIDEWAITER_TEST_DATA`` names it, otherwise it is looked for at ``../shared/data``.
    Where it is absent the test is skipped, with this reason in the summary.
    """
    named = os.environ.get("TIDEWAITER_TEST_DATA")
    folder = Path(named) if named else ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"no public data at {folder}: set TIDEWAITER_TEST_DATA to test with it")
    return folder.resolve()


Row = dict[str, str]
WriteCase = Callable[..., Path]
DECLARATION: Row = {
    "item_no": "1",
    "procedure": "export",
    "consignor_name": "Qumtepa Komponent MChJ",
    "consignor_country": "UZ",
    "consignee_name": "Sarykol Energo LLP",
    "consignee_country": "KZ",
    "hs_code": "854231",
    "quantity": "10",
    "unit": "pcs",
    "net_kg": "1",
    "value": "1000",
    "currency": "USD",
}


@pytest.fixture
def write_case(tmp_path: Path) -> WriteCase:
    """Writes a case folder: ``write_case("name", declarations=[{…}], companies=[{…}])``.

    Rows need only the columns that matter to a test; a declaration is an export of ten
    pieces by an invented firm unless its row says otherwise.
    """

    def write(folder: str, **tables: list[Row]) -> Path:
        place = tmp_path / folder
        place.mkdir(parents=True, exist_ok=True)
        for name, rows in tables.items():
            filled = [DECLARATION | row if name == "declarations" else row for row in rows]
            columns = list(dict.fromkeys(column for row in filled for column in row))
            with (place / f"{name}.csv").open("w", encoding="utf-8", newline="") as handle:
                writer = csv.DictWriter(handle, columns, lineterminator="\n")
                writer.writeheader()
                writer.writerows(filled)
        return place

    return write


class Outcome(NamedTuple):
    """What reading a file gave: rows by table, rejects, and the tally."""

    tables: dict[str, list[dict[str, Any]]]
    rejects: list[Reject]
    tally: Tally
    kept: int

    def rows(self, table: str) -> list[dict[str, Any]]:
        """The kept rows of a table."""
        return self.tables.get(table, [])

    @property
    def reasons(self) -> dict[int, str]:
        """Why rows were rejected, by row number."""
        return {each.row: f"{each.column}: {each.reason}" for each in self.rejects}


def read(reader: Reader, path: Path, name: str = "", sidecar: Path | None = None) -> Outcome:
    """Read ``path``; rows read = rows kept + rows rejected is checked on the way."""
    source = SourceFile(
        path=path,
        name=name or path.name,
        source_id=hashlib.sha256(path.read_bytes()).hexdigest(),
        dataset=getattr(reader, "dataset", "case"),
        uri=f"raw/case/{path.name}",
        sidecar=sidecar,
    )
    tables: dict[str, list[dict[str, Any]]] = {}
    rejects: list[Reject] = []
    kept = 0
    items = list(reader.read(source))
    for item in items[:-1]:
        if isinstance(item, Batch):
            tables.setdefault(item.table, []).extend(item.rows.to_pylist())
            kept += item.source_rows
        else:
            assert isinstance(item, Reject)
            rejects.append(item)
    tally = items[-1]
    assert isinstance(tally, Tally)
    assert tally.rows_read == kept + len(rejects)
    return Outcome(tables, rejects, tally, kept)


@pytest.fixture(scope="session")
def outcome() -> Callable[..., Outcome]:
    """The function :func:`read`."""
    return read


@pytest.fixture(scope="session")
def damaged() -> Callable[..., Any]:
    """The strategy of ``contract/mutate.py``: a valid file, damaged by its own structure."""
    path = Path(__file__).parent / "contract" / "mutate.py"
    spec = importlib.util.spec_from_file_location("mutate", path)  # test folders are no packages
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    strategy: Callable[..., Any] = module.damaged
    return strategy
