"""Goods that somebody watches: the Common High Priority List, and parts of drones.

A place on the list is a priority of enforcement, not by itself a duty to hold a licence.
The list is read through today's lens: no version of it existed before May 2023.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib import resources

import msgspec.yaml

SUBHEADING = 6
FIRST_TIERS = frozenset({"1", "2"})
AIRCRAFT = frozenset(
    # Whole unmanned aircraft and their propellers, HS 2022 headings 8806 and 8807.
    {f"8806{end}" for end in ("10", "21", "22", "23", "24", "29", "91", "92", "93", "94", "99")}
    | {"880710"}
)


@cache
def tiers() -> Mapping[str, str]:
    """The tier of each subheading of the Common High Priority List (February 2024).

    Source: Bureau of Industry and Security, Common High Priority List, 50 subheadings of
    HS 2022 in six tiers; ``chpl.csv`` keeps the day from which each stood on it.
    """
    text = resources.files(__package__).joinpath("chpl.csv").read_text("utf-8")
    return {row["hs6"]: row["tier"] for row in csv.DictReader(text.splitlines())}


@cache
def parts() -> Mapping[str, str]:
    """The class of drone part of each subheading of ``bom.yml``."""
    text = resources.files(__package__).joinpath("bom.yml").read_text("utf-8")
    classes = msgspec.yaml.decode(text, type=dict[str, list[str]])
    return {code: name for name, codes in classes.items() for code in codes}


@cache
def watched() -> frozenset[str]:
    """Every subheading that a flag looks at: the list, the parts and whole aircraft."""
    return frozenset({*tiers(), *parts(), *AIRCRAFT})


def is_priority(hs_code: str) -> bool:
    """Whether a code, of six digits or more, stands on the list."""
    return hs_code[:SUBHEADING] in tiers()


def is_first_tier(hs_code: str) -> bool:
    """Whether it stands in tier 1 or 2."""
    return tiers().get(hs_code[:SUBHEADING]) in FIRST_TIERS


def is_watched(hs_code: str) -> bool:
    """Whether it is on the list, a drone part or a drone."""
    return hs_code[:SUBHEADING] in watched()
