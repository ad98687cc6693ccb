"""The Swiss list, on a sample made by hand: changes decide, copies inside them do not count."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidewaiter.errors import BadDataError
from tidewaiter.sources.lists.ch_seco import ChSecoReader, Programme, card, measure_of
from tidewaiter.sources.reader import FileHead
from tidewaiter.sources.registry import READERS

Read = Callable[..., Any]
ORDINANCE = "Ordinance of 4 March 2022 (SR 946.231.176.72), annexes 2, 8 and 33"
PROGRAMME = (
    '<sanctions-program ssid="1" version-date="2026-05-21"><program-key lang="ger">U.</program-key>'
    f'<program-key lang="eng">Ukraine</program-key><program-name lang="eng">{ORDINANCE}'
    '</program-name><sanctions-set ssid="11" lang="ger">Anhang 8</sanctions-set>'
    '<sanctions-set ssid="11" lang="eng">annex 8</sanctions-set>'
    '<sanctions-set ssid="12" lang="eng">annex 2</sanctions-set>'
    '<sanctions-set ssid="13" lang="eng">annex 33</sanctions-set><origin>EU</origin>'
    "</sanctions-program>"
)
PLACE = (
    '<place ssid="501"><location>Kazan</location><area>Tatarstan</area>'
    '<country iso-code="RU">Russian Federation</country></place>'
)
PLANT = (
    '<identity ssid="2" main="true"><name ssid="3" name-type="primary-name" quality="good">'
    '<name-part order="1" name-part-type="whole-name"><value>Varenkov Instrument JSC</value>'
    '<spelling-variant lang="RUS" script="CYRL">АО Варенков Прибор</spelling-variant></name-part>'
    '</name><address place-id="501"><address-details>12 Zavodskaya</address-details></address>'
    "</identity><justification>An invented maker.</justification>"
    "<other-information>Tax identification number: 7700000016</other-information>"
    "<other-information>Website: varenkov.example</other-information>"
    "<other-information>Makes gauges.</other-information>"
    '<relation ssid="9" target-id="20" relation-type="related-to"/>'
)
PERSON = (
    '<identity ssid="21" main="true"><name name-type="primary-name" quality="good">'
    '<name-part order="2" name-part-type="given-name"><value>Oqil</value>'
    '<spelling-variant lang="eng" script="LATN">Okil</spelling-variant>'
    '<spelling-variant lang="eng" script="LATN">Akil</spelling-variant></name-part>'
    '<name-part order="1" name-part-type="family-name"><value>Berdiyev</value>'
    '<spelling-variant lang="eng" script="LATN">Berdyev</spelling-variant></name-part>'
    '<name-part order="3" name-part-type="title"><value>Dr.</value></name-part></name>'
    '<day-month-year day="12" month="5" year="1970"/><day-month-year year="1971"/>'
    '<nationality><country iso-code="UZ">Uzbekistan</country></nationality>'
    '<place-of-birth place-id="501"/><identification-document document-type="passport">'
    "<number>AA1234567</number><issuer>Uzbekistan</issuer></identification-document></identity>"
    '<identity main="false"><name name-type="primary-name" quality="low"><name-part order="1" '
    'name-part-type="whole-name"><value>The Engineer</value></name-part></name></identity>'
)
SHIP = (
    '<identity main="true"><name name-type="primary-name" quality="good"><name-part order="1" '
    'name-part-type="whole-name"><value>Sarykol Star</value></name-part></name></identity>'
    "<other-information>IMO number: 9074729</other-information>"
)


def change(kind: str, day: str, copy: str = "") -> str:
    """A change with one day."""
    days = f'enactment-date="{day}" publication-date="{day}" effective-date="{day}"'
    return f'<modification modification-type="{kind}" {days}>{copy}</modification>'


def target(ssid: str, body: str, *changes: str, sets: str = "11") -> str:
    """A party; ``body`` is an individual, entity or object."""
    chosen = "".join(f"<sanctions-set-id>{each}</sanctions-set-id>" for each in sets.split())
    return f'<target ssid="{ssid}">{chosen}{body}{"".join(changes)}</target>'


def document(*targets: str) -> str:
    """A list; places come last, as the publisher puts them."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><swiss-sanctions-list list-type="whole-list" '
        f'date="2026-08-01">{PROGRAMME}{"".join(targets)}{PLACE}</swiss-sanctions-list>'
    )


WHOLE = document(
    target("10", f"<entity>{PLANT}</entity>", change("listed", "2022-12-21"), sets="11 12"),
    target("20", f'<individual sex="male">{PERSON}</individual>', change("listed", "2023-01-10")),
    target(
        "30", f'<object object-type="vessel">{SHIP}</object>', change("listed", "2024-02-24"),
        sets="13",
    ),
)  # fmt: skip


@pytest.fixture
def load(outcome: Read, tmp_path: Path) -> Read:
    """Reads a document."""

    def run(text: str) -> Any:
        path = tmp_path / "list.xml"
        path.write_text(text, "utf-8")
        return outcome(ChSecoReader(), path)

    return run


def said(done: Any, prop: str, ssid: str = "") -> list[str]:
    """The values of a property, of one party if it is named."""
    return [
        row["value"]
        for row in done.rows("statements")
        if row["prop"] == prop and row["entity_id"].endswith(f":{ssid}" if ssid else "")
    ]


def test_a_body_has_its_place_numbers_and_every_measure(load: Read) -> None:
    """Places are looked up though they come last; labels tell what further information is."""
    done = load(WHOLE)
    assert said(done, "name") == ["Varenkov Instrument JSC", "Berdiyev Oqil", "Sarykol Star"]
    assert said(done, "alias", "10") == ["АО Варенков Прибор"]
    assert said(done, "address", "10") == ["12 Zavodskaya, Kazan, Tatarstan, Russian Federation"]
    assert said(done, "country", "10") == ["RU"]
    assert said(done, "innCode", "10") == ["7700000016"]
    assert said(done, "website", "10") == ["varenkov.example"]
    assert said(done, "notes", "10") == ["Makes gauges."]
    assert said(done, "measure", "10") == ["asset_freeze", "export_restriction"]
    assert said(done, "provisions", "10") == ["annex 8", "annex 2"]
    assert said(done, "program", "10") == ["Ukraine"]
    assert said(done, "associates", "10") == ["ch_seco:20"]
    assert (said(done, "measure", "30"), said(done, "imoNumber", "30")) == (
        ["vessel_ban"], ["IMO9074729"],
    )  # fmt: skip
    schemas = {row["entity_id"]: row["schema"] for row in done.rows("statements")[::-1]}
    assert schemas == {
        "ch_seco:10": "LegalEntity", "ch_seco:20": "Person", "ch_seco:30": "Vessel",
    }  # fmt: skip
    assert (done.tally.published_on, done.tally.part) == ("2026-08-01", "whole-list")
    assert (done.tally.unused, done.tally.unread) == ((), {})


def test_names_are_said_in_the_order_of_their_parts(load: Read) -> None:
    """The n-th spellings of all parts make one name; titles are apart; low quality is weak."""
    done = load(WHOLE)
    assert said(done, "alias", "20") == ["Berdyev Okil", "Berdyev Akil"]
    assert said(done, "weakAlias", "20") == ["The Engineer"]
    assert said(done, "title", "20") == ["Dr."]
    assert (said(done, "lastName", "20"), said(done, "firstName", "20")) == (["Berdiyev"], ["Oqil"])
    assert said(done, "birthDate", "20") == ["1970-05-12", "1971"]
    assert said(done, "birthPlace", "20") == ["Kazan, Tatarstan, Russian Federation"]
    assert said(done, "passportNumber", "20") == ["AA1234567"]
    assert said(done, "nationality", "20") == ["UZ"]


def test_the_last_change_by_day_decides(load: Read) -> None:
    """Taken off: an end. Listed again after that: no end, and the new day."""
    body = f"<entity>{PLANT}</entity>"
    off = (change("amended", "2024-03-01"), change("de-listed", "2025-06-20"))
    done = load(
        document(
            target("1", body, *off, change("listed", "2022-03-16")),
            target("2", body, *off, change("listed", "2022-03-16"), change("listed", "2026-01-01")),
            target("3", body, *off),
            target("4", body),
        )
    )
    assert said(done, "endDate") == ["2025-06-20", "2025-06-20"]
    assert said(done, "listingDate") == ["2022-03-16", "2026-01-01"]
    seen = {
        row["entity_id"]: row["first_seen"]
        for row in done.rows("statements")
        if row["prop"] == "name"
    }
    assert seen == {
        "ch_seco:1": "2022-03-16", "ch_seco:2": "2022-03-16", "ch_seco:3": "2024-03-01",
        "ch_seco:4": None,
    }  # fmt: skip
    ends = [row for row in done.rows("statements") if row["prop"] == "endDate"]
    assert {row["first_seen"] for row in ends} == {"2025-06-20"}


def test_copies_inside_changes_are_no_parties(load: Read) -> None:
    """A change repeats whole targets and names; neither counts, nor shifts the places."""
    copy = f'<removed><target ssid="10"><entity>{PLANT}</entity></target></removed>'
    first = target("10", f"<entity>{SHIP}</entity>", change("amended", "2024-01-01", copy))
    second = target("11", f"<entity>{PLANT}</entity>", change("listed", "2024-01-01"))
    done = load(document(first, second))
    assert (done.kept, done.tally.entities) == (2, 2)
    assert said(done, "name", "10") == ["Sarykol Star"]
    places = {row["entity_id"]: row["locator"] for row in done.rows("statements")}
    assert places == {
        "ch_seco:10": "/swiss-sanctions-list/target[1]",
        "ch_seco:11": "/swiss-sanctions-list/target[2]",
    }


def test_a_party_that_cannot_be_kept_says_why(load: Read) -> None:
    """The one beside it is kept; a set of measures that is nowhere is counted."""
    body = f"<entity>{PLANT}</entity>"
    done = load(
        document(
            target("", body), target("1", ""), target("2", "<entity><identity/></entity>"),
            target("3", body, sets="99"), target("3", body),
        )
    )  # fmt: skip
    assert done.kept == 1
    assert done.reasons == {
        1: "ssid: required, but empty",
        2: "target: neither an individual, an entity nor an object",
        3: "name: no part of a name says anything",
        5: "ssid: the number of target 4, too",
    }
    assert said(done, "measure") == ["other"]
    assert done.tally.unread == {"sanctions-set-id": 1}


def test_odd_files_are_errors_and_new_elements_are_named(load: Read) -> None:
    """A search page or a file that is cut off must not look like a short list."""
    with pytest.raises(BadDataError, match="well-formed"):
        load(WHOLE[:-200])
    with pytest.raises(BadDataError, match="root element"):
        load("<html/>")
    assert load(WHOLE.replace("<justification>", "<mood/><justification>")).tally.unused == (
        "mood",
    )
    head = FileHead("x", WHOLE.encode())
    assert [each.name for each in READERS if each.recognises(head)] == ["ch_seco"]


def test_measures_follow_ordinance_and_annex() -> None:
    """Annexes of one ordinance differ; what neither annex nor words tell is other."""
    belarus = "Ordinance of 16 March 2022 (SR 946.231.116.9)"
    assert measure_of(Programme("", ORDINANCE, "annex 8")) == "asset_freeze"
    assert measure_of(Programme("", ORDINANCE, "annexe 33")) == "vessel_ban"
    assert measure_of(Programme("", ORDINANCE, "annex 25")) == "other"
    assert measure_of(Programme("", belarus, "annex 5")) == "export_restriction"
    assert measure_of(Programme("", "Ordinance on Mali", "annex")) == "asset_freeze"
    assert (
        measure_of(Programme("", "", "Restrictions on the money and capital market")) == "sectoral"
    )
    assert measure_of(Programme()) == "other"
    assert all(rule.cite for rule in card().measures)


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_damaged_lists_end_in_a_count_or_a_clear_error(
    data: st.DataObject, outcome: Read, damaged: Read, tmp_path: Path
) -> None:
    """Rows read = kept + rejected, or ``BadDataError``."""
    path = tmp_path / "list.xml"
    path.write_bytes(data.draw(damaged(WHOLE.encode(), "xml")))
    with contextlib.suppress(BadDataError):
        outcome(ChSecoReader(), path)
