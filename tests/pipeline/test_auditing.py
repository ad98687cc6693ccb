"""The audit: each kind of concern is raised where it should be, and only there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tidewaiter.pipeline import auditing
from tidewaiter.pipeline.auditing import Audit, Concern, audit
from tidewaiter.pipeline.intake import Options, load
from tidewaiter.settings import Settings
from tidewaiter.sources.card import Assertion, Card, cards
from tidewaiter.store.workspace import Workspace

WriteCase = Callable[..., Path]
Row = dict[str, str]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """An empty workspace."""
    return Workspace.create(tmp_path / "workspace")


def firm(number: int, **more: str) -> Row:
    """An invented entry of an invented list."""
    return {
        "list_id": "made_list",
        "entity_id": f"E{number}",
        "schema": "Company",
        "name": f"Invented {number} Works",
        "listed_on": "2023-01-01",
    } | more


def audited(workspace: Workspace, *folders: Path) -> Audit:
    """Load each folder in turn, then audit."""
    settings = Settings(max_rejects=100.0)
    for folder in folders:
        load(workspace, [folder], settings, Options(accept_shrink=True))
    return audit(workspace, settings)


def of_kind(found: Audit, kind: str) -> list[Concern]:
    """The concerns of one kind."""
    return [each for each in found.concerns if each.kind == kind]


def test_a_sound_case_raises_nothing(workspace: Workspace, write_case: WriteCase) -> None:
    """No alarm without a reason."""
    found = audited(workspace, write_case("case", designations=[firm(n) for n in range(20)]))
    assert found == Audit(files=1, concerns=())
    assert found.failing == 0


def test_unread_columns_are_a_matter_of_layout(workspace: Workspace, write_case: WriteCase) -> None:
    """Every column that no table has is named."""
    rows = [firm(1, colour="red", mood="calm")]
    (concern,) = of_kind(audited(workspace, write_case("case", designations=rows)), "layout")
    assert concern.examples == ("colour", "mood")
    assert concern.count == 2


@pytest.mark.parametrize(
    ("day", "odd"), [("1066-10-14", True), ("2099-01-01", True), ("1999", False)]
)
def test_impossible_days_of_listings_are_shown(
    workspace: Workspace, write_case: WriteCase, day: str, *, odd: bool
) -> None:
    """With the value and its row; years alone are days, too."""
    found = audited(workspace, write_case("case", designations=[firm(1, listed_on=day), firm(2)]))
    shown = [each.examples for each in of_kind(found, "dates")]
    assert shown == ([(f"{day} (row 2)",)] if odd else [])


def test_impossible_days_of_rows_are_shown(workspace: Workspace, write_case: WriteCase) -> None:
    """In every column that holds days, each by its name."""
    day = {"declaration_id": "D1", "date": "2199-04-01", "known_from": "2199-05-01"}
    found = audited(workspace, write_case("case", declarations=[day]))
    assert [each.what.split()[2] for each in of_kind(found, "dates")] == ["date", "known_from"]


def test_rejects_are_summed_by_reason(workspace: Workspace, write_case: WriteCase) -> None:
    """The most frequent first, with examples and where all of them are."""
    bad = [firm(n, listed_on="soon") for n in range(3)] + [firm(9, schema="Boat")]
    found = of_kind(
        audited(workspace, write_case("case", designations=[*bad, firm(10)])), "rejects"
    )
    assert [each.count for each in found] == [3, 1]
    assert "listed_on" in found[0].what
    assert found[0].examples[0] == "row 2: soon"
    assert (workspace.path / found[0].next_step.rpartition(" ")[2]).is_file()


def test_losing_names_or_numbers_is_seen(workspace: Workspace, write_case: WriteCase) -> None:
    """Against the file of the same part that was loaded before."""
    number = {"identifiers": "inn:7700000016", "aliases": "Varenkov; Варенков"}
    case = write_case("case", designations=[firm(n, **number) for n in range(20)])
    load(workspace, [case], Settings(), Options())
    write_case("case", designations=[firm(n) for n in range(20)])
    found = audited(workspace, case)
    assert {(each.count, each.what) for each in of_kind(found, "loss")} == {
        (20, "0 identifiers, where the file before had 20"),
        (40, "20 names, where the file before had 60"),
    }
    assert found.failing == 2


@pytest.mark.parametrize(
    ("wanted", "met"),
    [
        (Assertion(at_least=21), False),
        (Assertion(at_least=20, at_most=20), True),
        (Assertion(count="measures", at_most=19), False),
        (Assertion(count="statements", at_least=20), True),
        (Assertion(part="another/*", at_least=10**6), True),
    ],
)
def test_counts_of_the_card_are_checked(
    workspace: Workspace,
    write_case: WriteCase,
    monkeypatch: pytest.MonkeyPatch,
    wanted: Assertion,
    *,
    met: bool,
) -> None:
    """Rows, what they hold, and the rows of a table; only for the parts that are meant."""
    assert_on("designations", wanted, monkeypatch)
    found = audited(workspace, write_case("case", designations=[firm(n) for n in range(20)]))
    assert (of_kind(found, "assertion") == []) is met
    assert found.failing == (0 if met else 1)


def assert_on(name: str, wanted: Assertion, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give one card an assertion."""

    def changed() -> tuple[Card, ...]:
        return tuple(
            msgspec.structs.replace(each, assertions=(wanted,)) if each.name == name else each
            for each in cards()
        )

    monkeypatch.setattr(auditing, "cards", changed)


def test_records_with_one_id_are_shown(workspace: Workspace, tmp_path: Path) -> None:
    """Official files may repeat themselves; then one record speaks, and that is said."""
    from tidewaiter.model.source import SourceFile
    from tidewaiter.pipeline.discovery import Found
    from tidewaiter.sources.reader import Tally
    from tidewaiter.sources.rows import Place, Row, Rows

    class Twice:
        name, version, dataset = "companies", 1, "made"

        def recognises(self, _head: Any) -> bool:
            return True

        def read(self, source: SourceFile) -> Any:
            rows = Rows(source)
            for number in (1, 2, 3):
                cells = {"company_id": str(number // 2), "name": "Qumtepa", "country": "UZ"}
                yield from rows.add(Place(number, number, f"row {number}"), Row("companies", cells))
            yield from rows.flush()
            yield Tally(rows_read=rows.read)

    path = tmp_path / "made.csv"
    path.write_text("x", "utf-8")
    from tidewaiter.pipeline.intake import Intake

    with workspace.writing() as state:
        intake = Intake(workspace, Settings(), Options(), lambda _name, _rows: None)
        intake.commit([intake.read(Found(path, tmp_path, Twice(), tmp_path), "made", state)])
    (concern,) = of_kind(audit(workspace, Settings()), "repeats")
    assert concern.examples == ("made:1",)
