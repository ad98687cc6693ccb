"""Records that a bulk file holds more than once, found before any of them is kept."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tidewaiter.sources.bulk import Chunk, Columnar, refused
from tidewaiter.sources.columns import encode

TWIST = np.uint64(0x9E3779B97F4A7C15)  # odd, so that mixing loses no part of a key

Hashes = npt.NDArray[np.uint64]


class Doubles:
    """Which records of ``file`` share the ``key`` of another.

    An exact repetition is kept once; records that share the publisher's key and differ
    are all refused, as in the plain formats: to keep the first would make the result
    depend on the order of the lines. Eight bytes a record are held, and no keys: in five million
    records two different keys share a hash once in a million files.
    """

    def __init__(self, file: Columnar, key: Sequence[str], content: Sequence[str]) -> None:
        self.source = file.source
        self.rows = self.others = np.empty(0, np.int64)
        self.differ = np.empty(0, np.bool_)
        hashes = [mixed(chunk, key) for chunk in file.chunks(key) if len(chunk)]
        values, counts = np.unique(np.concatenate(hashes or [_none()]), return_counts=True)
        repeated = values[counts > 1]
        if len(repeated):
            self._judge(file, key, content, repeated)

    def _judge(
        self, file: Columnar, key: Sequence[str], content: Sequence[str], repeated: Hashes
    ) -> None:
        found: list[tuple[Hashes, Hashes, npt.NDArray[np.int64]]] = []
        for chunk in file.chunks(content):
            if len(chunk):
                hashes = mixed(chunk, key)
                again = np.isin(hashes, repeated)
                found.append((hashes[again], mixed(chunk, content)[again], chunk.numbers[again]))
        keys, contents, rows = (np.concatenate(parts) for parts in zip(*found, strict=True))
        order = np.lexsort((rows, keys))
        keys, contents, rows = keys[order], contents[order], rows[order]
        starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]])
        sizes = np.diff(np.r_[starts, len(keys)])
        first = np.repeat(starts, sizes)
        differs = np.maximum.reduceat((contents != contents[first]).astype(np.int8), starts)
        conflict = np.repeat(differs, sizes).astype(np.bool_)
        is_first = np.arange(len(rows)) == first
        second = np.where(is_first, np.minimum(first + 1, len(rows) - 1), first)
        refused = conflict | ~is_first
        rows_, others = rows[refused], rows[second][refused]
        order = np.argsort(rows_)
        self.rows, self.others = rows_[order], others[order]
        self.differ = conflict[refused][order]

    def without(self, chunk: Chunk) -> Chunk:
        """``chunk`` with its refused records moved to the rejects."""
        if not len(self.rows) or not len(chunk):
            return chunk
        at = np.searchsorted(self.rows, chunk.numbers)
        at = np.minimum(at, len(self.rows) - 1)
        hit = self.rows[at] == chunk.numbers
        rejects = [
            refused(self.source, int(row), ("", ""), self._why(int(where)))
            for row, where in zip(chunk.numbers[hit], at[hit], strict=True)
        ]
        cells = {name: each.filter(pa.array(~hit)) for name, each in chunk.cells.items()}
        return Chunk(cells, chunk.numbers[~hit], [*chunk.rejects, *rejects])

    def _why(self, at: int) -> str:
        other = int(self.others[at])
        if self.differ[at]:
            return f"conflicts with row {other} (same key)"
        return f"duplicate of row {other}"


def mixed(chunk: Chunk, columns: Sequence[str]) -> Hashes:
    """One hash a record over some of its columns."""
    kept = np.zeros(len(chunk), np.uint64)
    for name in columns:
        encoded = encode(chunk.text(name))
        each = [hash(text) & 0xFFFFFFFFFFFFFFFF for text in encoded.dictionary.to_pylist()]
        values = np.array(each, np.uint64)[encoded.indices.to_numpy(zero_copy_only=False)]
        kept = (kept ^ values) * TWIST
        kept ^= kept >> np.uint64(29)
    return kept


def _none() -> Hashes:
    return np.empty(0, np.uint64)
