"""The UK Sanctions List, on samples made by hand: XML, CSV and spreadsheet tell the same."""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidewaiter.errors import BadDataError
from tidewaiter.sources import uk
from tidewaiter.sources.card import card
from tidewaiter.sources.lists.uk_sanctions_list import UkListReader, measure_of
from tidewaiter.sources.reader import FileHead
from tidewaiter.sources.registry import READERS

Read = Callable[..., Any]
Row = dict[str, str]
HEADER_LINE = (
    "Last Updated,Unique ID,OFSI Group ID,UN Reference Number,Name 6,Name 1,Name 2,Name 3,Name 4,"
    "Name 5,Name type,Alias strength,Title,Name non-latin script,Non-latin script type,"
    "Non-latin script language,Regime Name,Designation Type,Designation source,Sanctions Imposed,"
    "Other Information,UK Statement of Reasons,Address Line 1,Address Line 2,Address Line 3,"
    "Address Line 4,Address Line 5,Address Line 6,Address Postal Code,Address Country,Phone number,"
    "Website,Email address,Date Designated,D.O.B,Nationality(/ies),National Identifier number,"
    "National Identifier additional information,Passport number,Passport additional information,"
    "Position,Gender,Town of birth,Country of birth,Type of entity,Subsidiaries,Parent company,"
    "Business registration number (s),IMO number,Current owner/operator (s),"
    "Previous owner/operator (s),Current believed flag of ship,Previous flags,Type of ship,"
    "Tonnage of ship,Length of ship,Year Built,Hull identification number (HIN)"
)
HEADER = next(csv.reader([HEADER_LINE]))
REGIME = "The Russia (Sanctions) (EU Exit) Regulations 2019"
COMMON = {"Last Updated": "01/07/2026", "Regime Name": REGIME, "Designation source": "UK"}
PLANT: Row = COMMON | {
    "Unique ID": "RUS9991", "OFSI Group ID": "19991", "Designation Type": "Entity",
    "Date Designated": "24/02/2024", "Sanctions Imposed": "Asset freeze|Trust Services Sanctions",
    "UK Statement of Reasons": "An invented maker.", "Type of entity": "JSC",
}  # fmt: skip
NAMES: list[Row] = [
    {"Name 6": "VARENKOV PRIBOR", "Name type": "Alias", "Alias strength": "Low quality a.k.a"},
    {"Name 6": "VARENKOV INSTRUMENT JSC", "Name type": "Primary Name"},
    {"Name 6": "VARENKOW", "Name type": "Primary Name Variation"},
]
ADDRESSES: list[Row] = [
    {"Address Line 1": "12 Zavodskaya", "Address Line 6": "Kazan", "Address Country": "Russia"},
    {"Address Line 6": "Samara", "Address Postal Code": "443000", "Address Country": "Russia"},
]
REGISTERS: list[Row] = [
    {"Business registration number (s)": "INN: 7700000016"},
    {"Business registration number (s)": "Z-99"},
]
PERSON: Row = COMMON | {
    "Unique ID": "RUS9992", "Name 6": "BERDIYEV", "Name 1": "Oqil", "Name type": "Primary name",
    "Designation Type": "Individual", "Date Designated": "25/02/2024", "Sanctions Imposed": "",
    "D.O.B": "dd/mm/1962", "Nationality(/ies)": "(1) Uzbekistan (2) Russia", "Gender": "Male",
    "Name non-latin script": "Окил Бердыев", "Non-latin script language": "Russian",
    "Non-latin script type": "Cyrillic", "UN Reference Number": "KPi.999",
    "Passport number": "AA1234567", "Passport additional information": "Uzbekistan, issued 2020",
    "Town of birth": "Tashkent", "Country of birth": "Uzbekistan", "Position": "Director",
    "Phone number": "(1) +998 71 1 (2) +998 71 2", "Title": "Dr",
}  # fmt: skip
SHIP: Row = COMMON | {
    "Unique ID": "DPR9993", "Name 6": "SARYKOL STAR", "Name type": "Primary name",
    "Designation Type": "Ship", "Date Designated": "03/10/2017", "IMO number": "9074729",
    "Sanctions Imposed": "De-flag|Prohibition of port entry", "Type of ship": "Bulk Carrier",
    "Current believed flag of ship": "Panama", "Length of ship": "105",
    "Current owner/operator (s)": "Sarykol Shipping", "Other Information": "Made up.",
}  # fmt: skip
PLANT_ROWS = [PLANT | a | b | c for a, b, c in product(NAMES, ADDRESSES, REGISTERS)]
ROWS = [*PLANT_ROWS, PERSON, SHIP]

# Elements of the XML, from the outermost to the one with the text, by column.
WRAPPED = {
    "Title": "Titles/Title", "D.O.B": "IndividualDetails/Individual/DOBs/DOB",
    "Gender": "IndividualDetails/Individual/Genders/Gender",
    "Position": "IndividualDetails/Individual/Positions/Position",
    "Phone number": "PhoneNumbers/PhoneNumber",
    "Nationality(/ies)": "IndividualDetails/Individual/Nationalities/Nationality",
    "Type of entity": "EntityDetails/Entity/TypeOfEntities/TypeOfEntity",
    "IMO number": "ShipDetails/Ship/IMONumbers/IMONumber",
    "Type of ship": "ShipDetails/Ship/TypeOfShipDetails/TypeOfShip",
    "Current believed flag of ship":
        "ShipDetails/Ship/CurrentBelievedFlagOfShips/CurrentBelievedFlagOfShip",
    "Length of ship": "ShipDetails/Ship/LengthOfShipDetails/LengthOfShip",
    "Current owner/operator (s)": "ShipDetails/Ship/CurrentOwnerOperators/CurrentOwnerOperator",
    "Business registration number (s)":
        "EntityDetails/Entity/BusinessRegistrationNumbers/BusinessRegistrationNumber",
    "Unique ID": "UniqueID", "OFSI Group ID": "OFSIGroupID", "Last Updated": "LastUpdated",
    "UN Reference Number": "UNReferenceNumber", "Regime Name": "RegimeName",
    "Designation Type": "IndividualEntityShip", "Designation source": "DesignationSource",
    "Sanctions Imposed": "SanctionsImposed", "Other Information": "OtherInformation",
    "UK Statement of Reasons": "UKStatementofReasons", "Date Designated": "DateDesignated",
}  # fmt: skip
TOGETHER = {
    "Names/Name": {"Name 1": "Name1", "Name 6": "Name6", "Name type": "NameType",
                   "Alias strength": "AliasStrength"},
    "NonLatinNames/NonLatinName": {
        "Name non-latin script": "NameNonLatinScript",
        "Non-latin script type": "NonLatinScriptType",
        "Non-latin script language": "NonLatinScriptLanguage"},
    "Addresses/Address": {
        "Address Line 1": "AddressLine1", "Address Line 6": "AddressLine6",
        "Address Postal Code": "AddressPostalCode", "Address Country": "AddressCountry"},
    "IndividualDetails/Individual/PassportDetails/Passport": {
        "Passport number": "PassportNumber",
        "Passport additional information": "PassportAdditionalInformation"},
    "IndividualDetails/Individual/BirthDetails/Location": {
        "Town of birth": "TownOfBirth", "Country of birth": "CountryOfBirth"},
}  # fmt: skip


def wrapped(path: str, inside: str) -> str:
    """``a/b`` around a text."""
    for tag in reversed(path.split("/")):
        inside = f"<{tag}>{inside}</{tag}>"
    return inside


def as_xml(rows: list[Row] = ROWS) -> str:
    """The designations of the rows, each part once."""
    parts: dict[str, dict[str, None]] = {}
    for row in rows:
        told = parts.setdefault(row["Unique ID"], {})
        for path, columns in TOGETHER.items():
            found = "".join(
                wrapped(tag, escape(row[name])) for name, tag in columns.items() if row.get(name)
            )
            told |= {wrapped(path, found): None} if found else {}
        for name, path in WRAPPED.items():
            told |= {wrapped(path, escape(row[name])): None} if row.get(name) else {}
    records = "".join(f"<Designation>{''.join(told)}</Designation>" for told in parts.values())
    return f"<Designations><DateGenerated>01/08/2026</DateGenerated>{records}</Designations>"


def as_csv(rows: list[Row] = ROWS, title: str = "Report Date: 01-Aug-2026\r\n") -> str:
    """The rows below the line with the day."""
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADER, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return title + out.getvalue()


@pytest.fixture
def load(outcome: Read, tmp_path: Path) -> Read:
    """Reads a text as a file."""

    def run(text: str) -> Any:
        path = tmp_path / ("list.xml" if text.startswith("<") else "list.csv")
        path.write_text(text, "utf-8", newline="")
        return outcome(UkListReader(), path)

    return run


@pytest.fixture
def sheet(outcome: Read, tmp_path: Path) -> Read:
    """Reads rows as a spreadsheet."""

    def run(rows: list[Row]) -> Any:
        book = openpyxl.Workbook()
        page = book.create_sheet("UK Sanctions List", 0)
        page.append(["Report Date: 01-Aug-2026"])
        page.append(HEADER)
        for row in rows:
            page.append([row.get(name, "") for name in HEADER])
        book.save(tmp_path / "list.xlsx")
        return outcome(UkListReader(), tmp_path / "list.xlsx")

    return run


def said(done: Any, prop: str, number: str = "") -> list[str]:
    """The values of a property, of one party if it is named."""
    return [
        row["value"]
        for row in done.rows("statements")
        if row["prop"] == prop and row["entity_id"].endswith(number)
    ]


def told(done: Any) -> set[tuple[str, ...]]:
    """Everything that is said, without where."""
    keys = ("entity_id", "schema", "prop", "value", "first_seen", "lang", "record_id")
    return {tuple(str(row[key]) for key in keys) for row in done.rows("statements")}


def test_all_formats_tell_the_same(load: Read, sheet: Read) -> None:
    """One element, twelve combinations in a table: the same parties, each value once."""
    nested, flat, page = load(as_xml()), load(as_csv()), sheet(ROWS)
    assert told(nested) == told(flat) == told(page)
    assert (nested.tally.rows_read, flat.tally.rows_read, page.tally.rows_read) == (3, 14, 14)
    for done in (nested, flat, page):
        assert (done.tally.entities, done.tally.part) == (3, "full")
        assert done.tally.published_on == "2026-08-01"
        assert (done.tally.unused, done.tally.unread) == ((), {"Sanctions Imposed": 1})
        values = [
            (r["entity_id"], r["schema"], r["prop"], r["value"]) for r in done.rows("statements")
        ]
        assert len(values) == len(set(values))


def test_a_row_gives_what_it_says_first(load: Read) -> None:
    """Every value stands at the first row that has it; names keep their kinds."""
    done = load(as_csv())
    assert said(done, "name", "RUS9991") == ["VARENKOV INSTRUMENT JSC"]
    assert said(done, "alias", "RUS9991") == ["VARENKOW"]
    assert said(done, "weakAlias", "RUS9991") == ["VARENKOV PRIBOR"]
    assert said(done, "innCode", "RUS9991") == ["7700000016"]
    assert said(done, "registrationNumber", "RUS9991") == ["Z-99"]
    assert said(done, "address", "RUS9991") == ["12 Zavodskaya, Kazan, Russia",
                                                "Samara, 443000, Russia"]  # fmt: skip
    places = {
        r["value"]: r["locator"] for r in done.rows("statements") if "RUS9991" in r["entity_id"]
    }
    assert places["VARENKOV PRIBOR"] == "row 3"
    assert places["Z-99"] == "row 4"
    assert places["VARENKOV INSTRUMENT JSC"] == "row 7"


def test_a_person_and_a_ship(load: Read) -> None:
    """Series are split, days keep their precision, countries become codes."""
    done = load(as_csv())
    assert said(done, "name", "RUS9992") == ["Oqil BERDIYEV"]
    assert said(done, "birthDate", "RUS9992") == ["1962"]
    assert said(done, "nationality", "RUS9992") == ["UZ", "RU"]
    assert said(done, "birthPlace", "RUS9992") == ["Tashkent, Uzbekistan"]
    assert said(done, "phone", "RUS9992") == ["+998 71 1", "+998 71 2"]
    assert said(done, "unscId", "RUS9992") == ["KPi.999"]
    (script,) = (r for r in done.rows("statements") if r["value"] == "Окил Бердыев")
    assert (script["prop"], script["lang"]) == ("alias", "rus")
    (paper,) = (r for r in done.rows("statements") if r["prop"] == "passportNumber")
    assert paper["original_value"] == "AA1234567 Uzbekistan, issued 2020"
    assert said(done, "imoNumber", "DPR9993") == ["IMO9074729"]
    assert said(done, "flag", "DPR9993") == ["PA"]
    assert said(done, "owner", "DPR9993") == ["Sarykol Shipping"]
    assert said(done, "notes", "DPR9993") == ["Made up.", "Length of ship: 105"]
    days = {r["entity_id"]: r["first_seen"] for r in done.rows("statements")}
    assert days["uk_sanctions_list:DPR9993"] == "2017-10-03"


def test_a_listing_carries_every_measure(load: Read) -> None:
    """Two kinds for the plant; two sanctions of one kind for the ship; none is named: other."""
    done = load(as_csv())
    assert said(done, "measure", "RUS9991") == ["asset_freeze", "sectoral"]
    assert said(done, "measure", "DPR9993") == ["vessel_ban"]
    assert said(done, "provisions", "DPR9993") == ["De-flag", "Prohibition of port entry"]
    assert said(done, "measure", "RUS9992") == ["other"]
    assert (measure_of("TravelBan"), measure_of("travel  ban"), measure_of("Banishment")) == (
        "other", "other", None,
    )  # fmt: skip
    assert all(rule.cite for rule in card("uk_sanctions_list").measures)


def test_indicators_count_where_the_words_are_missing(load: Read) -> None:
    """The XML says each sanction as true or false, too."""
    flags = "<AssetFreeze>true</AssetFreeze><TravelBan>false</TravelBan>"
    text = as_xml([PERSON]).replace(
        "</Designation>", wrapped("SanctionsImposedIndicators", flags) + "</Designation>"
    )
    done = load(text)
    assert said(done, "measure") == ["asset_freeze"]
    assert done.tally.unread == {}


def test_a_party_without_a_primary_name_has_its_first(load: Read) -> None:
    """The row's own statement stays an alias."""
    rows = [SHIP | {"Name type": "Alias", "Name 6": name} for name in ("FIRST", "SECOND")]
    for done in (load(as_csv(rows)), load(as_xml(rows))):
        assert sorted(said(done, "alias")) == ["FIRST", "SECOND"]
        assert said(done, "name") == ["FIRST"]


def test_a_row_that_cannot_be_kept_says_why(load: Read) -> None:
    """In tables by row, in the XML by record; the one beside it is kept."""
    rows = [SHIP, SHIP | {"Unique ID": ""}, PERSON | {"Designation Type": "Plane"}]
    done = load(as_csv(rows) + "one,cell\n")
    assert done.kept == 1
    assert done.reasons == {
        4: "Unique ID: required, but empty",
        5: "Designation Type: neither Individual, Entity nor Ship",
        6: ": 2 cells, but the header has 58",
    }
    nested = load(as_xml([SHIP, SHIP | {"Unique ID": "X", "Name 6": ""}]))
    assert nested.reasons == {2: "Names: no part of a name says anything"}
    twice = as_xml([SHIP]).replace(
        "</Designations>", as_xml([SHIP]).partition("</DateGenerated>")[2]
    )
    assert load(twice).reasons == {2: "Unique ID: the number of /Designations/Designation[1], too"}


def test_odd_files_are_errors_and_new_fields_are_named(load: Read, sheet: Read) -> None:
    """A page instead of the list, two equal columns; new columns and elements are reported."""
    with pytest.raises(BadDataError, match="well-formed"):
        load(as_xml()[:-30])
    with pytest.raises(BadDataError, match="root element"):
        load("<html/>")
    with pytest.raises(BadDataError, match="are not there"):
        load("Unique ID,Name 6\n1,2\n")
    with pytest.raises(BadDataError, match="twice"):
        load(as_csv().replace("Name 5", "Name 4"))
    assert load(as_csv().replace("Year Built", "Mood")).tally.unused == ("Mood",)
    new = as_xml([SHIP]).replace("<UniqueID>", "<Moods><Mood>grim</Mood></Moods><UniqueID>")
    assert load(new).tally.unused == ("Mood",)
    assert sheet([SHIP]).tally.rows_read == 1


def test_recognised_by_root_or_columns(tmp_path: Path) -> None:
    """By this reader alone, also in the words of earlier years and without the first line."""
    texts = (as_xml(), as_csv(), as_csv(title=""))
    for text in texts:
        head = FileHead("x", text.encode())
        assert [each.name for each in READERS if each.recognises(head)] == ["uk_sanctions_list"]
    assert not UkListReader().recognises(FileHead("x", b"<Designations/>"))


def test_words() -> None:
    """Days with what is not known, series, and cells that say nothing."""
    assert uk.day("dd/07/1978") == "1978-07"
    assert uk.day("00/00/1975") == "1975"
    assert uk.day("15/08/19yy") is None
    assert uk.series("(1) A (2) - (3) B") == ["A", "B"]
    assert uk.series("N/A") == []
    assert uk.contacts("a@b.c; d@e.f") == ["a@b.c", "d@e.f"]


@pytest.mark.parametrize("kind", ["xml", "csv"])
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_damaged_files_end_in_a_count_or_a_clear_error(
    kind: str, data: st.DataObject, outcome: Read, damaged: Read, tmp_path: Path
) -> None:
    """Rows read = kept + rejected, or ``BadDataError``."""
    whole = (as_xml() if kind == "xml" else as_csv()).encode()
    path = tmp_path / f"list.{kind}"
    path.write_bytes(data.draw(damaged(whole, kind)))
    with contextlib.suppress(BadDataError):
        outcome(UkListReader(), path)


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(
    cells=st.lists(
        st.tuples(
            st.integers(1, 6),
            st.integers(1, 60),
            st.text("aZ9/()|;-.,\u0416 ", max_size=20) | st.integers() | st.booleans(),
        ),
        max_size=6,
    )
)
def test_damaged_spreadsheets_do_the_same(
    cells: list[tuple[int, int, object]], outcome: Read, tmp_path: Path
) -> None:
    """Whatever stands in which cell, also beyond the header."""
    book = openpyxl.Workbook()
    page = book["Sheet"]
    for row in csv.reader(io.StringIO(as_csv([PERSON, SHIP]))):
        page.append(row)
    for row_number, column, value in cells:
        page.cell(row_number, column).value = value
    book.save(tmp_path / "list.xlsx")
    with contextlib.suppress(BadDataError):
        outcome(UkListReader(), tmp_path / "list.xlsx")
