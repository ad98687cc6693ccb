"""One source's card in full, for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rich.console import Group, RenderableType

FACTS = ("publisher", "url", "licence", "good_for", "format", "visibility", "tested_on")


def one_card(card: Mapping[str, Any]) -> Group:
    """What it is, what each field means, which measures, what misleads, what to fetch."""
    from rich.console import Group
    from rich.text import Text

    head = Text(f"{card['name']}: {card['title']}\n", style="bold")
    for key in FACTS:
        if card[key]:
            head.append(f"{key.replace('_', ' ')}: ", style="dim").append(f"{card[key]}\n")
    return Group(head, *_sections(card))


def _sections(card: Mapping[str, Any]) -> Iterator[RenderableType]:
    from rich.rule import Rule
    from rich.text import Text

    measures = [f"{m['printed']}: {m['kind']} ({m['cite']})" for m in card["measures"]]
    files = [f"{f['name']}: {f['url']} {f['note']}".rstrip() for f in card["files"]]
    for title, lines in (
        ("Fields that are read", [f"{k}: {v}" for k, v in card["columns"].items()]),
        ("Fields that are known and left out", [f"{k}: {v}" for k, v in card["ignored"].items()]),
        ("Measures", measures),
        ("What misleads", card["traps"]),
        ("Files to fetch", files),
    ):
        if lines:
            yield Rule(title, align="left")
            yield Text("\n".join(f"- {line}" for line in lines))
