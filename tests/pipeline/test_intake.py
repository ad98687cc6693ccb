"""Loading: all or nothing, each row accounted for, the same bytes only once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tidewaiter.errors import (
    BadDataError,
    IntegrityError,
    MissingError,
    ShrunkenListError,
    UsageError,
)
from tidewaiter.model.source import Reject, SourceFile
from tidewaiter.pipeline import upkeep
from tidewaiter.pipeline.discovery import Found
from tidewaiter.pipeline.intake import Intake, LoadReport, Options, load
from tidewaiter.pipeline.lookup import open_lists
from tidewaiter.pipeline.run import run
from tidewaiter.settings import Settings
from tidewaiter.sources.reader import Batch, Tally
from tidewaiter.sources.registry import named
from tidewaiter.store import manifest
from tidewaiter.store.workspace import Workspace

WriteCase = Callable[..., Path]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """An empty workspace."""
    return Workspace.create(tmp_path / "workspace")


def loaded(workspace: Workspace, *paths: Path, shrink: bool = False) -> LoadReport:
    """Load with the default settings."""
    return load(workspace, paths, Settings(), Options(accept_shrink=shrink))


def declarations(count: int) -> list[dict[str, str]]:
    """Valid declarations with different numbers."""
    return [{"declaration_id": f"D{i}", "date": "2023-04-01"} for i in range(count)]


def listing(count: int) -> list[dict[str, str]]:
    """Valid entries of an invented list."""
    base = {"list_id": "l", "schema": "Company", "listed_on": "2023-01-01"}
    return [base | {"entity_id": f"E{i}", "name": f"Invented {i} Works"} for i in range(count)]


def test_the_same_bytes_change_nothing(workspace: Workspace, write_case: WriteCase) -> None:
    """A second load of the same file adds no line to the manifest."""
    case = write_case("case", declarations=declarations(3))
    loaded(workspace, case)
    before = (workspace.path / manifest.FILE_NAME).read_bytes()
    report = loaded(workspace, case)
    assert [f.outcome for f in report.files] == ["unchanged"]
    assert (workspace.path / manifest.FILE_NAME).read_bytes() == before


def test_rows_read_are_rows_kept_and_rejected(workspace: Workspace, write_case: WriteCase) -> None:
    """Rejected rows are written with file, line, column, value and reason."""
    rows = declarations(200)
    rows[7]["value"] = "-5"
    report = loaded(workspace, write_case("case", declarations=rows))
    (file,) = report.files
    assert (file.snapshot.rows_read, file.snapshot.rows_kept) == (200, 199)
    assert file.snapshot.rows_rejected == 1
    rejects = (workspace.path / "rejects.csv").read_text("utf-8").splitlines()
    assert len(rejects) == 2
    assert "declarations.csv,9,9,value,-5," in rejects[1]


def test_too_many_rejects_change_nothing(workspace: Workspace, write_case: WriteCase) -> None:
    """More than one per cent: exit 3, no line, and the reasons are there to read."""
    rows = declarations(10)
    rows[0]["date"] = "yesterday"
    case = write_case("case", declarations=rows, companies=[company()])
    with pytest.raises(BadDataError, match="1 of 10 rows"):
        loaded(workspace, case)
    assert manifest.state(workspace.path).current == ()
    assert "yesterday" in (workspace.path / "rejects.csv").read_text("utf-8")


def company() -> dict[str, str]:
    """A valid row of companies.csv."""
    return {"company_id": "C1", "name": "Oqdaryo Optik MChJ", "country": "UZ"}


def test_a_shrunken_list_is_refused_unless_accepted(
    workspace: Workspace, write_case: WriteCase
) -> None:
    """Ten per cent fewer entries pass, more do not, and a person may accept them."""
    loaded(workspace, write_case("case", designations=listing(100)))
    loaded(workspace, write_case("case", designations=listing(90)))
    with pytest.raises(ShrunkenListError, match="from 90 to 80"):
        loaded(workspace, write_case("case", designations=listing(80)))
    report = loaded(workspace, write_case("case", designations=listing(80)), shrink=True)
    assert report.files[0].snapshot.entities == 80


def test_a_file_from_the_same_place_replaces_and_from_another_adds(
    workspace: Workspace, write_case: WriteCase
) -> None:
    """A corrected file replaces its older self; a second place is a second part."""
    loaded(workspace, write_case("case", declarations=declarations(3)))
    report = loaded(workspace, write_case("case", declarations=declarations(4)))
    assert [f.outcome for f in report.files] == ["replaced"]
    report = loaded(workspace, write_case("other", declarations=declarations(5)))
    assert [f.outcome for f in report.files] == ["added"]
    assert any("more than one place" in note for note in report.notes)
    assert len(manifest.state(workspace.path).current) == 2


def test_unknown_and_missing_files_are_named(workspace: Workspace, tmp_path: Path) -> None:
    """A file in no known format and a path that is not there: what, where, what next."""
    (tmp_path / "notes.bin").write_bytes(b"\x00\x01nothing known")
    with pytest.raises(BadDataError, match="format"):
        loaded(workspace, tmp_path / "notes.bin")
    with pytest.raises(MissingError, match="no such file"):
        loaded(workspace, tmp_path / "absent.csv")


def test_verify_names_every_changed_and_missing_file(
    workspace: Workspace, write_case: WriteCase
) -> None:
    """One changed byte of raw data and one lost snapshot are found, and mended by upgrade."""
    loaded(workspace, write_case("case", declarations=declarations(3)))
    assert upkeep.verify(workspace).problems == ()
    (snapshot,) = manifest.state(workspace.path).current
    table = workspace.path / snapshot.folder / "declarations.parquet"
    table.write_bytes(table.read_bytes()[:-1] + b"?")
    assert upkeep.verify(workspace).problems == (
        f"changed: {table.relative_to(workspace.path).as_posix()}",
    )
    upkeep.upgrade(workspace, Settings(), every=True)
    assert upkeep.verify(workspace).problems == ()


def test_prune_removes_what_is_superseded_and_nothing_that_is_pinned(
    workspace: Workspace, write_case: WriteCase
) -> None:
    """A reader keeps its snapshots; raw bytes always stay."""
    loaded(workspace, write_case("case", declarations=declarations(3)))
    (old,) = manifest.state(workspace.path).current
    with workspace.reading():
        loaded(workspace, write_case("case", declarations=declarations(4)))
        assert upkeep.prune(workspace, Settings()).removed == ()
    assert upkeep.prune(workspace, Settings(), dry_run=True).removed == (old.folder,)
    assert (workspace.path / old.folder).is_dir()
    assert upkeep.prune(workspace, Settings()).removed == (old.folder,)
    assert not (workspace.path / old.folder).exists()
    assert len(list((workspace.path / "raw").rglob("*.csv"))) >= 2
    assert upkeep.verify(workspace).problems == ()


def test_upgrade_does_not_believe_damaged_raw_bytes(
    workspace: Workspace, write_case: WriteCase
) -> None:
    """A changed raw file is refused, and loading the file again restores it."""
    case = write_case("case", declarations=declarations(3))
    loaded(workspace, case)
    (raw,) = (path for path in (workspace.path / "raw").rglob("*.csv") if path.is_file())
    raw.write_bytes(raw.read_bytes().replace(b"1000", b"9000"))
    with pytest.raises(IntegrityError, match="not what was kept"):
        upkeep.upgrade(workspace, Settings(), every=True)
    loaded(workspace, case)
    assert upkeep.verify(workspace).problems == ()


@pytest.mark.parametrize("name", ["../../x", "a:b", "A b", "", "eu_journal"])
def test_a_name_space_stays_inside_the_workspace(
    workspace: Workspace, write_case: WriteCase, name: str
) -> None:
    """A name space is also a folder: nothing else is accepted."""
    case = write_case("case", declarations=declarations(3))
    with pytest.raises(UsageError, match="name space"):
        load(workspace, [case], Settings(), Options(dataset=name))


def test_a_snapshot_that_cannot_be_read_is_damage(
    workspace: Workspace, write_case: WriteCase
) -> None:
    """A run over an overwritten table ends with exit 7 and a way out."""
    loaded(workspace, write_case("case", declarations=declarations(3)))
    (table,) = (workspace.path / "snapshots").rglob("declarations.parquet")
    table.write_bytes(b"nothing like it")
    with pytest.raises(IntegrityError, match="cannot be read"):
        run(workspace, Settings())


class Forgetful:
    """A reader that keeps one row and tells of another number."""

    name, version, dataset = "forgetful", 1, "case"

    def __init__(self, told: int) -> None:
        self.told = told

    def recognises(self, _head: object) -> bool:
        """Everything."""
        return True

    def read(self, source: SourceFile) -> Iterator[Batch | Reject | Tally]:
        """One row of rates, then the tally."""
        (batch, *_) = (item for item in named("rates").read(source) if isinstance(item, Batch))
        yield batch
        yield Tally(rows_read=self.told)


@pytest.mark.parametrize("told", [0, 2])
def test_a_reader_that_loses_or_invents_a_row_is_refused(
    told: int, workspace: Workspace, tmp_path: Path
) -> None:
    """Rows read are rows kept and rows rejected, or nothing is kept."""
    path = tmp_path / "rates.csv"
    path.write_text("currency,period,usd_per_unit,source\nEUR,2023,1.08,invented\n")
    intake = Intake(workspace, Settings(), Options(), lambda *_: None)
    found = Found(path=path, place=tmp_path, reader=Forgetful(told), home=tmp_path)
    with (
        workspace.writing(0) as state,
        pytest.raises(IntegrityError, match="rows were read"),
    ):
        intake.read(found, "case", state)


def test_statistics_that_lost_rows_are_refused(workspace: Workspace, tmp_path: Path) -> None:
    """A file without entities is measured by its rows; a case's own table may shrink."""
    sample = Path(__file__).parents[1] / "contract" / "samples" / "baci.csv"
    head, *rows = sample.read_text("utf-8").splitlines(keepends=True)
    path = tmp_path / "BACI.csv"
    path.write_text(head + "".join(rows), "utf-8")
    loaded(workspace, path)
    path.write_text(head + "".join(rows[: len(rows) // 2]), "utf-8")
    with pytest.raises(ShrunkenListError, match="rows"):
        loaded(workspace, path)


def test_lists_without_any_date_are_known_since_they_were_retrieved(workspace: Workspace) -> None:
    """OFAC's delimited files carry none: they can be screened against all the same."""
    samples = Path(__file__).parents[1] / "contract" / "samples" / "ofac_csv"
    loaded(workspace, *sorted(samples.glob("*.*")))
    lists = open_lists(workspace, Settings(), None)
    retrieved = manifest.state(workspace.path).current[0].retrieved_at
    assert lists.as_of == retrieved[:10]
    assert lists.list_versions
