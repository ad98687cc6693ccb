"""The command around ownership: owners."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tidewaiter.cli import console
from tidewaiter.cli.console import JsonOption, WorkspaceOption
from tidewaiter.cli.work import AsOfOption
from tidewaiter.errors import UsageError


def owners(
    company: Annotated[str, typer.Argument(help="A company's id or name.")],
    workspace: WorkspaceOption = None,
    regime: Annotated[
        str | None, typer.Option(help="Only this rule, for example us_ofac_50.")
    ] = None,
    rules: Annotated[
        Path | None, typer.Option(help="Rules of your own (YAML), beside or in place of ours.")
    ] = None,
    as_of: AsOfOption = None,
    json: JsonOption = False,
) -> None:
    """Say who owns a company and what follows under each law's ownership rule."""
    import msgspec

    from tidewaiter.ownership.regimes import regimes
    from tidewaiter.pipeline.owner_answer import answer
    from tidewaiter.pipeline.owning import owned
    from tidewaiter.report import ownership

    known = regimes(rules)
    if regime is not None:
        chosen = tuple(each for each in known.regimes if each.id == regime)
        if not chosen:
            raise UsageError(
                f"there is no rule {regime!r}",
                where="--regime",
                next_step=f"known: {', '.join(each.id for each in known.regimes)}",
            )
        known = msgspec.structs.replace(known, regimes=chosen)
    space = console.opened(workspace)
    settings = console.resolved(space.path)
    with console.progress() as tell:
        tell("owners", 0, 1)
        found = answer(owned(space, settings, company, as_of, known))
        tell("owners", 1, 1)
    if json:
        console.show_json(found, found["as_of"])
    else:
        console.show(ownership.owners(found))
