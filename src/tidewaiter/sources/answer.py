"""Records of a JSON answer as columns of texts, so that they are read as bulk files are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from tidewaiter.model.source import Reject, SourceFile
from tidewaiter.sources import jsonfile
from tidewaiter.sources.bulk import TRIMMED, Chunk, refused

CHUNK = 16_384  # records


class Answer:
    """The objects at ``prefix`` of a JSON file, as often as needed.

    ``rows_read`` counts them, ``columns`` are the keys that they were met with, in
    alphabetical order: both are those of the last complete pass.
    """

    def __init__(self, source: SourceFile, prefix: str) -> None:
        self.source = source
        self.prefix = prefix
        self.rows_read = 0
        self._keys: set[str] = set()

    @property
    def columns(self) -> tuple[str, ...]:
        """Every key that an object had."""
        return tuple(sorted(self._keys))

    def chunks(self, wanted: Sequence[str]) -> Iterator[Chunk]:
        """Every object, in order; numbers count from 1."""
        self.rows_read = 0
        objects: list[tuple[int, dict[str, Any]]] = []
        rejects: list[Reject] = []
        for each in jsonfile.elements(self.source.path, self.source.name, self.prefix):
            self.rows_read += 1
            if isinstance(each.value, dict):
                objects.append((each.number, each.value))
            else:
                shown = ("", text(each.value))
                rejects.append(refused(self.source, each.number, shown, "no JSON object"))
            if len(objects) + len(rejects) >= CHUNK:
                yield self._chunk(objects, rejects, wanted)
                objects, rejects = [], []
        yield self._chunk(objects, rejects, wanted)

    def _chunk(
        self,
        objects: list[tuple[int, dict[str, Any]]],
        rejects: list[Reject],
        wanted: Sequence[str],
    ) -> Chunk:
        for _, value in objects:
            self._keys.update(map(text, value))
        cells = {
            name: pa.array([text(value.get(name)) for _, value in objects], pa.string())
            for name in wanted
        }
        return Chunk(cells, np.array([number for number, _ in objects], np.int64), rejects)


def text(value: object) -> str:
    """A JSON value as one would type it; nothing for null."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value).strip(TRIMMED).encode("utf-8", "backslashreplace").decode("utf-8")
