"""SDMX-CSV: both versions, codes with and without labels, values joined with quantities."""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidewaiter.errors import BadDataError
from tidewaiter.sources.reader import FileHead
from tidewaiter.sources.registry import READERS
from tidewaiter.sources.statistics.sdmx_csv import SdmxCsvReader, code

Read = Callable[..., Any]
Cells = dict[str, str]
VALUE: Cells = {
    "DATAFLOW": "ESTAT:DS-045409(1.0)", "LAST UPDATE": "15/03/24 11:00:00", "freq": "M",
    "reporter": "DE", "partner": "KG", "product": "854231", "flow": "2",
    "indicators": "VALUE_IN_EUROS", "TIME_PERIOD": "2024-01", "OBS_VALUE": "4711", "OBS_FLAG": "e",
}  # fmt: skip
MASS: Cells = {"indicators": "QUANTITY_IN_100KG", "OBS_VALUE": "1.5", "OBS_FLAG": ""}
IMTS: Cells = {
    "STRUCTURE": "dataflow", "STRUCTURE_ID": "IMF.STA:IMTS(1.0.0)", "ACTION": "I",
    "COUNTRY": "KGZ", "INDICATOR": "MG_CIF_USD", "COUNTERPART_COUNTRY": "CHN", "FREQUENCY": "M",
    "TIME_PERIOD": "2024-M03", "OBS_VALUE": "1.25", "SCALE": "6",
}  # fmt: skip


def text(*rows: Cells) -> bytes:
    """A file with the columns of its first record."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


@pytest.fixture
def load(outcome: Read, tmp_path: Path) -> Read:
    """Reads bytes."""

    def load_(content: bytes) -> Any:
        path = tmp_path / "file.csv"
        path.write_bytes(content)
        return outcome(SdmxCsvReader(), path)

    return load_


def test_value_and_quantity_become_one_row(load: Read) -> None:
    """Wherever in the file they stand; both records are counted as kept."""
    found = load(text(VALUE | MASS, VALUE, VALUE | {"partner": "KZ"}))
    first, second = found.rows("flows")
    told = ("period", "reporter", "partner", "direction", "hs_code", "hs_edition", "value",
            "currency", "net_kg", "valuation", "partner_basis", "extra")  # fmt: skip
    assert tuple(first[name] for name in told) == (
        "2024-01", "DE", "KG", "export", "854231", "2022", 471_100,
        "EUR", 150_000, "fob", "last_known_destination", '{"OBS_FLAG":"e"}',
    )  # fmt: skip
    assert (second["partner"], second["net_kg"]) == ("KZ", None)
    assert (found.kept, found.tally.published_on, found.tally.unused) == (3, "2024-03-15", ())
    assert found.tally.facts["dataflow"] == "ESTAT:DS-045409(1.0)"


def test_version_two_with_a_scale(load: Read) -> None:
    """The indicator says direction and valuation; millions are written out."""
    found = load(text(IMTS, IMTS | {"INDICATOR": "MG_FOB_USD", "OBS_VALUE": "1.1"}))
    cif, fob = found.rows("flows")
    assert (cif["period"], cif["reporter"], cif["partner"]) == ("2024-03", "KG", "CN")
    assert (cif["value"], cif["valuation"], cif["hs_code"]) == (125_000_000, "cif", "TOTAL")
    assert (fob["value"], fob["valuation"]) == (110_000_000, "fob")
    assert cif["record_id"] != fob["record_id"]


def test_labels_beside_codes_are_left_out(load: Read) -> None:
    """In the header and in the cells; identifiers have none."""
    labelled = {
        f"{name}: {name.title()}" if name.islower() else name: f"{value}: words"
        if name.islower()
        else value
        for name, value in VALUE.items()
    }
    plain, other = load(text(VALUE)).rows("flows"), load(text(labelled)).rows("flows")
    assert [r["record_id"] for r in plain] == [r["record_id"] for r in other]
    assert [code(each) for each in ("M: Monthly", ":", "854231", "A:b:c")] == [
        "M",
        ":",
        "854231",
        "A",
    ]


@pytest.mark.parametrize(("printed", "kept"), [
    ("EL", "GR"), ("EU27_2020", "EU27"), ("WORLD", "WORLD"), ("EXT_EU27_2020", "EXTRA_EU"),
    ("QY", "CONFIDENTIAL_EU"), ("XK", "XK"),
])  # fmt: skip
def test_partners_that_are_no_country(load: Read, printed: str, kept: str) -> None:
    """They have a code of their own, and the printed one tells rows apart."""
    (row,) = load(text(VALUE | {"partner": printed})).rows("flows")
    assert row["partner"] == kept
    assert row["series"].endswith(f"/DE/{printed}")


def test_nothing_is_no_zero(load: Read) -> None:
    """Confidential and missing observations are counted, and no row is made of them."""
    found = load(text(VALUE | {"OBS_VALUE": ":"}, VALUE | {"OBS_VALUE": "", "partner": "KZ"}))
    assert (found.kept, found.rows("flows"), found.rejects) == (2, [], [])
    assert found.tally.facts["records_without_row"] == "2"


def test_bad_records_are_rejected_with_their_reason(load: Read) -> None:
    """Quantities alone, repetitions, conflicts, unknown codes, deletions, quarters."""
    base = VALUE | {"ACTION": ""}
    found = load(
        text(
            base, base | MASS | {"partner": "UZ"}, base, base | {"partner": "GE"},
            base | {"partner": "GE", "OBS_VALUE": "1"}, base | {"indicators": "PRICE"},
            base | {"partner": "AM", "ACTION": "D"}, base | {"TIME_PERIOD": "2024-Q1"},
            base | {"partner": "?"}, base | {"DATAFLOW": "ESTAT:OTHER(1.0)"},
            base | {"partner": "AZ", "OBS_VALUE": "much"}, base | {"partner": "MD", "flow": "9"},
        )
    )  # fmt: skip
    assert found.reasons == {
        3: "OBS_VALUE: a quantity without a value",
        4: "OBS_VALUE: duplicate of another record",
        5: "OBS_VALUE: conflicts with another record (same key)",
        6: "OBS_VALUE: conflicts with another record (same key)",
        7: "INDICATORS: not on the card",
        8: "ACTION: a deletion is no observation",
        9: "period: not a date such as 2023, 2023-04 or 2023-04-17",
        10: "partner: no country and no group of countries that is known",
        11: "DATAFLOW: another dataflow than before",
        12: "value: not a decimal number written as 1234.56",
        13: "direction: not one of export, import, re-export",
    }


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (text(VALUE | {"DATAFLOW": "ESTAT:DS-018995(1.0)"}), "is not on the card"),
        (text({k: v for k, v in VALUE.items() if k != "flow"}), "it lacks FLOW"),
        (text(VALUE).split(b"\n")[0] + b"\n", "no observation"),
        (text(VALUE | {"FREQ": "M"}), "two columns have the same code"),
    ],
)
def test_other_dataflows_are_refused(load: Read, content: bytes, why: str) -> None:
    """Codes of another classification would look like ours."""
    with pytest.raises(BadDataError, match=why):
        load(content)


def test_recognition(shared_data: Path) -> None:
    """By the first column; national tables whose name says SDMX are none."""
    for content in (text(VALUE), text(IMTS)):
        names = [each.name for each in READERS if each.recognises(FileHead("x.csv", content))]
        assert names == ["sdmx_csv"]
    for name in ("sdmx_data_1105.csv", "sdmx_data_1176.csv"):
        start = (shared_data / "trade" / "national_stats_marylev" / name).read_bytes()
        assert not SdmxCsvReader().recognises(FileHead(name, start))


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(
    changes=st.lists(st.dictionaries(st.sampled_from(list(VALUE)), st.text(max_size=6), max_size=4),
                     max_size=4),
    lost=st.sampled_from(["", *VALUE]),
    end=st.integers(0, 90),
)  # fmt: skip
def test_damaged_files_end_in_a_count_or_a_clear_error(
    load: Read, changes: list[Cells], lost: str, end: int
) -> None:
    """Cells of nonsense, a column that is gone, a file that is cut off."""
    rows = [{k: v for k, v in (VALUE | c).items() if k != lost} for c in ({}, *changes, MASS)]
    content = text(*rows)
    with contextlib.suppress(BadDataError):
        load(content[: len(content) - end])
