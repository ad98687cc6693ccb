"""Many queries: the same answers however they are come by, and broken-off runs taken up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from tidewaiter.errors import BadDataError, MissingError, UsageError
from tidewaiter.pipeline import batch
from tidewaiter.pipeline.lookup import Lookup, lists_of
from tidewaiter.screen import Listed, ListIndex, Listing, Query
from tidewaiter.screen.index_file import opened

ASK = (0.5, 3)
SYLLABLES = ("vel", "om", "tar", "ku", "bras", "fer", "zel", "os", "dim", "ga")


def name(number: int) -> str:
    """An invented firm."""
    one, two, three = (SYLLABLES[(number * step) % 10] for step in (1, 3, 7))
    return f"{one}{two}{three}{SYLLABLES[number // 10 % 10]} Trading"


def party(number: int) -> Listed:
    """It, listed."""
    listing = Listing(
        list_id="x",
        measure="asset_freeze",
        programme=None,
        listed_on="2023-01-01",
        delisted_on=None,
        source_id="0" * 64,
        uri="",
        locator=f"row {number}",
        excerpt="",
    )
    return Listed(
        entity_id=f"x:{number:04}",
        caption=name(number),
        schema="Company",
        names=(name(number),),
        listings=(listing,),
    )


PARTIES = [party(number) for number in range(90)]
QUERIES = [Query(query_id=str(n), names=(name(n).upper(),), schema="Company") for n in range(120)]


def lists(root: Path, parties: list[Listed], version: str, threads: int = 1) -> Lookup:
    """A kept index, as the workspace has it."""
    facts = {"x": version, "as of": "2024-01-01"}
    index, _ = opened(root / "cache" / f"lists-{version}", lambda: (ListIndex(parties), facts))
    return Lookup(index, "2024-01-01", {"x": version}, root, threads)


def quiet(_what: str, _done: int, _of: int) -> None:
    """No progress."""


@pytest.fixture
def whole(tmp_path: Path) -> bytes:
    """The answers, one process, in one go."""
    path = tmp_path / "whole.jsonl"
    batch.write_answers(path, lists(tmp_path, PARTIES, "1"), QUERIES, ASK, quiet)
    return path.read_bytes()


def test_processes_make_no_difference(
    tmp_path: Path, whole: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two processes write what one writes, in the same order."""
    monkeypatch.setattr(batch, "SEVERAL", 10)
    monkeypatch.setattr(batch, "CHUNK", 7)
    path = tmp_path / "two.jsonl"
    batch.write_answers(path, lists(tmp_path, PARTIES, "1", 2), QUERIES, ASK, quiet)
    assert path.read_bytes() == whole


BREAKS: dict[str, Callable[[bytes], bytes]] = {
    "in the middle of a line": lambda lines: lines[: len(lines) // 2],
    "after a line": lambda lines: b"".join(lines.splitlines(keepends=True)[:40]),
    "at once": lambda _: b"",
    "with rubbish": lambda lines: b"".join(lines.splitlines(keepends=True)[:9]) + b"{\n\xff",
}


@pytest.mark.parametrize("broken", BREAKS)
def test_a_broken_off_batch_is_taken_up(tmp_path: Path, whole: bytes, broken: str) -> None:
    """Whole lines that answer these queries are kept, and the file ends up the same."""
    path = tmp_path / "again.jsonl"
    (tmp_path / "again.jsonl.part").write_bytes(BREAKS[broken](whole))
    found = batch.write_answers(path, lists(tmp_path, PARTIES, "1"), QUERIES, ASK, quiet)
    assert path.read_bytes() == whole
    assert found.kept == {"in the middle of a line": found.kept, "after a line": 40,
                          "at once": 0, "with rubbish": 9}[broken]  # fmt: skip
    assert found.kept + found.done == len(QUERIES)
    assert not (tmp_path / "again.jsonl.part").exists()


def test_lines_of_another_question_are_not_kept(tmp_path: Path, whole: bytes) -> None:
    """Another threshold, or another version of the list, asks everything anew."""
    for ask, version in (((0.9, 3), "1"), (ASK, "2")):
        path = tmp_path / "other.jsonl"
        (tmp_path / "other.jsonl.part").write_bytes(whole)
        found = batch.write_answers(path, lists(tmp_path, PARTIES, version), QUERIES, ask, quiet)
        assert found.kept == 0


def test_a_change_of_the_list_is_asked_alone(tmp_path: Path, whole: bytes) -> None:
    """After a change the answers equal the full run, and few queries are done again."""
    before = tmp_path / "before.jsonl"
    before.write_bytes(whole)
    changed = lists(tmp_path, [*PARTIES[1:], party(95)], "2")
    full, quick = tmp_path / "full.jsonl", tmp_path / "quick.jsonl"
    batch.write_answers(full, changed, QUERIES, ASK, quiet)
    found = batch.write_answers(quick, changed, QUERIES, ASK, quiet, before)
    assert quick.read_bytes() == full.read_bytes() != whole
    assert 0 < found.done < len(QUERIES)


def test_answers_of_lists_that_are_gone(tmp_path: Path, whole: bytes) -> None:
    """Without the index of before, or without answers, the user is told what to do."""
    before = tmp_path / "before.jsonl"
    before.write_bytes(whole.replace(b'"x":"1"', b'"x":"0"'))
    with pytest.raises(MissingError, match="not kept"):
        lists_of(tmp_path, before)
    before.write_bytes(b"no answers")
    with pytest.raises(BadDataError, match="no answers can be read"):
        lists_of(tmp_path, before)


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """A missing folder is made; where a file stands in its place, the user is told."""
    made = tmp_path / "new" / "folder" / "answers.jsonl"
    batch.write_answers(made, lists(tmp_path, PARTIES, "1"), QUERIES[:3], ASK, quiet)
    assert len(made.read_bytes().splitlines()) == 3
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be written"):
        batch.write_answers(
            tmp_path / "file" / "answers.jsonl", lists(tmp_path, PARTIES, "1"), [], ASK, quiet
        )


def test_a_line_says_what_it_answers(whole: bytes) -> None:
    """Every line has its query, the versions of the lists, the day and a decision id."""
    lines = [msgspec.json.decode(line) for line in whole.splitlines()]
    assert [line["query_id"] for line in lines] == [query.query_id for query in QUERIES]
    assert len({line["decision_id"] for line in lines}) == len(lines)
    for line in lines:
        assert (line["list_versions"], line["as_of"]) == ({"x": "1"}, "2024-01-01")
    assert sum(bool(line["results"]) for line in lines) >= len(PARTIES)
