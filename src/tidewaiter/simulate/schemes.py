"""The diversions that a world can hold: one function each, its docstring says what it is.

They are patterns that authorities and courts have described; nothing here says how a
control could be passed, and what is easy or hard is about what an observer sees: new
firms and equal counts, or old ones and mixed goods.
"""

from __future__ import annotations

from collections.abc import Callable

from tidewaiter.simulate.cast import Cast
from tidewaiter.simulate.firms import Firm

CHIPS = ("854231", "854232", "854239", "853690")
KIT = (
    ("854231", 2), ("852691", 1), ("851762", 1), ("852910", 2), ("852589", 1),
    ("901420", 1), ("850131", 4), ("850760", 2),
)  # fmt: skip
HUBS = ("UZ", "TR", "AE", "GE", "RS")
UNION_HUBS = ("KZ", "KG", "AM")


def instant_shell(cast: Cast) -> None:
    """A firm registered weeks before imports chips and sends the same counts to a plant."""
    born = cast.regime + cast.between(90, 400)
    hub = cast.level(cast.any(*HUBS), cast.any(*HUBS), cast.any(*UNION_HUBS))
    shell = cast.firm("trader", hub, born=born)
    if cast.is_level("hard"):
        cast.now.designated = min(born + 500, cast.end)
        receiver = cast.buyer_in_target(listed=cast.now.designated)
    else:
        receiver = cast.plant(listed=cast.level(cast.regime - 200, cast.regime + 30, None))
    first = born + cast.level(12, 45, 200)
    _conveyor(cast, shell, receiver, CHIPS, first)


def kit_assembly(cast: Cast) -> None:
    """A firm imports every part of a drone in kit ratios and sends finished ones on."""
    born = cast.regime + cast.between(60, 300)
    maker = cast.firm("assembler", cast.any(*HUBS), born=born)
    receiver = _listed_plant(cast, cast.regime - cast.between(30, 400))
    _assembly(cast, maker, receiver, born + cast.level(40, 90, 220))


def multi_hop(cast: Cast) -> None:
    """Goods pass two or three trading firms in different hubs before they reach the plant."""
    born = cast.regime + cast.between(30, 200)
    first = cast.firm("forwarder", cast.any("TR", "AE"), born=born - cast.level(30, 400, 1500))
    second = cast.firm("trader", cast.any("UZ", "GE", "RS"), born=born)
    plant = cast.plant(listed=cast.regime - 60)
    start = max(cast.regime, born) + cast.level(30, 60, 120)
    for step in range(cast.level(6, 6, 8)):
        hs = CHIPS[step % 3]
        day, amount = start + step * 24, cast.between(300, 2200)
        source = cast.maker(hs)
        came = cast.ship(day, source, first, hs, amount)
        part = amount if not cast.is_level("hard") else round(amount * 0.6)
        between = cast.ship(day + cast.between(8, 18), first, second, hs, part, maker=source)
        went = cast.ship(
            cast.day(between) + cast.between(6, 16), second, plant, hs, part,
            maker=source, spelling=cast.level(0, 1, 0), known=not cast.is_level("hard"),
        )  # fmt: skip
        cast.lot(came, between, part)
        cast.lot(between, went, part)


def fractional_ownership(cast: Cast) -> None:
    """Two listed owners hold parts that reach one half together, one of them in a circle."""
    born = cast.regime + cast.between(30, 300)
    shell = cast.firm("trader", cast.any(*HUBS), born=born)
    holding = cast.firm("buffer", cast.any("AE", "HK"), born=born - 400)
    one, other = cast.buyer_in_target(listed=cast.regime - 100), cast.plant(listed=cast.regime)
    cast.disown(shell)
    cast.disown(holding)
    cast.own(one.key, shell, cast.level(30, 27, (20, 30)), born)
    cast.own(holding.key, shell, cast.level(30, 26, (20, 30)), born)
    cast.own(other.key, holding, cast.level(100, 60, (50, 75)), born - 300)
    cast.own(shell.key, holding, cast.level(0.5, 20, 20), born + 10)
    _conveyor(cast, shell, one, CHIPS, born + cast.level(30, 80, 150))


def divestment(cast: Cast) -> None:
    """An owner hands its stake to an employee days before it is listed; trade goes on."""
    born = cast.regime - cast.between(400, 900)
    trader = cast.firm("trader", cast.any(*HUBS), born=born)
    owner = cast.buyer_in_target()
    listed = cast.regime + cast.between(200, 400)
    cast.list(owner, listed)
    cast.now.designated = listed
    cast.disown(trader)
    handed = listed - cast.level(10, 30, 55)
    cast.own(owner.key, trader, 75, born, handed)
    heir = cast.person()
    cast.own(heir, trader, 75, handed)
    cast.office(heir, trader, "director", born + 30)
    _conveyor(cast, trader, owner, CHIPS, listed - 120)


def replacement_supplier(cast: Cast) -> None:
    """A middleman is listed; weeks later another buys the same from the same for the same."""
    hub, start = cast.any(*HUBS), cast.regime + 30
    gone = cast.firm("trader", hub, born=cast.regime - 200)
    fresh = cast.firm("trader", cast.any(*HUBS), born=start + cast.level(60, 0, -900))
    receiver = cast.buyer_in_target()
    cast.list(gone, start + 200)
    cast.now.designated = start + 200
    source = cast.maker("854239")
    for firm, first in ((gone, start + 40), (fresh, start + 200 + cast.level(25, 60, 130))):
        for step in range(5):
            _forward(
                cast, (source, firm, receiver), "854239", first + step * 25, cast.between(400, 900)
            )


def pivot(cast: Cast) -> None:
    """An old firm of another trade turns to electronics and sends them to the target."""
    trader = cast.firm(
        "trader", cast.any(*HUBS), cast.any("food_trade", "textile_trade"), born=cast.regime - 3000
    )
    goods = "080610" if cast.now.difficulty != "easy" else "110100"
    friend = cast.firm("supplier", "EG", "food_trade", born=cast.regime - 4000, kind="maker")
    for step in range(cast.level(3, 8, 14)):
        cast.ship(cast.regime - 300 + step * 45, friend, trader, goods, cast.between(4000, 9000))
    receiver = cast.plant(listed=cast.regime) if cast.is_level("easy") else cast.buyer_in_target()
    _conveyor(cast, trader, receiver, CHIPS, cast.regime + cast.between(90, 250))


def misdeclared(cast: Cast) -> None:
    """Chips come in under their code and leave under another, or with another's words."""
    shell = cast.firm("trader", cast.any(*HUBS), born=cast.regime + cast.level(60, -300, -2000))
    plant = cast.plant(listed=cast.regime - 90)
    start = max(cast.regime, shell.born) + 60
    for step in range(6):
        amount = cast.between(300, 900)
        source = cast.maker("854231")
        came = cast.ship(start + step * 25, source, shell, "854231", amount)
        worth = cast.value(came) * 1.2
        went = cast.ship(
            start + step * 25 + cast.between(10, 30), shell, plant,
            cast.level("853690", "850440", "841370"), amount, value=worth, maker=source,
            text=cast.level("854231", None, None), spelling=cast.level(0, 1, 0),
            known=not cast.is_level("hard"),
        )  # fmt: skip
        cast.lot(came, went, amount)


def phantom_transit(cast: Cast) -> None:
    """Goods in transit through a union state for a third one never arrive there."""
    buyer = cast.firm("trader", cast.any("TJ", "AZ"), born=cast.regime + cast.between(30, 200))
    receiver = cast.buyer_in_target(listed=cast.level(cast.regime, None, None))
    via = cast.any("BY", "KZ")
    for step in range(cast.level(6, 5, 4)):
        source = cast.maker("847150")
        amount = cast.between(10, 60)
        day = buyer.born + 50 + step * 30
        cast.ship(day, source, buyer, "847150", amount, transit=via, arrives=False)
        if cast.now.difficulty == "easy":
            # No lot: there is no row by which these goods came in.
            cast.ship(day + 12, buyer, receiver, "847150", amount, maker=source)


def split_orders(cast: Cast) -> None:
    """Firms with one address order parts of one lot each, and all of it meets again."""
    hub, born = cast.any(*HUBS), cast.regime + cast.between(60, 300)
    first = cast.firm("trader", hub, born=born)
    firms = [first] + [cast.firm("trader", hub, born=born + 20 * n) for n in range(1, 4)]
    receiver = cast.plant(listed=cast.level(cast.regime, cast.regime, born + 300))
    source = cast.maker("854239")
    for number, firm in enumerate(firms):
        if number and cast.now.difficulty != "hard":
            cast.share_contact(firm, first)
        for step in range(3):
            day = born + 90 + step * 60 + number * 6
            _forward(cast, (source, firm, receiver), "854239", day, cast.between(120, 240))


def third_party_payment(cast: Cast) -> None:
    """The buyer's goods are paid by a firm that no paper names."""
    shell = cast.firm(
        "trader", cast.any("UZ", "GE"), born=cast.regime + cast.level(40, -500, -2500)
    )
    payer = cast.firm("payer", cast.any("AE", "HK"), "general_trade", born=cast.regime - 100)
    receiver = cast.buyer_in_target(listed=cast.level(cast.regime, None, None))
    start = max(shell.born, cast.regime) + 60
    for step in range(6):
        source = cast.maker("852691")
        amount = cast.between(60, 300)
        came, _ = _forward(cast, (source, shell, receiver), "852691", start + step * 28, amount)
        cast.pay(
            start + step * 28 - 5,
            payer,
            source,
            cast.value(came),
            f"goods for {shell.names[-1]}",
            came,
        )
        cast.pay(start + step * 28 - 12, receiver, payer, cast.value(came) * 1.15, "services", came)


def state_financed(cast: Cast) -> None:
    """A state holding of the target founds and lends to a firm that assembles for a plant."""
    born = cast.regime + cast.between(60, 300)
    shell = cast.firm("assembler", "UZ", born=born)
    holding = cast.firm("payer", "RU", "machinery_use", born=cast.regime - 5000, kind="user")
    between = cast.firm("buffer", cast.any("AE", "RS"), "general_trade", born=born - 90)
    cast.disown(shell)
    cast.disown(between)
    cast.own(holding.key, between, cast.level(100, 60, (25, 50)), born - 80)
    cast.own(between.key, shell, cast.level(100, 80, (50, 75)), born)
    for step in range(3):
        cast.pay(
            born + 15 + step * 40, holding, shell, cast.between(200, 600) * 1000.0, "loan agreement"
        )
    _assembly(cast, shell, _listed_plant(cast, cast.regime - 200), born + 60)


def feedstock_flow(cast: Cast) -> None:
    """Cotton linters or nitrocellulose go to a powder plant, or to a broker beside it."""
    seller = cast.firm(
        "trader",
        cast.any("UZ", "TJ"),
        "textile_trade",
        born=cast.regime - cast.level(60, 900, 3000),
    )
    receiver = _listed_plant(cast, cast.regime - 100)
    grower = cast.firm("supplier", "EG", "textile_trade", born=cast.regime - 4000, kind="maker")
    for step in range(8):
        amount = 20_000.0 + step * cast.between(2000, 6000)
        _forward(cast, (grower, seller, receiver), "140420", cast.regime + 60 + step * 30, amount)


def new_middleman(cast: Cast) -> None:
    """A client that bought directly before the regime date is served by a new firm since."""
    client = cast.buyer_in_target(listed=cast.level(cast.regime + 20, None, None))
    source = cast.maker("848210")
    before = max(cast.regime - 380, cast.regime - 380)
    for step in range(6):
        cast.ship(before + step * 50, source, client, "848210", cast.between(900, 2500))
    middle = cast.firm(
        "trader", cast.any(*HUBS), "machinery_trade", born=cast.regime + cast.level(30, 10, -1500)
    )
    start = max(cast.regime, middle.born) + cast.level(30, 90, 150)
    for step in range(7):
        _forward(
            cast, (source, middle, client), "848210", start + step * 30, cast.between(900, 2500)
        )


def _listed_plant(cast: Cast, day: int) -> Firm:
    """Who receives: a plant listed on a day, or a firm on no list where it is hard to see."""
    return cast.buyer_in_target() if cast.is_level("hard") else cast.plant(listed=day)


def _conveyor(cast: Cast, firm: Firm, receiver: Firm, goods: tuple[str, ...], first: int) -> None:
    """Imports that leave for the receiver within weeks: all of them, or most."""
    day = max(first, cast.regime + 14)
    for step in range(cast.level(8, 7, 10)):
        hs = goods[step % len(goods)]
        _forward(cast, (cast.maker(hs), firm, receiver), hs, day, cast.between(260, 2600))
        day += cast.between(9, 24)
    if cast.now.difficulty == "hard":
        friend = cast.firm("bystander", "EG", born=firm.born - 2000, kind="user")
        for step in range(5):
            came = cast.ship(first + step * 31, cast.maker("851713"), firm, "851713", 400)
            cast.ship(cast.day(came) + 20, firm, friend, "851713", 300)


def _forward(
    cast: Cast, parties: tuple[Firm, Firm, Firm], hs: str, day: int, amount: float
) -> tuple[int, int]:
    """One import and the export that passes it on, whole or in part by difficulty.

    ``parties`` are who sells, who passes on and who receives.
    """
    source, firm, receiver = parties
    came = cast.ship(day, source, firm, hs, amount)
    part = cast.level(amount, amount, round(amount * 0.75))
    lag = cast.between(4, 20) if cast.now.difficulty == "easy" else cast.between(10, 44)
    went = cast.ship(
        day + lag, firm, receiver, hs, part,
        maker=source, value=cast.value(came) * part / amount * 1.3,
        spelling=cast.level(0, 1, -1), known=not cast.is_level("hard"),
    )  # fmt: skip
    cast.lot(came, went, part)
    return came, went


def _assembly(cast: Cast, maker: Firm, receiver: Firm, first: int) -> None:
    """Three rounds of a kit of parts, and the aircraft made of them."""
    for turn in range(3):
        kits = cast.between(30, 90)
        day = first + turn * 70
        parts = [
            cast.ship(day + cast.between(0, 15), cast.maker(hs), maker, hs, kits * each)
            for hs, each in KIT
        ]
        hs = cast.level("880622", "880622", "842449")
        went = cast.ship(
            day + cast.between(30, 50), maker, receiver, hs, kits,
            spelling=cast.level(0, 1, -1), known=not cast.is_level("hard"), maker=maker,
        )  # fmt: skip
        for came in parts:
            cast.lot(came, went, cast.quantity(came))


SCHEMES: dict[str, Callable[[Cast], None]] = {
    scheme.__name__: scheme
    for scheme in (
        instant_shell, kit_assembly, multi_hop, fractional_ownership, divestment,
        replacement_supplier, pivot, misdeclared, phantom_transit, split_orders,
        third_party_payment, state_financed, feedstock_flow, new_middleman,
    )
}  # fmt: skip
