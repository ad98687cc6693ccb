"""The plain formats: what is kept, what is refused and why, in any order of rows."""

from __future__ import annotations

import contextlib
import datetime
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewaiter.errors import BadDataError
from tidewaiter.sources.plain import PlainReader
from tidewaiter.sources.reader import FileHead
from tidewaiter.store.tables import Table, tables

Read = Callable[..., Any]
PLAIN = [table for table in tables() if table.plain and table.name != "designations"]
DECLARED = (
    "declaration_id,item_no,date,procedure,consignor_name,consignor_country,"
    "consignee_name,consignee_country,hs_code,value,currency"
)
GOODS = "import,Brook GmbH,DE,Tolmas LLP,KZ,854231,10.00,EUR"


@pytest.fixture
def load(outcome: Read, tmp_path: Path) -> Read:
    """Reads text as a table: ``load("roles", TEXT)``."""

    def run(name: str, text: str) -> Any:
        path = tmp_path / f"{name}.csv"
        path.write_text(text, "utf-8")
        return outcome(PlainReader(name), path)

    return run


def test_a_declaration_is_kept_with_its_place(load: Read) -> None:
    """Values normalised, dates with their last day, key as id, header = row 1."""
    done = load("declarations", f"{DECLARED},lot\nD1,1,2023-04,{GOODS},7\n")
    row = done.rows("declarations")[0]
    assert row["record_id"] == "case:D1:1"
    assert row["locator"] == "row 2"
    assert row["date"] == "2023-04"
    assert row["date_day"] == datetime.date(2023, 4, 30)
    assert row["value"] == 1000
    assert row["quantity"] is None
    assert json.loads(row["extra"]) == {"lot": "7"}
    assert done.tally.unused == ("lot",)
    assert done.tally.published_on == "2023-04-30"


def test_what_was_known_later_makes_the_file_newer(load: Read) -> None:
    """The newest day counts ``known_from`` before the date it replaces."""
    text = f"{DECLARED},known_from\nD1,1,2023-04-01,{GOODS},2023-05-09\nD2,1,2023-04-20,{GOODS},\n"
    assert load("declarations", text).tally.published_on == "2023-05-09"


def test_header_names_are_trimmed_and_case_does_not_matter(load: Read) -> None:
    """As people type them."""
    done = load("roles", " Person_ID ,COMPANY_ID,Role\nP1,C1,director\n")
    assert done.rows("roles")[0]["person_id"] == "P1"


def test_absent_key_parts_are_empty_in_the_id(load: Read) -> None:
    """A role without a start has an id all the same."""
    done = load("roles", "person_id,company_id,role,start\nP1,C1,director,\n")
    assert done.rows("roles")[0]["record_id"] == "case:P1:C1:director:"


def test_defaults_are_filled_in(load: Read) -> None:
    """An interest that is not given is in shares, also without the column."""
    done = load("stakes", "owner_id,company_id\nP1,C1\n")
    assert done.rows("stakes")[0]["interest"] == "shares"


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("companies", "company_id,name,country\nC1,,KZ\n", "name: required, but empty"),
        ("companies", "company_id,name,country\nC1,X,Nowhere\n", "country: no country"),
        ("stakes", "owner_id,company_id,min_share,max_share\nP,C,60,50\n", "min_share: above"),
        ("stakes", "owner_id,company_id,min_share\nP,C,101\n", "min_share: not a percentage"),
        ("roles", "person_id,company_id,role,start,end\nP,C,x,2023,2022-12\n", "end: before start"),
        ("rates", "currency,period,usd_per_unit\nEUR,2023,-1\n", "usd_per_unit: a negative"),
    ],
)
def test_a_row_that_cannot_be_kept_says_why(load: Read, name: str, text: str, why: str) -> None:
    """Column and reason, with the value as printed."""
    done = load(name, text)
    assert done.kept == 0
    assert done.reasons[2].startswith(why)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("stakes", "owner_id,company_id,min_share,max_share\nP,C,50,50\nQ,C,,\nR,C,10,\n"),
        ("roles", "person_id,company_id,role,start,end\nP,C,x,2023-05,2023\nQ,C,x,2023,2023\n"),
    ],
)
def test_near_misses_are_kept(load: Read, name: str, text: str) -> None:
    """Equal shares, one share, and a period that may still be in order."""
    assert load(name, text).rejects == []


def test_an_exact_repetition_is_kept_once(load: Read) -> None:
    """The second says of which row it is a duplicate."""
    done = load(
        "declarations", f"{DECLARED}\nD1,1,2023,{GOODS}\nD2,1,2023,{GOODS}\nD1,1,2023,{GOODS}\n"
    )
    assert done.kept == 2
    assert done.reasons == {4: ": duplicate of row 2"}


def test_versions_told_apart_by_their_clock_are_both_kept(load: Read) -> None:
    """An amended record is another date or another ``known_from``."""
    text = (
        f"{DECLARED},known_from\nD1,1,2023,{GOODS},\nD1,1,2023,{GOODS},2024\nD1,1,2024,{GOODS},\n"
    )
    assert load("declarations", text).kept == 3


def test_versions_that_nothing_tells_apart_are_all_refused(load: Read) -> None:
    """Keeping the first would depend on the order of the rows; the others stay."""
    rows = [
        f"D1,1,2023,{GOODS}",
        f"D1,1,2023,{GOODS.replace('10.00', '11.00')}",
        f"D2,1,2023,{GOODS}",
    ]
    for seed in range(3):
        random.Random(seed).shuffle(rows)
        done = load("declarations", "\n".join([DECLARED, *rows]))
        assert [row["declaration_id"] for row in done.rows("declarations")] == ["D2"]
        assert all("give known_from" in why for why in done.reasons.values())


def test_keys_are_compared_as_they_are_kept(load: Read) -> None:
    """``KZ`` and ``Kazakhstan`` are one reporter."""
    text = "period,reporter,partner,direction,hs_code,value,currency\n"
    text += "2023,KZ,RU,export,85.42,1,USD\n2023,Kazakhstan,Россия,Export,8542,2,USD\n"
    assert set(load("flows", text).reasons) == {2, 3}


def test_a_header_without_a_required_column_is_an_error(load: Read) -> None:
    """It names what is missing, where, and what the format needs."""
    with pytest.raises(BadDataError, match="lacks hs_code, value") as error:
        load("declarations", DECLARED.replace("hs_code,value,", "") + "\n")
    assert error.value.where == "declarations.csv, row 1"
    assert "declaration_id" in error.value.next_step


def test_a_column_given_twice_is_an_error(load: Read) -> None:
    """Which of the two counts would be a guess."""
    with pytest.raises(BadDataError, match="role is there twice"):
        load("roles", "person_id,company_id,role,Role\nP,C,x,y\n")


def test_recognised_by_name_or_by_columns_of_its_own() -> None:
    """A format's file name decides; under another name, the header of one table alone."""
    header = f"{DECLARED}\n".encode()
    reader = PlainReader("declarations")
    assert reader.recognises(FileHead("2023/Declarations.csv", b"anything"))
    assert reader.recognises(FileHead("export-of-april.csv", header))
    assert not reader.recognises(FileHead("payments.csv", header))
    assert not reader.recognises(FileHead("export-of-april.csv", header.replace(b"hs_code", b"hs")))
    assert not reader.recognises(FileHead("declarations.xlsx", header))


@pytest.mark.parametrize("table", PLAIN, ids=lambda table: table.name)
@given(content=st.binary(max_size=300))
def test_any_bytes_under_any_header(
    table: Table, content: bytes, tmp_path_factory: pytest.TempPathFactory, outcome: Read
) -> None:
    """Read = kept + rejected, or an error that says where; never anything else."""
    header = ",".join(column.name for column in table.columns if column.required)
    path = tmp_path_factory.mktemp("any") / f"{table.name}.csv"
    path.write_bytes(header.encode() + b"\n" + content)
    with contextlib.suppress(BadDataError):
        outcome(PlainReader(table.name), path)


TEXTS = st.sampled_from(
    ["", "1", "2023", "2023-05-02", "KZ", "import", "8542", "EUR", "x", "-1", "a;b"]
)


@given(
    rows=st.lists(st.lists(TEXTS, min_size=11, max_size=11), max_size=12), seed=st.integers(0, 9)
)
def test_the_order_of_rows_does_not_matter(
    rows: list[list[str]], seed: int, tmp_path_factory: pytest.TempPathFactory, outcome: Read
) -> None:
    """Shuffled rows keep the same records, but for the row numbers."""
    kept = []
    shuffled = random.Random(seed).sample(rows, len(rows))
    for order in (rows, shuffled):
        path = tmp_path_factory.mktemp("order") / "declarations.csv"
        lines = [DECLARED, *(",".join(row) for row in order)]
        path.write_text("\n".join(lines) + "\n", "utf-8")
        found = outcome(PlainReader("declarations"), path).rows("declarations")
        kept.append(sorted(str(row | {"locator": "", "source_id": ""}) for row in found))
    assert kept[0] == kept[1]
