"""FollowTheMoney's JSON lines: every value kept, listings on their party, bad lines refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidewaiter.errors import BadDataError
from tidewaiter.sources.opensanctions import (
    COUNTRIES,
    knowledge,
    list_of,
    measures,
    stamp,
    survey,
    version_in,
)
from tidewaiter.sources.reader import FileHead
from tidewaiter.sources.registry import named, recognise

Read = Callable[..., Any]
READER = named("opensanctions_entities")
OWN = "ftm:"
PARTY = {
    "id": "nk-1", "caption": "Varenkov Instrument JSC", "schema": "Company",
    "properties": {
        "name": ["Varenkov Instrument JSC"], "alias": ["АО Варенков Прибор", "VI"],
        "country": ["ru", "suhh"], "innCode": ["7700000016"], "topics": ["sanction"],
        "addressEntity": ["addr-1"],
    },
    "datasets": ["us_ofac_sdn", "made_list"], "referents": ["ofac-1", "made-1"],
    "first_seen": "2023-04-20T10:30:48", "last_seen": "2026-08-01T10:30:48",
    "last_change": "2024-01-01T10:30:48", "target": True,
}  # fmt: skip
SANCTION = {
    "id": "ofac-1-s", "schema": "Sanction",
    "properties": {
        "entity": ["nk-1"], "program": ["RUSSIA-EO14024"], "listingDate": ["2023-05-19"],
        "endDate": ["2025-02-03"], "country": ["us"],
    },
    "datasets": ["us_ofac_sdn"], "first_seen": "2023-05-20T00:00:00", "target": False,
}  # fmt: skip
OWNERSHIP = {
    "id": "own-1", "schema": "Ownership",
    "properties": {"owner": ["nk-1"], "asset": ["nk-2"], "percentage": ["51"]},
    "datasets": ["made_list"],
}  # fmt: skip


def written(path: Path, lines: Iterable[Any]) -> Path:
    """A file of JSON lines; texts are written as they are."""
    texts = [each if isinstance(each, str) else json.dumps(each) for each in lines]
    path.write_text("\n".join(texts) + "\n", "utf-8")
    return path


def said(rows: list[dict[str, Any]], entity: str, schema: str) -> dict[str, set[str]]:
    """Values by property of one entity, without what is said of the record."""
    found: dict[str, set[str]] = {}
    for row in rows:
        if (row["entity_id"], row["schema"]) == (f"opensanctions:{entity}", schema):
            found.setdefault(row["prop"], set()).add(row["value"])
    return {prop: values for prop, values in found.items() if not prop.startswith(OWN)}


@pytest.mark.parametrize("order", [(PARTY, SANCTION, OWNERSHIP), (OWNERSHIP, SANCTION, PARTY)])
def test_a_sanction_stands_on_its_party_wherever_it_comes(
    order: tuple[Any, ...], outcome: Read, tmp_path: Path
) -> None:
    """Before or after its party: the same values, list, measure and dates on its entity."""
    found = outcome(READER, written(tmp_path / "entities.ftm.json", order))
    rows = found.rows("statements")
    party = said(rows, "nk-1", "Company")
    assert party["name"] == {"Varenkov Instrument JSC"}
    assert party["alias"] == {"АО Варенков Прибор", "VI"}
    assert party["country"] == {"RU", "suhh"}  # what is no country of today stays as it is
    listed = [row for row in rows if row["schema"] == "Sanction"]
    own = {row["prop"]: row["value"] for row in listed if row["aspect"].endswith("ofac-1-s")}
    assert own["listId"] == "us_ofac_sdn"
    assert own["measure"] == "asset_freeze"
    assert own["listingDate"] == "2023-05-19"
    assert own[f"{OWN}id"] == "ofac-1-s"
    assert {row["entity_id"] for row in listed} == {"opensanctions:nk-1"}
    assert said(rows, "own-1", "Ownership") == {
        "owner": {"nk-1"}, "asset": {"nk-2"}, "percentage": {"51"}
    }  # fmt: skip
    assert found.tally.entities == 2
    assert found.tally.published_on == "2026-08-01"
    assert found.tally.unused == ()


def test_what_is_said_of_the_record_is_kept(outcome: Read, tmp_path: Path) -> None:
    """Datasets, referents, caption, target and times, to the second."""
    found = outcome(READER, written(tmp_path / "a.json", [PARTY]))
    rows = found.rows("statements")
    own: dict[str, set[str]] = {}
    for row in rows:
        if row["prop"].startswith(OWN):
            own.setdefault(row["prop"].removeprefix(OWN), set()).add(row["value"])
    assert own == {
        "id": {"nk-1"}, "datasets": {"us_ofac_sdn", "made_list"}, "caption": {PARTY["caption"]},
        "referents": {"ofac-1", "made-1"}, "target": {"true"},
        "first_seen": {PARTY["first_seen"]}, "last_seen": {PARTY["last_seen"]},
        "last_change": {PARTY["last_change"]},
    }  # fmt: skip
    assert {(row["first_seen"], row["last_seen"]) for row in rows} == {("2023-04-20", "2026-08-01")}


def test_an_end_is_known_on_its_own_day(outcome: Read, tmp_path: Path) -> None:
    """The end of a listing is not known with its beginning."""
    found = outcome(READER, written(tmp_path / "a.json", [SANCTION]))
    known = {row["prop"]: row["first_seen"] for row in found.rows("statements")}
    assert (known["endDate"], known["program"]) == ("2025-02-03", "2023-05-20")


def test_topics_put_a_party_on_its_datasets_lists(outcome: Read, tmp_path: Path) -> None:
    """Each dataset by its own locator; who is only near a listed party has no measure."""
    near = PARTY | {
        "id": "nk-3", "properties": {"name": ["Near"], "topics": ["sanction.linked"]},
        "datasets": ["us_ofac_sdn"],
    }  # fmt: skip
    plain = PARTY | {"id": "nk-4", "properties": {"name": ["Plain"], "topics": ["fin.bank"]}}
    found = outcome(READER, written(tmp_path / "a.json", [PARTY, near, plain]))
    listed = [row for row in found.rows("statements") if row["prop"] in {"listId", "measure"}]
    assert sorted((r["entity_id"][-4:], r["locator"], r["value"]) for r in listed) == [
        ("nk-1", "line 1, /datasets/0", "asset_freeze"),
        ("nk-1", "line 1, /datasets/0", "us_ofac_sdn"),
        ("nk-1", "line 1, /datasets/1", "made_list"),
        ("nk-1", "line 1, /datasets/1", "other"),
        ("nk-3", "line 2, /datasets/0", "other"),
        ("nk-3", "line 2, /datasets/0", "us_ofac_sdn"),
    ]


def test_programme_and_provisions_decide_where_a_list_has_several_measures(
    outcome: Read, tmp_path: Path
) -> None:
    """The non-SDN list by its programme, our own exports by the word of the measure."""
    sectoral = SANCTION | {"id": "s-1", "datasets": ["us_ofac_cons"]}
    sectoral["properties"] = {"entity": ["nk-1"], "programId": ["US-SSI"]}
    own = SANCTION | {"id": "s-2", "datasets": ["eu_833_annex_iv"]}
    own["properties"] = {"entity": ["nk-1", "nk-2"], "provisions": ["export_restriction"]}
    found = outcome(READER, written(tmp_path / "a.json", [sectoral, own]))
    told = {(r["entity_id"][-4:], r["prop"], r["value"]) for r in found.rows("statements")}
    assert {("nk-1", "listId", "us_ofac_ssi"), ("nk-1", "measure", "sectoral")} <= told
    for party in ("nk-1", "nk-2"):
        assert (party, "listId", "eu_833_annex_iv") in told
        assert (party, "measure", "export_restriction") in told


def test_bad_lines_are_refused_with_their_reason(outcome: Read, tmp_path: Path) -> None:
    """Each with its line, column and why; the good ones around them stay."""
    lines = [
        PARTY, "[1]", {"id": "x", "schema": "Person"}, {"id": "", "schema": "A", "properties": {}},
        {"id": "y", "schema": 7, "properties": {}}, "{cut", SANCTION,
    ]  # fmt: skip
    found = outcome(READER, written(tmp_path / "a.json", lines))
    assert found.reasons == {
        2: ": no JSON object",
        3: "properties: no object",
        4: "id: required, but empty or no text",
        5: "schema: required, but empty or no text",
        6: ": no JSON object",
    }
    assert found.kept == 2


def test_values_that_are_no_texts_are_kept_and_counted(outcome: Read, tmp_path: Path) -> None:
    """A number, a lone text and a nested object stay as printed; new keys are named."""
    odd = {
        "id": "o", "schema": "Person", "datasets": [], "shape": 1,
        "properties": {"name": "Alone", "weight": [70], "addressEntity": [{"id": "a"}]},
    }  # fmt: skip
    found = outcome(READER, written(tmp_path / "a.json", [odd]))
    values = said(found.rows("statements"), "o", "Person")
    assert values == {"name": {"Alone"}, "weight": {"70"}, "addressEntity": {'{"id":"a"}'}}
    assert found.tally.unread == {"addressEntity": 1, "weight": 1}
    assert found.tally.unused == ("shape",)


def test_a_file_of_one_dataset_replaces_the_one_before(outcome: Read, tmp_path: Path) -> None:
    """One dataset is a part of its own; a collection is known by its place."""
    single = outcome(READER, written(tmp_path / "a.json", [SANCTION]))
    several = outcome(READER, written(tmp_path / "b.json", [PARTY]))
    assert (single.tally.part, several.tally.part) == ("entities/us_ofac_sdn", None)
    assert several.tally.facts == {
        "covers": "made_list us_ofac_sdn", "edition": "20260801103048"
    }  # fmt: skip


def test_versions_are_read_from_names_and_times() -> None:
    """A path's version, a time, and what is neither."""
    assert version_in("us/20260801063010-abc/entities.delta.json") == 20260801063010
    assert version_in("20260801063010.json") == 0
    assert stamp("2026-08-01T06:30:10") == 20260801063010
    assert stamp("2026-08-01") == 20260801000000
    assert (stamp("2026-13-01T00:00:00"), stamp(None), stamp("soon")) == (0, 0, 0)


def test_every_dataset_that_is_known_has_a_measure_and_a_rule() -> None:
    """The words are the house's, and each is cited; others are "other"."""
    known = (*knowledge().lists.values(), *knowledge().programmes.values())
    assert all(each.measure in measures() and each.cite for each in known)
    assert (list_of("nobody_knows").list, list_of("nobody_knows").measure) == (
        "nobody_knows", "other",
    )  # fmt: skip


def test_country_properties_are_those_of_the_model() -> None:
    """The library is not imported to read; what was taken from it still holds."""
    from followthemoney import model
    from followthemoney.types import registry

    found = {
        prop.name
        for schema in model.schemata.values()
        for prop in schema.properties.values()
        if prop.type is registry.country
    }
    assert found == COUNTRIES


def test_only_entities_are_recognised() -> None:
    """Not changes, not other JSON, not a pretty-printed object."""
    line = json.dumps(PARTY).encode()
    assert recognise(FileHead("x", line + b"\n" + line)) is READER
    assert recognise(FileHead("x", line)) is READER
    for other in (
        b'{"id": "a", "schema": "b"}', json.dumps(PARTY, indent=1).encode(), b"[" + line + b"]",
        b'{"op": "ADD", "entity": ' + line + b"}",
    ):  # fmt: skip
        assert not READER.recognises(FileHead("entities.ftm.json", other))


def test_real_entities_keep_every_value(shared_data: Path, outcome: Read, tmp_path: Path) -> None:
    """A thousand pairs of OpenSanctions' own entities: each value is there, none is added."""
    pairs = json.loads((shared_data / "names" / "os_pairs_sample_1000.json").read_text("utf-8"))
    entities = {each["id"]: each for pair in pairs for each in (pair["left"], pair["right"])}
    found = outcome(READER, written(tmp_path / "real.json", entities.values()))
    assert found.rejects == []
    told: dict[str, dict[str, set[str]]] = {}
    for row in found.rows("statements"):
        if row["schema"] != "Sanction":
            name = row["aspect"].removeprefix("of:opensanctions:")
            values = told.setdefault(name, {}).setdefault(row["prop"], set())
            values.add(row["original_value"] or row["value"])
    assert len(told) == len(entities) == 1426
    for name, entity in entities.items():
        wanted = {prop: set(v) for prop, v in entity["properties"].items() if v}
        wanted |= {
            f"{OWN}{key}": set(entity[key]) for key in ("datasets", "referents") if entity[key]
        }
        kept = {p: v for p, v in told[name].items() if not p.startswith(OWN)}
        kept |= {p: told[name][p] for p in wanted if p.startswith(OWN)}
        assert kept == wanted


VALUES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)
ENTITIES = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.from_regex(r"[a-z0-9-]{1,8}", fullmatch=True),
            "schema": st.sampled_from(["Person", "Company", "Vessel", "Address"]),
            "properties": st.dictionaries(
                st.sampled_from(["name", "alias", "country", "notes", "topics"]),
                st.lists(VALUES, max_size=3),
                max_size=4,
            ),
        }
    ),
    max_size=6,
    unique_by=lambda each: str(each["id"]),
)


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(entities=ENTITIES)
def test_no_value_is_lost_or_invented(entities: list[Any], outcome: Read, tmp_path: Path) -> None:
    """As printed, whatever the text; every record has at least its own id."""
    found = outcome(READER, written(tmp_path / "a.json", entities))
    kept = {
        (r["entity_id"], r["schema"], r["prop"], r["original_value"] or r["value"])
        for r in found.rows("statements")
        if not r["prop"].startswith(OWN) and r["schema"] != "Sanction"
    }
    assert kept == {
        (f"opensanctions:{each['id']}", each["schema"], prop, value)
        for each in entities
        for prop, values in each["properties"].items()
        for value in values
    }
    assert found.tally.entities == len(entities)


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(cut=st.integers(0, 400), junk=st.binary(max_size=12), at=st.integers(0, 400))
def test_damaged_files_end_in_a_count_or_a_clear_error(
    cut: int, junk: bytes, at: int, outcome: Read, tmp_path: Path
) -> None:
    """Cut off, with a byte order mark, or with bytes in the middle."""
    whole = "\n".join(map(json.dumps, (PARTY, SANCTION))).encode()
    damaged = b"\xef\xbb\xbf" + whole[:at] + junk + whole[at : len(whole) - cut]
    path = tmp_path / "a.json"
    path.write_bytes(damaged)
    try:
        outcome(READER, path)
    except BadDataError as problem:
        assert problem.next_step  # noqa: PT017  (an error is one of two good ends)


def test_a_survey_never_fails(tmp_path: Path) -> None:
    """Lines that are no entities say nothing, and memory stays that of a line."""
    from tidewaiter.model.source import SourceFile

    path = tmp_path / "a.json"
    path.write_bytes(b'\xff\n{"datasets": 3}\n{"datasets": ["a"], "last_seen": "2024-01-02"}\n[[')
    source = SourceFile(path=path, name="a", source_id="x", dataset="d", uri="u")
    found = survey(source)
    assert (found.version, found.day) == (20240102000000, "2024-01-02")
    assert set(found.datasets) == {"a"}
