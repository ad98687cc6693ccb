"""Damaging a valid file in the ways in which files are damaged, by its own structure.

A damage is drawn by hypothesis, so that a failing one is shown small. CSV is damaged by
cell, row and column, JSON by value and key, XML by element and attribute; every format by
its bytes.
"""

from __future__ import annotations

import copy
import csv
import io
import json
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as ET

from hypothesis import strategies as st

BIG = "x" * 70_000
ODD_TEXTS = st.sampled_from(
    ["", " ", "0", "-1", "1e999", "NaN", "2024-02-31", "31.12.9999", "0000-00-00", "1/2/3", ";;",
     '"', "'", "=1+1", "\u202e\u0645", "Ａ", "\u0000", "\ud7ff", "\t", "\u2028", "#", "%", BIG]
)  # fmt: skip
TEXTS = ODD_TEXTS | st.text(max_size=12)
VALUES: st.SearchStrategy[Any] = (
    TEXTS | st.none() | st.booleans() | st.integers() | st.just([]) | st.just({}) | st.just([[{}]])
)
Draw = Callable[[st.SearchStrategy[Any]], Any]


@st.composite
def damaged(draw: Draw, content: bytes, kind: str) -> bytes:
    """``content`` with one to three damages; ``kind`` is its suffix without the dot."""
    ways = WAYS.get(kind, [])
    for _ in range(draw(st.integers(1, 3))):
        way = draw(st.sampled_from([*ways, *BYTES]))
        content = way(draw, content)
    return content


def cut(draw: Draw, content: bytes) -> bytes:
    """The file ends early."""
    return content[: draw(st.integers(0, len(content)))]


def other_bytes(draw: Draw, content: bytes) -> bytes:
    """Some bytes are others."""
    at = draw(st.integers(0, max(len(content) - 1, 0)))
    return content[:at] + bytes(draw(st.binary(min_size=1, max_size=4))) + content[at + 1 :]


def line_ends(draw: Draw, content: bytes) -> bytes:
    """Windows, old Macintosh, or a mixture."""
    end = draw(st.sampled_from([b"\r\n", b"\r", b"\n\r\n"]))
    parts = content.split(b"\n")
    half = draw(st.integers(0, len(parts)))
    return bytes(end).join(parts[:half]) + b"\n" + b"\n".join(parts[half:])


def marked(draw: Draw, content: bytes) -> bytes:
    """With a byte order mark, once or twice, or with Ctrl-Z at the end."""
    mark = b"\xef\xbb\xbf"
    ways = [mark + content, mark * 2 + content, content + b"\x1a"]
    return bytes(draw(st.sampled_from(ways)))


def encoded(draw: Draw, content: bytes) -> bytes:
    """In another encoding than the publisher's."""
    name = draw(st.sampled_from(["utf-16", "cp1252", "cp1251", "utf-8"]))
    return content.decode("utf-8", "replace").encode(name, "replace")


def doubled(_draw: Draw, content: bytes) -> bytes:
    """The file follows itself."""
    return content + content


def _rows(content: bytes) -> tuple[list[list[str]], str]:
    text = content.decode("utf-8", "replace").replace("\0", "")
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t|", key=first.count)
    try:
        return list(csv.reader(io.StringIO(text), delimiter=delimiter)), delimiter
    except csv.Error:
        return [], delimiter


def _csv(change: Callable[[Draw, list[list[str]]], None]) -> Callable[[Draw, bytes], bytes]:
    def way(draw: Draw, content: bytes) -> bytes:
        rows, delimiter = _rows(content)
        if not rows or not rows[0]:
            return content
        change(draw, rows)
        out = io.StringIO()
        csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(rows)
        return out.getvalue().encode("utf-8", "surrogatepass")

    return way


def _column(draw: Draw, rows: list[list[str]]) -> int:
    return int(draw(st.integers(0, len(rows[0]) - 1)))


def other_cell(draw: Draw, rows: list[list[str]]) -> None:
    """One cell says something else."""
    row = draw(st.sampled_from(rows))
    if row:
        row[draw(st.integers(0, len(row) - 1))] = draw(TEXTS)


def other_column(draw: Draw, rows: list[list[str]]) -> None:
    """A column of nonsense."""
    at, value = _column(draw, rows), draw(TEXTS)
    for row in rows[1:]:
        if at < len(row):
            row[at] = value


def lost_column(draw: Draw, rows: list[list[str]]) -> None:
    """A column is gone, or gone from the header only."""
    at = _column(draw, rows)
    for row in rows[: draw(st.sampled_from([1, len(rows)]))]:
        del row[at : at + 1]


def repeated_column(draw: Draw, rows: list[list[str]]) -> None:
    """A column is there twice."""
    at = _column(draw, rows)
    for row in rows:
        row.extend(row[at : at + 1])


def moved_column(draw: Draw, rows: list[list[str]]) -> None:
    """The columns stand in another order."""
    order = draw(st.permutations(range(len(rows[0]))))
    for row in rows:
        if len(row) == len(order):
            row[:] = [row[at] for at in order]


def renamed_column(draw: Draw, rows: list[list[str]]) -> None:
    """The publisher renamed a column, or left its name out."""
    rows[0][_column(draw, rows)] = draw(TEXTS)


def repeated_row(draw: Draw, rows: list[list[str]]) -> None:
    """A row, or the header, is there again."""
    rows.insert(draw(st.integers(0, len(rows))), list(draw(st.sampled_from(rows))))


def lost_row(draw: Draw, rows: list[list[str]]) -> None:
    """A row is gone; it may be the header."""
    del rows[draw(st.integers(0, len(rows) - 1))]


def _spots(value: Any) -> list[tuple[Any, Any]]:
    """Every place of a JSON value: its container and key."""
    found: list[tuple[Any, Any]] = []
    keys = (
        list(value)
        if isinstance(value, dict)
        else range(len(value))
        if isinstance(value, list)
        else []
    )
    for key in keys:
        found.append((value, key))
        found += _spots(value[key])
    return found


def _json(change: Callable[[Draw, Any, Any], None]) -> Callable[[Draw, bytes], bytes]:
    def way(draw: Draw, content: bytes) -> bytes:
        try:
            whole = json.loads(content)
            single = False
        except ValueError:
            try:
                whole = [json.loads(line) for line in content.splitlines() if line.strip()]
                single = True
            except ValueError:
                return content
        spots = _spots(whole)
        if spots:
            change(draw, *draw(st.sampled_from(spots)))
        if single:
            return b"".join(json.dumps(each).encode() + b"\n" for each in whole)
        return json.dumps(whole).encode()

    return way


def other_value(draw: Draw, home: Any, key: Any) -> None:
    """A value of another kind."""
    home[key] = draw(VALUES)


def lost_value(_draw: Draw, home: Any, key: Any) -> None:
    """A key or an element is gone."""
    del home[key]


def wrapped_value(_draw: Draw, home: Any, key: Any) -> None:
    """A value where a list of them is meant, or the other way round."""
    value = home[key]
    home[key] = value[0] if isinstance(value, list) and value else [value]


def repeated_value(_draw: Draw, home: Any, key: Any) -> None:
    """An element is there twice."""
    if isinstance(home, list):
        home.append(copy.deepcopy(home[key]))


def _xml(change: Callable[[Draw, ET.Element, ET.Element], None]) -> Callable[[Draw, bytes], bytes]:
    def way(draw: Draw, content: bytes) -> bytes:
        try:
            root = ET.fromstring(content)  # noqa: S314  (our own samples)
        except (ET.ParseError, ValueError):
            return content
        pairs = [(above, below) for above in root.iter() for below in above]
        if pairs:
            change(draw, *draw(st.sampled_from(pairs)))
        return bytes(ET.tostring(root, "utf-8", xml_declaration=True))

    return way


XML_TEXTS = TEXTS.filter(lambda text: text.isprintable())


def lost_element(_draw: Draw, above: ET.Element, below: ET.Element) -> None:
    """An element is gone."""
    above.remove(below)


def repeated_element(_draw: Draw, above: ET.Element, below: ET.Element) -> None:
    """An element is there twice."""
    above.append(copy.deepcopy(below))


def renamed_element(draw: Draw, _above: ET.Element, below: ET.Element) -> None:
    """The publisher renamed an element."""
    below.tag = draw(st.sampled_from(["other", "{urn:other}name", "entity", "a"]))


def other_text(draw: Draw, _above: ET.Element, below: ET.Element) -> None:
    """An element says something else."""
    below.text = draw(XML_TEXTS)


def other_attribute(draw: Draw, _above: ET.Element, below: ET.Element) -> None:
    """An attribute says something else, or is gone."""
    if below.attrib:
        name = draw(st.sampled_from(sorted(below.attrib)))
        below.attrib[name] = draw(XML_TEXTS)
        if draw(st.booleans()):
            del below.attrib[name]


def nested_element(_draw: Draw, _above: ET.Element, below: ET.Element) -> None:
    """An element lies in itself."""
    below.append(copy.deepcopy(below))


BYTES = [cut, other_bytes, line_ends, marked, encoded, doubled]
CSV = [
    _csv(change)
    for change in (
        other_cell, other_column, lost_column, repeated_column, moved_column, renamed_column,
        repeated_row, lost_row,
    )
]  # fmt: skip
JSON = [_json(change) for change in (other_value, lost_value, wrapped_value, repeated_value)]
XML = [
    _xml(change)
    for change in (
        lost_element, repeated_element, renamed_element, other_text, other_attribute,
        nested_element,
    )
]  # fmt: skip
WAYS: dict[str, list[Callable[[Draw, bytes], bytes]]] = {
    "csv": CSV, "txt": CSV, "dat": CSV, "json": JSON, "jsonl": JSON, "xml": XML,
}  # fmt: skip
