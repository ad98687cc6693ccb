"""Records as rows of the wide tables: the main row decides, and nothing is lost on the way."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tidewaiter.model.source import Reject, SourceFile
from tidewaiter.sources import rows as module
from tidewaiter.sources.reader import Batch
from tidewaiter.sources.rows import Place, Row, Rows
from tidewaiter.store.tables import arrow_schema, table

if TYPE_CHECKING:
    import pytest

SOURCE = SourceFile(path=Path("none"), name="made.csv", source_id="a" * 64, dataset="made", uri="u")
FIRM = {"company_id": "1", "name": "Varenkov LLC", "country": "UZ", "incorporated_on": "2019-05-01"}
Items = list[Batch | Reject]


def taken(rows: Rows, records: Iterable[tuple[Row, ...]]) -> Items:
    """Everything that comes out for records at rows 2, 3 and so on."""
    found: Items = []
    for number, record in enumerate(records, start=2):
        found += rows.add(Place(number, number, f"row {number}"), *record)
    return found + list(rows.flush())


def firm(extra: dict[str, str] | None = None, **cells: Any) -> Row:
    """A company; a cell of ``None`` is absent."""
    said = {name: value for name, value in (FIRM | cells).items() if value is not None}
    return Row("companies", said, extra or {})


def change(**cells: str) -> Row:
    """A change of name."""
    return Row("name_history", {"company_id": "1", "field": "name", "changed_on": "2020"} | cells)


def kept(items: Items, name: str = "companies") -> list[dict[str, Any]]:
    """The rows of a table."""
    batches = [each for each in items if isinstance(each, Batch) and each.table == name]
    return [row for batch in batches for row in batch.rows.to_pylist()]


def refused(items: Items) -> list[tuple[int, str, str, str]]:
    """Row, column, value and reason of every reject."""
    return [(i.row, i.column, i.value, i.reason) for i in items if isinstance(i, Reject)]


def extra(row: dict[str, Any]) -> dict[str, Any]:
    """What a row has no column for."""
    said: dict[str, Any] = json.loads(row["extra"] or "{}")
    return said


def test_a_record_becomes_its_rows_with_ids_and_places() -> None:
    """Ids are dataset and key; every row of a record has its place, the file its hash."""
    rows = Rows(SOURCE, "companies")
    items = taken(rows, [(firm(), change(new_value="Varenkov LLC"))])
    (company,), (history,) = kept(items), kept(items, "name_history")
    assert company["record_id"] == "made:1"
    assert history["record_id"] == "made:1:name:2020:Varenkov LLC"
    assert {company["locator"], history["locator"]} == {"row 2"}
    assert company["source_id"] == SOURCE.source_id
    assert company["name"] == ["Varenkov LLC"]
    assert rows.newest == "2020-12-31"


def test_the_main_row_decides() -> None:
    """A record whose main row cannot be kept is rejected with all its sides."""
    rows = Rows(SOURCE, "companies")
    items = taken(rows, [(firm(name=""), change()), (firm(company_id="2"), change(company_id="2"))])
    assert refused(items) == [(2, "name", "", "required, but empty")]
    assert [row["company_id"] for row in kept(items)] == ["2"]
    assert [row["company_id"] for row in kept(items, "name_history")] == ["2"]
    assert rows.unread == {}


def test_a_cell_that_cannot_be_read_is_kept_beside_and_counted() -> None:
    """One impossible date does not cost a company."""
    rows = Rows(SOURCE, "companies")
    (row,) = kept(taken(rows, [(firm({"seen": "yes"}, incorporated_on="31.12.1999"),)]))
    assert row["incorporated_on"] is None
    assert row["incorporated_on_day"] is None
    assert extra(row) == {"seen": "yes", "unread: incorporated_on": "31.12.1999"}
    assert rows.unread == {"companies.incorporated_on": 1}


def test_dates_in_the_wrong_order_lose_the_later_one() -> None:
    """A company that ends before it begins keeps its first day; the other is told."""
    rows = Rows(SOURCE, "companies")
    items = taken(
        rows, [(firm(dissolved_on="2001"),), (firm(company_id="2", dissolved_on="2021"),)]
    )
    first, second = kept(items)
    assert (first["dissolved_on"], first["dissolved_on_day"]) == (None, None)
    assert extra(first) == {"unread: dissolved_on": "2001"}
    assert second["dissolved_on"] == "2021"
    assert rows.unread == {"companies.dissolved_on": 1}


def test_a_side_row_that_cannot_be_kept_is_told_in_the_main_row() -> None:
    """Its cells and its own extra stand in the extra of the company."""
    rows = Rows(SOURCE, "companies")
    side = Row("name_history", {"company_id": "1", "field": "name", "old_value": "Old"}, {"n": "1"})
    items = taken(rows, [(firm(), change(), side)])
    (row,) = kept(items)
    lost = json.loads(extra(row)["not kept: name_history 2"])
    assert lost == {"company_id": "1", "field": "name", "old_value": "Old", "n": "1"}
    assert len(kept(items, "name_history")) == 1
    assert rows.unread == {"name_history.changed_on": 1}
    assert refused(items) == []


def test_a_publisher_may_leave_a_required_column_open() -> None:
    """Named as lenient, it is empty or set aside; the others stay required."""
    rows = Rows(SOURCE, "companies", lenient=("companies.country",))
    items = taken(rows, [(firm(country=""),), (firm(company_id="2", country="Atlantis"),)])
    first, second = kept(items)
    assert (first["country"], second["country"]) == (None, None)
    assert extra(second) == {"unread: country": "Atlantis"}
    assert rows.unread == {"companies.country": 1}
    assert refused(taken(Rows(SOURCE), [(firm(country="Atlantis"),)])) == [
        (2, "country", "Atlantis", "no country name or code that is known")
    ]


def test_a_list_is_not_split_again() -> None:
    """A semicolon in a name is a part of it; in a text it stands between values."""
    items = taken(Rows(SOURCE), [(firm(name=["A; B LLC", "C"]),), (firm(name="A; B LLC"),)])
    first, second = kept(items)
    assert first["name"] == ["A; B LLC", "C"]
    assert second["name"] == ["A", "B LLC"]


def test_an_empty_list_is_no_name() -> None:
    """A required list must hold something."""
    items = taken(Rows(SOURCE), [(firm(name=[]),), (firm(name=[" "]),), (firm(name=["A"]),)])
    assert [(row, column) for row, column, _, _ in refused(items)] == [(2, "name"), (3, "name")]


def test_a_tag_tells_rows_apart_that_share_a_key() -> None:
    """The same owner may hold the same interest for two reasons."""
    stake = {"owner_id": "a", "company_id": "b", "interest": "other", "start": "2020"}
    items = taken(Rows(SOURCE), [(Row("stakes", stake, tag="X"),), (Row("stakes", stake),)])
    assert [row["record_id"] for row in kept(items, "stakes")] == [
        "made:a:b:other:2020:X", "made:a:b:other:2020",
    ]  # fmt: skip


def test_a_name_space_stands_before_the_key() -> None:
    """Files whose keys may meet are kept apart."""
    (row,) = kept(taken(Rows(SOURCE, "companies", "part"), [(firm(),)]))
    assert row["record_id"] == "made:part:1"


def test_records_that_tell_nothing_are_counted_as_kept() -> None:
    """They make a batch without rows, in the schema of the main table."""
    rows = Rows(SOURCE, "companies")
    rows.blank()
    (batch,) = rows.flush()
    assert isinstance(batch, Batch)
    assert (batch.source_rows, batch.rows.num_rows) == (1, 0)
    assert batch.rows.schema == arrow_schema(table("companies"))
    assert list(rows.flush()) == []


def test_a_refusal_shows_a_bounded_value_that_can_be_written() -> None:
    """Lone surrogates are escaped, long values cut."""
    reject = Rows(SOURCE).refuse(Place(7, 9, "row 7"), "name", "\ud800" + "x" * 500, "why")
    assert (reject.row, reject.line, len(reject.value)) == (7, 9, 199 + len("\\ud800"))


def test_several_batches_keep_order_and_every_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small batch size changes nothing but the number of batches."""
    monkeypatch.setattr(module, "CHUNK", 3)
    records = [(firm(company_id=str(n), name="" if n % 4 == 0 else "A"),) for n in range(10)]
    items = taken(Rows(SOURCE), records)
    assert [row["company_id"] for row in kept(items)] == ["1", "2", "3", "5", "6", "7", "9"]
    assert [row for row, *_ in refused(items)] == [2, 6, 10]


CELLS = st.fixed_dictionaries(
    {
        "company_id": st.sampled_from(["", "1", "2"]),
        "name": st.sampled_from(["", "A; B", "\u202eC"])
        | st.lists(st.text(max_size=3), max_size=2),
        "country": st.sampled_from(["", "UZ", "Atlantis"]),
    },
    optional={
        "incorporated_on": st.sampled_from(["", "2020", "soon", "2020-02-30"]),
        "dissolved_on": st.sampled_from(["", "2019", "2021-01-01"]),
        "employees": st.sampled_from(["", "3", "-1", "many"]),
    },
)
SIDES = st.lists(st.sampled_from(["2020", "", "never"]), max_size=3)


@settings(max_examples=40)
@given(st.lists(st.tuples(CELLS, SIDES), max_size=8))
def test_counts_add_up_and_no_cell_is_lost(records: list[tuple[dict[str, Any], list[str]]]) -> None:
    """Read = kept + rejected; what a kept record said stands in its rows or its extra."""
    rows = Rows(SOURCE, "companies")
    items = taken(
        rows,
        [
            (Row("companies", dict(cells)), *(change(changed_on=day) for day in days))
            for cells, days in records
        ],
    )
    batches = [each for each in items if isinstance(each, Batch)]
    assert rows.read == sum(each.source_rows for each in batches) + len(refused(items))
    companies = {row["locator"]: row for row in kept(items)}
    changes = [row["locator"] for row in kept(items, "name_history")]
    for number, (cells, days) in enumerate(records, start=2):
        row = companies.get(f"row {number}")
        if row is None:
            continue
        said = extra(row)
        for name in ("incorporated_on", "dissolved_on", "employees"):
            printed = cells.get(name, "")
            told = row[name] is not None or said.get(f"unread: {name}") == printed
            assert told or not printed
        lost = [key for key in said if key.startswith("not kept")]
        assert changes.count(f"row {number}") + len(lost) == len(days)
