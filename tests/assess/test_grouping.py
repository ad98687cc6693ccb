"""Findings that share parties become one lead; points add up; soft flags do not stand alone."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from tidewaiter.assess.flags.all_flags import outcomes
from tidewaiter.assess.flags.definition import definitions
from tidewaiter.assess.flags.outcome import Outcome
from tidewaiter.assess.grouping import Group, groups
from tidewaiter.assess.trader import Trader
from tidewaiter.assess.weigh import capped, outcome_points, weights

BELT = "; ".join(
    f"in 2023-{m:02}-10 854231 {700 + m} 900 DE; out 2023-{m:02}-25 854231 {700 + m} 990 RU"
    for m in range(1, 7)
)


def grouped(*traders: Trader) -> list[Group]:
    """The groups of parties that nobody listed receives from."""
    by_id = {each.party.party_id: each for each in traders}
    said = {name: outcomes(each, definitions()) for name, each in by_id.items()}
    return groups([], by_id, said)


def supplied_by(trader: Trader, supplier: Trader, country: str) -> Trader:
    """The same party, whose imports came from another."""
    legs = tuple(
        msgspec.structs.replace(
            each,
            partner=supplier.party.party_id,
            item=msgspec.structs.replace(each.item, consignor_country=country),
        )
        if each.inward
        else each
        for each in trader.legs
    )
    return msgspec.structs.replace(trader, legs=legs)


def test_points_of_a_lead_add_up_to_its_score(trader: Callable[..., Trader]) -> None:
    """And stay under the cap of each family and of the whole."""
    (group,) = grouped(trader(born="2022-12-20", legs=BELT))
    assert sum(group.points) == group.score
    assert {o.flag_id for o in group.outcomes} == {"NEW-01", "NEW-02", "RXP-01", "RXP-02"}
    new = [p for p, o in zip(group.points, group.outcomes, strict=True) if o.flag_id[:3] == "NEW"]
    assert sum(new) == weights()["families"]["new firm"]
    assert group.score <= 100


def test_a_cap_cuts_what_adds_least() -> None:
    """The order of the flags changes nothing; the whole is at most a hundred."""
    assert capped([("NEW-01", 20.0), ("NEW-02", 15.0)]) == [20, 10]
    assert capped([("NEW-02", 15.0), ("NEW-01", 20.0)]) == [10, 20]
    many = [("EUS-08", 95.0), ("EUS-08", 60.0), ("RXP-01", 35.0), ("RXP-02", 35.0)]
    assert capped(many) == [95, 0, 5, 0]


@pytest.mark.parametrize("flag", weights()["soft"])
def test_soft_flags_shrink_where_nothing_is_seen_to_leave(flag: str) -> None:
    """What a firm is weighs little beside what it is seen not to do."""
    seen = Outcome(flag_id=flag, subject_id="case:x", state="seen", strength=1.0)
    assert outcome_points(seen, unlinked=True) < 0.5 * outcome_points(seen, unlinked=False)
    hard = msgspec.structs.replace(seen, flag_id="RXP-01")
    assert outcome_points(hard, unlinked=True) == outcome_points(hard, unlinked=False)
    assert outcome_points(msgspec.structs.replace(seen, state="not seen"), unlinked=False) == 0


def test_a_new_firm_alone_is_no_lead_where_its_border_is_in_view(
    trader: Callable[..., Trader],
) -> None:
    """A start-up that sells at home stays under every threshold; unseen, it may be looked at."""
    legs = "in 2022-06-20 854231 500 6000 DE"
    (seen,) = grouped(trader(born="2022-06-01", legs=legs))
    (unseen,) = grouped(trader(born="2022-06-01", legs=legs, border="no"))
    assert seen.unlinked
    assert seen.score < 20 <= unseen.score


def test_a_flagged_supplier_joins_the_firm_it_supplied(trader: Callable[..., Trader]) -> None:
    """One lead with roles, not two; the stronger one is its focus."""
    first = trader(
        me="First Hop", country="TR", born="2022-12-20", legs="in 2023-01-02 854231 9 9 DE"
    )
    second = supplied_by(trader(me="Second Hop", born="2022-12-20", legs=BELT), first, "TR")
    (group,) = grouped(first, second)
    assert group.focus.party.caption == "Second Hop"
    assert [each.party.caption for each in group.intermediaries] == ["First Hop"]
    assert {o.subject_id for o in group.outcomes} == {"case:First Hop", "case:Second Hop"}


def test_a_supplier_in_the_coalition_stays_out(trader: Callable[..., Trader]) -> None:
    """A maker who was deceived is no intermediary."""
    first = trader(me="Maker", country="DE", legs=BELT)
    second = supplied_by(trader(me="Second Hop", born="2022-12-20", legs=BELT), first, "DE")
    found = {each.focus.party.caption: each for each in grouped(first, second)}
    assert not found["Second Hop"].intermediaries


def test_the_order_of_parties_changes_nothing(trader: Callable[..., Trader]) -> None:
    """Groups come by id."""
    first = trader(me="First Hop", country="TR", born="2022-12-20", legs=BELT)
    second = supplied_by(trader(me="Second Hop", born="2022-12-20", legs=BELT), first, "TR")
    assert grouped(first, second) == grouped(second, first)
