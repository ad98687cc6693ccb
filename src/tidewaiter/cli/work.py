"""Commands around leads: demo, run, leads, lead."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tidewaiter.cli import console
from tidewaiter.cli.console import JsonOption, WaitOption, WorkspaceOption
from tidewaiter.errors import EXIT_FAIL_ON, MissingError, UsageError

if TYPE_CHECKING:
    from tidewaiter.model.finding import Lead
    from tidewaiter.pipeline.run import RunReport
    from tidewaiter.store.workspace import Workspace

AsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        help="Use only what could be known on this day (default: the newest publication date).",
        show_default=False,
    ),
]


class Band(StrEnum):
    """The bands of a lead, the strongest first."""

    high = "high"
    medium = "medium"
    low = "low"


def demo(
    folder: Annotated[Path, typer.Argument(help="Where to make the workspace.")] = Path(
        "tidewaiter-demo"
    ),
    seed: Annotated[int, typer.Option("--seed", help="The same seed makes the same world.")] = 1,
    json: JsonOption = False,
) -> None:
    """Make an invented world, run everything, show the leads and explain the look-alikes."""
    from tidewaiter.pipeline import example, intake
    from tidewaiter.pipeline.run import run as carry_out
    from tidewaiter.report import scores
    from tidewaiter.simulate import truth as truths
    from tidewaiter.simulate.generate import generate
    from tidewaiter.store.workspace import Workspace

    space = Workspace.create(folder)
    settings = console.resolved(space.path)
    world = space.path / example.FOLDER
    with console.progress() as tell:
        truth = generate(example.plan(seed), world / "full", tell)
        truths.write(truth, world / truths.FILE_NAME)
        intake.load(space, [world / "full"], settings, intake.Options())
        report = carry_out(space, settings, progress=tell)
    alike = example.look_alikes(space.path / "out", truth)
    extra = {"truth": truth, "look_alikes": [{"is": a, "said": w} for a, w in alike]}
    _print_run(report, space, extra if json else None)
    if not json:
        console.show(scores.look_alikes(alike))
        console.note(f"the world: {world / 'full'}; what is true of it: {world / truths.FILE_NAME}")
        console.note("No firm, person, plant or list in it is real.")


def run(
    workspace: WorkspaceOption = None,
    as_of: AsOfOption = None,
    only: Annotated[
        list[str] | None, typer.Option("--only", help="Only these stages and what they need.")
    ] = None,
    fail_on: Annotated[
        Band | None, typer.Option("--fail-on", help="Exit 1 where a lead is in this band or above.")
    ] = None,
    threads: Annotated[int | None, typer.Option(help="Threads of the engine; 0: all.")] = None,
    wait: WaitOption = None,
    json: JsonOption = False,
) -> int:
    """Run the pipeline; only what changed is computed again."""
    from tidewaiter.pipeline.run import run as carry_out

    space = console.opened(workspace)
    settings = console.resolved(space.path, threads=threads, wait=wait)
    with console.progress() as tell:
        report = carry_out(space, settings, as_of, tuple(only or ()), tell)
    _print_run(report, space, {} if json else None)
    return _outcome(report, fail_on)


def leads(
    workspace: WorkspaceOption = None,
    limit: Annotated[int, typer.Option(help="How many to show.", min=1)] = 20,
    why_not: Annotated[
        str | None,
        typer.Option("--why-not", metavar="COMPANY", help="Say what every flag said of a party."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Show the queue of the newest run, best lead first, or why something is not on it."""
    from tidewaiter.report import table

    if why_not is not None:
        _explain(console.opened(workspace), why_not, json)
        return
    found = _newest(console.opened(workspace))
    as_of = found[0].as_of if found else None
    if json:
        console.show_json({"leads": found[:limit], "total": len(found)}, as_of)
        return
    console.show(table.queue(found[:limit]))
    console.note(f"{min(limit, len(found))} of {len(found)} leads; one in full: tidewaiter lead ID")


def lead(
    lead_id: Annotated[str, typer.Argument(help="The id of a lead, its beginning, or its rank.")],
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Show one lead in full: what was seen, where it is written, what speaks against it."""
    import msgspec

    from tidewaiter.report import table

    space = console.opened(workspace)
    found = _one(_newest(space), lead_id)
    if json:
        console.show_json(msgspec.to_builtins(found), found.as_of)
    else:
        console.show(table.one_lead(found, space.path))


def _print_run(report: RunReport, space: Workspace, extra: dict[str, Any] | None) -> None:
    """The queue, what was looked at, and where the files are; as JSON with ``extra``, if given."""
    from tidewaiter.report import table

    out = space.path / "out"
    if extra is not None:
        content = {
            "out": str(out),
            "leads": report.leads,
            "visible_rows": report.counts,
            "undated_rows_left_out": report.left_out,
            "timings": report.timings,
            **extra,
        }
        console.show_json(content, report.as_of)
        return
    console.show(table.queue(list(report.leads[:20])))
    given = "as named" if report.as_of_named else "the newest publication date loaded"
    console.note(f"as of {report.as_of} ({given}); {len(report.leads)} leads")
    looked = {name: rows for name, rows in report.counts.items() if rows}
    console.note("rows in view: " + ", ".join(f"{n} {rows:,}" for n, rows in looked.items()))
    left = {name: rows for name, rows in report.left_out.items() if rows}
    if left:
        console.note("left out, undated: " + ", ".join(f"{n} {r:,}" for n, r in left.items()))
    spent = sum(t.seconds for t in report.timings)
    reused = [t.stage for t in report.timings if t.reused]
    again = f"; unchanged and used again: {', '.join(reused)}" if reused else ""
    console.note(f"{spent:.1f} s{again}")
    console.note(f"report: {out / 'report.html'}")


def _outcome(report: RunReport, fail_on: Band | None) -> int:
    if fail_on is None:
        return 0
    bands = [band.value for band in Band]
    reached = {lead.band for lead in report.leads}
    serious = set(bands[: bands.index(fail_on.value) + 1])
    return EXIT_FAIL_ON if reached & serious else 0


def _explain(space: Workspace, asked: str, json: bool) -> None:
    from tidewaiter.assess.why_not import why_not
    from tidewaiter.report import scores

    found = why_not(space.path / "out", asked)
    if json:
        console.show_json({"parties": found})
    else:
        console.show(scores.reasons(found))


def _newest(space: Workspace) -> list[Lead]:
    """The leads of the newest run."""
    from tidewaiter.model.finding import read_leads
    from tidewaiter.pipeline.run import LEADS_FILE

    out = space.path / "out"
    if not (out / LEADS_FILE).is_file():
        raise MissingError(
            "there is no finished run with leads",
            where=str(out),
            next_step="run: tidewaiter run",
        )
    return read_leads(out / LEADS_FILE)


def _one(found: list[Lead], wanted: str) -> Lead:
    """The lead of that id, beginning of an id, or rank."""
    hits = [each for each in found if wanted in {each.lead_id, str(each.rank)}]
    hits = hits or [each for each in found if each.lead_id.startswith(wanted)]
    if len(hits) == 1:
        return hits[0]
    what = "more than one lead begins with" if hits else "there is no lead"
    raise UsageError(
        f"{what} {wanted!r}",
        where="the newest run",
        next_step="see the ids with: tidewaiter leads",
    )
