"""Statements: one value a row; listings on their party wherever the row that names it stands."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidewaiter.sources.reader import FileHead
from tidewaiter.sources.registry import named, recognise

Read = Callable[..., Any]
READER = named("opensanctions_statements")
COLUMNS = (
    "canonical_id", "entity_id", "schema", "prop", "prop_type", "value", "dataset", "lang",
    "original_value", "external", "first_seen", "last_seen", "id",
)  # fmt: skip
BASE = dict.fromkeys(COLUMNS, "") | {
    "dataset": "us_ofac_sdn", "external": "f", "first_seen": "2023-05-19T00:00:00",
    "last_seen": "2026-08-01T00:00:00",
}  # fmt: skip


def row(canonical: str, schema: str, prop: str, value: str, **more: str) -> dict[str, str]:
    """One statement of an entity that its source calls by another id."""
    told = {"canonical_id": canonical, "entity_id": f"ofac-{canonical}", "schema": schema}
    return BASE | told | {"prop": prop, "value": value} | more


ROWS = [
    row("nk-1", "Company", "name", "Varenkov Instrument JSC", lang="eng"),
    row("nk-1", "LegalEntity", "country", "ru", original_value="Russian Federation"),
    row("nk-1", "Company", "topics", "sanction"),
    row("nk-1", "Company", "id", "0a1b2c"),
    row("s-1", "Sanction", "program", "RUSSIA-EO14024"),
    row("s-1", "Sanction", "entity", "nk-1"),
    row("s-1", "Sanction", "endDate", "2025-02-03"),
    row("s-1", "Sanction", "id", "0a1b2d"),
]


def written(path: Path, rows: Iterable[dict[str, str]], columns: Iterable[str] = COLUMNS) -> Path:
    """A table of statements."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        out = csv.DictWriter(handle, tuple(columns), extrasaction="ignore")
        out.writeheader()
        out.writerows(rows)
    return path


def test_listings_stand_on_their_party_in_any_order(outcome: Read, tmp_path: Path) -> None:
    """The same statements, whichever row names the party; one listing has one locator."""
    expected = None
    for seed in range(4):
        rows = random.Random(seed).sample(ROWS, len(ROWS))
        found = outcome(READER, written(tmp_path / f"{seed}.csv", rows)).rows("statements")
        assert {each["entity_id"] for each in found} == {"opensanctions:nk-1"}
        own = [each for each in found if each["aspect"] == "of:opensanctions:s-1"]
        assert {each["locator"] for each in own} == {"canonical_id s-1"}
        told = {(e["aspect"], e["schema"], e["prop"], e["value"], e["first_seen"]) for e in found}
        assert told == (expected or told)
        expected = told
    assert expected is not None
    values = {(prop, value) for _, _, prop, value, _ in expected}
    assert {
        ("listId", "us_ofac_sdn"), ("measure", "asset_freeze"), ("program", "RUSSIA-EO14024"),
        ("name", "Varenkov Instrument JSC"), ("country", "RU"), ("ftm:referents", "ofac-nk-1"),
        ("ftm:checksum", "0a1b2c"), ("ftm:datasets", "us_ofac_sdn"),
    } <= values  # fmt: skip


def test_who_says_it_and_in_which_words(outcome: Read, tmp_path: Path) -> None:
    """Language, words before cleaning, source's entity, dataset and both times."""
    found = outcome(READER, written(tmp_path / "a.csv", ROWS)).rows("statements")
    by_prop = {each["prop"]: each for each in found if each["aspect"].endswith("nk-1")}
    assert by_prop["name"]["lang"] == "eng"
    assert by_prop["country"]["original_value"] == "Russian Federation"
    assert by_prop["name"]["record_id"] == "opensanctions:ofac-nk-1@us_ofac_sdn"
    assert by_prop["name"]["origin"] == "us_ofac_sdn"
    assert (by_prop["name"]["first_seen"], by_prop["name"]["last_seen"]) == (
        "2023-05-19", "2026-08-01",
    )  # fmt: skip
    ended = next(each for each in found if each["prop"] == "endDate")
    assert ended["first_seen"] == "2025-02-03"


def test_bad_rows_are_refused(outcome: Read, tmp_path: Path) -> None:
    """A row without value or id, and a candidate of an enrichment."""
    rows = [*ROWS, row("", "Company", "name", "A"), row("x", "Company", "name", ""),
            row("x", "Company", "name", "A", external="t")]  # fmt: skip
    found = outcome(READER, written(tmp_path / "a.csv", rows))
    assert list(found.reasons.values()) == [
        "canonical_id: required, but empty",
        "value: required, but empty",
        "external: a candidate of an enrichment, not part of the entity",
    ]
    assert found.kept == len(ROWS)


def test_both_orders_of_columns_are_recognised(outcome: Read, tmp_path: Path) -> None:
    """Columns differ between editions; the library's own writer is read, too."""
    newer = (*sorted(COLUMNS), "origin")
    path = written(tmp_path / "a.csv", ROWS, newer)
    assert recognise(FileHead("a.csv", path.read_bytes())) is READER
    found = outcome(READER, path)
    assert found.kept == len(ROWS)
    assert found.tally.unused == ()
    assert not READER.recognises(FileHead("statements.csv", b"entity_id,schema,prop,value\n"))


def test_statements_of_the_library_say_what_its_entities_say(outcome: Read, tmp_path: Path) -> None:
    """One entity written by the library both ways gives the same values here."""
    from followthemoney.dataset import Dataset
    from followthemoney.statement import StatementEntity
    from followthemoney.statement.serialize import CSVStatementWriter

    data = {
        "id": "nk-9", "schema": "Person", "datasets": ["made"],
        "properties": {"name": ["Oleh Varmin", "Олег Вармін"], "nationality": ["ua"],
                       "birthDate": ["1979"]},
    }  # fmt: skip
    entity = StatementEntity.from_data(Dataset.make({"name": "made", "title": "M"}), data)
    with (tmp_path / "a.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = CSVStatementWriter(handle)
        for each in entity.statements:
            writer.write(each)
        writer.close()
    (tmp_path / "a.json").write_text(json.dumps(data), "utf-8")
    said = [
        {
            (row["entity_id"], row["prop"], row["value"])
            for row in outcome(named(reader), tmp_path / name).rows("statements")
            if not row["prop"].startswith("ftm:")
        }
        for reader, name in (
            ("opensanctions_statements", "a.csv"),
            ("opensanctions_entities", "a.json"),
        )
    ]
    assert said[0] == said[1] != set()


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=8)
SOME = st.fixed_dictionaries(
    dict.fromkeys(COLUMNS, CELL)
    | {"schema": st.sampled_from(["Person", "Sanction", ""]),
       "prop": st.sampled_from(["name", "entity", "id", "topics", "country"])}
)  # fmt: skip


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(rows=st.lists(SOME, max_size=6))
def test_any_cells_end_in_a_count(
    rows: list[dict[str, str]], outcome: Read, tmp_path: Path
) -> None:
    """Kept + rejected = rows read, whatever the cells."""
    found = outcome(READER, written(tmp_path / "a.csv", rows))
    assert found.tally.rows_read <= len(rows)
