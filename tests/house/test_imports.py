"""The import contracts hold, and each of them bites.

Every contract of ``.importlinter`` is broken in a copy of the source, by a file that a
newcomer might write, and the contract's own line must say BROKEN. A contract that
passes whatever happens is worse than none.
"""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

READS_A_PEER = "from tidewaiter.sources.lists import accomplice\n"

# contract -> files (path in the package, text), each set being one violation of it
VIOLATIONS: dict[str, list[dict[str, str]]] = {
    "path": [
        {"text/intruder.py": "from tidewaiter import pipeline\n"},
        {"model/intruder.py": "import tidewaiter.screen\n"},
        {"stowaway/__init__.py": '"""A room without a place among the layers."""\n'},
    ],
    "acyclic": [
        {
            "text/intruder.py": "from tidewaiter.text import accomplice\n",
            "text/accomplice.py": "from tidewaiter.text import intruder\n",
        },
    ],
    "sources": [{"report/intruder.py": "from tidewaiter import sources\n"}],
    "engine": [
        {"trace/intruder.py": "import duckdb\n"},
        {"cli/intruder.py": "import duckdb.typing\n"},
        {"sources/lists/intruder.py": "def read():\n    import pyspark\n"},
        {"stowaway/__init__.py": "import duckdb\n"},
    ],
    "offline": [
        {"screen/intruder.py": "import socket\n"},
        {"store/intruder.py": "import httpx\n"},
        {"sources/lists/intruder.py": "from http import client\n"},
    ],
    "peers": [
        {
            "sources/lists/intruder.py": READS_A_PEER,
            "sources/lists/accomplice.py": "",
        },
        {
            "sources/declarations/intruder.py": READS_A_PEER,
            "sources/lists/accomplice.py": "",
        },
    ],
}
CASES = [(name, files) for name, sets in VIOLATIONS.items() for files in sets]


def contracts(root: Path) -> dict[str, str]:
    """Each contract's id and its name."""
    config = configparser.ConfigParser()
    config.read(root / ".importlinter", encoding="utf-8")
    prefix = "importlinter:contract:"
    return {
        section.removeprefix(prefix): config[section]["name"]
        for section in config.sections()
        if section.startswith(prefix)
    }


def lint(config: Path, source: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter over the package in ``source``."""
    program = "import sys; from importlinter.cli import lint_imports_command as run; run()"
    return subprocess.run(
        [sys.executable, "-c", program, "--config", str(config), "--no-cache"],
        capture_output=True,
        text=True,
        cwd=source,
        env={**os.environ, "PYTHONPATH": str(source), "COLUMNS": "200"},
        check=False,
    )


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    """A copy of ``src`` to spoil."""
    source = tmp_path / "src"
    skipped = shutil.ignore_patterns("__pycache__")
    shutil.copytree(root / "src", source, ignore=skipped)
    return source


def spoil(source: Path, files: dict[str, str]) -> None:
    """Add the files, or append to those that exist."""
    for name, text in files.items():
        path = source / "tidewaiter" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(text)


def test_the_tree_keeps_every_contract(root: Path) -> None:
    """The source as it is breaks nothing."""
    result = lint(root / ".importlinter", root / "src")
    assert result.returncode == 0, result.stdout + result.stderr
    for name in contracts(root).values():
        assert f"{name} KEPT" in result.stdout


def test_every_contract_has_a_violation(root: Path) -> None:
    """A contract added without an example of what it forbids is not yet believed."""
    assert set(contracts(root)) == set(VIOLATIONS)


@pytest.mark.parametrize(("contract", "files"), CASES, ids=[f"{c}-{'+'.join(f)}" for c, f in CASES])
def test_a_violation_is_caught(
    contract: str, files: dict[str, str], root: Path, copy: Path
) -> None:
    """One forbidden import turns its contract, by name, to BROKEN."""
    spoil(copy, files)
    result = lint(root / ".importlinter", copy)
    assert result.returncode != 0
    assert f"{contracts(root)[contract]} BROKEN" in result.stdout, result.stdout


def test_a_package_cannot_escape(root: Path) -> None:
    """Engine and network contracts cover all of the package by wildcard."""
    config = configparser.ConfigParser()
    config.read(root / ".importlinter", encoding="utf-8")
    for name in ("engine", "offline"):
        section = config[f"importlinter:contract:{name}"]
        assert section["source_modules"].split() == ["tidewaiter.*"]


def test_ruff_bans_what_the_linter_cannot_tell_apart(root: Path) -> None:
    """``urllib.parse`` is harmless, ``urllib.request`` is not: ruff knows the two."""
    result = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--select", "TID251", "-"],
        input="from urllib import request\nimport urllib.request\n",
        capture_output=True,
        text=True,
        cwd=root,
        check=False,
    )
    assert result.stdout.count("TID251") == 2, result.stdout
