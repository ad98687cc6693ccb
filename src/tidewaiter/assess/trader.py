"""Everything the flags look at of one party: register, trade since when, owners, partners."""

from __future__ import annotations

import msgspec

from tidewaiter.assess.deliveries import Item
from tidewaiter.goods.controlled import is_priority, is_watched
from tidewaiter.goods.embargo import Embargo
from tidewaiter.resolve.parties import Party


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A row of a register as evidence: where it is and what it says in short."""

    record_id: str
    source_id: str
    locator: str
    text: str


class Registration(msgspec.Struct, frozen=True, kw_only=True):
    """The party's row in a company register; ``incorporated_on`` as precise as it is told."""

    incorporated_on: str | None
    row: Row


class Leg(msgspec.Struct, frozen=True, kw_only=True):
    """One shipment from the party's side; ``usd`` in hundredths, ``None`` without a rate."""

    item: Item
    inward: bool
    partner: str
    usd: int | None

    @property
    def partner_country(self) -> str:
        """The country of who sent or received it."""
        item = self.item
        return item.consignor_country if self.inward else item.consignee_country


class SharedBuyer(msgspec.Struct, frozen=True, kw_only=True):
    """A buyer in the target state: how many suppliers it has, and which are listed."""

    buyer: str
    name: str
    suppliers: int
    listed: tuple[str, ...]
    itself_listed: bool


class SharedOwner(msgspec.Struct, frozen=True, kw_only=True):
    """Who holds parts of the party and of a buyer in the target; shares in per cent.

    A share that is not told is ``None``; ``rows`` are the two stakes.
    """

    owner: str
    buyer: str
    own: float | None
    theirs: float | None
    rows: tuple[Row, ...]


class Trader(msgspec.Struct, frozen=True, kw_only=True):
    """One party and what is known of it on the day of the run.

    ``legs`` are in order of date. ``outward_seen`` says whether the border over which its
    goods would leave is in the data at all.
    """

    party: Party
    embargo: Embargo
    registration: Registration | None
    legs: tuple[Leg, ...]
    buyers: tuple[SharedBuyer, ...]
    owners: tuple[SharedOwner, ...]
    owners_known: bool
    outward_seen: bool

    @property
    def inward(self) -> list[Leg]:
        """What came in."""
        return [leg for leg in self.legs if leg.inward]

    @property
    def to_target(self) -> list[Leg]:
        """What went to the target state since the embargo."""
        return [leg for leg in self.legs if self.is_to_target(leg)]

    @property
    def priority(self) -> list[Leg]:
        """Trade in goods of the Common High Priority List, in and out."""
        return [leg for leg in self.legs if is_priority(leg.item.hs_code)]

    def is_to_target(self, leg: Leg) -> bool:
        """Whether goods leave for the target state since the embargo."""
        places = {leg.partner_country, leg.item.destination_country}
        late = leg.item.date_day >= self.embargo.since
        return not leg.inward and late and bool(places & self.embargo.target)

    @property
    def linked(self) -> bool:
        """Whether watched goods are seen to leave for the target state."""
        return any(is_watched(leg.item.hs_code) for leg in self.to_target)


def first_of_months(legs: list[Leg]) -> list[Leg]:
    """The first leg of each month: where windows of twelve months begin.

    A window from every leg was rejected: its cost grows with the square of the trade.
    """
    firsts: dict[str, Leg] = {}
    for leg in legs:
        firsts.setdefault(leg.item.date_day[:7], leg)
    return list(firsts.values())
