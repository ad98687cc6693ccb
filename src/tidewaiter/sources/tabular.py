"""The records of a publisher's CSV by column name, each with its place."""

from __future__ import annotations

from collections.abc import Iterator

from tidewaiter.errors import BadDataError
from tidewaiter.model.source import Reject, SourceFile
from tidewaiter.sources.csvfile import PLAIN, Shape, Sheet
from tidewaiter.sources.rows import Place

Cells = dict[str, str]


class Records:
    """One CSV file. Cells are trimmed; ``columns`` are the header's names in order.

    Raises ``BadDataError`` where two columns share a name: one of them would be lost.
    """

    def __init__(self, source: SourceFile, shape: Shape = PLAIN) -> None:
        self.sheet = Sheet(source.path, source.name, shape)
        self.columns = self.sheet.header
        for name in self.columns:
            if name and self.columns.count(name) > 1:
                raise BadDataError(
                    f"the column {name} is there twice",
                    where=f"{source.name}, row {self.sheet.header_row}",
                    next_step="fetch the file again; if it is the publisher's, report the change",
                )

    def __iter__(self) -> Iterator[tuple[Place, Cells] | Reject]:
        for chunk in self.sheet.chunks():
            yield from chunk.rejects
            for row, number, line in zip(chunk.rows, chunk.numbers, chunk.lines, strict=True):
                cells = {name: cell.strip() for name, cell in zip(self.columns, row, strict=True)}
                yield Place(number, line, f"row {number}"), cells

    def unused(self, *known: str) -> tuple[str, ...]:
        """The columns that are not among ``known``, in alphabetical order."""
        return tuple(sorted(set(self.columns) - set(known)))
