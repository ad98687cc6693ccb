"""OFAC's delimited files: eight kinds without a header, two lists that never silence each other."""

from __future__ import annotations

import csv
import random
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidewaiter.errors import BadDataError
from tidewaiter.sources import ofac
from tidewaiter.sources.lists.ofac_csv import OfacCsvReader, card, measure_of
from tidewaiter.sources.reader import HEAD_BYTES, FileHead
from tidewaiter.sources.registry import READERS

Read = Callable[..., Any]
Row = list[str]
END = "\x1a"
REAL = {  # file: rows, entities, part
    "sdn_2023-11.csv": (11443, 11443, "sdn/primary"),
    "alt.csv": (19486, 8191, "sdn/aliases"),
    "alt_2025-08.csv": (19776, 8450, "sdn/aliases"),
    "add.csv": (22641, 16989, "sdn/addresses"),
    "cons_prim.csv": (442, 442, "consolidated/primary"),
    "cons_alt.csv": (1073, 395, "consolidated/aliases"),
    "cons_add.csv": (574, 442, "consolidated/addresses"),
}


def primary(number: str = "101", **cells: str) -> str:
    """One row of a file of parties; what is not given is empty."""
    given_cells = {"name": "QUMTEPA KOMPONENT MCHJ", "program": "CUBA"} | cells
    names = ("name", "type", "program", "title", "call_sign", "vess_type", "tonnage", "grt",
             "vess_flag", "vess_owner", "remarks")  # fmt: skip
    shown = (f'"{given_cells[n]}"' if n in given_cells else "-0- " for n in names)
    return ",".join([number, *shown])


SAMPLE = "\r\n".join(
    [
        primary(remarks="Tax ID No. 7707083893 (Russia); a.k.a. 'QK'; Linked To: SARYKOL LLP."),
        primary("102", name="VARENKOVA, Ada Petrovna", type="individual", program="SDGT] [NPWMD",
                title="Director", remarks="DOB 10 Dec 1948; alt. DOB circa 1949; POB Tiraspol; "
                "nationality Moldova; Gender Female; Passport 1084010 (Egypt) expires 06 Jun 2017; "
                "Director; friend of the house."),
        primary("103", name="ZEFIR", type="vessel", call_sign="UBXX7", vess_type="Tug",
                tonnage="9,000", grt="120", vess_flag="Panama", vess_owner="SARYKOL LLP",
                remarks="Vessel Registration Identification IMO 9074729; MMSI 572469210; "
                "Former Vessel Flag Malta; f.k.a. 'BORA'."),
        END,
    ]
)  # fmt: skip


@pytest.fixture
def load(outcome: Read, tmp_path: Path) -> Read:
    """Reads the text of a file under a name."""

    def run(*rows: str, name: str = "sdn.csv", end: str = f"\r\n{END}") -> Any:
        path = tmp_path / name
        path.write_bytes(("\r\n".join(rows) + end).encode())
        return outcome(OfacCsvReader(), path)

    return run


def said(done: Any, prop: str, entity: str = "") -> list[str]:
    """The values of a property, of one entity or of all."""
    rows = done.rows("statements")
    return [r["value"] for r in rows if r["prop"] == prop and r["entity_id"].endswith(entity)]


def printed(path: Path) -> list[tuple[int, Row]]:
    """(row, cells) of a file, read with nothing but the standard library."""
    with path.open(encoding="ascii", newline="") as handle:
        rows = list(enumerate(csv.reader(handle), start=1))
    return [(n, row) for n, row in rows if "".join(row) != END and row[0] != "ID"]


def real(shared_data: Path, name: str) -> Path:
    """One of OFAC's own files."""
    return shared_data / "lists" / "ofac" / name


def test_parties_are_read_with_what_their_remarks_say(load: Read) -> None:
    """Numbers, names, days and countries in comparable form, the printed item beside."""
    done = load(SAMPLE, end="")
    assert (done.kept, done.rejects, done.tally.part) == (3, [], "sdn/primary")
    assert done.tally.facts == {}
    assert said(done, "name", ":102") == ["Ada Petrovna VARENKOVA"]
    assert said(done, "birthDate") == ["1948-12-10", "circa 1949"]
    assert said(done, "nationality") == ["MD"]
    assert said(done, "passportNumber") == ["1084010"]
    assert said(done, "position") == ["Director"]
    assert said(done, "notes") == ["friend of the house"]
    assert said(done, "innCode", ":101") == ["7707083893"]
    assert said(done, "weakAlias") == ["QK"]
    assert said(done, "previousName") == ["BORA"]
    assert said(done, "associates") == ["SARYKOL LLP"]
    assert said(done, "imoNumber") == ["IMO9074729"]
    assert (said(done, "flag"), said(done, "pastFlags")) == (["PA"], ["MT"])
    assert said(done, "program", ":102") == ["SDGT", "NPWMD"]
    assert done.tally.unread == {"birthDate": 1, "remarks": 1}
    schemas = {r["entity_id"]: r["schema"] for r in done.rows("statements") if r["prop"] == "name"}
    assert schemas == {"ofac:101": "LegalEntity", "ofac:102": "Person", "ofac:103": "Vessel"}
    inn = next(r for r in done.rows("statements") if r["prop"] == "innCode")
    assert (inn["original_value"], inn["locator"]) == ("Tax ID No. 7707083893 (Russia)", "row 1")


def test_an_alias_without_its_party_is_a_listed_party_of_its_own(load: Read) -> None:
    """It names the list and the measure, and is known by its aspect alone."""
    done = load('999,1,"aka","ZEFIR TRADE",-0- ', '999,2,"fka","\'BORA\'",-0- ', name="alt.csv")
    rows = done.rows("statements")
    assert {(r["entity_id"], r["aspect"], r["origin"]) for r in rows} == {
        ("ofac:999", "aliases", "sdn/aliases")
    }
    assert said(done, "measure") == ["asset_freeze"] * 2
    assert said(done, "listId") == ["us_ofac_sdn"] * 2
    assert (said(done, "alias"), said(done, "previousName")) == (["ZEFIR TRADE"], ["BORA"])
    assert done.tally.entities == 1


def test_the_two_lists_tell_different_aspects_of_one_party(load: Read) -> None:
    """A party that is blocked and sectoral is both: neither file silences the other."""
    both = primary("17013", program="UKRAINE-EO13662] [RUSSIA-EO14024")
    blocked = load(both, primary())
    sectoral = load(both, primary("5", program="NS-PLC"), name="prim.csv")
    assert {r["aspect"] for r in blocked.rows("statements")} == {"whole"}
    assert {r["aspect"] for r in sectoral.rows("statements")} == {"consolidated"}
    assert said(blocked, "measure", ":17013") == ["asset_freeze"]
    assert said(sectoral, "measure", ":17013") == ["sectoral"]
    assert said(sectoral, "listId") == ["us_ofac_ssi", "us_ofac_plc"]


def test_a_printed_listing_date_counts_only_where_it_dates_the_row(load: Read) -> None:
    """Of a single programme on the consolidated list; elsewhere it is a condition, as printed."""
    dated = "Listing Date (CMIC) 03 Jun 2021; Effective Date (CMIC) 02 Aug 2021."
    done = load(primary(program="CMIC-EO13959", remarks=dated), name="cons_prim.csv")
    assert {r["first_seen"] for r in done.rows("statements")} == {"2021-06-03"}
    assert (said(done, "listingDate"), said(done, "startDate")) == (["2021-06-03"], ["2021-08-02"])
    dated = "Listing Date (EO 14024 Directive 2): 24 Feb 2022."
    done = load(primary(program="RUSSIA-EO14024", remarks=dated))
    assert {r["first_seen"] for r in done.rows("statements")} == {None}
    assert said(done, "provisions") == [dated.removesuffix(".")]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (primary("x1"), "ent_num: not a number"), (primary(name="  "), "name: required"),
        (primary(type="ghost"), "type: not individual"), (primary(program=""), "program: required"),
        (f"{primary()},more", ": 13 cells"), ('7,"open', ": 2 cells"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_kept_says_why(load: Read, row: str, why: str) -> None:
    """The rows beside it are kept."""
    rows = [primary(str(number)) for number in range(300, 325)]
    closed = row + '"' if row.count('"') % 2 else row
    done = load(*rows, closed, primary("9"))
    assert done.kept == 26
    assert done.reasons[26].startswith(why)


def test_two_rows_may_not_claim_one_number(load: Read) -> None:
    """A repetition is dropped; a contradiction takes both away."""
    done = load(primary("1"), primary("1"), primary("2", name="A"), primary("2", name="B"))
    assert done.reasons == {
        2: ": duplicate of row 1",
        3: ": conflicts with row 4 (same number)",
        4: ": conflicts with row 3 (same number)",
    }


def test_a_file_that_is_cut_off_is_an_error(load: Read) -> None:
    """Half a row and no mark of the end; a missing mark alone is only told."""
    with pytest.raises(BadDataError, match="cut off"):
        load(primary(), primary("5"), primary("102")[:40], end="")
    assert load(primary(), end="\r\n").tally.facts == {"end_mark": "missing"}


def test_remarks_that_the_publisher_cut_off_keep_no_half_number(load: Read) -> None:
    """The last item becomes a note, and is counted; the comments file goes on with it."""
    long = "; ".join(f"Passport {number:07}" for number in range(70))[:1000]
    done = load(primary("102", name="A, B", type="individual", remarks=long))
    assert len(said(done, "passportNumber")) == 1000 // 18
    assert done.tally.unread == {"remarks (cut off)": 1}
    done = load("102,\"0042; DOB 1951; a.k.a. 'AB'.\"", name="sdn_comments.csv")
    assert {r["aspect"] for r in done.rows("statements")} == {"comments"}
    assert (said(done, "notes"), said(done, "birthDate")) == (["0042"], ["1951"])


def test_a_header_that_someone_added_is_skipped(load: Read) -> None:
    """The fourth column is the programme, whatever it is called there."""
    header = "ID,Name,Type,Country,Title,Col_F,Col_G,Col_H,Col_I,Col_J,Col_K,Details"
    done = load(header, primary())
    assert said(done, "program") == ["CUBA"]
    assert done.rows("statements")[0]["locator"] == "row 2"


def test_recognised_by_content_whatever_the_name() -> None:
    """The four kinds, and no file that only has as many columns."""
    reader = OfacCsvReader()
    for text in (SAMPLE, '1,2,"aka","A",-0- \r\n', '1,2,"x","y","z",-0- \r\n', '7,"b; DOB 1951."'):
        assert reader.recognises(FileHead("any.bin", text.encode()))
    for text in ("1,2,3,4,5,6\n", "a,b\n1,DOB\n", '1,2,"alias","A",-0- \n', "1,hello\n", "36\n"):
        assert not reader.recognises(FileHead("sdn.csv", text.encode()))


def test_measures_are_of_the_house_and_cited() -> None:
    """A programme without a rule is blocked on the SDN list, and the narrowest class beside it."""
    assert measure_of("sdn", "NEW-PROGRAMME") == "asset_freeze"
    assert measure_of("sdn", "") == "asset_freeze"
    assert measure_of("consolidated", "SDGT") == "other"
    assert measure_of("consolidated", "561-Related") == "sectoral"
    assert all(rule.cite for rule in card().measures)


@pytest.mark.parametrize("name", REAL)
def test_every_row_of_the_real_files_is_accounted_for(
    shared_data: Path, lists: dict[str, Any], name: str
) -> None:
    """Rows counted apart; none is rejected; only this reader knows the file."""
    path = real(shared_data, name)
    head = FileHead(path.name, path.read_bytes()[:HEAD_BYTES])
    assert [each.name for each in READERS if each.recognises(head)] == ["ofac_csv"]
    done = lists[name]
    rows, entities, part = REAL[name]
    assert len(printed(path)) == rows == done.kept
    assert (done.tally.entities, done.tally.part, done.rejects) == (entities, part, [])
    measures = Counter(said(done, "measure"))
    assert sum(measures.values()) >= rows
    for each in (a for a in card().assertions if a.part == part and a.count != "identifiers"):
        assert {"rows": rows, "entities": entities}.get(each.count, rows) >= each.at_least


def test_no_item_of_real_remarks_is_lost(shared_data: Path, lists: dict[str, Any]) -> None:
    """Every piece of 600 parties' remarks, names and programmes stands in a statement."""
    for name in ("sdn_2023-11.csv", "cons_prim.csv"):
        done = lists[name]
        found: dict[str, list[dict[str, Any]]] = {}
        for row in done.rows("statements"):
            found.setdefault(row["locator"], []).append(row)
        rows = printed(real(shared_data, name))
        for number, cells in random.Random(7).sample(rows, min(600, len(rows))):
            kept = found[f"row {number}"]
            texts = {squeezed(r["original_value"] or r["value"]) for r in kept}
            for item in re.split(r";\s+", cells[11].removesuffix(".")):
                shown = squeezed(re.sub(r"(?i)^alt\. ", "", item))
                # A nationality that is a citizenship, too, is one value.
                again = shown.replace("citizen ", "nationality ")
                assert (texts | {"-0-"}) & {shown, again, squeezed(item)}, (number, item)
            assert squeezed(cells[1]) in texts
            programmes = {r["value"] for r in kept if r["prop"] == "program"}
            assert programmes == set(cells[3].replace("[", "").split("] "))


@pytest.fixture(scope="module")
def lists(shared_data: Path, outcome: Read) -> dict[str, Any]:
    """What was read of each real file, once for all tests."""
    return {name: outcome(OfacCsvReader(), real(shared_data, name)) for name in REAL}


def squeezed(text: str) -> str:
    """White space folded."""
    return " ".join(text.split())


def test_known_numbers_of_real_parties(shared_data: Path, lists: dict[str, Any]) -> None:
    """A bank's INN, OGRN, LEI and BIC stand where its remarks print them, as printed."""
    done = lists["sdn_2023-11.csv"]
    rows = printed(real(shared_data, "sdn_2023-11.csv"))
    number, cells = next((n, c) for n, c in rows if c[0] == "17013")
    for prop, value in (("innCode", "7702070139"), ("ogrnCode", "1027739609391"),
                        ("leiCode", "253400V1H6ART1UQ0N98"), ("swiftBic", "VTBRRUMM")):  # fmt: skip
        assert value in cells[11]
        assert said(done, prop, ":17013") == [value]
    places = {r["locator"] for r in done.rows("statements") if r["entity_id"] == "ofac:17013"}
    assert places == {f"row {number}"}
    counted = Counter(r["prop"] for r in done.rows("statements"))
    assert counted["innCode"] >= 700
    assert counted["imoNumber"] >= 650
    assert done.tally.unread["remarks"] < 2000


def test_orphans_of_the_real_files_are_listed_names(
    shared_data: Path, lists: dict[str, Any]
) -> None:
    """Aliases of parties that the older file of parties lacks name a list and a measure."""
    known = {cells[0] for _, cells in printed(real(shared_data, "sdn_2023-11.csv"))}
    done = lists["alt.csv"]
    orphans = {
        r["entity_id"]
        for r in done.rows("statements")
        if r["entity_id"].removeprefix("ofac:") not in known
    }
    frozen = {r["entity_id"] for r in done.rows("statements") if r["prop"] == "measure"}
    assert len(orphans) == 2866
    assert orphans <= frozen


def test_labels_compare_without_case_and_the_longest_counts() -> None:
    """An "Identification Number IMO" is a company's number, no vessel's."""
    found = ofac.remarks("identification number IMO 5342883; BIK (RU) 044030707", "LegalEntity")
    assert [(v.prop, v.value) for v in found.about] == [
        ("registrationNumber", "5342883"), ("bikCode", "044030707"),
    ]  # fmt: skip
    assert not found.unread


def test_odd_items_are_not_bent_into_shape() -> None:
    """A name that holds "alt. ", a local number under a worldwide label, an empty label."""
    found = ofac.remarks(
        "alt. a.k.a. 'BALT. SEA'; Legal Entity Number 856458879 (Netherlands); Passport", "Person"
    )
    assert [(v.prop, v.value) for v in found.about] == [
        ("weakAlias", "BALT. SEA"), ("registrationNumber", "856458879"), ("country", "NL"),
        ("notes", "Passport"),
    ]  # fmt: skip
    assert found.unread == {"passportNumber": 1}


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_damaged_files_end_in_a_count_or_a_clear_error(
    data: st.DataObject, outcome: Read, tmp_path: Path
) -> None:
    """Cells replaced, rows dropped, doubled and cut, bytes changed: nothing else is raised."""
    rows = [line.split(",") for line in SAMPLE.split("\r\n")]
    odd = st.sampled_from(["", "-0- ", '"', "\0", "\x1a", "x" * 70_000, "٣", ";;", "'", "2024"])
    for _ in range(data.draw(st.integers(1, 4))):
        row = data.draw(st.sampled_from(rows))
        row[data.draw(st.integers(0, len(row) - 1))] = data.draw(odd | st.text(max_size=9))
    rows = data.draw(st.lists(st.sampled_from(rows), max_size=6))
    end = data.draw(st.sampled_from(["\n", "\r\n", "\r"]))
    content = end.join(",".join(row) for row in rows).encode("utf-8", "replace")
    content = data.draw(st.sampled_from([b"", b"\xef\xbb\xbf", b"\xff"])) + content
    path = tmp_path / "sdn.csv"
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    try:
        outcome(OfacCsvReader(), path)
    except BadDataError as problem:
        said_of_it = (problem.where, problem.next_step)
    else:
        return
    assert all(said_of_it)
