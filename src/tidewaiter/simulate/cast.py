"""The words in which schemes and look-alikes are told: firms, shipments, stakes, papers.

Everything a scheme adds goes through here, and leaves the same kinds of rows as lawful
trade does: nothing in the files tells the two apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict, Unpack

import msgspec

from tidewaiter.simulate import atlas
from tidewaiter.simulate.consignments import (
    BOTH_IDS,
    LOST,
    NO_ID,
    NOBODY,
    TRANSIT,
    Consignments,
    columns,
)
from tidewaiter.simulate.firms import Firm, Maternity, Role, Stake
from tidewaiter.simulate.plan import DIFFICULTIES, Difficulty, day_number

if TYPE_CHECKING:
    import numpy as np

SCHEME, DECOY = "scheme", "decoy"


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of an invented list."""

    firm: int
    day: int
    list_id: str = "xa_trade_controls"
    measure: str = "asset_freeze"
    with_number: bool = True


class Payment(msgspec.Struct, frozen=True, kw_only=True):
    """Money from one firm to another, for a consignment or for none (-1)."""

    day: int
    payer: int
    payee: int
    usd: float
    narrative: str
    shipment: int = NOBODY


class Told(msgspec.Struct, kw_only=True):
    """One scheme or look-alike as it is told: members, shipments, lots, what is known of it."""

    number: int
    role: str
    kind: str
    difficulty: Difficulty
    members: dict[int, str] = {}
    shipments: list[int] = []
    lots: list[tuple[int, int, float]] = []
    designated: int | None = None
    why: str = ""
    like: str = ""


class Particulars(TypedDict, total=False):
    """What may be told of a shipment beside who, what and when.

    ``value`` in US dollars (default: by the price of the goods); ``maker`` (default: the
    seller); ``text`` a subheading whose words are declared instead; ``transit`` a country
    that is passed, and whether the goods then arrive; ``spelling`` of the buyer's name;
    ``known``: party ids are written.
    """

    value: float
    maker: Firm
    text: str | None
    end_user: Firm
    transit: str
    arrives: bool
    spelling: int
    known: bool


class Cast:
    """Adds the parts of schemes and look-alikes to a world."""

    def __init__(self, maternity: Maternity) -> None:
        self.maternity = maternity
        self.random: np.random.Generator = maternity.random
        self.people = maternity.people
        self.firms: list[Firm] = maternity.people.firms
        self.plan = maternity.plan
        self.regime = day_number(maternity.plan.regime_date)
        self.end = day_number(maternity.plan.end)
        self.told: list[Told] = []
        self.listings: list[Listing] = []
        self.payments: list[Payment] = []
        self.contacts: dict[int, int] = {}
        self._rows: list[dict[str, Any]] = []
        self._makers: dict[int, list[Firm]] = {}
        for firm in self.firms:
            if firm.kind == "maker":
                self._makers.setdefault(firm.product, []).append(firm)

    @property
    def now(self) -> Told:
        """The part that is being told."""
        return self.told[-1]

    def begin(self, role: str, kind: str, difficulty: Difficulty) -> None:
        """Begin a scheme or a look-alike."""
        told = Told(number=len(self.told), role=role, kind=kind, difficulty=difficulty)
        self.told.append(told)

    def level(self, *choices: Any) -> Any:  # noqa: ANN401
        """The choice for easy, medium or hard."""
        return choices[DIFFICULTIES.index(self.now.difficulty)]

    def is_level(self, level: Difficulty) -> bool:
        """Whether the scheme is played at a level."""
        return self.now.difficulty == level

    def between(self, least: int, most: int) -> int:
        """A whole number from ``least`` to ``most``, both included."""
        return int(self.random.integers(least, most + 1))

    def any(self, *options: str) -> str:
        """One of the options."""
        return options[self.between(0, len(options) - 1)]

    def firm(
        self,
        part: str,
        country: str,
        work: str = "electronics_trade",
        *,
        born: int,
        kind: Any = "trader",  # noqa: ANN401
        root: str | None = None,
    ) -> Firm:
        """A new firm that plays ``part``."""
        land, activity = atlas.country(country), atlas.activity(work)
        made = self.maternity.firm(kind, land, activity, born=born, root=root)
        made.telling = True
        self.now.members[made.key] = part
        return made

    def plant(self, *, listed: int | None, country: str = atlas.TARGET) -> Firm:
        """A plant of the target, listed on a day or never."""
        born = day_number("1996-01-01") + self.between(0, 3000)
        made = self.firm("receiver", country, "machinery_use", born=born, kind="plant")
        if listed is not None:
            self.list(made, listed)
        return made

    def buyer_in_target(self, *, listed: int | None = None) -> Firm:
        """A trading firm of the target."""
        born = day_number("2008-01-01") + self.between(0, 4000)
        made = self.firm("receiver", atlas.TARGET, "electronics_trade", born=born)
        if listed is not None:
            self.list(made, listed)
        return made

    def maker(self, hs: str, *, coalition: bool = True) -> Firm:
        """An existing firm that makes the goods, in the coalition if one is there."""
        known = self._makers.get(atlas.product(hs), [])
        lands = atlas.countries()
        fitting = [f for f in known if lands[f.country].coalition == coalition] or known
        picked = fitting[self.between(0, len(fitting) - 1)]
        self.now.members.setdefault(picked.key, "supplier")
        return picked

    def ship(
        self,
        day: int,
        seller: Firm,
        buyer: Firm,
        hs: str,
        quantity: float,
        **told: Unpack[Particulars],
    ) -> int:
        """Send goods; gives the shipment's number. A trader's shipment is a re-export."""
        product = atlas.product(hs)
        price = atlas.products()[product].price * float(self.random.lognormal(0, 0.1))
        transit, end_user, text = told.get("transit"), told.get("end_user"), told.get("text")
        arrives, onward = told.get("arrives", True), seller.kind == "trader"
        self._rows.append(
            {
                "day": min(day, self.end), "seller": seller.key, "buyer": buyer.key,
                "product": product, "quantity": quantity,
                "value": round(told.get("value", quantity * price), 2),
                "maker": told.get("maker", seller).key, "cast": len(self._rows),
                "procedure": (TRANSIT if arrives else LOST) if transit else int(onward),
                "end_user": end_user.key if end_user else NOBODY,
                "buyer_name": told.get("spelling", NOBODY),
                "ids": BOTH_IDS if told.get("known", True) else NO_ID,
                "text": atlas.product(text) if text else NOBODY,
                "via": atlas.country(transit) if transit else NOBODY,
            }
        )  # fmt: skip
        number = len(self._rows) - 1
        self.now.shipments.append(number)
        return number

    def lot(self, came: int, went: int, quantity: float) -> None:
        """So much of one shipment left with another."""
        self.now.lots.append((came, went, quantity))

    def value(self, shipment: int) -> float:
        """The US dollars of a shipment."""
        return float(self._rows[shipment]["value"])

    def quantity(self, shipment: int) -> float:
        """The units of a shipment."""
        return float(self._rows[shipment]["quantity"])

    def day(self, shipment: int) -> int:
        """The day of a shipment."""
        return int(self._rows[shipment]["day"])

    def list(self, firm: Firm, day: int, **given: Any) -> None:  # noqa: ANN401
        """List a firm on a day."""
        self.listings.append(Listing(firm=firm.key, day=day, **given))

    def own(
        self,
        holder: int,
        firm: Firm,
        share: float | tuple[float, float],
        start: int,
        end: int | None = None,
    ) -> None:
        """A stake, in per cent or as a band."""
        least, most = share if isinstance(share, tuple) else (share, share)
        stake = Stake(holder=holder, firm=firm.key, least=least, most=most, start=start, end=end)
        self.people.stakes.append(stake)

    def disown(self, firm: Firm) -> None:
        """Take away the owners that every new firm is given."""
        self.people.stakes[:] = [s for s in self.people.stakes if s.firm != firm.key]

    def office(self, person: int, firm: Firm, role: str, start: int) -> None:
        """An office of a person."""
        made = Role(person=person, firm=firm.key, role=role, start=start)
        self.people.roles.append(made)

    def person(self) -> int:
        """A new invented person, as a negative key."""
        return self.people.person(self.maternity.namer.person())

    def pay(
        self, day: int, payer: Firm, payee: Firm, usd: float, narrative: str, shipment: int = NOBODY
    ) -> None:
        """Pay."""
        self.payments.append(
            Payment(
                day=min(day, self.end),
                payer=payer.key,
                payee=payee.key,
                usd=round(usd, 2),
                narrative=narrative,
                shipment=shipment,
            )
        )

    def share_contact(self, firm: Firm, other: Firm) -> None:
        """Give a firm the telephone and address of another."""
        self.contacts[firm.key] = other.key
        firm.town, firm.street = other.town, other.street

    def consignments(self) -> Consignments | None:
        """Every shipment that was told."""
        if not self._rows:
            return None
        names = list(self._rows[0])
        return columns(**{name: [row[name] for row in self._rows] for name in names})
