"""Every format is found, has a card, and reads its own example without a reject."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tidewaiter.errors import MissingError
from tidewaiter.sources.card import card, cards
from tidewaiter.sources.reader import HEAD_BYTES, FileHead
from tidewaiter.sources.registry import READERS, named, recognise
from tidewaiter.store.tables import tables
from tidewaiter.store.visibility import default_policies

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
FILES = [
    path
    for path in sorted(EXAMPLES.rglob("*"))
    if path.is_file() and not (path.suffix == ".toml" and path.parent.name == "reports")
]


def test_every_plain_table_has_a_reader_and_every_reader_a_card() -> None:
    """Nothing can be loaded that is not explained, or explained and not loaded."""
    names = [reader.name for reader in READERS]
    assert len(names) == len(set(names))
    assert {table.name for table in tables() if table.plain} <= set(names)
    assert sorted(each.name for each in cards()) == sorted(names)


def test_cards_are_filled_in() -> None:
    """Publisher, licence and use are said; the clock is a known policy or none."""
    for each in cards():
        assert all((each.title, each.publisher, each.licence, each.good_for, each.format))
        assert each.url.startswith("https://")
        assert each.visibility in {*default_policies(), "undated", "none"}


def test_a_card_tells_the_clock_of_its_table() -> None:
    """What a card says about visibility is what the store does."""
    for each in tables():
        if each.name in {reader.name for reader in READERS}:
            assert card(each.name).visibility == (each.policy if each.basis else "undated")


def test_an_unknown_format_names_the_known_ones() -> None:
    """The error says what could have been meant."""
    with pytest.raises(MissingError) as error:
        named("declaration")
    assert "declarations" in error.value.next_step
    assert named("eu_journal").name == "eu_journal"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_examples_are_recognised_and_read(path: Path, outcome: Callable[..., Any]) -> None:
    """Each example of the documentation is kept whole, with no unused column."""
    name = path.relative_to(EXAMPLES).as_posix()
    reader = recognise(FileHead(name, path.read_bytes()[:HEAD_BYTES]))
    assert reader is not None
    side = path.with_suffix(".toml")
    sidecar = side if path.parent.name == "reports" else None
    done = outcome(reader, path, name, sidecar)
    assert done.rejects == []
    assert done.tally.unused == ()
    assert done.kept or path.suffix == ".toml"


@pytest.mark.parametrize("name", ["notes.txt", "data.csv", "reports.csv", "case.json"])
def test_other_files_are_nobodys(name: str) -> None:
    """A file that fits no format is passed over."""
    assert recognise(FileHead(name, b"a,b\n1,2\n")) is None
