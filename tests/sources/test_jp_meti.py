"""Japan's lists of named end users: the texts of 2022 and 2025, and invented entries."""

from __future__ import annotations

import random
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidewaiter.errors import BadDataError
from tidewaiter.sources import meti_entry
from tidewaiter.sources.lists.jp_meti import JpMetiReader, card
from tidewaiter.sources.reader import HEAD_BYTES, FileHead

Read = Callable[..., Any]
LISTS = {
    "250912_list_russia_tokutei.pdf.txt": ("jp_meti_ru", 561, "2025-09-12"),
    "250912_list_daisangoku_tokutei.pdf.txt": ("jp_meti_third", 56, "2025-09-12"),
    "list_belarus_tokutei.pdf.txt": ("jp_meti_by", 27, "2022-07-05"),
}
STATED = re.compile(r"the\s*follow(?:ing)?\s*([a-z-]+?)\s*alias")
COUNTS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
]
SPACED = ["5-y Sudoremontnyy Zavod", "5 SRZ", "JSC GF 5 SRZ JSC TsS Zvezdochka"]  # and 5SRZ
JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
HEADING = (
    "○ 国際平和のための国際的な努力に我が国として寄与するために講ずる輸出等に係る禁止措置\n"
    "の対象となるロシア連邦の団体（令和四年外務省告示第八十二号）\n"
    "指定日：2022 年03月01 日\n最終更新日：2025 年09 月12 日\n"
)
THIRD = HEADING.replace("ロシア連邦の団体", "ロシア連邦及びベラルーシ共和国以外の国の団体")


@pytest.fixture
def load(outcome: Read, tmp_path: Path) -> Read:
    """Reads entries under a heading."""

    def run(*entries: str, heading: str = HEADING) -> Any:
        path = tmp_path / "list.txt"
        path.write_text(heading + "\n".join(entries), "utf-8")
        return outcome(JpMetiReader(), path)

    return run


def parties(done: Any) -> dict[str, list[dict[str, Any]]]:
    """The statements of each party."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in done.rows("statements"):
        found[row["entity_id"]].append(row)
    return found


def said(rows: list[dict[str, Any]], prop: str) -> list[str]:
    """The values of a property."""
    return [row["value"] for row in rows if row["prop"] == prop]


def flat(text: str) -> str:
    """Text without spaces and line breaks, wide letters and marks made plain."""
    return "".join(unicodedata.normalize("NFKC", text).split())


@pytest.mark.parametrize("name", LISTS)
def test_every_number_of_a_list_is_a_party(name: str, outcome: Read, shared_data: Path) -> None:
    """One to the last, without a gap and without a reject, known from the list's last change."""
    list_id, entries, updated = LISTS[name]
    done = outcome(JpMetiReader(), shared_data / "lists/jp_meti" / name)
    assert done.rejects == []
    assert done.tally.unread == {}
    assert set(parties(done)) == {f"jp_meti:{list_id}:{n}" for n in range(1, entries + 1)}
    assert (done.tally.part, done.tally.published_on) == (list_id, updated)
    assert {row["first_seen"] for row in done.rows("statements")} == {updated}
    for rows in parties(done).values():
        assert said(rows, "listId") == [list_id]
        assert said(rows, "measure") == ["export_restriction"]
        assert len(said(rows, "name")) == 1
        assert said(rows, "address")


@pytest.mark.parametrize("name", LISTS)
def test_as_many_aliases_as_the_text_states(name: str, outcome: Read, shared_data: Path) -> None:
    """The English text says how many aliases follow; that many stand in Latin letters.

    The Japanese brackets may name a further one in Latin letters; it is no loss. One of them
    differs by a space only.
    """
    path = shared_data / "lists/jp_meti" / name
    lines = path.read_text("utf-8").split("\n")
    found = parties(outcome(JpMetiReader(), path))
    starts = [int(rows[0]["locator"].removeprefix("line ")) for rows in found.values()]
    checked = 0
    for rows, first, last in zip(
        found.values(), starts, [*starts[1:], len(lines) + 1], strict=True
    ):
        text = unicodedata.normalize("NFKC", "\n".join(lines[first - 1 : last - 1]))
        stated = STATED.search(text)
        if stated:
            checked += 1
            latin = text[stated.end() :]
            names = [name for name in said(rows, "alias") if not JAPANESE.search(name)]
            names = [name for name in names if flat(name) in flat(latin)]
            assert len(names) == COUNTS.index(stated[1]) or names[:-1] == SPACED, names
    assert checked == {"jp_meti_ru": 446, "jp_meti_third": 42, "jp_meti_by": 18}[LISTS[name][0]]


@pytest.mark.parametrize("name", LISTS)
def test_values_stand_in_the_text_of_their_entry(
    name: str, outcome: Read, shared_data: Path
) -> None:
    """Two hundred names and addresses, after the line that is cited, but for line breaks."""
    path = shared_data / "lists/jp_meti" / name
    lines = path.read_text("utf-8").split("\n")
    rows = [
        row
        for row in outcome(JpMetiReader(), path).rows("statements")
        if row["prop"] in {"name", "alias", "address"}
    ]
    for row in random.Random(20261123).sample(rows, min(200, len(rows))):
        at = int(row["locator"].removeprefix("line ")) - 1
        place = re.sub(r"[\W_]", "", flat("".join(lines[at : at + 60]))).casefold()
        assert re.sub(r"[\W_]", "", flat(row["value"])).casefold() in place, row


@pytest.mark.parametrize("name", LISTS)
def test_no_name_holds_two(name: str, outcome: Read, shared_data: Path) -> None:
    """No Latin name has Japanese letters, the words of an enumeration or an address in it."""
    done = outcome(JpMetiReader(), shared_data / "lists/jp_meti" / name)
    for row in done.rows("statements"):
        if row["prop"] in {"name", "alias"} and row["lang"] not in {"jpn", "zho"}:
            assert not JAPANESE.search(row["value"]), row
            assert not re.search(r"a\.k\.a|following|;|所在地", row["value"]), row
        if row["prop"] in {"name", "alias"}:
            assert not row["value"].startswith(("別", "、", ";")), row
        if row["prop"] == "address":
            assert not JAPANESE.search(row["value"]), row


def test_third_countries_come_from_the_addresses(outcome: Read, shared_data: Path) -> None:
    """Hong Kong, China is Hong Kong."""
    path = shared_data / "lists/jp_meti/250912_list_daisangoku_tokutei.pdf.txt"
    done = outcome(JpMetiReader(), path)
    assert {code for rows in parties(done).values() for code in said(rows, "country")} == {
        "AE", "AM", "CN", "HK", "IN", "KG", "KZ", "SY", "TH", "TR", "UZ"
    }  # fmt: skip
    assert all(said(rows, "country") for rows in parties(done).values())


def test_the_page_about_the_measure_is_no_list(shared_data: Path) -> None:
    """It speaks of the lists and names no party."""
    content = (shared_data / "lists/jp_meti/page_content.txt").read_bytes()
    assert not JpMetiReader().recognises(FileHead("page_content.txt", content[:HEAD_BYTES]))


def test_an_entry_is_names_in_three_scripts_and_addresses(load: Read) -> None:
    """The Latin name first; aliases after a.k.a. and in Japanese brackets; Chinese apart."""
    done = load(
        "１ クムテパ・エレクトロニクス有限会社（庫姆特帕電子有限公司）",
        "（別\n称、クムテパ及び QT Lab）",
        "Qumtepa Electronics Ltd, a.k.a., the following two aliases:",
        "—Qumtepa Elektronika; and",
        "-QT-",
        "Lab.",
        "所在地：12 Sarykol Street, Kowloon, Hong Kong, China; and",
        "5 Varenka Road, Shenzhen, China.",
        heading=THIRD,
    )
    (rows,) = parties(done).values()
    about = [row for row in rows if row["schema"] != "Sanction"]
    assert [(row["prop"], row["value"], row["lang"]) for row in about] == [
        ("name", "Qumtepa Electronics Ltd", "eng"),
        ("alias", "Qumtepa Elektronika", None),
        ("alias", "QT-Lab", None),
        ("alias", "クムテパ・エレクトロニクス有限会社", "jpn"),
        ("alias", "クムテパ", "jpn"),
        ("alias", "QT Lab", None),
        ("alias", "庫姆特帕電子有限公司", "zho"),
        ("address", "12 Sarykol Street, Kowloon, Hong Kong, China", None),
        ("country", "HK", None),
        ("address", "5 Varenka Road, Shenzhen, China", None),
        ("country", "CN", None),
    ]  # fmt: skip


def test_page_breaks_glue_entries_names_and_bullets(load: Read) -> None:
    """A number after an address, a Latin name after a Japanese one, a bullet after another."""
    done = load(
        "1 ヴァレンカ",
        "Varenka, a.k.a., thefollowing two aliases:—Varenka Works; and-Varenka Plant.所在地：1 A,",
        "Perm, Russia.2 株式会社クムテパ「ズヴェズダ」Qumtepa Zvezda Plant",
        "所 在 地 ：2 B Street, Kazan, Russia",
    )
    found = parties(done)
    assert said(found["jp_meti:jp_meti_ru:1"], "alias")[:2] == ["Varenka Works", "Varenka Plant"]
    assert said(found["jp_meti:jp_meti_ru:1"], "address") == ["1 A, Perm, Russia"]
    assert said(found["jp_meti:jp_meti_ru:2"], "name") == ["Qumtepa Zvezda Plant"]
    assert said(found["jp_meti:jp_meti_ru:2"], "alias") == ["株式会社クムテパ「ズヴェズダ」"]


def test_the_later_layout_has_other_names_on_a_line_of_their_own(load: Read) -> None:
    """Japanese ones first, then Latin ones, both parted by semicolons."""
    done = load(
        "1 クムテパ", "Qumtepa", "別称：QT社; 有限会社 QT", "LLC Company QT; Kompaniya QT",
        "所在地：Moscow, Russia",
    )  # fmt: skip
    (rows,) = parties(done).values()
    assert said(rows, "alias") == [
        "LLC Company QT",
        "Kompaniya QT",
        "クムテパ",
        "QT社",
        "有限会社 QT",
    ]


def test_a_dash_inside_a_name_is_no_bullet_where_the_number_says_so(load: Read) -> None:
    """A name that goes on in the next line with a dash counts once."""
    done = load(
        "1 固体研究所", "Institute, a.k.a., the following two aliases:", "-ISP; and",
        "-Institute of Solid", "-State Physics.", "所在地：Moscow, Russia",
    )  # fmt: skip
    (rows,) = parties(done).values()
    assert said(rows, "alias") == ["ISP", "Institute of Solid-State Physics", "固体研究所"]


def test_a_ministry_keeps_its_explanation_as_a_note(load: Read) -> None:
    """The name ends where the explanation begins."""
    done = load(
        "1 国防省（全ての部隊を含む。）。これには軍が含まれる。",
        "Ministry of Works, including all units. This includes guards.", "所在地：Moscow, Russia",
    )  # fmt: skip
    (rows,) = parties(done).values()
    assert said(rows, "name") == ["Ministry of Works"]
    assert said(rows, "alias") == ["国防省"]
    assert len(said(rows, "notes")) == 2


def test_numbers_inside_addresses_begin_no_entry(load: Read) -> None:
    """Only a number that goes on from the last one, before Japanese words."""
    done = load(
        "1 ヴァレンカ", "Varenka", "所在地：Building 1,", "2 Lenina Street, Perm, Russia",
        "2 クムテパ", "Qumtepa", "所在地：Moscow, Russia",
    )  # fmt: skip
    assert list(parties(done)) == ["jp_meti:jp_meti_ru:1", "jp_meti:jp_meti_ru:2"]


def test_missing_numbers_are_counted(load: Read) -> None:
    """An entry that was struck out, or not found, is seen in the tally."""
    done = load("1 甲", "Alfa", "所在地：Perm, Russia", "3 乙", "Beta", "所在地：Perm, Russia")
    assert done.tally.unread == {"number": 1}
    assert list(parties(done)) == ["jp_meti:jp_meti_ru:1", "jp_meti:jp_meti_ru:3"]


def test_entries_that_cannot_be_kept_are_rejected_with_a_reason(load: Read) -> None:
    """Two addresses, bytes in another encoding, and an endless entry."""
    twice = load("1 甲", "Alfa", "所在地：Perm, Russia", "乙", "所在地：Kazan, Russia")
    assert twice.reasons == {
        5: "name: two addresses: the number of a second entry is not to be seen"
    }
    spoilt = load("1 甲", "Alfa \ufffd", "所在地：Perm, Russia")
    assert spoilt.reasons == {5: "name: bytes that are not UTF-8"}
    endless = load("1 甲", *["Alfa and more of it"] * 3000)
    assert endless.reasons == {5: "name: longer than 30,000 characters"}


def test_a_file_of_another_kind_is_refused(outcome: Read, tmp_path: Path) -> None:
    """It is said where and what to do."""
    path = tmp_path / "list.txt"
    path.write_text("1 甲\nAlfa\n", "utf-8")
    with pytest.raises(BadDataError) as caught:
        outcome(JpMetiReader(), path)
    assert caught.value.next_step


def test_every_list_of_the_card_has_an_assertion() -> None:
    """A list that shrinks is seen."""
    assert {each.list for each in card().sections} == {each.part for each in card().assertions}


PIECES = st.sampled_from(
    [
        *(
            "1 甲",
            "２ 乙有限会社",
            "3 Qumtepa クムテパ",
            "99 丙",
            "所在地：",
            "別称：",
            "（別称、",
            "）",
        ),
        *("Alfa, a.k.a., the following one alias:", "-Beta;", "—Gamma; and", "(", "Perm, Russia."),
        *("; and ", "及び", "、", "the following two aliases", "\n", " ", "\ufeff", "\u202e"),
        *("\x00", "「", "」", "。"),
    ]
)


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(
    parts=st.lists(PIECES | st.text(max_size=8), max_size=40),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_any_text_under_the_heading_ends_in_a_count(
    parts: list[str], end: str, outcome: Read, tmp_path: Path
) -> None:
    """Rows read = kept + rejected, whatever the text (the fixture checks it)."""
    path = tmp_path / "list.txt"
    text = (HEADING + "".join(parts)).replace("\n", end)
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    done = outcome(JpMetiReader(), path)
    assert done.tally.entities == len(parties(done))


@settings(max_examples=60)
@given(st.text(alphabet="甲カA(（)） \n-;、。」:別称及び", max_size=60))
def test_parts_of_an_entry_lose_no_letter(text: str) -> None:
    """Both halves together are the text; brackets are pairs in order."""
    plain = text.translate(meti_entry.PUNCTUATION)
    japanese, latin = meti_entry.halves(plain)
    assert japanese + latin == plain
    spans = meti_entry.brackets(plain)
    assert all(plain[first] == "(" and plain[last] == ")" for first, last in spans)
    assert all(one[1] < other[0] for one, other in pairwise(spans))
