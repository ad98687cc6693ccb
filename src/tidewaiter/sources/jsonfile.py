"""JSON as a stream of records, from an array anywhere in a file or one object a line."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from tidewaiter.errors import BadDataError
from tidewaiter.model.source import Reject
from tidewaiter.sources.reader import FileHead

LONGEST_LINE = 64 * 1024 * 1024  # bytes of one record; more is not a record
SHOWN = 200  # characters of a bad record that a reject repeats
BOM = b"\xef\xbb\xbf"
BLOCK = 1 << 22
DEEPEST = 200  # arrays and objects inside one another; publishers need about a dozen
TEXT = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
STARTS, ENDS = frozenset({"start_map", "start_array"}), frozenset({"end_map", "end_array"})
SINGLE = frozenset({"string", "number", "boolean", "null"})
ENDLESS = re.compile(rb"[0-9]{1000}")
OPENING = np.frombuffer(b"[{", np.uint8)
NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
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
    _refuse_monsters(path, name)
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

    _refuse_monsters(path, name)
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


def _refuse_monsters(path: Path, name: str) -> None:
    """Refuse what nests deeper than any publisher's file, and numbers of a thousand digits.

    The parser is written in C, and either would take the whole process down. Counting its events
    was rejected: that costs ten times the parsing itself; here texts are cut out and
    brackets counted block by block.
    """
    depth, rest = 0, b""
    with path.open("rb") as handle:
        while block := handle.read(BLOCK):
            bare = TEXT.sub(b"", rest + block)
            bare, quote, rest = bare.partition(b'"')
            rest = quote + rest
            depths = _depths(bare, depth)
            depth = int(depths[-1]) if depths.size else depth
            if depths.max(initial=0) > DEEPEST or len(rest) > LONGEST_LINE or ENDLESS.search(bare):
                raise BadDataError(
                    f"values lie more than {DEEPEST} deep in one another, or have no end",
                    where=name,
                    next_step="official files are flat: fetch the file from its publisher",
                )


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

    bare = TEXT.sub(b"", content).partition(b'"')[0]
    if ENDLESS.search(bare) or _depths(bare, 0).max(initial=0) > DEEPEST:
        return None
    kind = "array" if content[:1] == b"[" else "object"
    keys: dict[str, None] = {}
    first: dict[str, Any] = {}
    try:
        for key, event, value in _first_object(content, 2 if kind == "array" else 1):
            keys[key] = None
            if event in SINGLE:
                first.setdefault(key, value)
            if len(keys) >= KEYS_WANTED:
                break
    except (ijson.JSONError, UnicodeDecodeError):
        if not keys:
            return None
    return Start(kind, tuple(keys), first)


def _first_object(content: bytes, wanted: int) -> Iterator[tuple[str, str, Any]]:
    """(key, event, value) of the first object at depth ``wanted``, until it ends."""
    import ijson

    depth, key = 0, ""
    for event, value in ijson.basic_parse(content, use_float=False):
        depth += (event in STARTS) - (event in ENDS)
        if event == "end_map" and depth < wanted:
            return
        if event == "map_key" and depth == wanted:
            key = str(value)
        if depth == wanted and key:
            yield key, event, value


def _depths(bare: bytes, before: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """How deep one is after each bracket of JSON from which texts were cut out."""
    brackets = np.frombuffer(bare.translate(None, NO_BRACKETS), np.uint8)
    return before + np.cumsum(np.where(np.isin(brackets, OPENING), 1, -1), dtype=np.int64)
