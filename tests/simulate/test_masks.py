"""Views row by row: exactly what the viewer may see, in pieces of bounded size."""

from __future__ import annotations

import filecmp
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from tests.simulate.conftest import Made, Rows, read
from tidewaiter.simulate import views
from tidewaiter.simulate.output import Folder
from tidewaiter.simulate.truth import FILE_NAME
from tidewaiter.simulate.views import VIEWS, mask

if TYPE_CHECKING:
    import pyarrow as pa

Row = dict[str, str]
EXPORTS = {"export", "re-export"}


def exporter(world: Made) -> dict[str, Callable[[Row], bool]]:
    """Who exports is known by id or by a spelling that stands in the truth."""
    me = world.truth.exporter
    members = [m for s in world.truth.schemes for m in s.members if m.company_id == me]
    names = set(members[0].spellings)
    return {
        "declarations": lambda r: (
            r["procedure"] in EXPORTS and (r["consignor_id"] == me or r["consignor_name"] in names)
        ),
        "documents": lambda r: bool({r["issuer_name"], r["counterparty_name"]} & names),
    }


def bank(world: Made) -> dict[str, Callable[[Row], bool]]:
    """By the bank's code, and letters of credit that it opened."""
    code = world.truth.bank
    return {
        "payments": lambda r: code in {r["payer_bank_bic"], r["payee_bank_bic"]},
        "documents": lambda r: r["kind"] == "letter_of_credit" and r["issuer_name"] == code,
    }


def customs(world: Made) -> dict[str, Callable[[Row], bool]]:
    """By the side of the border on which a row is written."""
    hub = world.truth.hub
    side = {"import": "consignee_country", "transit": "via_countries"}
    return {
        "declarations": lambda r: r[side.get(r["procedure"], "consignor_country")] == hub,
        "movements": lambda r: hub in {r["from_country"], r["to_country"]},
    }


SEEN = {"exporter": exporter, "bank": bank, "customs": customs}


@pytest.mark.parametrize("view", SEEN)
def test_a_view_is_exactly_the_rows_that_the_viewer_sees(
    view: str, whole: Made, tmp_path: Path
) -> None:
    """No row more, no row less, in the same order."""
    mask(whole.folder, tmp_path / "v", view, whole.truth)
    total = 0
    for table, sees in SEEN[view](whole).items():
        expected = [row for row in whole.rows(table) if sees(row)]
        assert read(tmp_path / "v" / f"{table}.csv") == expected
        total += len(expected)
    assert total > 10


def test_customs_of_a_union_state_sees_transit_and_movements(whole: Made, tmp_path: Path) -> None:
    """Transit through it, goods that pass it without a declaration, no other's transit."""
    for hub in ("KZ", "BY"):
        world = _seen_by(whole, hub)
        mask(whole.folder, tmp_path / hub, "customs", world.truth)
        for table, sees in customs(world).items():
            expected = [row for row in whole.rows(table) if sees(row)]
            assert read(tmp_path / hub / f"{table}.csv") == expected
        rows = read(tmp_path / hub / "declarations.csv")
        assert [row for row in rows if row["procedure"] == "transit"]
        assert f'view = "customs:{hub}"' in (tmp_path / hub / "case.toml").read_text("utf-8")
    assert read(tmp_path / "KZ" / "movements.csv")


def _seen_by(world: Made, hub: str) -> Made:
    truth = msgspec.structs.replace(world.truth, hub=hub)
    return Made(world.folder, world.plan, truth)


@pytest.mark.parametrize("view", VIEWS)
def test_small_pieces_give_the_same_bytes(
    view: str, whole: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A view is written batch by batch: none is larger than what is read at once."""
    mask(whole.folder, tmp_path / "large", view, whole.truth)
    sizes: list[int] = []
    write = Folder.write

    def counted(self: Folder, name: str, rows: pa.Table) -> None:
        sizes.append(rows.nbytes)
        write(self, name, rows)

    monkeypatch.setattr(views, "BLOCK", 16_384)
    monkeypatch.setattr(Folder, "write", counted)
    mask(whole.folder, tmp_path / "small", view, whole.truth)
    names = [p.relative_to(tmp_path / "large") for p in (tmp_path / "large").rglob("*.*")]
    _, differing, failed = filecmp.cmpfiles(
        tmp_path / "large", tmp_path / "small", names, shallow=False
    )
    assert (differing, failed) == ([], [])
    assert max(sizes) < 4 * 16_384
    assert len(sizes) > 20


@pytest.mark.parametrize("view", VIEWS)
def test_tables_without_rows_keep_their_header_and_truth_stays_behind(
    view: str, whole: Made, tmp_path: Path
) -> None:
    """Also where the whole world has no row of a table, or the viewer sees none."""
    full = tmp_path / "full"
    shutil.copytree(whole.folder, full)
    (full / FILE_NAME).write_text("{}", "utf-8")
    for table in ("movements", "payments", "documents", "declarations", "flows"):
        head, _, _ = (full / f"{table}.csv").read_text("utf-8").partition("\n")
        (full / f"{table}.csv").write_text(head + "\n", "utf-8")
    mask(full, tmp_path / "v", view, whole.truth)
    for path in (tmp_path / "v").glob("*.csv"):
        first = path.read_text("utf-8").partition("\n")[0]
        assert first == (full / path.name).read_text("utf-8").partition("\n")[0]
    found = {path.stem for path in (tmp_path / "v").glob("*.csv")}
    assert len(found) == {"open": 6, "full": 10}.get(view, 7)
    assert not (tmp_path / "v" / FILE_NAME).exists()


def test_a_folder_is_not_copied_onto_itself(whole: Made, tmp_path: Path) -> None:
    """The full view of a world is where it is: reading and writing one file would empty it."""
    shutil.copytree(whole.folder, tmp_path / "full")
    mask(tmp_path / "full", tmp_path / "full", "full", whole.truth)
    rows: Rows = read(tmp_path / "full" / "companies.csv")
    assert rows == whole.rows("companies")
    assert "view" not in (tmp_path / "full" / "case.toml").read_text("utf-8")
