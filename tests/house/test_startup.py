"""``tidewaiter --help`` answers at once, because it imports nothing heavy.

How fast is measured, not tested (``bench/startup.py``): a timed test fails on a busy
machine and passes on a fast one, whatever the code does.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {
    "duckdb",
    "followthemoney",
    "ibis",
    "icu",
    "numba",
    "pandas",
    "pyarrow",
    "rigour",
    "sqlglot",
}

PROGRAM = """
import sys
from tidewaiter.cli import main
sys.argv = ["tidewaiter", *{words!r}]
try:
    main()
except SystemExit as stop:
    assert not stop.code, stop.code
print("IMPORTED", *sorted({{name.partition(".")[0] for name in sys.modules}}))
"""


@pytest.mark.parametrize("words", [["--help"], ["load", "--help"], ["run", "--help"]])
def test_help_imports_nothing_heavy(words: list[str]) -> None:
    """The program and each command explain themselves before anything heavy is read."""
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(words=words)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    imported = set(result.stdout.rpartition("IMPORTED")[2].split())
    assert "typer" in imported
    assert imported & HEAVY == set()


def test_the_package_itself_imports_nothing() -> None:
    """``import tidewaiter`` costs nothing: it holds a version and a map."""
    program = (
        "import sys; before = set(sys.modules); import tidewaiter;print(set(sys.modules) - before)"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "{'tidewaiter'}"
