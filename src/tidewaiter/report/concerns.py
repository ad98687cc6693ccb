"""The concerns of an audit as a table for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tidewaiter.report.plain_text import shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import RenderableType

COLOURS = {"assertion": "bold red", "loss": "bold red", "untested": "dim"}


def concerns(found: Sequence[Mapping[str, Any]], files: int) -> RenderableType:
    """One row a concern: which file, what is odd, how often, and what to do."""
    from rich.table import Table
    from rich.text import Text

    if not found:
        return Text(f"{files} files looked at: nothing odd.")
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("kind", no_wrap=True)
    table.add_column("times", justify="right", no_wrap=True)
    table.add_column("what, and what to do", overflow="fold", ratio=1)
    last = None
    for each in found:
        if each["file"] != last:
            table.add_row("", "", Text(shown(each["file"]), style="bold"))
            last = each["file"]
        what = Text(shown(each["what"]))
        if each["examples"]:
            what.append("\n" + "; ".join(shown(one) for one in each["examples"]), style="cyan")
        what.append(f"\n{each['next_step']}", style="dim")
        kind = Text(each["kind"], style=COLOURS.get(each["kind"], "yellow"))
        table.add_row(kind, f"{each['count']:,}", what)
    table.caption = f"{files} files looked at, {len(found)} concerns; nothing was changed"
    return table
