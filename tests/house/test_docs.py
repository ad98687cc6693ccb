"""The documentation does not lie: what it shows exists, and what exists it shows."""

from __future__ import annotations

import importlib.util
import re
import shlex
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from tidewaiter import errors
from tidewaiter.settings import Settings
from tidewaiter.store.tables import tables

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
REFERENCE = DOCS / "reference"
WRITTEN = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.rglob("*.md"))]


@cache
def generate() -> ModuleType:
    """``docs/generate.py``, which is a script and no package."""
    spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def commands() -> dict[str, Any]:
    """Each command by its full name, as ``tidewaiter load``."""
    return dict(generate().commands())


def options_of(command: Any) -> set[str]:
    """Every spelling of every option of a command."""
    return {
        spelling
        for each in generate().parameters(command)
        if each.param_type_name == "option"
        for spelling in (*each.opts, *each.secondary_opts)
    }


def command_lines(page: Path) -> Iterator[str]:
    """Every ``tidewaiter …`` that a page shows, in a block or in a sentence."""
    text = page.read_text("utf-8")
    blocks = re.findall(r"(?ms)^```(?:console|bash|sh|shell)?\n(.*?)^```", text)
    lines = [line for block in blocks for line in block.splitlines()]
    spans = re.findall(r"(?<!`)`([^`\n]+)`(?!`)", text)
    for line in (*lines, *spans):
        shown = line.strip().removeprefix("$ ").removeprefix(".venv/bin/")
        if shown.startswith("tidewaiter "):
            yield shown.split(" #")[0].split(" | ")[0].split(" > ")[0]


def test_generated_pages_are_up_to_date() -> None:
    """The reference says what the program does now. If this fails: ``make docs``."""
    stale = [
        path.name
        for path, text in generate().pages().items()
        if not path.is_file() or path.read_text("utf-8") != text
    ]
    assert stale == []


def test_every_command_and_option_is_explained() -> None:
    """No command, argument or option is without a sentence that says what it does."""
    page = (REFERENCE / "cli.md").read_text("utf-8")
    silent: list[str] = []
    for name, command in commands().items():
        assert f"\n## {name}\n" in page
        silent += [name] if not command.help else []
        silent += [
            f"{name} {each.name}"
            for each in generate().parameters(command)
            if not getattr(each, "help", None)
        ]
        assert all(f"`{option}`" in page for option in options_of(command))
    assert silent == []


def test_every_exit_code_is_documented() -> None:
    """Each code a script may meet has its line, and no two errors share one."""
    page = (REFERENCE / "exit-codes.md").read_text("utf-8")
    families = errors.TidewaiterError.__subclasses__()
    constants = [value for name, value in vars(errors).items() if name.startswith("EXIT_")]
    codes = [
        *constants,
        errors.TidewaiterError.exit_code,
        *(e.exit_code for e in families),
    ]
    assert len(codes) == len(set(codes))
    assert [code for code in codes if f"| `{code}` |" not in page] == []


def test_every_setting_is_documented() -> None:
    """Each setting has a row with its default and a meaning."""
    page = (REFERENCE / "settings.md").read_text("utf-8")
    rows = {
        cells[1].strip("` "): cells[-2].strip()
        for cells in (line.split("|") for line in page.splitlines())
        if len(cells) > 4
    }
    undocumented = [name for name in Settings.__struct_fields__ if not rows.get(name)]
    assert undocumented == []


def test_every_plain_format_has_an_example() -> None:
    """Each format is shown with rows to copy, which name only its own columns."""
    for each in tables():
        if not each.plain:
            continue
        example = DOCS / "examples" / f"{each.name}.csv"
        assert example.is_file(), f"no example for {each.name}.csv"
        header = example.read_text("utf-8").splitlines()[0].split(",")
        names = [column.name for column in each.columns]
        required = [column.name for column in each.columns if column.required]
        assert set(header) <= set(names), example.name
        assert set(required) <= set(header), example.name


def test_the_site_lists_every_page() -> None:
    """A page that the navigation does not name is a page nobody finds."""
    config = yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))
    listed = set(leaves(config["nav"]))
    assert listed == {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")}


def leaves(node: Any) -> Iterator[str]:
    """The pages under one node of the navigation."""
    if isinstance(node, str):
        yield node
        return
    for child in node.values() if isinstance(node, dict) else node:
        yield from leaves(child)


@pytest.mark.parametrize("page", WRITTEN, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_every_command_line_shown_exists(page: Path) -> None:
    """What a reader copies from a page is a command with options that it has."""
    known = commands()
    everywhere = options_of(known["tidewaiter"]) | {"--help"}
    for line in command_lines(page):
        words = shlex.split(line)
        if words[1].startswith("-") or words[1] in {"…", "[OPTIONS]"}:
            name = "tidewaiter"
        else:
            name = f"tidewaiter {words[1]}"
            if f"{name} {[*words, ''][2]}" in known:  # a command of a group, as bench leads
                name = f"{name} {words[2]}"
        assert name in known, line
        used = {word.split("=")[0] for word in words if word.startswith("--")}
        assert used <= options_of(known[name]) | everywhere, line


def test_decisions_are_numbered_and_say_what_was_rejected() -> None:
    """A decision without its rejected option is a habit; without a gap, findable."""
    notes = sorted((DOCS / "decisions").glob("[0-9]*.md"))
    numbers = [int(note.name[:4]) for note in notes]
    assert numbers == list(range(1, len(notes) + 1))
    silent = [note.name for note in notes if "rejected" not in note.read_text("utf-8").lower()]
    assert silent == []


def test_changelog_keeps_its_form() -> None:
    """The changelog starts with what is not yet released."""
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert re.search(r"^## \[Unreleased\]$", text, re.MULTILINE)
