"""``case.toml`` says who is looking; what it cannot mean is an error, not a guess."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tidewaiter.errors import BadDataError
from tidewaiter.sources.casefolder import CaseReader, case_name
from tidewaiter.sources.reader import FileHead

Read = Callable[..., Any]


@pytest.fixture
def case(tmp_path: Path) -> Callable[[str], Path]:
    """Writes a case file."""

    def write(text: str) -> Path:
        path = tmp_path / "case.toml"
        path.write_text(text, "utf-8")
        return path

    return write


def test_every_key_becomes_a_fact(outcome: Read, case: Callable[[str], Path]) -> None:
    """Texts as they are, nested values as JSON; a country's name is its code."""
    path = case(
        'name = "c-1"\nview = "customs:Казахстан"\nregime_date = 2023-03-31\n'
        'jurisdictions = ["EU", "Uzbekistan"]\ncolour = "blue"\n[visibility]\nregistry = 45\n'
    )
    tally = outcome(CaseReader(), path).tally
    assert tally.facts["view"] == "customs:KZ"
    assert tally.facts["regime_date"] == "2023-03-31"
    assert json.loads(tally.facts["jurisdictions"]) == ["EU", "UZ"]
    assert json.loads(tally.facts["visibility"]) == {"registry": 45}
    assert tally.unused == ("colour",)
    assert tally.rows_read == 0
    assert case_name(path) == "c-1"


def test_an_empty_case_says_nothing(outcome: Read, case: Callable[[str], Path]) -> None:
    """Every key is optional."""
    path = case("")
    assert outcome(CaseReader(), path).tally.facts == {}
    assert case_name(path) is None


@pytest.mark.parametrize(
    "text",
    [
        "view = 3", 'view = "customs"', 'view = "customs:Atlantis"', 'view = "spy"',
        'regime_date = "soon"', "regime_date = 2023-03-31T10:00:00", 'jurisdictions = "EU"',
        'jurisdictions = ["Atlantis"]', 'name = "My Case"', 'name = "../x"', "name = 1",
        "[visibility]\nregistry = -1", "[visibility]\nregistry = 1.5",
        "[visibility]\nregistry = true", "[visibility]\nsecret = 1", "visibility = 3", "view =",
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_an_error(
    outcome: Read, case: Callable[[str], Path], text: str
) -> None:
    """With the key, and what could stand there."""
    with pytest.raises(BadDataError) as error:
        outcome(CaseReader(), case(text))
    assert error.value.where.startswith("case.toml")
    assert error.value.next_step


def test_recognised_by_name() -> None:
    """``case.toml`` anywhere, no other TOML."""
    assert CaseReader().recognises(FileHead("folder/case.toml", b""))
    assert not CaseReader().recognises(FileHead("reports/case-of.toml", b""))


@pytest.mark.parametrize("text", ["x = " + "[" * 5000, "x = " + "9" * 5000])
def test_what_no_parser_takes_is_no_toml(case: Callable[[str], Path], text: str) -> None:
    """Endless nesting and endless numbers end as any other fault of the file."""
    with pytest.raises(BadDataError, match="not TOML"):
        case_name(case(text))
