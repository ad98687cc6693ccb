"""The command that looks for what is odd in what was loaded."""

from __future__ import annotations

from typing import Annotated

import typer

from tidewaiter.cli import console
from tidewaiter.cli.console import JsonOption, WorkspaceOption
from tidewaiter.errors import EXIT_FAIL_ON


def audit(
    workspace: WorkspaceOption = None,
    kind: Annotated[
        str | None, typer.Option(help="Only concerns of this kind, as dates or layout.")
    ] = None,
    fail_on: Annotated[
        str | None, typer.Option(help="Exit 1 where there is a concern: loss or any.")
    ] = None,
    json: JsonOption = False,
) -> int:
    """Look for unread columns, failed counts, impossible dates and changed layouts."""
    import msgspec

    from tidewaiter.pipeline import auditing
    from tidewaiter.report.concerns import concerns

    _check(kind, auditing.KINDS, "--kind")
    _check(fail_on, ("loss", "any"), "--fail-on")
    space = console.opened(workspace)
    found = auditing.audit(space, console.resolved(space.path))
    rows = [msgspec.to_builtins(c) for c in found.concerns if kind in {None, c.kind}]
    if json:
        console.show_json({"files": found.files, "concerns": rows})
    else:
        console.show(concerns(rows, found.files))
    met = {"loss": found.failing, "any": len(found.concerns)}
    return EXIT_FAIL_ON if fail_on and met[fail_on] else 0


def _check(value: str | None, known: tuple[str, ...], where: str) -> None:
    from tidewaiter.errors import UsageError

    if value is not None and value not in known:
        raise UsageError(
            f"{value!r} is not known here", where=where, next_step=f"one of: {', '.join(known)}"
        )
