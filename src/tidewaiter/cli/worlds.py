"""Commands around worlds whose diversions are known: simulate, bench leads."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tidewaiter.cli import console
from tidewaiter.cli.console import JsonOption
from tidewaiter.errors import UsageError

if TYPE_CHECKING:
    from tidewaiter.simulate.plan import Plan

SeedOption = Annotated[int, typer.Option("--seed", help="The same seed makes the same world.")]


class View(StrEnum):
    """Whose papers are written."""

    full = "full"
    exporter = "exporter"
    bank = "bank"
    customs = "customs"
    open = "open"


class Level(StrEnum):
    """How hard the schemes are to see; ``mixed`` plays each at every level."""

    easy = "easy"
    medium = "medium"
    hard = "hard"
    mixed = "mixed"


def simulate(
    folder: Annotated[Path, typer.Argument(help="An empty or new folder for the world.")],
    seed: SeedOption = 1,
    declarations: Annotated[int, typer.Option(help="Customs rows, to about 1 %.", min=1)] = 60_000,
    firms: Annotated[int, typer.Option(help="Lawful firms; 0: in proportion.", min=0)] = 0,
    scheme: Annotated[
        list[str] | None, typer.Option("--scheme", help="Only these kinds of scheme.")
    ] = None,
    difficulty: Annotated[Level, typer.Option(help="How hard they are to see.")] = Level.mixed,
    look_alike: Annotated[
        list[str] | None, typer.Option("--look-alike", help="Only these kinds of look-alike.")
    ] = None,
    view: Annotated[
        list[View] | None, typer.Option("--view", help="Also write these masked views.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Make an invented world whose diversions are known, as plain files and a truth file."""
    from tidewaiter.report import scores
    from tidewaiter.simulate import truth as truths
    from tidewaiter.simulate.generate import generate
    from tidewaiter.simulate.views import mask

    _empty(folder)
    plan = _plan(seed, declarations, firms, (scheme, difficulty, look_alike))
    with console.progress() as tell:
        truth = generate(plan, folder / View.full, tell)
        for each in view or ():
            if each is not View.full:
                mask(folder / View.full, folder / each, each.value, truth)
    truths.write(truth, folder / truths.FILE_NAME)
    if json:
        console.show_json({"folder": str(folder), "truth": truth})
        return
    console.show(scores.made(truth))
    console.note(f"files: {folder / View.full}, truth: {folder / truths.FILE_NAME}")
    console.note(f"next: tidewaiter init WORKSPACE; tidewaiter load {folder / View.full}")


def leads(
    seed: Annotated[
        list[int] | None, typer.Option("--seed", help="A world for each seed (default: 1).")
    ] = None,
    declarations: Annotated[int, typer.Option(help="Customs rows of each world.", min=1)] = 20_000,
    json: JsonOption = False,
) -> None:
    """Score the leads on invented worlds: every view on its own line, the full one last."""
    import tempfile

    from tidewaiter.pipeline import benchmark
    from tidewaiter.report import scores

    plans = [benchmark.full_plan(each, declarations) for each in seed or [1]]
    settings = console.resolved(None)
    with console.progress() as tell, tempfile.TemporaryDirectory() as folder:
        found = benchmark.bench_leads(plans, settings, Path(folder), tell)
    if json:
        console.show_json({"scorecards": found.cards, "alarm_rates": found.alarms})
        return
    for plan in plans:
        cards = [card for card in found.cards if card.seed == plan.seed]
        console.note(f"world of seed {plan.seed}, {plan.declarations:,} customs rows")
        console.show(scores.scorecards(cards))
        console.show(scores.by_kind(next(c for c in cards if c.view == View.full)))
    console.show(scores.alarms(found.alarms))


def _plan(
    seed: int,
    declarations: int,
    firms: int,
    parts: tuple[list[str] | None, Level, list[str] | None],
) -> Plan:
    from tidewaiter.simulate.decoys import DECOYS
    from tidewaiter.simulate.plan import DIFFICULTIES, Part, Plan, checked
    from tidewaiter.simulate.schemes import SCHEMES

    kinds, level, alike = parts
    levels = [each for each in DIFFICULTIES if level in {Level.mixed, each}]
    plan = Plan(
        seed=seed,
        declarations=declarations,
        firms=firms,
        schemes=tuple(Part(kind, each) for kind in kinds or SCHEMES for each in levels),
        decoys=tuple(alike or DECOYS),
    )
    return checked(plan, SCHEMES, DECOYS)


def _empty(folder: Path) -> None:
    """Refuse a folder with something in it: a world is never mixed with another."""
    if folder.is_dir() and any(folder.iterdir()):
        raise UsageError(
            "the folder is not empty",
            where=str(folder),
            next_step="name a new folder",
        )
