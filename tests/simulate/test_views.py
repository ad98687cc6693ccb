"""Each viewer sees its own papers and what is public, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.simulate.conftest import Made, read
from tidewaiter.simulate.views import PUBLIC, VIEWS, mask

OWN = {
    "exporter": {"declarations", "documents"},
    "bank": {"payments", "documents"},
    "customs": {"declarations", "movements"},
    "open": {"flows"},
}


@pytest.mark.parametrize("view", OWN)
def test_a_view_holds_its_own_papers_and_what_is_public(
    view: str, whole: Made, tmp_path: Path
) -> None:
    """Public tables are whole, own ones are parts of the full ones, in their order."""
    mask(whole.folder, tmp_path / view, view, whole.truth)
    found = {path.stem for path in (tmp_path / view).glob("*.csv")}
    assert found == {*PUBLIC, *OWN[view]}
    for table in found:
        rows, every = read(tmp_path / view / f"{table}.csv"), whole.rows(table)
        assert (rows == every) == (table in {*PUBLIC, "flows"}), table
        everything = iter(every)
        assert all(row in everything for row in rows)
    told = (tmp_path / view / "case.toml").read_text("utf-8")
    assert f'view = "{view}' in told
    assert (tmp_path / view / "reports").is_dir() == (view == "open")


def test_an_exporter_sees_its_own_sales(whole: Made, tmp_path: Path) -> None:
    """All of those that bear its id, and nobody else's."""
    mask(whole.folder, tmp_path / "v", "exporter", whole.truth)
    rows = read(tmp_path / "v" / "declarations.csv")
    mine = [
        row
        for row in whole.rows("declarations")
        if row["consignor_id"] == whole.truth.exporter and row["procedure"] != "import"
    ]
    assert [row for row in rows if row["consignor_id"]] == mine
    assert {row["consignor_id"] for row in rows} <= {whole.truth.exporter, ""}
    assert rows


def test_a_bank_sees_what_passes_through_it(whole: Made, tmp_path: Path) -> None:
    """Payments of its clients, and its letters of credit."""
    mask(whole.folder, tmp_path / "v", "bank", whole.truth)
    rows = read(tmp_path / "v" / "payments.csv")
    assert rows
    assert all(whole.truth.bank in {row["payer_bank_bic"], row["payee_bank_bic"]} for row in rows)
    kinds = {row["kind"] for row in read(tmp_path / "v" / "documents.csv")}
    assert kinds <= {"letter_of_credit"}


def test_customs_sees_its_border(whole: Made, tmp_path: Path) -> None:
    """Imports into the hub, exports from it, transit through it."""
    mask(whole.folder, tmp_path / "v", "customs", whole.truth)
    sides = {"import": "consignee_country", "transit": "via_countries"}
    rows = read(tmp_path / "v" / "declarations.csv")
    assert {row["procedure"] for row in rows} >= {"import", "re-export"}
    for row in rows:
        assert row[sides.get(row["procedure"], "consignor_country")] == whole.truth.hub


def test_the_full_view_is_the_world(whole: Made, tmp_path: Path) -> None:
    """Every row of every table."""
    assert VIEWS[-1] == "full"
    mask(whole.folder, tmp_path / "v", "full", whole.truth)
    for path in whole.folder.glob("*.csv"):
        assert read(tmp_path / "v" / path.name) == read(path)
