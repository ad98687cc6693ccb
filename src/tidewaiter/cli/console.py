"""What the commands share: where the workspace is, how results and errors are printed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tidewaiter import __version__
from tidewaiter.errors import (
    EXIT_DONE,
    EXIT_INTERRUPTED,
    TidewaiterError,
    UsageError,
)

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from tidewaiter.settings import Settings
    from tidewaiter.store.workspace import Workspace

WORKSPACE_VARIABLE = "TIDEWAITER_WORKSPACE"

WorkspaceOption = Annotated[
    Path | None,
    typer.Option(
        "--workspace",
        "-w",
        envvar=WORKSPACE_VARIABLE,
        help="The workspace folder.",
        show_default=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
WaitOption = Annotated[
    float | None,
    typer.Option("--wait", help="Seconds to wait while another process writes.", min=0),
]


def in_workspace() -> bool:
    """Whether the current folder is a workspace."""
    from tidewaiter.store import manifest

    return (Path.cwd() / manifest.FILE_NAME).is_file()


def opened(path: Path | None) -> Workspace:
    """The workspace of a command: the option, the variable, or the current folder."""
    from tidewaiter.store.workspace import Workspace

    if path is None and in_workspace():
        path = Path.cwd()
    if path is None:
        raise UsageError(
            "no workspace was named",
            where="--workspace",
            next_step=f"give --workspace DIR, or set {WORKSPACE_VARIABLE}",
        )
    return Workspace(path)


def resolved(workspace: Path | None, **flags: Any) -> Settings:  # noqa: ANN401
    """The settings of a command: flags over environment over file over default."""
    from tidewaiter.settings import resolve

    return resolve(workspace, flags)


def show(renderable: RenderableType) -> None:
    """Print a table or text to stdout."""
    _console(stderr=False).print(renderable)


def show_json(result: dict[str, Any], as_of: str | None = None) -> None:
    """Print a result as one JSON object with the version and the day it holds for."""
    import msgspec

    content = {"tidewaiter_version": __version__, "as_of": as_of, **result}
    text = msgspec.json.format(msgspec.json.encode(content), indent=2)
    sys.stdout.write(text.decode() + "\n")


def note(text: str) -> None:
    """Say something that is not a result, on stderr."""
    sys.stderr.write(text + "\n")


@contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar on stderr: call it with a label, what is done, and of how many.

    On anything but a terminal it stays silent: logs are not the place for bars.
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=_console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
    tasks: dict[str, Any] = {}

    def tell(label: str, done: int, total: int) -> None:
        if label not in tasks:
            tasks[label] = bar.add_task(label, total=total or None)
        bar.update(tasks[label], completed=done, total=total or None)

    with bar:
        yield tell


def guarded(command: Callable[[], object], *, debug: bool) -> int:
    """Run a command; print what went wrong and give the exit code."""
    from typer.exceptions import TyperException

    try:
        outcome = command()
    except TidewaiterError as problem:
        if debug:
            raise
        note(f"tidewaiter: {problem}")
        return problem.exit_code
    except TyperException as problem:
        note(f"tidewaiter: {problem.format_message()}")
        note("next: tidewaiter --help, or tidewaiter COMMAND --help")
        return UsageError.exit_code
    except (KeyboardInterrupt, typer.Abort):
        note("tidewaiter: interrupted; nothing half-done was kept")
        return EXIT_INTERRUPTED
    except UnicodeEncodeError:
        note("tidewaiter: an argument is not valid UTF-8\nnext: write it in UTF-8")
        return UsageError.exit_code
    except BrokenPipeError:
        # The reader of a pipe went away (`| head`): not an error of ours.
        sys.stderr.close()
        return EXIT_DONE
    except Exception as problem:
        if debug:
            raise
        note(f"tidewaiter: internal error: {type(problem).__name__}: {problem}")
        note("next: repeat with TIDEWAITER_DEBUG=1 and report what it prints")
        return TidewaiterError.exit_code
    return outcome if isinstance(outcome, int) else EXIT_DONE


def _console(*, stderr: bool) -> Console:
    from rich.console import Console

    return Console(stderr=stderr, soft_wrap=False)
