"""Whether a listing is in force on a day, was so before, or will be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from tidewaiter.model.dates import last_day
from tidewaiter.screen.records import Listing

Status = Literal["in_force", "former", "future"]


def status(listing: Listing, day: str | None) -> Status:
    """A listing on ``day`` (ISO 8601); without a day whether it has an end at all.

    A listing counts as in force up to the day before its end; one that gives no first day
    is taken to be in force, and its sentence says that the list gives no date. A year or month
    begins and ends a listing on its last day: before that nothing is certain.
    """
    if listing.delisted_on and (day is None or _day(listing.delisted_on) <= day):
        return "former"
    if day and listing.listed_on and _day(listing.listed_on) > day:
        return "future"
    return "in_force"


def _day(printed: str) -> str:
    """The last day of a date, as it is printed where it is none."""
    known = last_day(printed)
    return known.isoformat() if known else printed


def telling(listings: Sequence[Listing], day: str | None) -> Sequence[Listing]:
    """The listings in force on ``day``; where none is, all of them."""
    return [each for each in listings if status(each, day) == "in_force"] or listings


def status_of(listings: Sequence[Listing], day: str | None) -> Status:
    """The status of a party: in force if any listing is, else former if any was."""
    found = {status(each, day) for each in listings}
    if not found or "in_force" in found:
        return "in_force"
    return "former" if "former" in found else "future"
