"""What a load finds: files, folders, members of archives; the rest with its reason."""

from __future__ import annotations

import gzip
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tidewaiter.errors import BadDataError, MissingError, UsageError
from tidewaiter.pipeline.intake import Options, load
from tidewaiter.pipeline.upkeep import upgrade, verify
from tidewaiter.settings import Settings
from tidewaiter.store import manifest
from tidewaiter.store.workspace import Workspace

WriteCase = Callable[..., Path]
DAYS = [{"declaration_id": f"D{n}", "date": "2023-04-01"} for n in range(5)]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """An empty workspace."""
    return Workspace.create(tmp_path / "workspace")


@pytest.fixture
def packed(tmp_path: Path, write_case: WriteCase) -> Path:
    """A folder with a case in a ZIP file, a gzip file, and a page of documentation."""
    case = write_case("case", declarations=DAYS)
    folder = tmp_path / "inbox"
    (folder / "sub").mkdir(parents=True)
    with zipfile.ZipFile(folder / "sub" / "case.zip", "w") as archive:
        archive.write(case / "declarations.csv", "deep/declarations.csv")
        archive.writestr("LICENSE", "free")
    rates = b"currency,period,usd_per_unit\nUZS,2023,0.000085\n"
    (folder / "rates.csv.gz").write_bytes(gzip.compress(rates))
    (folder / "README.md").write_text("# about", "utf-8")
    (folder / "unknown.bin").write_bytes(b"\x01\x02")
    return folder


def loaded(workspace: Workspace, *paths: Path) -> dict[str, str]:
    """What became of each file, by name."""
    report = load(workspace, paths, Settings(), Options())
    return {each.snapshot.name: each.outcome for each in report.files}


def test_members_of_archives_are_files_of_the_load(workspace: Workspace, packed: Path) -> None:
    """Their names tell the archive; a second load of the same bytes changes nothing."""
    names = {"rates.csv.gz/rates.csv", "sub/case.zip/deep/declarations.csv"}
    assert loaded(workspace, packed) == dict.fromkeys(names, "added")
    before = (workspace.path / manifest.FILE_NAME).read_bytes()
    assert loaded(workspace, packed) == dict.fromkeys(names, "unchanged")
    assert (workspace.path / manifest.FILE_NAME).read_bytes() == before


def test_what_is_passed_over_has_a_reason(workspace: Workspace, packed: Path) -> None:
    """Documentation is told from what nobody knows, in archives, too."""
    report = load(workspace, [packed], Settings(), Options())
    assert sorted(report.skipped) == [
        "README.md: documentation",
        "sub/case.zip/LICENSE: terms of use",
        "unknown.bin: not recognised",
    ]


def test_a_new_version_of_an_archive_replaces_its_members(
    workspace: Workspace, packed: Path
) -> None:
    """The same place, other bytes."""
    loaded(workspace, packed)
    rates = b"currency,period,usd_per_unit\nUZS,2023,0.000086\n"
    (packed / "rates.csv.gz").write_bytes(gzip.compress(rates))
    assert loaded(workspace, packed)["rates.csv.gz/rates.csv"] == "replaced"


def test_what_was_read_is_kept_and_can_be_read_again(workspace: Workspace, packed: Path) -> None:
    """The bytes of the members, also when the archive is gone."""
    loaded(workspace, packed)
    for path in sorted(packed.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    assert verify(workspace).problems == ()
    assert len(upgrade(workspace, Settings(), every=True)) == 2


def test_unpacked_files_do_not_stay(workspace: Workspace, packed: Path) -> None:
    """What was opened beside the workspace's own copies is gone when the load ends."""
    loaded(workspace, packed)
    assert [path for path in workspace.tmp.rglob("*.csv") if "zip" in str(path)] == []
    assert list(workspace.tmp.rglob("unpacked-*")) == []


def test_what_fetch_wrote_down_is_no_data(workspace: Workspace, packed: Path) -> None:
    """The note beside a file is neither read nor called unknown."""
    (packed / "rates.csv.gz.fetch.json").write_text('{"url": "https://x.example"}', "utf-8")
    report = load(workspace, [packed], Settings(), Options())
    assert not [line for line in report.skipped if "fetch.json" in line]


def test_a_damaged_archive_stops_the_load(workspace: Workspace, packed: Path) -> None:
    """Nothing is changed, and the error names it."""
    path = packed / "sub" / "case.zip"
    path.write_bytes(path.read_bytes()[:-30])
    before = (workspace.path / manifest.FILE_NAME).read_bytes()
    with pytest.raises(BadDataError, match="archive cannot be used"):
        loaded(workspace, packed)
    assert (workspace.path / manifest.FILE_NAME).read_bytes() == before


def test_an_archive_in_an_archive_is_passed_over(workspace: Workspace, packed: Path) -> None:
    """One level is opened; the other file of the outer one is read."""
    with zipfile.ZipFile(packed / "outer.zip", "w") as archive:
        archive.write(packed / "sub" / "case.zip", "inner.zip")
        archive.writestr("rates.csv", "currency,period,usd_per_unit\nUZS,2024,0.00008\n")
    report = load(workspace, [packed / "outer.zip"], Settings(), Options())
    assert [each.snapshot.name for each in report.files] == ["outer.zip/rates.csv"]
    assert report.skipped == ("outer.zip/inner.zip: not recognised",)


def test_a_path_that_is_not_there_is_an_error(workspace: Workspace, packed: Path) -> None:
    """Before anything is unpacked."""
    with pytest.raises(MissingError, match="no such file"):
        loaded(workspace, packed, packed / "nothing")


def test_what_is_no_file_is_passed_over_with_its_reason(workspace: Workspace, packed: Path) -> None:
    """Nothing that lies in the folder is dropped silently; hidden files are one line."""
    (packed / "nowhere.csv").symlink_to(packed / "absent.csv")
    (packed / "itself.csv").symlink_to("itself.csv")
    (packed / "folder").symlink_to(packed / "sub")
    os.mkfifo(packed / "pipe.csv")
    (packed / ".git").mkdir()
    for name in (".git/a.csv", ".git/b.csv", ".hidden.csv"):
        (packed / name).write_text("id\n", "utf-8")
    report = load(workspace, [packed], Settings(), Options())
    assert {
        "nowhere.csv: a link to nothing",
        "itself.csv: a link to nothing",
        "folder: a link to a folder; load that folder itself",
        "pipe.csv: not a regular file",
        "inbox: hidden files, 3 in all",
    } < set(report.skipped)


def test_a_device_or_a_pipe_is_not_called_missing(workspace: Workspace, tmp_path: Path) -> None:
    """It is there, and no file."""
    os.mkfifo(tmp_path / "pipe")
    for path in (Path("/dev/zero"), tmp_path / "pipe"):
        with pytest.raises(UsageError, match="not a regular file") as caught:
            loaded(workspace, path)
        assert caught.value.where == str(path)


def test_where_nothing_is_known_each_reason_is_told(workspace: Workspace, tmp_path: Path) -> None:
    """As many as a person reads."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    (folder / "LICENSE").write_text("free", "utf-8")
    (folder / "a.csv").symlink_to("absent")
    with pytest.raises(BadDataError) as caught:
        loaded(workspace, folder)
    assert "LICENSE: terms of use" in caught.value.what
    assert "a.csv: a link to nothing" in caught.value.what
    for n in range(9):
        (folder / f"{n}.bin").write_bytes(b"\x01")
    with pytest.raises(BadDataError, match="and 6 more"):
        loaded(workspace, folder)
