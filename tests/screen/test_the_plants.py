"""The plants of the report that started the project, against the EU's, OFAC's and Japan's lists."""

from __future__ import annotations

from pathlib import Path

import pytest

from tidewaiter.pipeline.intake import Options, load
from tidewaiter.pipeline.lookup import Lookup, open_lists
from tidewaiter.screen import Query, Screened, screen
from tidewaiter.settings import Settings
from tidewaiter.store.workspace import Workspace

ELECON = "eu_journal:32014R0833:IV:EU-RUS:export_control:LegalEntity:359"


@pytest.fixture(scope="module")
def lists(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Lookup:
    """A workspace with the three lists, as a user would load them."""
    space = Workspace.create(tmp_path_factory.mktemp("plants") / "workspace")
    folders = [shared_data / "lists" / name for name in ("eu_journal", "ofac", "jp_meti")]
    load(space, folders, Settings(), Options())
    return open_lists(space, Settings(), None)


def ask(lists: Lookup, name: str) -> Screened:
    """A name alone, as delivered."""
    return screen(Query(query_id="q", names=(name,)), lists.index, day=lists.as_of)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["Завод Элекон", "Elecon Plant", "ZAVOD ELEKON JSC"])
def test_the_plant_matches_all_its_listings(lists: Lookup, name: str) -> None:
    """Annex IV 359, OFAC's and Japan's entries, and nobody else's."""
    found = {match.entity_id.partition(":")[0]: match for match in ask(lists, name).results}
    assert {"eu_journal", "ofac", "jp_meti"} == set(found)
    assert found["eu_journal"].entity_id == ELECON


@pytest.mark.slow
def test_the_other_company_is_its_own_party(lists: Lookup) -> None:
    """One letter more is another company with its own record."""
    ids = {match.entity_id for match in ask(lists, "Elekond").results}
    assert ids
    assert ELECON not in ids


@pytest.mark.slow
def test_what_is_near_is_shown_with_why(lists: Lookup) -> None:
    """No exact entry: the design bureau, the electric and the radio plant are near."""
    answer = ask(lists, "Kazan Instrument Plant")
    assert answer.results == ()
    near = {match.entity_id: match for match in answer.near}
    assert "ofac:48429" in near
    assert any("Design Bureau" in match.caption for match in near.values())
    assert any("Radiopribor" in match.caption for match in near.values())
    assert all(len(match.explanations) > 3 for match in near.values())


@pytest.mark.slow
def test_an_unlisted_firm_matches_nobody(lists: Lookup) -> None:
    """A name that no list has stays without a match."""
    assert ask(lists, "Stella-K").results == ()
