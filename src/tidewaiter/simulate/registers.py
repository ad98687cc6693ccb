"""Registers and lists of a world as plain tables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from tidewaiter.simulate import atlas
from tidewaiter.simulate.cast import Cast
from tidewaiter.simulate.firms import Firm
from tidewaiter.simulate.plan import iso


class Ids:
    """The ids of a world: numbers in an order that says nothing about who is who."""

    def __init__(self, seed: int, firms: int, persons: int) -> None:
        random = np.random.default_rng([seed, 11])
        self.firms = [f"C{number:07d}" for number in random.permutation(firms) + 1]
        self.persons = [f"P{number:07d}" for number in random.permutation(persons) + 1]

    def of(self, key: int) -> str:
        """The id of a firm, or of a person (negative key)."""
        return self.firms[key] if key >= 0 else self.persons[-key - 1]


def companies(cast: Cast, ids: Ids) -> pa.Table:
    """``companies.csv``: the firms that a register tells of."""
    rows = []
    for firm in (f for f in cast.firms if f.telling):
        land = atlas.countries()[firm.country]
        work = atlas.activities()[firm.activity]
        contact = cast.contacts.get(firm.key, firm.key)
        rows.append(
            {
                "company_id": ids.of(firm.key),
                "name": ";".join(firm.names[: 1 + (firm.key % 3 > 0)]),
                "country": land.code,
                "incorporated_on": iso(firm.born),
                "activity_codes": f"nace2:{work.nace}",
                "address": f"{firm.street}, {firm.town}",
                "phone": f"+999 {100_000 + contact * 7919 % 900_000}",
                "capital": str(firm.capital),
                "capital_currency": land.currency,
                "employees": str(firm.employees),
                "tax_number": firm.number,
            }
        )
    return _table(rows, "company_id")


def people(cast: Cast, ids: Ids) -> pa.Table:
    """``people.csv``: the persons whom a role or a stake needs."""
    known = {r.person for r in cast.people.roles} | {s.holder for s in cast.people.stakes}
    rows = [
        {"person_id": ids.of(key), "name": cast.people.persons[-key - 1]}
        for key in sorted(known)
        if key < 0
    ]
    return _table(rows, "person_id")


def roles(cast: Cast, ids: Ids) -> pa.Table:
    """``roles.csv``."""
    rows = [
        {
            "person_id": ids.of(role.person),
            "company_id": ids.of(role.firm),
            "role": role.role,
            "start": iso(role.start),
        }
        for role in cast.people.roles
        if cast.firms[role.firm].telling
    ]
    return _table(rows, "person_id", "company_id")


def stakes(cast: Cast, ids: Ids) -> pa.Table:
    """``stakes.csv``; both shares are equal where the share is exact."""
    rows = [
        {
            "owner_id": ids.of(stake.holder),
            "company_id": ids.of(stake.firm),
            "min_share": _number(stake.least),
            "max_share": _number(stake.most),
            "start": iso(stake.start),
            "end": iso(stake.end) if stake.end is not None else "",
        }
        for stake in cast.people.stakes
        if cast.firms[stake.firm].telling
    ]
    return _table(rows, "company_id", "owner_id", "start")


def designations(cast: Cast, ids: Ids) -> pa.Table:
    """``designations.csv``: the invented lists."""
    rows = []
    for listing in cast.listings:
        firm = cast.firms[listing.firm]
        scheme, _ = atlas.countries()[firm.country].number
        latin = firm.names[1] if firm.kind == "plant" else _latin(firm)
        others = [name for name in firm.names if name != latin]
        rows.append(
            {
                "list_id": listing.list_id,
                "entity_id": f"L-{ids.of(firm.key)[1:]}",
                "schema": "Company",
                "name": latin,
                "aliases": ";".join(others[:1]),
                "country": atlas.countries()[firm.country].code,
                "identifiers": f"{scheme}:{firm.number}" if listing.with_number else "",
                "programme": "Invented trade controls",
                "measure": listing.measure,
                "listed_on": iso(listing.day),
                "reason": "named in an invented listing",
            }
        )
    return _table(rows, "entity_id")


def _latin(firm: Firm) -> str:
    return next((name for name in firm.names if name.isascii()), firm.names[0])


def _number(share: float | None) -> str:
    return "" if share is None else f"{share:g}"


def _table(rows: Sequence[dict[str, str]], *order: str) -> pa.Table:
    """Rows in the order of their ids, so that the order tells nothing."""
    ordered = sorted(rows, key=lambda row: tuple(row[name] for name in order))
    return pa.Table.from_pylist(list(ordered))
