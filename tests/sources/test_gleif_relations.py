"""GLEIF level 2: links, never shares, in three formats of one content."""

from __future__ import annotations

import contextlib
import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidewaiter.errors import BadDataError
from tidewaiter.sources.reader import HEAD_BYTES, FileHead
from tidewaiter.sources.registries.gleif_relations import GleifRelationsReader

Read = Callable[..., Any]
SAMPLES = Path(__file__).parent / "samples"
MAKER, HOLDING, FUND = "00VARENKOVPRIBOR0092", "00QUMTEPAHOLDING0012", "00SARYKOLFUND0000095"
LINK = {
    "Relationship.StartNode.NodeID": MAKER,
    "Relationship.EndNode.NodeID": HOLDING,
    "Relationship.RelationshipType": "IS_DIRECTLY_CONSOLIDATED_BY",
    "Relationship.RelationshipStatus": "ACTIVE",
    "Registration.InitialRegistrationDate": "2019-06-01T00:00:00Z",
    "Registration.LastUpdateDate": "2024-03-05T00:00:00Z",
    "Registration.RegistrationStatus": "PUBLISHED",
}


def sample(kind: str) -> Path:
    """The same three records in one of the formats."""
    return SAMPLES / f"gleif_relations.{kind}"


def period(number: int, kind: str, start: str, end: str = "") -> dict[str, str]:
    """One period of a link."""
    path = f"Relationship.Period.{number}"
    return {f"{path}.periodType": kind, f"{path}.startDate": start, f"{path}.endDate": end}


@pytest.fixture
def load(outcome: Read, tmp_path: Path) -> Read:
    """Reads links, each with cells of its own, written as CSV."""

    def run(*changes: dict[str, str], name: str = "rr.csv") -> Any:
        records = [LINK | each for each in changes]
        text = io.StringIO()
        columns = list(dict.fromkeys(column for each in records for column in each))
        writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(records)
        path = tmp_path / "rr.csv"
        path.write_text(text.getvalue(), "utf-8")
        return outcome(GleifRelationsReader(), path, name)

    return run


@pytest.mark.parametrize("kind", ["csv", "xml", "json"])
def test_every_format_is_known_by_its_content(kind: str) -> None:
    """Whatever the name; other GLEIF files are not taken."""
    start = sample(kind).read_bytes()[:HEAD_BYTES]
    assert GleifRelationsReader().recognises(FileHead("some.data", start))
    for other in ("lei", "exceptions"):
        head = FileHead("rr.xml", (SAMPLES / f"gleif_{other}.{kind}").read_bytes())
        assert not GleifRelationsReader().recognises(head)


@pytest.mark.parametrize("kind", ["xml", "json"])
def test_all_formats_say_the_same(kind: str, outcome: Read) -> None:
    """Also where the JSON has one period as an object and several as a list."""
    plain, other = (outcome(GleifRelationsReader(), sample(k)) for k in ("csv", kind))
    place = ("locator", "source_id")
    first, second = (
        [{k: v for k, v in row.items() if k not in place} for row in done.rows("stakes")]
        for done in (plain, other)
    )
    assert first == second
    assert (other.tally.unused, other.rejects, other.kept) == ((), [], 3)
    assert other.tally.part == "golden-copy/rr"


def test_a_link_is_no_share(outcome: Read) -> None:
    """The percentage is one of consolidation: it stays in extra."""
    done = outcome(GleifRelationsReader(), sample("xml"))
    first = done.rows("stakes")[0]
    assert (first["owner_id"], first["company_id"]) == (HOLDING, MAKER)
    assert (first["interest"], first["min_share"], first["max_share"]) == ("other", None, None)
    said = json.loads(first["extra"])
    assert said["accounting consolidation"] == "100.00 PERCENTAGE"
    assert said["accounting standard"] == "IFRS"
    assert said["accounting period"] == "2019-01-01/2019-12-31"
    assert (first["start"], first["end"], first["known_from"]) == ("2016-05-01", None, "2019-06-01")


def test_one_parent_may_be_direct_and_ultimate(outcome: Read) -> None:
    """Both links stay: their type is a part of the id."""
    ids = [r["record_id"] for r in outcome(GleifRelationsReader(), sample("csv")).rows("stakes")]
    assert len(set(ids)) == 3
    assert ids[0].endswith(":IS_DIRECTLY_CONSOLIDATED_BY")
    assert ids[1].endswith(":IS_ULTIMATELY_CONSOLIDATED_BY")


def test_an_ended_link_without_a_last_day_ends_with_its_update(load: Read) -> None:
    """Inactive, retired and annulled ones; extra says where the day is from."""
    own = period(1, "RELATIONSHIP_PERIOD", "2018-01-01")
    done = load(
        own, own | {"Relationship.RelationshipStatus": "INACTIVE"},
        own | {"Registration.RegistrationStatus": "ANNULLED"},
        period(1, "RELATIONSHIP_PERIOD", "2018", "2020-01-01")
        | {"Relationship.RelationshipStatus": "INACTIVE"},
    )  # fmt: skip
    rows = done.rows("stakes")
    assert [row["end"] for row in rows] == [None, "2024-03-05", "2024-03-05", "2020-01-01"]
    assert ["end from" in json.loads(row["extra"]) for row in rows] == [False, True, True, False]


def test_several_periods_of_a_kind_are_all_told(load: Read) -> None:
    """The first of the link's own is its period; every other one stays in extra."""
    done = load(
        period(1, "ACCOUNTING_PERIOD", "2018-01-01", "2018-12-31")
        | period(2, "ACCOUNTING_PERIOD", "2019-01-01", "2019-12-31")
        | period(3, "RELATIONSHIP_PERIOD", "2017-05-05")
    )
    (row,) = done.rows("stakes")
    assert row["start"] == "2017-05-05"
    said = json.loads(row["extra"])["accounting period"]
    assert said == "2018-01-01/2018-12-31; 2019-01-01/2019-12-31"


def test_links_that_cannot_be_kept_say_why(load: Read) -> None:
    """Both ends are needed; a date that is none is told and counted; deletions are refused."""
    done = load(
        {"Relationship.EndNode.NodeID": ""}, {"Extension.Deletion.DeletedAt": "2026-01-01"},
        period(1, "RELATIONSHIP_PERIOD", "soon"),
        {"Relationship.EndNode.NodeIDType": "BIC"},
    )  # fmt: skip
    assert done.reasons == {
        2: "owner_id: required, but empty",
        3: "Deletion: deleted by GLEIF",
    }
    assert done.rejects[0].value == f"{MAKER} {HOLDING}"
    assert done.tally.unread == {"stakes.start": 1}
    assert json.loads(done.rows("stakes")[1]["extra"])["EndNode is known by"] == "BIC"


def test_files_of_changes_are_refused(load: Read) -> None:
    """They would replace the whole."""
    with pytest.raises(BadDataError, match="changes only"):
        load({}, name="20260201-0800-gleif-goldencopy-rr-intra-day.csv")


def test_other_files_are_refused(outcome: Read) -> None:
    """A reader that is named for the wrong file says so."""
    with pytest.raises(BadDataError, match="no file of GLEIF"):
        outcome(GleifRelationsReader(), SAMPLES / "gleif_lei.xml")


@pytest.mark.parametrize("kind", ["csv", "xml", "json"])
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.floats(0, 1), other=st.sampled_from([b"", b'"', b"<", b"{}", b"\xff", b"\n", b"null"]))
def test_damaged_files_end_in_a_count_or_a_clear_error(
    kind: str, at: float, other: bytes, outcome: Read, tmp_path: Path
) -> None:
    """Something else stands somewhere, or the rest is gone."""
    content = sample(kind).read_bytes()
    place = int(at * len(content))
    path = tmp_path / f"rr.{kind}"
    for damaged in (content[:place] + other + content[place + 9 :], content[:place]):
        path.write_bytes(damaged)
        with contextlib.suppress(BadDataError):
            outcome(GleifRelationsReader(), path)
