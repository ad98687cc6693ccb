"""What is published about each flag, its words and its limits: ``flags.yml``."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from importlib import resources

import msgspec
import msgspec.yaml

from tidewaiter.errors import UsageError


class Definition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One flag: its published source, the data it needs, its words and its limits."""

    name: str
    family: str
    needs: tuple[str, ...]
    source: str
    limits: dict[str, float]
    sentence: str = ""
    observed: str = ""
    threshold: str = ""
    would_clear: str = ""


@cache
def definitions() -> Mapping[str, Definition]:
    """Every flag by its id."""
    text = resources.files(__package__).joinpath("flags.yml").read_text("utf-8")
    return msgspec.yaml.decode(text, type=dict[str, Definition])


def with_limits(given: Mapping[str, Mapping[str, float]]) -> Mapping[str, Definition]:
    """The flags with the user's own limits; refuses what no flag knows."""
    made = dict(definitions())
    for flag, limits in given.items():
        known = made[flag].limits if flag in made else {}
        strange = sorted(set(limits) - set(known))
        if flag not in made or strange:
            raise UsageError(
                f"the flag {flag} has no limit {', '.join(strange)}"
                if flag in made
                else f"there is no flag {flag}",
                where="[flags] in tidewaiter.toml",
                next_step=f"it has: {', '.join(known)}" if known else f"flags: {', '.join(made)}",
            )
        if wrong := [name for name, value in limits.items() if not 0 < value < math.inf]:
            raise UsageError(
                f"the limit {wrong[0]} of {flag} is not a number above zero",
                where="[flags] in tidewaiter.toml",
                next_step=f"the published one is {known[wrong[0]]:g}",
            )
        made[flag] = msgspec.structs.replace(made[flag], limits={**known, **limits})
    return made
