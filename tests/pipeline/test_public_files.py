"""The public files as a user loads them: each known, each row accounted for, each value in place.

What a locator points to is read here by other means than the readers': the standard
library for CSV, XML and text, openpyxl for spreadsheets.
"""

from __future__ import annotations

import csv
import json
import random
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import openpyxl
import pyarrow.parquet as pq
import pytest

from tidewaiter.pipeline.auditing import audit
from tidewaiter.pipeline.intake import LoadReport, Options, load
from tidewaiter.pipeline.upkeep import verify
from tidewaiter.settings import Settings
from tidewaiter.store import raw
from tidewaiter.store.manifest import Snapshot
from tidewaiter.store.workspace import Workspace

FOLDERS = ("lists", "trade", "ownership")
CHECKED = 200  # values, and as many rows of wide tables
UNSAID = frozenset(
    {"listId", "measure", "recordId", "authority", "sourceUrl", "provisions", "removedOn"}
)
NUMBERED = re.compile(r"(?:sheet (?P<sheet>.+?), )?(?:row|line) (?P<row>\d+)")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace of its own for this file."""
    return Workspace.create(tmp_path_factory.mktemp("public") / "workspace")


@pytest.fixture(scope="module")
def report(workspace: Workspace, shared_data: Path) -> LoadReport:
    """Everything that is there, loaded at once."""
    folders = [shared_data / name for name in FOLDERS]
    return load(workspace, folders, Settings(), Options())


def test_every_file_is_known(report: LoadReport) -> None:
    """What is not read lies beside the data, and the reason is given."""
    unknown = [line for line in report.skipped if "not recognised" in line]
    assert unknown == []
    assert len(report.files) > 100


def test_rows_add_up_for_every_file(report: LoadReport) -> None:
    """Read = kept + rejected; what holds rows gives rows."""
    for each in report.files:
        kept = each.snapshot
        assert kept.rows_read == kept.rows_kept + kept.rows_rejected, kept.name
        assert sum(kept.tables.values()) > 0 or kept.rows_kept == 0 or kept.facts, kept.name


def test_no_file_breaks_an_assertion_of_its_card(workspace: Workspace, report: LoadReport) -> None:
    """The cards' counts are those of the real files."""
    assert report.files
    found = audit(workspace, Settings())
    assert [c for c in found.concerns if c.kind in {"assertion", "loss"}] == []


def test_everything_that_was_kept_can_be_verified(workspace: Workspace, report: LoadReport) -> None:
    """Raw bytes and tables are what the manifest says."""
    assert report.files
    assert verify(workspace).problems == ()


def test_listed_values_stand_where_their_locators_point(
    workspace: Workspace, report: LoadReport
) -> None:
    """Two hundred values of every list, as printed, at the place that is cited for them."""
    wrong = []
    for kept in (each.snapshot for each in report.files):
        for value in drawn(workspace, kept, "statements"):
            if value["prop"] in UNSAID:
                continue
            printed = value["original_value"] or value["value"]
            place = text_at(raw_path(workspace, kept), value["locator"])
            if place is not None and not stands(printed, place):
                wrong.append((kept.name, value["locator"], value["prop"], printed, place[:300]))
    assert wrong[:3] == []


def test_keys_of_wide_rows_stand_where_their_locators_point(
    workspace: Workspace, report: LoadReport
) -> None:
    """Two hundred rows of every register and statistic: the record's code is at its place."""
    keys = {"companies": "company_id", "flows": "hs_code", "declarations": "declaration_id",
            "hs_codes": "code"}  # fmt: skip
    wrong = []
    for kept in (each.snapshot for each in report.files):
        for name in set(kept.tables) & set(keys):
            for row in drawn(workspace, kept, name):
                place = text_at(raw_path(workspace, kept), row["locator"])
                key = row[keys[name]]
                if place is not None and key != "TOTAL" and not stands(key, place):
                    wrong.append((kept.name, row["locator"], key, place[:300]))
    assert wrong[:3] == []


def drawn(workspace: Workspace, kept: Snapshot, name: str) -> list[dict[str, Any]]:
    """The same rows of a table each time, spread over the file."""
    path = workspace.path / kept.folder / f"{name}.parquet"
    if name not in kept.tables:
        return []
    rows = pq.read_table(path)
    chosen = random.Random(20261123).sample(range(rows.num_rows), min(CHECKED, rows.num_rows))
    found: list[dict[str, Any]] = rows.take(sorted(chosen)).to_pylist()
    return found


def raw_path(workspace: Workspace, kept: Snapshot) -> Path:
    """The kept bytes of a file."""
    return workspace.path / raw.kept_path(kept.uri, kept.source_id)


def stands(printed: str, place: str) -> bool:
    """Whether every word of a value is at its place (order and spaces may differ).

    Japanese has no spaces, and its lines break within words.
    """
    known, without = folded(place), folded(place).replace(" ", "")
    words = folded(printed).split()
    return all(word in known for word in words) or "".join(words) in without


def folded(text: str) -> str:
    """Lower case, every run of other characters a space."""
    return re.sub(r"[\W_]+", " ", unicodedata.normalize("NFKC", text).casefold())


def text_at(path: Path, locator: str) -> str | None:
    """What stands at a locator, as one text; ``None`` for formats that are not read here."""
    numbered = NUMBERED.match(locator)
    if path.suffix == ".xml":
        return elements(path).get(re.sub(r"^.*/", "", locator))
    if path.suffix == ".xlsx" and numbered:
        return sheet(path, numbered["sheet"])[int(numbered["row"])]
    if path.suffix == ".csv" and numbered:
        return records(path)[int(numbered["row"]) - 1]
    if path.suffix in {".txt", ".yml"} and numbered:
        around = path.read_text("utf-8").split("\n")
        return " ".join(around[max(int(numbered["row"]) - 1, 0) :][:60])
    if path.suffix == ".json" and locator.startswith("/"):
        return pointed(path, locator)
    return None


@cache
def records(path: Path) -> list[str]:
    """Every record of a CSV file, the header too, its cells joined."""
    content = path.read_bytes().decode("utf-8-sig", "replace").replace("\x1a", "")
    delimiter = max(",;\t", key=content.split("\n", 1)[0].count)
    return [
        "\n".join(row) for row in csv.reader(content.splitlines(keepends=True), delimiter=delimiter)
    ]


@cache
def sheet(path: Path, name: str | None) -> dict[int, str]:
    """Every row of a sheet (the first, if none is named) by number."""
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    page = book[name] if name else book[book.sheetnames[0]]
    return {
        number: "\n".join(str(cell) for cell in cells if cell is not None)
        for number, cells in enumerate(page.iter_rows(values_only=True), start=1)
    }


@cache
def elements(path: Path) -> dict[str, str]:
    """Every element of an XML file by name and number, with all its text and attributes."""
    return dict(_elements(ET.parse(path).getroot()))  # noqa: S314  (a kept official list)


def _elements(root: ET.Element) -> Iterator[tuple[str, str]]:
    numbers: dict[str, int] = {}
    for element in root.iter():
        tag = element.tag.rpartition("}")[2]
        numbers[tag] = numbers.get(tag, 0) + 1
        said = [*element.itertext(), *(v for e in element.iter() for v in e.attrib.values())]
        yield f"{tag}[{numbers[tag]}]", "\n".join(said)


def pointed(path: Path, pointer: str) -> str:
    """What a JSON pointer points to, as text."""
    value = json.loads(path.read_text("utf-8-sig"))
    for key in pointer.strip("/").split("/"):
        value = value[int(key)] if isinstance(value, list) else value[key]
    return json.dumps([pointer, value], ensure_ascii=False)
