"""The retired list of the Treasury: rows are names, groups are parties, labels are fields."""

from __future__ import annotations

import contextlib
import csv
import io
import random
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from tidewaiter.errors import BadDataError
from tidewaiter.sources.card import card
from tidewaiter.sources.lists.uk_conlist import UkConlistReader, measure_of
from tidewaiter.sources.reader import HEAD_BYTES, FileHead
from tidewaiter.sources.registry import READERS

Read = Callable[..., Any]
Row = dict[str, str]
HEADER_LINE = (
    "Name 6,Name 1,Name 2,Name 3,Name 4,Name 5,Title,Name Non-Latin Script,Non-Latin Script Type,"
    "Non-Latin Script Language,DOB,Town of Birth,Country of Birth,Nationality,Passport Number,"
    "Passport Details,National Identification Number,National Identification Details,Position,"
    "Address 1,Address 2,Address 3,Address 4,Address 5,Address 6,Post/Zip Code,Country,"
    "Other Information,Group Type,Alias Type,Alias Quality,Regime,Listed On,"
    "UK Sanctions List Date Designated,Last Updated,Group ID"
)
HEADER = next(csv.reader([HEADER_LINE]))
PERSON: Row = {
    "Name 6": "BERDIYEV", "Name 1": "Oqil", "Title": "(1) Colonel (2) Dr", "DOB": "00/00/1970",
    "Town of Birth": "Tashkent", "Country of Birth": "Uzbekistan", "Position": "Director",
    "Nationality": "(1) Uzbekistan. (2) Russia", "Passport Number": "(1) AA1 (2) BB2",
    "Passport Details": "(1) issued 2001 (2) -", "Country": "Russia", "Regime": "Russia",
    "Other Information": "(UK Sanctions List Ref):RUS9992 (UN Ref):KPi.999 Sits in Kazan. "
    "(UK Statement of Reasons):An invented official. (Gender):Male (Phone number):+7 1. +7 2",
    "Group Type": "Individual", "Alias Type": "Primary name", "Listed On": "24/02/2022",
    "UK Sanctions List Date Designated": "24/02/2022", "Last Updated": "01/03/2022",
    "Group ID": "19992",
}  # fmt: skip
AKA = PERSON | {"Name 1": "Okil", "Alias Type": "AKA", "Alias Quality": "Low quality"}
FKA = PERSON | {"Name 1": "Akil", "Alias Type": "FKA", "DOB": "99/99/99"}
SHIP: Row = {
    "Name 6": "SARYKOL STAR", "Group Type": "Ship", "Alias Type": "Primary name",
    "Regime": "Democratic People's Republic of Korea", "Listed On": "03/04/2018",
    "UK Sanctions List Date Designated": "30/03/2018", "Last Updated": "31/12/2020",
    "Other Information": "(UK Sanctions List Ref):DPR9993 Carried coal. (IMO number):9074729 "
    "(Current owners):Sarykol Shipping (Flag of ship):North Korea (Previous flags):Togo "
    "(Type of ship):Oil tanker (Tonnage of ship):1220 (Length of ship):82 (Year built):1987",
    "Group ID": "19993",
}  # fmt: skip
XML = (
    '<ArrayOfFinancialSanctionsTarget xmlns="http://schemas.hmtreasury.gov.uk/ofsi/consolidatedlist"'
    ' xmlns:i="http://www.w3.org/2001/XMLSchema-instance">{}</ArrayOfFinancialSanctionsTarget>'
)
TARGET = (
    "<FinancialSanctionsTarget><AliasType>Primary name</AliasType><GroupID>19993</GroupID>"
    "<DateDesignated>2018-03-30T00:00:00</DateDesignated><DateListed>2018-04-03T00:00:00</DateListed>"
    "<GroupTypeDescription>Ship</GroupTypeDescription><GrpStatus>A</GrpStatus>"
    "<LastUpdated>2020-12-31T00:00:00</LastUpdated><Name6>SARYKOL STAR</Name6>"
    "<OtherInformation>Carried coal.</OtherInformation>"
    "<RegimeName>Democratic People's Republic of Korea</RegimeName>"
    "<Ship_CurrentOwners>Sarykol Shipping</Ship_CurrentOwners><Ship_Flag>North Korea</Ship_Flag>"
    "<Ship_IMONumber>9074729</Ship_IMONumber><Ship_Length>82</Ship_Length>"
    "<Ship_PreviousFlags>Togo</Ship_PreviousFlags><Ship_Tonnage>1220</Ship_Tonnage>"
    "<Ship_Type>Oil tanker</Ship_Type><Ship_YearBuilt>1987</Ship_YearBuilt>"
    '<UKSanctionsListRef>DPR9993</UKSanctionsListRef><UNRef i:nil="true"/>'
    "</FinancialSanctionsTarget>"
)


def as_csv(*rows: Row) -> str:
    """Rows below the line with the day and the header."""
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADER, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return "Last Updated,04/05/2022\r\n" + out.getvalue()


@pytest.fixture
def load(outcome: Read, tmp_path: Path) -> Read:
    """Reads a text as a file."""

    def run(text: str) -> Any:
        path = tmp_path / ("ConList.xml" if text.startswith("<") else "ConList.csv")
        path.write_text(text, "utf-8", newline="")
        return outcome(UkConlistReader(), path)

    return run


def said(done: Any, prop: str) -> list[str]:
    """The values of a property."""
    return [row["value"] for row in done.rows("statements") if row["prop"] == prop]


def real(shared_data: Path) -> Path:
    """The publisher's file."""
    return shared_data / "lists" / "uk_2022" / "UK_ConList.xlsx"


def printed(path: Path) -> list[Row]:
    """The rows of the publisher's file, by column."""
    sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("Data").to_python()
    return [dict(zip(HEADER, map(str, cells), strict=True)) for cells in sheet[2:]]


@pytest.fixture(scope="module")
def whole(shared_data: Path, outcome: Read) -> Any:
    """What reading the publisher's file gives."""
    return outcome(UkConlistReader(), real(shared_data))


def test_rows_of_a_group_are_one_party(load: Read) -> None:
    """Names by kind and quality; everything else once, at the row that says it first."""
    done = load(as_csv(AKA, PERSON, FKA))
    assert (done.kept, done.tally.entities) == (3, 1)
    assert said(done, "name") == ["Oqil BERDIYEV"]
    assert said(done, "weakAlias") == ["Okil BERDIYEV"]
    assert said(done, "previousName") == ["Akil BERDIYEV"]
    assert said(done, "nationality") == ["UZ", "RU"]
    assert said(done, "passportNumber") == ["AA1", "BB2"]
    assert said(done, "title") == ["Colonel", "Dr"]
    assert said(done, "birthDate") == ["1970", "99/99/99"]
    assert said(done, "birthPlace") == ["Tashkent, Uzbekistan"]
    assert done.tally.unread == {"DOB": 1}
    places = {row["value"]: row["locator"] for row in done.rows("statements")}
    assert (places["Okil BERDIYEV"], places["RU"], places["Akil BERDIYEV"]) == (
        "row 3", "row 3", "row 5",
    )  # fmt: skip
    assert (done.tally.published_on, done.tally.part) == ("2022-05-04", "conlist")
    first = done.rows("statements")[0]
    assert (first["entity_id"], first["first_seen"]) == ("uk_conlist:19992", "2022-02-24")


def test_labelled_fields_become_properties(load: Read) -> None:
    """A reference ends at its first space; what no label explains stays as a note."""
    done = load(as_csv(PERSON))
    assert said(done, "authorityId") == ["RUS9992"]
    assert said(done, "unscId") == ["KPi.999"]
    assert said(done, "reason") == ["An invented official."]
    assert said(done, "gender") == ["male"]
    assert said(done, "phone") == ["+7 1", "+7 2"]
    assert said(done, "notes") == ["(1) issued 2001 (2) -", "Sits in Kazan."]
    strange = PERSON | {"Other Information": "(Shoe size):44 (Gender):Male"}
    assert said(load(as_csv(strange)), "notes")[-1] == "(Shoe size): 44"


def test_xml_and_csv_tell_the_same(load: Read) -> None:
    """Elements of the XML are the labels of the table."""
    keys = ("entity_id", "schema", "prop", "value", "first_seen")
    found = [
        {tuple(row[key] for key in keys) for row in load(text).rows("statements")}
        for text in (as_csv(SHIP), XML.format(TARGET))
    ]
    assert found[0] == found[1]
    done = load(XML.format(TARGET))
    assert said(done, "imoNumber") == ["IMO9074729"]
    assert said(done, "flag") == ["KP"]
    assert said(done, "measure") == ["asset_freeze"]
    assert done.tally.unused == ()
    banned = load(XML.format(TARGET.replace("<GrpStatus>A", "<GrpStatus>I")))
    assert said(banned, "measure") == ["sectoral"]


def test_a_row_that_cannot_be_kept_says_why(load: Read) -> None:
    """The row beside it is kept."""
    done = load(
        as_csv(
            PERSON, PERSON | {"Group ID": ""}, PERSON | {"Group Type": "Plane"},
            PERSON | {"Name 1": "", "Name 6": ""},
        )
    )  # fmt: skip
    assert done.kept == 1
    assert done.reasons == {
        4: "Group ID: required, but empty",
        5: "Group Type: neither Individual, Entity nor Ship",
        6: "Name 6: no part of the name says anything",
    }


def test_odd_files_are_errors_and_new_columns_are_named(load: Read) -> None:
    """A page instead of the list, a cut, another column."""
    with pytest.raises(BadDataError, match="well-formed"):
        load(XML.format(TARGET)[:-9])
    with pytest.raises(BadDataError, match="root element"):
        load("<html/>")
    with pytest.raises(BadDataError, match="are not there"):
        load("Name 6,Group ID\nA,1\n")
    assert load(as_csv(PERSON).replace("Address 5", "Mood")).tally.unused == ("Mood",)
    for text in (as_csv(PERSON), XML.format(TARGET)):
        head = FileHead("x", text.encode())
        assert [each.name for each in READERS if each.recognises(head)] == ["uk_conlist"]


def test_the_card_says_what_replaces_the_list() -> None:
    """Nothing is fetched from an address whose list no longer changes."""
    assert "closed on 28 January 2026" in card("uk_conlist").traps[0]
    assert "uk_sanctions_list" in card("uk_conlist").traps[0]
    assert card("uk_conlist").files == ()
    assert measure_of("Atlantis") == "asset_freeze"


def test_every_row_of_the_file_is_accounted_for(shared_data: Path, whole: Any) -> None:
    """Counts by group, kind and regime are those of a plain pass; nothing is rejected."""
    path = real(shared_data)
    with path.open("rb") as handle:
        head = FileHead(path.name, handle.read(HEAD_BYTES), path)
    assert [each.name for each in READERS if each.recognises(head)] == ["uk_conlist"]
    done, rows = whole, printed(path)
    assert (done.tally.rows_read, done.kept, done.rejects) == (15261, 15261, [])
    assert len(rows) == 15261
    assert done.tally.entities == len({row["Group ID"] for row in rows}) == 3430
    assert (done.tally.published_on, done.tally.unused) == ("2022-05-04", ())
    assert done.tally.unread == {"DOB": 3}
    assert {row["Regime"] for row in rows} <= {each.printed for each in card("uk_conlist").measures}
    assert Counter(said(done, "measure")) == {"asset_freeze": 3430}
    schemas = {row["entity_id"]: row["schema"] for row in done.rows("statements")[::-1]}
    kinds = {row["Group ID"]: row["Group Type"] for row in rows}
    assert Counter(schemas.values())["Vessel"] == Counter(kinds.values())["Ship"] == 15
    assert set(said(done, "imoNumber")) == {
        f"IMO{found[1]}"
        for row in rows
        if (found := re.search(r"\(IMO number\):(\d{7})", row["Other Information"]))
    }
    named = {r["entity_id"] for r in done.rows("statements") if r["prop"] == "name"}
    assert len(named) == 3430
    for each in card("uk_conlist").assertions:
        if each.count == "rows":
            assert done.kept >= each.at_least


def test_drawn_rows_say_what_the_file_says(shared_data: Path, whole: Any) -> None:
    """Of three hundred rows: the name, day, nationality and reference of their group."""
    found: dict[str, dict[str, set[str]]] = {}
    places: dict[tuple[str, str], str] = {}
    for row in whole.rows("statements"):
        found.setdefault(row["entity_id"], {}).setdefault(row["prop"], set()).add(row["value"])
        places.setdefault((row["entity_id"], row["value"]), row["locator"])
    rows = printed(real(shared_data))
    for at in random.Random(20261123).sample(range(len(rows)), 300):
        row = rows[at]
        key = f"uk_conlist:{row['Group ID']}"
        party = found[key]
        parts = [row[f"Name {part}"] for part in (1, 2, 3, 4, 5, 6)]
        name = " ".join(" ".join(parts).split())
        kinds = {"Primary name": "name", "FKA": "previousName"}
        prop = kinds.get(row["Alias Type"], "alias")
        weak = row["Alias Quality"] == "Low quality" and prop == "alias"
        assert name in party["weakAlias" if weak else prop]
        assert int(places[key, name].rpartition(" ")[2]) <= at + 3
        day, month, year = row["Listed On"].split("/")
        assert f"{year}-{month}-{day}" in party["listingDate"]
        assert row["Regime"] in party["program"]
        reference = re.search(r"\(UK Sanctions List Ref\):(\w+)", row["Other Information"])
        assert reference is None or reference[1] in party["authorityId"]
        if re.fullmatch(r"\d\d/\d\d/\d{4}", row["DOB"]) and not row["DOB"].startswith("00"):
            born = "-".join(reversed(row["DOB"].split("/")))
            assert born in party["birthDate"]


@pytest.mark.parametrize("kind", ["xml", "csv"])
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_damaged_files_end_in_a_count_or_a_clear_error(
    kind: str, data: st.DataObject, outcome: Read, damaged: Read, tmp_path: Path
) -> None:
    """Rows read = kept + rejected, or ``BadDataError``."""
    whole = (XML.format(TARGET) if kind == "xml" else as_csv(PERSON, AKA, SHIP)).encode()
    path = tmp_path / f"ConList.{kind}"
    path.write_bytes(data.draw(damaged(whole, kind)))
    with contextlib.suppress(BadDataError):
        outcome(UkConlistReader(), path)
