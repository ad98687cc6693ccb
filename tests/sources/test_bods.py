"""BODS 0.4: what is stated becomes companies, people, stakes, roles and gaps, and no more."""

from __future__ import annotations

import contextlib
import copy
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidewaiter.errors import BadDataError
from tidewaiter.sources.reader import HEAD_BYTES, FileHead
from tidewaiter.sources.registries.bods import BodsReader

Read = Callable[..., Any]
Json = dict[str, Any]
OFFICES = {
    "boardMember", "boardChair", "seniorManagingOfficial", "settlor", "trustee", "protector",
    "nominee", "nominator",
}  # fmt: skip


def statement(kind: str, record: str, details: Json, day: str = "2024-05-01", **more: Any) -> Json:
    """One statement, published on the twentieth of its month."""
    return {
        "statementId": f"s-{record}-{day}",
        "declarationSubject": "e-1",
        "statementDate": day,
        "publicationDetails": {"publicationDate": f"{day[:8]}20", "bodsVersion": "0.4"},
        "recordId": record,
        "recordStatus": "new",
        "recordType": kind,
        "recordDetails": {"isComponent": False, **details},
    } | more


def firm(record: str = "e-1", **details: Any) -> Json:
    """An entity."""
    said = {"entityType": {"type": "registeredEntity"}, "name": "Varenkov LLC"}
    return statement("entity", record, said | {"jurisdiction": {"code": "UZ"}} | details)


def human(record: str = "p-1", **details: Any) -> Json:
    """A person."""
    said = {"personType": "knownPerson", "names": [{"type": "legal", "fullName": "Oqil Berdiyev"}]}
    return statement("person", record, said | details)


def owns(*interests: Json, day: str = "2024-05-01", status: str = "new", **details: Any) -> Json:
    """A relationship of the person in the firm."""
    said = {"subject": "e-1", "interestedParty": "p-1", "interests": list(interests)} | details
    return statement("relationship", "r-1", said, day, recordStatus=status)


def interest(kind: str = "shareholding", start: str = "2019-05-01", **more: Any) -> Json:
    """A direct interest."""
    return {"type": kind, "directOrIndirect": "direct", "startDate": start} | more


@pytest.fixture
def load(outcome: Read, tmp_path: Path) -> Read:
    """Reads statements written as an array, or one a line."""

    def run(*statements: Any, lines: bool = False) -> Any:
        path = tmp_path / "bods.json"
        whole = "\n".join(map(json.dumps, statements)) if lines else json.dumps(statements)
        path.write_text(whole, "utf-8")
        return outcome(BodsReader(), path)

    return run


def stakes(done: Any) -> list[tuple[Any, ...]]:
    """Interest, shares in per cent, first and last day of every stake, in order."""
    return [
        (r["interest"], per_cent(r["min_share"]), per_cent(r["max_share"]), r["start"], r["end"])
        for r in done.rows("stakes")
    ]


def per_cent(share: int | None) -> float | None:
    """A kept share, parts per million, as it was printed."""
    return None if share is None else share / 10_000


def test_a_firm_with_its_numbers_and_names(load: Read) -> None:
    """The first number that is no LEI is the registration number; all of them stay."""
    numbers = [{"scheme": "XI-LEI", "id": "00VARENKOVPRIBOR0092"}, {"scheme": "UZ-STIR", "id": "3"}]
    done = load(
        firm(
            identifiers=numbers, alternateNames=["A; B"], foundingDate="2019-05-01T00:00:00Z",
            addresses=[{"address": "12 Zavod Street", "country": {"name": "Uzbekistan"}}],
        )
    )  # fmt: skip
    (row,) = done.rows("companies")
    assert row["name"] == ["Varenkov LLC", "A; B"]
    assert (row["lei"], row["registration_number"]) == ("00VARENKOVPRIBOR0092", "3")
    assert (row["country"], row["incorporated_on"]) == ("UZ", "2019-05-01")
    assert row["address"] == "12 Zavod Street, Uzbekistan"
    assert row["known_from"] == "2024-05-20"
    assert json.loads(row["extra"])["identifiers"] == "XI-LEI:00VARENKOVPRIBOR0092 | UZ-STIR:3"


def test_a_country_is_taken_from_a_register_only_where_none_is_stated(load: Read) -> None:
    """And extra says so; where nothing tells one, it stays open."""
    coh = [{"scheme": "GB-COH", "id": "1"}]
    done = load(
        firm(jurisdiction={}, identifiers=coh), firm("e-2", jurisdiction={"code": "US-DE"}),
        firm("e-3", jurisdiction={}, identifiers=[{"scheme": "XI-LEI", "id": "1"}]),
    )  # fmt: skip
    rows = done.rows("companies")
    assert [row["country"] for row in rows] == ["GB", "US", None]
    assert json.loads(rows[0]["extra"])["country from"] == "GB-COH"


def test_a_person_keeps_all_names_the_legal_one_first(load: Read) -> None:
    """Nationalities by code or name; a birth date as precise as it is."""
    names = [{"type": "alternative", "fullName": "O. B."},
             {"type": "legal", "givenName": "Oqil", "familyName": "Berdiyev"}]  # fmt: skip
    nations = [{"code": "UZ"}, {"name": "Ukraine"}]
    (row,) = load(human(names=names, nationalities=nations, birthDate="1970-05")).rows("people")
    assert row["name"] == ["Oqil Berdiyev", "O. B."]
    assert (row["nationality"], row["birth_date"]) == (["UZ", "UA"], "1970-05")


def test_who_is_not_named_becomes_a_gap_and_no_person(load: Read) -> None:
    """With the code as stated: of a person, of an entity, and inline in a relationship."""
    hidden = {"reason": "interestedPartyExemptFromDisclosure", "description": "a minor"}
    unable = {"reason": "subjectUnableToConfirmOrIdentifyBeneficialOwner"}
    done = load(
        human("p-9", names=[], personType="anonymousPerson", unspecifiedPersonDetails=hidden),
        firm("e-9", name="", entityType={"type": "unknownEntity"}),
        owns(interestedParty=unable),
    )
    assert done.rows("people") == done.rows("companies") == done.rows("stakes") == []
    rows = done.rows("ownership_gaps")
    assert [(r["company_id"], r["kind"], r["reason"], r["note"]) for r in rows] == [
        ("e-1", "beneficial_owner", "interestedPartyExemptFromDisclosure", "a minor"),
        ("e-1", "beneficial_owner", "unknownEntity", None),
        ("e-1", "beneficial_owner", "subjectUnableToConfirmOrIdentifyBeneficialOwner", None),
    ]


def test_interests_by_type(load: Read) -> None:
    """Shares, votes and profit; a right of another kind is other, an office is a role."""
    kinds = ["shareholding", "votingRights", "rightsToProfitOrIncome", "appointmentOfBoard",
             "rightsToSurplusAssetsOnDissolution", "boardMember"]  # fmt: skip
    done = load(owns(*(interest(kind) for kind in kinds)))
    assert [row["interest"] for row in done.rows("stakes")] == [
        "shares", "votes", "profit", "other", "other",
    ]  # fmt: skip
    assert [(r["role"], r["person_id"]) for r in done.rows("roles")] == [("boardMember", "p-1")]
    assert done.kept == 1


@pytest.mark.parametrize(
    ("share", "low", "high", "excluded"),
    [
        ({"exact": 33.3333}, 33.3333, 33.3333, set()),
        ({"minimum": 25, "maximum": 50}, 25, 50, set()),
        ({"exclusiveMinimum": 25, "maximum": 50}, 25, 50, {"min_share itself"}),
        ({"minimum": 75, "exclusiveMaximum": 100}, 75, 100, {"max_share itself"}),
        ({"minimum": 0.00001}, 0, None, set()),
        ({}, None, None, set()),
    ],
)
def test_shares(
    load: Read, share: Json, low: float | None, high: float | None, excluded: set[str]
) -> None:
    """Exact or in bounds; that a bound is excluded is told beside."""
    done = load(owns(interest(share=share)))
    assert stakes(done)[0][1:3] == (low, high)
    said = json.loads(done.rows("stakes")[0]["extra"])
    assert {name for name in said if name.endswith("itself")} == excluded


def test_shares_that_are_none_are_told_and_counted(load: Read) -> None:
    """More than everything, or words: the stake stays, without a share."""
    half = interest("votingRights", share={"minimum": "half"})
    done = load(owns(interest(share={"exact": 175}), half))
    assert [row["min_share"] for row in done.rows("stakes")] == [None, None]
    assert done.tally.unread == {"stakes.min_share": 2, "stakes.max_share": 1}


def test_a_relationship_without_interests_is_a_link(load: Read) -> None:
    """That there is one is a fact, though nothing more is said."""
    assert stakes(load(owns())) == [("other", None, None, None, None)]


def test_later_statements_end_what_they_replace(load: Read) -> None:
    """The old share ends on the eve of the new one, what is left out on the statement's day."""
    done = load(
        owns(interest(share={"exact": 60}), interest("votingRights"), day="2019-06-01"),
        owns(interest(start="2022-09-21", share={"exact": 70}), day="2022-09-25", status="updated"),
    )
    assert set(stakes(done)) == {
        ("shares", 60.0, 60.0, "2019-05-01", None),
        ("votes", None, None, "2019-05-01", None),
        ("shares", 70.0, 70.0, "2022-09-21", None),
        ("shares", 60.0, 60.0, "2019-05-01", "2022-09-20"),
        ("votes", None, None, "2019-05-01", "2022-09-25"),
    }
    rows = sorted(done.rows("stakes"), key=lambda row: str(row["known_from"]))
    newest = {row["record_id"]: row for row in rows}
    assert sum(row["end"] is None and row["interest"] == "shares" for row in newest.values()) == 1


def test_a_closed_relationship_ends_on_its_day(load: Read) -> None:
    """In any order of the file; a last day that is stated stays."""
    new = owns(interest(), day="2020-01-05")
    closed = owns(interest(), day="2023-03-03", status="closed")
    stated = owns(interest(endDate="2023-02-28"), day="2023-03-03", status="closed")
    for records, end in (((closed, new), "2023-03-03"), ((new, stated), "2023-02-28")):
        rows = load(*records).rows("stakes")
        assert len({row["record_id"] for row in rows}) == 1
        assert max(rows, key=lambda row: str(row["known_from"]))["end"] == end


def test_what_is_no_statement_says_why(load: Read) -> None:
    """A record of another type, without its company, or no object at all."""
    done = load({"recordType": "mood"}, owns(subject={"reason": "x"}), 7, firm(), human(""))
    assert done.reasons == {
        1: "recordType: not entity, person or relationship",
        2: "subject: no company is named",
        3: "recordType: not entity, person or relationship",
        5: "person_id: required, but empty",
    }


def test_lines_are_read_as_an_array_is(load: Read) -> None:
    """Rows differ in nothing but their place; a line that is no object is a reject."""
    said = (firm(), human(), owns(interest(share={"exact": 50})))
    first, second = load(*said), load(*said, [1], lines=True)
    place = {"locator": "", "source_id": ""}
    assert [row | place for name in sorted(first.tables) for row in first.rows(name)] == [
        row | place for name in sorted(second.tables) for row in second.rows(name)
    ]
    assert second.reasons == {4: ": no JSON object"}


def test_unknown_keys_are_told(load: Read) -> None:
    """Of statements, of what they state, and of interests."""
    done = load(firm(mood="good"), owns(interest(why="x")) | {"colour": "red"})
    assert done.tally.unused == ("colour", "interests.why", "recordDetails.mood")


@pytest.mark.parametrize("shape", ["lines", "array"])
def test_older_versions_are_recognised_and_refused(shape: str, load: Read, tmp_path: Path) -> None:
    """With the version, and what to do."""
    old = {"statementID": "x", "statementType": "entityStatement", "name": "A"}
    with pytest.raises(BadDataError, match=r"0\.2 or 0\.3"):
        load(old, old, lines=shape == "lines")
    start = (tmp_path / "bods.json").read_bytes()
    assert BodsReader().recognises(FileHead("x.json", start))


def test_every_statement_of_the_real_files_is_accounted_for(
    shared_data: Path, outcome: Read
) -> None:
    """Counted with the standard library: records, interests, gaps, parties and shares."""
    files = sorted((shared_data / "ownership").glob("bods*/**/*.json"))
    assert len(files) == 14
    total: Counter[str] = Counter()
    for path in files:
        head = FileHead(path.name, path.read_bytes()[:HEAD_BYTES])
        assert BodsReader().recognises(head), path.name
        done = outcome(BodsReader(), path)
        printed = json.loads(path.read_text("utf-8"))
        assert (done.tally.rows_read, done.rejects) == (len(printed), []), path.name
        assert (done.tally.unused, done.tally.unread) == ((), {}), path.name
        compare(printed, done, path.name)
        total.update({table: len(rows) for table, rows in done.tables.items()})
    assert total == {"companies": 27, "people": 24, "stakes": 60, "roles": 19, "ownership_gaps": 2}


def compare(printed: list[Json], done: Any, name: str) -> None:
    """Each statement against the rows that stand at its place."""
    for at, said in enumerate(printed):
        rows = {
            table: [r for r in done.rows(table) if r["locator"] == f"/{at}"]
            for table in done.tables
        }
        details = said["recordDetails"]
        if said["recordType"] == "entity":
            assert rows["companies"][0]["name"][0] == details["name"], name
        elif said["recordType"] == "person":
            names = {each["fullName"] for each in details.get("names", [])}
            assert {n for r in rows["people"] for n in r["name"]} == names, name
            assert bool(rows["people"]) != bool(rows.get("ownership_gaps")), name
        elif isinstance(details["interestedParty"], dict):
            (gap,) = rows["ownership_gaps"]
            assert gap["reason"] == details["interestedParty"]["reason"]
        else:
            compare_interests(said, rows, name)


def compare_interests(said: Json, rows: dict[str, list[Json]], name: str) -> None:
    """Every interest of a relationship has its row, with its exact share."""
    details = said["recordDetails"]
    own = [
        row
        for row in (*rows.get("stakes", []), *rows.get("roles", []))
        if json.loads(row["extra"])["statement"] == said["statementId"]
    ]
    found = Counter((json.loads(r["extra"]).get("interest type", ""), r["start"]) for r in own)
    wanted = [(i.get("type", ""), i.get("startDate")) for i in details["interests"]]
    assert found == Counter(wanted), name
    for row in own:
        assert row["company_id"] == details["subject"]
        assert details["interestedParty"] in {row.get("owner_id"), row.get("person_id")}
    shares = Counter(
        float(i["share"]["exact"])
        for i in details["interests"]
        if "exact" in i.get("share", {}) and i["type"] not in OFFICES
    )
    exact = [r["min_share"] for r in own if r.get("min_share") and r["min_share"] == r["max_share"]]
    assert Counter(share / 10_000 for share in exact) == shares, name


def test_a_circle_of_owners_stays_a_circle(shared_data: Path, outcome: Read) -> None:
    """Both edges of a hundred per cent are kept, each once."""
    folder = shared_data / "ownership" / "bods-v04-fixtures" / "edge-cases"
    done = outcome(BodsReader(), folder / "10-circular-ownership.json")
    ends = {(r["owner_id"], r["company_id"], r["min_share"]) for r in done.rows("stakes")}
    assert len(ends) == 2
    assert {(b, a, s) for a, b, s in ends} == ends


ODD: list[Any] = [None, "", "x", 7, -1, 1e300, True, [], {}, [[]], [{}], "2024-02-31", "closed"]
VALUES: st.SearchStrategy[Any] = st.sampled_from([*ODD, "person", "\ud7ff"])


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every container and key of a JSON value."""
    keys: list[Any] = []
    if isinstance(value, dict | list):
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    return [(value, key) for key in keys] + [spot for key in keys for spot in places(value[key])]


WHOLE = [
    firm(identifiers=[{"scheme": "UZ-STIR", "id": "3"}], alternateNames=["A"]),
    human(nationalities=[{"code": "UZ"}]),
    owns(interest(share={"minimum": 25, "exclusiveMaximum": 50}), interest("boardMember")),
    owns(interest(start="2022-01-01"), day="2022-02-02", status="updated"),
    owns(interestedParty={"reason": "noBeneficialOwners"}),
]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damaged_files_end_in_a_count_or_a_clear_error(data: st.DataObject, load: Read) -> None:
    """Values of another kind anywhere, in an array or in lines."""
    whole = copy.deepcopy(WHOLE)
    for _ in range(data.draw(st.integers(1, 3))):
        home, key = data.draw(st.sampled_from(places(whole)))
        with contextlib.suppress(IndexError, KeyError):
            home[key] = copy.deepcopy(data.draw(VALUES))
    with contextlib.suppress(BadDataError):
        load(*whole, lines=data.draw(st.booleans()))
