"""The decrees behind Ukraine's sanctions, as legal acts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from tidewaiter.sources.aside import why_aside
from tidewaiter.sources.lists.ua_nsdc import UaNsdcReader, act_url
from tidewaiter.sources.reader import HEAD_BYTES, FileHead

Read = Callable[..., Any]
FOLDER = "lists/ua_nsdc_2022"


def test_every_decree_of_the_rows_is_a_legal_act(outcome: Read, shared_data: Path) -> None:
    """Once, with its number, its day as first printed, and where it is published."""
    path = shared_data / FOLDER / "UA_sanctions.xlsx"
    book = CalamineWorkbook.from_path(str(path))
    days: dict[str, str] = {}
    for sheet in book.sheet_names:
        header, *rows = book.get_sheet_by_name(sheet).to_python()
        number, day = header.index("№ указу"), header.index("Дата указу")
        for row in rows:
            days.setdefault(str(row[number]), str(row[day]))
    acts = outcome(UaNsdcReader(), path).rows("legal_acts")
    assert {act["number"]: act["adopted_on"] for act in acts} == days
    assert len(acts) == 18
    for act in acts:
        year = act["number"].rpartition("-")[2]
        assert act["act_id"] == f"ua_nsdc:{act['number']}"
        assert (act["kind"], act["country"]) == ("decree", "UA")
        assert act["url"].endswith(f"/{year}")
        assert act["adopted_on"].startswith(year)


@pytest.mark.parametrize(
    ("number", "url"),
    [
        ("176-2018", "https://zakon.rada.gov.ua/laws/show/176/2018"),
        ("109/2021", "https://zakon.rada.gov.ua/laws/show/109/2021"),
        ("без номера", ""),
        ("", ""),
    ],
)
def test_an_address_needs_a_number_and_a_year(number: str, url: str) -> None:
    """What is no number of a decree has no address."""
    assert act_url(number) == url


def test_the_settings_of_another_program_are_no_decrees(shared_data: Path) -> None:
    """The YAML beside the list holds corrections of spelling: it is passed over, with a reason."""
    path = shared_data / FOLDER / "ua_nsdc_sanctions.yml"
    content = path.read_bytes()
    head = FileHead(path.name, content[:HEAD_BYTES], path)
    assert not UaNsdcReader().recognises(head)
    assert why_aside(head) == "configuration of another program, not a list"
    assert b"decree" not in content.lower()
