"""The command that fetches official files: the only one that opens a connection."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tidewaiter.cli import console
from tidewaiter.cli.console import JsonOption, WaitOption

DOWNLOADS = Path("downloads")


def fetch(
    sources: Annotated[
        list[str],
        typer.Argument(help="Sources by name, or one file as SOURCE/FILE; see tidewaiter sources."),
    ],
    into: Annotated[
        Path, typer.Option(help="The folder for the files, with one folder for each source.")
    ] = DOWNLOADS,
    only_list: Annotated[
        bool, typer.Option("--list", help="Only show the addresses; nothing is opened.")
    ] = False,
    wait: WaitOption = None,
    json: JsonOption = False,
) -> int:
    """Fetch official files from their publishers' addresses."""
    import shlex

    import msgspec

    from tidewaiter.pipeline import fetching
    from tidewaiter.report.downloads import fetched, offers
    from tidewaiter.sources.patience import Limits

    wanted = fetching.offered(sources)
    if only_list:
        rows = [
            {"source": card.name, **msgspec.to_builtins(file), "hosts": card.hosts}
            for card, file in wanted
        ]
        console.show_json({"files": rows}) if json else typer.echo(offers(rows))
        return 0
    settings = console.resolved(Path.cwd() if console.in_workspace() else None, wait=wait)
    manner = fetching.Manner(limits=Limits(wait=settings.wait), proxy=settings.proxy)
    with console.progress() as tell:
        found = list(fetching.fetch(wanted, into, tell, manner))
    rows = [
        {"source": card.name, **msgspec.to_builtins(each, enc_hook=str)}
        for (card, _), each in zip(wanted, found, strict=True)
    ]
    console.show_json({"files": rows}) if json else console.show(fetched(rows))
    failed = [each for each in found if isinstance(each, fetching.Failed)]
    homes = {each.path.parent for each in found if not isinstance(each, fetching.Failed)}
    if homes and not json:
        names = " ".join(shlex.quote(str(each)) for each in sorted(homes))
        console.note(f"next: tidewaiter load {names}")
    return max((each.exit_code for each in failed), default=0)
