"""Commands around what is kept: init, load, sources, verify, upgrade, prune."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tidewaiter.cli import console
from tidewaiter.cli.console import JsonOption, WaitOption, WorkspaceOption

if TYPE_CHECKING:
    from tidewaiter.pipeline.intake import LoadReport
    from tidewaiter.store.manifest import Snapshot


def init(
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.")],
    json: JsonOption = False,
) -> None:
    """Make a workspace."""
    from tidewaiter.store.workspace import Workspace

    workspace = Workspace.create(folder)
    if json:
        console.show_json({"workspace": str(workspace.path)})
    else:
        console.show(f"workspace: {workspace.path}")
        console.show(f"next: tidewaiter load PATH --workspace {workspace.path}")


def load(
    paths: Annotated[list[Path], typer.Argument(help="Files or folders to read.")],
    workspace: WorkspaceOption = None,
    source: Annotated[
        str | None, typer.Option(help="The format, by its name in `tidewaiter sources`.")
    ] = None,
    dataset: Annotated[
        str | None, typer.Option(help="The name space of plain files (default: case).")
    ] = None,
    max_rejects: Annotated[
        float | None, typer.Option(help="Per cent of a file's rows that may be rejected.")
    ] = None,
    accept_shrink: Annotated[
        bool, typer.Option("--accept-shrink", help="Accept a list that lost many entities.")
    ] = False,
    wait: WaitOption = None,
    json: JsonOption = False,
) -> None:
    """Read files into the workspace; their format is recognised by content."""
    from tidewaiter.pipeline import intake
    from tidewaiter.report import table

    space = console.opened(workspace)
    settings = console.resolved(space.path, max_rejects=max_rejects, wait=wait)
    options = intake.Options(source=source, dataset=dataset, accept_shrink=accept_shrink)
    with console.progress() as tell:
        report = intake.load(
            space, paths, settings, options, lambda name, rows: tell(name, rows, 0)
        )
    if json:
        console.show_json(_load_json(report))
        return
    outcomes = {each.snapshot.snapshot_id: each.outcome for each in report.files}
    console.show(table.load_summary([each.snapshot for each in report.files], outcomes))
    for line in (*report.notes, *(f"passed over: {line}" for line in report.skipped)):
        console.note(line)


def sources(
    name: Annotated[
        str | None, typer.Argument(help="Show this source's card in full.", show_default=False)
    ] = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Show what is known, how fresh it is and what it is good for."""
    from tidewaiter.pipeline import upkeep
    from tidewaiter.report import cards, table

    if name is not None:
        card = upkeep.one_source(name)
        console.show_json({"card": card}) if json else console.show(cards.one_card(card))
        return

    known = upkeep.known_sources()
    held: tuple[Snapshot, ...] = ()
    if workspace is not None or console.in_workspace():
        held = upkeep.current(console.opened(workspace))
    if json:
        console.show_json({"known": known, "loaded": [_snapshot_json(each) for each in held]})
        return
    console.show(table.known_sources(known))
    if held:
        console.show(table.loaded_sources(held))


def verify(workspace: WorkspaceOption = None, json: JsonOption = False) -> None:
    """Compare every kept file with its checksum; exit 7 where one differs."""
    import msgspec

    from tidewaiter.errors import IntegrityError
    from tidewaiter.pipeline import upkeep

    space = console.opened(workspace)
    found = upkeep.verify(space)
    if json:
        console.show_json(msgspec.to_builtins(found))
    else:
        console.show(f"{found.files} files compared with their checksums")
    for line in found.notes:
        console.note(line)
    if found.problems:
        raise IntegrityError(
            f"{len(found.problems)} files are not what was kept",
            where="; ".join(found.problems[:5]),
            next_step="snapshots: run tidewaiter upgrade, which reads kept raw files again; "
            "raw files: load them again",
        )


def upgrade(
    workspace: WorkspaceOption = None,
    every: Annotated[bool, typer.Option("--all", help="Read every file again.")] = False,
    wait: WaitOption = None,
    json: JsonOption = False,
) -> None:
    """Read kept raw files again where their reader has changed."""
    from tidewaiter.pipeline import upkeep

    space = console.opened(workspace)
    settings = console.resolved(space.path, wait=wait)
    with console.progress() as tell:
        again = upkeep.upgrade(
            space, settings, every=every, progress=lambda name, rows: tell(name, rows, 0)
        )
    if json:
        console.show_json({"read_again": [_snapshot_json(each) for each in again]})
    else:
        console.show(f"{len(again)} files read again from their kept bytes")


def prune(
    workspace: WorkspaceOption = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be removed.")
    ] = False,
    wait: WaitOption = None,
    json: JsonOption = False,
) -> None:
    """Remove superseded snapshots, older runs and kept stage results; never raw files."""
    from tidewaiter.pipeline import upkeep

    space = console.opened(workspace)
    settings = console.resolved(space.path, wait=wait)
    found = upkeep.prune(space, settings, dry_run=dry_run)
    if json:
        console.show_json({"removed": list(found.removed), "bytes": found.size})
        return
    verb = "would be removed" if dry_run else "removed"
    for name in found.removed:
        console.show(name)
    console.show(f"{len(found.removed)} folders {verb}, {found.size:,} bytes")


def _load_json(report: LoadReport) -> dict[str, Any]:
    files = [{"outcome": f.outcome, **_snapshot_json(f.snapshot)} for f in report.files]
    return {"files": files, "skipped": list(report.skipped), "notes": list(report.notes)}


def _snapshot_json(snapshot: Snapshot) -> dict[str, Any]:
    import msgspec

    return dict(msgspec.to_builtins(snapshot))
