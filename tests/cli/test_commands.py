"""The command line as a user meets it: exit codes, clear errors, JSON on every result."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

WriteCase = Callable[..., Path]


def tidewaiter(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line; the workspace variable of the machine is not seen."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("TIDEWAITER_")}
    return subprocess.run(
        [sys.executable, "-m", "tidewaiter", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=clean | environment,
    )


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A workspace of the invented case in ``examples``, run."""
    folder = str(tmp_path_factory.mktemp("demo") / "workspace")
    for command in (["init", folder], ["load", "examples/demo_case", "-w", folder]):
        assert tidewaiter(*command).returncode == 0
    assert tidewaiter("run", "-w", folder).returncode == 0
    return folder


def test_the_example_shows_its_two_leads_and_not_its_look_alikes(demo: str) -> None:
    """The traced delivery comes first; the near name of another town is no lead."""
    result = json.loads(tidewaiter("leads", "--json", "-w", demo).stdout)
    captions = [[s["caption"] for s in lead["subjects"]] for lead in result["leads"]]
    assert result["total"] == 2
    assert "Qumtepa Komponent MChJ" in captions[0]
    assert "Oqdaryo Optik MChJ" in captions[1]
    assert not [c for names in captions for c in names if "Bahmal" in c or "Tarnikond" in c]
    assert result["leads"][0]["score"] > result["leads"][1]["score"]


def test_every_result_comes_as_json_with_version_and_day(demo: str) -> None:
    """``--json`` on every command that prints a result."""
    commands = [
        ["sources"], ["run"], ["leads"], ["lead", "1"], ["verify"], ["prune", "--dry-run"],
        ["leads", "--why-not", "Qumtepa"],
        ["screen", "Tarnikon Plant, Perm"], ["upgrade"], ["load", "examples/demo_case"],
    ]  # fmt: skip
    for command in commands:
        done = tidewaiter(*command, "--json", "-w", demo)
        assert done.returncode == 0, (command, done.stderr)
        result = json.loads(done.stdout)
        assert result["tidewaiter_version"]
        assert "as_of" in result
    compared = tidewaiter("compare", "Velkon Plant", "Завод Велкон", "--json")
    assert json.loads(compared.stdout)["match"] is True


def test_commands_print_something_a_person_can_read(demo: str) -> None:
    """Without ``--json``: tables on stdout, the rest on stderr, exit 0."""
    for command in (
        ["sources"], ["run"], ["leads"], ["lead", "1"], ["verify"],
        ["leads", "--why-not", "Bahmal"], ["screen", "Tarnikon Plant, Perm"],
    ):  # fmt: skip
        done = tidewaiter(*command, "-w", demo)
        assert done.returncode == 0, (command, done.stderr)
        assert done.stdout.strip()
    assert "Velkon" in tidewaiter("compare", "Velkon Plant", "Завод Велкон").stdout


def test_screening_writes_one_object_a_query_in_order(demo: str, tmp_path: Path) -> None:
    """Results with list versions and a decision id; the same file twice, the same bytes."""
    queries = tmp_path / "queries.csv"
    queries.write_text("id,name,country\nq1,Tarnikon Plant,RU\nq2,Nothing Alike Ltd,UZ\n", "utf-8")
    outs = [tmp_path / "a.jsonl", tmp_path / "b.jsonl"]
    for out in outs:
        assert tidewaiter("screen", str(queries), "--out", str(out), "-w", demo).returncode == 0
    first, second = (json.loads(line) for line in outs[0].read_text("utf-8").splitlines())
    assert (first["query_id"], second["query_id"]) == ("q1", "q2")
    assert first["results"][0]["match"] is True
    assert first["results"][0]["measures"]
    assert first["list_versions"]
    assert first["decision_id"] != second["decision_id"]
    assert not [r for r in second["results"] if r["match"]]
    assert outs[0].read_bytes() == outs[1].read_bytes()


def test_comparing_a_file_adds_its_columns(tmp_path: Path) -> None:
    """The input's columns stay, score, probability, match and explanation come after."""
    pairs = tmp_path / "pairs.csv"
    pairs.write_text(
        "left,right,schema\nVelkon Plant,Завод Велкон,Company\nVelkon,Velkond,\n", "utf-8"
    )
    out = tmp_path / "out.csv"
    assert tidewaiter("compare", str(pairs), "--out", str(out)).returncode == 0
    lines = out.read_text("utf-8").splitlines()
    assert lines[0] == "left,right,schema,score,probability,match,explanation"
    assert ",true," in lines[1]
    assert ",false," in lines[2]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["leads"], 2, "no workspace was named"),
        (["leads", "-w", "absent"], 4, "no workspace here"),
        (["frobnicate"], 2, "No such command"),
        (["load", "absent.csv", "-w", "{demo}"], 4, "no such file"),
        (["lead", "lead-zzz", "-w", "{demo}"], 2, "no lead"),
        (["leads", "--why-not", "Nobody", "-w", "{demo}"], 2, "no parties fit"),
        (["simulate", "{root}"], 2, "not empty"),
        (["simulate", "new", "--scheme", "magic"], 2, "no scheme called magic"),
        (["simulate", "new", "--look-alike", "magic"], 2, "no look-alike called magic"),
        (["simulate", "new", "--declarations", "3"], 2, "too few"),
        (["run", "--as-of", "soon", "-w", "{demo}"], 2, "not a date"),
        (["run", "--only", "dance", "-w", "{demo}"], 2, "no stage"),
        (["run", "--threads", "-1", "-w", "{demo}"], 2, "out of its range"),
        (["screen", "absent.csv", "-w", "{demo}"], 4, "no such file"),
        (["compare", "one", "two", "three"], 2, "names were given"),
        (["judge", "a", "a", "no", "--by", "X", "-w", "{demo}"], 2, "two different ids"),
        (["init", "{root}"], 2, "not empty"),
    ],
)
def test_errors_say_what_where_and_what_next(
    demo: str, root: Path, arguments: list[str], code: int, said: str
) -> None:
    """Every error has its exit code and a sentence; no traceback."""
    given = [a.format(demo=demo, root=root) for a in arguments]
    done = tidewaiter(*given)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert "next:" in done.stderr


def test_fail_on_a_band(demo: str) -> None:
    """Exit 1 where a lead is in the band or above, else 0."""
    assert tidewaiter("run", "--fail-on", "low", "-w", demo).returncode == 1
    done = tidewaiter("run", "--fail-on", "high", "--as-of", "2022-01-01", "-w", demo)
    assert done.returncode == 0
    assert tidewaiter("run", "-w", demo).returncode == 0


def test_a_judgement_takes_a_lead_away_and_is_kept(demo: str) -> None:
    """A person says the receiver is not the listed party: the next run follows."""
    lead = json.loads(tidewaiter("lead", "2", "--json", "-w", demo).stdout)
    named = {s["role"]: s["entity_id"] for s in lead["subjects"]}
    pair = [named["receiver as declared"], named["listed party"]]
    for answer, total in (("no", 1), ("unsure", 2)):
        done = tidewaiter("judge", *pair, answer, "--by", "A. Analyst", "-w", demo)
        assert done.returncode == 0, done.stderr
        run = json.loads(tidewaiter("run", "--json", "-w", demo).stdout)
        assert len(run["leads"]) == total
    lines = (Path(demo) / "judgements.jsonl").read_text().splitlines()
    assert [x for x in lines if '"no"' in x]
    assert [x for x in lines if '"unsure"' in x]


def test_a_judgement_makes_a_match_where_no_rule_does(demo: str) -> None:
    """A person says that a receiver is the listed party: the next run follows."""
    listed = json.loads(tidewaiter("screen", "Severolan", "--json", "-w", demo).stdout)
    entry = "demo:demo_export_list:D-018"
    assert entry in json.dumps(listed)
    before = json.loads(tidewaiter("run", "--json", "-w", demo).stdout)
    parties = pq.read_table(Path(demo) / "out" / "parties.parquet").to_pylist()
    (buyer,) = [p["party_id"] for p in parties if p["caption"] == "Sarykol Energo LLP"]
    tidewaiter("judge", buyer, entry, "yes", "--by", "A. Analyst", "-w", demo)
    after = json.loads(tidewaiter("run", "--json", "-w", demo).stdout)
    told = [
        {s["entity_id"] for lead in run["leads"] for s in lead["subjects"]}
        for run in (before, after)
    ]
    assert entry in told[1] - told[0]
    tidewaiter("judge", buyer, entry, "unsure", "--by", "A. Analyst", "-w", demo)
    assert tidewaiter("run", "-w", demo).returncode == 0


def test_the_workspace_may_come_from_the_environment(demo: str) -> None:
    """``TIDEWAITER_WORKSPACE`` stands in for ``--workspace``."""
    assert tidewaiter("leads", TIDEWAITER_WORKSPACE=demo).returncode == 0
