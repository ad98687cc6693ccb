"""What ships is whole: the wheel alone, without the checkout, can show what it does."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def unpacked(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's content."""
    built = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(built)],
        cwd=root,
        check=True,
        capture_output=True,
    )
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(built / "unpacked")
    return built / "unpacked"


def files(folder: Path) -> set[str]:
    """Every file below a folder, byte code aside."""
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_wheel_holds_every_resource(root: Path, unpacked: Path) -> None:
    """Knowledge ships beside the code that reads it."""
    shipped = files(unpacked / "tidewaiter")
    assert files(root / "src" / "tidewaiter") <= shipped


def test_the_demo_runs_from_the_wheel(unpacked: Path, tmp_path: Path) -> None:
    """A user without the repository sees the same demo."""
    result = subprocess.run(
        [sys.executable, "-m", "tidewaiter", "demo", str(tmp_path / "demo")],
        env={**os.environ, "PYTHONPATH": str(unpacked)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert list(tmp_path.rglob("leads.jsonl"))
