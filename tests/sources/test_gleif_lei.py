"""GLEIF level 1: three formats of one content, and the slim table, row for row."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidewaiter.errors import BadDataError
from tidewaiter.sources.card import card
from tidewaiter.sources.reader import HEAD_BYTES, FileHead
from tidewaiter.sources.registries.gleif_lei import GleifLeiReader

Read = Callable[..., Any]
SAMPLES = Path(__file__).parent / "samples"
MAKER, HOLDING, FUND = "00VARENKOVPRIBOR0092", "00QUMTEPAHOLDING0012", "00SARYKOLFUND0000095"
COLUMNS = ("LEI", "Entity.LegalName", "Entity.EntityStatus")
NS = "http://www.gleif.org/data/schema/leidata/2016"
PROVENANCE = ("locator", "source_id")


def sample(kind: str) -> Path:
    """The same three records in one of the formats."""
    return SAMPLES / f"gleif_lei.{kind}"


def by_id(done: Any, table: str = "companies") -> dict[str, dict[str, Any]]:
    """Rows by record id."""
    return {row["record_id"]: row for row in done.rows(table)}


@pytest.fixture
def load(outcome: Read, tmp_path: Path) -> Read:
    """Reads records, each a dictionary of cells, written as CSV."""

    def run(*records: dict[str, str], name: str = "golden.csv") -> Any:
        columns = list(dict.fromkeys([*COLUMNS, *(c for each in records for c in each)]))
        text = io.StringIO()
        writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(records)
        path = tmp_path / "golden.csv"
        path.write_text(text.getvalue(), "utf-8")
        return outcome(GleifLeiReader(), path, name)

    return run


def entity(**more: str) -> dict[str, str]:
    """An active firm; names of further cells are given with their dots."""
    return {"LEI": MAKER, "Entity.LegalName": "Varenkov", "Entity.EntityStatus": "ACTIVE"} | more


def event(number: int, kind: str, when: str, status: str = "COMPLETED") -> dict[str, str]:
    """One event of an entity."""
    path = f"Entity.LegalEntityEvents.LegalEntityEvent.{number}"
    return {
        f"{path}.event_status": status,
        f"{path}.LegalEntityEventType": kind,
        f"{path}.LegalEntityEventEffectiveDate": when,
    }


@pytest.mark.parametrize("kind", ["csv", "xml", "json"])
def test_every_format_is_known_by_its_content(kind: str) -> None:
    """Whatever the name; other GLEIF files are not taken."""
    start = sample(kind).read_bytes()[:HEAD_BYTES]
    assert GleifLeiReader().recognises(FileHead("some.data", start))
    for other in ("relations", "exceptions"):
        head = FileHead("lei2.xml", (SAMPLES / f"gleif_{other}.{kind}").read_bytes())
        assert not GleifLeiReader().recognises(head)


@pytest.mark.parametrize("kind", ["xml", "json"])
def test_all_formats_say_the_same(kind: str, outcome: Read) -> None:
    """Rows differ in nothing but their place; no name is unknown to the card."""
    plain, other = (outcome(GleifLeiReader(), sample(k)) for k in ("csv", kind))
    for table in ("companies", "name_history"):
        first, second = (by_id(done, table) for done in (plain, other))
        assert first.keys() == second.keys()
        for key in first:
            assert {k: v for k, v in first[key].items() if k not in PROVENANCE} == {
                k: v for k, v in second[key].items() if k not in PROVENANCE
            }
    for done in (plain, other):
        assert (done.tally.unused, done.rejects) == ((), [])
        assert done.tally.unread == {"companies.country": 1}
        assert done.tally.part == "golden-copy/lei2"


def test_the_header_gives_the_day_of_the_file(outcome: Read) -> None:
    """XML has a header; the other formats have the newest update."""
    tally = outcome(GleifLeiReader(), sample("xml")).tally
    assert (tally.published_on, tally.facts["record count"]) == ("2026-02-01", "3")
    assert outcome(GleifLeiReader(), sample("csv")).tally.published_on == "2026-01-01"


def test_a_record_becomes_a_company(outcome: Read) -> None:
    """All names whole, with their semicolons; country of the law; known since the LEI."""
    rows = by_id(outcome(GleifLeiReader(), sample("xml")))
    maker, holding, fund = (rows[f"gleif:{lei}"] for lei in (MAKER, HOLDING, FUND))
    assert maker["name"] == [
        "АО «Варенков; Прибор»", "АО «Кумтепа»", "Varenkov Trading", "AO Varenkov; Pribor",
    ]  # fmt: skip
    assert maker["address"] == "12 Zavod Street, Building 3, c/o Agent, Tashkent, 100000, UZ"
    assert (maker["incorporated_on"], maker["known_from"]) == ("1994-05-01", "2015-06-01")
    assert (maker["registration_number"], maker["lei"]) == ("301234567", MAKER)
    assert maker["locator"] == "/LEIData/LEIRecords/LEIRecord[1]"
    said = json.loads(maker["extra"])
    assert said["headquarters"].startswith("1 Office Street")
    assert said["conformity"] == "CONFORMING"
    assert (holding["country"], json.loads(holding["extra"])["jurisdiction"]) == ("US", "US-DE")
    assert json.loads(holding["extra"])["successors"] == MAKER
    assert fund["country"] is None
    assert json.loads(fund["extra"])["unread: country"] == "ZZ"


def test_an_inactive_entity_ends_with_its_last_ending_event(load: Read) -> None:
    """The last day as stated, else of a completed ending; an active one has no end."""
    merged = event(1, "MERGERS_AND_ACQUISITIONS", "2020-07-01")
    gone = event(2, "DISSOLUTION", "2020-08-01T00:00:00Z")
    inactive = {"Entity.EntityStatus": "INACTIVE"}
    stated = {"Entity.EntityExpirationDate": "2019-01-01T00:00:00Z"}
    done = load(
        entity(**merged), entity(**inactive, **merged, **gone), entity(**inactive, **stated),
        entity(**inactive, **event(1, "DISSOLUTION", "2020", "IN_PROGRESS")),
    )  # fmt: skip
    assert [r["dissolved_on"] for r in done.rows("companies")] == [
        None, "2020-08-01", "2019-01-01", None,
    ]  # fmt: skip


def test_a_change_of_name_tells_both_names_only_where_it_is_clear(load: Read) -> None:
    """One previous name and one change belong together; more are told without names."""
    path = "Entity.OtherEntityNames.OtherEntityName"
    before = {f"{path}.1": "Old", f"{path}.1.type": "PREVIOUS_LEGAL_NAME"}
    older = {f"{path}.2": "Older", f"{path}.2.type": "PREVIOUS_LEGAL_NAME"}
    change = event(1, "CHANGE_LEGAL_NAME", "2021-02-03")
    undone = event(2, "CHANGE_LEGAL_NAME", "2021-02-04", "WITHDRAWN_CANCELLED")
    rows = load(
        entity(**before, **change, **undone), entity(LEI=HOLDING, **before, **older, **change)
    ).rows("name_history")
    assert [(r["old_value"], r["new_value"], r["changed_on"]) for r in rows] == [
        ("Old", "Varenkov", "2021-02-03"), (None, None, "2021-02-03"),
    ]  # fmt: skip


def test_a_change_without_a_day_stays_with_the_company(load: Read) -> None:
    """It is no row of the history, and it is not lost."""
    done = load(entity(**event(1, "CHANGE_LEGAL_FORM", "")))
    assert done.rows("name_history") == []
    assert "not kept: name_history 1" in json.loads(done.rows("companies")[0]["extra"])
    assert done.tally.unread == {"name_history.changed_on": 1}


def test_records_that_cannot_be_kept_say_why(load: Read) -> None:
    """A record needs an identifier and a legal name; deleted ones are refused."""
    done = load(
        entity(LEI=""), entity(**{"Entity.LegalName": ""}),
        entity(**{"Extension.Deletion.DeletedAt": "2026-01-01"}), entity(),
        entity(LEI="short"), entity(**{"Entity.EntityCreationDate": "soon"}),
    )  # fmt: skip
    assert done.reasons == {
        2: "company_id: required, but empty",
        3: "name: required, but empty",
        4: "Deletion: deleted by GLEIF",
    }
    odd = done.rows("companies")[1]
    assert (odd["company_id"], odd["lei"]) == ("short", None)
    assert done.tally.unread == {"companies.incorporated_on": 1}


def test_unknown_names_are_told(load: Read) -> None:
    """Without their numbers, once."""
    done = load(entity(**{"Entity.Mood.1": "good", "Entity.Mood.2": "better"}))
    assert done.tally.unused == ("Entity.Mood",)


def test_files_of_changes_are_refused(load: Read, outcome: Read, tmp_path: Path) -> None:
    """By header or name: they would replace the whole."""
    with pytest.raises(BadDataError, match="changes only"):
        load(entity(), name="20260201-0800-gleif-goldencopy-lei2-last-day.csv")
    text = sample("xml").read_text("utf-8").replace("FULL_PUBLISHED", "DELTA_PUBLISHED")
    path = tmp_path / "delta.xml"
    path.write_text(text, "utf-8")
    with pytest.raises(BadDataError, match="changes only"):
        outcome(GleifLeiReader(), path)


def test_a_column_that_is_there_twice_is_an_error(outcome: Read, tmp_path: Path) -> None:
    """One of the two would be lost."""
    path = tmp_path / "twice.csv"
    path.write_text(",".join([*COLUMNS, "LEI"]) + "\n", "utf-8")
    with pytest.raises(BadDataError, match="twice"):
        outcome(GleifLeiReader(), path)


def test_names_in_xml_are_those_that_an_independent_reading_finds(outcome: Read) -> None:
    """The standard library's parser finds the same identifiers and legal names."""
    tree = ET.parse(sample("xml"))  # noqa: S314  (our own sample)
    found = {
        record.findtext(f"{{{NS}}}LEI"): record.findtext(f"{{{NS}}}Entity/{{{NS}}}LegalName")
        for record in tree.iter(f"{{{NS}}}LEIRecord")
    }
    done = outcome(GleifLeiReader(), sample("xml"))
    assert {row["company_id"]: row["name"][0] for row in done.rows("companies")} == found


def slim(path: Path, **columns: list[Any]) -> Path:
    """A slim table; columns that are not given are filled."""
    size = len(next(iter(columns.values())))
    whole = {"LEI": [MAKER] * size, "name": ["A"] * size, "country": ["UZ"] * size,
             "cat": ["GENERAL"] * size, "electronics": [False] * size,
             "aerospace": [True] * size} | columns  # fmt: skip
    pq.write_table(pa.table(whole), path)
    return path


def test_the_slim_table_is_read_with_its_odd_rows(outcome: Read, tmp_path: Path) -> None:
    """No name is a reject; no country is none; an unknown one is told and counted."""
    path = slim(
        tmp_path / "s.parquet",
        name=["A; B", "", None, "C"], country=["UZ", "UZ", "UZ", "Atlantis"],
    )  # fmt: skip
    done = outcome(GleifLeiReader(), path)
    assert done.reasons == {2: "name: required, but empty", 3: "name: required, but empty"}
    first, last = done.rows("companies")
    assert (first["name"], first["locator"], first["country"]) == (["A; B"], "row 1", "UZ")
    assert json.loads(first["extra"]) == {
        "cat": "GENERAL", "electronics": "false", "aerospace": "true",
    }  # fmt: skip
    assert (last["country"], last["locator"]) == (None, "row 4")
    assert json.loads(last["extra"])["unread: country"] == "Atlantis"
    assert done.tally.unread == {"companies.country": 1}


def test_a_slim_table_that_lacks_columns_or_bytes_is_an_error(
    outcome: Read, tmp_path: Path
) -> None:
    """Other Parquet files are not taken, and a torn one is no crash."""
    other = tmp_path / "other.parquet"
    pq.write_table(pa.table({"LEI": ["x"]}), other)
    torn = tmp_path / "torn.parquet"
    torn.write_bytes(slim(tmp_path / "s.parquet", LEI=[MAKER]).read_bytes()[:-40])
    for path in (other, torn):
        assert not GleifLeiReader().recognises(FileHead(path.name, path.read_bytes(), path))
        with pytest.raises(BadDataError, match="cannot be read"):
            outcome(GleifLeiReader(), path)


def test_the_real_slim_table_row_by_row(shared_data: Path, outcome: Read) -> None:
    """Every row is kept; 300 drawn rows are those that Arrow alone gives for their number."""
    path = shared_data / "ownership" / "gleif_level1_slim.parquet"
    head = FileHead("any.bin", path.read_bytes()[:HEAD_BYTES], path)
    assert GleifLeiReader().recognises(head)
    done = outcome(GleifLeiReader(), path)
    printed = pq.read_table(path)
    assert (done.tally.rows_read, done.kept, done.rejects) == (399_203, 399_203, [])
    assert done.tally.unread == {}
    floor = next(a for a in card("gleif_lei").assertions if a.part == done.tally.part)
    assert done.kept >= floor.at_least
    rows = done.rows("companies")
    assert sum(row["country"] is None for row in rows) == printed["country"].null_count == 30
    for at in random.Random(7).sample(range(len(rows)), 300):
        said = printed.slice(at, 1).to_pylist()[0]
        row = rows[at]
        assert row["locator"] == f"row {at + 1}"
        assert (row["company_id"], row["name"]) == (said["LEI"], [said["name"].strip()])
        assert row["country"] == said["country"]
        assert json.loads(row["extra"]) == {
            "cat": said["cat"],
            "electronics": str(said["electronics"]).lower(),
            "aerospace": str(said["aerospace"]).lower(),
        }


DAMAGES = st.sampled_from(["cut", "other text", "lost line", "doubled", "retyped", "encoded"])


def damage(data: st.DataObject, content: bytes) -> bytes:
    """One of the ways in which a file is damaged."""
    way = data.draw(DAMAGES)
    lines = content.split(b"\n")
    at = data.draw(st.integers(0, len(lines) - 1))
    if way == "cut":
        return content[: data.draw(st.integers(0, len(content)))]
    if way == "lost line":
        return b"\n".join(lines[:at] + lines[at + 1 :])
    if way == "doubled":
        return b"\r\n".join([*lines[: at + 1], *lines[at:]])
    if way == "encoded":
        return content.decode().encode(data.draw(st.sampled_from(["utf-16", "utf-8-sig"])))
    word = data.draw(st.sampled_from([b"2021-02-03", b"COMPLETED", b'"$"', b"LEI", b"Entity"]))
    other = data.draw(st.sampled_from([b"", b"{}", b"[]", b"null", b"x" * 5000, b'"', b"<", b","]))
    return content.replace(word, other, data.draw(st.integers(1, 5)))


@pytest.mark.parametrize("kind", ["csv", "xml", "json"])
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damaged_files_end_in_a_count_or_a_clear_error(
    kind: str, data: st.DataObject, outcome: Read, tmp_path: Path
) -> None:
    """Rows read = kept + rejected, or ``BadDataError``."""
    path = tmp_path / f"golden.{kind}"
    path.write_bytes(damage(data, sample(kind).read_bytes()))
    with contextlib.suppress(BadDataError):
        outcome(GleifLeiReader(), path)
