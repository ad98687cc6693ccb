"""The golden lead: whatever spelling names the plant, the lead cites its own entry.

The names here are published in the Official Journal; the firms that trade are invented.
"""

from __future__ import annotations

import csv
import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ENTRY = "359"
ANNEX = "32014R0833"


SPELLINGS = {
    "F1": {"consignee_name": "«Завод Элекон»", "consignee_country": "RU"},
    "F2": {"end_user_name": "«Завод Элекон»"},
    "F3": {"consignee_name": "Elecon Plant, Kazan", "consignee_country": "RU"},
    "F4": {"end_user_name": "Elecon Plant, Kazan"},
    "F5": {"end_user_name": "INN 1657032272"},
    "F6": {"consignee_name": "?", "consignee_id": "1657032272", "consignee_country": "RU"},
}
OTHER = {"F7": {"end_user_name": "Elecond, Sarapul"}}
HEADER = (
    "declaration_id", "item_no", "date", "procedure",
    "consignor_id", "consignor_name", "consignor_country",
    "consignee_id", "consignee_name", "consignee_country",
    "hs_code", "quantity", "unit", "value", "currency", "end_user_name",
)  # fmt: skip


def tidewaiter(*arguments: str) -> str:
    """Run the command line as a user would."""
    command = [sys.executable, "-m", "tidewaiter", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def write_case(folder: Path) -> Path:
    """One invented firm a spelling: each buys ten pieces and sends them on."""
    goods = {"item_no": "1", "hs_code": "854231", "quantity": "10", "unit": "pcs"}
    goods |= {"value": "1000", "currency": "USD"}
    folder.mkdir()
    with (folder / "declarations.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, HEADER)
        writer.writeheader()
        for firm, end_user in (SPELLINGS | OTHER).items():
            bought = {"declaration_id": f"I{firm}", "date": "2023-03-01", "procedure": "import"}
            bought |= {"consignor_name": "Weisslinger Bauteile GmbH", "consignor_country": "DE"}
            bought |= {"consignee_id": firm, "consignee_name": f"Qumtepa Komponent {firm}"}
            sold = {"declaration_id": f"E{firm}", "date": "2023-04-01", "procedure": "export"}
            sold |= {"consignor_id": firm, "consignor_name": f"Qumtepa Komponent {firm}"}
            sold |= {"consignee_name": "Sarykol Energo LLP", "consignee_country": "KZ"}
            writer.writerow(goods | bought | {"consignee_country": "UZ"})
            writer.writerow(goods | sold | {"consignor_country": "UZ"} | end_user)
    return folder


@pytest.fixture(scope="module")
def leads(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The lead of each firm, from the lists of the Official Journal and the case."""
    root = tmp_path_factory.mktemp("golden")
    workspace = str(root / "workspace")
    tidewaiter("init", workspace)
    journal = str(shared_data / "lists" / "eu_journal")
    tidewaiter("load", journal, str(write_case(root / "case")), "-w", workspace)
    tidewaiter("run", "-w", workspace)
    lines = (root / "workspace" / "out" / "leads.jsonl").read_text("utf-8").splitlines()
    found = [json.loads(line) for line in lines]
    senders = {
        s["entity_id"]: lead for lead in found for s in lead["subjects"] if s["role"] == "sender"
    }
    assert len(senders) == len(found)
    return {name.partition(":")[2]: lead for name, lead in senders.items()}


def printed_row(shared_data: Path, act: str, annex: str, entry: str) -> tuple[int, str]:
    """Row (header = 1) and file checksum of an entry, read without the package."""
    path = next((shared_data / "lists" / "eu_journal").rglob(f"{act}.csv"))
    with path.open(encoding="utf-8", newline="") as handle:
        for number, row in enumerate(csv.DictReader(handle), start=2):
            if (row["annex"], row["recordId"]) == (annex, entry):
                return number, hashlib.sha256(path.read_bytes()).hexdigest()
    raise LookupError(entry)


@pytest.mark.parametrize("firm", SPELLINGS)
def test_every_spelling_cites_the_entry(
    leads: dict[str, Any], shared_data: Path, firm: str
) -> None:
    """The evidence names the file, the row and the checksum of the entry, and no other."""
    row, checksum = printed_row(shared_data, ANNEX, "IV", ENTRY)
    listings = [e for e in leads[firm]["evidence"] if "eu_journal" in e["uri"]]
    cited = [e for e in listings if ANNEX in e["uri"] and e["locator"] == f"row {row}"]
    assert len(cited) == len(listings) == 1
    assert cited[0]["sha256"] == cited[0]["source_id"] == checksum
    listed = [s for s in leads[firm]["subjects"] if s["role"] == "listed party"]
    assert [s["entity_id"].rpartition(":")[2] for s in listed] == [ENTRY]
    assert leads[firm]["flags"][0]["flag_id"] == "EUS-08"


def test_a_company_with_a_similar_name_cites_its_own_entries(
    leads: dict[str, Any], shared_data: Path
) -> None:
    """One more letter and another town: that company's listings, never entry 359."""
    rows = {
        printed_row(shared_data, "32026R1848", "IV", "941"),
        printed_row(shared_data, "32014R0269", "I.ENTITIES", "806"),
    }
    (lead,) = [leads[firm] for firm in OTHER]
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
