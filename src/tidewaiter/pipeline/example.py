"""The world that ``tidewaiter demo`` makes: small enough to read, with both kinds of things."""

from __future__ import annotations

from pathlib import Path

from tidewaiter.assess.why_not import WhyNot, why_not
from tidewaiter.simulate.plan import Part, Plan
from tidewaiter.simulate.truth import LookAlike, Truth

FOLDER = "world"  # inside the demonstration's workspace
DECLARATIONS = 3_000
FIRMS = 400
SCHEMES = (
    Part("instant_shell", "medium"),
    Part("kit_assembly", "medium"),
    Part("multi_hop", "medium"),
)
LOOK_ALIKES = ("growing_distributor", "namesake", "cars_through_georgia", "true_factory")


def plan(seed: int, names_seed: int | None = None) -> Plan:
    """The demonstration's plan."""
    return Plan(
        seed=seed,
        names_seed=names_seed,
        declarations=DECLARATIONS,
        firms=FIRMS,
        schemes=SCHEMES,
        decoys=LOOK_ALIKES,
    )


def look_alikes(out: Path, truth: Truth) -> list[tuple[LookAlike, list[WhyNot]]]:
    """What the flags said of the firm at the centre of each look-alike: its first member."""
    return [(alike, why_not(out, _centre(alike))) for alike in truth.look_alikes]


def _centre(alike: LookAlike) -> str:
    """The firm that looks alike: neither a supplier nor who receives."""
    acting = [m for m in alike.members if m.part not in {"supplier", "receiver"}]
    return acting[0].company_id
