"""The scorecard against figures worked out by hand."""

from __future__ import annotations

import pytest

from tidewaiter.assess.scorecard import Alert, misattribution, score
from tidewaiter.simulate.truth import LookAlike, Lot, Member, Scheme, Truth


def member(name: str, part: str) -> Member:
    """A firm and its part."""
    return Member(company_id=name, name=name, spellings=(f"{name} LLC",), part=part)


def scheme(number: int, *members: Member, lots: tuple[Lot, ...] = ()) -> Scheme:
    """A scheme."""
    return Scheme(
        scheme_id=f"s{number}",
        kind="pivot" if number < 3 else "multi_hop",
        difficulty="easy",
        members=members,
        items=(),
        lots=lots,
        first_event="2023-01-01",
        designated_on=None,
    )


def lots(number: str, quantity: float) -> tuple[Lot, ...]:
    """One lot."""
    return (Lot(came=f"i{number}", went=f"e{number}", quantity=quantity),)


TRUTH = Truth(
    seed=1,
    regime_date="2022-02-24",
    firms=103,
    consignments=500,
    hub="UZ",
    exporter="M",
    bank="B",
    schemes=(
        scheme(1, member("A", "trader"), member("M", "supplier"), lots=lots("1", 60)),
        scheme(2, member("B", "trader"), member("B2", "buffer"), lots=lots("2", 40)),
        scheme(3, member("C", "forwarder"), lots=(Lot(came="", went="e3", quantity=9),)),
    ),
    look_alikes=(
        LookAlike(
            decoy_id="d1", kind="namesake", like="pivot",
            members=(member("N", "namesake"), member("M", "supplier")), items=(), why="Lawful.",
        ),
    ),
)  # fmt: skip


def alerts(*firms: str) -> list[Alert]:
    """A queue that names one firm each."""
    return [Alert((firm,), ()) for firm in firms]


def test_average_precision_counts_each_scheme_once() -> None:
    """Schemes at 1 and 4 of A, x, A again, B: (1/1 + 3/4) / 3 schemes."""
    card = score(
        alerts("A", "x", "A", "B"), TRUTH, view="full", queue="q", rows=500, misattributed=None
    )
    assert card.average_precision == pytest.approx((1 + 3 / 4) / 3)
    assert card.precision[10] == pytest.approx(3 / 4)
    assert card.recall[10] == pytest.approx(2 / 3)
    assert card.recall_by_kind["pivot"][10] == 1
    assert card.recall_by_kind["multi_hop"][10] == 0
    assert card.innocent[10] == 1


def test_depth_cuts_the_queue() -> None:
    """What stands below is not counted."""
    queue = [*(f"x{n}" for n in range(10)), "A"]
    card = score(alerts(*queue), TRUTH, view="full", queue="q", rows=500, misattributed=None)
    assert card.recall[10] == 0
    assert card.recall[20] == pytest.approx(1 / 3)
    assert (card.precision[10], card.innocent[10], card.innocent[20]) == (0, 10, 10)


def test_a_firm_is_known_by_its_name_where_it_has_no_id() -> None:
    """As papers without ids tell it."""
    card = score(
        [Alert(("h4sh",), ("C LLC",))], TRUTH, view="full", queue="q", rows=1, misattributed=None
    )
    assert card.recall_by_kind["multi_hop"][10] == 1


def test_suppliers_and_look_alikes_are_not_right() -> None:
    """A maker may be deceived; a look-alike is counted by kind."""
    card = score(
        alerts("M", "N", "B2"), TRUTH, view="full", queue="q", rows=500, misattributed=None
    )
    assert card.precision[10] == pytest.approx(1 / 3)
    assert card.look_alikes[10] == {"namesake": 1}
    assert card.innocent[10] == 2


def test_alert_rates_and_precision_among_the_rare() -> None:
    """Bayes' rule: sensitivity 2/4, false rate 1/99."""
    card = score(alerts("A", "x", "B"), TRUTH, view="full", queue="q", rows=500, misattributed=None)
    assert card.per_firms == pytest.approx(3000 / 103)
    assert card.per_consignments == pytest.approx(60)
    true, false = 0.5 * 1e-3, (1 / 99) * (1 - 1e-3)
    assert card.rare["0.001"] == pytest.approx(true / (true + false))
    assert (card.rare["0.0001"] or 0) < (card.rare["0.001"] or 0)


def test_probabilities_are_scored_where_they_are_given() -> None:
    """Brier and reliability; without a probability there is neither."""
    given = [Alert(("A",), (), 0.95), Alert(("x",), (), 0.15), Alert(("B",), (), 0.91)]
    card = score(given, TRUTH, view="full", queue="q", rows=500, misattributed=None)
    assert card.brier == pytest.approx((0.05**2 + 0.15**2 + 0.09**2) / 3)
    assert [right for _, right in card.reliability] == [0.0, 1.0]
    assert [mean for mean, _ in card.reliability] == pytest.approx([0.15, 0.93])
    none = score(alerts("A"), TRUTH, view="full", queue="q", rows=500, misattributed=None)
    assert none.brier is None
    assert not none.reliability


def test_misattribution_is_the_share_that_is_not_traced() -> None:
    """Lots of one leg only are left out; more than there was does not help."""
    assert misattribution(TRUTH, {}) == 1
    assert misattribution(TRUTH, {("i1", "e1"): 90, ("i2", "e1"): 40}) == pytest.approx(0.4)
    assert misattribution(TRUTH, {("i1", "e1"): 60, ("i2", "e2"): 30}) == pytest.approx(0.1)


def test_an_empty_queue_finds_nothing() -> None:
    """And divides by nothing."""
    card = score([], TRUTH, view="full", queue="q", rows=0, misattributed=None)
    assert (card.average_precision, card.precision[10], card.recall[10]) == (0, None, 0)
