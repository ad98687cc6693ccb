"""From what flags saw to points: sums over ``weights.yml``, capped by family.

Flags of one family rest on the same facts, so together they add no more than their
family's cap; the points of a lead's flags add up to its score.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Any

import msgspec.yaml

from tidewaiter.assess.flags.definition import definitions
from tidewaiter.assess.flags.listed_receiver import ListedReceiver
from tidewaiter.assess.flags.outcome import Outcome

GREATEST = 100


@cache
def weights() -> dict[str, Any]:
    """The weights of ``weights.yml``."""
    text = resources.files(__package__).joinpath("weights.yml").read_text("utf-8")
    return msgspec.yaml.decode(text, type=dict[str, Any])


def listed_receiver_points(seen: ListedReceiver) -> float:
    """Points of EUS-08 before caps.

    How sure a match by name is counts in one step: its score to the second place depends
    on how rare the words of a name are, which says nothing about the delivery.
    """
    weight, match = weights()["listed_receiver"], weights()["match"]
    sure = match["identifier" if seen.by_identifier else "name"]
    told = weight["delivery"] * sure * (1 if seen.in_force else weight["earlier"])
    points = told + weight["traced"] * seen.traced
    return float(points + weight["in_force"] * seen.in_force)


def outcome_points(outcome: Outcome, *, unlinked: bool) -> float:
    """Points of any other flag before caps; soft ones shrink where nothing is seen to leave."""
    if outcome.state != "seen":
        return 0.0
    points = float(weights()["flags"][outcome.flag_id]) * outcome.strength
    soft = outcome.flag_id in weights()["soft"]
    return points * weights()["unlinked"] if soft and unlinked else points


def capped(points: Iterable[tuple[str, float]]) -> list[int]:
    """Whole points of flags (id, points before caps) in their order; the sum is the score.

    The larger of a family come first, so that a cap cuts what adds least.
    """
    given = list(points)
    order = sorted(range(len(given)), key=lambda at: (-given[at][1], at))
    left = {name: float(cap) for name, cap in weights()["families"].items()}
    whole = float(GREATEST)
    made = [0] * len(given)
    for at in order:
        flag_id, wanted = given[at]
        family = definitions()[flag_id].family
        granted = min(round(wanted), int(left[family]), int(whole))
        left[family] -= granted
        whole -= granted
        made[at] = granted
    return made


def band(score: int) -> str:
    """The ordinal band of a score."""
    floors = sorted(weights()["bands"].items(), key=lambda item: -item[1])
    return str(next(name for name, floor in floors if score >= floor))
