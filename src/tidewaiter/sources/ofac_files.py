"""The layout of OFAC's delimited files, which have no header: columns, and how to know them."""

from __future__ import annotations

import contextlib
import csv
from functools import cache

from tidewaiter.sources import ofac
from tidewaiter.sources.csvfile import Row
from tidewaiter.sources.reader import HEAD_BYTES, FileHead

EMPTY = frozenset({"", "-0-"})
END_MARK = "\x1a"  # Ctrl-Z, with which OFAC ends each file
LOOKED_AT = 20  # rows, enough to know a kind by

KINDS: dict[str, tuple[str, ...]] = {
    "primary": (
        "ent_num", "name", "type", "program", "title", "call_sign", "vess_type", "tonnage",
        "grt", "vess_flag", "vess_owner", "remarks",
    ),
    "aliases": ("ent_num", "alt_num", "alt_type", "alt_name", "alt_remarks"),
    "addresses": ("ent_num", "add_num", "address", "city", "country", "add_remarks"),
    "comments": ("ent_num", "remarks"),
}  # fmt: skip
ALIASES = {"aka": "alias", "fka": "previousName", "nka": "alias"}

Cells = dict[str, str]


def kind_of(head: FileHead) -> tuple[str, bool] | None:
    """(kind, whether a header was added), from the first rows; ``None`` for other files.

    More than half of the rows must be of the kind: one bad row is a reject, not another format.
    """
    rows = [row for row in _first_rows(head) if not is_end(row)]
    added = bool(rows) and rows[0][0].strip().casefold() in _added_headers()
    rows = rows[1:] if added else rows
    for kind, columns in KINDS.items():
        fitting = sum(len(row) == len(columns) and _is_of(kind, row) for row in rows)
        if fitting * 2 > len(rows):
            return kind, added
    return None


@cache
def _added_headers() -> frozenset[str]:
    """First column names of headers that others add to the files."""
    return frozenset({"id", "ent_num", "ent num", "uid"})


def _first_rows(head: FileHead) -> list[Row]:
    """The first records, without the last one if it may be cut off."""
    lines = head.start.decode("utf-8-sig", "replace").splitlines(keepends=True)
    whole = lines if len(head.start) < HEAD_BYTES else lines[:-1]
    found: list[Row] = []
    with contextlib.suppress(csv.Error):  # what was read before an error is enough to judge
        found.extend(csv.reader(whole[:LOOKED_AT], strict=True))
    return [row for row in found if "".join(row).strip()]


def is_end(row: Row) -> bool:
    """Whether a record is the Ctrl-Z that ends a file, also if spread over columns."""
    return "".join(row).strip() == END_MARK


def _is_of(kind: str, row: Row) -> bool:
    """Whether a row's values are those of a kind."""
    cells = [cell.strip() for cell in row]
    if not _is_number(cells[0]):
        return False
    if kind == "primary":
        return ofac.schema_of(cells[2]) is not None and "-0-" in cells
    if kind == "aliases":
        return _is_number(cells[1]) and cells[2].casefold() in ALIASES
    if kind == "addresses":
        return _is_number(cells[1]) and "-0-" in cells
    return any(ofac.is_label(part) for part in cells[1].split("; "))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def cells_of(kind: str, row: Row) -> Cells:
    """Cells by column; white space folded, ``-0-`` emptied."""
    shown = (" ".join(cell.split()) for cell in row)
    texts = ("" if cell in EMPTY else cell for cell in shown)
    return dict(zip(KINDS[kind], texts, strict=False))


def fault_of(kind: str, cells: Cells) -> tuple[str, str] | None:
    """The first column that cannot be read, and why."""
    for column in ("ent_num", *{"aliases": ["alt_num"], "addresses": ["add_num"]}.get(kind, ())):
        if not _is_number(cells[column]):
            return column, "not a number of OFAC's"
    for column in {"primary": ("name", "program"), "aliases": ("alt_name",)}.get(kind, ()):
        if not cells[column]:
            return column, "required, but empty"
    if kind == "primary" and ofac.schema_of(cells["type"]) is None:
        return "type", "not individual, vessel, aircraft or empty (an entity)"
    if kind == "aliases" and cells["alt_type"].casefold() not in ALIASES:
        return "alt_type", f"not one of {', '.join(sorted(ALIASES))}"
    return None
