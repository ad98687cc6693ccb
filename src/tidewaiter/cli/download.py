"""The command that fetches official files: the only one that opens a connection."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tidewaiter.cli import console
from tidewaiter.cli.console import JsonOption

DOWNLOADS = Path("downloads")


def fetch(
    sources: Annotated[list[str], typer.Argument(help="Sources by name; see tidewaiter sources.")],
    into: Annotated[Path, typer.Option(help="The folder for the files.")] = DOWNLOADS,
    only_list: Annotated[
        bool, typer.Option("--list", help="Only show the addresses; nothing is opened.")
    ] = False,
    json: JsonOption = False,
) -> int:
    """Fetch official files from their publishers' addresses."""
    import msgspec

    from tidewaiter.pipeline import fetching
    from tidewaiter.report.downloads import fetched, offers

    wanted = fetching.offered(sources)
    if only_list:
        rows = [{"source": c.name, **msgspec.to_builtins(f)} for c, f in wanted]
        if json:
            console.show_json({"files": rows})
        else:
            console.show(offers(rows))
        return 0
    with console.progress() as tell:
        found = list(fetching.fetch(wanted, into, tell))
    rows = [{**msgspec.to_builtins(each, enc_hook=str)} for each in found]
    if json:
        console.show_json({"files": rows})
    else:
        console.show(fetched(rows))
        console.note(f"next: tidewaiter load {into}")
    return max((e.exit_code for e in found if isinstance(e, fetching.Failed)), default=0)
