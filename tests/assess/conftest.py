"""Parties as the flags see them, from a short notation.

A leg is ``in|out DAY HS COUNT USD COUNTRY``, a count of ``-`` is not told; a shared buyer
``COUNTRY SUPPLIERS LISTED``; a shared owner ``OWN THEIRS`` in per cent.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tidewaiter.assess.deliveries import Item
from tidewaiter.assess.trader import (
    Leg,
    Registration,
    Row,
    SharedBuyer,
    SharedOwner,
    Trader,
)
from tidewaiter.goods.embargo import embargo
from tidewaiter.resolve.parties import Party

ME, ABROAD = "Oqdaryo Optik", "Tarnikon Torg"


def party(name: str, country: str | None) -> Party:
    """A party by its name."""
    return Party(
        party_id=f"case:{name}",
        caption=name,
        country=country,
        names=(name,),
        identifiers=(),
        addresses=(),
        members=(),
        basis=("id",),
    )


def row(record: str) -> Row:
    """A row of a register."""
    return Row(record_id=record, source_id="s", locator="row 1", text=record)


def leg(number: int, text: str, country: str, me: str) -> Leg:
    """One leg of the notation."""
    side, day, hs, count, usd, where = text.split()
    inward = side == "in"
    other = "Seller" if inward else ABROAD
    item = Item(
        record_id=f"case:D{number}",
        source_id="s",
        locator=f"row {number}",
        date=day,
        date_day=day,
        procedure="import" if inward else "export",
        consignor_name=other if inward else me,
        consignor_country=where if inward else country,
        consignee_name=me if inward else other,
        consignee_country=country if inward else where,
        end_user_name=None,
        end_use=None,
        origin_country=None,
        dispatch_country=None,
        destination_country=None,
        hs_code=hs,
        description=None,
        quantity=None if count == "-" else round(float(count) * 1000),
        unit="pcs",
        net_kg=None,
        value=round(float(usd) * 100),
        currency="USD",
        manufacturer=None,
        part_numbers=None,
    )
    return Leg(item=item, inward=inward, partner=f"case:{other}", usd=item.value)


def made(case: dict[str, str], me: str = ME) -> Trader:
    """The party of a labelled case."""
    legs = [
        leg(number, text.strip(), case["country"], me)
        for number, text in enumerate(case["legs"].split(";"), start=1)
        if text.strip()
    ]
    legs.sort(key=lambda each: each.item.date_day)
    owners = case["owners"]
    return Trader(
        party=party(me, case["country"]),
        embargo=embargo(None),
        registration=Registration(incorporated_on=case["born"], row=row("case:register"))
        if case["born"]
        else None,
        legs=tuple(legs),
        buyers=tuple(buyer(case["buyers"])) if case["buyers"] else (),
        owners=owner(owners) if owners not in {"", "unknown"} else (),
        owners_known=owners != "unknown",
        outward_seen=case["border"] == "yes",
    )


def buyer(text: str) -> list[SharedBuyer]:
    """A buyer with so many suppliers, of whom so many are listed."""
    _, suppliers, listed = text.split()
    return [
        SharedBuyer(
            buyer=f"case:{ABROAD}",
            name=ABROAD,
            suppliers=int(suppliers),
            listed=tuple(f"case:L{n}" for n in range(int(listed))),
            itself_listed=False,
        )
    ]


def owner(text: str) -> tuple[SharedOwner, ...]:
    """One owner of both ends."""
    own, theirs = (None if share == "-" else float(share) for share in text.split())
    return (
        SharedOwner(
            owner="case:P1",
            buyer=f"case:{ABROAD}",
            own=own,
            theirs=theirs,
            rows=(row("case:stake-1"), row("case:stake-2")),
        ),
    )


@pytest.fixture
def trader() -> Callable[..., Trader]:
    """A party from the columns of a labelled case."""

    def build(me: str = ME, **given: str) -> Trader:
        blank = dict.fromkeys(("country", "born", "legs", "buyers", "owners"), "")
        return made({**blank, "country": "UZ", "border": "yes", **given}, me)

    return build
