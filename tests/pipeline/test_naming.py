"""Who is a party of a run, and who of them is listed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyarrow.parquet as pq

from tidewaiter.pipeline.intake import Options, load
from tidewaiter.pipeline.run import run
from tidewaiter.settings import Settings
from tidewaiter.store.workspace import Workspace

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


def test_payers_and_payees_are_screened(tmp_path: Path) -> None:
    """With payments and a list alone, whoever pays or is paid is a party and is screened."""
    case = tmp_path / "case"
    case.mkdir()
    for name in ("payments.csv", "designations.csv"):
        shutil.copy(EXAMPLES / name, case)
    workspace = Workspace.create(tmp_path / "workspace")
    load(workspace, [case], Settings(), Options())
    out = run(workspace, Settings()).folder
    parties = pq.read_table(out / "parties.parquet").to_pylist()
    assert {"Brightfield Components GmbH", "Tolmas Supply LLP"} <= {p["caption"] for p in parties}
    (match,) = pq.read_table(out / "matches.parquet").to_pylist()
    assert (match["party_caption"], match["status"]) == ("Varenkov Instrument JSC", "in_force")
