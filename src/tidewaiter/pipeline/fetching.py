"""Fetching the files of sources by name, one after the other."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from tidewaiter.errors import MissingError, TidewaiterError
from tidewaiter.sources.card import Card, Download, cards
from tidewaiter.sources.fetch import Fetched, Fetcher, Progress
from tidewaiter.sources.patience import Limits

PAUSE = 1.0  # seconds between two files of one publisher
LARGEST_INDEX = 64 << 20  # bytes


class Failed(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was not fetched, and why; the others go on."""

    name: str
    problem: str
    exit_code: int


class Manner(msgspec.Struct, frozen=True, kw_only=True):
    """How to fetch: limits, seconds between two files of one publisher, and a proxy."""

    limits: Limits = Limits()
    pause: float = PAUSE
    proxy: str = ""


class _Named(msgspec.Struct, frozen=True):
    """One file in an index of OpenSanctions."""

    name: str
    checksum: str | None = None


class _Index(msgspec.Struct, frozen=True):
    """What an index of OpenSanctions says of a dataset's files."""

    resources: tuple[_Named, ...] = ()


def offered(names: Iterable[str]) -> list[tuple[Card, Download]]:
    """What the named sources offer, each file once; ``SOURCE/FILE`` names one file.

    An error where a source is unknown or offers nothing by that name.
    """
    found: dict[tuple[str, str], tuple[Card, Download]] = {}
    for name in names:
        source, _, file = name.partition("/")
        chosen = [
            (card, each)
            for card in cards()
            for each in card.files
            if card.name == source and file in {"", each.name}
        ]
        if not chosen:
            raise _unknown(source, file)
        found |= {(card.name, each.name): (card, each) for card, each in chosen}
    return list(found.values())


def fetch(
    wanted: Iterable[tuple[Card, Download]],
    folder: Path,
    progress: Progress,
    manner: Manner | None = None,
) -> Iterator[Fetched | Failed]:
    """Fetch each file into ``folder``/source; a failure is told, and the next one tried."""
    manner = manner or Manner()
    asked: set[str] = set()
    for card, file in wanted:
        if card.publisher in asked:
            time.sleep(manner.pause)
        asked.add(card.publisher)
        home = folder / card.name
        fetcher = Fetcher(card, home, manner.limits, progress, manner.proxy)
        try:
            yield fetcher.fetch(file, _checksum(fetcher, file, manner.pause))
        except TidewaiterError as problem:
            yield Failed(name=file.name, problem=str(problem), exit_code=problem.exit_code)


def _checksum(fetcher: Fetcher, file: Download, pause: float) -> str:
    """What the publisher's index says of the file; empty where there is none."""
    if not file.index:
        return ""
    index = Download(
        name=f"{file.name}.index.json",
        url=file.index,
        media=("application/json",),
        largest=LARGEST_INDEX,
    )
    path = fetcher.fetch(index).path
    time.sleep(pause)
    try:
        said = msgspec.json.decode(path.read_bytes(), type=_Index)
    except msgspec.DecodeError:
        return ""  # the file may be whole all the same; it is only not compared
    return next((r.checksum for r in said.resources if r.name == file.name and r.checksum), "")


def _unknown(source: str, file: str) -> MissingError:
    """The error that says what could have been named."""
    offering = {card.name: [each.name for each in card.files] for card in cards() if card.files}
    if source in offering:
        what = f"the source {source!r} offers no file {file!r}"
        able = ", ".join(f"{source}/{each}" for each in offering[source])
    else:
        what = f"{source!r} is no source with files to fetch"
        able = ", ".join(offering)
    return MissingError(what, where="SOURCE", next_step=f"one of: {able}")
