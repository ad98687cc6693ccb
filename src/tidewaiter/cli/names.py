"""Commands around names: screen, compare, judge."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tidewaiter.cli import console
from tidewaiter.cli.console import JsonOption, WaitOption, WorkspaceOption
from tidewaiter.cli.work import AsOfOption
from tidewaiter.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tidewaiter.pipeline.lookup import Lookup
    from tidewaiter.screen import Query

ThresholdOption = Annotated[
    float | None, typer.Option(help="Score from which it is a match.", min=0, max=1)
]


class Answer(StrEnum):
    """What a person may judge about two records."""

    yes = "yes"
    no = "no"
    unsure = "unsure"


def screen(
    what: Annotated[list[str], typer.Argument(help="A CSV file of queries, or names.")],
    workspace: WorkspaceOption = None,
    limit: Annotated[int, typer.Option(help="Results a query.", min=1)] = 5,
    threshold: ThresholdOption = None,
    as_of: AsOfOption = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Write one JSON line a query to this file; broken off, it goes on."),
    ] = None,
    since: Annotated[
        Path | None,
        typer.Option(help="Answers of before: only what a change of the lists touches is done."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Ask whether names belong to listed parties."""
    from tidewaiter.pipeline import batch, lookup

    space = console.opened(workspace)
    settings = console.resolved(space.path, match_threshold=threshold)
    queries = _queries(what)
    _check(out, since)
    lists = lookup.open_lists(space, settings, as_of)
    ask = (settings.match_threshold, limit)
    if out is not None:
        console.note(_written(out, since, lists, queries, ask))
        return
    answers = batch.answers(lists, queries, ask)
    if json:
        console.show_json({"queries": list(_told(answers, len(queries)))}, lists.as_of)
    else:
        _show_answers(_told(answers, len(queries)), lists)


def compare(
    what: Annotated[
        list[str], typer.Argument(help="Two names, or a CSV with columns left and right.")
    ],
    schema: Annotated[str | None, typer.Option(help="Person, Company, Vessel, …")] = None,
    threshold: ThresholdOption = None,
    out: Annotated[
        Path | None, typer.Option(help="Write the CSV with the added columns here.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Compare two names and say what agrees and what does not."""
    settings = console.resolved(None, match_threshold=threshold)
    match what:
        case [path]:
            _compare_file(Path(path), out, settings.match_threshold, json)
        case [_, _] if out is not None:
            raise UsageError(
                "two names give no file",
                where="--out",
                next_step="give a CSV with columns left and right, or leave --out away",
            )
        case [left, right]:
            _compare_two(left, right, schema, settings.match_threshold, json)
        case _:
            raise UsageError(
                f"{len(what)} names were given",
                where="compare",
                next_step="give two names, or one CSV file",
            )


def judge(
    left: Annotated[str, typer.Argument(help="The id of a party or list entry.")],
    right: Annotated[str, typer.Argument(help="The id of the other.")],
    answer: Annotated[Answer, typer.Argument(help="Whether they are one party.")],
    by: Annotated[str, typer.Option(help="Who decides.")],
    workspace: WorkspaceOption = None,
    note: Annotated[str, typer.Option(help="Why.")] = "",
    wait: WaitOption = None,
    json: JsonOption = False,
) -> None:
    """Keep a decision on whether two records are one party; later runs follow it."""
    import msgspec

    from tidewaiter.resolve import judgement

    space = console.opened(workspace)
    settings = console.resolved(space.path, wait=wait)
    if left == right or not by.strip():
        raise UsageError(
            "a judgement needs two different ids and a name in --by",
            where="judge",
            next_step='for example: tidewaiter judge ID1 ID2 no --by "A. Analyst"',
        )
    made = judgement.Judgement(
        left=left, right=right, answer=answer.value, by=by, at=judgement.now(), note=note
    )
    with space.writing(settings.wait):
        judgement.append(space.path, made)
    if json:
        console.show_json({"judgement": msgspec.to_builtins(made)})
    else:
        console.show(f"kept: {left} and {right}: {answer.value}, by {by}")


def _queries(what: list[str]) -> list[Query]:
    """The queries of a file, or one a name."""
    from tidewaiter.pipeline import lookup
    from tidewaiter.screen import Query

    if len(what) == 1 and what[0].lower().endswith(".csv"):
        return list(lookup.read_queries(Path(what[0])))
    return [Query(query_id=str(i), names=(name,)) for i, name in enumerate(what, start=1)]


def _check(out: Path | None, since: Path | None) -> None:
    if since is not None and (out is None or out == since):
        raise UsageError(
            "the new answers need a file of their own",
            where="--since",
            next_step="name it with --out",
        )


def _written(
    out: Path, since: Path | None, lists: Lookup, queries: list[Query], ask: tuple[float, int]
) -> str:
    """Write the file of answers; what to tell about it."""
    from tidewaiter.pipeline import batch

    with console.progress() as tell:
        found = batch.write_answers(out, lists, queries, ask, tell, since)
    told = f"{len(queries):,} queries answered in {out}"
    if since is not None:
        told += f"; the change of the lists touches {found.done:,} of them"
    return told + (f"; {found.kept:,} were there before it was broken off" if found.kept else "")


def _told(answers: Iterator[dict[str, object]], total: int) -> Iterator[dict[str, object]]:
    with console.progress() as tell:
        for done, answer in enumerate(answers, start=1):
            yield answer
            tell("queries", done, total)


def _show_answers(answers: Iterator[dict[str, object]], lists: Lookup) -> None:
    from tidewaiter.report import table

    for each in answers:
        console.show(table.screened(each))
    console.note(f"as of {lists.as_of}; lists: {', '.join(lists.list_versions)}")


def _compare_two(left: str, right: str, schema: str | None, threshold: float, json: bool) -> None:
    import msgspec

    from tidewaiter.report import table
    from tidewaiter.screen import compare as compare_names

    found = compare_names(left, right, schema)
    match = found.score >= threshold
    if json:
        content = {"left": left, "right": right, "match": match}
        console.show_json(content | msgspec.to_builtins(found))
    else:
        console.show(table.compared(left, right, found, match))


def _compare_file(path: Path, out: Path | None, threshold: float, json: bool) -> None:
    import csv
    import sys

    from tidewaiter.pipeline import lookup

    rows = list(lookup.compare_file(path, threshold))
    if json:
        console.show_json({"pairs": rows})
        return
    with out.open("w", encoding="utf-8", newline="") if out else sys.stdout as target:
        writer = csv.DictWriter(target, list(rows[0]) if rows else ["left", "right"])
        writer.writeheader()
        writer.writerows(rows)
