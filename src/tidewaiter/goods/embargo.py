"""Which state is embargoed, since when, and who takes part in the embargo."""

from __future__ import annotations

from functools import cache
from importlib import resources

import msgspec
import msgspec.yaml


class Embargo(msgspec.Struct, frozen=True, kw_only=True):
    """Countries are ISO 3166-1 codes, ``since`` an ISO 8601 day."""

    target: frozenset[str]
    since: str
    coalition: frozenset[str]
    unions: tuple[frozenset[str], ...]

    def union_of(self, country: str | None) -> frozenset[str]:
        """The customs union of a country with a target state; empty where there is none."""
        for members in self.unions:
            if country in members and members & self.target:
                return members
        return frozenset()

    def is_third(self, country: str | None) -> bool:
        """Whether a country is neither the target nor of the coalition; unknown is not."""
        return country is not None and country not in self.target | self.coalition


@cache
def published() -> Embargo:
    """The embargo of ``embargo.yml``."""
    text = resources.files(__package__).joinpath("embargo.yml").read_text("utf-8")
    return msgspec.yaml.decode(text, type=Embargo)


def embargo(since: str | None) -> Embargo:
    """The embargo, from another day on where a case says so."""
    return msgspec.structs.replace(published(), since=since) if since else published()
