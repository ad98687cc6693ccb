"""``designations.csv`` becomes statements, with the measure that its list stands for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tidewaiter.sources.lists.designations import DesignationsReader, knowledge, measure_of
from tidewaiter.store.tables import table

Read = Callable[..., Any]
HEADER = "list_id,entity_id,schema,name,aliases,identifiers,measure,listed_on,delisted_on\n"


@pytest.fixture
def load(outcome: Read, tmp_path: Path) -> Read:
    """Reads rows under the header above."""

    def run(rows: str) -> Any:
        path = tmp_path / "designations.csv"
        path.write_text(HEADER + rows, "utf-8")
        return outcome(DesignationsReader(), path)

    return run


def said(done: Any, schema: str, prop: str) -> list[tuple[str, str | None, int]]:
    """(value, first seen, rank) of a property."""
    return [
        (row["value"], row["first_seen"], row["act_rank"])
        for row in done.rows("statements")
        if (row["schema"], row["prop"]) == (schema, prop)
    ]


def test_a_row_becomes_statements_of_one_party(load: Read) -> None:
    """Names, numbers and listing on one entity; one row read, one kept."""
    done = load("some_list,X-1,Company,Varenkov JSC,VAR; ВАР,inn:0001234562; odd:5,,2022-12-16,\n")
    assert done.kept == 1
    assert done.tally.entities == 1
    assert {row["entity_id"] for row in done.rows("statements")} == {"case:some_list:X-1"}
    assert [value for value, _, _ in said(done, "Company", "alias")] == ["VAR", "ВАР"]
    assert said(done, "Company", "innCode")[0][0] == "0001234562"
    assert said(done, "Company", "idNumber")[0][0] == "odd:5"
    assert said(done, "Sanction", "measure")[0][0] == "other"
    assert said(done, "Sanction", "listingDate")[0][:2] == ("2022-12-16", "2022-12-16")


def test_the_end_of_a_listing_is_known_on_its_own_day(load: Read) -> None:
    """As of an earlier day nobody could have seen it."""
    done = load("some_list,X-1,Company,Varenkov JSC,,,,2022-12-16,2024-01\n")
    assert said(done, "Sanction", "endDate")[0][:2] == ("2024-01", "2024-01")
    assert said(done, "Company", "name")[0][:2] == ("Varenkov JSC", "2022-12-16")


def test_a_later_listing_of_the_same_party_outranks_the_earlier(load: Read) -> None:
    """Both are kept; the rank grows with the day of listing."""
    done = load("l,X-1,Company,First,,,,2022-12-16,\nl,X-1,Company,Second,,,,2023-12-16,\n")
    first, second = said(done, "Company", "name")
    assert first[2] < second[2]


def test_bad_rows_are_refused_as_in_every_plain_format(load: Read) -> None:
    """No name, a wrong schema, an end before the start, a repeated row."""
    good = "l,X-9,Company,Good,,,,2022,\n"
    done = load(
        f"l,X-1,Company,,,,,2022,\nl,X-2,Firm,F,,,,2022,\nl,X-3,Person,P,,,,2022,2021\n{good}{good}"
    )
    assert done.kept == 1
    assert sorted(done.reasons) == [2, 3, 4, 6]


def test_the_measure_follows_the_list_or_a_part_of_it() -> None:
    """A section of a known annex has the annex's measure; an unknown list has none."""
    assert measure_of("eu_833_annex_xix_a") == "transaction_ban"
    assert measure_of("us_bis_el") == "export_restriction"
    assert measure_of("eu_833") == "other"
    assert measure_of("eu_833_annex_xixx") == "other"


def test_what_is_known_of_lists_is_cited_and_in_the_vocabulary() -> None:
    """Every default measure is one of FORMATS and names the rule behind it."""
    columns = {column.name: column for column in table("designations").columns}
    assert {each.measure for each in knowledge().measures} <= set(columns["measure"].options)
    assert all(each.cite for each in knowledge().measures)
