"""Offshore Leaks: nodes and links as leaked, known no earlier than their release."""

from __future__ import annotations

import contextlib
import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidewaiter.errors import BadDataError
from tidewaiter.model.dates import last_day
from tidewaiter.sources.reader import FileHead
from tidewaiter.sources.registries.icij_offshore import IcijOffshoreReader, card, day, release

Read = Callable[..., Any]
END = "countries,country_codes,sourceID,valid_until,note"
HEADERS = {
    "nodes-entities": "node_id,name,original_name,former_name,jurisdiction,"
    "jurisdiction_description,company_type,address,internal_id,incorporation_date,"
    "inactivation_date,struck_off_date,dorm_date,status,service_provider,ibcRUC,country_codes,"
    "countries,sourceID,valid_until,note",
    "nodes-officers": f"node_id,name,{END}",
    "nodes-intermediaries": f"node_id,name,status,internal_id,address,{END}",
    "nodes-addresses": f"node_id,address,name,{END}",
    "nodes-others": "node_id,name,type,incorporation_date,struck_off_date,closed_date,"
    f"jurisdiction,jurisdiction_description,{END}",
    "relationships": "node_id_start,node_id_end,rel_type,link,status,start_date,end_date,sourceID",
}
NODE = {"node_id": "10000001", "name": "VARENKOV LTD.", "sourceID": "Panama Papers"}
LINK = {
    "node_id_start": "12000001", "node_id_end": "10000001", "rel_type": "officer_of",
    "link": "shareholder of", "sourceID": "Panama Papers",
}  # fmt: skip


@pytest.fixture
def load(outcome: Read, tmp_path: Path) -> Read:
    """Reads rows, each with cells of its own, under the header of a file."""

    def run(kind: str, *changes: dict[str, str]) -> Any:
        columns = HEADERS[kind].split(",")
        text = io.StringIO()
        writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
        writer.writeheader()
        for each in changes:
            writer.writerow((LINK if kind == "relationships" else NODE) | each)
        path = tmp_path / "any.csv"
        path.write_text(text.getvalue(), "utf-8")
        return outcome(IcijOffshoreReader(), path)

    return run


def said(row: dict[str, Any]) -> dict[str, str]:
    """What a row has no column for."""
    found: dict[str, str] = json.loads(row["extra"] or "{}")
    return found


@pytest.mark.parametrize("kind", HEADERS)
def test_each_file_is_known_by_its_columns(kind: str, load: Read) -> None:
    """Whatever its name; and every column is on the card."""
    assert IcijOffshoreReader().recognises(FileHead("x.csv", f"{HEADERS[kind]}\n".encode()))
    tally = load(kind, {}).tally
    assert (tally.part, tally.unused, tally.rows_read) == (kind, (), 1)


def test_other_tables_with_ids_and_names_are_not_taken() -> None:
    """The columns of ICIJ's own are needed."""
    for header in ("node_id,name", "node_id,name,countries,sourceID", "start,end,rel_type"):
        assert not IcijOffshoreReader().recognises(FileHead("nodes-officers.csv", header.encode()))


def test_an_entity_with_its_names_and_dates(load: Read) -> None:
    """The country in words, not ICIJ's code; printed dates as ISO 8601."""
    done = load(
        "nodes-entities",
        {
            "former_name": "QUMTEPA; LTD.", "jurisdiction": "SAM",
            "jurisdiction_description": "Samoa", "incorporation_date": "23-MAR-2006",
            "struck_off_date": "Jul 14, 2010", "ibcRUC": "25221", "countries": "Uzbekistan",
        },
    )  # fmt: skip
    (row,) = done.rows("companies")
    assert row["name"] == ["VARENKOV LTD.", "QUMTEPA; LTD."]
    assert (row["country"], row["registration_number"]) == ("WS", "25221")
    assert (row["incorporated_on"], row["dissolved_on"]) == ("2006-03-23", "2010-07-14")
    assert (said(row)["node"], said(row)["countries"]) == ("nodes-entities", "Uzbekistan")


def test_officers_are_not_guessed_to_be_persons(load: Read) -> None:
    """They are kept as companies without a country; extra says what they are."""
    for kind in ("nodes-officers", "nodes-intermediaries", "nodes-others"):
        done = load(kind, {"countries": "Uzbekistan"})
        (row,) = done.rows("companies")
        assert done.rows("people") == []
        assert (row["country"], said(row)["node"]) == (None, kind)


def test_nothing_is_known_before_its_release(load: Read) -> None:
    """A company of 1990 counts from the day on which the leak was published."""
    done = load("nodes-entities", {"incorporation_date": "01-JAN-1990"})
    assert done.rows("companies")[0]["known_from"] == "2016-05-09"
    link = load("relationships", {"start_date": "01-JAN-1990"}).rows("stakes")[0]
    assert (link["start"], link["known_from"]) == ("1990-01-01", "2016-05-09")
    assert load("nodes-addresses", {}).rows("addresses")[0]["known_from"] == "2016-05-09"


def test_a_leak_without_a_release_loses_its_dates_to_extra(load: Read) -> None:
    """Otherwise the register's clock would let it be known too early."""
    new = {"sourceID": "Next Papers"}
    (row,) = load("nodes-entities", new | {"incorporation_date": "01-JAN-1990"}).rows("companies")
    assert (row["incorporated_on"], row["known_from"]) == (None, None)
    assert said(row)["incorporated_on, release unknown"] == "1990-01-01"
    (link,) = load("relationships", new | {"start_date": "01-JAN-1990"}).rows("stakes")
    assert (link["start"], link["known_from"]) == (None, None)


def test_releases_are_dates_in_order() -> None:
    """The longest name decides; every release is a date after the first leak."""
    assert release("Paradise Papers - Appleby") == "2017-11"
    assert release("Paradise Papers - Malta corporate registry") == "2018"
    assert release("Pandora Papers - Trident Trust") == "2022-05"
    assert release("") == ""
    assert all(last_day(each) for each in card().releases.values())
    assert min(card().releases.values()) == "2013-06"


@pytest.mark.parametrize(
    ("link", "table", "says"),
    [
        ("shareholder of", "stakes", "shares"), ("Shareholder of", "stakes", "shares"),
        ("beneficial owner of", "stakes", "other"), ("director of", "roles", "director of"),
        ("", "roles", "officer_of"),
    ],
)  # fmt: skip
def test_links_are_stakes_or_roles(load: Read, link: str, table: str, says: str) -> None:
    """A share is never told; what is owned is, where the link says so."""
    (row,) = load("relationships", {"link": link}).rows(table)
    assert (row.get("interest") or row["role"]) == says
    assert row["company_id"] == "10000001"
    assert (row.get("owner_id") or row["person_id"]) == "12000001"
    assert row.get("min_share") is None


def test_a_registered_address_is_a_role_that_an_address_holds(load: Read) -> None:
    """So that parties that share one are found; the address is in its own table."""
    (row,) = load(
        "relationships",
        {"rel_type": "registered_address", "link": "registered address",
         "node_id_start": "10000001", "node_id_end": "14000001"},
    ).rows("roles")  # fmt: skip
    assert (row["person_id"], row["company_id"]) == ("14000001", "10000001")
    done = load("nodes-addresses", {"address": "12 Zavod Street", "countries": "Uzbekistan"})
    (place,) = done.rows("addresses")
    assert (place["address"], place["countries"]) == ("12 Zavod Street", ["UZ"])


def test_odd_rows_say_why(load: Read) -> None:
    """Ids and names are needed; odd dates and countries are told and counted."""
    done = load(
        "nodes-entities",
        {"node_id": ""}, {"name": ""}, {"incorporation_date": "soon"},
        {"jurisdiction": "XXX", "jurisdiction_description": "Undetermined"},
    )  # fmt: skip
    assert done.reasons == {2: "company_id: required, but empty", 3: "name: required, but empty"}
    assert done.tally.unread == {"companies.incorporated_on": 1, "companies.country": 1}
    assert said(done.rows("companies")[1])["unread: country"] == "Undetermined"
    assert load("relationships", {"node_id_end": ""}).reasons == {
        2: "company_id: required, but empty"
    }


@pytest.mark.parametrize(
    ("printed", "iso"),
    [
        ("23-MAR-2006", "2006-03-23"), ("Jul 14, 2006", "2006-07-14"), ("2006-07", "2006-07"),
        ("31-FEB-2006", "31-FEB-2006"), ("", ""), ("03/04/2006", "03/04/2006"),
    ],
)  # fmt: skip
def test_printed_dates(printed: str, iso: str) -> None:
    """What may be read in two ways is not read."""
    assert day(printed) == iso


def test_other_files_are_refused(outcome: Read, tmp_path: Path) -> None:
    """A reader that is named for the wrong file says so."""
    path = tmp_path / "x.csv"
    path.write_text("node_id,name\n1,A\n", "utf-8")
    with pytest.raises(BadDataError, match="none of the files"):
        outcome(IcijOffshoreReader(), path)


TEXTS = st.sampled_from(["", '"', "x,y", "\x00", "\u202e", "9" * 3000, "2024-02-31", ";;"])


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(sorted(HEADERS)),
    cells=st.dictionaries(st.sampled_from(sorted({*NODE, *LINK, "address", "countries"})), TEXTS),
    cut=st.integers(0, 60),
)
def test_damaged_files_end_in_a_count_or_a_clear_error(
    kind: str, cells: dict[str, str], cut: int, load: Read, outcome: Read, tmp_path: Path
) -> None:
    """Nonsense in any cell, and a file that ends early."""
    columns = HEADERS[kind].split(",")
    load(kind, {name: value for name, value in cells.items() if name in columns}, {})
    path = tmp_path / "any.csv"
    path.write_bytes(path.read_bytes()[: -cut or None])
    with contextlib.suppress(BadDataError):
        outcome(IcijOffshoreReader(), path)
