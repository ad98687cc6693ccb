"""BACI's yearly files: thousand dollars and tonnes, numbers of countries, the name's words."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidewaiter.errors import BadDataError
from tidewaiter.sources.reader import FileHead
from tidewaiter.sources.statistics.baci import BaciReader, named
from tidewaiter.sources.statistics.comext import ComextReader

Read = Callable[..., Any]
HEADER = "t,i,j,k,v,q\n"
NAME = "BACI_HS17_Y2021_V202601.csv"


@pytest.fixture
def load(outcome: Read, tmp_path: Path) -> Read:
    """Reads lines below the header, under a name."""

    def load_(lines: str | bytes, name: str = NAME) -> Any:
        path = tmp_path / name
        path.write_bytes(lines if isinstance(lines, bytes) else (HEADER + lines).encode())
        return outcome(BaciReader(), path)

    return load_


def test_a_flow_is_kept_exactly(load: Read) -> None:
    """Value in dollars, mass in kilograms; a zero that a spreadsheet dropped is given back."""
    found = load("2021,842,398,854231,12.345,0.5\n2021, 156,417,10121,0.001,NA\n")
    first, second = found.rows("flows")
    assert (first["reporter"], first["partner"], first["direction"]) == ("US", "KZ", "export")
    assert (first["value"], first["net_kg"], first["currency"]) == (1_234_500, 500_000, "USD")
    assert (first["period"], first["hs_edition"], first["valuation"]) == ("2021", "2017", "fob")
    assert (second["reporter"], second["hs_code"], second["value"]) == ("CN", "010121", 100)
    assert (second["net_kg"], second["extra"]) == (None, None)


def test_it_says_that_it_is_no_side_of_a_mirror(load: Read) -> None:
    """The meaning of the partner is left open, and the row is known from its release on."""
    (row,) = load("2021,842,398,854231,1,1\n").rows("flows")
    assert row["partner_basis"] is None
    assert (row["released_on"], str(row["released_on_day"])) == ("2026-01", "2026-01-31")


def test_the_name_tells_edition_and_release(load: Read) -> None:
    """A name that does not tell them leaves them open, and says so."""
    found = load("2021,842,398,854231,1,1\n")
    assert (found.tally.part, found.tally.published_on) == ("HS2017/2021", "2026-01-31")
    other = load("2021,842,398,854231,1,1\n", "baci.csv")
    (row,) = other.rows("flows")
    assert (row["hs_edition"], row["released_on"], other.tally.part) == (None, None, None)
    assert set(other.tally.facts.values()) == {"not told by the file's name"}
    assert [named(f"x/BACI_HS{e}_Y2001_V202102.csv").nomenclature for e in ("92", "02")] == [
        "1992", "2002",
    ]  # fmt: skip


def test_bad_records_are_rejected_with_their_reason(load: Read) -> None:
    """A number of a state that has gone is no country."""
    found = load(
        "2021,842,398,854231,1,1\n2021,200,398,854231,1,1\n21,842,398,854231,1,1\n"
        "2021,842,398,85423X,1,1\n2021,842,398,854232,-1,1\n2021,842,398,854233,1,x\n2021,842\n"
        "2021,842,398,854234,1,1\n2021,842,398,854234,2,1\n"
    )
    assert found.reasons == {
        3: "reporter: no country and no group of countries that is known",
        4: "period: not a date such as 2023, 2023-04 or 2023-04-17",
        6: "value: a negative number",
        8: ": 2 cells, but there are 6 columns",
        9: ": conflicts with row 10 (same key)",
        10: ": conflicts with row 9 (same key)",
    }
    assert [row["hs_code"] for row in found.rows("flows")] == ["854231", "8542", "854233"]
    assert found.tally.unread == {"flows.net_kg": 1}


def test_places_that_share_a_code_stay_apart(load: Read) -> None:
    """The printed numbers are a part of the key."""
    found = load("2021,842,398,854231,1,1\n2021,841,398,854231,1,1\n")
    assert [row["series"] for row in found.rows("flows")] == ["842/398", "841/398"]
    assert len({row["record_id"] for row in found.rows("flows")}) == 2


def test_only_its_own_header_is_recognised() -> None:
    """All six names, nothing else."""
    assert BaciReader().recognises(FileHead("x", b'"t","i","j","k","v","q"\n'))
    assert not BaciReader().recognises(FileHead(NAME, b"t,i,j,k,v\n"))
    assert not ComextReader().recognises(FileHead("x", HEADER.encode()))


def test_another_header_is_an_error(load: Read) -> None:
    """When the reader is named by hand."""
    with pytest.raises(BadDataError, match="lacks q"):
        load(b"t,i,j,k,v\n2021,842,398,854231,1\n")


def test_many_rows_are_what_decimal_arithmetic_makes_of_them(load: Read) -> None:
    """Two thousand rows drawn by seed."""
    rng = random.Random(3)
    drawn = [(f"{n:06d}", f"{rng.lognormvariate(2, 3):.3f}", f"{rng.random() * 9:.3f}")
             for n in range(10_000, 12_000)]  # fmt: skip
    found = load("".join(f"2021,842,398,{k},{v},{q}\n" for k, v, q in drawn))
    assert [(r["hs_code"], r["value"], r["net_kg"]) for r in found.rows("flows")] == [
        (k, Decimal(v) * 100_000, Decimal(q) * 1_000_000) for k, v, q in drawn
    ]


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(
    cells=st.lists(
        st.sampled_from(["2021", "842", "1e5", "NA", "", "ü", '"', "9" * 40]) | st.text(max_size=5),
        max_size=14,
    ),
    end=st.sampled_from(["\n", "\r\n", "\r", ""]),
)
def test_damaged_files_end_in_a_count_or_a_clear_error(
    load: Read, cells: list[str], end: str
) -> None:
    """Whatever the cells are, and how many."""
    content = HEADER + f"2021,842,398,854231,1,1{end}" + ",".join(cells)
    with contextlib.suppress(BadDataError):
        load(content.encode("utf-8", "surrogatepass"))
