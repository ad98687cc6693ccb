"""Which queries a change of the lists can touch: the others keep their answers.

An answer is a function of the names that are found for a query, of the facts measured on them,
of what is listed of their parties, and of the weights of words. Where none of these differs
between two indexes, the answers are equal: only the finding is done again, not the weighing of
whole parties and the telling.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from tidewaiter.screen.index import ListIndex
from tidewaiter.screen.kinds import Kind
from tidewaiter.screen.name_table import NameTable
from tidewaiter.screen.records import Query
from tidewaiter.screen.weighing import Reading, prepared, readings, width

SIZE = 16  # bytes of a mark

Marks = npt.NDArray[np.void]


class Change:
    """Two indexes, and for every name a mark that is equal where nothing about it changed."""

    def __init__(self, old: ListIndex, new: ListIndex) -> None:
        self.old, self.new = old, new
        self._marks = {id(index): _marks(index) for index in (old, new)}

    def touches(self, query: Query, limit: int) -> bool:
        """Whether the answer to ``query`` may differ between the two."""
        asked = prepared(query)
        if asked.numbers.schemed or asked.numbers.bare:
            return True  # an equal number finds parties that share no word
        before, after = (list(self._found(index, query, limit)) for index in (self.old, self.new))
        return before != after

    def _found(self, index: ListIndex, query: Query, limit: int) -> Iterator[tuple[object, ...]]:
        asked = prepared(query)
        for kind in asked.kinds:
            for reading in readings(asked, kind, index, width(limit, asked).names):
                yield self._seen(index, reading)

    def _seen(self, index: ListIndex, reading: Reading) -> tuple[object, ...]:
        weights = index.searches[reading.kind].asked(reading.name).words[0]
        marks = self._marks[id(index)][reading.kind][reading.found.names]
        facts = reading.found.facts.tobytes()
        return (
            reading.kind,
            reading.split,
            reading.name,
            weights.tobytes(),
            marks.tobytes(),
            facts,
        )


def _marks(index: ListIndex) -> dict[Kind, Marks]:
    parties = [_mark(index, at) for at in range(len(index))]
    return {kind: _names(each.table, parties) for kind, each in index.searches.items()}


def _mark(index: ListIndex, at: int) -> bytes:
    start, end = index.arrays.entry_offsets[at : at + 2]
    return hashlib.blake2b(index.arrays.entries[start:end].tobytes(), digest_size=SIZE).digest()


def _names(table: NameTable, parties: list[bytes]) -> Marks:
    """Of each name: what is listed of its party, how it is printed, how its words weigh."""
    found = []
    for name, entity in enumerate(table.name_entity):
        start, end = table.name_terms_offsets[name : name + 2]
        mark = hashlib.blake2b(parties[entity], digest_size=SIZE)
        mark.update(table.text(name).encode("utf-8", "replace"))
        mark.update(table.term_weight[table.name_terms[start:end]].tobytes())
        found.append(mark.digest())
    return np.array(found, np.dtype((np.void, SIZE)))
