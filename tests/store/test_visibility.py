"""A run on a day knows nothing that was not known on that day."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pytest

from tidewaiter.store.duck import DuckEngine
from tidewaiter.store.tables import arrow_schema, table
from tidewaiter.store.visibility import RAW, Clock, default_policies, undated, visible


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckEngine]:
    """An engine over an empty folder."""
    with DuckEngine(tmp_path, tmp_path, threads=1, memory="500MB") as opened:
        yield opened


def clock(day: str, *, named: bool = True, **days: int) -> Clock:
    """A clock on ``day`` with the default policies, some of them changed."""
    policies = {**default_policies(), **days}
    return Clock(day=datetime.date.fromisoformat(day), named=named, policies=policies)


def rows(name: str, *given: dict[str, Any]) -> pa.Table:
    """Rows of a table, columns that are not given null, dates with their days."""
    schema = arrow_schema(table(name)).append(pa.field("load_sequence", pa.int64()))
    filled = []
    for number, row in enumerate(given):
        days = {
            f"{key}_day": datetime.date.fromisoformat(value)
            for key, value in row.items()
            if f"{key}_day" in schema.names
        }
        filled.append({"load_sequence": 1, "locator": f"row {number + 2}"} | row | days)
    return pa.Table.from_pylist(filled, schema)


def seen(engine: DuckEngine, name: str, when: Clock, *given: dict[str, Any]) -> list[Any]:
    """What is visible of the given rows."""
    engine.arrow(RAW.format(name), rows(name, *given))
    found = engine.fetch(visible(table(name), when).order_by("record_id", "locator"))
    return list(found.to_pylist())


def test_a_declaration_is_known_five_days_after_its_date(engine: DuckEngine) -> None:
    """The policy counts from the basis date; the day itself is included."""
    row = {"record_id": "case:1", "date": "2024-03-01"}
    assert seen(engine, "declarations", clock("2024-03-05"), row) == []
    assert len(seen(engine, "declarations", clock("2024-03-06"), row)) == 1


def test_known_from_comes_before_the_policy(engine: DuckEngine) -> None:
    """A row that says when it was known is believed, earlier or later than the policy."""
    row = {"record_id": "case:1", "date": "2024-03-01", "known_from": "2024-05-01"}
    assert seen(engine, "declarations", clock("2024-04-30"), row) == []
    assert len(seen(engine, "declarations", clock("2024-05-01"), row)) == 1


def test_a_case_may_give_its_own_policy(engine: DuckEngine) -> None:
    """Days of a policy are data of the run, not of the snapshot."""
    row = {"record_id": "case:1", "date": "2024-03-01"}
    assert len(seen(engine, "declarations", clock("2024-03-01", declaration=0), row)) == 1


def test_an_end_that_has_not_come_is_empty(engine: DuckEngine) -> None:
    """The row is there, its later end is not."""
    row = {"record_id": "case:r", "start": "2020-01-01", "end": "2024-06-30"}
    early = seen(engine, "roles", clock("2024-06-29"), row)
    late = seen(engine, "roles", clock("2024-06-30"), row)
    assert (early[0]["end"], early[0]["end_day"]) == (None, None)
    assert late[0]["end"] == "2024-06-30"


def test_undated_rows_are_left_out_on_a_named_day_and_counted(engine: DuckEngine) -> None:
    """A day that the user names leaves them out; the default day keeps them."""
    row = {"record_id": "case:c", "company_id": "c"}
    named, default = clock("2024-01-01"), clock("2024-01-01", named=False)
    assert seen(engine, "companies", named, row) == []
    assert len(seen(engine, "companies", default, row)) == 1
    assert engine.fetch(undated(table("companies"), named)).to_pylist() == [{"rows": 1}]


def test_of_an_amended_record_the_latest_visible_version_speaks(engine: DuckEngine) -> None:
    """Both versions are kept; before the amendment was known the first one speaks."""
    first = {"record_id": "case:1", "date": "2024-03-01", "description": "first"}
    second = first | {"known_from": "2024-05-01", "description": "amended"}
    for given in ([first, second], [second, first]):
        before = seen(engine, "declarations", clock("2024-04-01"), *given)
        after = seen(engine, "declarations", clock("2024-06-01"), *given)
        assert [r["description"] for r in before] == ["first"]
        assert [r["description"] for r in after] == ["amended"]


def test_a_later_load_of_the_same_record_speaks(engine: DuckEngine) -> None:
    """The same record from two files: the file that was loaded later."""
    first = {"record_id": "case:1", "date": "2024-03-01", "description": "first"}
    second = first | {"load_sequence": 2, "description": "second"}
    for order in ((second, first), (first, second)):
        found = seen(engine, "declarations", clock("2024-06-01"), *order)
        assert [r["description"] for r in found] == ["second"]


def test_the_latest_visible_act_speaks_for_an_entry(engine: DuckEngine) -> None:
    """All statements of the later act, none of the earlier; earlier days see the earlier."""
    base = {"record_id": "l:1", "entity_id": "l:1", "prop": "name", "act_rank": 0}
    old = [base | {"value": v, "first_seen": "2022-01-01"} for v in ("Old name", "Alias")]
    new = base | {"value": "New name", "first_seen": "2024-05-01", "act_rank": 7}
    before = seen(engine, "statements", clock("2024-04-01"), new, *old)
    after = seen(engine, "statements", clock("2024-06-01"), new, *old)
    assert sorted(r["value"] for r in before) == ["Alias", "Old name"]
    assert [r["value"] for r in after] == ["New name"]


def test_the_engine_reaches_nothing_outside_the_workspace(
    engine: DuckEngine, tmp_path: Path
) -> None:
    """Files elsewhere, extensions and settings are closed."""
    for query in (
        "SELECT * FROM read_csv('/etc/passwd')",
        "INSTALL httpfs",
        "SET enable_external_access = true",
    ):
        with pytest.raises(Exception, match=r"(?i)disabled|locked|cannot|permission"):
            engine._session.execute(query)


def test_expressions_run_and_results_are_saved(engine: DuckEngine, tmp_path: Path) -> None:
    """An expression over a named table gives Arrow, batches and Parquet alike."""
    engine.arrow("numbers", pa.table({"n": list(range(10))}))
    expression = ibis.table({"n": "int64"}, name="numbers").filter(lambda t: t.n > 3).order_by("n")
    assert engine.fetch(expression)["n"].to_pylist() == [4, 5, 6, 7, 8, 9]
    assert sum(b.num_rows for b in engine.batches(expression, 2)) == 6
    engine.save(expression, tmp_path / "n.parquet")
    assert (tmp_path / "n.parquet").is_file()
