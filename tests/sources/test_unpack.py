"""Archives: opened with limits; whatever reaches further is refused, and nothing stays."""

from __future__ import annotations

import errno
import gzip
import io
import shutil
import stat
import struct
import zipfile
import zlib
from pathlib import Path

import py7zr
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidewaiter.errors import BadDataError
from tidewaiter.sources.meter import Limits
from tidewaiter.sources.unpack import is_archive, unpack

TEXT = b"id,name\n1,Varenkov\n" * 50


def zipped(path: Path, members: dict[str, bytes], mode: int = 0) -> Path:
    """A ZIP file, its members with a Unix mode where one is given."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)
    return path


def refused(path: Path, why: str, limits: Limits | None = None) -> None:
    """Unpacking ends in an error, and the folder is gone."""
    folder = path.parent / "out"
    with pytest.raises(BadDataError, match=why) as caught:
        unpack(path, path.name, folder, limits or Limits())
    assert caught.value.next_step
    assert not folder.exists()


def test_the_three_kinds_give_the_same_bytes(tmp_path: Path) -> None:
    """Whatever the packing, members lie under their own names."""
    zipped(tmp_path / "a.zip", {"sub/list.csv": TEXT, "b.csv": b"x"})
    with gzip.open(tmp_path / "list.csv.gz", "wb") as handle:
        handle.write(TEXT)
    (tmp_path / "list.csv").write_bytes(TEXT)
    with py7zr.SevenZipFile(tmp_path / "a.7z", "w") as archive:
        archive.write(tmp_path / "list.csv", "sub/list.csv")
    for name, members in (
        ("a.zip", ["b.csv", "sub/list.csv"]),
        ("list.csv.gz", ["list.csv"]),
        ("a.7z", ["sub/list.csv"]),
    ):
        path, folder = tmp_path / name, tmp_path / f"out-{name}"
        assert is_archive(path.read_bytes()[:65536])
        found = unpack(path, name, folder)
        assert [each.relative_to(folder).as_posix() for each in found] == members
        assert found[-1].read_bytes() == TEXT


def test_a_spreadsheet_is_no_archive(tmp_path: Path) -> None:
    """Although it is a ZIP file."""
    path = zipped(tmp_path / "a.xlsx", {"[Content_Types].xml": b"<Types/>"})
    assert not is_archive(path.read_bytes())
    assert not is_archive(b"id,name\n")


@pytest.mark.parametrize(
    "name", ["../escape.csv", "/etc/passwd", "a/../../b", "C:/x.csv", "..\\escape.csv"]
)
def test_members_stay_in_their_folder(tmp_path: Path, name: str) -> None:
    """No name reaches another place."""
    refused(zipped(tmp_path / "a.zip", {name: TEXT}), "another place")
    assert [p.name for p in tmp_path.iterdir()] == ["a.zip"]


def test_links_are_refused(tmp_path: Path) -> None:
    """A link could point anywhere."""
    path = zipped(tmp_path / "a.zip", {"link": b"/etc/passwd"}, stat.S_IFLNK | 0o777)
    refused(path, "is no file")


def test_links_in_7z_are_refused(tmp_path: Path) -> None:
    """In the other format, too."""
    (tmp_path / "link").symlink_to("/etc/passwd")
    with py7zr.SevenZipFile(tmp_path / "a.7z", "w") as archive:
        archive.write(tmp_path / "link", "link")
    (tmp_path / "link").unlink()
    refused(tmp_path / "a.7z", "is no file")


def test_names_that_differ_in_case_only_are_refused(tmp_path: Path) -> None:
    """On some machines one would replace the other."""
    refused(zipped(tmp_path / "a.zip", {"a.csv": TEXT, "A.CSV": TEXT}), "two members")


@pytest.mark.parametrize("kind", ["zip", "gz"])
def test_bombs_are_stopped(tmp_path: Path, kind: str) -> None:
    """By the bytes that really come out, whatever is announced."""
    zeros = b"\0" * (30 << 20)
    path = tmp_path / f"bomb.{kind}"
    if kind == "zip":
        zipped(path, {"a": zeros})
    else:
        path.write_bytes(gzip.compress(zeros))
    refused(path, "times its size")
    refused(path, "more than 1,000 bytes", Limits(largest=1000))


def test_7z_bombs_are_stopped_before_they_are_opened(tmp_path: Path) -> None:
    """By what the archive announces."""
    with py7zr.SevenZipFile(tmp_path / "a.7z", "w") as archive:
        archive.writef(io.BytesIO(b"\0" * (30 << 20)), "a")
    refused(tmp_path / "a.7z", "times its size")


def test_too_many_members_are_refused(tmp_path: Path) -> None:
    """Files cost more than bytes."""
    path = zipped(tmp_path / "a.zip", {f"{n}.csv": b"x" for n in range(30)})
    refused(path, "members", Limits(members=20))


def test_encrypted_archives_are_refused(tmp_path: Path) -> None:
    """Nobody is asked for a password."""
    with py7zr.SevenZipFile(tmp_path / "a.7z", "w", password="x") as archive:  # noqa: S106  (made up)
        archive.writef(io.BytesIO(TEXT), "a.csv")
    refused(tmp_path / "a.7z", "encrypted|kind that is not read")
    path = zipped(tmp_path / "a.zip", {"a.csv": TEXT})
    content = bytearray(path.read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + at] |= 1
    path.write_bytes(content)
    refused(path, "encrypted")


@pytest.mark.parametrize("kind", ["zip", "gz", "7z"])
@pytest.mark.parametrize("keep", [0.3, 0.6, 0.95])
def test_archives_that_are_cut_off_are_refused(tmp_path: Path, kind: str, keep: float) -> None:
    """Half of a list is not unpacked."""
    path = tmp_path / f"a.{kind}"
    if kind == "zip":
        zipped(path, {"a.csv": TEXT})
    elif kind == "gz":
        path.write_bytes(gzip.compress(TEXT))
    else:
        with py7zr.SevenZipFile(path, "w") as archive:
            archive.writef(io.BytesIO(TEXT), "a.csv")
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * keep)])
    refused(path, "damaged")


def test_an_archive_whose_checksum_is_wrong_is_refused(tmp_path: Path) -> None:
    """A flipped bit does not become data."""
    path = zipped(tmp_path / "a.zip", {"a.csv": TEXT})
    content = bytearray(path.read_bytes())
    content[40] ^= 0xFF
    path.write_bytes(content)
    refused(path, "damaged")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """One sound archive of each kind."""
    folder = tmp_path_factory.mktemp("whole")
    zipped(folder / "a.zip", {"sub/a.csv": TEXT, "b.csv": b"x"})
    with py7zr.SevenZipFile(folder / "a.7z", "w") as archive:
        archive.set_encoded_header_mode(False)
        archive.writef(io.BytesIO(TEXT), "sub/a.csv")
        archive.writef(io.BytesIO(b"x"), "b.csv")
    return {
        "zip": (folder / "a.zip").read_bytes(),
        "gz": gzip.compress(TEXT),
        "7z": (folder / "a.7z").read_bytes(),
    }


def consistent(content: bytearray) -> bytearray:
    """A 7z file whose checksums of the header fit again, so that the damage is read.

    Layout: 7zFormat.txt of the LZMA SDK, SignatureHeader and StartHeader.
    """
    begin, size = struct.unpack_from("<QQ", content, 12)
    if begin + size <= len(content):
        struct.pack_into("<I", content, 28, zlib.crc32(content[32 + begin : 32 + begin + size]))
    struct.pack_into("<I", content, 8, zlib.crc32(content[12:32]))
    return content


@pytest.mark.parametrize("kind", ["zip", "gz", "7z"])
@settings(max_examples=300, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_damaged_archives_end_in_files_or_a_clear_error(
    kind: str, data: st.DataObject, whole: dict[str, bytes], tmp_path: Path
) -> None:
    """Whatever a decoder stumbles over: of damaged 7z files it may be anything."""
    content = bytearray(whole[kind])
    first = len(content) * 2 // 3 if kind == "7z" else 0  # its header stands at the end
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(first, len(content) - 1))
        content[at] = data.draw(st.integers(0, 255))
    if kind == "7z":
        content = consistent(content)
    path, folder = tmp_path / f"a.{kind}", tmp_path / "out"
    path.write_bytes(bytes(content))
    try:
        found = unpack(path, path.name, folder)
    except BadDataError as problem:
        said = problem
    else:
        assert all(each.is_file() for each in found)
        shutil.rmtree(folder)
        return
    assert said.next_step
    assert not folder.exists()


@pytest.mark.parametrize(
    ("names", "why"),
    [
        (["a" * 300 + ".csv"], "too long"),
        (["a" * 300 + "/companies.csv"], "too long"),
        (["\u0436" * 150], "too long"),
        (["a", "a/companies.csv"], "a file and a folder"),
        (["a/companies.csv", "A"], "a file and a folder"),
        (["a/b/companies.csv", "a/b"], "a file and a folder"),
        (["a", "A/b/c"], "a file and a folder"),
    ],
)
def test_names_that_cannot_be_written_are_told(tmp_path: Path, names: list[str], why: str) -> None:
    """They are not damage, and no path of this machine is shown."""
    path = zipped(tmp_path / "a.zip", dict.fromkeys(names, TEXT))
    with pytest.raises(BadDataError, match=why) as caught:
        unpack(path, "a.zip", tmp_path / "out")
    assert "damaged" not in caught.value.what
    assert str(tmp_path) not in str(caught.value)


def test_damage_is_told_without_a_path_of_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error of the system carries the place where it was met."""

    def fail(*_: object) -> None:
        raise OSError(errno.EINVAL, "Invalid argument", str(tmp_path / "out" / "a.csv"))

    monkeypatch.setattr("tidewaiter.sources.unpack._pour", fail)
    with pytest.raises(BadDataError, match="Invalid argument") as caught:
        unpack(zipped(tmp_path / "a.zip", {"a.csv": TEXT}), "a.zip", tmp_path / "out")
    assert str(tmp_path) not in str(caught.value)
