"""Parts of FollowTheMoney entities: what one source says of one thing, before it is merged.

Ids are FollowTheMoney's: letters, digits, dots and dashes. An id of another shape becomes
readable plus a hash of the whole, and is kept among the referents.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

import msgspec

from tidewaiter.model.ids import digest

PLAIN = re.compile(r"[0-9a-zA-Z]([0-9a-zA-Z.-]*[0-9a-zA-Z])?")
OTHER = re.compile(r"[^0-9a-zA-Z.]+")
LONGEST = 120  # characters of an id; FollowTheMoney allows 200
BARE = "LegalEntity"  # of a party that is only named somewhere


class Part(msgspec.Struct, kw_only=True):
    """What one source says of one thing.

    ``own`` is what it says of the record: datasets, referents, caption, target,
    first_seen, last_seen, last_change. ``order`` of names decides the caption.
    """

    id: str
    schema: str
    properties: dict[str, list[str]] = {}
    own: dict[str, list[str]] = {}

    def add(self, prop: str, values: Iterable[str | None]) -> None:
        """Add what is known of a property."""
        kept = [each for each in values if each]
        if kept:
            self.properties.setdefault(prop, []).extend(kept)


def part(name: str, schema: str, dataset: str = "") -> Part:
    """A part under a safe id; another id that it had is a referent."""
    made = Part(id=safe_id(name), schema=schema, properties={}, own={})
    if made.id != name:
        made.own["referents"] = [name]
    if dataset:
        made.own["datasets"] = [dataset]
    return made


@lru_cache(maxsize=65_536)
def safe_id(name: str) -> str:
    """``name`` itself where FollowTheMoney takes it as a reference, else one made of it."""
    if PLAIN.fullmatch(name) and len(name) <= LONGEST:
        return name
    readable = OTHER.sub("-", name).strip("-.")[: LONGEST - 20].strip("-.")
    return f"{readable or 'id'}-{digest(name)}"
