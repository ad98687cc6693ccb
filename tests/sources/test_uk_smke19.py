"""HM Revenue and Customs' bulk files: fields by place, signs, first and last record."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidewaiter.errors import BadDataError
from tidewaiter.sources.reader import FileHead
from tidewaiter.sources.registry import READERS
from tidewaiter.sources.statistics.uk_smke19 import UkSmke19Reader, smke_card

Read = Callable[..., Any]
Cells = dict[str, str]
FIRST = "000000000|00000|000|HMCUSTOMS MONTHLY DATA| JANUARY|2024|NON-EU {}    "
LAST = "999999999|0000000000001|0000000000000|0000000000000|0000000000000|+00000000000017640|+0000"
SENT: Cells = dict(
    zip(
        smke_card().exports,
        (
            "854231900", "77641", "000", "079", "KZ", "01/2024", "204", "IMM", "008", "DK", "0",
            "000", "010", "30", "000", "   ", "000", "001", "+000000000017640", "+0000000000500",
            "+0000000000007", "000000000000000",
        ),
        strict=True,
    )
)  # fmt: skip
CAME: Cells = dict(
    zip(
        smke_card().imports,
        (
            "854231900", "77641", "000", "079", "LV", "720", "CN", "01/2024", "204", "IMM", "008",
            "DK", "000", "  ", "0", "000", "010", "30", "000", "   ", "000", "001", "000",
            "+000000000000900", "+0000000000002", "+0000000000000",
        ),
        strict=True,
    )
)  # fmt: skip


def text(*records: Cells, flow: str = "EXPORTS", last: str = LAST, end: str = "\r\n") -> bytes:
    """A file: the first record, these, the last."""
    lines = [FIRST.format(flow), *("|".join(each.values()) for each in records), last, ""]
    return end.join(lines).encode()


@pytest.fixture
def load(outcome: Read, tmp_path: Path) -> Read:
    """Reads bytes."""

    def load_(content: bytes) -> Any:
        path = tmp_path / "SMKE192401"
        path.write_bytes(content)
        return outcome(UkSmke19Reader(), path)

    return load_


def test_exports(load: Read) -> None:
    """Every field that a column is made of; the publisher's own count is kept."""
    found = load(text(SENT))
    (row,) = found.rows("flows")
    told = ("period", "reporter", "partner", "direction", "hs_code", "hs_edition", "value",
            "currency", "net_kg", "quantity", "unit", "valuation", "partner_basis", "procedure",
            "transport_mode", "second_partner", "extent", "locator")  # fmt: skip
    assert tuple(row[name] for name in told) == (
        "2024-01", "GB", "KZ", "export", "85423190", "2022", 1_764_000,
        "GBP", 500_000, 7_000, None, "fob", "last_known_destination", "001",
        "010", None, None, "row 2",
    )  # fmt: skip
    assert found.tally.facts == {
        "records_by_trailer": "1", "value_by_trailer": "17640", "month": "2024-january",
    }  # fmt: skip
    assert (found.tally.part, found.tally.rows_read) == ("exports/2024-january", 1)


def test_imports(load: Read) -> None:
    """From the country of origin, with the country of dispatch beside."""
    (row,) = load(text(CAME, flow="IMPORTS")).rows("flows")
    told = ("partner", "second_partner", "direction", "value", "net_kg", "quantity", "valuation",
            "partner_basis")  # fmt: skip
    assert tuple(row[name] for name in told) == (
        "CN", "LV", "import", 90_000, 2_000, None, "cif", "origin",
    )  # fmt: skip


def test_parts_of_a_flow_stay_apart(load: Read) -> None:
    """Ports, modes and procedures make records of their own, which add up."""
    changes: list[Cells] = [
        {}, {"PORT-ALPHA": "ZLC"}, {"INLAND-MOT": "00"}, {"PROCEDURE-CODE": "002"},
        {"MODE-OF-TRANSPORT": "040"}, {"COMCODE": "854231901"},
    ]  # fmt: skip
    rows = load(text(*(SENT | change for change in changes))).rows("flows")
    assert len({row["record_id"] for row in rows}) == len(changes)
    assert rows[-1]["hs_code"] == "854231901"


def test_suppressed_partners_are_confidential(load: Read) -> None:
    """Where the record says that it is suppressed; a blank alone is a fault."""
    found = load(text(SENT | {"COD-ALPHA": "  ", "RECORD-TYPE": "001"}, SENT | {"COD-ALPHA": "  "}))
    assert [row["partner"] for row in found.rows("flows")] == ["CONFIDENTIAL"]
    assert found.reasons == {3: "partner: required, but empty"}


def test_bad_records_are_rejected_with_their_reason(load: Read) -> None:
    """A correction that lowers an earlier month is no flow."""
    found = load(
        text(
            SENT, SENT | {"VALUE": "-000000000017640", "PORT-ALPHA": "A"},
            SENT | {"ACCOUNT-DATE": "13/2024", "PORT-ALPHA": "B"},
            SENT | {"COD-ALPHA": "ZZ"}, SENT | {"QUANTITY-1": "+kg", "PORT-ALPHA": "C"},
            dict(list(SENT.items())[:5]), SENT,
        )
    )  # fmt: skip
    assert found.reasons == {
        3: "value: a negative number",
        4: "period: not a date such as 2023, 2023-04 or 2023-04-17",
        5: "partner: no country and no group of countries that is known",
        7: ": 5 cells, but there are 22 columns",
        8: ": duplicate of row 2",
    }
    assert found.rejects[0].value in {"-17640", "854231900|77641|000|079|KZ"}
    assert found.tally.unread == {"flows.net_kg": 1}


def test_a_file_without_its_last_record_is_cut_off(load: Read) -> None:
    """The count of the others would look whole."""
    with pytest.raises(BadDataError, match="last record"):
        load(text(SENT, last=""))


def test_another_first_record_is_another_file(load: Read) -> None:
    """Estimates and control files begin in the same way."""
    for flow in ("ARRIVALS", "CONTROL"):
        content = text(SENT, flow=flow)
        assert not UkSmke19Reader().recognises(FileHead("SMKE192401", content))
        with pytest.raises(BadDataError, match="exports or imports"):
            load(content)
    names = [each.name for each in READERS if each.recognises(FileHead("x", text(SENT)))]
    assert names == ["uk_smke19"]


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(
    changes=st.dictionaries(st.sampled_from(list(SENT)), st.text(max_size=9), max_size=5),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    lost=st.integers(0, 250),
)
def test_damaged_files_end_in_a_count_or_a_clear_error(
    load: Read, changes: Cells, end: str, lost: int
) -> None:
    """Fields of nonsense, a file that is cut off."""
    content = text(SENT, SENT | changes, end=end)
    for each in (content, content[: len(content) - lost]):
        with contextlib.suppress(BadDataError):
            load(each)
