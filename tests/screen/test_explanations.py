"""Twenty answers and what each has to say: written before they were looked at.

Every one names the list, the measure and the date, what agreed, what conflicted, what was not
available and the one question that would decide.
"""

from __future__ import annotations

import msgspec
import pytest

from tests.screen.listings import listing
from tidewaiter.screen import Listed, ListIndex, Match, Query, screen
from tidewaiter.screen.listings import status as status_on

INN, OTHER_INN, IMO = "7700000016", "5000000017", "9100009"


LIST = (
    Listed(
        entity_id="plant",
        caption="Zavod Velkon, JSC",
        schema="Company",
        names=("Zavod Velkon, JSC", "АО «Завод Велкон»"),
        identifiers=(f"inn:{INN}",),
        countries=("RU",),
        addresses=("Lenina Str. 1, Omsk, Russian Federation",),
        listings=(listing("list_a", "export_restriction", "2023-01-01"),),
    ),
    Listed(
        entity_id="bureau",
        caption="Omsk Instrument Design Bureau",
        schema="Company",
        names=("Omsk Instrument Design Bureau", "Омское приборостроительное КБ"),
        listings=(listing("list_a", "transaction_ban", "2022-05-05"),),
    ),
    Listed(
        entity_id="former",
        caption="Dimgarel Trading",
        schema="Company",
        names=("Dimgarel Trading",),
        listings=(listing("list_b", "asset_freeze", "2015-02-02", "2019-03-03"),),
    ),
    Listed(
        entity_id="alias",
        caption="KURVELTA LOGISTICS",
        schema="LegalEntity",
        names=("KURVELTA LOGISTICS",),
        listings=(listing("list_c", "other", None),),
        partial=True,
    ),
    Listed(
        entity_id="person",
        caption="VELKONOV Ivan Petrovich",
        schema="Person",
        names=("VELKONOV Ivan Petrovich",),
        countries=("RU",),
        birth_dates=("1970-02-03",),
        listings=(listing("list_d", "asset_freeze", "2022-07-21"),),
    ),
    Listed(
        entity_id="ship",
        caption="Omdrel Star",
        schema="Vessel",
        names=("Omdrel Star",),
        identifiers=(f"imo:{IMO}",),
        listings=(listing("list_e", "vessel_ban", "2024-12-16"),),
    ),
)
DECIDES_FIRM = "would decide: the tax or registration number of the party asked for"
DECIDES_PERSON = "would decide: the full date of birth or a passport number"
DECIDES_SHIP = "would decide: the IMO number"
PLANT = "listed: list_a, export restriction, since 2023-01-01"

EXPECTED = [
    ({"names": ["Завод Велкон"]}, "plant", [
        "names compared: “Завод Велкон” and “АО «Завод Велкон»”",
        "words that agree: “завод” = “завод” (plant); “велкон” = “велкон”",
        "could not be compared: identifiers, country, address", DECIDES_FIRM, PLANT]),
    ({"names": ["Velkon Plant"]}, "plant", ["“plant” = “zavod” (plant)", PLANT]),
    ({"names": ["Velkon Plant, Omsk"]}, "plant", [
        "“Omsk” was read as a place; it agrees with the listed address or country",
        "could not be compared: identifiers, country"]),
    ({"names": ["Velkon Plant, Perm"]}, "plant", [
        "“Perm” was read as a place; it is not in the listed address or country"]),
    ({"names": ["Velkon Plant"], "country": "RU"}, "plant", [
        "country agrees: RU is listed", "could not be compared: identifiers, address"]),
    ({"names": ["Velkon Plant"], "country": "IN"}, "plant", [
        "country conflicts: RU is listed"]),
    ({"names": ["Velkon Plant"], "address": "1 Lenina Str., Omsk"}, "plant", [
        "the address agrees with “Lenina Str. 1, Omsk, Russian Federation”"]),
    ({"names": ["Other Name"], "identifiers": [INN]}, "plant", [
        f"INN {INN} is equal: an equal identifier decides", PLANT]),
    ({"names": ["Velkon Plant"], "identifiers": [f"inn:{OTHER_INN}"]}, "plant", [
        f"INN conflicts: {OTHER_INN} was asked for, {INN} is listed",
        "would decide: an extract from the register for both numbers"]),
    ({"names": ["Вeлкoн Plant"]}, "plant", ["holds Latin letters (e, o)"]),
    ({"names": ["Velkpn Plant"]}, "plant", ["“velkpn” ≈ “velkon”"]),
    ({"names": ["Velkon Trading"]}, "plant", [
        "only in the first name: “trading”", "only in the second name: “zavod”"]),
    ({"names": ["Omsk Instrument Plant"]}, "bureau", [
        "“omsk” = “omsk” (omsk)", "“instrument” = “instrument” (instrument making)",
        "only in the first name: “plant”", "only in the second name: “design bureau”",
        "only words that many firms share agree",
        "listed: list_a, transaction ban, since 2022-05-05"]),
    ({"names": ["Omskoe priborostroitelnoe konstruktorskoe byuro"]}, "bureau", [DECIDES_FIRM]),
    ({"names": ["Dimgarel Trading"]}, "former", [
        "listed: list_b, asset freeze, since 2015-02-02; ended 2019-03-03: a former listing"]),
    ({"names": ["Kurvelta Logistics LLC"]}, "alias", [
        "listed: list_c, a measure that the file does not name, the list gives no date",
        "only a file of aliases, addresses or remarks names this party"]),
    ({"names": ["Ivan Velkonov"], "schema": "Person", "birth_date": "1970-02-03"}, "person", [
        "birth date agrees: 1970-02-03 is listed", "only in the second name: “petrovich”",
        "listed: list_d, asset freeze, since 2022-07-21"]),
    ({"names": ["Ivan Velkonov"], "schema": "Person", "birth_date": "1951"}, "person", [
        "birth date conflicts: 1970-02-03 is listed", DECIDES_PERSON]),
    ({"names": ["Ivan Sergeevich Velkonov"], "schema": "Person"}, "person", [
        "the patronymics differ: the fathers have different names", DECIDES_PERSON]),
    ({"names": ["MV Omdrel Star"], "schema": "Vessel"}, "ship", [
        "only the ship's name agrees, and ships share and change names", DECIDES_SHIP,
        "listed: list_e, vessel ban, since 2024-12-16"]),
]  # fmt: skip


@pytest.fixture(scope="module")
def index() -> ListIndex:
    """The list above."""
    return ListIndex(LIST)


def answered(index: ListIndex, asked: dict[str, object], entity: str) -> Match:
    """What is said of one listed party, as a match or as near."""
    query = msgspec.convert({"query_id": "q", **asked}, Query)
    found = screen(query, index, day="2025-01-01")
    return next(m for m in (*found.results, *found.near) if m.entity_id == entity)


@pytest.mark.parametrize(("asked", "entity", "said"), EXPECTED)
def test_what_is_said(
    index: ListIndex, asked: dict[str, object], entity: str, said: list[str]
) -> None:
    """Every expected sentence is there, and each answer names list, measure and what decides."""
    match = answered(index, asked, entity)
    told = "\n".join(match.explanations)
    missing = [each for each in said if each not in told]
    assert not missing, told
    assert "listed: list_" in told
    assert match.by_identifier or "would decide: " in told


def test_there_are_twenty() -> None:
    """The issue asks for twenty."""
    assert len(EXPECTED) == 20


def test_former_listings_are_named_as_such(index: ListIndex) -> None:
    """On a day after its end a listing is former; on a day before, it is in force until then."""
    query = Query(query_id="q", names=("Dimgarel Trading",))
    (after,) = screen(query, index, day="2020-01-01").results
    (during,) = screen(query, index, day="2018-01-01").results
    assert (after.status, during.status) == ("former", "in_force")
    assert any("in force until 2019-03-03" in each for each in during.explanations)


def test_a_party_that_is_listed_later_is_no_match(index: ListIndex) -> None:
    """Before its day a party is at most near, and is told as not in force yet."""
    found = screen(Query(query_id="q", names=("Завод Велкон",)), index, day="2022-12-31")
    early = next(each for each in found.near if each.entity_id == "plant")
    assert (found.results, found.reached) == ((), 0)
    assert (early.status, early.match) == ("future", False)
    assert any("not in force yet" in each for each in early.explanations)


@pytest.mark.parametrize(
    ("since", "until", "day", "status"),
    [
        ("2023", None, "2023-06-01", "future"),  # within the year nothing is certain
        ("2023", None, "2023-12-31", "in_force"),
        ("2023-04", None, "2023-04-29", "future"),
        ("2023-04", None, "2023-04-30", "in_force"),
        ("2020-01-01", "2023", "2023-06-01", "in_force"),
        ("2020-01-01", "2023", "2023-12-31", "former"),
    ],
)
def test_years_and_months_count_on_their_last_day(
    since: str, until: str | None, day: str, status: str
) -> None:
    """A date that is not told to the day begins and ends a listing on its last day."""
    assert status_on(listing("list_a", "other", since, until), day) == status
