"""What can be fetched, and what was, as tables for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tidewaiter.report.plain_text import shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.table import Table
    from rich.text import Text


def offers(files: Sequence[Mapping[str, Any]]) -> str:
    """Name, address and what is not plain of each file; an address stands whole on its line."""
    lines: list[str] = []
    for each in files:
        lines += [f"{each['source']}/{each['name']}", f"    {each['url']}"]
        lines += [f"    {line}" for line in _remarks(each)]
    return "\n".join(lines)


def _remarks(file: Mapping[str, Any]) -> list[str]:
    """What a person should know before a file is fetched."""
    found = [file["note"]] if file["note"] else []
    if file["hosts"]:
        found.append(f"may forward to {', '.join(file['hosts'])}")
    if file["index"]:
        found.append(f"compared with the checksum in {file['index']}")
    return found


def fetched(files: Sequence[Mapping[str, Any]]) -> Table:
    """What became of each file; of one that failed, why."""
    from rich.text import Text

    table = _table("file", "outcome", "size, date and checksum")
    for each in files:
        name = Text(each["name"]).append(f"\n{each['source']}", style="dim")
        if "problem" in each:
            table.add_row(name, Text("failed", style="bold red"), shown(each["problem"]))
        else:
            table.add_row(name, each["outcome"], _came(each))
    return table


def _came(file: Mapping[str, Any]) -> Text:
    """Size, date and checksum of a file that is there."""
    from rich.text import Text

    date = file["last_modified"] or f"fetched {file['fetched_at']}"
    said = Text(f"{file['size']:,} bytes, {shown(date)}\n").append(file["sha256"], style="dim")
    if file["verified"]:
        said.append(f"\nas the publisher's {', '.join(file['verified'])}", style="green")
    return said


def _table(*columns: str) -> Table:
    from rich.table import Table

    table = Table(box=None, header_style="bold", pad_edge=False)
    for title in columns:
        table.add_column(title, overflow="fold")
    return table
