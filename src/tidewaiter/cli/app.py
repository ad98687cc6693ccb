"""The commands, in the order in which a newcomer meets them."""

from __future__ import annotations

import os
import sys

import typer

from tidewaiter.cli import audit, console, data, download, lists, names, owners, work, worlds

app = typer.Typer(
    name="tidewaiter",
    help="Find, explain and document the diversion of controlled goods through third countries.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

for command in (
    work.demo,
    data.init,
    data.load,
    data.sources,
    download.fetch,
    lists.changes,
    work.run,
    work.leads,
    work.lead,
    names.screen,
    names.compare,
    names.judge,
    owners.owners,
    lists.export,
    audit.audit,
    data.verify,
    data.upgrade,
    data.prune,
    worlds.simulate,
):
    app.command()(command)

bench = typer.Typer(help="Score Tidewaiter on worlds whose truth is known.", no_args_is_help=True)
bench.command()(worlds.leads)
app.add_typer(bench, name="bench")


def version(show: bool) -> None:
    """Print the version and leave."""
    if show:
        from tidewaiter import __version__

        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def options(
    show_version: bool = typer.Option(
        False, "--version", callback=version, is_eager=True, help="Print the version and leave."
    ),
) -> None:
    """Find, explain and document the diversion of controlled goods."""


def start() -> None:
    """Run the command line; every way out has its exit code."""
    sys.exit(console.guarded(lambda: app(standalone_mode=False), debug=_debug()))


def _debug() -> bool:
    return bool(os.environ.get("TIDEWAITER_DEBUG"))
