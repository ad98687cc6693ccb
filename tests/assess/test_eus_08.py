"""EUS-08 on labelled cases: positive, near misses, lawful look-alikes, not computable."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from tidewaiter.model.finding import Lead
from tidewaiter.pipeline.intake import Options, load
from tidewaiter.pipeline.run import run
from tidewaiter.settings import Settings
from tidewaiter.store.workspace import Workspace

CASES = Path(__file__).parents[1] / "cases" / "eus_08.csv"
DAY = "2023-12-31"


def cases() -> list[dict[str, str]]:
    """The labelled cases."""
    with CASES.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def tables(case: dict[str, str]) -> dict[str, list[dict[str, str]]]:
    """The case as plain tables: a purchase, a sale, and the list."""
    bought = {"declaration_id": "I1", "procedure": "import", "date": case["import_date"]}
    bought |= {"hs_code": case["import_hs"], "consignor_name": "Weisslinger Bauteile GmbH"}
    bought |= {"consignor_country": "DE", "consignee_name": "Qumtepa Komponent MChJ"}
    bought |= {"consignee_country": "UZ"}
    sold = {"declaration_id": "E1", "date": case["export_date"], "hs_code": case["export_hs"]}
    sold |= {"consignee_name": case["receiver"], "consignee_country": case["receiver_country"]}
    made: dict[str, list[dict[str, str]]] = {"declarations": [bought, sold]}
    if case["listed_on"]:
        entry = {"list_id": "invented", "entity_id": "V1", "schema": "Company"}
        entry |= {"name": "JSC Velkon Plant", "country": "RU", "measure": "export_restriction"}
        entry |= {key: case[key] for key in ("listed_on", "delisted_on")}
        made["designations"] = [entry]
    return made


@pytest.fixture
def leads_of(tmp_path: Path, write_case: Callable[..., Path]) -> Callable[..., tuple[Lead, ...]]:
    """The leads of a case, with some tables changed."""

    def leads(case: dict[str, str], **changed: list[dict[str, str]]) -> tuple[Lead, ...]:
        workspace = Workspace.create(tmp_path / "workspace")
        folder = write_case("case", **(tables(case) | changed))
        load(workspace, [folder], Settings(), Options())
        return run(workspace, Settings(), DAY).leads

    return leads


@pytest.mark.parametrize("case", cases(), ids=lambda c: c["case"])
def test_labelled_case(case: dict[str, str], leads_of: Callable[..., tuple[Lead, ...]]) -> None:
    """Lead or none, what FIFO traces, and the words a reader needs."""
    leads = leads_of(case)
    assert len(leads) == (1 if case["lead"] == "yes" else 0)
    for lead in leads:
        assert f"{case['traced']} of the amount" in lead.flags[0].observed
        assert set(lead.flags[0].evidence_ids) == {e.evidence_id for e in lead.evidence}
        if case["says"].startswith("was "):
            assert any(case["says"] in line for line in lead.counter_evidence)


def test_the_row_of_the_evidence_carries_the_lead(
    leads_of: Callable[..., tuple[Lead, ...]],
) -> None:
    """Without the delivery there is no lead; without the purchase nothing is traced."""
    case = cases()[0]
    bought, sold = tables(case)["declarations"]
    (full,) = leads_of(case)
    (untraced,) = leads_of(case, declarations=[sold])
    assert untraced.score < full.score
    assert untraced.lead_id == full.lead_id
    assert leads_of(case, declarations=[bought]) == ()
    assert leads_of(case, declarations=[sold, bought])[0].score == full.score


def test_a_lead_says_whose_law_and_what_is_missing(
    leads_of: Callable[..., tuple[Lead, ...]],
) -> None:
    """Measure and list are named, jurisdiction is open, probability is empty with a reason."""
    (lead,) = leads_of(cases()[0])
    assert "export restrictions (invented)" in lead.headline
    assert "UZ jurisdiction" in lead.headline
    assert any("jurisdiction" in line for line in lead.missing)
    assert lead.probability is None
    assert lead.probability_reason
    assert lead.value_usd == "1000"
    assert (lead.first_event, lead.last_event) == ("2023-01-10", "2023-02-10")
    assert lead.route == ("DE", "UZ", "RU")
    assert [s.role for s in lead.subjects] == [
        "supplier", "sender", "receiver as declared", "listed party",
    ]  # fmt: skip


def test_units_that_differ_hide_no_import(
    leads_of: Callable[..., tuple[Lead, ...]],
) -> None:
    """A row in another unit without weight does not make the others untraceable."""
    case = cases()[0]
    bought, sold = ({**row, "net_kg": ""} for row in tables(case)["declarations"])
    metres = bought | {"declaration_id": "I2", "unit": "m"}
    (lead,) = leads_of(case, declarations=[bought, metres, sold])
    assert "100% of the amount" in lead.flags[0].observed


def test_a_removed_entry_takes_the_lead_with_it(
    leads_of: Callable[..., tuple[Lead, ...]],
) -> None:
    """Without the row of the list there is nothing to match."""
    case = cases()[0]
    entry = tables(case)["designations"][0]
    other = entry | {"entity_id": "V2", "name": "Sarytash Cannery"}
    assert leads_of(case, designations=[other]) == ()
