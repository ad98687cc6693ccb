"""The lock file names exact bytes, and no machine."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCKS = ("requirements/build.txt", "requirements/lock.txt")
PIN = re.compile(r"^([a-z0-9.-]+)==([^ ]+)", re.MULTILINE)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_a_hash(lock: str, root: Path) -> None:
    """What is installed is what was locked, byte for byte."""
    blocks = re.split(r"^(?=[a-z0-9])", (root / lock).read_text("utf-8"), flags=re.MULTILINE)
    pins = [block for block in blocks if PIN.match(block)]
    assert pins
    assert [block.split()[0] for block in pins if "--hash=sha256:" not in block] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_no_host_and_no_path(lock: str, root: Path) -> None:
    """The lock installs from whatever index its user has; it knows no machine's."""
    text = (root / lock).read_text("utf-8")
    assert re.findall(r"\S*(?://|file:|--index-url|--find-links|--trusted-host)\S*", text) == []
    places = re.findall(r"(?:^|\s)(/\S+|[A-Za-z]:\\\S+|\.\./\S+)", text)
    assert places == []


def test_lock_covers_what_the_project_asks_for(root: Path) -> None:
    """Each dependency of pyproject is locked at a version that pyproject allows."""
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    text = (root / "requirements/lock.txt").read_text("utf-8")
    asked = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    for requirement in map(Requirement, asked):
        pinned = re.findall(rf"^{canonicalize_name(requirement.name)}==([^ ]+)", text, re.MULTILINE)
        assert pinned, requirement.name
        assert all(requirement.specifier.contains(each) for each in pinned), requirement


def test_both_locks_agree(root: Path) -> None:
    """A build tool that is a dependency too is locked once."""
    build, lock = (dict(PIN.findall((root / each).read_text("utf-8"))) for each in LOCKS)
    shared = build.keys() & lock.keys()
    assert {name: build[name] for name in shared} == {name: lock[name] for name in shared}


def test_every_import_is_a_declared_dependency(root: Path) -> None:
    """The wheel brings what it imports: nothing leans on a tool of the developers."""
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    declared = {canonicalize_name(Requirement(each).name) for each in project["dependencies"]}
    brings = metadata.packages_distributions()
    stray = {
        f"{path.relative_to(root)} imports {name}"
        for path in (root / "src").rglob("*.py")
        for name in imported(path) - sys.stdlib_module_names - {"tidewaiter"}
        if not declared & {canonicalize_name(each) for each in brings.get(name, [])}
    }
    assert stray == set()


def imported(path: Path) -> set[str]:
    """The top-level names that a module imports, anywhere in it."""
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    plain = {each.name for node in nodes if isinstance(node, ast.Import) for each in node.names}
    named = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    return {name.partition(".")[0] for name in plain | named}


# Permissive, or weak copyleft used unmodified. Read from each package's own metadata.
PERMISSIVE = re.compile(r"\b(Apache|MIT|BSD|0BSD|ISC|PSF|MPL)\b|BSD-\d|PSF-\d|MPL-\d")
# Packages under another licence; each was read by a person.
ARGUED = {
    "inflate64": "LGPL 2.1 or later: weak copyleft, for 7z, unmodified",
    "multivolumefile": "LGPL 2.1 or later: weak copyleft, for 7z, unmodified",
    "py7zr": "LGPL 2.1 or later: weak copyleft, imported unmodified",
    "pybcj": "LGPL 2.1 or later: weak copyleft, for 7z, unmodified",
    "pyppmd": "LGPL 2.1 or later: weak copyleft, for 7z, unmodified",
    "python-stdnum": "LGPL 2.1 or later: weak copyleft, imported unmodified",
}


def test_licences_allow_distribution() -> None:
    """Nothing that runs with Tidewaiter binds its user to more than attribution."""
    needed = {name: licence_of(name) for name in sorted(closure("tidewaiter"))}
    unclear = {name: said for name, said in needed.items() if not PERMISSIVE.search(said)}
    assert set(unclear) == set(ARGUED), unclear


def closure(name: str, seen: frozenset[str] = frozenset()) -> set[str]:
    """What a package needs at run time, directly or not."""
    found: set[str] = set()
    for line in metadata.requires(name) or []:
        requirement = Requirement(line)
        needed = canonicalize_name(requirement.name)
        wanted = not requirement.marker or requirement.marker.evaluate({"extra": ""})
        if wanted and needed not in seen | found:
            found |= {needed} | closure(needed, seen | found | {needed})
    return found


def licence_of(name: str) -> str:
    """What a package says of its licence, wherever it says so."""
    about = metadata.metadata(name).json
    classifiers = [each for each in about.get("classifier", []) if each.startswith("License")]
    said = [about.get("license_expression", ""), about.get("license", "")[:200], *classifiers]
    return " ".join(map(str, said))
