"""A value in US dollars: the finest rate that covers the day, the user's own first."""

from __future__ import annotations

import datetime
from decimal import Decimal
from itertools import pairwise

import pytest

from tidewaiter.goods.rates import Rates, bundled

CURRENCIES = [
    "EUR", "GBP", "CHF", "CNY", "HKD", "JPY", "KRW", "TRY", "AED", "RUB", "BYN", "UAH",
    "UZS", "KGS", "KZT", "AMD", "GEL", "TJS",
]  # fmt: skip


def test_dollars_need_no_rate() -> None:
    """US dollars stay what they are, with or without a date."""
    assert Rates().usd_cents(12345, "USD", None) == 12345


def test_the_users_rate_comes_first_and_the_finest_period_wins() -> None:
    """Day before month before year, all of them before the bundled average."""
    own = [("EUR", "2023", Decimal(2)), ("EUR", "2023-04", Decimal(3))]
    rates = Rates([*own, ("EUR", "2023-04-17", Decimal(4))])
    assert rates.usd_cents(100, "EUR", "2023-04-17") == 400
    assert rates.usd_cents(100, "EUR", "2023-04-18") == 300
    assert rates.usd_cents(100, "EUR", "2023-05-01") == 200


def test_without_a_rate_there_is_no_value() -> None:
    """Neither another year nor another currency stands in."""
    assert Rates().usd_cents(100, "XXX", "2023-01-01") is None
    assert Rates().usd_cents(100, "EUR", "1970-01-01") is None
    assert Rates().usd_cents(100, "EUR", None) is None


@pytest.mark.parametrize("currency", CURRENCIES)
def test_every_currency_of_the_corridors_has_cited_averages(currency: str) -> None:
    """Each promised currency has annual averages, positive and without a jump of ten."""
    rates = [rate for (name, _), rate in sorted(bundled().items()) if name == currency]
    assert len(rates) >= 5
    assert all(rate > 0 for rate in rates)
    steps = pairwise(rates)
    assert all(Decimal("0.1") < after / before < 10 for before, after in steps)


def test_halves_round_to_even() -> None:
    """Exact decimals, rounded once: 0.5 cent goes to the even neighbour."""
    rates = Rates([("EUR", "2023", Decimal("0.5"))])
    assert rates.usd_cents(1, "EUR", "2023-06-01") == 0
    assert rates.usd_cents(3, "EUR", "2023-06-01") == 2


def test_an_average_is_not_known_before_its_period_is_over() -> None:
    """On a named day in the middle of a year that year's average does not exist yet."""
    early = Rates(known_by=datetime.date(2023, 3, 31))
    assert early.usd_cents(100, "EUR", "2023-02-01") is None
    assert early.usd_cents(100, "EUR", "2022-02-01") is not None
