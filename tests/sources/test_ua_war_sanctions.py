"""The portal's sections: what an entry means, a life from birth to death, and no answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tidewaiter.errors import BadDataError
from tidewaiter.sources.lists.ua_war_sanctions import UaWarSanctionsReader, card

SAMPLES = Path(__file__).parents[1] / "contract" / "samples" / "ua_war_sanctions"
Read = Callable[..., Any]


def said(found: Any, prop: str) -> list[str]:
    """The values of a property, in the order of the file."""
    return [row["value"] for row in found.rows("statements") if row["prop"] == prop]


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.json")), ids=lambda p: p.stem)
def test_an_entry_names_and_forbids_nothing_by_itself(path: Path, outcome: Read) -> None:
    """The measure is the card's, whatever the section."""
    found = outcome(UaWarSanctionsReader(), path)
    assert set(said(found, "measure")) == {card().measures[0].kind}
    assert card().measures[0].kind != "asset_freeze"


def test_a_life_has_two_days(outcome: Read, tmp_path: Path) -> None:
    """Born and died stand in one cell."""
    content = json.loads((SAMPLES / "kidnappers_persons.json").read_text("utf-8"))
    content["data"] = content["data"][:1]
    content["data"][0]["date_bd"] = "01.02.1950 - 03.04.2020"
    path = tmp_path / "kidnappers_persons.json"
    path.write_text(json.dumps(content), "utf-8")
    found = outcome(UaWarSanctionsReader(), path)
    assert said(found, "birthDate") == ["1950-02-01"]
    assert said(found, "deathDate") == ["2020-04-03"]


def test_a_failed_request_is_no_empty_list(outcome: Read, tmp_path: Path) -> None:
    """Its code tells."""
    path = tmp_path / "answer.json"
    path.write_text('{"code": 1, "data": []}', "utf-8")
    with pytest.raises(BadDataError, match="failure"):
        outcome(UaWarSanctionsReader(), path)
