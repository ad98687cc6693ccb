"""The synthetic Korean declarations: every cell in place, labels kept and never used."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import random
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidewaiter.errors import BadDataError
from tidewaiter.sources.card import card
from tidewaiter.sources.declarations.korea_customs import KNOWN, KoreaCustomsReader
from tidewaiter.sources.reader import HEAD_BYTES, FileHead
from tidewaiter.sources.registry import READERS

Read = Callable[..., Any]
FOLDER = "trade/customs_declarations_korea"
ROW = {
    "Declaration ID": "10000001", "Date": "2021-04-01", "Office ID": "40", "Process Type": "B",
    "Import Type": "11", "Import Use": "21", "Payment Type": "11", "Mode of Transport": "40",
    "Declarant ID": "AAA1111", "Importer ID": "BBB2222", "Seller ID": "CCC3333", "Courier ID": "",
    "HS6 Code": "90121", "Country of Departure": "IT", "Country of Origin": "RO",
    "Tax Rate": "8.0", "Tax Type": "A", "Country of Origin Indicator": "G", "Net Mass": "1.5",
    "Item Price": "1248.7", "Fraud": "1", "Critical Fraud": "2",
}  # fmt: skip


def text(*rows: dict[str, str]) -> str:
    """A file; each row says what is different from :data:`ROW`."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(ROW), lineterminator="\n")
    writer.writeheader()
    writer.writerows(ROW | row for row in rows)
    return out.getvalue()


@pytest.fixture
def load(outcome: Read, tmp_path: Path) -> Read:
    """Reads a text as a file."""

    def load_(content: str | bytes) -> Any:
        path = tmp_path / "df.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return outcome(KoreaCustomsReader(), path)

    return load_


@pytest.mark.parametrize(
    ("name", "records", "rejected"),
    [("train", 37_385, 20), ("valid", 8_134, 9), ("test", 8_481, 4)],
)
def test_the_published_files(
    shared_data: Path, outcome: Read, name: str, records: int, rejected: int
) -> None:
    """All 54,000 records are counted; three hundred drawn by seed are compared cell by cell."""
    path = shared_data / FOLDER / f"df_syn_{name}_eng.csv"
    found = outcome(KoreaCustomsReader(), path)
    assert (found.tally.rows_read, len(found.rejects)) == (records, rejected)
    assert {each.column for each in found.rejects} == {"consignor_country"}
    assert found.tally.unused == ()
    with path.open(encoding="utf-8-sig", newline="") as handle:
        slow = list(csv.DictReader(handle))
    for row in random.Random(4).sample(found.rows("declarations"), 300):
        cells = slow[int(row["locator"].removeprefix("row ")) - 2]
        assert row["declaration_id"] == cells["Declaration ID"]
        assert row["date"] == cells["Date"]
        assert row["consignee_id"] == cells["Importer ID"]
        assert row["hs_code"] == cells["HS6 Code"].zfill(6)
        assert row["value"] == round(Decimal(cells["Item Price"]) * 100)
        assert row["net_kg"] == round(Decimal(cells["Net Mass"]) * 1000)
        assert json.loads(row["extra"])["Fraud"] == cells["Fraud"]
    head = FileHead(path.name, path.read_bytes()[:HEAD_BYTES], path)
    assert [each.name for each in READERS if each.recognises(head)] == ["korea_customs"]


def test_what_a_declaration_says(load: Read) -> None:
    """An import into Korea in won; a leading zero that was dropped is given back."""
    (row,) = load(text({})).rows("declarations")
    told = ("procedure", "date", "consignor_name", "consignor_country", "consignee_name",
            "consignee_country", "origin_country", "dispatch_country", "hs_code", "net_kg",
            "value", "currency", "transport_mode", "forwarder_name")  # fmt: skip
    assert tuple(row[name] for name in told) == (
        "import", "2021-04-01", "CCC3333", "IT", "BBB2222",
        "KR", "RO", "IT", "090121", 1_500, 124_870, "KRW", "air", None,
    )  # fmt: skip


def test_labels_are_kept_and_are_no_outcome(load: Read) -> None:
    """They stand in ``extra`` alone: no table of decisions gets a row."""
    found = load(text({}))
    assert set(found.tables) == {"declarations"}
    extra = json.loads(found.rows("declarations")[0]["extra"])
    assert (extra["Fraud"], extra["Critical Fraud"]) == ("1", "2")
    said = " ".join(card("korea_customs").traps).casefold()
    assert "synthetic" in said
    assert "leak" in said


def test_bad_records_are_rejected_with_their_reason(load: Read) -> None:
    """What must be there decides; another cell is kept as printed."""
    found = load(
        text({}, {"Declaration ID": ""}, {"Date": "2021-02-30"}, {"HS6 Code": "X"},
             {"Item Price": "-1"}, {"Net Mass": "much", "Declaration ID": "2"}) + "1,2\n"
    )  # fmt: skip
    assert found.reasons == {
        3: "declaration_id: required, but empty",
        4: "date: not a date such as 2023, 2023-04 or 2023-04-17",
        5: "hs_code: not a commodity code of 2 to 10 digits",
        6: "value: a negative number",
        8: ": 2 cells, but the header has 22",
    }
    assert json.loads(found.rows("declarations")[1]["extra"])["unread: net_kg"] == "much"
    assert found.tally.unread == {"declarations.net_kg": 1}


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(
    rows=st.lists(
        st.dictionaries(st.sampled_from(KNOWN), st.text(max_size=8), max_size=5), max_size=4
    ),
    lost=st.integers(0, 120),
)
def test_damaged_files_end_in_a_count_or_a_clear_error(
    load: Read, rows: list[dict[str, str]], lost: int
) -> None:
    """Cells of nonsense, a file that is cut off."""
    data = text({}, *rows).encode("utf-8", "replace")
    with contextlib.suppress(BadDataError):
        load(data[: len(data) - lost])
