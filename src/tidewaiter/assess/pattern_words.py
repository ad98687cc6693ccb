"""Words about a pattern: who, which entry, which measures, and what speaks against it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any

import msgspec.yaml

from tidewaiter.assess.flags.listed_receiver import in_force
from tidewaiter.assess.pattern import Pattern, Receiver


@cache
def words() -> dict[str, Any]:
    """The sentences of ``words.yml``."""
    text = resources.files(__package__).joinpath("words.yml").read_text("utf-8")
    return msgspec.yaml.decode(text, type=dict[str, Any])


def best(pattern: Pattern) -> Receiver:
    """The receiver whose match is the strongest, by id where equal."""
    ordered = sorted(pattern.receivers, key=lambda r: (-r.match.score, r.entry.entity_id))
    return ordered[0]


def entries(pattern: Pattern) -> list[Receiver]:
    """One receiver an entry, in order of entry."""
    by_entry = {r.entry.entity_id: r for r in pattern.receivers}
    return [by_entry[name] for name in sorted(by_entry)]


def measures(pattern: Pattern) -> str:
    """Which measures of which lists, in words."""
    say = words()["measures"]
    found = {
        f"{say[listing.measure]} ({listing.list_id})"
        for r in pattern.receivers
        for listing in r.entry.listings
    }
    return " and ".join(sorted(found))


def listed_on(receiver: Receiver) -> str:
    """The first day of listing that is told."""
    dates = sorted(each.listed_on for each in receiver.entry.listings if each.listed_on)
    return dates[0] if dates else "on an unknown day"


def vias(pattern: Pattern) -> str:
    """In which cells the listed party is named."""
    say = words()["via"]
    return " and ".join(sorted({say[d.via] for d in pattern.deliveries}))


def counted(number: int, noun: str) -> str:
    """A number and its noun, which takes its plural."""
    plural = noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{number} {noun if number == 1 else plural}"


def against(pattern: Pattern) -> Iterator[str]:
    """What speaks against a pattern."""
    say = words()["counter"]
    last = pattern.deliveries[-1].item
    for receiver in entries(pattern):
        for listing in receiver.entry.listings:
            if listing.delisted_on:
                yield say["delisted"].format(
                    entry=receiver.entry.caption, delisted_on=listing.delisted_on
                )
            elif listing.listed_on and not in_force(receiver, last.date_day):
                yield say["listed_later"].format(
                    entry=receiver.entry.caption, listed_on=listing.listed_on, last=last.date
                )
    chosen = best(pattern)
    if not any(r.match.by_identifier for r in pattern.receivers):
        yield say["name_only"].format(entry=chosen.entry.caption)
    if not pattern.drawn:
        yield say["no_import"]


def missing(pattern: Pattern, country: str) -> Iterator[str]:
    """What is not known of a pattern whose sender is in ``country``."""
    say = words()["missing"]
    yield say["jurisdiction"].format(measures=measures(pattern), country=country)
    for receiver in entries(pattern):
        if any(listing.listed_on is None for listing in receiver.entry.listings):
            yield say["undated"].format(entry=receiver.entry.caption)
    rows = [delivery.item for delivery in pattern.deliveries]
    silent = [item for item in rows if item.quantity is None and item.net_kg is None]
    if silent:
        yield say["amounts"].format(count=len(silent))
