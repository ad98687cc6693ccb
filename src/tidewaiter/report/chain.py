"""The chain of a lead as a picture: suppliers, sender, receiver, listed party.

Plain SVG text and boxes, so that it prints, scales and can be read aloud; the layout is
arithmetic on counts, so that the same lead always gives the same picture.
"""

from __future__ import annotations

from itertools import pairwise

import msgspec

from tidewaiter.model.finding import Lead, Subject
from tidewaiter.report.plain_text import shown

COLUMNS = (
    ("supplier", "supplied by"),
    ("intermediary", "passed on by"),
    ("sender", "sent by"),
    ("receiver as declared", "declared for"),
    ("buyer", "bought by"),
    ("listed party", "matches the entry"),
)
WIDTH, HEIGHT, GAP, ROW, TOP = 200, 58, 44, 72, 26
LETTERS = 25  # of a caption that fit on one line of a box
LINES = 2
SHOWN_ROWS = 5


class Box(msgspec.Struct, frozen=True):
    """One party: its place in pixels, up to two lines of its name, and its country."""

    x: int
    y: int
    lines: tuple[str, ...]
    country: str
    full: str


class Arrow(msgspec.Struct, frozen=True):
    """From the right side of one box to the left side of another, in pixels."""

    x1: int
    y1: int
    x2: int
    y2: int


class Chain(msgspec.Struct, frozen=True):
    """The picture: its size, column titles with their x, boxes, arrows, and in words."""

    width: int
    height: int
    titles: tuple[tuple[int, str], ...]
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    words: str


def chain(lead: Lead) -> Chain:
    """The picture of ``lead``; roles without a party are left out."""
    present = [(title, _of_role(lead, role)) for role, title in COLUMNS]
    present = [(title, parties) for title, parties in present if parties]
    titles: list[tuple[int, str]] = []
    columns: list[list[Box]] = []
    for place, (title, parties) in enumerate(present):
        x = place * (WIDTH + GAP)
        titles.append((x, title))
        columns.append([_box(x, TOP + i * ROW, party) for i, party in enumerate(parties)])
    arrows = [
        Arrow(a.x + WIDTH, a.y + HEIGHT // 2, b.x, b.y + HEIGHT // 2)
        for left, right in pairwise(columns)
        for a in left
        for b in right
    ]
    rows = max((len(column) for column in columns), default=0)
    return Chain(
        width=max(1, len(columns) * (WIDTH + GAP) - GAP),
        height=TOP + rows * ROW,
        titles=tuple(titles),
        boxes=tuple(box for column in columns for box in column),
        arrows=tuple(arrows),
        words="; ".join(
            f"{title}: {', '.join(shown(p.caption) for p in parties)}" for title, parties in present
        ),
    )


def _of_role(lead: Lead, role: str) -> list[Subject]:
    """Parties of a role; where there are too many to draw, the rest is one box."""
    found = [each for each in lead.subjects if each.role == role]
    if len(found) <= SHOWN_ROWS:
        return found
    rest = msgspec.structs.replace(
        found[SHOWN_ROWS - 1], caption=f"and {len(found) - SHOWN_ROWS + 1} more", country=None
    )
    return [*found[: SHOWN_ROWS - 1], rest]


def _box(x: int, y: int, party: Subject) -> Box:
    caption = shown(party.caption)
    return Box(x, y, _wrapped(caption), party.country or "", caption)


def _wrapped(text: str) -> tuple[str, ...]:
    """At most two lines, broken at words where there are any, the rest as an ellipsis."""
    lines: list[str] = []
    rest = text
    while rest and len(lines) < LINES:
        cut = len(rest) if len(rest) <= LETTERS else rest.rfind(" ", 0, LETTERS + 1)
        cut = cut if cut > 0 else LETTERS
        lines.append(rest[:cut].strip())
        rest = rest[cut:].strip()
    if rest:
        lines[-1] = lines[-1][: LETTERS - 1] + "…"
    return tuple(lines)
