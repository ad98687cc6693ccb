"""Fetching the files of sources by name, one after the other."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from tidewaiter.errors import MissingError, TidewaiterError
from tidewaiter.sources.card import Card, Download, cards
from tidewaiter.sources.fetch import Fetched, Fetcher, Limits, Progress

PAUSE = 1.0  # seconds between two files of one publisher


class Failed(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was not fetched, and why; the others go on."""

    name: str
    problem: str
    exit_code: int


def offered(names: Iterable[str]) -> list[tuple[Card, Download]]:
    """What the named sources offer; an error where one is unknown or offers nothing."""
    known = {each.name: each for each in cards()}
    found: list[tuple[Card, Download]] = []
    for name in names:
        if name not in known or not known[name].files:
            able = ", ".join(each.name for each in known.values() if each.files)
            raise MissingError(
                f"{name!r} is no source with files to fetch",
                where="SOURCE",
                next_step=f"one of: {able}",
            )
        found += [(known[name], each) for each in known[name].files]
    return found


def fetch(
    wanted: Iterable[tuple[Card, Download]],
    folder: Path,
    progress: Progress,
    limits: Limits | None = None,
    pause: float = PAUSE,
) -> Iterator[Fetched | Failed]:
    """Fetch each file into ``folder``/source; a failure is told, and the next one tried."""
    fetchers: dict[str, Fetcher] = {}
    for card, file in wanted:
        if card.name in fetchers:
            time.sleep(pause)
        fetcher = fetchers.setdefault(
            card.name, Fetcher(card, folder / card.name, limits, progress)
        )
        try:
            yield fetcher.fetch(file)
        except TidewaiterError as problem:
            yield Failed(name=file.name, problem=str(problem), exit_code=problem.exit_code)
