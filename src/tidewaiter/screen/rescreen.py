"""Which queries a change of the lists can touch: the others keep their answers.

An answer is a function of the names that are found for a query, of the facts measured on them,
of what is listed of their parties and is in force on the day, and of the weights of words.
Where none of these differs between two indexes, the answers are equal: only the finding is
done again, not the weighing of whole parties and the telling.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import msgspec
import numpy as np
import numpy.typing as npt

from tidewaiter.screen.index import ListIndex
from tidewaiter.screen.kinds import Kind
from tidewaiter.screen.listings import status
from tidewaiter.screen.name_table import NameTable
from tidewaiter.screen.records import Query
from tidewaiter.screen.usable import usable
from tidewaiter.screen.weighing import Asked, prepared, readings, width

SIZE = 16  # bytes of a mark

Marks = npt.NDArray[np.void]


class Seen(msgspec.Struct, frozen=True):
    """An index, and for every name a mark that is equal where nothing about it changed."""

    index: ListIndex
    marks: dict[Kind, Marks]


class Change:
    """Two indexes, each as it is seen on its own day (ISO 8601): a listing may begin or end."""

    def __init__(self, old: ListIndex, old_day: str, new: ListIndex, new_day: str) -> None:
        self.sides = (_seen(old, old_day), _seen(new, new_day))

    def touches(self, query: Query, limit: int) -> bool:
        """Whether the answer to ``query`` may differ between the two."""
        asked = prepared(usable(query)[0])
        if asked.numbers.every:
            return True  # an equal number finds parties that share no word
        before, after = (list(_found(seen, asked, limit)) for seen in self.sides)
        return before != after


def _found(seen: Seen, asked: Asked, limit: int) -> Iterator[tuple[object, ...]]:
    """All that an answer is made of, reading by reading."""
    for kind in asked.kinds:
        search = seen.index.searches[kind]
        for reading in readings(asked, kind, seen.index, width(limit, asked)):
            weights = search.asked(reading.name).words[0]
            marks = seen.marks[kind][reading.found.names]
            facts = reading.found.facts
            yield (
                kind,
                reading.split,
                reading.name,
                *(a.tobytes() for a in (weights, marks, facts)),
            )


def _seen(index: ListIndex, day: str) -> Seen:
    parties = [_mark(index, at, day) for at in range(len(index))]
    return Seen(index, {kind: _names(each.table, parties) for kind, each in index.searches.items()})


def _mark(index: ListIndex, at: int, day: str) -> bytes:
    """What is listed of a party, and which of it is in force."""
    start, end = index.arrays.entry_offsets[at : at + 2]
    mark = hashlib.blake2b(index.arrays.entries[start:end].tobytes(), digest_size=SIZE)
    mark.update(" ".join(status(each, day) for each in index.entry(at).listed.listings).encode())
    return mark.digest()


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
