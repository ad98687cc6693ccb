"""Every reader, in the order in which they are asked; the first that knows a file reads it.

Official formats come before the plain ones: their headers are their own, while a plain
table may be recognised by required columns alone.
"""

from __future__ import annotations

from tidewaiter.errors import MissingError
from tidewaiter.sources.casefolder import SLUG, CaseReader, case_name
from tidewaiter.sources.lists.designations import DesignationsReader
from tidewaiter.sources.lists.eu_journal import EuJournalReader
from tidewaiter.sources.plain import PlainReader
from tidewaiter.sources.press.articles import ArticleReader
from tidewaiter.sources.reader import FileHead, Reader

__all__ = ["READERS", "SLUG", "case_name", "named", "recognise"]

READERS: tuple[Reader, ...] = (
    CaseReader(),
    EuJournalReader(),
    ArticleReader(),
    DesignationsReader(),
    PlainReader("companies"),
    PlainReader("people"),
    PlainReader("roles"),
    PlainReader("stakes"),
    PlainReader("name_history"),
    PlainReader("declarations"),
    PlainReader("movements"),
    PlainReader("documents"),
    PlainReader("payments"),
    PlainReader("rates"),
    PlainReader("adjudications"),
    PlainReader("flows"),
)


def recognise(head: FileHead) -> Reader | None:
    """The reader that knows a file, if any does."""
    return next((reader for reader in READERS if reader.recognises(head)), None)


def named(name: str) -> Reader:
    """The reader called ``name``."""
    for reader in READERS:
        if reader.name == name:
            return reader
    raise MissingError(
        f"no format is called {name!r}",
        where="--source",
        next_step=f"known formats: {', '.join(reader.name for reader in READERS)}",
    )
