"""Parties that a list tells of over several rows: each value once, where it is said first.

Publishers repeat a whole party for each of its names, addresses and documents. The rows
become statements as they come, so that every value has the place of its own row.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from tidewaiter.sources.listing import ListedParty, Value, as_rows, statements
from tidewaiter.sources.reader import Batch

NAME, OTHER_NAMES = "name", frozenset({"alias", "previousName", "weakAlias"})


class Told:
    """What was said of which party.

    Hashes are kept instead of texts, because one party may have thousands of rows.
    """

    def __init__(self) -> None:
        self._said: set[int] = set()
        self._named: set[str] = set()
        self._unnamed: dict[str, ListedParty] = {}

    def news(self, party: ListedParty) -> ListedParty:
        """The party with what was not said of it before, perhaps nothing."""
        fresh = msgspec.structs.replace(
            party,
            about=tuple(self._new(party.entity_id, "about", party.about)),
            listing=tuple(self._new(party.entity_id, "listing", party.listing)),
        )
        self._note(fresh)
        return fresh

    def is_named(self, entity_id: str) -> bool:
        """Whether a primary name of the party was met."""
        return entity_id in self._named

    def rest(self) -> Iterator[Batch]:
        """A primary name for every party whose publisher marked none: its first one.

        The rows were counted when they were read. Taking the first name in any case was
        rejected: publishers mark the primary one, and not always first.
        """
        found = [
            each
            for party in self._unnamed.values()
            if not self.is_named(party.entity_id)
            for each in statements(party)
        ]
        if found:
            yield Batch("statements", as_rows(found), 0)

    def _new(self, entity_id: str, kind: str, values: tuple[Value, ...]) -> Iterator[Value]:
        for each in values:
            key = hash((entity_id, kind, each.prop, each.value))
            if each.value and key not in self._said:
                self._said.add(key)
                yield each

    def _note(self, party: ListedParty) -> None:
        """Remember the first name of a party that has no primary one yet."""
        if any(each.prop == NAME for each in party.about):
            self._named.add(party.entity_id)
        if party.entity_id in self._named or party.entity_id in self._unnamed:
            return
        first = next((each for each in party.about if each.prop in OTHER_NAMES), None)
        if first is not None:
            name = msgspec.structs.replace(first, prop=NAME)
            self._unnamed[party.entity_id] = msgspec.structs.replace(
                party, about=(name,), listing=()
            )
