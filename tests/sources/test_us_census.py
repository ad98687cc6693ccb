"""The Census Bureau's answers: either side, groups and breakdowns, months and sums."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidewaiter.errors import BadDataError
from tidewaiter.model.country import country_code
from tidewaiter.sources.reader import FileHead
from tidewaiter.sources.registry import READERS
from tidewaiter.sources.statistics.us_census import UsCensusReader, census_card

Read = Callable[..., Any]
SENT: dict[str, Any] = {
    "CTY_CODE": "4634", "CTY_NAME": "KAZAKHSTAN", "E_COMMODITY": "854231", "ALL_VAL_MO": "12345",
    "QTY_1_MO": "100", "UNIT_QY1": "NO", "DF": "-", "YEAR": "2024", "MONTH": "1",
}  # fmt: skip
CAME: dict[str, Any] = {
    "I_COMMODITY": "8542310001", "CTY_CODE": "5700", "GEN_VAL_MO": "200", "GEN_CIF_MO": "210",
    "GEN_QY1_MO": "7", "UNIT_QY1": "KG", "time": "2024-02",
}  # fmt: skip


def answer(*records: dict[str, Any]) -> bytes:
    """An array of arrays; the first record's names are the header."""
    names = list(records[0])
    return json.dumps([names, *([each.get(name) for name in names] for each in records)]).encode()


@pytest.fixture
def load(outcome: Read, tmp_path: Path) -> Read:
    """Reads bytes."""

    def load_(content: bytes) -> Any:
        path = tmp_path / "answer.json"
        path.write_bytes(content)
        return outcome(UsCensusReader(), path)

    return load_


def test_exports(load: Read) -> None:
    """Free alongside ship is neither of the two valuations, so it stays open."""
    (row,) = load(answer(SENT)).rows("flows")
    told = ("period", "reporter", "partner", "direction", "hs_code", "hs_edition", "value",
            "currency", "quantity", "unit", "net_kg", "valuation", "partner_basis", "series",
            "extent", "locator")  # fmt: skip
    assert tuple(row[name] for name in told) == (
        "2024-01", "US", "KZ", "export", "854231", "2022", 1_234_500,
        "USD", 100_000, "pcs", None, None, "last_known_destination", "4634", None, "/1",
    )  # fmt: skip
    assert json.loads(row["extra"]) == {"value": "ALL_VAL_MO"}


def test_imports(load: Read) -> None:
    """At customs value; an amount in kilograms is the mass; the code names the country."""
    (row,) = load(answer(CAME)).rows("flows")
    told = ("period", "partner", "direction", "hs_code", "value", "net_kg", "valuation",
            "partner_basis")  # fmt: skip
    assert tuple(row[name] for name in told) == (
        "2024-02", "CN", "import", "8542310001", 20_000, 7_000, "fob", "origin",
    )  # fmt: skip


def test_foreign_goods_are_re_exports_and_domestic_ones_a_part(load: Read) -> None:
    """Beside all exports; the same for a breakdown by district."""
    rows = load(
        answer(*(SENT | {"DF": each, "DISTRICT": "-"} for each in "-12"),
               SENT | {"DISTRICT": "01"})
    ).rows("flows")  # fmt: skip
    assert [(row["direction"], row["extent"]) for row in rows] == [
        ("export", None), ("export", "part"), ("re-export", None), ("export", "part"),
    ]  # fmt: skip
    assert len({row["record_id"] for row in rows}) == 4


@pytest.mark.parametrize(
    ("code", "name", "kept"),
    [
        ("-", "TOTAL FOR ALL COUNTRIES", "WORLD"), ("0003", "EUROPEAN UNION", "EU_CHANGING"),
        ("0023", "NATO", "GROUP"), ("4XXX", "EUROPE", "EUROPE"), ("1XXX", "NORTH AMERICA", "GROUP"),
        ("4621", "", "RU"), ("5082", "GAZA STRIP ADMINISTERED BY ISRAEL", "PS"),
        ("9999", "KYRGYZSTAN", "KG"), ("4635", "KAZAKHSTAN", "KZ"),
    ],
)  # fmt: skip
def test_partners(load: Read, code: str, name: str, kept: str) -> None:
    """Groups by code, countries by the printed name and else by code."""
    (row,) = load(answer(SENT | {"CTY_CODE": code, "CTY_NAME": name})).rows("flows")
    assert (row["partner"], row["series"]) == (kept, code)


def test_every_country_of_the_table_is_one() -> None:
    """And two codes that mean one place are the two parts of Palestine."""
    codes = list(census_card().countries.values())
    assert all(country_code(code) == code for code in codes)
    assert {code for code in codes if codes.count(code) > 1} == {"PS"}
    assert all(len(number) == 4 for number in census_card().countries)


def test_sums_from_january_on_are_no_months(load: Read) -> None:
    """In December they are the year."""
    summed = {k: v for k, v in SENT.items() if k != "ALL_VAL_MO"} | {"ALL_VAL_YR": "500"}
    found = load(answer(summed, summed | {"MONTH": "12"}))
    assert found.reasons == {2: "ALL_VAL_YR: a sum from January on"}
    (row,) = found.rows("flows")
    assert (row["period"], row["value"]) == ("2024", 50_000)


def test_bad_records_are_rejected_with_their_reason(load: Read) -> None:
    """Too few values, unknown partners, values that are none, names with two values."""
    names = [*SENT, "CTY_CODE"]
    good = [*SENT.values(), "4634"]
    rows: list[Any] = [names, good, good[:3], {"a": 1}, [*SENT.values(), "4621"]]
    rows += [[("9999" if v == "4634" else "NOWHERE" if v == "KAZAKHSTAN" else v) for v in good]]
    rows += [["x" if v == "12345" else v for v in good]]
    found = load(json.dumps(rows).encode())
    assert found.reasons == {
        3: ": 3 values, but 10 names",
        4: ": no array",
        5: ": two values of CTY_CODE",
        6: "partner: no country and no group of countries that is known",
        7: "value: not a decimal number written as 1234.56",
    }


def test_variables_that_are_not_known_are_named(load: Read) -> None:
    """Those of the card are not."""
    found = load(answer(SENT | {"COMM_LVL": "HS6", "NOVELTY": "1"}))
    assert found.tally.unused == ("NOVELTY",)


def test_recognition_and_other_answers(load: Read) -> None:
    """By the names of the first array; another answer says what is missing."""
    for content in (answer(SENT), answer(CAME)):
        head = FileHead("x.json", content)
        assert [each.name for each in READERS if each.recognises(head)] == ["us_census"]
    for content in (b"[]", b'[["NAME", "POP"], ["a", "1"]]', b'[["CTY_CODE", "E_COMMODITY"'):
        assert not UsCensusReader().recognises(FileHead("x.json", content)) or content[-1:] != b"]"
        with pytest.raises(BadDataError):
            load(content)


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(
    rows=st.lists(
        st.lists(st.none() | st.text(max_size=6) | st.integers() | st.just([]), max_size=10)
        | st.none() | st.integers(), max_size=4,
    ),
    lost=st.sets(st.sampled_from(list(SENT)), max_size=2),
)  # fmt: skip
def test_damaged_answers_end_in_a_count_or_a_clear_error(
    load: Read, rows: list[Any], lost: set[str]
) -> None:
    """Whatever stands in the arrays, and whichever names are gone."""
    kept = {k: v for k, v in SENT.items() if k not in lost}
    content = json.dumps([list(kept), list(kept.values()), *rows]).encode()
    with contextlib.suppress(BadDataError):
        load(content)
