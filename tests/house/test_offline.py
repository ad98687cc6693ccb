"""Nothing leaves the machine: a whole run in a namespace that has no network at all.

A guard on Python's sockets (``--disable-socket``) does not see native code, which opens
its own: DuckDB tried to download an extension under such a guard. Hence the namespace.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ISOLATED = ["unshare", "--map-root-user", "--net"]
INTERFACES = "import socket; print(*(name for _, name in socket.if_nameindex()))"


def isolated(command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a command in a network namespace of its own, or skip and say why."""
    if not shutil.which("unshare"):
        pytest.skip("no `unshare` on this system: the offline run cannot be proven here")
    if subprocess.run([*ISOLATED, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this system forbids network namespaces: not proven here")
    return subprocess.run([*ISOLATED, *command], capture_output=True, text=True, check=False)


def test_the_namespace_has_no_interface() -> None:
    """The proof below proves something: only the loopback is there, and it is down."""
    seen = isolated([sys.executable, "-c", INTERFACES])
    assert seen.stdout.split() == ["lo"]
    reach = "import socket; socket.create_connection(('127.0.0.1', 9), timeout=1)"
    refused = isolated([sys.executable, "-c", reach])
    assert "Network is unreachable" in refused.stderr


def test_the_demo_runs_without_a_network(tmp_path: Path) -> None:
    """Load, run and report end to end, with no way out of the machine."""
    workspace = tmp_path / "demo"
    result = isolated([sys.executable, "-m", "tidewaiter", "demo", str(workspace)])
    assert result.returncode == 0, result.stderr
    assert (workspace / "out" / "leads.jsonl").read_text("utf-8").strip()
