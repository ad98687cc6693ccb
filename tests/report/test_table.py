"""Terminal tables: readable at usual widths, and ids are never cut."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from tidewaiter.model.finding import Lead
from tidewaiter.report import table


def printed(renderable: object, width: int) -> str:
    """What a terminal of that width shows."""
    out = StringIO()
    Console(file=out, width=width).print(renderable)
    return out.getvalue()


@pytest.mark.parametrize("width", [80, 100, 140])
def test_ids_can_be_copied_from_the_queue(leads: list[Lead], width: int) -> None:
    """Each lead's id stands whole on one line."""
    text = printed(table.queue(leads), width)
    assert all(lead.lead_id in text for lead in leads)
    assert all(len(line) <= width for line in text.splitlines())


@pytest.mark.parametrize("width", [80, 140])
def test_one_lead_shows_every_part(leads: list[Lead], width: int) -> None:
    """Sentence, evidence with its place, what speaks against, clears, is missing."""
    text = printed(table.one_lead(leads[0], Path("w")), width)
    for each in (*leads[0].counter_evidence, *leads[0].would_clear, *leads[0].missing):
        assert each in text
    assert "row 41" in text
    assert "not a verdict" in text
    assert "\x1b[31m" not in text
    assert "\u202e" not in text


def test_an_empty_queue_is_a_sentence() -> None:
    """No lead is said in words."""
    assert "No leads" in printed(table.queue([]), 80)
