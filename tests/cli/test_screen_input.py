"""What ``screen`` and ``compare`` take, refuse and say: files, names, targets, interruptions."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from rich.console import Console

from tidewaiter.cli import console
from tidewaiter.cli.app import app
from tidewaiter.report import table

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, root: Path) -> str:
    """A workspace with the lists of the invented case."""
    folder = str(tmp_path_factory.mktemp("screening") / "workspace")
    for command in (["init", folder], ["load", str(root / "examples/demo_case"), "-w", folder]):
        app(command, standalone_mode=False)
    return folder


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command in an empty folder: exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")

    def command(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = console.guarded(lambda: app(list(arguments), standalone_mode=False), debug=False)
        return code, *capsys.readouterr()

    return command


def test_the_note_tells_columns_and_remarks(run: Run, demo: str, tmp_path: Path) -> None:
    """Unused columns are told once; queries with remarks are counted, and end nothing."""
    (tmp_path / "asked.csv").write_text(
        f"name,segment,country\nTarnikon Plant,a,RU\n{'v' * 3_000},b,\nVelkon,c,Atlantis\n"
    )
    code, out, err = run("screen", "asked.csv", "--out", "new/answers.jsonl", "-w", demo)
    assert (code, out) == (0, "")
    assert err.count("columns that are not used: segment (known: id, name") == 1
    assert "3 queries answered in new/answers.jsonl; 2 have remarks\n" in err
    lines = [json.loads(line) for line in Path("new/answers.jsonl").read_text().splitlines()]
    assert [line["query_id"] for line in lines] == ["row-2", "row-3", "row-4"]
    assert [len(line["remarks"]) for line in lines] == [0, 1, 1]
    (tmp_path / "one.csv").write_text("name,country\nTarnikon Plant,Atlantis\n")
    _, _, err = run("screen", "one.csv", "--out", "one.jsonl", "-w", demo)
    assert "1 query answered in one.jsonl; 1 has remarks\n" in err


def test_names_on_the_command_line(run: Run, demo: str) -> None:
    """Parted by semicolons as in a file; where nothing can be compared this is told."""
    _, out, _ = run("screen", "Tarnikon Plant; Завод Тарникон", "--json", "-w", demo)
    (answer,) = json.loads(out)["queries"]
    assert answer["query"]["names"] == ["Tarnikon Plant", "Завод Тарникон"]
    _, out, _ = run("screen", "...", "-w", demo)
    assert "...: nothing to compare" in out
    assert "remark: the name “...” holds no letter or digit" in out
    assert "no match" not in out
    assert run("screen", "v" * 3_000, "-w", demo)[0] == 3


REFUSED: list[tuple[list[str], int, str]] = [
    (["screen", "notes.txt"], 2, "not a .csv"),
    (["screen", "Velkon", "notes.txt"], 2, "not a .csv"),
    (["screen", "pipe"], 2, "not a .csv"),
    (["screen", "asked.csv", "Velkon"], 2, "together with other arguments"),
    (["screen", "absent.csv"], 4, "no such file"),
    (["screen", "folder.csv"], 3, "cannot be read"),
    (["screen", "asked.csv", "--out", "asked.csv"], 2, "which is read"),
    (["screen", "asked.csv", "--out", "notes.txt"], 2, "does not hold answers"),
    (["screen", "asked.csv", "--out", ""], 2, "no file is named"),
    (["screen", "asked.csv", "--out", "a", "--since", "./a"], 2, "file of their own"),
    (["screen", "asked.csv", "--out", "a", "--since", "folder/../a"], 2, "which is read"),
    (["screen", "asked.csv", "--out", "a", "--json"], 2, "--out and --json"),
    (["screen", "asked.csv", "--limit", "1001"], 2, "or equal to 1000"),
    (["compare", "notes.txt"], 2, "not a .csv"),
    (["compare", "Velkon"], 2, "1 name was given"),
    (["compare", "absent.csv"], 4, "no such file"),
    (["compare", "pairs.csv", "Velkon"], 2, "together with other arguments"),
    (["compare", "a", "b", "--schema", "Firma"], 2, "Company, CryptoWallet"),
    (["compare", "a", "b", "--out", "c"], 2, "names give no file"),
    (["compare", "pairs.csv", "--out", "pairs.csv"], 2, "which is read"),
    (["compare", "pairs.csv", "--out", "asked.csv"], 2, "does not hold pairs"),
    (["compare", "pairs.csv", "--out", "folder.csv"], 2, "it is a folder"),
    (["compare", "pairs.csv", "--out", "a", "--json"], 2, "--out and --json"),
]


@pytest.mark.parametrize(("arguments", "code", "said"), REFUSED)
def test_what_is_refused(
    run: Run, demo: str, tmp_path: Path, arguments: list[str], code: int, said: str
) -> None:
    """With its exit code, a sentence and what to do; nothing is written or changed."""
    (tmp_path / "asked.csv").write_text("name\nVelkon\n")
    (tmp_path / "pairs.csv").write_text("left,right\nVelkon,Velkond\n")
    (tmp_path / "notes.txt").write_text("Velkon\n")
    for folder in ("folder", "folder.csv"):
        (tmp_path / folder).mkdir()
    os.mkfifo(tmp_path / "pipe")
    before = sorted((each.name, each.stat().st_size) for each in tmp_path.iterdir())
    place = ["-w", demo] if arguments[0] == "screen" else []
    found, out, err = run(*arguments, *place)
    assert (found, out) == (code, ""), err
    assert said in err
    assert "next:" in err
    assert sorted((each.name, each.stat().st_size) for each in tmp_path.iterdir()) == before


def test_compare_uses_its_schema_and_writes_anew(run: Run, tmp_path: Path) -> None:
    """Rows without a schema take that of the option; what compare wrote may be written again."""
    (tmp_path / "pairs.csv").write_text(
        "No,Left,right,schema\n1,I. Velkon,Ivan Velkon,\n2,I. Velkon,Ivan Velkon,Company\n"
    )
    for _ in range(2):
        assert run("compare", "pairs.csv", "--schema", "person", "--out", "new/out.csv")[0] == 0
    lines = Path("new/out.csv").read_text().splitlines()
    assert lines[0] == "No,Left,right,schema,score,probability,match,explanation"
    person, company = (line.split(",")[4] for line in lines[1:])
    assert person != company
    assert [each.name for each in Path("new").iterdir()] == ["out.csv"]
    _, out, _ = run("compare", "pairs.csv", "--schema", "person", "--json")
    assert [pair["score"] for pair in json.loads(out)["pairs"]] == [person, company]
    assert run("compare", "pairs.csv", "--schema", "person")[1].splitlines() == lines


def answered(**facts: Any) -> str:
    """An answer as a person sees it."""
    match = {
        "score": 0.9, "caption": "Velkon", "schema": "Company", "entity_id": "x:1", "match": True,
        "list_ids": ["x"], "measures": ["asset_freeze"], "explanations": [],
    }  # fmt: skip
    facts["results"] = [match] * facts.get("results", 0)
    facts["near"] = [match | {"match": False}] * facts.get("near", 0)
    query = {"names": ["Velkon"], "identifiers": []}
    shown = Console(width=100, record=True, file=io.StringIO())
    shown.print(table.screened({"query": query, "reached": 0, "remarks": []} | facts))
    return shown.export_text(styles=True)


def test_an_answer_tells_how_many_and_what_was_left_out() -> None:
    """Plurals, what a limit hides, remarks; the sentence on near ones stands once."""
    assert "Velkon: 1 match\x1b" in answered(results=1, reached=1)
    assert "Velkon: 2 matches\x1b" in answered(results=2, reached=2)
    assert "10 matches, the first 5 are shown (--limit)" in answered(results=5, reached=10)
    assert "3 matches, the first is shown (--limit)" in answered(results=1, reached=3)
    near = answered(near=2, remarks=["“Atlantis” is no country"])
    assert near.count("No exact match") == 1
    assert "remark: “Atlantis” is no country" in near
    assert "\x1b[1;33mVelkon: no match" in near
    assert "\x1b[1;32mVelkon: no match" in answered()


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """Enough queries for several processes and some seconds."""
    path = tmp_path / "many.csv"
    rows = (f"Velkon {number % 977} Tarnikon Plant {number}" for number in range(40_000))
    path.write_text("name\n" + "\n".join(rows) + "\n")
    return path


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sent", "code"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -signal.SIGKILL)],
)
def test_a_stopped_run_keeps_what_it_wrote(
    demo: str, many: Path, sent: signal.Signals, code: int
) -> None:
    """Quietly, with one sentence; no process holds the file, which may be gone on with."""
    out = many.with_name("answers.jsonl")
    part = many.with_name("answers.jsonl.part")
    command = [sys.executable, "-m", "tidewaiter", "screen", str(many), "--out", str(out)]
    with subprocess.Popen(
        [*command, "-w", demo], stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        until = time.monotonic() + 120
        while not (part.exists() and part.stat().st_size) and time.monotonic() < until:
            time.sleep(0.05)
        if sent == signal.SIGINT:
            os.killpg(process.pid, sent)  # a terminal sends it to all of them
        else:
            process.send_signal(sent)
        _, told = process.communicate(timeout=60)
    assert process.returncode == code
    if code > 0:
        assert told == (
            f"tidewaiter: interrupted; {part} is kept, and the same command goes on from there\n"
        )
    assert part.stat().st_size
    assert not out.exists()
    lock = many.with_name("answers.jsonl.part.lock")
    assert lock.exists() == (code < 0)
    FileLock(lock).acquire(timeout=20).lock.release()  # the workers are gone, or go soon


def test_each_feature_is_explained(run: Run, demo: str) -> None:
    """``--explain`` tells what each feature adds, in words and values, and changes nothing."""
    plain, explained = (
        json.loads(run("screen", "Tarnikon Plant", "-w", demo, "--json", *more)[1])["queries"][0]
        for more in ((), ("--explain",))
    )
    pairs = zip(
        [*plain["results"], *plain["near"]],
        [*explained["results"], *explained["near"]],
        strict=True,
    )
    for one, other in pairs:
        added = other.pop("added")
        assert one == other
        assert {"feature", "log_odds", "sentence"} == set(added[0])
        assert [each["log_odds"] for each in added] == sorted(each["log_odds"] for each in added)
    _, out, _ = run("compare", "Velkon Plant", "Zavod Velkon", "--explain")
    assert "much_said: how rare the words are that agree" in " ".join(out.split())
    _, out, _ = run("compare", "Velkon Plant", "Zavod Velkon")
    assert "much_said" not in out


def test_a_file_of_answers_has_no_features(run: Run, demo: str) -> None:
    """``--explain`` is for looking: with ``--out`` it is refused before any work."""
    code, _, err = run("screen", "Velkon", "--out", "a.jsonl", "--explain", "-w", demo)
    assert code == 2
    assert "--out and --explain" in err
