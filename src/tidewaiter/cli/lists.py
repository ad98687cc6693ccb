"""Commands around the lists: changes, export."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tidewaiter.cli import console
from tidewaiter.cli.console import JsonOption, WorkspaceOption
from tidewaiter.cli.work import AsOfOption

if TYPE_CHECKING:
    from tidewaiter.pipeline.changes import Changes


class Format(StrEnum):
    """What can be written for other programs."""

    ftm = "ftm"


def changes(
    workspace: WorkspaceOption = None,
    since: Annotated[
        str | None,
        typer.Option(help="A manifest line or snapshot id (default: before the last load)."),
    ] = None,
    as_of: AsOfOption = None,
    limit: Annotated[int, typer.Option(help="Entities to show.", min=1)] = 50,
    json: JsonOption = False,
) -> None:
    """Show which listed entities were added, changed or removed, and what changed."""
    from tidewaiter.pipeline import changes as pipeline

    space = console.opened(workspace)
    settings = console.resolved(space.path)
    line = pipeline.since_line(space, since)
    with pipeline.compared(space, settings, line, as_of) as found:
        if json:
            console.show_json(_json(found), found.as_of)
        else:
            _show(found, limit)


def export(
    workspace: WorkspaceOption = None,
    format: Annotated[Format, typer.Option("--format", help="What to write.")] = Format.ftm,
    out: Annotated[
        Path | None, typer.Option(help="The file to write (default: entities.ftm.json).")
    ] = None,
    as_of: AsOfOption = None,
    json: JsonOption = False,
) -> None:
    """Write lists, companies, people and trade for other programs."""
    import msgspec

    from tidewaiter.pipeline import exporting

    space = console.opened(workspace)
    settings = console.resolved(space.path)
    target = out or Path("entities.ftm.json")
    with console.progress() as tell:
        found = exporting.export(space, settings, target, as_of, tell)
    if json:
        console.show_json(msgspec.to_builtins(found), found.as_of)
        return
    counts = ", ".join(f"{number:,} {schema}" for schema, number in found.entities.items())
    console.show(f"{sum(found.entities.values()):,} entities in {target}: {counts}")
    for what, number in found.unsaid.items():
        console.note(f"not said in {format.value}: {number:,} {what}")


def _show(found: Changes, limit: int) -> None:
    from tidewaiter.report import table

    shown = list(found.described())
    console.show(table.list_changes(shown[:limit]))
    counts = ", ".join(
        f"{len(found.ids(change)):,} {change}" for change in ("added", "changed", "removed")
    )
    console.show(f"since manifest line {found.since}: {counts}")
    if len(shown) > limit:
        console.note(f"{len(shown) - limit:,} more: give --limit, or --json for all")


def _json(found: Changes) -> dict[str, object]:
    return {
        "since": found.since,
        "until": found.until,
        "counts": {c: len(found.ids(c)) for c in ("added", "changed", "removed")},
        "entities": list(found.described()),
    }
