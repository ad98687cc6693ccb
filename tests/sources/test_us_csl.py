"""The Consolidated Screening List, on samples made by hand: JSON and CSV tell the same."""

from __future__ import annotations

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
from tidewaiter.sources.lists.us_csl import UsCslReader, card, code_of, measure_of
from tidewaiter.sources.reader import HEAD_BYTES, FileHead
from tidewaiter.sources.registry import READERS

Read = Callable[..., Any]
Record = dict[str, Any]
EL = "Entity List (EL) - Bureau of Industry and Security"
SDN = "Specially Designated Nationals (SDN) - Treasury Department"
DPL = "Denied Persons List (DPL) - Bureau of Industry and Security"
URLS = {"source_list_url": "https://bis.example/list", "source_information_url": ""}
COLUMNS = (
    "_id", "source", "entity_number", "type", "programs", "name", "title", "addresses",
    "federal_register_notice", "start_date", "end_date", "standard_order", "license_requirement",
    "license_policy", "call_sign", "vessel_type", "gross_tonnage", "gross_registered_tonnage",
    "vessel_flag", "vessel_owner", "remarks", "source_list_url", "alt_names", "citizenships",
    "dates_of_birth", "nationalities", "places_of_birth", "source_information_url", "ids",
)  # fmt: skip
PLANT: Record = {
    "id": "a1", "source": EL, "name": "Varenkov Instrument JSC", "alt_names": ["Varenkov Pribor"],
    "addresses": [{"address": "12 Zavodskaya Street", "city": "Kazan", "state": None,
                   "postal_code": "420000", "country": "RU"}],
    "federal_register_notice": "87 FR 12345", "start_date": "2022-03-03", "end_date": None,
    "license_requirement": "For all items subject to the EAR", "license_policy": "Denial",
    "type": None, "ids": None, **URLS,
}  # fmt: skip
PERSON: Record = {
    "id": "102", "source": SDN, "entity_number": 102, "type": "Individual",
    "name": "BERDIYEV, Oqil", "title": "Director", "programs": ["SDGT", "NPWMD"],
    "dates_of_birth": ["12 May 1970", "circa 1971"], "nationalities": ["UZ"],
    "places_of_birth": ["Tashkent"], "addresses": [], "alt_names": [],
    "federal_register_notice": None, "start_date": None, "remarks": "(Linked To: SARYKOL LLP)",
    "ids": [
        {"type": "Passport", "number": "AA1234567", "country": "UZ", "issue_date": None,
         "expiration_date": "2030-01-01"},
        {"type": "Gender", "number": "Male", "country": None},
    ],
    **URLS,
}  # fmt: skip


@pytest.fixture
def load(outcome: Read, tmp_path: Path) -> Read:
    """Reads records as JSON or as CSV."""

    def run(*records: Any, form: str = "json", **around: Any) -> Any:
        path = tmp_path / f"consolidated.{form}"
        if form == "json":
            text = json.dumps({**around, "results": list(records)})
        elif form == "array":
            text = json.dumps(list(records))
        else:
            text = as_csv(*records)
        path.write_text(text, "utf-8")
        return outcome(UsCslReader(), path)

    return run


def as_csv(*records: Record) -> str:
    """Rows under the publisher's header, several values joined as the publisher joins them."""
    kept = io.StringIO()
    writer = csv.DictWriter(kept, COLUMNS)
    writer.writeheader()
    for record in records:
        row = {"_id": record.get("id", "")} | {k: v for k, v in record.items() if k != "id"}
        writer.writerow({name: joined(row.get(name)) for name in COLUMNS})
    return kept.getvalue()


def joined(value: Any) -> str:
    """A cell of the CSV."""
    if isinstance(value, list):
        return "; ".join(joined(each) for each in value)
    if isinstance(value, dict) and "number" in value:
        parts = (value.get("country"), value["number"], value["type"])
        return ", ".join(str(part) for part in parts if part)
    if isinstance(value, dict):
        names = ("address", "city", "state", "postal_code", "country")
        return ", ".join(str(value[name]) for name in names if value.get(name))
    return "" if value is None else str(value)


def said(done: Any, prop: str, entity: str) -> list[str]:
    """The values of a property of an entity."""
    rows = done.rows("statements")
    return [r["value"] for r in rows if (r["prop"], r["entity_id"]) == (prop, f"us_csl:{entity}")]


@pytest.mark.parametrize("form", ["json", "array", "csv"])
def test_all_forms_tell_the_same(load: Read, form: str) -> None:
    """Names, numbers, places, dates, the list and what it forbids."""
    done = load(PLANT, PERSON, form=form)
    assert (done.kept, done.rejects, done.tally.unused) == (2, [], ())
    assert said(done, "listId", "a1") == ["us_bis_el"]
    assert said(done, "measure", "a1") == ["export_restriction"]
    assert said(done, "alias", "a1") == ["Varenkov Pribor"]
    assert said(done, "address", "a1") == ["12 Zavodskaya Street, Kazan, 420000, RU"]
    assert said(done, "country", "a1") == ["RU"]
    assert said(done, "listingDate", "a1") == ["2022-03-03"]
    assert said(done, "authorityId", "a1") == ["87 FR 12345"]
    assert said(done, "name", "102") == ["Oqil BERDIYEV"]
    assert said(done, "program", "102") == ["SDGT", "NPWMD"]
    assert said(done, "birthDate", "102") == ["1970-05-12", "circa 1971"]
    assert said(done, "passportNumber", "102") == ["AA1234567"]
    assert said(done, "gender", "102") == ["male"]
    assert said(done, "associates", "102") == ["SARYKOL LLP"]
    assert said(done, "measure", "102") == ["asset_freeze"]
    assert done.tally.unread == {"dates_of_birth": 1}
    days = {r["entity_id"]: r["first_seen"] for r in done.rows("statements")}
    assert days == {"us_csl:a1": "2022-03-03", "us_csl:102": None}


def test_the_file_says_when_it_was_made(load: Read) -> None:
    """Else its newest listing does."""
    made = load(PLANT, search_performed_at="2026-08-01T05:00:00")
    assert made.tally.published_on == "2026-08-01"
    assert load(PLANT).tally.published_on == "2022-03-03"


def test_one_party_on_two_lists_is_one_entity_with_two_records(load: Read) -> None:
    """A second record of the same list is refused."""
    ssi = "Sectoral Sanctions Identifications List (SSI) - Treasury Department"
    done = load(PERSON, PERSON | {"source": ssi}, PERSON | {"name": "OTHER"})
    assert done.tally.entities == 1
    assert said(done, "listId", "102") == ["us_ofac_sdn", "us_ofac_ssi"]
    assert len({r["record_id"] for r in done.rows("statements")}) == 2
    assert done.reasons == {3: "id: the number of record 1 of the same list"}


def test_a_denial_ends_on_its_day(load: Read) -> None:
    """The end is known when it comes, and is kept as a date of the listing."""
    done = load(PLANT | {"source": DPL, "end_date": "2031-01-01", "standard_order": "Y"})
    end = next(r for r in done.rows("statements") if r["prop"] == "endDate")
    assert (end["value"], end["first_seen"]) == ("2031-01-01", "2031-01-01")
    assert "standard order: Y" in said(done, "provisions", "a1")


def test_a_record_without_a_number_is_known_by_its_content(load: Read) -> None:
    """The same in any order; another address is another record."""
    bare = {k: v for k, v in PLANT.items() if k != "id"}
    other = bare | {"addresses": [{"city": "Ufa", "country": "RU"}]}
    one, two = (
        {r["entity_id"] for r in load(*records).rows("statements")}
        for records in ((bare, other), (other, bare))
    )
    assert one == two
    assert len(one) == 2


def test_records_that_cannot_be_kept_say_why(load: Read) -> None:
    """No name, no list, no object; the others stay."""
    done = load(PLANT, PERSON | {"name": " "}, PERSON | {"source": None}, 7, [])
    assert done.kept == 1
    assert done.reasons == {
        2: "name: required, but empty", 3: "source: required, but empty",
        4: ": no object", 5: ": no object",
    }  # fmt: skip


def test_what_is_unknown_is_told(load: Read) -> None:
    """A new list, a new type and a new key: kept, and counted."""
    new = PLANT | {"source": "Moon List (ML) - NASA", "type": "Robot", "shade": "blue"}
    done = load(new, form="json")
    assert said(done, "listId", "a1") == ["us_csl_other"]
    assert said(done, "measure", "a1") == ["other"]
    assert said(done, "authority", "a1") == ["Moon List (ML) - NASA"]
    assert done.tally.unread == {"source": 1, "type": 1}
    assert done.tally.unused == ("shade",)


def test_lists_are_known_by_their_code() -> None:
    """Each has an id, a measure and a provision; names changed, codes did not."""
    assert code_of("Non-SDN Menu-Based Sanctions List (NS-MBS List) - Treasury Department") == "MBS"
    assert code_of("AECA Debarred List (AECA) - Department of State") == "AECA"
    assert code_of("SDN") == "SDN"
    assert set(card().sources) == {rule.printed for rule in card().measures}
    assert all(rule.cite for rule in card().measures)
    assert measure_of("CAP") == "sectoral"


@pytest.mark.parametrize(
    ("line", "country"),
    [("Kazan, 420000, RU", ["RU"]), ("IR", ["IR"]), ("605 TRAIL LAKE DRIVE, TX, 75081, US", ["US"]),
     ("Kazan", []), ("12 Zavodskaya Street", [])],
)  # fmt: skip
def test_addresses_of_the_csv_end_with_a_country(load: Read, line: str, country: list[str]) -> None:
    """A country alone is no address."""
    done = load(PLANT | {"addresses": [line]}, form="csv")
    assert said(done, "country", "a1") == country
    assert said(done, "address", "a1") == [line] * (len(line) > 2)


def test_recognised_by_its_keys_and_columns() -> None:
    """By this reader alone; no other JSON or CSV."""
    for text in (json.dumps({"results": [PLANT]}), json.dumps([PLANT], indent=1), as_csv(PLANT)):
        head = FileHead("any.bin", text.encode()[:HEAD_BYTES])
        assert [each.name for each in READERS if each.recognises(head)] == ["us_csl"]
    for text in ('{"results": []}', '{"results": [{"name": "a", "source": "b"}]}', "[]", "name\n"):
        assert not UsCslReader().recognises(FileHead("consolidated.json", text.encode()))


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_damaged_files_end_in_a_count_or_a_clear_error(
    data: st.DataObject, outcome: Read, tmp_path: Path
) -> None:
    """Values retyped, keys renamed, records doubled, bytes cut, in both formats."""
    odd: st.SearchStrategy[Any] = st.sampled_from(
        ["", " ", 0, -1, 1.5, True, None, [], {}, [[]], [None, {"a": []}], "x" * 9000, ";"]
    )  # fmt: skip
    records = [dict(PLANT), dict(PERSON), dict(PLANT)]
    for _ in range(data.draw(st.integers(1, 6))):
        record = data.draw(st.sampled_from(records))
        key = data.draw(st.sampled_from(sorted(PLANT)))
        record[data.draw(st.sampled_from([key, f"{key}_"]))] = data.draw(odd | st.text(max_size=9))
    form = data.draw(st.sampled_from(["json", "csv"]))
    text = json.dumps({"results": records}) if form == "json" else as_csv(*records)
    content = text.encode("utf-8", "replace")
    path = tmp_path / "consolidated.bin"
    whole = data.draw(st.booleans())
    path.write_bytes(content if whole else content[: data.draw(st.integers(0, len(content)))])
    try:
        outcome(UsCslReader(), path)
    except BadDataError as problem:
        told = (problem.where, problem.next_step)
    else:
        return
    assert all(told)
