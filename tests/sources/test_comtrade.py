"""UN Comtrade: JSON of the interface and the bulk file tell the same of the same records."""

from __future__ import annotations

import contextlib
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidewaiter.errors import BadDataError
from tidewaiter.sources.reader import HEAD_BYTES, FileHead
from tidewaiter.sources.registry import READERS
from tidewaiter.sources.statistics.comtrade import ComtradeReader

Read = Callable[..., Any]
Record = dict[str, Any]
FLOW: Record = {
    "typeCode": "C", "freqCode": "M", "refPeriodId": 20240101, "refYear": 2024, "refMonth": 1,
    "period": "202401", "reporterCode": 398, "flowCode": "M", "partnerCode": 156,
    "partner2Code": 0, "classificationCode": "H6", "classificationSearchCode": "HS",
    "isOriginalClassification": True, "cmdCode": "854231", "customsCode": "C00", "mosCode": "0",
    "motCode": 0, "qtyUnitCode": 5, "qty": 1000, "isQtyEstimated": False, "netWgt": 12.5,
    "isNetWgtEstimated": False, "cifvalue": 5000.5, "fobvalue": None, "primaryValue": 5000.5,
    "legacyEstimationFlag": 0, "isReported": True, "isAggregate": False,
}  # fmt: skip
SENT: Record = {"flowCode": "X", "cifvalue": None, "fobvalue": 5000.5}


def answer(*records: Any) -> bytes:
    """What the interface gives."""
    return json.dumps({"elapsedTime": "0.1 secs", "count": len(records), "data": records,
                       "error": ""}).encode()  # fmt: skip


def bulk(*records: Record) -> bytes:
    """The same as a bulk file."""
    lines = ["\t".join(FLOW)]
    lines += ["\t".join("" if v is None else str(v) for v in each.values()) for each in records]
    return gzip.compress("\n".join(lines).encode())


@pytest.fixture
def load(outcome: Read, tmp_path: Path) -> Read:
    """Reads bytes."""

    def load_(content: bytes) -> Any:
        path = tmp_path / "file"
        path.write_bytes(content)
        return outcome(ComtradeReader(), path)

    return load_


def test_what_a_record_means(load: Read) -> None:
    """Every column of it."""
    found = load(answer(FLOW))
    (row,) = found.rows("flows")
    told = ("period", "reporter", "partner", "direction", "hs_code", "hs_edition", "value",
            "currency", "net_kg", "quantity", "unit", "valuation", "partner_basis", "locator",
            "extent", "second_partner", "transport_mode", "procedure")  # fmt: skip
    assert tuple(row[name] for name in told) == (
        "2024-01", "KZ", "CN", "import", "854231", "2022", 500_050,
        "USD", 12_500, 1_000_000, "pcs", "cif", "origin", "/data/0", None, None, None, None,
    )  # fmt: skip
    assert (found.tally.unused, found.tally.part) == ((), None)


def test_json_and_bulk_tell_the_same(load: Read) -> None:
    """Also CSV; only the place differs, and a bulk file replaces its predecessor."""
    records = [FLOW | change for change in ({}, SENT, {"motCode": 1000}, {"partnerCode": 842})]
    plain = gzip.decompress(bulk(*records))
    ways = [load(each) for each in (answer(*records), bulk(*records), plain.replace(b"\t", b","))]
    seen = [
        [{k: v for k, v in row.items() if k not in {"locator", "source_id"}}
         for row in way.rows("flows")] for way in ways
    ]  # fmt: skip
    assert seen[0] == seen[1] == seen[2]
    assert len(seen[0]) == 4
    assert [way.tally.part for way in ways] == [None, *["bulk/C-M-398-202401-H6"] * 2]


@pytest.mark.parametrize(
    ("change", "column", "kept"),
    [
        ({"motCode": 1000}, "transport_mode", "1000"),
        ({"customsCode": "C05"}, "procedure", "C05"),
        ({"partner2Code": 428}, "second_partner", "LV"),
        ({"flowCode": "RM"}, "direction", "import"),
        ({"flowCode": "DX"}, "direction", "export"),
    ],
)
def test_breakdowns_are_marked_as_parts(load: Read, change: Record, column: str, kept: str) -> None:
    """They stand beside the whole, with another id, and nobody adds them by accident."""
    whole, part = load(answer(FLOW, FLOW | change)).rows("flows")
    assert (whole["extent"], part["extent"], part[column]) == (None, "part", kept)
    assert whole["record_id"] != part["record_id"]


def test_valuation_is_what_the_record_says(load: Read) -> None:
    """The value that equals the primary one; else it stays open."""
    changes: list[Record] = [
        {}, SENT, {"fobvalue": 5000.5, "cifvalue": 6000}, {"cifvalue": None},
        {"flowCode": "X", "fobvalue": 5000.5},
    ]  # fmt: skip
    rows = load(answer(*(FLOW | c | {"partnerCode": 4 + 4 * n} for n, c in enumerate(changes))))
    assert [row["valuation"] for row in rows.rows("flows")] == ["cif", "fob", "fob", None, "fob"]


def test_estimates_and_zeros_are_no_measurements(load: Read) -> None:
    """What was estimated is told; no mass and no amount are unknown ones."""
    told, unknown = load(
        answer(
            FLOW | {"isNetWgtEstimated": True, "legacyEstimationFlag": 4},
            FLOW | {"partnerCode": 4, "netWgt": 0, "qty": 0.0},
        )
    ).rows("flows")
    assert json.loads(told["extra"]) == {"estimated": "net_kg", "legacyEstimationFlag": "4"}
    assert (unknown["net_kg"], unknown["quantity"], unknown["extra"]) == (None, None, None)


def test_the_world_and_unknown_partners_are_no_countries(load: Read) -> None:
    """They have codes of more than two letters; another period is a year."""
    rows = load(answer(*(FLOW | {"partnerCode": n, "period": "2023"} for n in (0, 899, 97))))
    assert [row["partner"] for row in rows.rows("flows")] == ["WORLD", "REST", "EU27"]
    assert {row["period"] for row in rows.rows("flows")} == {"2023"}


def test_other_trade_and_bad_records_are_rejected(load: Read) -> None:
    """Services, other classifications, unknown codes, values that are none, repetitions."""
    found = load(
        answer(
            FLOW, FLOW | {"typeCode": "S"}, FLOW | {"classificationCode": "S4"},
            FLOW | {"reporterCode": 9999}, FLOW | {"flowCode": "ZZ"}, FLOW | {"period": "202413"},
            FLOW | {"partnerCode": 4, "primaryValue": None}, 7, FLOW,
            FLOW | {"partnerCode": 8, "primaryValue": -1},
        )
    )  # fmt: skip
    assert found.reasons == {
        2: "typeCode: no trade in goods",
        3: "classificationCode: not by the Harmonized System",
        4: "reporter: no country and no group of countries that is known",
        5: "direction: not one of export, import, re-export",
        6: "period: not a date such as 2023, 2023-04 or 2023-04-17",
        7: "value: required, but empty",
        8: ": no JSON object",
        9: ": duplicate of row 1",
        10: "value: a negative number",
    }
    assert found.kept == 1


def test_keys_that_are_not_known_are_named(load: Read) -> None:
    """So that a change of the layout is seen."""
    assert load(answer(FLOW | {"novelty": 1})).tally.unused == ("novelty",)


def test_recognition() -> None:
    """By keys or columns, plain or gzip; an answer without records is another matter."""
    for content in (answer(FLOW), bulk(FLOW), gzip.decompress(bulk(FLOW))):
        head = FileHead("x", content[:HEAD_BYTES])
        assert [each.name for each in READERS if each.recognises(head)] == ["comtrade"]
    assert not ComtradeReader().recognises(FileHead("x", b'{"data": [], "error": ""}'))


def test_a_file_that_is_cut_off_is_an_error(load: Read) -> None:
    """Whichever kind it is."""
    for content in (answer(FLOW, FLOW), bulk(*[FLOW] * 50)):
        with pytest.raises(BadDataError):
            load(content[: len(content) * 2 // 3])


VALUES: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
    | st.just([]) | st.just({"a": 1}) | st.sampled_from(["C", "H6", "TOTAL", "9999AA", "0"])
)  # fmt: skip


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(
    changes=st.lists(st.dictionaries(st.sampled_from(list(FLOW)), VALUES, max_size=4), max_size=4),
    lost=st.sets(st.sampled_from(list(FLOW)), max_size=2),
)
def test_damaged_answers_end_in_a_count_or_a_clear_error(
    load: Read, changes: list[Record], lost: set[str]
) -> None:
    """Values of another kind, keys that are gone."""
    records = [{k: v for k, v in (FLOW | c).items() if k not in lost} for c in changes]
    for content in (answer(FLOW, *records), bulk(FLOW, *(FLOW | c for c in changes))):
        with contextlib.suppress(BadDataError):
            load(content)
