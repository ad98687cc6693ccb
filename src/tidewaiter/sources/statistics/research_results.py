"""Tables of published research, kept cell by cell, to hold one's own results against them.

Which tables are known, and by which columns, stands on the card.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import PurePosixPath

import msgspec

from tidewaiter.model.source import Reject, SourceFile
from tidewaiter.sources import stata
from tidewaiter.sources.card import Card, resource
from tidewaiter.sources.layout import header_of
from tidewaiter.sources.reader import Batch, FileHead, Official, Tally
from tidewaiter.sources.rows import Place, Row, Rows
from tidewaiter.sources.tabular import Records


class Known(msgspec.Struct, frozen=True):
    """One table of a publication: its columns, and what it shows."""

    columns: tuple[str, ...]
    shows: str


class Publication(msgspec.Struct, frozen=True):
    """One publication and its tables."""

    name: str
    cite: str
    tables: tuple[Known, ...]


class ResearchCard(Card, frozen=True, kw_only=True):
    """The card, with the tables by which files are recognised."""

    publications: tuple[Publication, ...]


@cache
def research_card() -> ResearchCard:
    """``research_results.yml``."""
    return resource("statistics/research_results", ResearchCard)


def publication_of(columns: tuple[str, ...]) -> Publication | None:
    """Whose table has exactly these columns."""
    for each in research_card().publications:
        if any(known.columns == columns for known in each.tables):
            return each
    return None


class ResearchResultsReader(Official):
    """CSV and Stata tables whose columns are on the card."""

    name = "research_results"
    dataset = "research"
    version = 1

    def recognises(self, head: FileHead) -> bool:
        """By the exact columns of a known table."""
        return publication_of(header_of(head)) is not None or (
            publication_of(stata.columns_of(head)) is not None
        )

    def read(self, source: SourceFile) -> Iterator[Batch | Reject | Tally]:
        """One row a cell; a record of the file is kept if its first cell can be."""
        rows = Rows(source)
        is_stata = stata.is_stata(FileHead.of(source.path, source.name))
        result = PurePosixPath(source.name).name
        for each in _stata(source) if is_stata else Records(source):
            if isinstance(each, Reject):
                yield rows.pass_on(each)
                continue
            place, cells = each
            found = publication_of(tuple(cells))
            known = {"publication": found.name if found else "", "result": result}
            made = [
                Row(
                    "published_results",
                    known | {"row": str(place.row), "label": label, "value": value},
                )
                for label, value in cells.items()
            ]
            yield from rows.add(place, *made)
        yield from rows.flush()
        yield Tally(rows_read=rows.read, unread=dict(rows.unread), part=result)


def _stata(source: SourceFile) -> Iterator[tuple[Place, dict[str, str]]]:
    for number, cells in enumerate(stata.rows(source.path, source.name), start=1):
        yield Place(number, number, f"observation {number}"), cells
