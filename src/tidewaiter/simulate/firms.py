"""The companies of a world, and the lawful ones among them."""

from __future__ import annotations

from typing import Literal

import msgspec
import numpy as np

from tidewaiter.simulate import atlas, spelling
from tidewaiter.simulate.plan import Plan, day_number
from tidewaiter.simulate.spelling import Namer

Kind = Literal["maker", "trader", "user", "plant"]
TOLD = 0.9  # of the firms stand in a register that can be loaded
YOUNG = 0.12  # of the firms are registered while the world runs
WHOLE = 100.0  # per cent
IN_GROUPS = 0.6  # of the firms with a partner are owned in part by another firm
HEAVY_TAIL = 1.15  # exponent of the Pareto law of firm sizes
OLDEST = day_number("1994-01-01")
ADVANCED = ("electronics", "aviation", "drones", "machinery")  # made in maker countries only
MAKERS_PER_PRODUCT = 3  # at least: a product that one firm makes leaves nobody a choice


class Firm(msgspec.Struct, kw_only=True):
    """One company. ``names`` are its spellings, ``born`` counts days since 1970-01-01.

    ``product`` is what a maker makes, by position; -1 for everybody else. ``telling`` is
    whether a register that can be loaded has a row for it.
    """

    key: int
    kind: Kind
    country: int
    activity: int
    born: int
    size: float
    names: tuple[str, ...]
    number: str
    town: str
    street: int
    product: int = -1
    telling: bool = True
    lawful: bool = False
    employees: int = 0
    capital: int = 0


class People(msgspec.Struct, kw_only=True):
    """Every firm and person of a world, and what was registered about them.

    Keys count on from the firms to the persons: ``holder`` of a stake may be either.
    """

    firms: list[Firm] = []
    persons: list[str] = []
    stakes: list[Stake] = []
    roles: list[Role] = []

    def person(self, name: str) -> int:
        """A new person: its number among :attr:`persons`, as a negative key."""
        self.persons.append(name)
        return -len(self.persons)


class Stake(msgspec.Struct, frozen=True, kw_only=True):
    """``holder`` (a firm, or a person as a negative key) owns ``least`` to ``most`` per cent."""

    holder: int
    firm: int
    least: float | None
    most: float | None
    start: int
    end: int | None = None


class Role(msgspec.Struct, frozen=True, kw_only=True):
    """A person (negative key) holds an office of a firm."""

    person: int
    firm: int
    role: str
    start: int


class Maternity:
    """Makes firms: every one has a name, a number, an address and an age."""

    def __init__(self, plan: Plan, random: np.random.Generator, namer: Namer) -> None:
        self.plan = plan
        self.random = random
        self.namer = namer
        self.people = People()
        self._numbers: set[tuple[str, str]] = set()

    def firm(
        self,
        kind: Kind,
        country: int,
        activity: int,
        *,
        born: int,
        product: int = -1,
        root: str | None = None,
    ) -> Firm:
        """A new firm."""
        land = atlas.countries()[country]
        word = root or self.namer.root()
        names = (
            spelling.plant(self.namer, word)
            if kind == "plant"
            else spelling.company(self.namer, land, atlas.activities()[activity], word)
        )
        number = self._number(land.number)
        made = Firm(
            key=len(self.people.firms),
            kind=kind,
            country=country,
            activity=activity,
            born=born,
            size=float(self.random.pareto(HEAVY_TAIL) + 0.2),
            names=names,
            number=number,
            town=land.towns[int(self.random.integers(0, len(land.towns)))],
            street=int(self.random.integers(1, 900)),
            product=product,
            telling=bool(self.random.random() < TOLD),
            employees=int(self.random.lognormal(2.5, 1.1)) + 1,
            capital=int(self.random.lognormal(9, 1.5)),
        )
        self.people.firms.append(made)
        self._owned(made)
        return made

    def _number(self, scheme: tuple[str, int]) -> str:
        """A number of a register: never one that another firm has in it."""
        while True:
            number = "".join(map(str, self.random.integers(0, 10, scheme[1])))
            if (scheme[0], number) not in self._numbers:
                self._numbers.add((scheme[0], number))
                return number

    def _owned(self, made: Firm) -> None:
        """An owner and a director; a fifth of the firms belong to another firm in part."""
        owner = self.people.person(self.namer.person())
        share = float(self.random.choice([100, 100, 75, 60, 51]))
        start = made.born
        role = Role(person=owner, firm=made.key, role="director", start=start)
        self.people.roles.append(role)
        whole = Stake(holder=owner, firm=made.key, least=share, most=share, start=start)
        self.people.stakes.append(whole)
        if share < WHOLE and made.key and self.random.random() < IN_GROUPS:
            parent = int(self.random.integers(0, made.key))
            rest = WHOLE - share
            bought = max(start, self.people.firms[parent].born) + 200
            band = Stake(holder=parent, firm=made.key, least=rest * 0.5, most=rest, start=bought)
            self.people.stakes.append(band)


def population(maternity: Maternity) -> None:
    """The lawful firms of the plan: makers of every product, traders and users everywhere."""
    plan, random = maternity.plan, maternity.random
    lands, works = atlas.countries(), atlas.activities()
    weights = np.array([land.weight for land in lands])
    makers = np.where([land.part == "maker" for land in lands], weights, 0.0)
    anywhere = np.where([land.part == "other" for land in lands], 0.0, weights)
    advanced = {each.hs for group in ADVANCED for each in atlas.groups()[group]}
    shares = np.array([work.share for work in works])
    end = day_number(plan.end)
    wanted = max(MAKERS_PER_PRODUCT * len(atlas.products()), plan.size * 35 // 100)
    for number in range(min(wanted, plan.size * 6 // 10)):
        product = number % len(atlas.products())
        skilled = atlas.products()[product].hs in advanced
        country = _draw(random, makers if skilled else anywhere)
        born = int(random.integers(OLDEST, day_number(plan.start)))
        _lawful(maternity, "maker", country, _work_of(product), born, product)
    while len(maternity.people.firms) < plan.size:
        activity = _draw(random, shares)
        kind: Kind = "trader" if works[activity].onward else "user"
        young = random.random() < YOUNG
        oldest = day_number(plan.start) if young else OLDEST
        newest = end - 200 if young else day_number(plan.start)
        born = int(random.integers(oldest, newest))
        _lawful(maternity, kind, _draw(random, weights), activity, born, -1)


def _lawful(
    maternity: Maternity, kind: Kind, country: int, activity: int, born: int, product: int
) -> None:
    maternity.firm(kind, country, activity, born=born, product=product).lawful = True


def _work_of(product: int) -> int:
    """The activity that deals most in a product."""
    mixes = np.diff(atlas.mixes(), axis=1, prepend=0)
    return int(mixes[:, product].argmax())


def _draw(random: np.random.Generator, weights: np.ndarray) -> int:
    return int(random.choice(len(weights), p=weights / weights.sum()))
