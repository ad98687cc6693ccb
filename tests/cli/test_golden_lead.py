"""The golden lead: whatever spelling names the plant, the lead cites its own entry.

The names here are published in the Official Journal; the firms that trade are invented.
"""

from __future__ import annotations

import csv
import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ENTRY = "359"
ANNEX = "32014R0833"


@pytest.fixture(scope="module")
def lists(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the lists of the EU's Official Journal, loaded once."""
    workspace = tmp_path_factory.mktemp("golden") / "workspace"
    tidewaiter("init", str(workspace))
    tidewaiter("load", str(shared_data / "lists" / "eu_journal"), "-w", str(workspace))
    return workspace


def tidewaiter(*arguments: str) -> str:
    """Run the command line as a user would."""
    command = [sys.executable, "-m", "tidewaiter", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def leads_for(
    lists: Path, write_case: Callable[..., Path], tmp_path: Path
) -> Callable[[dict[str, str]], list[dict[str, Any]]]:
    """The leads of a small case whose one export names the end user as given."""

    def leads(end_user: dict[str, str]) -> list[dict[str, Any]]:
        bought = {"declaration_id": "I1", "date": "2023-03-01", "procedure": "import"}
        bought |= {"consignor_name": "Weisslinger Bauteile GmbH", "consignor_country": "DE"}
        bought |= {"consignee_name": "Qumtepa Komponent MChJ", "consignee_country": "UZ"}
        sold = {"declaration_id": "E1", "date": "2023-04-01"} | end_user
        case = write_case("case", declarations=[bought, sold])
        workspace = tmp_path / "workspace"
        subprocess.run(["cp", "-r", str(lists), str(workspace)], check=True)
        tidewaiter("load", str(case), "-w", str(workspace))
        tidewaiter("run", "-w", str(workspace))
        lines = (workspace / "out" / "leads.jsonl").read_text("utf-8").splitlines()
        return [json.loads(line) for line in lines]

    return leads


def printed_row(shared_data: Path, act: str, annex: str, entry: str) -> tuple[int, str]:
    """Row (header = 1) and file checksum of an entry, read without the package."""
    path = next((shared_data / "lists" / "eu_journal").rglob(f"{act}.csv"))
    with path.open(encoding="utf-8", newline="") as handle:
        for number, row in enumerate(csv.DictReader(handle), start=2):
            if (row["annex"], row["recordId"]) == (annex, entry):
                return number, hashlib.sha256(path.read_bytes()).hexdigest()
    raise LookupError(entry)


@pytest.mark.parametrize(
    "end_user",
    [
        {"consignee_name": "«Завод Элекон»", "consignee_country": "RU"},
        {"end_user_name": "«Завод Элекон»"},
        {"consignee_name": "Elecon Plant, Kazan", "consignee_country": "RU"},
        {"end_user_name": "Elecon Plant, Kazan"},
        {"end_user_name": "INN 1657032272"},
        {"consignee_name": "?", "consignee_id": "1657032272", "consignee_country": "RU"},
    ],
)
def test_every_spelling_cites_the_entry(
    leads_for: Callable[[dict[str, str]], list[dict[str, Any]]],
    shared_data: Path,
    end_user: dict[str, str],
) -> None:
    """One lead, and its evidence names the file, the row and the checksum of the entry."""
    (lead,) = leads_for(end_user)
    row, checksum = printed_row(shared_data, ANNEX, "IV", ENTRY)
    cited = [e for e in lead["evidence"] if ANNEX in e["uri"] and e["locator"] == f"row {row}"]
    assert len(cited) == 1
    assert cited[0]["sha256"] == cited[0]["source_id"] == checksum
    listed = [s for s in lead["subjects"] if s["role"] == "listed party"]
    assert all(s["entity_id"].endswith(f":{ENTRY}") for s in listed if ":IV:" in s["entity_id"])
    assert lead["flags"][0]["flag_id"] == "EUS-08"


def test_a_company_with_a_similar_name_cites_its_own_entries(
    leads_for: Callable[[dict[str, str]], list[dict[str, Any]]], shared_data: Path
) -> None:
    """One more letter and another town: that company's listings, never entry 359."""
    (lead,) = leads_for({"end_user_name": "Elecond, Sarapul"})
    rows = {
        printed_row(shared_data, "32026R1848", "IV", "941"),
        printed_row(shared_data, "32014R0269", "I.ENTITIES", "806"),
    }
    listings = [e for e in lead["evidence"] if "eu_journal" in e["uri"]]
    assert {(int(e["locator"].split()[-1]), e["sha256"]) for e in listings} == rows
    text = json.dumps(lead, ensure_ascii=False)
    assert f":{ENTRY}" not in text
    assert "1657032272" not in text


def test_no_name_of_the_golden_lead_stands_in_the_source(root: Path) -> None:
    """Detection knows no company: neither names nor numbers of the case are in ``src``."""
    forbidden = ("elecon", "elekon", "elecond", "elekond", "элекон", "1657032272", "1827003592")
    for path in (root / "src").rglob("*"):
        if path.suffix in {".py", ".yml", ".csv", ".j2", ".html"}:
            text = path.read_text("utf-8").casefold()
            assert not [word for word in forbidden if word in text], path
