"""People with significant control: bands of shares and votes, and what is said of nobody."""

from __future__ import annotations

import contextlib
import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidewaiter.errors import BadDataError
from tidewaiter.sources.reader import FileHead
from tidewaiter.sources.registries.uk_psc import UkPscReader

Read = Callable[..., Any]
Json = dict[str, Any]
NUMBER = "01234567"


def line(kind: str, record: str = "x1", **data: Any) -> Json:
    """One record of a company."""
    self = f"/company/{NUMBER}/persons-with-significant-control/{record}"
    said = {"kind": kind, "etag": "e", "links": {"self": self}, "notified_on": "2016-04-06"}
    return {"company_number": NUMBER, "data": said | data}


def human(*natures: str, **data: Any) -> Json:
    """A person with natures of control."""
    said = {
        "name": "Mr Oqil Q Berdiyev",
        "name_elements": {"title": "Mr", "forename": "Oqil", "middle_name": "Q",
                          "surname": "Berdiyev"},
        "natures_of_control": list(natures),
        "nationality": "British,Uzbek",
        "date_of_birth": {"month": 5, "year": 1970},
        "address": {"premises": "12", "address_line_1": "Zavod Street", "postal_code": "E1 1AA"},
    }  # fmt: skip
    return line("individual-person-with-significant-control", **(said | data))


TOTALS = {
    "data": {
        "kind": "totals#persons-of-significant-control-snapshot",
        "persons_of_significant_control_count": 2,
        "statements_count": 1,
        "exemptions_count": 0,
        "generated_at": "2026-11-23T03:39:38Z",
    }
}


@pytest.fixture
def load(outcome: Read, tmp_path: Path) -> Read:
    """Reads records written one a line."""

    def run(*records: Any, name: str = "psc.jsonl") -> Any:
        path = tmp_path / "psc.jsonl"
        path.write_text("".join(f"{json.dumps(each)}\n" for each in records), "utf-8")
        return outcome(UkPscReader(), path, name)

    return run


def said(row: Json) -> Json:
    """What a row has no column for."""
    found: Json = json.loads(row["extra"] or "{}")
    return found


def stakes(done: Any) -> list[tuple[Any, ...]]:
    """Interest and band in per cent of every stake."""
    return [
        (r["interest"], *(share and share / 10_000 for share in (r["min_share"], r["max_share"])))
        for r in done.rows("stakes")
    ]


def test_a_person_and_stakes(load: Read) -> None:
    """The title is no part of the name; month and year are the date of birth."""
    done = load(human("ownership-of-shares-50-to-75-percent", ceased_on="2020-01-31"))
    (person,) = done.rows("people")
    assert person["name"] == ["Oqil Q Berdiyev"]
    assert (person["birth_date"], person["nationality"]) == ("1970-05", ["GB", "UZ"])
    assert person["address"] == "12, Zavod Street, E1 1AA"
    assert said(person)["title"] == "Mr"
    (stake,) = done.rows("stakes")
    assert stake["owner_id"] == person["person_id"]
    assert person["person_id"] == f"company/{NUMBER}/persons-with-significant-control/x1"
    assert (stake["company_id"], stake["start"], stake["end"]) == (
        NUMBER, "2016-04-06", "2020-01-31",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("nature", "stake"),
    [
        ("ownership-of-shares-25-to-50-percent", ("shares", 25, 50)),
        ("ownership-of-shares-75-to-100-percent-as-trust", ("shares", 75, 100)),
        ("voting-rights-50-to-75-percent-limited-liability-partnership", ("votes", 50, 75)),
        (
            "ownership-of-shares-more-than-25-percent-registered-overseas-entity",
            ("shares", 25, 100),
        ),
        ("voting-rights-more-than-25-percent-registered-overseas-entity", ("votes", 25, 100)),
        (
            "right-to-share-surplus-assets-25-to-50-percent-limited-liability-partnership",
            ("other", 25, 50),
        ),
        (
            "part-right-to-share-surplus-assets-75-to-100-percent-limited-partnership",
            ("other", 75, 100),
        ),
        ("right-to-appoint-and-remove-directors", ("other", None, None)),
        ("significant-influence-or-control-as-firm", ("other", None, None)),
        ("something-that-is-new", ("other", None, None)),
    ],
)
def test_natures_of_control(load: Read, nature: str, stake: tuple[Any, ...]) -> None:
    """Bands of shares and votes; everything else is a stake of another kind, as printed."""
    done = load(human(nature))
    assert stakes(done) == [stake]
    assert said(done.rows("stakes")[0]) == {"nature of control": nature}
    assert done.rows("roles") == []


def test_natures_that_share_a_band_stay_apart(load: Read) -> None:
    """Held in person and through a trust: two stakes with two ids; a repetition is one."""
    plain, trust = (f"voting-rights-25-to-50-percent{end}" for end in ("", "-as-trust"))
    rows = load(human(plain, trust, plain)).rows("stakes")
    assert len({row["record_id"] for row in rows}) == len(rows) == 2


def test_control_without_a_nature_is_a_link(load: Read) -> None:
    """That somebody controls is a fact."""
    assert stakes(load(human())) == [("other", None, None)]


def test_a_company_that_controls(load: Read) -> None:
    """With what it says of its own register; a country that is none is told and counted."""
    kind = "corporate-entity-person-with-significant-control"
    identification = {"registration_number": "301234567", "country_registered": "Uzbekistan",
                      "legal_form": "MChJ", "place_registered": "Tashkent"}  # fmt: skip
    done = load(
        line(kind, name="A; B MChJ", identification=identification),
        line(kind.replace("corporate-entity", "legal-person"), "x2", name="Fund of the Realm",
             identification={"country_registered": "The Realm"}),
    )  # fmt: skip
    first, second = done.rows("companies")
    assert (first["name"], first["country"], first["registration_number"]) == (
        ["A; B MChJ"], "UZ", "301234567",
    )  # fmt: skip
    assert said(first)["place registered"] == "Tashkent"
    assert (second["country"], said(second)["unread: country"]) == (None, "The Realm")
    assert done.tally.unread == {"companies.country": 1}
    assert [row["owner_id"] for row in done.rows("stakes")] == [
        first["company_id"], second["company_id"],
    ]  # fmt: skip


def test_statements_exemptions_and_protected_persons_are_gaps(load: Read) -> None:
    """With the register's own codes; a period each."""
    none = "no-individual-or-entity-with-signficant-control"
    hidden = "super-secure-person-with-significant-control"
    market = "psc-exempt-as-shares-admitted-on-market"
    periods = [{"exempt_from": "2016-06-30", "exempt_to": "2018-01-01"},
               {"exempt_from": "2020-01-01"}]  # fmt: skip
    done = load(
        line("persons-with-significant-control-statement", statement=none, ceased_on="2019-01-01"),
        line(hidden, description="super-secure", ceased=True),
        line("exemptions", exemptions={"any": {"exemption_type": market, "items": periods}}),
        line("exemptions", exemptions={}),
    )
    rows = done.rows("ownership_gaps")
    assert [(r["kind"], r["reason"], r["start"], r["end"]) for r in rows] == [
        ("statement", none, "2016-04-06", "2019-01-01"),
        ("beneficial_owner", hidden, "2016-04-06", None),
        ("statement", market, "2016-06-30", "2018-01-01"),
        ("statement", market, "2020-01-01", None),
        ("statement", "exemptions", None, None),
    ]
    assert done.kept == 4
    assert said(rows[1])["ceased"] == "yes, without a day"


def test_the_totals_are_facts_and_no_row(load: Read) -> None:
    """They date the snapshot, and are counted as read."""
    done = load(human(), TOTALS)
    assert (done.tally.rows_read, done.kept) == (2, 2)
    assert done.tally.published_on == "2026-11-23"
    assert done.tally.facts["statements_count"] == "1"


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("psc-snapshot-2026-11-23_3of28.txt", "snapshot/3"),
        ("a_1of2/persons-with-significant-control-snapshot-2026-11-23.txt", "snapshot"),
    ],
)
def test_parts_replace_their_like(load: Read, name: str, part: str) -> None:
    """A later third part takes the place of the third part, whatever its day."""
    assert load(human(), name=name).tally.part == part


def test_records_that_cannot_be_kept_say_why(load: Read) -> None:
    """A company number and a known kind are needed, and a name."""
    done = load(
        {"data": {"kind": "individual-person-with-significant-control"}}, line("mood"),
        human(name="", name_elements={}), [1], human(date_of_birth={"year": 70}),
    )  # fmt: skip
    assert done.reasons == {
        1: "company_number: required, but empty",
        2: "kind: not a known kind of record",
        3: "name: required, but empty",
        4: ": no JSON object",
    }
    assert done.tally.unread == {"people.birth_date": 1}


def test_unknown_keys_are_told(load: Read) -> None:
    """Of the record and of its data."""
    assert load(human(mood="good") | {"colour": "red"}).tally.unused == ("colour", "mood")


def test_recognised_by_the_kind_of_its_first_record() -> None:
    """Whatever the name; other JSON with a company number and data is not."""
    reader = UkPscReader()
    for first in (human(), TOTALS, line("exemptions")):
        assert reader.recognises(FileHead("x.txt", json.dumps(first).encode()))
    for other in ({"company_number": "1", "data": {"kind": "mood"}}, {"company_number": "1"}):
        assert not reader.recognises(FileHead("psc.jsonl", json.dumps(other).encode()))


ODD: list[Any] = [None, "", "x", 7, -1, True, [], {}, [[]], [{}], "2024-02-31", "exemptions"]
WHOLE = [
    human("ownership-of-shares-50-to-75-percent", "significant-influence-or-control"),
    line("corporate-entity-person-with-significant-control", name="A", identification={"x": "y"}),
    line("exemptions", exemptions={"a": {"exemption_type": "b", "items": [{"exempt_from": "c"}]}}),
    TOTALS,
]


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every container and key of a JSON value."""
    keys: list[Any] = []
    if isinstance(value, dict | list):
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    return [(value, key) for key in keys] + [spot for key in keys for spot in places(value[key])]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damaged_files_end_in_a_count_or_a_clear_error(data: st.DataObject, load: Read) -> None:
    """Values of another kind anywhere."""
    whole = copy.deepcopy(WHOLE)
    for _ in range(data.draw(st.integers(1, 3))):
        home, key = data.draw(st.sampled_from(places(whole)))
        with contextlib.suppress(IndexError, KeyError):
            home[key] = copy.deepcopy(data.draw(st.sampled_from(ODD)))
    with contextlib.suppress(BadDataError):
        load(*whole)
