"""The table of targets: each row a party, several values in a cell, one listing a dataset."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidewaiter.sources.reader import FileHead
from tidewaiter.sources.registry import named, recognise

Read = Callable[..., Any]
READER = named("opensanctions_simple")
COLUMNS = (
    "id", "schema", "name", "aliases", "birth_date", "countries", "addresses", "identifiers",
    "sanctions", "phones", "emails", "program_ids", "dataset", "first_seen", "last_seen",
    "last_change",
)  # fmt: skip
ROW = dict.fromkeys(COLUMNS, "") | {
    "id": "nk-1",
    "schema": "Company",
    "name": "Varenkov Instrument JSC",
    "aliases": 'АО Варенков Прибор;"Varenkov; Works"',
    "countries": "ru;suhh",
    "addresses": "12 Zavodskaya Street, Kazan",
    "identifiers": "7700000016;IMO1234567;X-77",
    "sanctions": "RUSSIA-EO14024 - Maker of sights - 2023-05-19",
    "dataset": "US OFAC Specially Designated Nationals (SDN) List;Made List",
    "first_seen": "2023-05-19T00:00:00",
    "last_seen": "2026-08-01T00:00:00",
}


def written(path: Path, *rows: dict[str, str], drop: str = "") -> Path:
    """A table of these rows, without the column ``drop``."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        columns = [each for each in COLUMNS if each != drop]
        out = csv.DictWriter(handle, columns, extrasaction="ignore")
        out.writeheader()
        out.writerows(rows)
    return path


def values(rows: list[dict[str, Any]], prop: str) -> list[str]:
    """Every value of a property, in order."""
    return [row["value"] for row in rows if row["prop"] == prop]


def test_a_row_is_a_party_with_a_listing_by_each_dataset(outcome: Read, tmp_path: Path) -> None:
    """Names, countries, numbers by their check digits, lists by their titles."""
    found = outcome(READER, written(tmp_path / "a.csv", ROW))
    rows = found.rows("statements")
    assert values(rows, "name") == ["Varenkov Instrument JSC"]
    assert values(rows, "alias") == ["АО Варенков Прибор", "Varenkov; Works"]
    assert values(rows, "country") == ["RU", "suhh"]
    assert values(rows, "innCode") == ["7700000016"]
    assert values(rows, "imoNumber") == ["IMO1234567"]
    assert values(rows, "registrationNumber") == ["X-77"]
    assert values(rows, "listId") == ["us_ofac_sdn", "Made List"]
    assert values(rows, "measure") == ["asset_freeze", "other"]
    assert set(values(rows, "program")) == {"RUSSIA-EO14024"}
    assert {r["locator"] for r in rows if r["prop"] == "listId"} == {"row 2", "row 2, dataset 2"}
    assert {r["aspect"] for r in rows} == {"simple"}
    assert {r["first_seen"] for r in rows} == {"2023-05-19"}
    assert (found.tally.published_on, found.tally.unused) == ("2026-08-01", ())


def test_programmes_are_newer_and_may_be_missing(outcome: Read, tmp_path: Path) -> None:
    """With the column the publisher's codes; without it the first words of each sanction."""
    coded = outcome(READER, written(tmp_path / "a.csv", ROW | {"program_ids": "US-RUSHAR"}))
    assert set(values(coded.rows("statements"), "program")) == {"US-RUSHAR"}
    older = outcome(READER, written(tmp_path / "b.csv", ROW, drop="program_ids"))
    assert set(values(older.rows("statements"), "program")) == {"RUSSIA-EO14024"}


def test_a_target_without_sanction_has_no_measure(outcome: Read, tmp_path: Path) -> None:
    """A politician on no list is shown under the dataset, with the measure "other"."""
    found = outcome(READER, written(tmp_path / "a.csv", ROW | {"sanctions": ""}))
    assert set(values(found.rows("statements"), "measure")) == {"other"}


def test_bad_rows_are_refused(outcome: Read, tmp_path: Path) -> None:
    """An id twice, a row without name, too few cells."""
    path = written(tmp_path / "a.csv", ROW, ROW, ROW | {"id": "nk-2", "name": ""})
    path.write_text(path.read_text("utf-8") + "nk-3,Person\n", "utf-8")
    found = outcome(READER, path)
    assert found.reasons == {
        3: "id: the id of row 2",
        4: "name: required, but empty",
        5: ": 2 cells, but the header has 16",
    }


def test_only_this_table_is_recognised() -> None:
    """By its header, old or new."""
    for columns in (COLUMNS, tuple(each for each in COLUMNS if each != "program_ids")):
        assert recognise(FileHead("x", ",".join(columns).encode())) is READER
    assert not READER.recognises(FileHead("targets.simple.csv", b"id,schema,name\n1,Person,A\n"))


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=12)


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(rows=st.lists(st.fixed_dictionaries(dict.fromkeys(COLUMNS, CELL)), max_size=5))
def test_any_cells_end_in_a_count(
    rows: list[dict[str, str]], outcome: Read, tmp_path: Path
) -> None:
    """Kept + rejected = rows, and the cells of a kept row are among its values as printed."""
    found = outcome(READER, written(tmp_path / "a.csv", *rows))
    assert found.tally.rows_read <= len(rows)
    text = (tmp_path / "a.csv").read_text("utf-8")
    assert found.tally.rows_read <= len(list(csv.reader(io.StringIO(text, newline="")))) - 1
