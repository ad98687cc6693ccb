"""From a plan to the files of a world and the truth about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np

from tidewaiter.simulate import atlas, registers
from tidewaiter.simulate.cast import DECOY, SCHEME, Cast, Told
from tidewaiter.simulate.consignments import NOBODY, joined
from tidewaiter.simulate.decoys import DECOYS, LIKE
from tidewaiter.simulate.firms import Maternity, population
from tidewaiter.simulate.lawful import Market, blocks
from tidewaiter.simulate.output import Folder
from tidewaiter.simulate.papers import BANKS, Papers, bank
from tidewaiter.simulate.plan import Plan, checked, day_number, iso
from tidewaiter.simulate.registers import Ids
from tidewaiter.simulate.reports import reports
from tidewaiter.simulate.schemes import SCHEMES
from tidewaiter.simulate.spelling import Namer
from tidewaiter.simulate.tallies import Tallies
from tidewaiter.simulate.truth import CULPABLE, LookAlike, Lot, Member, Scheme, Truth

LISTED_EACH = 25  # one listed plant that trades with nobody in view, for so many firms
CASE = """\
# An invented world: no firm, person, plant or list in it is real.
name = "world"
regime_date = {regime_date}
"""

T = TypeVar("T")
Progress = Callable[[str, int, int], None]


def generate(plan: Plan, folder: Path, progress: Progress) -> Truth:
    """Write the full view of the world into ``folder``; gives the truth about it."""
    checked(plan, SCHEMES, DECOYS)
    random = np.random.default_rng([plan.seed, 3])
    seed = plan.seed if plan.names_seed is None else plan.names_seed
    maternity = Maternity(plan, random, Namer(seed))
    population(maternity)
    cast = Cast(maternity)
    _play(cast, plan)
    _others_listed(cast)
    ids = Ids(plan.seed, len(cast.firms), len(cast.people.persons))
    with Folder(folder) as out:
        papers = Papers(cast.firms, ids, plan.seed)
        papers.paid_otherwise = [e.shipment for e in cast.payments if e.shipment != NOBODY]
        tallies = Tallies(plan, papers.country)
        count = _trade(plan, cast, papers, tallies, out, progress)
        _registers(cast, ids, out)
        out.write("flows", tallies.table())
        for name, content in reports(cast):
            out.text(name, content)
        out.text("case.toml", CASE.format(regime_date=plan.regime_date))
    return _truth(plan, cast, ids, papers, count)


def _play(cast: Cast, plan: Plan) -> None:
    for part in plan.schemes:
        cast.begin(SCHEME, part.kind, part.difficulty)
        SCHEMES[part.kind](cast)
    for kind in plan.decoys:
        cast.begin(DECOY, kind, "easy")
        cast.now.like = LIKE[kind]
        cast.now.why = (DECOYS[kind].__doc__ or "").splitlines()[0]
        DECOYS[kind](cast)


def _others_listed(cast: Cast) -> None:
    """Listed plants that nobody in view trades with: a list is mostly about others."""
    maternity, first = cast.maternity, day_number("2015-01-01")
    target, work = atlas.country(atlas.TARGET), atlas.activity("machinery_use")
    for _ in range(max(12, cast.plan.size // LISTED_EACH)):
        born = int(cast.random.integers(first - 7000, first))
        plant = maternity.firm("plant", target, work, born=born)
        measure = cast.any("asset_freeze", "export_restriction", "transaction_ban")
        day = int(cast.random.integers(first, cast.end))
        cast.list(plant, day, measure=measure, with_number=cast.between(0, 3) > 0)


def _trade(
    plan: Plan, cast: Cast, papers: Papers, tallies: Tallies, out: Folder, progress: Progress
) -> int:
    """Write every consignment, the told ones in the block of their day; gives the number."""
    told = cast.consignments()
    wanted = plan.declarations - (papers.rows_of(told) if told else 0)
    market = Market(plan, cast.firms)
    random = np.random.default_rng([plan.seed, 5])
    count, since = 0, 0
    for until, block in blocks(plan, market, max(wanted, 0), random):
        here = told.take((told.day >= since) & (told.day < until)) if told else None
        whole = joined([block, here]) if here else block
        since = until
        for name, rows in papers.tables(whole).items():
            out.write(name, rows)
        tallies.add(whole)
        count += len(whole)
        progress("consignments", papers.declared, plan.declarations)
    rows = papers.told_payments(cast.payments, cast.firms)
    if rows is not None:
        out.write("payments", rows)
    return count


def _registers(cast: Cast, ids: Ids, out: Folder) -> None:
    out.write("companies", registers.companies(cast, ids))
    out.write("people", registers.people(cast, ids))
    out.write("roles", registers.roles(cast, ids))
    out.write("stakes", registers.stakes(cast, ids))
    out.write("designations", registers.designations(cast, ids))


def _truth(plan: Plan, cast: Cast, ids: Ids, papers: Papers, count: int) -> Truth:
    schemes = [told for told in cast.told if told.role == SCHEME]
    hub, exporter, bank_of = _viewers(cast, schemes)
    return Truth(
        seed=plan.seed,
        regime_date=plan.regime_date,
        firms=len(cast.firms),
        consignments=count,
        hub=hub,
        exporter=ids.of(exporter),
        bank=bank_of,
        schemes=tuple(_scheme(cast, told, ids, papers) for told in schemes),
        look_alikes=tuple(
            LookAlike(
                decoy_id=f"decoy-{told.number:04d}",
                kind=told.kind,
                like=told.like,
                members=_members(cast, told, ids),
                items=_items(told, papers),
                why=told.why,
            )
            for told in cast.told
            if told.role == DECOY
        ),
    )


def _scheme(cast: Cast, told: Told, ids: Ids, papers: Papers) -> Scheme:
    days = [cast.day(shipment) for shipment in told.shipments]
    return Scheme(
        scheme_id=f"scheme-{told.number:04d}",
        kind=told.kind,
        difficulty=told.difficulty,
        members=_members(cast, told, ids),
        items=_items(told, papers),
        lots=tuple(
            Lot(came=papers.written[came][1], went=papers.written[went][0], quantity=quantity)
            for came, went, quantity in told.lots
        ),
        first_event=iso(min(days)),
        designated_on=iso(told.designated) if told.designated is not None else None,
    )


def _members(cast: Cast, told: Told, ids: Ids) -> tuple[Member, ...]:
    return tuple(
        Member(
            company_id=ids.of(key),
            name=cast.firms[key].names[0],
            spellings=cast.firms[key].names,
            part=part,
        )
        for key, part in told.members.items()
    )


def _items(told: Told, papers: Papers) -> tuple[str, ...]:
    """The declarations or movements that the told shipments came to."""
    rows = [papers.written[shipment] for shipment in told.shipments]
    return tuple(row for pair in rows for row in pair if row)


def _viewers(cast: Cast, schemes: list[Told]) -> tuple[str, int, str]:
    """Whose views are shown: the hub, exporter and bank nearest to what there is to see."""
    lands = atlas.countries()
    firms = [(cast.firms[key], part) for told in schemes for key, part in told.members.items()] or [
        (firm, "supplier") for firm in cast.firms if firm.kind == "maker"
    ]
    hubs = Counter(
        lands[firm.country].code
        for firm, part in firms
        if part in CULPABLE and lands[firm.country].part == "hub"
    )
    makers = Counter(firm.key for firm, part in firms if part == "supplier")
    banks = Counter(
        bank(lands[firm.country].code, firm.key % len(BANKS))
        for firm, part in firms
        if part in CULPABLE
    )
    return (
        _most(hubs, "UZ"),
        _most(makers, next(firm.key for firm in cast.firms if firm.kind == "maker")),
        _most(banks, bank("UZ", 0)),
    )


def _most(counted: Counter[T], otherwise: T) -> T:
    """The most frequent; of equals the first as text."""
    ranked = sorted(counted.items(), key=lambda item: (-item[1], str(item[0])))
    return ranked[0][0] if ranked else otherwise
