"""Comext's bulk files: either layout as published, and every code by a reader of its own."""

from __future__ import annotations

import contextlib
import csv
import io
import random
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidewaiter.errors import BadDataError
from tidewaiter.sources.reader import HEAD_BYTES, FileHead
from tidewaiter.sources.registry import READERS
from tidewaiter.sources.statistics.comext import ComextReader

Read = Callable[..., Any]
FILLED = """
    REPORTER LT PARTNER KG TRADE_TYPE E PRODUCT_NC 85423190 PRODUCT_SITC 77641 PRODUCT_CPA21 2611
    PRODUCT_CPA22 2611 PRODUCT_BEC 530 PRODUCT_BEC5 ..... PRODUCT_SECTION 16 FLOW 2
    STAT_PROCEDURE 1 SUPPL_UNIT NAR PERIOD 202401 VALUE_EUR 47390 VALUE_NAC 47390 QUANTITY_KG 20
    QUANTITY_SUPPL_UNIT 7
"""
ROW = dict(zip(FILLED.split()[::2], FILLED.split()[1::2], strict=True))
HEADER = list(ROW)
SAMPLES = "trade/comext_layout_samples"


def text(*rows: dict[str, str]) -> bytes:
    """A file of the newest layout; each row says what is different from :data:`ROW`."""
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADER, lineterminator="\n")
    writer.writeheader()
    writer.writerows(ROW | row for row in rows)
    return out.getvalue().encode()


@pytest.fixture
def load(outcome: Read, tmp_path: Path) -> Read:
    """Reads bytes as a file of a month."""

    def load_(content: bytes) -> Any:
        path = tmp_path / "full_v2_202401.dat"
        path.write_bytes(content)
        return outcome(ComextReader(), path)

    return load_


def test_the_published_lines_of_either_layout(shared_data: Path, outcome: Read) -> None:
    """Every value of them, as it is printed there."""
    (new,) = outcome(ComextReader(), shared_data / SAMPLES / "full_v2_sample.dat").rows("flows")
    told = ("period", "reporter", "partner", "direction", "hs_code", "hs_edition", "value",
            "net_kg", "quantity", "valuation", "partner_basis", "procedure", "series")  # fmt: skip
    assert tuple(new[name] for name in told) == (
        "2002-01", "AT", "AD", "export", "18063100", "2002", 473_900,
        2_000_000, None, "fob", "last_known_destination", "1", "E",
    )  # fmt: skip
    old = outcome(ComextReader(), shared_data / SAMPLES / "historical_sample.dat")
    (row,) = old.rows("flows")
    assert tuple(row[name] for name in told) == (
        "2001-01", "FR", "NL", "import", "99", "1996", 258_000,
        600_000, 1_000, "cif", "consignment", "1", "I/99RRR100",
    )  # fmt: skip
    assert (row["extent"], row["unit"], old.tally.unused) == ("remainder", "A", ())


def test_only_its_own_files_are_recognised(shared_data: Path) -> None:
    """And by no other reader; the columns decide, in any order."""
    for path in (shared_data / SAMPLES).iterdir():
        head = FileHead("data.txt", path.read_bytes()[:HEAD_BYTES])
        assert [each.name for each in READERS if each.recognises(head)] == ["comext"]
    assert not ComextReader().recognises(FileHead("full_v2_202401.dat", b"a,b\n1,2\n"))


def test_what_a_row_means(load: Read) -> None:
    """Direction, valuation, meaning of the partner, month, unit; and that no cell is lost."""
    found = load(text({}, {"FLOW": "1"}, {"FLOW": "1", "TRADE_TYPE": "I", "PARTNER": "PL"}))
    sent, came, inside = found.rows("flows")
    assert sent["record_id"].startswith("comext:2024-01:LT:KG:export:85423190:last_known")
    assert (sent["value"], sent["net_kg"]) == (4_739_000, 20_000)
    assert (sent["quantity"], sent["unit"], sent["hs_edition"]) == (7_000, "pcs", "2022")
    assert str(sent["period_day"]) == "2024-01-31"
    assert [(r["valuation"], r["partner_basis"]) for r in (sent, came, inside)] == [
        ("fob", "last_known_destination"), ("cif", "origin"), ("cif", "consignment"),
    ]  # fmt: skip
    assert found.tally.part == "full/2024-01"
    assert found.tally.published_on == "2024-01-31"
    assert [row["locator"] for row in found.rows("flows")] == ["row 2", "row 3", "row 4"]


@pytest.mark.parametrize(
    ("code", "kept"),
    [
        ("EL", "GR"), ("XS", "RS"), ("XI", "NORTHERN_IRELAND"), ("QY", "CONFIDENTIAL_EU"),
        ("QZ", "CONFIDENTIAL"), ("QV", "UNSPECIFIED_EU"), ("QR", "STORES_EU"), ("XA", "GROUP"),
        ("EU", "EU_CHANGING"), ("QP", "HIGH_SEAS"), ("XC", "CEUTA"), ("GB", "GB"),
    ],
)  # fmt: skip
def test_partners_that_are_no_country(load: Read, code: str, kept: str) -> None:
    """They get a code of their own, and the printed one tells rows apart."""
    (row,) = load(text({"PARTNER": code})).rows("flows")
    assert row["partner"] == kept
    assert row["series"] == ("E" if code == kept else f"E//{code}")


def test_withheld_positions_and_procedures_stay_apart(load: Read) -> None:
    """Rows of one chapter, partner and month that are different records have different ids."""
    found = load(
        text(
            {"PRODUCT_NC": "27XXXXXX"}, {"PRODUCT_NC": "27SSS999"}, {"STAT_PROCEDURE": "2"}, {},
            {"PARTNER": "QY"}, {"PARTNER": "QX"},
        )
    )  # fmt: skip
    rows = found.rows("flows")
    assert len({row["record_id"] for row in rows}) == 6
    assert [(r["hs_code"], r["extent"]) for r in rows][:2] == [("27", "remainder")] * 2


def test_the_whole_year_and_units_that_are_none(load: Read) -> None:
    """Month 52 is the year; an amount without a unit is no amount."""
    found = load(text({"PERIOD": "202352"}, {"SUPPL_UNIT": "NO_SU", "QUANTITY_SUPPL_UNIT": "0"}))
    year, none = found.rows("flows")
    assert (year["period"], year["hs_edition"]) == ("2023", "2022")
    assert (none["quantity"], none["unit"]) == (None, None)
    assert found.tally.part is None


def test_bad_records_are_rejected_with_their_reason(load: Read) -> None:
    """Row, column, value and why; good ones around them stay."""
    found = load(
        text({}, {"PARTNER": "??"}, {"FLOW": "3"}, {"PERIOD": "202413"},
             {"VALUE_EUR": "-1", "PARTNER": "AM"}, {"VALUE_EUR": "", "PARTNER": "GE"},
             {"PRODUCT_NC": "X"}, {"QUANTITY_KG": "much", "PARTNER": "KZ"}, {})
        + b"LT,KG\n"
    )  # fmt: skip
    assert found.reasons == {
        3: "partner: no country and no group of countries that is known",
        4: "direction: not one of export, import, re-export",
        5: "period: not a date such as 2023, 2023-04 or 2023-04-17",
        6: "value: a negative number",
        7: "value: required, but empty",
        8: "hs_code: not a commodity code of 2 to 10 digits",
        10: ": duplicate of row 2",
        11: ": 2 cells, but there are 18 columns",
    }
    assert {each.row: each.value for each in found.rejects}[6] == "-1"
    (unread,) = [row for row in found.rows("flows") if row["partner"] == "KZ"]
    assert unread["net_kg"] is None
    assert unread["extra"] == '{"unread: net_kg":"much"}'
    assert found.tally.unread == {"flows.net_kg": 1}


def test_a_header_without_values_is_an_error(load: Read) -> None:
    """It says which column is missing."""
    with pytest.raises(BadDataError, match="lacks VALUE_EUR"):
        load(text({}).replace(b"VALUE_EUR", b"VALUE"))


def test_many_rows_are_what_a_slow_reading_makes_of_them(load: Read) -> None:
    """Two thousand rows drawn by seed, compared with the csv module's."""
    rng = random.Random(11)
    drawn = (
        {
            "REPORTER": rng.choice(["LT", "PL", "GR"]),
            "PARTNER": rng.choice(["KG", "KZ", "QY"]),
            "PRODUCT_NC": f"{rng.randint(1, 99):02d}{number:06d}",
            "VALUE_EUR": str(rng.randint(0, 10**9)),
            "QUANTITY_KG": str(rng.randint(0, 10**6)),
            "FLOW": rng.choice("12"),
        }
        for number in range(2000)
    )
    content = text(*drawn)
    found = load(content)
    assert (found.kept, found.rejects) == (2000, [])
    slow = list(csv.DictReader(io.StringIO(content.decode())))
    for row in rng.sample(found.rows("flows"), 300):
        cells = slow[int(row["locator"].removeprefix("row ")) - 2]
        assert row["hs_code"] == cells["PRODUCT_NC"]
        assert row["reporter"] == cells["REPORTER"]
        assert row["value"] == Decimal(cells["VALUE_EUR"]) * 100
        assert row["net_kg"] == Decimal(cells["QUANTITY_KG"]) * 1000
        assert row["direction"] == {"1": "import", "2": "export"}[cells["FLOW"]]


CELLS = st.sampled_from(["", "0", "-1", "1e9", "QX", "XX", "é", '"', "99RRR100", "x" * 5000])


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(
    changes=st.lists(st.tuples(st.integers(0, 17), CELLS | st.text(max_size=9)), max_size=4),
    columns=st.permutations(range(18)),
    end=st.integers(0, 400),
)
def test_damaged_files_end_in_a_count_or_a_clear_error(
    load: Read, changes: list[tuple[int, str]], columns: list[int], end: int
) -> None:
    """Cells of nonsense, columns in another order, a file that is cut off."""
    row = list(ROW.values())
    for at, value in changes:
        row[at] = value
    lines = [HEADER, list(ROW.values()), row, list(ROW.values())]
    content = "\n".join(",".join(line[at] for at in columns) for line in lines)
    data = content.encode("utf-8", "replace")
    with contextlib.suppress(BadDataError):
        load(data[: len(data) - end])
