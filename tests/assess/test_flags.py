"""Every flag on labelled cases: positive, near miss, lawful look-alike, not computable."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from scipy.special import betainc

from tidewaiter.assess.flags.all_flags import FLAGS, outcomes
from tidewaiter.assess.flags.conveyor_belt import lower_bound
from tidewaiter.assess.flags.definition import definitions, with_limits
from tidewaiter.assess.flags.outcome import Outcome
from tidewaiter.assess.trader import Trader
from tidewaiter.errors import UsageError

CASES = Path(__file__).parents[1] / "cases" / "flags.csv"
KINDS = ("positive", "near miss", "look-alike", "not computable")


def cases() -> list[dict[str, str]]:
    """The labelled cases."""
    with CASES.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def said(trader: Trader, flag: str) -> Outcome:
    """What one flag says."""
    found = {each.flag_id: each for each in outcomes(trader, definitions())}
    return found[flag]


@pytest.mark.parametrize("case", cases(), ids=lambda c: f"{c['flag']} {c['case']}")
def test_labelled_case(case: dict[str, str], trader: Callable[..., Trader]) -> None:
    """The state as labelled; a seen flag cites rows, another says what was found or lacks."""
    columns = ("country", "born", "legs", "buyers", "owners", "border")
    found = said(trader(**{name: case[name] for name in columns}), case["flag"])
    assert found.state == case["state"], (found.observed, found.lacks)
    assert bool(found.rows) == bool(found.sentence) == (found.state == "seen")
    assert bool(found.lacks) == (found.state == "not computable")
    assert bool(found.observed) == (found.state != "not computable")
    assert (0 < found.strength <= 1) == (found.state == "seen")
    assert "{" not in found.sentence + found.observed + found.threshold


def test_every_flag_has_its_four_cases() -> None:
    """None is left without a near miss, an innocent twin and a missing-data case."""
    for flag, _ in FLAGS:
        kinds = {c["case"].partition(":")[0] for c in cases() if c["flag"] == flag}
        assert kinds == set(KINDS), flag


def test_every_flag_is_defined_and_explained() -> None:
    """A published source, the data it needs, and a docstring that says it in one sentence."""
    ids = {flag for flag, _ in FLAGS}
    assert ids | {"EUS-08"} == set(definitions())
    for flag, function in FLAGS:
        definition = definitions()[flag]
        assert definition.source
        assert definition.needs
        assert definition.limits
        assert definition.would_clear
        assert (function.__doc__ or "").strip().endswith(".")


@pytest.mark.parametrize(
    ("flag", "limit"), [(f, n) for f, _ in FLAGS for n in definitions()[f].limits]
)
def test_every_limit_is_looked_at(flag: str, limit: str, trader: Callable[..., Trader]) -> None:
    """Moving a limit to its extremes changes what some labelled case is told."""
    columns = ("country", "born", "legs", "buyers", "owners", "border")
    parties = [trader(**{n: c[n] for n in columns}) for c in cases() if c["flag"] == flag]

    def answers(value: float) -> list[tuple[str, float, str]]:
        rules = with_limits({flag: {limit: value}})
        found = [o for p in parties for o in outcomes(p, rules) if o.flag_id == flag]
        return [(o.state, o.strength, o.observed) for o in found]

    assert len({tuple(answers(value)) for value in (0.001, 1, 99_999)}) > 1


def test_a_strange_limit_is_refused() -> None:
    """What no flag knows is named, with what there is."""
    for given in (
        {"NEW-01": {"age_years": 2.0}},
        {"NEW-99": {"age_months": 2.0}},
        {"RXP-01": {"round_to": 0.0}},
        {"RXP-01": {"round_to": float("nan")}},
    ):
        with pytest.raises(UsageError) as caught:
            with_limits(given)
        assert caught.value.next_step


def test_more_equal_counts_and_haste_weigh_more(trader: Callable[..., Trader]) -> None:
    """Strength grows with what is seen."""
    pair = "in 2023-{m}-10 854231 25{m} 900 DE; out 2023-{m}-25 854231 25{m} 900 RU"
    once = said(trader(legs=pair.format(m="03")), "RXP-01")
    twice = said(trader(legs="; ".join(pair.format(m=m) for m in ("03", "04"))), "RXP-01")
    assert once.strength < twice.strength
    assert len(twice.rows) == 4
    hasty = said(trader(born="2022-06-01", legs="in 2022-06-20 854231 9 9 DE"), "NEW-02")
    slow = said(trader(born="2022-06-01", legs="in 2022-08-20 854231 9 9 DE"), "NEW-02")
    large = said(trader(born="2022-06-01", legs="in 2022-08-20 854231 9 600000 DE"), "NEW-02")
    assert slow.strength < hasty.strength
    assert slow.strength < large.strength


def test_an_equal_count_is_used_once(trader: Callable[..., Trader]) -> None:
    """Two imports and one export of that count are one pair."""
    legs = (
        "in 2023-01-10 854231 777 900 DE; in 2023-01-12 854231 777 900 DE; "
        "out 2023-01-25 854231 777 900 RU"
    )
    assert len(said(trader(legs=legs), "RXP-01").rows) == 2


def test_a_basket_out_of_ratio_is_weaker(trader: Callable[..., Trader]) -> None:
    """Every class, but in the counts of a shop and not of a kit."""
    codes = ("854231", "852691", "851762", "852910", "852589", "901420", "850131", "850760")
    kit = "; ".join(f"in 2023-01-1{n} {hs} {50 * (1 + n % 2)} 9 TW" for n, hs in enumerate(codes))
    shop = "; ".join(f"in 2023-01-1{n} {hs} {17 * 3**n} 9 TW" for n, hs in enumerate(codes))
    strong, weak = said(trader(legs=kit), "KIT-01"), said(trader(legs=shop), "KIT-01")
    assert (strong.state, weak.state) == ("seen", "seen")
    assert weak.strength < strong.strength


def test_furniture_within_a_group_is_weaker_than_chips(trader: Callable[..., Trader]) -> None:
    """One owner at both ends is usual; what is delivered makes the difference."""
    sold = "out 2023-06-01 {hs} 50 500 RU"
    chips = said(trader(owners="50 50", legs=sold.format(hs="854231")), "NOM-04")
    chairs = said(trader(owners="50 50", legs=sold.format(hs="940360")), "NOM-04")
    assert chairs.strength < chips.strength


def test_the_lower_bound_is_that_of_jeffreys() -> None:
    """Values of the beta distribution: more imports, a higher bound."""
    # Beta(5.5, 0.5) and Beta(5.5, 5.5) at 0.1, from the regularised incomplete beta function.
    assert betainc(5.5, 0.5, lower_bound(1.0, 5, 0.9)) == pytest.approx(0.1)
    assert betainc(5.5, 5.5, lower_bound(0.5, 10, 0.9)) == pytest.approx(0.1)
    assert lower_bound(1.0, 50, 0.9) > lower_bound(1.0, 5, 0.9) > lower_bound(0.8, 5, 0.9)
