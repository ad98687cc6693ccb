"""Files that lie beside data and are none: why they are passed over, in words."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import cache
from pathlib import PurePosixPath

import msgspec

from tidewaiter.sources import jsonfile
from tidewaiter.sources.card import resource
from tidewaiter.sources.layout import header_of
from tidewaiter.sources.reader import FileHead


class Aside(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of file: by name patterns, columns, keys of its JSON, or its first words."""

    reason: str
    names: tuple[str, ...] = ()
    columns: frozenset[str] = frozenset()
    keys: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()


@cache
def kinds() -> tuple[Aside, ...]:
    """Every kind of ``aside.yml``."""
    return resource("aside", tuple[Aside, ...])


def why_aside(head: FileHead) -> str | None:
    """Why a file that no reader knows is no data; ``None`` where it may be some."""
    name = PurePosixPath(head.name).name.casefold()
    columns = frozenset(header_of(head))
    text = head.start.decode("utf-8", "replace")
    start = jsonfile.start_of(head)
    keys = frozenset(start.keys) if start else frozenset()
    for kind in kinds():
        if any(fnmatchcase(name, pattern) for pattern in kind.names):
            return kind.reason
        if (kind.columns and kind.columns <= columns) or (kind.keys and kind.keys <= keys):
            return kind.reason
        if kind.words and all(word in text for word in kind.words):
            return kind.reason
    return None
