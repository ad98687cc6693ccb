"""What reading a file of either list of the United Kingdom has in common.

Both come as XML and as tables of the same columns, one name or designation a record.
What a record says, and why one cannot be kept, is each list's own.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator
from typing import ClassVar, Generic, Protocol, TypeVar

from tidewaiter.errors import BadDataError
from tidewaiter.model.source import Reject, SourceFile, rejected
from tidewaiter.sources import registration, uk
from tidewaiter.sources.card import card
from tidewaiter.sources.grouped import Told
from tidewaiter.sources.listing import ListedParty, Parties, Value
from tidewaiter.sources.reader import Batch, FileHead, Tally
from tidewaiter.sources.xmlfile import root_of

Fault = tuple[str, str, str]  # column, value, and why the record cannot be kept


class Placed(Protocol):
    """A record that knows where it stands."""

    @property
    def row(self) -> int:
        """Its number in the file."""

    @property
    def line(self) -> int:
        """The line on which it ends."""


Item = TypeVar("Item", bound=Placed)


class UkFile(ABC, Generic[Item]):
    """One file, a record at a time.

    ``name`` is the list's card, ``root`` the root element of its XML, ``part`` what a
    newer file replaces, ``again`` what to do about a file that is another one.
    """

    name: ClassVar[str]
    root: ClassVar[str]
    part: ClassVar[str]
    again: ClassVar[str]

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        root = root_of(FileHead.of(source.path, source.name))
        self.is_xml = root is not None
        if root is not None and root.name != self.root:
            raise BadDataError(
                f"the root element is not {self.root}",
                where=f"{source.name}, line 1",
                next_step=self.again,
            )
        self.told = Told()
        self.met: set[str] = set()
        self.unread: Counter[str] = Counter()
        self.made: str | None = None
        self.facts: dict[str, str] = {}
        self.newest: str | None = None

    @abstractmethod
    def from_xml(self) -> Iterator[Item]:
        """Every record of the XML."""

    @abstractmethod
    def from_table(self) -> Iterator[Item | Reject]:
        """Every row of the CSV or the spreadsheet."""

    @abstractmethod
    def fault(self, item: Item) -> Fault | None:
        """Why a record cannot be kept."""

    @abstractmethod
    def party(self, item: Item) -> ListedParty:
        """What a record says."""

    def items(self) -> Iterator[Batch | Reject | Tally]:
        """Batches and rejects, then the tally."""
        parties = Parties()
        for item in self.from_xml() if self.is_xml else self.from_table():
            if isinstance(item, Reject):
                yield parties.refuse(item)
                continue
            fault = self.fault(item)
            if fault:
                place = (item.row, item.line)
                yield parties.refuse(rejected(self.source.name, place, *fault))
            else:
                yield from parties.add(self.told.news(self.party(item)))
        yield from parties.flush()
        yield from self.told.rest()
        yield Tally(
            rows_read=parties.read,
            entities=len(parties.entities),
            published_on=self.made or self.newest,
            unused=card(self.name).unknown(self.met),
            unread={name: times for name, times in sorted(self.unread.items()) if times},
            part=self.part,
            facts=self.facts,
        )

    def field(self, column: str, how: tuple[str, str], cell: str, schema: str) -> Iterator[Value]:
        """One cell by its kind; it may be a series."""
        kind, prop = how
        if kind == "land":
            yield from uk.countries(prop, cell)
        elif kind == "contact":
            yield from (Value(prop, each) for each in uk.contacts(cell))
        elif kind == "whole":
            yield from [Value(prop, cell)] if uk.is_said(cell) else []
        else:
            for text in uk.series(cell):
                yield from self._member(column, how, text, schema)

    def _member(self, column: str, how: tuple[str, str], text: str, schema: str) -> Iterator[Value]:
        kind, prop = how
        if kind == "number":
            for name, value in registration.numbers(prop, text, schema):
                yield Value(name, value, text)
        elif kind == "day":
            day = uk.day(text)
            self.unread[column] += day is None
            yield Value(prop, day or text, text)
        elif kind == "labelled":
            yield Value(prop, f"{column}: {text}", text)
        else:
            yield Value(prop, text.casefold() if kind == "word" else text, text)

    def day(self, column: str, text: str) -> str | None:
        """A day of the listing; one that cannot be read is counted."""
        day = uk.day(text) if uk.is_said(text) else None
        self.unread[column] += uk.is_said(text) and day is None
        if day and (self.made is None or day <= self.made):
            self.newest = max(self.newest or day, day)
        return day
