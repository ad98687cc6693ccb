"""The Official Journal: every row of every file accounted for, later acts over earlier."""

from __future__ import annotations

import csv
import random
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tidewaiter.sources.lists.eu_journal import (
    EuJournalReader,
    card,
    list_id,
    measure_of,
    rank,
)
from tidewaiter.sources.reader import HEAD_BYTES, FileHead
from tidewaiter.store.tables import table

Read = Callable[..., Any]
Row = dict[str, str]
TAIL = (
    "recordId,programKey,annex,measure,startDate,reason,schema,name,"
    "alias,nationality,registrationNumber"
)
CONSOLIDATED, AMENDMENT = f"celex,{TAIL}", f"amendedCelex,amendmentCelex,{TAIL}"
MEASURES = {
    option for c in table("designations").columns if c.name == "measure" for option in c.options
}
EARLY, ACT = "32014R0833", "32026R1848"


@pytest.fixture
def load(outcome: Read, tmp_path: Path) -> Read:
    """Reads rows after ``celex`` (or the two of an amendment) under the header of a kind."""

    def run(header: str, *rows: str, name: str = f"{EARLY}.csv") -> Any:
        path = tmp_path / name
        path.write_text("\n".join([header, *rows]) + "\n", "utf-8")
        return outcome(EuJournalReader(), path)

    return run


def entry(
    number: str = "7", name: str = "Varenkov JSC", day: str = "16.12.2022", **more: str
) -> str:
    """The tail of a row of Annex IV."""
    cells = {"annex": "IV", "measure": "Export control", "schema": "LegalEntity"} | more
    kept = ("annex", "measure")
    return ",".join(
        [number, "EU-RUS", *(cells[k] for k in kept), day, "", cells["schema"], name,
         cells.get("alias", ""), cells.get("nationality", ""), cells.get("numbers", "")]
    )  # fmt: skip


def old(*args: str, **more: str) -> str:
    """A row of a consolidated file."""
    return f"{EARLY},{entry(*args, **more)}"


def new(*args: str, **more: str) -> str:
    """A row of an amending act."""
    return f"{EARLY},{ACT},{entry(*args, **more)}"


def said(done: Any, prop: str) -> list[str]:
    """The values of a property."""
    return [row["value"] for row in done.rows("statements") if row["prop"] == prop]


def journal(shared_data: Path) -> list[Path]:
    """Every file of the publisher."""
    return sorted((shared_data / "lists" / "eu_journal").glob("*/*.csv"))


def printed(path: Path) -> Iterator[tuple[int, Row]]:
    """(row, cells) of a file, read with nothing but the standard library."""
    with path.open(encoding="utf-8-sig", newline="") as handle:
        yield from enumerate(csv.DictReader(handle), start=2)


def test_a_row_becomes_a_party_and_its_listing(load: Read) -> None:
    """Names, numbers and countries in comparable form, with what was printed beside."""
    done = load(
        CONSOLIDATED,
        old(
            alias='"АО «Варенков»; ""VAR; LTD"""', nationality="Russian", numbers="0001234562 (INN)"
        ),
    )
    first = done.rows("statements")[0]
    assert first["entity_id"] == f"eu_journal:{EARLY}:IV:EU-RUS:export_control:LegalEntity:7"
    assert first["locator"] == "row 2"
    assert (first["first_seen"], first["act_rank"], first["origin"]) == ("2022-12-16", 0, EARLY)
    assert said(done, "alias") == ["АО «Варенков»", "VAR; LTD"]
    assert said(done, "nationality") == ["RU"]
    assert said(done, "innCode") == ["0001234562"]
    inn = next(row for row in done.rows("statements") if row["prop"] == "innCode")
    assert inn["original_value"] == "0001234562 (INN)"
    assert said(done, "listId") == ["eu_833_annex_iv"]
    assert said(done, "measure") == ["export_restriction"]
    assert said(done, "listingDate") == ["2022-12-16"]
    assert done.tally.part == f"consolidated/{EARLY}"


def test_an_amendment_speaks_of_the_same_entity_with_a_higher_rank(load: Read) -> None:
    """Both are kept; the act's wording cannot be known before the act."""
    before = load(CONSOLIDATED, old()).rows("statements")[0]
    done = load(
        AMENDMENT, new(name="Varenkov Plant JSC"), new("8", "Other", "24.7.2026"), name=f"{ACT}.csv"
    )
    after = done.rows("statements")[0]
    assert after["entity_id"] == before["entity_id"]
    assert (before["act_rank"], after["act_rank"]) == (0, 202601848)
    assert (before["first_seen"], after["first_seen"]) == ("2022-12-16", "2026-07-24")
    assert after["record_id"] != before["record_id"]
    assert done.tally.part == f"amendments/{ACT}"
    assert done.tally.published_on == "2026-07-24"


def test_an_act_that_dates_nothing_of_its_own_counts_from_its_year(load: Read) -> None:
    """Old dates move to 1 January of the act; an undated row stays undated."""
    rows = load(AMENDMENT, new(), new("8", "Other", "")).rows("statements")
    assert {row["first_seen"] for row in rows} == {"2026-01-01", None}


def test_an_amendment_that_the_text_holds_already_ranks_below_it(load: Read) -> None:
    """A pin on the card says up to which act a text is consolidated."""
    row = next(iter(_entries(load)))
    assert rank(row, {}) == 202601848
    assert rank(row, {EARLY: ACT}) == -1
    assert rank(row, {EARLY: "32026R1847"}) == 202601848
    assert card().consolidated_to == {}


def _entries(load: Read) -> Iterator[Any]:
    from tidewaiter.sources.lists.eu_journal import Entry

    yield Entry(2, 2, {"amendedCelex": EARLY, "amendmentCelex": ACT})


def test_entries_without_a_number_are_known_by_name_in_any_order(load: Read) -> None:
    """Equal names are told apart by content, so that row order changes nothing."""
    rows = [old("", "Twin LLC", day) for day in ("1.1.2022", "2.2.2022", "3.3.2022")]
    found = []
    for seed in range(3):
        random.Random(seed).shuffle(rows)
        done = load(CONSOLIDATED, *rows)
        found.append({(r["entity_id"], r["first_seen"]) for r in done.rows("statements")})
        assert done.tally.entities == 3
    assert found[0] == found[1] == found[2]
    again = load(AMENDMENT, new("", "TWIN LLC", "24.7.2026")).rows("statements")[0]["entity_id"]
    assert again in {entity for entity, _ in found[0]}


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (old(name=""), "name: required"), (old(schema="Firm"), "schema: not one of"),
        (old(day="soon"), "startDate: not a date"), (old(measure=""), "measure: required"),
        (old().replace(EARLY, "833/2014"), "celex: not a CELEX"), (f"{old()},more", ": 13 cells"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_kept_says_why(load: Read, row: str, why: str) -> None:
    """The row beside it is kept."""
    done = load(CONSOLIDATED, row, old("9", "Good LLC"))
    assert done.kept == 1
    assert done.reasons[2].startswith(why)


def test_two_rows_may_not_claim_one_entry(load: Read) -> None:
    """A repetition is dropped; a contradiction takes both away; another schema is another."""
    done = load(
        CONSOLIDATED, old(), old(), old("8", "A"), old("8", "B"), old("8", "C", schema="Person")
    )
    assert done.kept == 2
    assert done.reasons == {
        3: ": duplicate of row 2",
        4: "recordId: conflicts with row 5 (same entry)",
        5: "recordId: conflicts with row 4 (same entry)",
    }


def test_recognised_by_its_columns_whatever_the_name() -> None:
    """Both kinds; a plain list with a name and a measure is not one of them."""
    reader = EuJournalReader()
    assert reader.recognises(FileHead("a.csv", f"{CONSOLIDATED}\n".encode()))
    assert reader.recognises(FileHead("b.csv", f"{AMENDMENT}\n".encode()))
    assert not reader.recognises(FileHead("c.csv", f"{TAIL}\n".encode()))
    assert not reader.recognises(FileHead(f"{EARLY}.csv", b"celex,name\n"))


def test_an_empty_annex_is_a_file_without_rows(load: Read) -> None:
    """Its name says which act it is of."""
    tally = load(CONSOLIDATED).tally
    assert (tally.rows_read, tally.part, tally.published_on) == (0, f"consolidated/{EARLY}", None)


def test_measures_follow_framework_annex_and_schema() -> None:
    """Cited rules of the card, all in the vocabulary of FORMATS."""
    ports = {"measure": "Transportation restrictions", "annex": "XLVII.A", "schema": "Asset"}
    banks = {"measure": "Financial restrictions", "annex": "XLV.A", "schema": "LegalEntity"}
    assert measure_of(ports, EARLY) == "transaction_ban"
    assert measure_of(ports | {"schema": "Vessel", "annex": "V"}, "32016R0044") == "vessel_ban"
    assert measure_of(banks, EARLY) == "transaction_ban"
    assert measure_of(banks, "32006R0765") == "sectoral"
    assert measure_of(banks | {"annex": "XII"}, EARLY) == "sectoral"
    assert {rule.kind for rule in card().measures} <= MEASURES
    assert all(rule.cite for rule in card().measures)


def test_list_ids() -> None:
    """The act's number without zeros, the annex in small letters, decisions apart."""
    assert list_id("32014R0833", "XLV.A") == "eu_833_annex_xlv_a"
    assert list_id("32011D0173", "") == "eu_d173"


def test_every_row_of_every_file_is_accounted_for(shared_data: Path, outcome: Read) -> None:
    """Rows read = kept + rejected per file, counted apart; here none is rejected."""
    files = journal(shared_data)
    assert len(files) == 56
    read = kept = 0
    for path in files:
        head = FileHead(path.name, path.read_bytes()[:HEAD_BYTES])
        assert EuJournalReader().recognises(head), path.name
        done = outcome(EuJournalReader(), path)
        assert done.tally.rows_read == sum(1 for _ in printed(path)), path.name
        assert done.rejects == [], path.name
        assert done.tally.part == f"{path.parent.name}/{path.stem}"
        assert done.tally.entities == done.kept
        floor = next((a.at_least for a in card().assertions if a.part == done.tally.part), 0)
        assert done.kept >= floor
        read += done.tally.rows_read
        kept += done.kept
    assert (read, kept) == (8434, 8434)


def test_a_known_entry_is_found_at_its_row(shared_data: Path, outcome: Read) -> None:
    """Annex IV, entry 359: its tax number, as printed, at the row where it stands."""
    path = shared_data / "lists" / "eu_journal" / "consolidated" / f"{EARLY}.csv"
    rows = [
        (number, cells)
        for number, cells in printed(path)
        if (cells["annex"], cells["recordId"]) == ("IV", "359")
    ]
    [(number, cells)] = rows
    statements = outcome(EuJournalReader(), path).rows("statements")
    found = [row for row in statements if row["value"] == "1657032272"]
    assert [row["locator"] for row in found] == [f"row {number}"]
    assert found[0]["prop"] == "innCode"
    assert found[0]["original_value"] == cells["registrationNumber"]
    assert found[0]["entity_id"].endswith(":IV:EU-RUS:export_control:LegalEntity:359")
    names = [
        r["value"] for r in statements if r["locator"] == f"row {number}" and r["prop"] == "name"
    ]
    assert names == [cells["name"]]


def test_the_later_act_wins_where_both_speak(shared_data: Path, outcome: Read) -> None:
    """Every entry that an amendment shares with the text has a higher rank there."""
    folder = shared_data / "lists" / "eu_journal"
    text = outcome(EuJournalReader(), folder / "consolidated" / f"{EARLY}.csv")
    act = outcome(EuJournalReader(), folder / "amendments" / f"{ACT}.csv")
    ranks = {row["entity_id"]: row["act_rank"] for row in text.rows("statements")}
    shared = {
        r["entity_id"]: r["act_rank"] for r in act.rows("statements") if r["entity_id"] in ranks
    }
    assert shared
    assert all(after > ranks[entity] for entity, after in shared.items())
    assert all(r["first_seen"] >= "2026-07-24" for r in act.rows("statements") if r["first_seen"])


def test_list_ids_are_of_one_annex_each(shared_data: Path) -> None:
    """Two annexes that shared an id would mix two measures."""
    annexes = {
        (cells.get("celex") or cells["amendedCelex"], cells["annex"])
        for path in journal(shared_data)
        for _, cells in printed(path)
    }
    ids = Counter(list_id(*annex) for annex in annexes)
    assert [each for each, times in ids.items() if times > 1] == []
