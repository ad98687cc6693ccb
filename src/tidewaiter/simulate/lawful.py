"""Lawful trade: heavy-tailed, with steady suppliers, log-normal prices and re-exports.

A block covers a stretch of days and holds at most ``BLOCK`` imports, so that memory does
not grow with the world. What a trader sends on is part of one of its own imports and
leaves after it: no stock is ever sent on that did not come in.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from tidewaiter.simulate import atlas
from tidewaiter.simulate.consignments import ONWARD, Consignments, columns, joined
from tidewaiter.simulate.firms import Firm
from tidewaiter.simulate.plan import Plan, day_number

BLOCK = 100_000
REGULAR = (0.62, 0.28, 0.10)  # how often a buyer turns to its first, second, third supplier
TRIES = 4
HUB_ONWARD, OTHER_ONWARD = 1.5, 0.5  # hubs send on more of what they buy than others
MEAN_VALUE, SPREAD = 9.6, 1.1  # logarithm of the US dollars of a consignment
PRIORITY = ("electronics", "aviation", "drones")  # what the coalition does not sell to the target

NOTHING: dict[str, list[int]] = {
    name: [] for name in ("day", "seller", "buyer", "product", "quantity", "value")
}

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class Market:
    """Who buys, who sells and what may not be sold to whom, as arrays over firms."""

    def __init__(self, plan: Plan, firms: list[Firm]) -> None:
        lands, works = atlas.countries(), atlas.activities()
        self.regime = day_number(plan.regime_date)
        self.country = np.array([firm.country for firm in firms])
        self.born = np.array([firm.born for firm in firms])
        self.activity = np.array([firm.activity for firm in firms])
        self.target = np.array([land.code == atlas.TARGET for land in lands])
        self.coalition = np.array([land.coalition for land in lands])
        self.hub = np.array([land.part == "hub" for land in lands])
        self.trader = np.array([firm.kind == "trader" for firm in firms])
        self.onward = np.array([work.onward for work in works])
        self.price = np.array([each.price for each in atlas.products()])
        self.spread = np.array([each.spread for each in atlas.products()])
        self.pieces = np.array([each.unit == "pcs" for each in atlas.products()])
        held = {each.hs for group in PRIORITY for each in atlas.groups()[group]}
        self.priority = np.array([each.hs in held for each in atlas.products()])
        self.buyers, self.buyer_shares = _ranked(
            [f for f in firms if f.lawful and f.kind in {"trader", "user"}]
        )
        makers = [[] for _ in atlas.products()]  # type: list[list[Firm]]
        for firm in firms:
            if firm.lawful and firm.kind == "maker":
                makers[firm.product].append(firm)
        self.makers = [_ranked(each) for each in makers]
        mixes = np.diff(atlas.mixes(), axis=1, prepend=0)
        self.dealers = [
            _ranked([firms[b] for b in self.buyers if mixes[firms[b].activity, p] > 0])
            for p in range(len(atlas.products()))
        ]

    def forbidden(
        self, seller: Ints, buyer: Ints, product: Ints, day: Ints
    ) -> npt.NDArray[np.bool_]:
        """Priority goods for the target after the regime date, from the coalition or onward."""
        inside = self.target[self.country[buyer]] & ~self.target[self.country[seller]]
        careful = self.coalition[self.country[seller]] | self.trader[seller]
        late = day >= self.regime
        banned: npt.NDArray[np.bool_] = inside & careful & self.priority[product] & late
        return banned


def blocks(
    plan: Plan, market: Market, wanted: int, random: np.random.Generator
) -> Iterator[tuple[int, Consignments]]:
    """Lawful consignments of about ``wanted`` customs rows, in blocks of growing date.

    With each block comes the first day that no longer belongs to it.
    """
    first, last = day_number(plan.start), day_number(plan.end)
    left = wanted
    slices = max(1, -(-wanted // (2 * BLOCK)))
    edges = np.linspace(first, last + 1, slices + 1).astype(np.int64)
    for number in range(slices):
        share = left // (slices - number)
        made: list[Consignments] = []
        rows = 0
        while rows < share:
            size = max(64, min(BLOCK, (share - rows) // 2))
            block = _block(market, random, (int(edges[number]), int(edges[number + 1])), size)
            block = block.take(block.day <= last)
            block = block.take(np.cumsum(customs_rows(market.country, block)) <= share - rows + 1)
            rows += int(customs_rows(market.country, block).sum())
            made.append(block)
        left -= rows
        yield int(edges[number + 1]), joined(made or [columns(**NOTHING)])


def customs_rows(country: Ints, block: Consignments) -> Ints:
    """How many rows customs services write about each consignment: 0, 1 or 2.

    The target's customs shares nothing, and inside the union there is none.
    """
    lands = atlas.countries()
    target = np.array([land.code == atlas.TARGET for land in lands])
    union = np.array([land.union for land in lands])
    one, other = country[block.seller], country[block.buyer]
    inner = union[one] & union[other]
    return np.where(inner | (one == other), 0, (~target[one]).astype(int) + ~target[other])


def _block(
    market: Market, random: np.random.Generator, days: tuple[int, int], size: int
) -> Consignments:
    """``size`` imports (less those that nobody may send) and what is sent on of them."""
    day = random.integers(days[0], days[1], size)
    buyer = market.buyers[_drawn(random, market.buyer_shares, size)]
    product = _bought(market, random, buyer)
    seller = _suppliers(market, random, buyer, product, day)
    value = random.lognormal(MEAN_VALUE, SPREAD, size)
    price = market.price[product] * random.lognormal(0, market.spread[product] * 0.5)
    quantity = _counted(market, product, value / price)
    value = np.round(quantity * price, 2)
    good = (seller >= 0) & (market.born[buyer] < day) & (value > 0)
    came = columns(
        day=day, seller=seller, buyer=buyer, product=product,
        quantity=quantity, value=value, maker=seller,
    ).take(good)  # fmt: skip
    return _interleaved(came, _sent_on(market, random, came))


def _interleaved(came: Consignments, went: tuple[Consignments, Ints]) -> Consignments:
    """Each import followed by what is sent on of it, so that a cut never separates them."""
    both = joined([came, went[0]])
    place = np.concatenate([np.arange(len(came)) * 2, went[1] * 2 + 1])
    return both.take(np.argsort(place, kind="stable"))


def _bought(market: Market, random: np.random.Generator, buyer: Ints) -> Ints:
    mixes = atlas.mixes()[market.activity[buyer]]
    drawn: Ints = (random.random(len(buyer))[:, None] > mixes).sum(axis=1).astype(np.int64)
    return drawn


def _suppliers(
    market: Market, random: np.random.Generator, buyer: Ints, product: Ints, day: Ints
) -> Ints:
    """A supplier of each purchase: mostly the buyer's usual one; -1 where none may sell."""
    rank = random.choice(len(REGULAR), size=len(buyer), p=REGULAR)
    seller = np.full(len(buyer), -1)
    for extra in range(TRIES):
        open_ = seller < 0
        point = _habit(buyer, product, rank + extra * len(REGULAR))
        for each in np.unique(product[open_]):
            here = open_ & (product == each)
            firms, shares = market.makers[each]
            if len(firms):
                seller[here] = firms[np.searchsorted(shares, point[here], side="right")]
        same = market.country[seller] == market.country[buyer]
        bad = open_ & (seller >= 0) & (same | market.forbidden(seller, buyer, product, day))
        seller[bad] = -1
    return seller


def _habit(buyer: Ints, product: Ints, rank: Ints) -> Floats:
    """A number in [0, 1) that is always the same for a buyer, a product and a rank."""
    mixed = (buyer.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= (product.astype(np.uint64) + np.uint64(7)) * np.uint64(0xC2B2AE3D27D4EB4F)
    mixed ^= (rank.astype(np.uint64) + np.uint64(3)) * np.uint64(0x165667B19E3779F9)
    mixed ^= mixed >> np.uint64(31)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    return (mixed >> np.uint64(11)).astype(np.float64) / float(1 << 53)


def _sent_on(
    market: Market, random: np.random.Generator, came: Consignments
) -> tuple[Consignments, Ints]:
    """Re-exports, and the position of the import that each is part of."""
    land = market.country[came.buyer]
    chance = market.onward[market.activity[came.buyer]]
    chance = chance * np.where(market.hub[land], HUB_ONWARD, OTHER_ONWARD)
    parts = np.flatnonzero(random.random(len(came)) < chance)
    share = random.beta(2.0, 2.5, len(parts))
    product, seller = came.product[parts], came.buyer[parts]
    quantity = _part(market, product, came.quantity[parts], share)
    day = came.day[parts] + random.integers(3, 90, len(parts))
    buyer = np.full(len(parts), -1)
    point = random.random(len(parts))
    for each in np.unique(product):
        here = product == each
        firms, shares = market.dealers[each]
        buyer[here] = firms[np.searchsorted(shares, point[here], side="right")]
    margin = random.lognormal(0.12, 0.08, len(parts))
    value = np.round(came.value[parts] / came.quantity[parts] * quantity * margin, 2)
    abroad = market.country[seller] != market.country[buyer]
    good = abroad & (quantity > 0) & (value > 0) & (market.born[buyer] < day)
    good &= ~market.forbidden(seller, buyer, product, day)
    made = columns(
        day=day, seller=seller, buyer=buyer, product=product, quantity=quantity, value=value,
        maker=came.maker[parts], procedure=np.full(len(parts), ONWARD),
    )  # fmt: skip
    return made.take(good), parts[good]


def _counted(market: Market, product: Ints, amount: Floats) -> Floats:
    """Whole pieces, or tenths of a kilogram or litre; at least one of it."""
    tenths = np.maximum(np.round(amount, 1), 0.1)
    return np.where(market.pieces[product], np.maximum(np.rint(amount), 1), tenths)


def _part(market: Market, product: Ints, quantity: Floats, share: Floats) -> Floats:
    """A share of an amount, never more than there is; nothing where it is no whole piece."""
    whole = np.floor(quantity * share)
    return np.where(market.pieces[product], whole, np.floor(quantity * share * 10) / 10)


def _ranked(firms: list[Firm]) -> tuple[Ints, Floats]:
    """Firms and the cumulated shares of their size; the last share is above 1."""
    sizes = np.array([firm.size for firm in firms])
    shares = sizes.cumsum() / sizes.sum() if len(sizes) else sizes
    if len(shares):
        shares[-1] = 1.0 + 1e-9
    return np.array([firm.key for firm in firms], dtype=np.int64), shares


def _drawn(random: np.random.Generator, shares: Floats, size: int) -> Ints:
    return np.searchsorted(shares, random.random(size), side="right").astype(np.int64)
