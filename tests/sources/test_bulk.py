"""Bulk files by whole columns: exact row numbers, nothing dropped, bounded, repeats found."""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidewaiter.errors import BadDataError
from tidewaiter.model.source import SourceFile
from tidewaiter.sources import bulk as module
from tidewaiter.sources.bulk import Bulk, Count, Mended
from tidewaiter.sources.columns import commodity, joined, numbers, places, remainder, withheld
from tidewaiter.sources.doubles import Doubles

Open = Callable[..., Bulk]


@pytest.fixture
def opened(tmp_path: Path) -> Open:
    """Opens bytes as a bulk file."""

    def open_(content: bytes, **shape: Any) -> Bulk:
        path = tmp_path / "file.csv"
        path.write_bytes(content)
        source = SourceFile(
            path=path, name="file.csv", source_id="0" * 64, dataset="test", uri="raw/test"
        )
        return Bulk(source, **shape)

    return open_


def rows(file: Bulk, *wanted: str) -> dict[int, tuple[str, ...]]:
    """Every record by its number; the rejects are checked against the count."""
    found: dict[int, tuple[str, ...]] = {}
    rejected = 0
    for chunk in file.chunks(wanted):
        texts = [chunk.text(name).to_pylist() for name in wanted]
        found |= {int(n): cells for n, *cells in zip(chunk.numbers, *texts, strict=True)}  # type: ignore[misc]
        rejected += len(chunk.rejects)
    assert file.rows_read == len(found) + rejected
    return {at: tuple(cells) for at, cells in found.items()}


def rejects(file: Bulk, *wanted: str) -> dict[int, str]:
    """Why lines are no records, by number."""
    return {each.row: each.reason for chunk in file.chunks(wanted) for each in chunk.rejects}


def test_numbers_are_those_of_the_lines(opened: Open) -> None:
    """Lines that do not fit and empty lines move no number; each is accounted for."""
    file = opened(b"a,b\n1,2\n\nonly\n3,4\n5,6,7\n8,9")
    assert rows(file, "a", "b") == {2: ("1", "2"), 5: ("3", "4"), 7: ("8", "9")}
    assert file.blank == 1
    assert rejects(file, "a") == {
        4: "1 cells, but there are 2 columns",
        6: "3 cells, but there are 2 columns",
    }


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_every_line_end_is_one(opened: Open, end: bytes) -> None:
    """Unix, Windows and old Macintosh."""
    file = opened(end.join([b"\xef\xbb\xbfa,b", b"1,2", b"x", b"3,4"]))
    assert rows(file, "b", "a") == {2: ("2", "1"), 4: ("4", "3")}


def test_numbers_hold_across_blocks(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand lines in blocks of a hundred bytes, every seventh of them odd."""
    monkeypatch.setattr(module, "BLOCK", 100)
    lines = [b"a,b"] + [b"x" if n % 7 == 0 else b"%d,y" % n for n in range(2, 1000)]
    file = opened(b"\n".join(lines))
    assert rows(file, "a") == {n: (str(n),) for n in range(2, 1000) if n % 7}
    assert sorted(rejects(file, "a")) == [n for n in range(2, 1000) if n % 7 == 0]


@given(odd=st.sets(st.integers(2, 60)), sizes=st.lists(st.integers(0, 9), max_size=8))
@settings(max_examples=40)
def test_count_skips_the_lines_that_do_not_fit(odd: set[int], sizes: list[int]) -> None:
    """Whenever they become known before the record after them."""
    count, expected = Count(), [n for n in range(2, 200) if n not in odd]
    told = sorted(odd)
    for size in sizes:
        found = count.take(size, told)
        told = []
        assert found.tolist() == expected[:size]
        expected = expected[size:]


def test_a_quotation_mark_joins_no_records(opened: Open) -> None:
    """Marks around a cell are trimmed; one that is never closed costs nothing else."""
    file = opened(b'"a","b"\n"1","2"\n"3,4\n 5 ,6\n')
    assert rows(file, "a", "b") == {2: ("1", "2"), 3: ("3", "4"), 4: ("5", "6")}


def test_bytes_that_are_not_utf8_cost_their_cell_alone(opened: Open) -> None:
    """They become visible, also in a line that does not fit."""
    file = opened("a,b\nÜ,1\n".encode() + b"\xff\xfe,2\n\xc3\n")
    assert rows(file, "a") == {2: ("Ü",), 3: (r"\xff\xfe",)}
    assert rejects(file, "a") == {4: "1 cells, but there are 2 columns"}


@given(data=st.binary(max_size=300), size=st.integers(1, 40))
@settings(max_examples=40)
def test_mending_is_what_decoding_the_whole_would_be(data: bytes, size: int) -> None:
    """Whatever the blocks in which it is read."""

    class Raw:
        at = 0

        def read(self, wanted: int) -> bytes:
            taken = data[self.at : self.at + wanted]
            self.at += len(taken)
            return taken

    stream = Mended(Raw())  # type: ignore[arg-type]
    parts = list(iter(lambda: stream.read(size), b""))
    assert all(len(part) <= size for part in parts)
    assert b"".join(parts).decode() == data.decode("utf-8", "backslashreplace")


def test_gzip_is_read_as_it_is(opened: Open) -> None:
    """The same rows; a file that is cut off or followed by junk says so."""
    plain = b"a\tb\n" + b"1\t2\n" * 5000
    packed = gzip.compress(plain)
    assert len(rows(opened(packed, delimiter="\t"), "a")) == 5000
    for damaged in (packed[: len(packed) // 2], packed + b"junk"):
        with pytest.raises(BadDataError, match="cannot be read"):
            rows(opened(damaged, delimiter="\t"), "a")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no first line"),
        (b"\n\n", "no first line"),
        (b"a,a\n1,2\n", "two columns are called a"),
        (b"a,\n1,2\n", "has no name"),
    ],
)
def test_a_file_without_a_header_says_so(opened: Open, content: bytes, why: str) -> None:
    """Before any record is read."""
    with pytest.raises(BadDataError, match=why):
        opened(content)


def test_a_line_without_end_is_an_error(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not held in memory."""
    monkeypatch.setattr(module, "BLOCK", 1000)
    with pytest.raises(BadDataError, match="cannot be read"):
        rows(opened(b"a,b\n1," + b"x" * 5000 + b"\n2,3\n"), "a")


def test_the_first_and_the_last_record_may_be_others(opened: Open) -> None:
    """They are kept apart and are no records."""
    file = opened(b"H|x\n1|2|3\nT|9\n", delimiter="|", names=("a", "b", "c"),
                  ends=lambda line: line.startswith("T"))  # fmt: skip
    assert rows(file, "a", "c") == {2: ("1", "3")}
    assert (file.first, file.closing) == ("H|x", ["T|9"])


def test_repeated_records(opened: Open) -> None:
    """One of equal records stays; of records that differ none does."""
    file = opened(b"k,l,v\n1,a,5\n2,a,5\n1,a,5\n2,b,5\n2,a,6\n1,a,5\n3,c,7\n2,a,6\n")
    doubles = Doubles(file, ("k", "l"), ("k", "l", "v"))
    kept: dict[int, str] = {}
    refused: dict[int, str] = {}
    for chunk in map(doubles.without, file.chunks(("k", "l", "v"))):
        kept |= dict(zip(chunk.numbers.tolist(), chunk.text("k").to_pylist(), strict=True))
        refused |= {each.row: each.reason for each in chunk.rejects}
    assert kept == {2: "1", 5: "2", 8: "3"}
    assert refused == {
        3: "conflicts with row 6 (same key)",
        4: "duplicate of row 2",
        6: "conflicts with row 3 (same key)",
        7: "duplicate of row 2",
        9: "conflicts with row 3 (same key)",
    }


def test_many_repeated_records(opened: Open) -> None:
    """As a slow count of keys finds them."""
    rng = random.Random(5)
    lines = [f"{rng.randint(1, 300)},{rng.choice('xy')}" for _ in range(500)]
    file = opened(("k,v\n" + "\n".join(lines)).encode())
    versions: dict[str, set[str]] = {}
    for line in lines:
        versions.setdefault(line.split(",")[0], set()).add(line)
    seen: set[str] = set()
    expected = []
    for at, line in enumerate(lines, start=2):
        if len(versions[line.split(",")[0]]) == 1 and line not in seen:
            expected.append(at)
        seen.add(line)
    doubles = Doubles(file, ("k",), ("k", "v"))
    kept = [n for chunk in map(doubles.without, file.chunks(("k", "v"))) for n in chunk.numbers]
    assert kept == expected


def exact(text: str, places_: int, times: int) -> int | None:
    """The same by decimal arithmetic."""
    try:
        number = Decimal(text) * times * 10**places_
    except ArithmeticError:
        return None
    return int(number.to_integral_value(ROUND_HALF_EVEN)) if number >= 0 else None


@given(
    values=st.lists(
        st.decimals(0, 10**11, places=3) | st.decimals(0, 9, places=8) | st.none(), max_size=9
    ),
    times=st.sampled_from([1, 100, 1000]),
)
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
def test_numbers_are_exact(values: list[Decimal | None], times: int) -> None:
    """Rounded half to even once, whatever the number of decimals; nothing stays nothing."""
    texts = ["" if value is None else f"{value:f}" for value in values]
    found = numbers(pa.array(texts, pa.string()), 2, times).to_pylist()
    assert found == [exact(text, 2, times) if text else None for text in texts]


def test_odd_numbers_are_read_one_by_one() -> None:
    """Exponents are read; signs, separators and words are not."""
    texts = ["1", "0.005", "1.5e-05", "2E3", "-5", "1,5", "x", "", "9" * 30, "1234567890123.25"]
    assert numbers(pa.array(texts), 2).to_pylist() == [
        100, 0, 0, 200_000, None, None, None, None, None, 123456789012325,
    ]  # fmt: skip


def test_codes_of_which_a_part_is_withheld() -> None:
    """The digits that are told stay; the row is marked as what is left of them."""
    said = {"85423190": "85423190", "27XXXXXX": "27", "9999AA": "9999", "850SSS12": "85",
            "TOTAL": "TOTAL", "X": None, "7": None, "": None, "12345678901": None}  # fmt: skip
    assert {text: commodity(text) for text in said} == said
    assert [t for t in said if remainder(t)] == ["27XXXXXX", "9999AA", "850SSS12"]
    assert withheld("27XXXXXX") == "27XXXXXX"
    assert withheld("85423190") is None


def test_two_letters_count_as_the_code_alone() -> None:
    """A list of names that guesses would find a country in many a statistical code."""
    place = places({"XS": "RS"})
    assert [place(text) for text in ("XS", "KG", "XM", "417", "QZ", "zz")] == [
        "RS", "KG", None, "KG", "CONFIDENTIAL", None,
    ]  # fmt: skip


def test_joined_texts_end_with_the_last_that_says_anything() -> None:
    """Nothing is null."""
    first, second = pa.array(["a", "b", ""]), pa.array([None, "x", None], pa.string())
    assert joined(first, second).to_pylist() == ["a", "b/x", None]
