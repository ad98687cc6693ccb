"""GLEIF's reporting exceptions: a row a reason, in three formats of one content."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidewaiter.errors import BadDataError
from tidewaiter.sources.reader import HEAD_BYTES, FileHead
from tidewaiter.sources.registries.gleif_exceptions import GleifExceptionsReader

Read = Callable[..., Any]
SAMPLES = Path(__file__).parent / "samples"
MAKER, HOLDING, FUND = "00VARENKOVPRIBOR0092", "00QUMTEPAHOLDING0012", "00SARYKOLFUND0000095"
HEADER = "LEI,Exception.Category,Exception.Reason.1,Exception.Reason.2,Exception.Reference.1"
DIRECT, ULTIMATE = (f"{which}_ACCOUNTING_CONSOLIDATION_PARENT" for which in ("DIRECT", "ULTIMATE"))


def sample(kind: str) -> Path:
    """The same three records in one of the formats."""
    return SAMPLES / f"gleif_exceptions.{kind}"


def told(done: Any) -> list[tuple[str, str, str, str | None]]:
    """Company, kind, reason and note of every row."""
    rows = done.rows("ownership_gaps")
    return [(r["company_id"], r["kind"], r["reason"], r["note"]) for r in rows]


@pytest.fixture
def load(outcome: Read, tmp_path: Path) -> Read:
    """Reads rows under the header."""

    def run(*rows: str, header: str = HEADER) -> Any:
        path = tmp_path / "repex.csv"
        path.write_text("\n".join([header, *rows]) + "\n", "utf-8")
        return outcome(GleifExceptionsReader(), path)

    return run


@pytest.mark.parametrize("kind", ["csv", "xml", "json"])
def test_every_format_says_the_same(kind: str, outcome: Read) -> None:
    """A row for each reason, with the code as printed."""
    start = sample(kind).read_bytes()[:HEAD_BYTES]
    assert GleifExceptionsReader().recognises(FileHead("some.data", start))
    done = outcome(GleifExceptionsReader(), sample(kind))
    assert set(told(done)) == {
        (MAKER, "direct_parent", "NATURAL_PERSONS", None),
        (HOLDING, "ultimate_parent", "NON_PUBLIC", "Made-up Holding"),
        (HOLDING, "ultimate_parent", "BINDING_LEGAL_COMMITMENTS", "Made-up Holding"),
        (FUND, "direct_parent", "NO_LEI", None),
    }
    assert len(told(done)) == 4
    assert (done.tally.rows_read, done.kept, done.rejects) == (3, 3, [])
    assert (done.tally.unused, done.tally.part) == ((), "golden-copy/repex")


def test_exceptions_are_known_from_the_day_of_the_file(outcome: Read) -> None:
    """XML says the day; the other formats say none, and nothing is made up."""
    dated = outcome(GleifExceptionsReader(), sample("xml")).rows("ownership_gaps")
    assert {row["known_from"] for row in dated} == {"2026-02-01"}
    undated = outcome(GleifExceptionsReader(), sample("csv")).rows("ownership_gaps")
    assert {row["known_from"] for row in undated} == {None}


def test_direct_and_ultimate_stay_apart(load: Read) -> None:
    """The same reason for both parents is two rows with two ids."""
    done = load(f"{MAKER},{DIRECT},NO_LEI,,", f"{MAKER},{ULTIMATE},NO_LEI,,")
    assert len({row["record_id"] for row in done.rows("ownership_gaps")}) == 2


def test_records_that_cannot_be_kept_say_why(load: Read) -> None:
    """A category that is new is not guessed; a reason is needed; deletions are refused."""
    done = load(
        f"{MAKER},OTHER_PARENT,NO_LEI,,,", f"{MAKER},{DIRECT},,,,", f",{DIRECT},NO_LEI,,,",
        f"{MAKER},{DIRECT},NO_LEI,,,2026-01-01", f"{MAKER},{DIRECT},NO_LEI,,,",
        header=f"{HEADER},Extension.Deletion.DeletedAt",
    )  # fmt: skip
    assert done.reasons == {
        2: "ExceptionCategory: not a known category",
        3: "reason: required, but empty",
        4: "company_id: required, but empty",
        5: "Deletion: deleted by GLEIF",
    }
    assert done.kept == 1


def test_other_columns_are_told(load: Read) -> None:
    """Without their numbers."""
    done = load(f"{MAKER},{DIRECT},NO_LEI,,,x", header=f"{HEADER},Exception.Mood.1")
    assert done.tally.unused == ("Exception.Mood",)


def test_an_empty_mark_of_deletion_means_nothing(outcome: Read, tmp_path: Path) -> None:
    """Whole files carry it, empty."""
    text = sample("json").read_text("utf-8")
    marked = text.replace('"LEI"', '"Extension": {"gleif:Deletion": null}, "LEI"')
    path = tmp_path / "repex.json"
    path.write_text(marked, "utf-8")
    done = outcome(GleifExceptionsReader(), path)
    assert (done.kept, done.tally.unused) == (3, ())


@pytest.mark.parametrize("kind", ["csv", "xml", "json"])
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.floats(0, 1), other=st.sampled_from([b"", b'"', b"<", b"{}", b"\xff", b"\n", b"null"]))
def test_damaged_files_end_in_a_count_or_a_clear_error(
    kind: str, at: float, other: bytes, outcome: Read, tmp_path: Path
) -> None:
    """Something else stands somewhere, or the rest is gone."""
    content = sample(kind).read_bytes()
    place = int(at * len(content))
    path = tmp_path / f"repex.{kind}"
    for damaged in (content[:place] + other + content[place + 9 :], content[:place]):
        path.write_bytes(damaged)
        with contextlib.suppress(BadDataError):
            outcome(GleifExceptionsReader(), path)
