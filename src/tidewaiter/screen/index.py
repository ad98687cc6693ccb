"""Every listed party by number and by name, so that a query meets few of them in full."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

import msgspec
import numpy as np
import numpy.typing as npt

from tidewaiter.screen import identifiers as ids
from tidewaiter.screen.identifiers import Numbers
from tidewaiter.screen.kinds import KINDS, Kind, kind_of
from tidewaiter.screen.name_table import NameTable, rows_of, table
from tidewaiter.screen.places import Where, where
from tidewaiter.screen.records import Listed
from tidewaiter.screen.search import Search
from tidewaiter.screen.spellings import spellings

REMEMBERED = 1 << 13  # entries kept decoded
LONGEST_NUMBER = 40  # characters; longer ones are remarks in a column of numbers


class Entry(msgspec.Struct, frozen=True, dict=True):
    """A listed party, and what is read from it when it is asked for."""

    listed: Listed
    kind: Kind

    @cached_property
    def numbers(self) -> Numbers:
        """Its numbers, by scheme."""
        return ids.of_listed(self.listed.identifiers, self.place.known_countries())

    @cached_property
    def place(self) -> Where:
        """Where it is."""
        return where(self.listed.addresses, self.listed.countries)


class Arrays(msgspec.Struct, frozen=True):
    """An index as it is kept: entries one after another, numbers, and names by kind.

    ``numbers`` are sorted; ``number_entries`` are the entries that have each.
    """

    entries: npt.NDArray[np.uint8]
    entry_offsets: npt.NDArray[np.int64]
    numbers: npt.NDArray[np.bytes_]
    number_entries: npt.NDArray[np.int32]
    tables: dict[Kind, NameTable]


class ListIndex:
    """Listed parties, given in any order, ready to be asked. One thread asks it at a time."""

    def __init__(self, parties: Iterable[Listed]) -> None:
        self.take(arrays(parties))

    @classmethod
    def of(cls, kept: Arrays) -> ListIndex:
        """The index that was kept as ``kept``."""
        index = cls.__new__(cls)
        index.take(kept)
        return index

    def take(self, kept: Arrays) -> None:
        """Answer from ``kept`` from now on."""
        self.arrays = kept
        self.searches = {kind: Search(each, kind) for kind, each in kept.tables.items()}
        self._entries: dict[int, Entry] = {}

    def __len__(self) -> int:
        return len(self.arrays.entry_offsets) - 1

    def entry(self, at: int) -> Entry:
        """A listed party by its position."""
        found = self._entries.get(at)
        if found is None:
            if len(self._entries) >= REMEMBERED:
                self._entries.clear()
            start, end = self.arrays.entry_offsets[at : at + 2]
            listed = msgspec.msgpack.decode(self.arrays.entries[start:end].tobytes(), type=Listed)
            found = self._entries[at] = Entry(listed, kind_of(listed.schema))
        return found

    def entries(self) -> Iterator[Entry]:
        """Every listed party, in order of id."""
        return (self.entry(at) for at in range(len(self)))

    def by_id(self, entity_id: str) -> Entry | None:
        """The listed party with an id."""
        at = bisect.bisect_left(range(len(self)), entity_id, key=self._id)
        found = self.entry(at) if at < len(self) else None
        return found if found is not None and found.listed.entity_id == entity_id else None

    def _id(self, at: int) -> str:
        return self.entry(at).listed.entity_id

    def with_number(self, number: str) -> list[int]:
        """Positions of the parties that have a number."""
        key = number.encode()
        start = np.searchsorted(self.arrays.numbers, key, "left")
        end = np.searchsorted(self.arrays.numbers, key, "right")
        return [int(at) for at in self.arrays.number_entries[start:end]]


def arrays(parties: Iterable[Listed]) -> Arrays:
    """An index over ``parties``, the same for any order of them."""
    entries = sorted(parties, key=lambda p: p.entity_id)
    encoded = [msgspec.msgpack.encode(each) for each in entries]
    offsets = np.zeros(len(entries) + 1, np.int64)
    np.cumsum([len(each) for each in encoded], out=offsets[1:])
    numbers = sorted(
        {(number.encode(), at) for at, each in enumerate(entries) for number in _numbers(each)}
    )
    return Arrays(
        entries=np.frombuffer(b"".join(encoded) or b"\0", np.uint8),
        entry_offsets=offsets,
        numbers=np.array([number for number, _ in numbers], np.bytes_),
        number_entries=np.array([at for _, at in numbers], np.int32),
        tables={kind: _table(entries, kind) for kind in KINDS},
    )


def _numbers(listed: Listed) -> set[str]:
    every = ids.of_listed(listed.identifiers).every
    return {number for number in every if len(number) <= LONGEST_NUMBER}


def _table(entries: Sequence[Listed], kind: Kind) -> NameTable:
    rows = [
        row
        for at, each in enumerate(entries)
        if kind_of(each.schema) == kind
        for row in rows_of(at, spellings(map(ids.without_numbers, each.names), kind), kind)
    ]
    return table(rows, kind)
