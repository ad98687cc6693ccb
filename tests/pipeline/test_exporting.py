"""Exports: valid for FollowTheMoney's library, whole, and the same when they come back."""

from __future__ import annotations

import json
import tempfile
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from followthemoney import model
from followthemoney.types import registry
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from tidewaiter.cli.app import app
from tidewaiter.errors import UsageError
from tidewaiter.pipeline import exporting
from tidewaiter.pipeline.exporting import Exported, Sorter, export
from tidewaiter.pipeline.intake import Options, load
from tidewaiter.report.export_ftm import Writer
from tidewaiter.report.ftm_parts import Part, safe_id
from tidewaiter.report.ftm_rows import decimal, row_parts, sayings
from tidewaiter.settings import Settings
from tidewaiter.store.tables import tables
from tidewaiter.store.workspace import Workspace

ROOT = Path(__file__).parents[2]
DEMO, EXAMPLES = ROOT / "examples" / "demo_case", ROOT / "docs" / "examples"
SETTINGS = Settings(threads=1)
WORDS = ("notes", "description", "summary", "indexText")
Entity = dict[str, Any]


def exported(place: Path, *sources: Path, day: str | None = None) -> tuple[Path, Exported]:
    """What a new workspace with these sources exports."""
    workspace = Workspace.create(place)
    for source in sources:
        load(workspace, [source], SETTINGS, Options(accept_shrink=True))
    target = place.with_suffix(".ftm.json")
    return target, export(workspace, SETTINGS, target, day)


def entities(path: Path) -> list[Entity]:
    """Every entity of a file, each valid: the library reads it and drops nothing."""
    found = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    for each in found:
        proxy = model.get_proxy(each, cleaned=False)
        kept = {name: sorted(values) for name, values in proxy.properties.items()}
        assert kept == each["properties"], each["id"]
        assert registry.entity.clean(each["id"]) == each["id"]
    assert [each["id"] for each in found] == sorted(each["id"] for each in found)
    return found


def said(each: Entity) -> set[tuple[str, str]]:
    """Every property and value of an entity."""
    return {(name, value) for name, values in each["properties"].items() for value in values}


@pytest.mark.parametrize("source", [DEMO, EXAMPLES], ids=["demo", "every table"])
def test_an_export_that_is_loaded_exports_the_same_bytes(source: Path, tmp_path: Path) -> None:
    """Export, load, export: nothing is lost on the way, nor added."""
    first, _ = exported(tmp_path / "one", source)
    second, _ = exported(tmp_path / "two", first)
    third, _ = exported(tmp_path / "again", source)
    assert len(entities(first)) > 20
    assert second.read_bytes() == first.read_bytes()
    assert third.read_bytes() == first.read_bytes()


def test_every_kind_of_thing_is_said_in_its_own_schema(tmp_path: Path) -> None:
    """Lists, registers, trade and papers of the examples, with references that resolve."""
    target, report = exported(tmp_path / "one", EXAMPLES)
    found = {each["id"]: each for each in entities(target)}
    assert set(report.entities) == {
        "Article", "Company", "Directorship", "Document", "EconomicActivity", "LegalEntity",
        "Ownership", "Payment", "Person", "Representation", "Sanction", "UnknownLink", "Vessel",
    }  # fmt: skip
    assert sorted(report.unsaid) == ["rows of adjudications", "rows of flows", "rows of rates"]
    for each in found.values():
        schema = model.get(each["schema"])
        assert schema is not None
        for name, values in each["properties"].items():
            if schema.properties[name].type is registry.entity:
                assert set(values) <= found.keys()
    (listed,) = (e for e in found.values() if ("name", "MV Sample Tern") in said(e))
    (sanction,) = (e for e in found.values() if ("entity", listed["id"]) in said(e))
    assert {("provisions", "vessel_ban"), ("listingDate", "2023-06-23")} <= said(sanction)
    (firm,) = (e for e in found.values() if ("previousName", "Tolmas Textile LLP") in said(e))
    assert firm["caption"] == "Tolmas Supply LLP"


def test_every_cell_of_the_examples_is_in_the_export(tmp_path: Path) -> None:
    """No column of any table that can be said is dropped, whatever property takes it."""
    import csv

    target, _ = exported(tmp_path / "one", EXAMPLES)
    text = json.dumps([e["properties"] for e in entities(target)], ensure_ascii=False)
    for name in sayings():
        path = EXAMPLES / f"{name}.csv"
        lines = path.read_text("utf-8").splitlines() if path.is_file() else []
        for row in csv.DictReader(lines):
            for column, cell in row.items():
                kept = column not in UNSAID and "country" not in column and column != "nationality"
                for value in cell.split(";") if kept else ():
                    assert value.strip().rstrip("0").rstrip(".") in text or is_code(value), column


UNSAID = frozenset({"known_from", "company_id", "person_id", "owner_id", "consignor_id",
                    "consignee_id", "declarant_id", "payer_id", "formation_agent_id",
                    "min_share", "max_share", "hs_code"})  # fmt: skip


def is_code(value: str) -> bool:
    """Countries and languages change their letters."""
    return len(value.strip()) in {2, 3} and value.strip().isalpha()


def test_official_lists_come_back_the_same(shared_data: Path, tmp_path: Path) -> None:
    """A real list: valid, the same bytes after a journey, every name and number in it."""
    from tidewaiter.pipeline.lookup import open_lists

    first, _ = exported(tmp_path / "one", shared_data / "lists" / "un")
    second, _ = exported(tmp_path / "two", first)
    assert second.read_bytes() == first.read_bytes()
    found = entities(first)
    assert sum(each["schema"] == "Sanction" for each in found) > 950
    answers = [open_lists(Workspace(tmp_path / name), SETTINGS, None) for name in ("one", "two")]
    names = [
        sorted(
            sorted(name.strip('"') for name in each.listed.names) for each in view.index.entries()
        )
        for view in answers
    ]  # the library takes quotation marks off names
    assert names[0] == names[1]
    assert len(names[0]) > 950


VALUE = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs", "S")), min_size=1,
                max_size=20)  # fmt: skip
SAID = {
    "name": VALUE, "country": st.sampled_from(["ru", "kz", "RU", "xx", "Narnia"]),
    "topics": st.sampled_from(["sanction", "sanction.linked", "no.topic"]), "notes": VALUE,
    "birthDate": st.sampled_from(["1979", "1979-02-30", "soon"]), "innCode": VALUE,
    "phone": st.sampled_from(["+49301234567", "12"]), "website": VALUE, "parent": VALUE,
    "made": VALUE, "sourceUrl": st.sampled_from(["https://a.example/b", "nowhere"]),
}  # fmt: skip
IDS = st.sampled_from(["a", "b-1", "NK-9", "x:y", "ü", "a b", "-"])
PROPERTIES = st.fixed_dictionaries(
    {}, optional={name: st.lists(value, max_size=2) for name, value in SAID.items()}
)
PARTIES = st.builds(
    lambda name, schema, properties, datasets: {
        "id": name, "schema": schema, "properties": properties, "datasets": datasets,
        "last_seen": "2026-08-01T00:00:00", "first_seen": "2023-01-02T03:04:05",
    },
    IDS, st.sampled_from(["Person", "Company", "Vessel", "LegalEntity"]), PROPERTIES,
    st.lists(st.sampled_from(["us_ofac_sdn", "made_list"]), max_size=2, unique=True),
)  # fmt: skip
EDGES = st.builds(
    lambda name, schema, ends, more: {
        "id": name, "schema": schema,
        "properties": {key: [value] for key, value in ends.items()} | more,
        "last_seen": "2026-08-01T00:00:00",
    },
    st.sampled_from(["e1", "e2"]), st.sampled_from(["Ownership", "Sanction", "Family"]),
    st.fixed_dictionaries({"owner": IDS, "asset": IDS, "entity": IDS, "person": IDS}),
    st.fixed_dictionaries({}, optional={"summary": st.lists(VALUE, max_size=1),
                                        "startDate": st.just(["2020-01"])}),
)  # fmt: skip


@settings(
    max_examples=12, suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)  # fmt: skip
@given(lines=st.lists(PARTIES | EDGES, min_size=1, max_size=6, unique_by=lambda each: each["id"]))
def test_whatever_was_loaded_as_followthemoney_goes_out_as_it_came(lines: list[Entity]) -> None:
    """Every value the library accepts is in its property; every other one is in words."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "in.json").write_text("\n".join(map(json.dumps, lines)), "utf-8")
        first, _ = exported(place / "one", place / "in.json")
        second, _ = exported(place / "two", first)
        assert second.read_bytes() == first.read_bytes()
        out = {each["id"]: each for each in entities(first)}
    assert len(out) == len(lines)
    for each in lines:
        found = out[safe_id(each["id"])]
        assert found["schema"] == each["schema"]
        assert found["datasets"] == sorted(each.get("datasets", []))
        assert found.get("first_seen") == each.get("first_seen")
        for name, values in each["properties"].items():
            for value in values:
                assert is_said(found, name, value), (name, value, found)


def is_said(found: Entity, name: str, value: str) -> bool:
    """Whether an entity says a value: in its property, or as words."""
    schema = model.get(found["schema"])
    assert schema is not None
    prop = schema.get(name)
    text = safe_id(value) if prop is not None and prop.type is registry.entity else value
    clean = (
        prop.type.clean(text, format=prop.format) if prop is not None and not prop.stub else None
    )
    if clean is not None and clean in found["properties"].get(name, ()):
        return True
    from followthemoney.util import sanitize_text

    words = {text for each in WORDS for text in found["properties"].get(each, ())}
    return sanitize_text(f"{name}: {value}") in words or sanitize_text(value) is None


CELLS = st.text(st.characters(codec="utf-8", categories=("L", "N")), min_size=1, max_size=8)
KEYS = st.sampled_from(["C1", "C2", "P1"])
FIRMS = st.fixed_dictionaries({"company_id": KEYS, "name": CELLS, "country": st.just("KZ"),
                               "incorporated_on": st.just("2020-01-02"),
                               "employees": st.sampled_from(["", "7"]),
                               "phone": CELLS})  # fmt: skip
HELD = st.fixed_dictionaries(
    {
        "owner_id": KEYS,
        "company_id": KEYS,
        "min_share": st.sampled_from(["", "25.5"]),
        "max_share": st.just("50"),
    }
)
OFFICES = st.fixed_dictionaries({"person_id": KEYS, "company_id": KEYS, "role": CELLS})


@settings(
    max_examples=8, suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)  # fmt: skip
@given(
    companies=st.lists(FIRMS, min_size=1, max_size=3, unique_by=lambda r: r["company_id"]),
    stakes=st.lists(HELD, max_size=3, unique_by=lambda r: (r["owner_id"], r["company_id"])),
    roles=st.lists(OFFICES, max_size=3, unique_by=lambda r: tuple(r.values())),
)
def test_generated_registers_make_the_journey(
    companies: list[Any], stakes: list[Any], roles: list[Any]
) -> None:
    """Companies, stakes and roles with any names: valid, whole, and the same bytes again."""
    with tempfile.TemporaryDirectory() as folder:
        case = Path(folder) / "case"
        case.mkdir()
        for name, rows in (("companies", companies), ("stakes", stakes), ("roles", roles)):
            if rows:
                write_csv(case / f"{name}.csv", rows)
        first, report = exported(Path(folder) / "one", case)
        second, _ = exported(Path(folder) / "two", first)
        assert second.read_bytes() == first.read_bytes()
        names = {value for each in entities(first) for _, value in said(each)}
    assert report.entities["Company"] >= len(companies)
    assert report.entities.get("Ownership", 0) == len(stakes)
    written = {row["name"] for row in companies} | {row["role"] for row in roles}
    assert {unicodedata.normalize("NFC", each) for each in written} <= names


def write_csv(path: Path, rows: Iterable[dict[str, str]]) -> None:
    """A plain table."""
    import csv

    every = list(rows)
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(every[0]))
        writer.writeheader()
        writer.writerows(every)


def test_the_order_and_size_of_chunks_leave_no_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sorted on disk in pieces of three: the same bytes as at once."""
    whole, _ = exported(tmp_path / "one", EXAMPLES)
    monkeypatch.setattr(exporting, "CHUNK", 3)
    pieces, _ = exported(tmp_path / "two", EXAMPLES)
    assert pieces.read_bytes() == whole.read_bytes()
    sorter = Sorter(tmp_path)
    for name in ("b", "a.1", "a", "a-1", "b"):
        sorter.add(Part(id=name, schema="Person"))
    groups = [[each.id for each in parts] for parts in sorter.merged()]
    assert groups == [["a"], ["a-1"], ["a.1"], ["b", "b"]]


def test_a_failed_export_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All or nothing: no half file, and nothing beside it."""
    target, _ = exported(tmp_path / "one", DEMO)
    before = target.read_bytes()
    lines = iter([b"{}\n"])
    monkeypatch.setattr(Writer, "line", lambda self, parts: next(lines))
    with pytest.raises((StopIteration, RuntimeError)):
        export(Workspace(tmp_path / "one"), SETTINGS, target)
    assert target.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    with pytest.raises(UsageError, match="cannot be written"):
        export(Workspace(tmp_path / "one"), SETTINGS, target / "below")


def test_what_was_not_known_is_not_exported(tmp_path: Path) -> None:
    """An export as of a day holds what could be known then."""
    early, _ = exported(tmp_path / "one", DEMO, day="2023-01-01")
    late, _ = exported(tmp_path / "two", DEMO)
    ids = [{each["id"] for each in entities(path)} for path in (early, late)]
    assert ids[0] < ids[1]
    text = early.read_text("utf-8")
    assert "Tarnikon" in text
    assert "Severolan" not in text


def test_every_table_is_said_or_reported() -> None:
    """Columns that the sayings name exist; properties are those of their schema."""
    known = {each.name: {column.name for column in each.columns} for each in tables()}
    for name, saying in sayings().items():
        columns = {*saying.props, *saying.parties, *saying.links, *saying.words}
        columns |= {c for each in (*saying.spans.values(), *saying.sums.values()) for c in each}
        columns |= {c for each in saying.accounts.values() for c in each}
        assert columns <= known[name], name
        for schema in {saying.schema, *saying.schemas}:
            of = model.get(schema)
            assert of is not None
            props = {p for each in saying.props.values() for p in each}
            props |= {*saying.spans, *saying.sums, *saying.accounts, *saying.ends.get(schema, ())}
            assert props <= set(of.properties), (name, schema)


def test_amounts_are_said_in_their_own_unit() -> None:
    """Hundredths, thousandths and parts per million as decimals."""
    assert [decimal(4800000, 2), decimal(-150, 3), decimal(255000, 4), decimal(0, 2)] == [
        "48000", "-0.15", "25.5", "0",
    ]  # fmt: skip
    row = {"record_id": "x:a:b", "owner_id": "a", "company_id": "b", "min_share": 255000}
    edge, *_ = [p for p in row_parts("stakes", row, "2024-01-01") if p.schema == "Ownership"]
    assert edge.properties["percentage"] == ["25.5"]


def test_the_command_writes_the_file_and_says_what_it_cannot(tmp_path: Path) -> None:
    """Counts by schema; tables that FollowTheMoney has no words for are named."""
    exported(tmp_path / "one", EXAMPLES)
    out = tmp_path / "x.json"
    asked = ["export", "--format", "ftm", "-w", str(tmp_path / "one"), "--out", str(out)]
    told = CliRunner().invoke(app, [*asked, "--json"])
    assert told.exit_code == 0, told.output
    assert json.loads(told.output)["unsaid"]["rows of rates"] == 2
    assert len(entities(out)) == sum(json.loads(told.output)["entities"].values())
