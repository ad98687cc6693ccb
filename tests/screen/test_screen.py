"""Queries against a small invented list: numbers first, then names, then what is near."""

from __future__ import annotations

import random
import subprocess
import sys

import msgspec
import pytest

from tests.screen.listings import listing
from tidewaiter.errors import BadDataError
from tidewaiter.screen import Listed, ListIndex, Query, Screened, screen

INN, OTHER_INN = "7700000016", "5000000017"
IMO = "9100009"


PLANT = Listed(
    entity_id="x:plant",
    caption="Zavod Velkon, JSC",
    schema="Company",
    names=("Zavod Velkon, JSC", "Акционерное общество «Завод Велкон» (АО «Завод Велкон»)"),
    identifiers=(f"inn:{INN}",),
    countries=("RU",),
    addresses=("Lenina Str. 1, Omsk, Russian Federation",),
    listings=(
        listing("eu_833_annex_iv", "export_restriction"),
        listing("us_bis_el", "export_restriction"),
    ),
)
NAMESAKE = Listed(
    entity_id="x:namesake",
    caption="JSC Velkond",
    schema="Company",
    names=("JSC Velkond", "АО «Велконд»"),
    countries=("RU",),
    addresses=("Mira Str. 3, Perm, Russian Federation",),
    listings=(listing("eu_833_annex_iv", "export_restriction"),),
)
PERSON = Listed(
    entity_id="x:person",
    caption="VELKONOV Ivan Petrovich",
    schema="Person",
    names=("VELKONOV Ivan Petrovich", "Велконов Иван Петрович"),
    countries=("RU",),
    birth_dates=("1970-02-03",),
    listings=(listing("eu_269_annex_i", "asset_freeze"),),
)
SHIP = Listed(
    entity_id="x:ship",
    caption="Velkon Star",
    schema="Vessel",
    names=("Velkon Star",),
    identifiers=(f"imo:{IMO}",),
    listings=(listing("eu_833_annex_xlii", "vessel_ban"),),
)
HOMELESS = Listed(entity_id="x:homeless", caption="Qumtor", schema="Company", names=("Qumtor",))
LIST = (PLANT, NAMESAKE, PERSON, SHIP, HOMELESS)


@pytest.fixture(scope="module")
def index() -> ListIndex:
    """The list above."""
    return ListIndex(LIST)


def ask(index: ListIndex, *names: str, **known: object) -> Screened:
    """A query by name, with whatever else is known."""
    return screen(msgspec.convert({"query_id": "q", "names": names, **known}, Query), index)


def ids(answer: Screened) -> list[str]:
    """The parties found."""
    return [match.entity_id for match in answer.results]


@pytest.mark.parametrize("name", [f"INN {INN}", INN, f"ИНН {INN}", f"Other Name, ИНН {INN}"])
def test_an_equal_number_decides(index: ListIndex, name: str) -> None:
    """A tax number in the name field is enough, whatever stands beside it."""
    (match,) = ask(index, name).results
    assert (match.entity_id, match.score, match.by_identifier) == ("x:plant", 1.0, True)
    assert INN in match.explanations[0]


@pytest.mark.parametrize("number", [INN, f"inn:{INN}", f"INN {INN}"])
def test_a_number_in_its_field(index: ListIndex, number: str) -> None:
    """An identifier is found in the field for it, with and without its scheme."""
    assert ids(ask(index, "?", identifiers=[number])) == ["x:plant"]


def test_a_conflicting_number_lowers_and_is_shown(index: ListIndex) -> None:
    """An equal name with another tax number is near, never a match, and says why."""
    answer = ask(index, "Завод Велкон", identifiers=[f"inn:{OTHER_INN}"])
    assert answer.results == ()
    assert answer.near[0].entity_id == "x:plant"
    assert any(OTHER_INN in each and INN in each for each in answer.near[0].explanations)


@pytest.mark.parametrize("name", ["Завод Велкон", "Velkon Plant, Omsk", "Velkon Plant (Omsk)"])
def test_names_match_with_and_without_place(index: ListIndex, name: str) -> None:
    """A place that the listed address has is set aside as evidence."""
    (match,) = ask(index, name).results
    assert match.entity_id == "x:plant"
    assert match.list_ids == ("eu_833_annex_iv", "us_bis_el")
    assert match.score < 1
    assert match.probability is not None
    assert 0.5 < match.probability < 1
    assert match.status == "in_force"


def test_another_place_lowers(index: ListIndex) -> None:
    """A place that the listed address does not have keeps the name from matching."""
    answer = ask(index, "Velkon Plant, Perm")
    assert answer.results == ()
    assert any("“Perm”" in each for each in answer.near[0].explanations)


def test_a_place_that_cannot_be_compared(index: ListIndex) -> None:
    """Without a listed address a place says nothing, and the reader is told."""
    (match,) = ask(index, "Qumtor, Omsk").results
    assert any("gives no address" in each for each in match.explanations)


def test_the_namesake_is_another_party(index: ListIndex) -> None:
    """X and Xd never meet, neither as results nor as near ones."""
    answer = ask(index, "Velkond, Perm")
    assert ids(answer) == ["x:namesake"]
    assert "x:plant" not in {m.entity_id for m in (*answer.results, *answer.near)}
    assert "x:namesake" not in {m.entity_id for m in ask(index, "Velkon").results}


@pytest.mark.parametrize("name", ["Velkon Engineering Company, India", "Velkon Star Plant", "VK"])
def test_no_match(index: ListIndex, name: str) -> None:
    """Near misses do not match."""
    assert ask(index, name).results == ()


def test_a_person_by_name_and_birth_date(index: ListIndex) -> None:
    """Order and patronymic do not matter; another birth year keeps them apart, visibly."""
    (match,) = ask(index, "Ivan Velkonov", schema="Person", birth_date="1970-02").results
    assert match.entity_id == "x:person"
    other = ask(index, "Ivan Velkonov", schema="Person", birth_date="1985")
    assert other.results == ()
    assert any("1970-02-03" in each for each in other.near[0].explanations)


def test_a_firm_is_no_person_or_ship(index: ListIndex) -> None:
    """A legal form, or a schema, says what kind of party is asked for."""
    assert ask(index, "Velkon Star LLC").results == ()
    assert ask(index, "Velkon Star", schema="Company").results == ()
    assert ids(ask(index, "Velkon Star", schema="Vessel")) == ["x:ship"]
    assert ids(ask(index, f"IMO {IMO}")) == ["x:ship"]


def test_completeness_grows_with_what_is_compared(index: ListIndex) -> None:
    """A bare name never looks as well known as a name with country and place."""
    bare = ask(index, "Velkon Plant").results[0]
    more = ask(index, "Velkon Plant, Omsk", country="Russia").results[0]
    assert bare.completeness < more.completeness <= 1
    assert more.score >= bare.score


def test_threshold_and_limit(index: ListIndex) -> None:
    """The caller's threshold decides what is a match, and near ones step in below it."""
    query = Query(query_id="q", names=("Velkon",))
    assert [m.match for m in screen(query, index, threshold=0.95).near] == [False] * 2
    assert screen(query, index, threshold=0.5, limit=1).results[0].match


def test_the_order_of_the_list_makes_no_difference() -> None:
    """The same list in any order gives the same answers, byte for byte."""
    queries = ["Velkon", "Завод Велкон", "Velkonov Ivan", "Velkond", INN]
    expected = None
    for seed in range(5):
        shuffled = random.Random(seed).sample(LIST, len(LIST))
        index = ListIndex(shuffled)
        answers = msgspec.json.encode([ask(index, q) for q in queries])
        expected = expected or answers
        assert answers == expected


SCRIPT = """
from tidewaiter.screen import *
parties = [Listed(entity_id=f"x:{n}", caption=n, schema="Company", names=(n, n + " завод"))
           for n in ("Velkon Omega", "Omega Velkon Plant", "Velkona", "Elektrovelkon Dzhan")]
index = ListIndex(parties)
for name in ("Omega Velkon", "Elektrovelkom Jan", "Velkon"):
    print(screen(Query(query_id="q", names=(name,)), index))
"""


def test_hash_seeds_make_no_difference() -> None:
    """Python's hash seed changes nothing of an answer."""
    outputs = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            check=True,
            capture_output=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(outputs) == 1
    assert outputs.pop()


def test_odd_queries_are_answered(index: ListIndex) -> None:
    """No name, or one without a letter, finds nobody and is no error."""
    for names in ((), ("",), ("?",), ("\ud800",), ("🚢" * 50,)):
        answer = ask(index, *names)
        assert (answer.results, answer.near) == ((), ())
    assert screen(Query(query_id="q", names=("Velkon",)), ListIndex([])).results == ()


def test_a_megabyte_is_refused(index: ListIndex) -> None:
    """A name that long is an error that says so, naming the query."""
    with pytest.raises(BadDataError, match="characters") as caught:
        ask(index, "Velkon " * 150_000)
    assert "query q" in str(caught.value)


def namesakes(count: int) -> ListIndex:
    """Persons of one name, born on days that follow one another."""
    return ListIndex(
        Listed(
            entity_id=f"x:{number:03}",
            caption="VELKONOV Ivan",
            schema="Person",
            names=("VELKONOV Ivan",),
            birth_dates=(f"{1900 + number}-02-03",),
            listings=(listing(),),
        )
        for number in range(count)
    )


def test_no_namesake_is_lost_before_its_birth_date_is_compared() -> None:
    """The right one of many namesakes comes first, whatever its place in the list."""
    index = namesakes(99)
    for year in (1901, 1950, 1998):
        query = Query(query_id="q", names=("Ivan Velkonov",), birth_date=f"{year}-02-03")
        first = screen(query, index, limit=1).results[0]
        assert first.entity_id == f"x:{year - 1900:03}"


def test_a_number_in_a_name_does_not_part_names() -> None:
    """A long number after a name is a number of the party and no word of its name."""
    index = ListIndex([PLANT])
    plain, numbered = (
        screen(Query(query_id="q", names=(name,)), index).results[0].score
        for name in ("Zavod Velkon", "Zavod Velkon 123456789012345")
    )
    assert plain == numbered


def test_a_digit_is_no_letter() -> None:
    """A single digit that one name lacks is told as a number."""
    (near,) = screen(Query(query_id="q", names=("Zavod Velkon 3",)), ListIndex([PLANT])).near
    assert any("a number stands in one name only" in each for each in near.explanations)
    assert not any("letter" in each for each in near.explanations)


BARE = "192050251"


@pytest.mark.parametrize(
    ("names", "score", "matches"),
    [((), 0.9, True), (("Somebody Entirely Else",), 0.4, False)],
)
def test_a_bare_number_supports_and_does_not_decide(
    names: tuple[str, ...],
    score: float,
    matches: bool,  # noqa: FBT001
) -> None:
    """Of no known register it may be equal by chance: alone it matches, else it is near."""
    listed = msgspec.structs.replace(PLANT, identifiers=(f"id:{BARE}",), countries=())
    query = Query(query_id="q", names=names, identifiers=(BARE,))
    found = screen(query, ListIndex([listed]))
    (first,) = (*found.results, *found.near)
    assert (first.score, first.match, first.by_identifier) == (score, matches, False)
    assert any("does not decide" in each for each in first.explanations)


def test_a_bare_number_adds_to_a_name() -> None:
    """With an agreeing name an equal bare number makes the match surer."""
    listed = msgspec.structs.replace(PLANT, identifiers=(f"id:{BARE}",), countries=())
    with_it, without = (
        screen(Query(query_id="q", names=("Velkon",), identifiers=numbers), ListIndex([listed]))
        for numbers in ((BARE,), ())
    )
    assert with_it.results[0].score > (*without.results, *without.near)[0].score


def test_a_bare_number_outweighs_what_is_wanting_in_the_names() -> None:
    """Of Velkon-K the same number is known: the letter no longer keeps the two apart."""
    listed = msgspec.structs.replace(PLANT, identifiers=(f"id:{BARE}",), countries=())
    with_it, without = (
        screen(Query(query_id="q", names=("Zavod Velkon-K",), identifiers=numbers), index)
        for index in [ListIndex([listed])]
        for numbers in ((BARE,), ())
    )
    assert with_it.results
    assert not without.results


@pytest.mark.parametrize("names", [(), ("Somebody Entirely Else",)])
def test_a_bare_number_is_nothing_against_a_register(names: tuple[str, ...]) -> None:
    """Where a tax number conflicts, an equal number of no known register raises nothing."""
    listed = msgspec.structs.replace(PLANT, identifiers=(f"id:{BARE}", f"inn:{INN}"), countries=())
    query = Query(query_id="q", names=names, identifiers=(BARE, f"inn:{OTHER_INN}"))
    found = screen(query, ListIndex([listed]))
    assert (found.results, found.near) == ((), ())


def test_a_number_in_a_listed_name_does_not_part_names() -> None:
    """A list may print a number within a name; it is no word of it."""
    numbered = msgspec.structs.replace(PLANT, names=("Zavod Velkon (Reg. No 123456789012345)",))
    plain = msgspec.structs.replace(PLANT, names=("Zavod Velkon",))
    query = Query(query_id="q", names=("Zavod Velkon",))
    one, other = (screen(query, ListIndex([each])).results[0].score for each in (numbered, plain))
    assert one == other


def test_an_equal_number_with_a_conflicting_one_is_no_certainty() -> None:
    """The tax number is equal and the register's is not: both are told, and it is lowered."""
    listed = msgspec.structs.replace(PLANT, identifiers=(f"inn:{INN}", "ogrn:1027700000019"))
    query = Query(query_id="q", names=("Velkon",), identifiers=(f"inn:{INN}", "ogrn:1027700132195"))
    (match,) = screen(query, ListIndex([listed])).results
    assert (match.score, match.by_identifier) == (0.9, True)
    assert any("OGRN conflicts" in each for each in match.explanations)


def test_whoever_asks_for_few_gets_the_first_of_many() -> None:
    """A limit cuts the answer; it does not change who is found."""
    index = namesakes(30)
    query = Query(query_id="q", names=("Ivan Velkonov",), birth_date="1917-02-03")
    few, many = (screen(query, index, limit=limit).results for limit in (3, 30))
    assert few == many[:3]
