"""JSON as a stream of records, from an array anywhere in a file or one object a line."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from tidewaiter.errors import BadDataError
from tidewaiter.model.source import Reject
from tidewaiter.sources.reader import FileHead

LONGEST_LINE = 64 * 1024 * 1024  # bytes of one record; more is not a record
SHOWN = 200  # characters of a bad record that a reject repeats
BOM = b"\xef\xbb\xbf"
KEYS_WANTED = 64  # of the first object, enough to know a format by


class Record(msgspec.Struct, frozen=True):
    """One value: its number from 1, its line (0 in an array), and a JSON pointer or line."""

    value: Any
    number: int
    line: int
    locator: str


class Start(msgspec.Struct, frozen=True):
    """How a JSON file begins.

    ``kind`` is ``array``, ``object`` or ``lines``; ``keys`` are those of the outermost
    object, or of the first record; ``first`` is the first record as far as it was seen.
    """

    kind: str
    keys: tuple[str, ...]
    first: dict[str, Any]


def start_of(head: FileHead) -> Start | None:
    """How a JSON file begins, from its first bytes; ``None`` where it is no JSON.

    The bytes may end in the middle of a value: what is whole before is used.
    """
    content = head.start.removeprefix(BOM).lstrip()
    if content[:1] not in {b"{", b"["}:
        return None
    first_line = content.split(b"\n", 1)[0].strip()
    if content[:1] == b"{" and (whole := _decoded(first_line)) is not None:
        rest = content[len(first_line) :].strip()
        if rest[:1] in {b"", b"{"}:
            return Start("lines" if rest else "object", tuple(whole), whole)
    return _partial(content)


def elements(path: Path, name: str, prefix: str) -> Iterator[Record]:
    """Every value at ``prefix``.

    The prefix is in ijson's words: ``item`` for an array at the top, ``results.item`` for
    one under a key. Raises ``BadDataError`` where the file is no JSON: a file that is cut
    off looks like a shorter list.
    """
    import ijson

    pointer = "/" + prefix.removesuffix("item").replace(".", "/").strip("/")
    with path.open("rb") as handle:
        if handle.read(3) != BOM:
            handle.seek(0)
        try:
            found = ijson.items(handle, prefix, use_float=False)
            for number, value in enumerate(found, start=1):
                yield Record(value, number, 0, f"{pointer.rstrip('/')}/{number - 1}")
        except (ijson.JSONError, UnicodeDecodeError) as problem:
            raise _no_json(name, problem) from problem


def members(path: Path, name: str) -> Iterator[tuple[str, Any]]:
    """Every key of the object at the top, with its value; the same error as above."""
    import ijson

    with path.open("rb") as handle:
        if handle.read(3) != BOM:
            handle.seek(0)
        try:
            yield from ijson.kvitems(handle, "", use_float=False)
        except (ijson.JSONError, UnicodeDecodeError) as problem:
            raise _no_json(name, problem) from problem


def lines(path: Path, name: str) -> Iterator[Record | Reject]:
    """Every line that holds a JSON object; a line that does not is a reject.

    Empty lines are no records. Memory is that of one line.
    """
    with path.open("rb") as handle:
        for line in itertools.count(1):
            raw = handle.readline(LONGEST_LINE)
            if not raw:
                return
            if len(raw) == LONGEST_LINE:
                raise BadDataError(
                    f"a line is longer than {LONGEST_LINE:,} bytes",
                    where=f"{name}, line {line}",
                    next_step="this is no file of one JSON object a line",
                )
            raw = raw.removeprefix(BOM).strip() if line == 1 else raw.strip()
            if raw:
                value = _decoded(raw)
                yield (
                    Record(value, line, line, f"line {line}")
                    if value is not None
                    else Reject(
                        file=name, row=line, line=line, column="",
                        value=raw[:SHOWN].decode("utf-8", "backslashreplace"),
                        reason="no JSON object",
                    )
                )  # fmt: skip


def _no_json(name: str, problem: Exception) -> BadDataError:
    return BadDataError(
        f"the file is not JSON: {problem}"[:SHOWN].replace("\n", " "),
        where=name,
        next_step="fetch the file again: it may be cut off, or a page with an error",
    )


def _decoded(raw: bytes) -> dict[str, Any] | None:
    try:
        value = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _partial(content: bytes) -> Start | None:
    """Keys and first record of a document of which only the beginning is there."""
    import ijson

    kind = "array" if content[:1] == b"[" else "object"
    depth = 1 if kind == "array" else 0
    keys: dict[str, None] = {}
    first: dict[str, Any] = {}
    try:
        for prefix, event, value in ijson.parse(content, use_float=False):
            parts = [part for part in prefix.split(".") if part]
            if event == "map_key" and len(parts) == depth:
                keys[str(value)] = None
            elif len(parts) == depth + 1 and event in {"string", "number", "boolean"}:
                first.setdefault(parts[-1], value)
            if event == "end_map" and len(parts) == depth:
                break
            if len(keys) >= KEYS_WANTED:
                break
    except (ijson.JSONError, UnicodeDecodeError):
        if not keys:
            return None
    return Start(kind, tuple(keys), first)
