"""The world that ``tidewaiter demo`` makes: small enough to read, with both kinds of things."""

from __future__ import annotations

from tidewaiter.simulate.plan import Part, Plan

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
