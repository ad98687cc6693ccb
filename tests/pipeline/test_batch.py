"""Many queries: the same answers however they are come by, and broken-off runs taken up."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.screen.listings import listing
from tidewaiter.errors import BadDataError, BusyError, MissingError, UsageError
from tidewaiter.pipeline import batch
from tidewaiter.pipeline.lookup import Lookup, lists_of
from tidewaiter.report import table
from tidewaiter.screen import Listed, ListIndex, Query
from tidewaiter.screen.index_file import opened

ASK = (0.5, 3)
SYLLABLES = ("vel", "om", "tar", "ku", "bras", "fer", "zel", "os", "dim", "ga")


def name(number: int) -> str:
    """An invented firm."""
    one, two, three = (SYLLABLES[(number * step) % 10] for step in (1, 3, 7))
    return f"{one}{two}{three}{SYLLABLES[number // 10 % 10]} Trading"


def party(number: int) -> Listed:
    """It, listed."""
    return Listed(
        entity_id=f"x:{number:04}",
        caption=name(number),
        schema="Company",
        names=(name(number),),
        listings=(listing(locator=f"row {number}"),),
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


def headline(answer: dict[str, Any]) -> str:
    """The first line of an answer as a person sees it."""
    return str(table.screened(answer).renderables[0])


@pytest.mark.parametrize("threads", [1, 2])
def test_a_query_that_cannot_be_asked_does_not_end_the_batch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, threads: int
) -> None:
    """Its answer is empty and says why, the others are as ever; also where it is asked again."""
    monkeypatch.setattr(batch, "SEVERAL", 2)
    monkeypatch.setattr(batch, "CHUNK", 2)
    asked = [
        *QUERIES[:3],
        Query(query_id="long", names=("v" * 3_000,)),
        Query(query_id="dots", names=("...",)),
    ]
    path, again = tmp_path / "out.jsonl", tmp_path / "again.jsonl"
    found = batch.write_answers(path, lists(tmp_path, PARTIES, "1", threads), asked, ASK, quiet)
    assert (found.done, found.remarked) == (5, 2)
    answers = [msgspec.json.decode(line) for line in path.read_bytes().splitlines()]
    assert all(answer["results"] for answer in answers[:3])
    assert {key: answers[3][key] for key in ("results", "near", "reached")} == {
        "results": [], "near": [], "reached": 0,
    }  # fmt: skip
    (remark,) = answers[3]["remarks"]
    assert remark.startswith("not asked: a name has 3,000 characters")
    assert "; give the name alone" in remark
    assert list(answers[3]) == list(answers[0])
    assert headline(answers[3]).endswith(": not asked")
    assert headline(answers[4]) == "...: nothing to compare"
    now = lists(tmp_path, PARTIES, "2", threads)
    found = batch.write_answers(again, now, asked, ASK, quiet, path)
    assert (found.done, found.remarked) == (1, 2)
    again.rename(tmp_path / "third.jsonl.part")
    found = batch.write_answers(tmp_path / "third.jsonl", now, asked, ASK, quiet)
    assert (found.kept, found.remarked) == (5, 2)


def test_a_worker_that_is_killed_is_told_and_what_was_written_stays(
    tmp_path: Path, whole: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No waiting for ever; the same command goes on where it was."""
    monkeypatch.setattr(batch, "SEVERAL", 10)
    monkeypatch.setattr(batch, "CHUNK", 5)
    monkeypatch.setattr(batch, "AHEAD", 1)
    answered = batch._line
    us = os.getpid()

    def deadly(lists: Lookup, query: Query, ask: batch.Ask) -> bytes:
        if query.query_id == "70":
            assert os.getpid() != us
            os.kill(os.getpid(), signal.SIGKILL)
        return answered(lists, query, ask)

    path = tmp_path / "answers.jsonl"
    now = lists(tmp_path, PARTIES, "1", 2)
    with monkeypatch.context() as patched:
        patched.setattr(batch, "_line", deadly)
        with pytest.raises(MissingError, match="has ended") as told:
            batch.write_answers(path, now, QUERIES, ASK, quiet)
        assert f"{path}.part; run the same command again" in told.value.next_step
        with pytest.raises(MissingError, match="has ended"):
            list(batch.answers(now, QUERIES, ASK))
    assert not path.exists()
    assert not list(tmp_path.glob("*.lock"))
    found = batch.write_answers(path, now, QUERIES, ASK, quiet)
    assert 0 < found.kept <= 70
    assert path.read_bytes() == whole


def test_few_chunks_are_under_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A million queries do not pile up before the first answer is taken."""
    monkeypatch.setattr(batch, "SEVERAL", 10)
    monkeypatch.setattr(batch, "CHUNK", 2)
    taken: list[int] = []

    def counted(number: int) -> int:
        taken.append(number)
        return number

    class Counted(list[Query]):
        def __iter__(self) -> Any:
            return (self[counted(at)] for at in range(len(self)))

    lines = batch._lines(lists(tmp_path, PARTIES, "1", 2), Counted(QUERIES), ASK)
    next(lines)
    lines.close()
    assert len(taken) == 2 * batch.AHEAD * 2


def test_two_runs_do_not_write_one_file(tmp_path: Path) -> None:
    """The second is told; nothing of the first is touched, and no lock is left behind."""
    path, now = tmp_path / "answers.jsonl", lists(tmp_path, PARTIES, "1")
    told = []

    def second(_what: str, done: int, _of: int) -> None:
        if done == 2:
            with pytest.raises(BusyError, match="another process writes this file") as busy:
                batch.write_answers(path, now, QUERIES[:1], ASK, quiet)
            told.append(busy.value.where)

    batch.write_answers(path, now, QUERIES[:5], ASK, second)
    assert told == [f"{path}.part"]
    assert len(path.read_bytes().splitlines()) == 5
    assert [each.name for each in tmp_path.glob("answers*")] == ["answers.jsonl"]


def test_nothing_of_others_is_overwritten(tmp_path: Path, whole: bytes) -> None:
    """A folder, a pipe, what is read, and files that are no answers are refused."""
    source, foreign = tmp_path / "asked.csv", tmp_path / "notes.txt"
    source.write_text("name\nVelkon\n")
    foreign.write_text('{"note": "not an answer"}\n')
    (tmp_path / "linked.csv").symlink_to(source)
    (tmp_path / "begun.jsonl.part").write_text("mine")
    (tmp_path / "read.jsonl.part").write_bytes(whole)
    os.mkfifo(tmp_path / "pipe")
    refused = {
        Path(): "no file is named",
        tmp_path: "it is a folder",
        tmp_path / "pipe": "not a regular file",
        source: "which is read",
        tmp_path / "linked.csv": "which is read",
        tmp_path / "x" / ".." / "asked.csv": "which is read",
        foreign: "does not hold answers of screen",
        tmp_path / "begun.jsonl": "does not hold answers of screen",
        tmp_path / "read.jsonl": "which is read",
        foreign / "out.jsonl": "is not a folder",
        tmp_path / ("n" * 300): "File name too long",
    }
    for path, why in refused.items():
        with pytest.raises(UsageError, match=why):
            batch.check_target(path, [source, tmp_path / "read.jsonl.part"])
    assert foreign.read_text().startswith('{"note"')


def test_what_is_ours_may_be_written_anew(tmp_path: Path, whole: bytes) -> None:
    """Answers, an empty file, and one that was broken off within its first line."""
    for content, broken in ((whole, b""), (b"", whole[:50]), (whole, whole)):
        (tmp_path / "ours.jsonl").write_bytes(content)
        (tmp_path / "ours.jsonl.part").write_bytes(broken)
        batch.check_target(tmp_path / "ours.jsonl", [tmp_path / "asked.csv"])
    batch.check_target(tmp_path / "not" / "yet" / "there.jsonl", [])
