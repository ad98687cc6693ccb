"""``tidewaiter owners`` on a folder of companies, stakes and listings, as a user would ask."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import WriteCase
from tidewaiter.cli import console
from tidewaiter.cli.app import app

Run = Callable[..., tuple[int, str, str]]

BORN = "2015-01-01"
COMPANIES = [
    {"company_id": "a", "name": "Qumtor Komponent", "country": "UZ"},
    {"company_id": "b", "name": "Sarykol Holding", "country": "KZ"},
    {"company_id": "v", "name": "Velkon Radio Plant", "country": "RU", "tax_number": "7700000016"},
    {"company_id": "n", "name": "Tarnikon Plant", "country": "RU"},
    {"company_id": "c", "name": "Karaoy Trading", "country": "KG"},
    {"company_id": "d", "name": "Shirin Savdo", "country": "UZ"},
    {"company_id": "e", "name": "Zarafshan Tranzit", "country": "UZ"},
]
PEOPLE = [{"person_id": "p", "name": "Ildar Testov", "nationality": "UZ", "known_from": BORN}]
STAKES = [
    ("b", "a", "60", "60", "2022-05-04"),
    ("p", "a", "40", "40", "2022-05-04"),
    ("v", "b", "51", "51", "2020-01-01"),
    ("n", "c", "80", "80", "2021-01-01"),
    ("p", "d", "75", "100", "2021-01-01"),
]
ROLES = [
    {"person_id": "p", "company_id": "a", "role": "director", "start": "2022-05-04", "end": ""},
    {"person_id": "p", "company_id": "a", "role": "founder", "start": "2022-05-04"}
    | {"end": "2023-01-31"},
]
LISTINGS = [
    ("us_ofac_sdn", "sdn-1", "Velkon Radio Plant", "inn:7700000016", "2023-02-24"),
    ("us_ofac_sdn", "sdn-2", "Tarnikon Plant", "", "2023-02-24"),
    ("us_ofac_sdn", "sdn-3", "Shirin Savdo", "", "2020-01-01", "2021-06-30"),
    ("eu_833_annex_iv", "iv-1", "Velkon Radio Plant", "inn:7700000016", "2024-07-24"),
]


@pytest.fixture
def run(
    write_case: WriteCase,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Run:
    """Runs a command in a folder with a loaded workspace: exit code, stdout, stderr."""
    stakes = ("owner_id", "company_id", "min_share", "max_share", "start")
    listings = ("list_id", "entity_id", "name", "identifiers", "listed_on", "delisted_on")
    case = write_case(
        "case",
        companies=[{"tax_number": "", "incorporated_on": BORN, **row} for row in COMPANIES],
        people=PEOPLE,
        roles=ROLES,
        stakes=[dict(zip(stakes, row, strict=True)) for row in STAKES],
        designations=[
            {"delisted_on": "", **dict(zip(listings, row, strict=False)), "schema": "Company"}
            for row in LISTINGS
        ],
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    for step in (["init", "work"], ["load", str(case), "-w", "work"]):
        app(step, standalone_mode=False)

    def command(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = console.guarded(lambda: app(list(arguments), standalone_mode=False), debug=False)
        return code, *capsys.readouterr()

    return command


def asked(run: Run, who: str, *more: str) -> dict[str, Any]:
    """The answer as an object."""
    code, out, err = run("owners", who, "-w", "work", "--json", *more)
    assert code == 0, err
    found: dict[str, Any] = json.loads(out)
    return found


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("a", "blocked"),  # 60 % by a company of which a listed one has 51 %
        ("Sarykol Holding", "blocked"),
        ("v", "blocked"),  # listed itself, known by its number
        ("c", "possibly"),  # the owner is listed by its name alone
        ("d", "not_blocked"),  # listed no more, and a person on no list has at least 75 %
        ("e", "unknown"),  # no stake on record
    ],
)
def test_each_verdict(run: Run, who: str, expected: str) -> None:
    """The four verdicts under one rule, from companies.csv, stakes.csv and a list."""
    assert asked(run, who)["verdicts"]["us_ofac_50"] == expected


def test_an_owner_on_an_export_list_gives_no_freeze(run: Run) -> None:
    """Annex IV names end users: the EU's ownership rule has nothing to say of its companies."""
    found = asked(run, "a")
    assert found["verdicts"]["eu"] == "unknown"
    (decision,) = (each for each in found["decisions"] if each["regime"] == "eu")
    assert decision["listed_owners"] == []
    assert found["parties"]["case:v"]["listings"] == [
        {"list": "eu_833_annex_iv", "measure": "export_restriction"},
        {"list": "us_ofac_sdn", "measure": "asset_freeze"},
    ]


def test_the_derivation_leads_to_rows(run: Run) -> None:
    """Each stake that counts, with its bounds, its file and row, up to the listed owner."""
    found = asked(run, "a", "--regime", "us_ofac_50")
    (decision,) = found["decisions"]
    steps = {step["company_id"]: step for step in decision["derivation"]}
    assert [(each["owner_id"], each["min_share"]) for each in steps["case:a"]["by"]] == [
        ("case:b", 60.0)
    ]
    (stake,) = steps["case:b"]["by"]
    assert (stake["owner_id"], stake["listed"], stake["certain"]) == ("case:v", True, True)
    assert stake["evidence"][0]["locator"] == "row 4"
    assert found["chain"] == ["case:v", "case:b", "case:a"]
    assert found["integrated_share"] == {"case:v": {"min": 0.306, "max": 0.306}}
    assert [each["role"] for each in found["control"]] == ["director"]  # the founder left
    assert "2014" in decision["rule"]


def test_what_would_settle_it(run: Run) -> None:
    """A name alone asks for a number; nothing on record asks who owns it."""
    assert "tax number of Tarnikon Plant" in " ".join(asked(run, "c")["would_settle"])
    assert asked(run, "e")["would_settle"][0].startswith("who owns Zarafshan Tranzit")


def test_a_judgement_settles_it(run: Run) -> None:
    """Yes makes the owner listed for certain, no takes it off."""
    listed = asked(run, "c")["parties"]["case:n"]["why"][0].split("(")[1].split(")")[0]
    for said, expected in (("yes", "blocked"), ("no", "unknown")):
        code, _, err = run("judge", "case:n", listed, said, "--by", "A. Analyst", "-w", "work")
        assert code == 0, err
        assert asked(run, "c")["verdicts"]["us_ofac_50"] == expected


def test_the_day_decides(run: Run) -> None:
    """Before the owner was listed there is nothing to carry over."""
    for day, expected in (("2023-02-01", "unknown"), ("2023-03-01", "blocked")):
        found = asked(run, "a", "--as-of", day)
        assert found["verdicts"]["us_ofac_50"] == expected
        assert found["undated_rows_left_out"] == {}


def test_rows_without_a_date_are_counted(run: Run, write_case: WriteCase) -> None:
    """A named day leaves them out, and says so: what looks unknown may only be undated."""
    more = write_case(
        "more", companies=[{"company_id": "u", "name": "Nilufar Eksport", "country": "UZ"}]
    )
    app(["load", str(more), "-w", "work"], standalone_mode=False)
    assert asked(run, "a", "--as-of", "2024-01-01")["undated_rows_left_out"] == {"companies": 1}
    _, out, _ = run("owners", "a", "-w", "work", "--as-of", "2024-01-01")
    assert "rows without a date are left out: 1 of companies." in out


def test_a_suspended_rule_leaves_a_red_flag(run: Run) -> None:
    """The affiliates rule in 2026: no verdict, who is listed above, and the question."""
    found = asked(run, "a", "--as-of", "2026-01-01", "--regime", "us_bis_affiliates")
    (decision,) = found["decisions"]
    assert (found["verdicts"], decision["verdict"]) == ({}, None)
    assert decision["note"] == "suspended on 2026-01-01"
    assert decision["listed_owners"] == ["case:v"]
    assert "Velkon Radio Plant above it is a red flag" in decision["would_settle"][0]


def test_the_page_for_people(run: Run) -> None:
    """Words, a tree with rows, the rule's source, and what is not claimed."""
    code, out, _ = run("owners", "Qumtor Komponent", "-w", "work")
    assert code == 0
    assert "OFAC's 50 percent rule, United States: blocked" in out
    assert "Velkon Radio Plant, listed: 51 % of shares since 2020-01-01  [" in out
    assert "stakes.csv row 4]" in out
    assert "13 August 2014" in out
    assert "no legal advice" in out


def test_wrong_questions_are_told(run: Run, tmp_path: Path) -> None:
    """Several companies of a name, none, a rule that does not exist, a file that holds no rules."""
    for arguments, told in (
        (("Plant",), "is not one company"),
        (("nobody",), "no company has the id or name"),
        (("a", "--regime", "xx"), "there is no rule 'xx'"),
        (("a", "--rules", str(tmp_path / "none.yml")), "the rules cannot be read"),
    ):
        code, _, err = run("owners", *arguments, "-w", "work")
        assert code != 0
        assert told in err
        assert "next: " in err


def test_rules_of_ones_own(run: Run, tmp_path: Path) -> None:
    """A quarter is enough under a rule that a user adds."""
    (tmp_path / "own.yml").write_text(
        "sources: {ours: our own policy}\n"
        "regimes:\n"
        "  - {id: house, title: House rule, law: house, lists: [us_ofac_sdn],\n"
        "     measures: [asset_freeze], effect: ask first, control: is shown,\n"
        "     rules: [{state: in_force, test: at_least, share: 25, aggregate: all,\n"
        "              interests: [shares], source: ours}]}\n"
    )
    found = asked(run, "d", "--rules", str(tmp_path / "own.yml"), "--regime", "house")
    assert found["verdicts"] == {"house": "unknown"}  # the other quarter may be anybody's
    found = asked(run, "a", "--rules", str(tmp_path / "own.yml"))
    assert found["verdicts"]["house"] == "blocked"
