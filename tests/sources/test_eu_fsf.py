"""The EU's financial sanctions files, on samples made by hand: XML and CSV tell the same."""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidewaiter.errors import BadDataError
from tidewaiter.sources.fsf_groups import contacts, day_of
from tidewaiter.sources.lists.eu_fsf import EuFsfReader, card, measure_of
from tidewaiter.sources.reader import FileHead
from tidewaiter.sources.registry import READERS

Read = Callable[..., Any]
Fact = tuple[str, dict[str, str]]
SPACE = 'xmlns="http://eu.europa.ec/fpi/fsd/export"'
ACT = {"programme": "UKR", "numberTitle": "2024/1 (OJ L1)", "publicationDate": "2024-02-23",
       "publicationUrl": "http://eur-lex.europa.eu/1"}  # fmt: skip
OLD = {"publicationDate": "2022-12-16", "numberTitle": "2022/2476 (OJ L322I)"}
PLANT: dict[str, str] = {
    "logicalId": "99901",
    "euReferenceNumber": "EU.9999.99",
    "kind": "enterprise",
}
PERSON = {"logicalId": "99902", "unitedNationId": "KPi.999", "designationDate": "2016-11-30",
          "euReferenceNumber": "EU.9998.99", "kind": "person"}  # fmt: skip
PLANT_FACTS: list[Fact] = [
    ("nameAlias", {"wholeName": "Varenkov Instrument JSC"}),
    ("nameAlias", {"wholeName": "АО Варенков", "nameLanguage": "RU", "act": "old"}),
    ("address", {"street": "12 Zavodskaya Street", "city": "Kazan", "countryIso2Code": "RU",
                 "countryDescription": "RUSSIAN FEDERATION"}),
    ("identification", {"number": "7700000016", "identificationTypeCode": "fiscalcode",
                        "identificationTypeDescription": "Fiscal code",
                        "countryIso2Code": "00", "countryDescription": "UNKNOWN"}),
]  # fmt: skip
PERSON_FACTS: list[Fact] = [
    ("nameAlias", {"firstName": "Oqil", "lastName": "BERDIYEV", "wholeName": "Oqil BERDIYEV",
                   "gender": "M", "function": "(a) Director, (b) Founder", "title": "Dr"}),
    ("citizenship", {"countryIso2Code": "UZ", "countryDescription": "UZBEKISTAN"}),
    ("birthdate", {"birthdate": "1970-05-12", "city": "Tashkent", "countryIso2Code": "UZ",
                   "countryDescription": "UZBEKISTAN"}),
    ("birthdate", {"yearRangeFrom": "1968", "yearRangeTo": "1970", "circa": "true"}),
    ("birthdate", {"year": "1971", "monthOfYear": "3"}),
    ("identification", {"number": "AA1234567", "identificationTypeCode": "passport",
                        "countryIso2Code": "UZ", "countryDescription": "UZBEKISTAN"}),
]  # fmt: skip
NAMES = {
    "nameAlias": "NameAlias", "address": "Address", "birthdate": "BirthDate",
    "identification": "Identification", "citizenship": "Citizenship",
}  # fmt: skip
COLUMNS = {
    "birthdate": "BirthDate", "monthOfYear": "Month", "dayOfMonth": "Day",
    "identificationTypeCode": "TypeCode", "identificationTypeDescription": "TypeDescription",
    "euReferenceNumber": "EU_ReferenceNumber",
}  # fmt: skip
PARTIES = [(PLANT, PLANT_FACTS), (PERSON, PERSON_FACTS)]


def attributes(values: dict[str, str]) -> str:
    """Attributes of an element."""
    return " ".join(f"{name}={quoteattr(value)}" for name, value in values.items())


def as_xml(parties: list[tuple[dict[str, str], list[Fact]]] = PARTIES) -> str:
    """Parties in the XML's layout."""
    out = [f'<export {SPACE} generationDate="2026-08-01T10:11:12.000+02:00">']
    for party, facts in parties:
        own = {name: value for name, value in party.items() if name != "kind"}
        act = {name: value for name, value in ACT.items() if name != "publicationUrl"}
        out.append(
            f"<sanctionEntity {attributes(own)}><remark>made by hand</remark>"
            f"<regulation {attributes(act)}><publicationUrl>{ACT['publicationUrl']}"
            f'</publicationUrl></regulation><subjectType code="{party["kind"]}"/>'
        )
        for kind, values in facts:
            told = {name: value for name, value in values.items() if name != "act"}
            summary = f"<regulationSummary {attributes(OLD)}/>" if "act" in values else ""
            out.append(f"<{kind} {attributes(told)}>{summary}</{kind}>")
        out.append("</sanctionEntity>")
    return "".join([*out, "</export>"])


def column(kind: str, name: str) -> str:
    """The CSV's column of an attribute."""
    return f"{kind}_{COLUMNS.get(name, name[:1].upper() + name[1:])}"


def as_csv(parties: list[tuple[dict[str, str], list[Fact]]] = PARTIES) -> str:
    """The same parties in the CSV's layout, a row a fact."""
    rows = []
    for party, facts in parties:
        own = {column("Entity", name): value for name, value in party.items() if name != "kind"}
        own |= {column("Entity_Regulation", name): value for name, value in ACT.items()}
        own |= {"fileGenerationDate": "01/08/2026", "Entity_Remark": "made by hand"}
        own |= {"Entity_SubjectType": party["kind"][:1].upper()}
        own |= {"Entity_SubjectType_ClassificationCode": party["kind"]}
        for kind, values in facts:
            told = {column(NAMES[kind], name): v for name, v in values.items() if name != "act"}
            if "act" in values:
                told |= {column(f"{NAMES[kind]}_Regulation", name): v for name, v in OLD.items()}
            rows.append(own | told)
    header = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, header, delimiter=";", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return "\ufeff" + out.getvalue()


@pytest.fixture
def load(outcome: Read, tmp_path: Path) -> Read:
    """Reads a text as a file."""

    def run(text: str) -> Any:
        path = tmp_path / ("full.xml" if text.lstrip().startswith("<") else "full.csv")
        path.write_text(text, "utf-8", newline="")
        return outcome(EuFsfReader(), path)

    return run


def said(done: Any, prop: str) -> list[str]:
    """The values of a property."""
    return [row["value"] for row in done.rows("statements") if row["prop"] == prop]


def told(done: Any) -> set[tuple[str, ...]]:
    """Everything that is said, without where."""
    keys = ("entity_id", "schema", "prop", "value", "first_seen", "lang", "record_id")
    return {tuple(str(row[key]) for key in keys) for row in done.rows("statements")}


def test_both_formats_tell_the_same(load: Read) -> None:
    """Same entities, values, days and records; the XML counts parties, the CSV rows."""
    nested, flat = load(as_xml()), load(as_csv())
    assert told(nested) == told(flat)
    assert (nested.tally.rows_read, flat.tally.rows_read) == (2, 10)
    assert (nested.tally.entities, flat.tally.entities) == (2, 2)
    assert nested.tally.published_on == flat.tally.published_on == "2026-08-01"
    assert nested.tally.part == flat.tally.part == "full"
    assert nested.tally.unused == flat.tally.unused == ()
    assert nested.tally.unread == flat.tally.unread == {}


def test_a_party_becomes_names_numbers_and_acts(load: Read) -> None:
    """Names of one language each, numbers by register, ranges by year, lettered functions."""
    done = load(as_xml())
    assert said(done, "name") == ["Varenkov Instrument JSC", "Oqil BERDIYEV"]
    assert said(done, "alias") == ["АО Варенков"]
    assert said(done, "innCode") == ["7700000016"]
    assert said(done, "passportNumber") == ["AA1234567"]
    assert said(done, "birthDate") == ["1970-05-12", "1968", "1969", "1970", "1971-03"]
    assert said(done, "position") == ["Director", "Founder"]
    assert said(done, "measure") == ["asset_freeze", "asset_freeze"]
    assert said(done, "unscId") == ["KPi.999"]
    assert said(done, "startDate") == ["2016-11-30"]
    first = done.rows("statements")[0]
    assert (first["entity_id"], first["schema"]) == ("eu_fsf:99901", "LegalEntity")
    assert first["locator"] == "/export/sanctionEntity[1]"
    name = next(row for row in done.rows("statements") if row["value"] == "АО Варенков")
    assert name["lang"] == "rus"


def test_a_party_is_known_from_the_oldest_act_it_cites(load: Read) -> None:
    """The act on the party itself may be one that amends it years later."""
    rows = load(as_csv()).rows("statements")
    days = {row["entity_id"]: row["first_seen"] for row in rows}
    assert days == {"eu_fsf:99901": "2022-12-16", "eu_fsf:99902": "2024-02-23"}


def test_weak_names_are_told_by_the_xml_and_by_remarks(load: Read) -> None:
    """The CSV has no column for it: there a weak name without a remark is an alias."""
    weak: list[Fact] = [
        ("nameAlias", {"wholeName": "Var", "strong": "false"}),
        ("nameAlias", {"wholeName": "Varenkov", "strong": "true"}),
        ("nameAlias", {"wholeName": "VK", "remark": "Low quality alias", "strong": "true"}),
    ]
    done = load(as_xml([(PLANT, weak)]))
    assert (said(done, "name"), said(done, "weakAlias")) == (["Varenkov"], ["Var", "VK"])
    named = [(kind, {k: v for k, v in fact.items() if k != "strong"}) for kind, fact in weak]
    flat = load(as_csv([(PLANT, named)]))
    assert (said(flat, "name"), said(flat, "alias")) == (["Var"], ["Varenkov"])
    assert said(flat, "weakAlias") == ["VK"]


def test_a_row_that_cannot_be_kept_says_why(load: Read) -> None:
    """In both formats; the party beside it is kept."""
    nested = load(
        as_xml(
            [
                (PLANT, PLANT_FACTS), (PLANT, PLANT_FACTS), (PERSON | {"kind": "ship"}, []),
                (PERSON | {"logicalId": "7"}, []), ({"kind": "person"}, PERSON_FACTS),
            ]
        )
    )  # fmt: skip
    assert nested.kept == 1
    assert nested.reasons == {
        2: "Entity_LogicalId: the number of party 1, too",
        3: "Entity_SubjectType: neither a person nor an enterprise",
        4: "NameAlias_WholeName: no name says anything",
        5: "Entity_LogicalId: required, but empty",
    }
    flat = load(as_csv([(PLANT, PLANT_FACTS), ({"kind": "person"}, PERSON_FACTS[:1])]))
    assert (flat.kept, list(flat.reasons.values())) == (
        4, ["Entity_LogicalId: required, but empty"],
    )  # fmt: skip


def test_odd_files_are_errors(load: Read) -> None:
    """Cut off, of another kind, or with the columns of version 1.0."""
    with pytest.raises(BadDataError, match="well-formed"):
        load(as_xml()[:-30])
    with pytest.raises(BadDataError, match="are there"):
        load("Date_file;Entity_logical_id;Naal_wholename;Entity_logical_id\n1;2;3;4\n")
    with pytest.raises(BadDataError, match="twice"):
        load("Entity_LogicalId;NameAlias_WholeName;Entity_LogicalId\n1;2;3\n")
    assert load(as_xml([(PLANT, [*PLANT_FACTS, ("website", {"url": "x"})])])).kept == 1


def test_what_the_card_does_not_know_is_named(load: Read) -> None:
    """A column, an attribute and a kind of document that are new."""
    done = load(as_xml([(PLANT | {"mood": "grim"}, [
        *PLANT_FACTS,
        ("identification", {"number": "5", "identificationTypeCode": "spaceship"}),
    ])]))  # fmt: skip
    assert done.tally.unused == ("Entity_Mood",)
    assert done.tally.unread == {"Identification_TypeCode": 1}


def test_recognised_by_namespace_or_columns() -> None:
    """By this reader alone, whatever the file is called."""
    for text in (as_xml(), as_csv()):
        head = FileHead("x", text.encode())
        assert [each.name for each in READERS if each.recognises(head)] == ["eu_fsf"]
    assert not EuFsfReader().recognises(FileHead("x", b"<export><sanctionEntity/></export>"))


def test_words() -> None:
    """Contacts in one cell, days in two orders, measures by act and programme."""
    found = [(each.prop, each.value) for each in contacts("PHONE[+7 1] EMAIL[a@b.c;d@e.f]WEB:w.x")]
    assert found == [("phone", "+7 1"), ("email", "a@b.c"), ("email", "d@e.f"), ("website", "w.x")]
    assert day_of("16/12/2022") == day_of("2022-12-16T00:00:00") == "2022-12-16"
    assert day_of("31/02/2022") is None
    assert measure_of("UKR", "833/2014 (OJ L229)") == "sectoral"
    assert measure_of("NEW", "") == "asset_freeze"
    assert all(rule.cite for rule in card().measures)


@pytest.mark.parametrize("kind", ["xml", "csv"])
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_damaged_files_end_in_a_count_or_a_clear_error(
    kind: str, data: st.DataObject, outcome: Read, damaged: Read, tmp_path: Path
) -> None:
    """Rows read = kept + rejected, or ``BadDataError``."""
    whole = (as_xml() if kind == "xml" else as_csv()).encode()
    path = tmp_path / f"full.{kind}"
    path.write_bytes(data.draw(damaged(whole, kind)))
    with contextlib.suppress(BadDataError):
        outcome(EuFsfReader(), path)
