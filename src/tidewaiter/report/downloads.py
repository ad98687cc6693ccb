"""What can be fetched, and what was, as tables for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tidewaiter.report.plain_text import shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.table import Table


def offers(files: Sequence[Mapping[str, Any]]) -> Table:
    """Name, address and what is not plain, for each file that a source offers."""
    from rich.text import Text

    table = _table("file", "address")
    for each in files:
        where = Text(each["url"])
        if each["note"]:
            where.append(f"\n{each['note']}", style="dim")
        table.add_row(Text(each["name"]).append(f"\n{each['source']}", style="dim"), where)
    return table


def fetched(files: Sequence[Mapping[str, Any]]) -> Table:
    """What became of each file; of one that failed, why."""
    from rich.text import Text

    table = _table("file", "outcome", "size, date and checksum")
    for each in files:
        if "problem" in each:
            table.add_row(each["name"], Text("failed", style="bold red"), shown(each["problem"]))
        else:
            said = f"{each['size']:,} bytes  {each['last_modified']}\n{each['sha256']}"
            table.add_row(each["name"], each["outcome"], Text(said, style="dim"))
    return table


def _table(*columns: str) -> Table:
    from rich.table import Table

    table = Table(box=None, header_style="bold", pad_edge=False)
    for title in columns:
        table.add_column(title, overflow="fold")
    return table
