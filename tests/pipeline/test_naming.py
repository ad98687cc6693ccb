"""Who is a party of a run, and who of them is listed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyarrow.parquet as pq

from tidewaiter.pipeline.intake import Options, load
from tidewaiter.pipeline.run import run
from tidewaiter.resolve.judgement import Answer, Judgement, append
from tidewaiter.settings import Settings
from tidewaiter.store.workspace import Workspace

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


def paid(folder: Path) -> Workspace:
    """A workspace with the examples' payments and their list, and nothing else."""
    case = folder / "case"
    case.mkdir()
    for name in ("payments.csv", "designations.csv"):
        shutil.copy(EXAMPLES / name, case)
    workspace = Workspace.create(folder / "workspace")
    load(workspace, [case], Settings(), Options())
    return workspace


def test_payers_and_payees_are_screened(tmp_path: Path) -> None:
    """With payments and a list alone, whoever pays or is paid is a party and is screened."""
    workspace = paid(tmp_path)
    out = run(workspace, Settings()).folder
    parties = pq.read_table(out / "parties.parquet").to_pylist()
    assert {"Brightfield Components GmbH", "Tolmas Supply LLP"} <= {p["caption"] for p in parties}
    (match,) = pq.read_table(out / "matches.parquet").to_pylist()
    assert (match["party_caption"], match["status"]) == ("Varenkov Instrument JSC", "in_force")


def test_a_judgement_on_a_record_behind_a_party_holds_for_the_party(tmp_path: Path) -> None:
    """Whichever record stands for the others, a no about any of them is about the party."""
    workspace = paid(tmp_path)
    out = run(workspace, Settings()).folder
    (match,) = pq.read_table(out / "matches.parquet").to_pylist()
    other = next(
        p["party_id"]
        for p in pq.read_table(out / "parties.parquet").to_pylist()
        if p["party_id"] != match["party_id"]
    )
    pair = (match["party_id"], other)
    made: list[tuple[str, str, Answer]] = [
        (*pair, "yes"),
        (max(pair), match["entity_id"], "no"),
    ]
    for left, right, answer in made:
        append(workspace.path, Judgement(left=left, right=right, answer=answer, by="A", at="t"))
    again = run(workspace, Settings()).folder
    (after,) = pq.read_table(again / "matches.parquet").to_pylist()
    assert after["party_id"] != max(pair)
    assert (after["judged"], after["match"]) == ("no", False)
