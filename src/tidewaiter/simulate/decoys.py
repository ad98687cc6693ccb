"""Lawful things that look like a scheme: at least one for every scheme.

The first line of each docstring says what it is, and is shown to the reader as the
reason why it is innocent.
"""

from __future__ import annotations

from collections.abc import Callable

from tidewaiter.simulate.cast import Cast
from tidewaiter.simulate.firms import Firm
from tidewaiter.simulate.schemes import CHIPS, HUBS, KIT

NEIGHBOURS = ("TJ", "AZ", "EG", "IN", "TR")
Play = Callable[[Cast], None]


def start_up(cast: Cast) -> None:
    """A real start-up: new, deals in chips, and sells all of them at home."""
    firm = cast.firm("start-up", cast.any(*HUBS), born=cast.regime + cast.between(60, 300))
    _buys(cast, firm, CHIPS, firm.born + cast.between(35, 80), 9)


def true_factory(cast: Cast) -> None:
    """A new factory that consumes what it buys: drones for farms, sold outside the target."""
    born = cast.regime + cast.between(30, 200)
    factory = cast.firm("factory", cast.any(*HUBS), "electronics_use", born=born, kind="trader")
    farm = cast.firm("customer", cast.any("IN", "EG"), "food_trade", born=born - 3000, kind="user")
    for turn in range(3):
        kits, day = cast.between(20, 60), born + 120 + turn * 80
        for hs, each in KIT:
            cast.ship(day + cast.between(0, 20), cast.maker(hs), factory, hs, kits * each)
        cast.ship(day + 60, factory, farm, "880622", kits, maker=factory)


def distribution_chain(cast: Cast) -> None:
    """A maker's authorised chain: a regional distributor and dealers that sell at home."""
    regional = cast.firm("distributor", "TR", born=cast.regime - 4000)
    dealer = cast.firm("dealer", cast.any("UZ", "GE", "AZ"), born=cast.regime - 1500)
    for step in range(7):
        hs, amount = CHIPS[step % 3], cast.between(300, 1500)
        day = cast.regime + 30 + step * 40
        source = cast.maker(hs)
        cast.ship(day, source, regional, hs, amount)
        cast.ship(day + 14, regional, dealer, hs, amount // 2, maker=source)


def minority_holding(cast: Cast) -> None:
    """A listed firm holds a fifth of a fruit trader since long before it was listed."""
    trader = cast.firm(
        "trader with a minority owner", cast.any(*HUBS), "food_trade", born=cast.regime - 2500
    )
    holder = cast.buyer_in_target(listed=cast.regime + 50)
    cast.disown(trader)
    cast.own(holder.key, trader, 20, cast.regime - 2000)
    _sends(cast, trader, cast.buyer_in_target(), ("080610", "080929"), cast.regime + 60, 6)


def ordinary_sale(cast: Cast) -> None:
    """An owner that nobody ever listed sells its business to another company."""
    trader = cast.firm("sold business", cast.any(*HUBS), "household_trade", born=cast.regime - 3000)
    old = cast.firm("seller", "PL", "general_trade", born=cast.regime - 5000)
    new = cast.firm("new owner", "CZ", "general_trade", born=cast.regime - 5000)
    cast.disown(trader)
    cast.own(old.key, trader, 100, cast.regime - 2900, cast.regime + 150)
    cast.own(new.key, trader, 100, cast.regime + 150)
    _buys(cast, trader, ("851713", "841821"), cast.regime + 60, 6)


def second_source(cast: Cast) -> None:
    """A firm buys what a listed one used to buy, from the same maker, for factories at home."""
    hub, source = cast.any(*HUBS), cast.maker("854239")
    gone = cast.firm("listed before", hub, born=cast.regime - 1200)
    cast.list(gone, cast.regime + 180)
    for step in range(4):
        cast.ship(cast.regime - 200 + step * 60, source, gone, "854239", cast.between(200, 600))
    firm = cast.firm("second source", hub, "electronics_use", born=cast.regime - 2200, kind="user")
    for step in range(6):
        cast.ship(cast.regime + 220 + step * 30, source, firm, "854239", cast.between(200, 600))


def diversification(cast: Cast) -> None:
    """A fruit trader adds household goods, and sends some of them to the target."""
    trader = cast.firm("diversified trader", cast.any(*HUBS), "food_trade", born=cast.regime - 3500)
    client = cast.buyer_in_target()
    _sends(cast, trader, client, ("080610", "110100"), cast.regime - 300, 6)
    _sends(cast, trader, client, ("851713", "841821"), cast.regime + 90, 6)


def broker_wording(cast: Cast) -> None:
    """A broker words the same goods otherwise; code, count and buyer are right."""
    firm = cast.firm(
        "importer", cast.any(*HUBS), "electronics_use", born=cast.regime - 2000, kind="user"
    )
    for step in range(6):
        cast.ship(
            cast.regime + 50 + step * 40, cast.maker("854231"), firm, "854231",
            cast.between(200, 700), text="854232",
        )  # fmt: skip


def true_transit(cast: Cast) -> None:
    """Goods in transit through a union state that arrive where they were going."""
    buyer = cast.firm("importer", "TJ", "telecom_use", born=cast.regime - 3000, kind="user")
    for step in range(5):
        source, amount, day = (
            cast.maker("851762"),
            cast.between(20, 90),
            cast.regime + 60 + step * 35,
        )
        cast.ship(day, source, buyer, "851762", amount, transit=cast.any("BY", "KZ"))


def business_centre(cast: Cast) -> None:
    """Firms of one business centre that share an address and buy alike, each for itself."""
    hub = cast.any(*HUBS)
    first = cast.firm("tenant", hub, born=cast.regime - 900)
    source = cast.maker("853690")
    for number in range(5):
        firm = (
            first if number == 0 else cast.firm("tenant", hub, born=cast.regime - 800 + number * 90)
        )
        if number:
            firm.town, firm.street = first.town, first.street
        for step in range(3):
            cast.ship(
                cast.regime + 40 + step * 50 + number * 5,
                source,
                firm,
                "853690",
                cast.between(300, 900),
            )


def group_treasury(cast: Cast) -> None:
    """A group's treasury pays what its subsidiary buys; the register shows the group."""
    parent = cast.firm("parent", "NL", "general_trade", born=cast.regime - 6000)
    child = cast.firm(
        "subsidiary", cast.any(*HUBS), "machinery_use", born=cast.regime - 1500, kind="user"
    )
    cast.disown(child)
    cast.own(parent.key, child, 100, cast.regime - 1500)
    for step in range(5):
        source = cast.maker("841370")
        came = cast.ship(
            cast.regime + 40 + step * 40, source, child, "841370", cast.between(10, 60)
        )
        cast.pay(cast.day(came) + 20, parent, source, cast.value(came), "group treasury", came)


def state_utility(cast: Cast) -> None:
    """A utility that its own state owns buys control equipment for its networks."""
    hub = cast.any(*HUBS)
    state = cast.firm("state owner", hub, "general_trade", born=cast.regime - 8000)
    utility = cast.firm("utility", hub, "telecom_use", born=cast.regime - 6000, kind="user")
    cast.disown(utility)
    cast.own(state.key, utility, 100, cast.regime - 6000)
    cast.pay(cast.regime + 20, state, utility, 400_000.0, "budget loan")
    _buys(cast, utility, ("851762", "850440"), cast.regime + 60, 7)


def cotton_mill(cast: Cast) -> None:
    """A mill sends linters to paper makers, as it has done for years."""
    mill = cast.firm("mill", "UZ", "textile_trade", born=cast.regime - 7000, kind="maker")
    paper = cast.firm(
        "paper maker", cast.any("TR", "CN"), "chemistry_trade", born=cast.regime - 6000, kind="user"
    )
    for step in range(12):
        cast.ship(
            cast.regime - 320 + step * 60, mill, paper, "140420", 22_000 + cast.between(0, 4000)
        )


def growing_distributor(cast: Cast) -> None:
    """A distributor that doubles its sales of chips, to neighbours other than the target."""
    firm = cast.firm("distributor", cast.any("TR", "AE", "GE"), born=cast.regime - 1800)
    friends = [
        cast.firm("customer", land, "electronics_use", born=cast.regime - 2500, kind="user")
        for land in ("EG", "IN", "AZ")
    ]
    for step in range(10):
        hs, amount = CHIPS[step % len(CHIPS)], cast.between(300, 700) * (1 + step // 4)
        source, day = cast.maker(hs), cast.regime - 90 + step * 45
        cast.ship(day, source, firm, hs, amount)
        cast.ship(
            day + cast.between(12, 40),
            firm,
            friends[step % 3],
            hs,
            round(amount * 0.55),
            maker=source,
        )
    _sends(cast, firm, cast.buyer_in_target(), ("841821", "852872"), cast.regime + 100, 4)


def cars_through_georgia(cast: Cast) -> None:
    """Used cars through Georgia: nearly all leave again, for neighbours, and none is controlled."""
    dealer = cast.firm(
        "car dealer", "GE", "vehicle_trade", born=cast.regime + cast.between(20, 120)
    )
    buyers = [
        cast.firm("customer", land, "vehicle_trade", born=cast.regime - 2000)
        for land in ("KZ", "AZ", "AM")
    ]
    for step in range(9):
        source, amount = cast.maker("870323", coalition=True), cast.between(52, 96)
        day = dealer.born + 20 + step * 30
        cast.ship(day, source, dealer, "870323", amount)
        cast.ship(
            day + cast.between(8, 30), dealer, buyers[step % 3], "870323", amount, maker=source
        )


def namesake(cast: Cast) -> None:
    """Its customer bears the name of a listed plant, but has another number and another trade."""
    plant = cast.plant(listed=cast.regime - 150)
    root = plant.names[1].split()[0]
    trader = cast.firm("fruit trader", cast.any(*HUBS), "food_trade", born=cast.regime - 2000)
    customer = cast.firm("namesake", "RU", "food_trade", born=cast.regime - 2500, root=root)
    _sends(cast, trader, customer, ("080610", "080929", "110100"), cast.regime + 40, 8)


def old_real_firm(cast: Cast) -> None:
    """A firm of thirty years that always traded chips, and with the target only before."""
    firm = cast.firm("old firm", cast.any("TR", "AE"), born=cast.regime - 10_000)
    client = cast.buyer_in_target()
    _sends(cast, firm, client, CHIPS, cast.regime - 390, 5)
    friend = cast.firm("customer", "EG", "electronics_use", born=cast.regime - 4000, kind="user")
    _sends(cast, firm, friend, CHIPS, cast.regime + 40, 8)


def group_intra_trade(cast: Cast) -> None:
    """Two firms of one group trade furniture across the border: one owner at both ends."""
    owner = cast.person()
    born = cast.regime - 3000
    home = cast.firm("group firm", cast.any(*HUBS), "building_trade", born=born)
    there = cast.firm("group firm abroad", "RU", "household_trade", born=born, kind="user")
    for firm in (home, there):
        cast.disown(firm)
        cast.own(owner, firm, 100, born)
    _sends(cast, home, there, ("940360", "690721"), cast.regime + 30, 8)


def _buys(cast: Cast, firm: Firm, goods: tuple[str, ...], first: int, times: int) -> None:
    """Imports that stay."""
    for step in range(times):
        hs = goods[step % len(goods)]
        day = first + step * cast.between(18, 30)
        cast.ship(day, cast.maker(hs), firm, hs, cast.between(90, 900))


def _sends(
    cast: Cast, firm: Firm, client: Firm, goods: tuple[str, ...], first: int, times: int
) -> None:
    """Imports of which a part goes to one client abroad."""
    for step in range(times):
        hs, amount = goods[step % len(goods)], cast.between(200, 1800)
        day = first + step * cast.between(25, 34)
        source = cast.maker(hs)
        cast.ship(day, source, firm, hs, amount)
        went = round(amount * float(cast.random.uniform(0.3, 0.7)))
        cast.ship(day + cast.between(9, 40), firm, client, hs, went, maker=source)


LIKE: dict[str, str] = {
    "start_up": "instant_shell", "true_factory": "kit_assembly",
    "distribution_chain": "multi_hop", "minority_holding": "fractional_ownership",
    "ordinary_sale": "divestment", "second_source": "replacement_supplier",
    "diversification": "pivot", "broker_wording": "misdeclared",
    "true_transit": "phantom_transit", "business_centre": "split_orders",
    "group_treasury": "third_party_payment", "state_utility": "state_financed",
    "cotton_mill": "feedstock_flow", "growing_distributor": "new_middleman",
    "cars_through_georgia": "multi_hop", "namesake": "instant_shell",
    "old_real_firm": "pivot", "group_intra_trade": "fractional_ownership",
}  # fmt: skip
DECOYS: dict[str, Play] = {
    play.__name__: play
    for play in (
        start_up, true_factory, distribution_chain, minority_holding, ordinary_sale,
        second_source, diversification, broker_wording, true_transit, business_centre,
        group_treasury, state_utility, cotton_mill, growing_distributor,
        cars_through_georgia, namesake, old_real_firm, group_intra_trade,
    )
}  # fmt: skip
