"""From what a flag saw to points: plain sums over ``weights.yml``, rounded once."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import msgspec.yaml

from tidewaiter.assess.flags.listed_receiver import ListedReceiver

GREATEST = 100


@cache
def weights() -> dict[str, dict[str, Any]]:
    """The weights of ``weights.yml`` by flag; ``bands`` holds the lowest scores."""
    text = resources.files(__package__).joinpath("weights.yml").read_text("utf-8")
    return msgspec.yaml.decode(text, type=dict[str, dict[str, Any]])


def listed_receiver_points(seen: ListedReceiver) -> int:
    """Points of EUS-08."""
    weight = weights()["EUS-08"]
    points = weight["delivery"] * seen.match_score + weight["traced"] * seen.traced
    points += weight["in_force"] * seen.in_force
    return round(float(points))


def total(points: list[int]) -> int:
    """The score of a lead: the sum of its flags' points, at most 100."""
    return min(GREATEST, sum(points))


def band(score: int) -> str:
    """The ordinal band of a score."""
    floors = sorted(weights()["bands"].items(), key=lambda item: -item[1])
    return next(name for name, floor in floors if score >= floor)
