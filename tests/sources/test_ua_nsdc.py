"""Sanctions of Ukraine: the public compilation of decrees, and invented parties."""

from __future__ import annotations

import datetime
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from tidewaiter.errors import BadDataError
from tidewaiter.sources.lists.ua_nsdc import UaNsdcReader, card, end_of_term
from tidewaiter.sources.reader import FileHead

Read = Callable[..., Any]
Cells = dict[str, Any]
FILE = "lists/ua_nsdc_2022/UA_sanctions.xlsx"
PERSONS, FIRMS = "Фізичні особи", "Юридичні особи"
PERSON = {
    "row": 0, "№ указу": "176-2018", "Дата указу": datetime.date(2018, 6, 21),
    "Дія щодо об'єкту санкцій": "застосування", "Зміни": "Ні", "п/н": 12,
    "Тип обмеження": "1) блокування активів – тимчасове; 2) інші санкції",
    "Термін обмеження": "Три роки", "Дата закінчення обмеження": datetime.date(2021, 6, 21),
    "Назва укр.": "Варенков Олег Петрович ", "Назва ориг.": "Варенков Олег Петрович",
    "Назва альт.": "Oleh Varenkov; Oleg Varenkoff", "Дата народження": datetime.date(1962, 9, 5),
    "Громадянство": "RU, UA", "Місце народження": "м. Ташкент", "Зайнятість": "голова фонду",
    "Місце проживання": "м. Перм", "Додатково": "", "Відповідальний орган": "",
}  # fmt: skip
FIRM = {
    "row": 0, "№ указу": "109-2021", "Дата указу": datetime.date(2021, 3, 23),
    "Дія щодо об'єкту санкцій": "застосування", "Зміни": "Ні", "п/н": 60,
    "Тип обмеження": "1) обмеження торговельних операцій;\n 2) заборона передання технологій",
    "Термін обмеження": "Три роки", "Дата закінчення обмеження": datetime.date(2024, 3, 23),
    "Назва укр.": 'ТОВ "Кумтепа"', "Назва ориг.": 'ООО "Кумтепа"', "Назва альт.": "",
    "ОКПО/ЄДРПОУ": "ОДРН1047796349864", "ІПН": "ІПН7729507377",
    "Місце діяльності": "107078, РФ, м. Москва", "Місце діяльності додатково": "",
    "Додатково": "КПП 770801001;Генеральний директор Варенков О., ИНН 500100732259",
    "Відповідальний орган": "",
}  # fmt: skip


def write(path: Path, persons: list[Cells] | None = None, firms: list[Cells] | None = None) -> Path:
    """A spreadsheet with a row for each party; a row tells what differs from the usual one."""
    book = openpyxl.Workbook()
    for title, usual, rows in ((PERSONS, PERSON, persons), (FIRMS, FIRM, firms)):
        page = book.create_sheet(title)
        columns = list(dict.fromkeys([*usual, *(name for row in rows or [] for name in row)]))
        page.append(columns)
        for row in rows or []:
            page.append([(usual | row).get(name) for name in columns])
    book.remove(book.worksheets[0])
    book.save(path)
    return path


@pytest.fixture
def load(outcome: Read, tmp_path: Path) -> Read:
    """Reads persons and firms."""

    def run(*persons: Cells, firms: tuple[Cells, ...] = ()) -> Any:
        return outcome(UaNsdcReader(), write(tmp_path / "list.xlsx", list(persons), list(firms)))

    return run


@pytest.fixture(scope="module")
def real(shared_data: Path, outcome: Read) -> Any:
    """The compilation, read once."""
    return outcome(UaNsdcReader(), shared_data / FILE)


def parties(done: Any) -> dict[str, list[dict[str, Any]]]:
    """The statements of each party."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in done.rows("statements"):
        found[row["entity_id"]].append(row)
    return found


def said(rows: list[dict[str, Any]], prop: str) -> list[str]:
    """The values of a property."""
    return [row["value"] for row in rows if row["prop"] == prop]


@cache
def printed_rows(path: Path) -> dict[str, dict[str, str]]:
    """Every row by decree, sheet and number, read in another way."""
    book, found = CalamineWorkbook.from_path(str(path)), {}
    for sheet, letter in ((PERSONS, "p"), (FIRMS, "l")):
        header, *rows = book.get_sheet_by_name(sheet).to_python()
        for row in rows:
            cells = {
                str(name): f"{cell:g}" if isinstance(cell, float) else str(cell)
                for name, cell in zip(header, row, strict=True)
            }
            found[f"ua_nsdc:{cells['№ указу']}:{letter}:{cells['п/н']}"] = cells
    return found


def test_every_row_is_a_party_but_one_without_a_name(real: Any, shared_data: Path) -> None:
    """The one has a registry number only."""
    assert real.tally.rows_read == 5677
    assert len(parties(real)) == 5676
    assert list(real.reasons.values()) == ["Назва укр.: no name in any of the three columns"]
    expected = printed_rows(shared_data / FILE)
    missing = expected.keys() - parties(real).keys()
    assert [expected[key]["ОКПО/ЄДРПОУ"] for key in missing] == ["ЄДРПОУ44126040"]
    assert real.tally.published_on == "2021-05-21"
    assert real.tally.unused == ()


def test_drawn_rows_are_as_printed(real: Any, shared_data: Path) -> None:
    """Names, days, registry numbers and the end of three hundred rows."""
    expected, found = printed_rows(shared_data / FILE), parties(real)
    for key in random.Random(20261123).sample(sorted(found), 300):
        cells, rows = expected[key], found[key]
        names = [re.sub(r"\W", "", cells[n]) for n in ("Назва укр.", "Назва ориг.", "Назва альт.")]
        kept = said(rows, "name") + said(rows, "alias")
        told = "".join(re.sub(r"\W", "", name) for name in kept)
        assert Counter(told) <= Counter("".join(names)), key
        assert {re.sub(r"\W", "", each) for each in kept} >= {names[0]} - {""}, key
        assert said(rows, "listingDate") == [cells["Дата указу"]]
        assert (
            said(rows, "endDate") == [cells["Дата закінчення обмеження"]]
            or not cells["Дата закінчення обмеження"]
        )
        assert "".join(re.findall(r"\d+", cells.get("ОКПО/ЄДРПОУ", ""))) in "".join(
            row["value"] for row in rows if row["schema"] != "Sanction"
        )
        assert {row["first_seen"] for row in rows if row["prop"] != "endDate"} == {
            cells["Дата указу"]
        }


def test_every_row_has_a_measure_and_blocked_assets_are_a_freeze(
    real: Any, shared_data: Path
) -> None:
    """By the words of the decree, spaces apart."""
    expected = printed_rows(shared_data / FILE)
    for key, rows in parties(real).items():
        kinds = said(rows, "measure")
        words = re.sub(r"\s", "", expected[key]["Тип обмеження"].casefold())
        assert kinds
        assert ("asset_freeze" in kinds) == ("блокуванняактивів" in words), key
        assert said(rows, "listId") == ["ua_nsdc"]
        assert said(rows, "recordId")


def test_numbers_of_firms_pass_their_check_digits(real: Any) -> None:
    """No number of a director stands on a firm; most marks are right."""
    firms = [row for row in real.rows("statements") if row["schema"] == "LegalEntity"]
    assert sum(row["prop"] == "innCode" for row in firms) > 1000
    assert sum(row["prop"] == "ogrnCode" for row in firms) > 1100
    assert {len(row["value"]) for row in firms if row["prop"] == "innCode"} == {10}


def test_a_person_has_names_days_and_places(load: Read) -> None:
    """The Ukrainian name first; every other name is an alias."""
    done = load({"Додатково": "ІПН 2310512186, паспорт серії ЕС № 265282, паспорти № 1, 510012270"})
    (rows,) = parties(done).values()
    assert rows[0]["entity_id"] == "ua_nsdc:176-2018:p:12"
    assert said(rows, "name") == ["Варенков Олег Петрович"]
    assert said(rows, "alias") == [
        "Варенков Олег Петрович", "Oleh Varenkov", "Oleg Varenkoff"
    ]  # fmt: skip
    assert said(rows, "nationality") == ["RU", "UA"]
    assert said(rows, "birthDate") == ["1962-09-05"]
    assert said(rows, "taxNumber") == ["2310512186"]
    assert said(rows, "passportNumber") == ["ЕС265282"]
    assert said(rows, "measure") == ["asset_freeze", "other"]
    assert said(rows, "sourceUrl") == ["https://zakon.rada.gov.ua/laws/show/176/2018"]


def test_a_firm_has_its_own_numbers_only(load: Read) -> None:
    """The tax number of the director stays in the notes."""
    done = load(firms=({},))
    (rows,) = parties(done).values()
    assert rows[0]["schema"] == "LegalEntity"
    assert said(rows, "ogrnCode") == ["1047796349864"]
    assert said(rows, "innCode") == ["7729507377"]
    assert said(rows, "kppCode") == ["770801001"]
    assert said(rows, "taxNumber") == []
    assert said(rows, "country") == ["RU"]
    assert said(rows, "measure") == ["transaction_ban", "export_restriction"]
    assert said(rows, "provisions") == [
        "обмеження торговельних операцій", "заборона передання технологій"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("ЄДРПОУ00039002", ("registrationNumber", "00039002")),
        ("ЄДРПОУ1187746732425", ("ogrnCode", "1187746732425")),
        ("ОДРН104779634986", ("registrationNumber", "104779634986")),
        ("НЕ 123456", ("registrationNumber", "НЕ 123456")),
        ("12345678", ("registrationNumber", "12345678")),
    ],
)
def test_check_digits_decide_and_nothing_is_dropped(
    cell: str, found: tuple[str, str], load: Read
) -> None:
    """A mark may be wrong; a number without one is kept as printed."""
    (rows,) = parties(load(firms=({"ОКПО/ЄДРПОУ": cell, "ІПН": "", "Додатково": ""},))).values()
    assert said(rows, found[0]) == [found[1]]


def test_a_name_in_any_column_will_do(load: Read) -> None:
    """The first that is there is the primary one."""
    done = load({"Назва укр.": "", "Назва ориг.": "Varenkov Oleg", "Назва альт.": ""})
    (rows,) = parties(done).values()
    assert said(rows, "name") == ["Varenkov Oleg"]


def test_codes_in_cyrillic_letters_are_read_and_words_kept(load: Read) -> None:
    """АМ in Cyrillic letters is Armenia; what is no country is a note, and counted."""
    done = load({"Громадянство": "АМ"}, {"п/н": 13, "Громадянство": "особа без громадянства"})
    armenian, stateless = parties(done).values()
    assert said(armenian, "nationality") == ["AM"]
    assert "особа без громадянства" in said(stateless, "notes")
    assert done.tally.unread == {"Громадянство": 1}


def test_the_end_is_as_printed_or_that_of_the_term(load: Read) -> None:
    """Without a printed day the term counts from the decree; without limit there is none."""
    done = load(
        {"п/н": 1, "Дата закінчення обмеження": ""},
        {"п/н": 2, "Дата закінчення обмеження": datetime.date(2022, 6, 21)},
        {"п/н": 3, "Термін обмеження": "Безстроково", "Дата закінчення обмеження": ""},
        {"п/н": 4, "Термін обмеження": "П’ять років", "Дата закінчення обмеження": ""},
    )
    ends = [said(rows, "endDate") for rows in parties(done).values()]
    assert ends == [["2021-06-21"], ["2022-06-21"], [], ["2023-06-21"]]
    assert done.tally.facts == {"last_day_after_term": "1"}
    assert end_of_term("Три роки", "2020-02-29") == "2023-02-28"


def test_rows_that_list_nobody_are_rejected(load: Read) -> None:
    """Without a decree, with another action, with a number that is taken."""
    done = load(
        {},
        {"п/н": 13, "№ указу": ""},
        {"п/н": 14, "Дія щодо об'єкту санкцій": "скасування"},
        {"Назва укр.": "Інша Особа"},
        {"п/н": 16, "Назва укр.": None, "Назва ориг.": None, "Назва альт.": None},
    )
    assert done.reasons == {
        3: "№ указу: required, but empty",
        4: "Дія щодо об'єкту санкцій: only застосування puts a party on the list",
        5: f"п/н: the number of sheet {PERSONS}, row 2, too",
        6: "Назва укр.: no name in any of the three columns",
    }
    assert list(parties(done)) == ["ua_nsdc:176-2018:p:12"]


def test_words_of_no_known_measure_are_kept_as_other(load: Read) -> None:
    """And counted."""
    done = load({"Тип обмеження": "щось інше"}, {"п/н": 13, "Тип обмеження": ""})
    assert [said(rows, "measure") for rows in parties(done).values()] == [["other"], ["other"]]
    assert done.tally.unread == {"Тип обмеження": 2}


def test_unknown_columns_are_named(load: Read) -> None:
    """A column that neither the reader nor the card knows."""
    assert load({"Нова": "x"}).tally.unused == ("Нова",)


def test_other_spreadsheets_are_not_recognised(outcome: Read, tmp_path: Path) -> None:
    """A sheet without the columns is no register, and is refused when it is forced."""
    book = openpyxl.Workbook()
    book.active.append(["a", "b"])
    book.save(tmp_path / "other.xlsx")
    head = FileHead("other.xlsx", (tmp_path / "other.xlsx").read_bytes(), tmp_path / "other.xlsx")
    assert not UaNsdcReader().recognises(head)
    with pytest.raises(BadDataError) as caught:
        outcome(UaNsdcReader(), tmp_path / "other.xlsx")
    assert caught.value.next_step


def test_every_measure_is_cited() -> None:
    """By the law."""
    assert all("1644-VII" in each.cite for each in card().measures)


ODD = st.sampled_from(
    ["", " ", "застосування", "0", "-1", "Три роки", "31.12.2021", "ІПН", "ІПН 123456789012345678",
     "паспорт № ", "паспорти №№ 1,2", "\u202e", "x" * 5000, "1) 2) 3)", "(", ";;;"]
)  # fmt: skip
ANYTHING = ODD | st.none() | st.integers(-5, 10**9) | st.dates() | st.booleans()


@settings(max_examples=30, suppress_health_check=list(HealthCheck))
@given(rows=st.lists(st.dictionaries(st.sampled_from(sorted(PERSON)), ANYTHING), max_size=4))
def test_any_cells_end_in_a_count(rows: list[Cells], outcome: Read, tmp_path: Path) -> None:
    """Rows read = kept + rejected, whatever the cells (the fixture checks it)."""
    path = write(tmp_path / "list.xlsx", rows, [{}])
    done = outcome(UaNsdcReader(), path)
    assert done.tally.entities == len(parties(done))


@settings(max_examples=30, suppress_health_check=list(HealthCheck))
@given(cut=st.floats(0, 1), noise=st.binary(max_size=6))
def test_damaged_files_end_in_a_count_or_a_clear_error(
    cut: float, noise: bytes, outcome: Read, tmp_path: Path
) -> None:
    """Cut off, or with other bytes in the middle."""
    content = write(tmp_path / "whole.xlsx", [{}], [{}]).read_bytes()
    at = int(len(content) * cut)
    for damaged in (content[:at], content[:at] + noise + content[at + len(noise) :]):
        path = tmp_path / "list.xlsx"
        path.write_bytes(damaged)
        assert UaNsdcReader().recognises(FileHead("list.xlsx", damaged[:65536], path)) in {
            True,
            False,
        }
        try:
            outcome(UaNsdcReader(), path)
        except BadDataError as problem:
            assert problem.where  # noqa: PT017  (either a count or this error)
