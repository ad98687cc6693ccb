"""Commands around names: screen, compare, judge."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tidewaiter.cli import console
from tidewaiter.cli.console import JsonOption, WaitOption, WorkspaceOption
from tidewaiter.cli.work import AsOfOption
from tidewaiter.errors import EXIT_INTERRUPTED, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import FrameType

    from tidewaiter.pipeline.lookup import Lookup
    from tidewaiter.screen import Comparison, Query

MOST_RESULTS = 1_000
EXIT_TERMINATED = 143  # 128 + SIGTERM, as 130 is 128 + SIGINT

ExplainOption = Annotated[
    bool, typer.Option("--explain", help="Show what each feature of the names adds to the score.")
]
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
    limit: Annotated[int, typer.Option(help="Results a query.", min=1, max=MOST_RESULTS)] = 5,
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
    explain: ExplainOption = False,
    json: JsonOption = False,
) -> None:
    """Ask whether names belong to listed parties."""
    from tidewaiter.pipeline import batch, lookup

    _check_options(out, since, json=json, explain=explain)
    space = console.opened(workspace)
    settings = console.resolved(space.path, match_threshold=threshold)
    queries = _queries(what)
    if out is not None:
        batch.check_target(out, [Path(what[0]), *([since] if since else [])])
    lists = lookup.open_lists(space, settings, as_of)
    ask = (settings.match_threshold, limit)
    if out is not None:
        console.note(_written(out, since, lists, queries, ask))
        return
    answers = batch.answers(lists, queries, ask, explain=explain)
    if json:
        told = list(_told(answers, len(queries)))
        content = {"undated_rows_left_out": lists.undated, "queries": told}
        console.show_json(content, lists.as_of)
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
    explain: ExplainOption = False,
    json: JsonOption = False,
) -> None:
    """Compare two names and say what agrees and what does not."""
    from tidewaiter.screen import compare as compare_names

    _check_options(out, None, json=json, explain=explain)
    settings = console.resolved(None, match_threshold=threshold)
    schema = _schema(schema)
    if (file := _file_of(what)) is not None:
        _compare_file(file, out, schema, settings.match_threshold, json)
        return
    if out is not None:
        raise UsageError(
            "names give no file",
            where="--out",
            next_step="give a CSV with columns left and right, or leave --out away",
        )
    match what:
        case [left, right]:
            found = compare_names(left, right, schema)
            _show_comparison(
                (left, right), found, settings.match_threshold, explain=explain, json=json
            )
        case _:
            many = "1 name was" if len(what) == 1 else f"{len(what)} names were"
            raise UsageError(
                f"{many} given", where="compare", next_step="give two names, or one CSV file"
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
        apart = judgement.in_force(space.path).contradicted(made)
        if apart is not None:
            raise UsageError(
                f"{apart[0]} and {apart[1]} would be two parties, and one by a chain of others",
                where="judge",
                next_step="judge a pair of the chain anew first: the newest on a pair holds",
            )
        judgement.append(space.path, made)
    if json:
        console.show_json({"judgement": msgspec.to_builtins(made)})
    else:
        console.show(f"kept: {left} and {right}: {answer.value}, by {by}")


def _queries(what: list[str]) -> Sequence[Query]:
    """The queries of a file, or one a name."""
    from tidewaiter.pipeline import queries
    from tidewaiter.screen import Query
    from tidewaiter.screen.usable import usable

    if (file := _file_of(what)) is not None:
        found = queries.read_queries(file)
        if told := found.note():
            console.note(told)
        return found.queries
    named = [
        Query(query_id=str(number), names=queries.values(name))
        for number, name in enumerate(what, start=1)
    ]
    for each in named:
        usable(each)  # whoever types a name is told of a mistake; a row of many only gets a remark
    return named


def _file_of(what: list[str]) -> Path | None:
    """The CSV file that is meant; ``None`` for names. A file is never asked for by its name."""
    tables = [each for each in what if each.lower().endswith(".csv")]
    for each in what:
        if each not in tables and _is_file(each):
            raise UsageError(
                "a file was given that is not a .csv",
                where=each,
                next_step="save it as .csv with a header, or give names",
            )
    if not tables:
        return None
    if len(what) > 1:
        raise UsageError(
            "a CSV file was given together with other arguments",
            where=tables[0],
            next_step="give one file alone, or names alone",
        )
    return Path(tables[0])


def _is_file(argument: str) -> bool:
    path = Path(argument)
    try:
        return path.exists() and not path.is_dir()
    except OSError:  # longer than a path may be: a name
        return False


def _schema(given: str | None) -> str | None:
    from tidewaiter.screen.kinds import SCHEMATA, schema_named

    known = schema_named(given)
    if given is None or known:
        return known
    raise UsageError(
        f"{given!r} is no schema of FollowTheMoney",
        where="--schema",
        next_step=f"give one of: {', '.join(SCHEMATA)}",
    )


def _check_options(
    out: Path | None, since: Path | None, *, json: bool, explain: bool = False
) -> None:
    if out is not None and explain:
        raise UsageError(
            "--out and --explain were given together",
            where="--explain",
            next_step="leave one of the two away: a file of answers has their words",
        )
    if out is not None and json:
        raise UsageError(
            "--out and --json were given together",
            where="--json",
            next_step="leave one of the two away",
        )
    if since is not None and (out is None or out == since):
        raise UsageError(
            "the new answers need a file of their own",
            where="--since",
            next_step="name it with --out",
        )


def _written(
    out: Path, since: Path | None, lists: Lookup, queries: Sequence[Query], ask: tuple[float, int]
) -> str:
    """Write the file of answers; what to tell about it."""
    from tidewaiter.pipeline import batch

    with _to_go_on(batch.part_of(out)), console.progress() as tell:
        found = batch.write_answers(out, lists, queries, ask, tell, since)
    many = "1 query" if len(queries) == 1 else f"{len(queries):,} queries"
    told = f"{many} answered in {out}"
    if found.remarked:
        told += f"; {found.remarked:,} {'has' if found.remarked == 1 else 'have'} remarks"
    if since is not None:
        told += f"; the change of the lists touches {found.done:,} of them"
    return told + (f"; {found.kept:,} were there before it was broken off" if found.kept else "")


class _Terminated(KeyboardInterrupt):
    """SIGTERM, which ends a run as Ctrl-C does."""


@contextmanager
def _to_go_on(part: Path) -> Iterator[None]:
    """Ctrl-C and SIGTERM end quietly, with a word on how to go on."""

    def end(_number: int, _frame: FrameType | None) -> None:
        raise _Terminated

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    except KeyboardInterrupt as stopped:
        kept = f"{part} is kept, and the same command goes on from there"
        console.note(f"tidewaiter: interrupted; {kept if part.exists() else 'nothing was kept'}")
        ended = isinstance(stopped, _Terminated)
        raise typer.Exit(EXIT_TERMINATED if ended else EXIT_INTERRUPTED) from None
    finally:
        signal.signal(signal.SIGTERM, before)


def _told(answers: Iterator[dict[str, object]], total: int) -> Iterator[dict[str, object]]:
    with console.progress() as tell:
        for done, answer in enumerate(answers, start=1):
            yield answer
            tell("queries", done, total)


def _show_answers(answers: Iterator[dict[str, object]], lists: Lookup) -> None:
    from tidewaiter.report import table

    for each in answers:
        console.show(table.screened(each))
    left_out = f"; {lists.undated:,} rows without a date left out" if lists.undated else ""
    console.note(f"as of {lists.as_of}; lists: {', '.join(lists.list_versions)}{left_out}")


def _show_comparison(
    names: tuple[str, str], found: Comparison, threshold: float, *, explain: bool, json: bool
) -> None:
    import msgspec

    from tidewaiter.report import table

    match = found.score >= threshold
    if json:
        content = msgspec.to_builtins(
            found if explain else msgspec.structs.replace(found, added=())
        )
        told = {"left": names[0], "right": names[1], "match": match}
        console.show_json({**told, **content, "match": match})
    else:
        console.show(table.compared(*names, found, match))
        if explain:
            console.show(table.added(msgspec.to_builtins(found.added)))


def _compare_file(
    path: Path, out: Path | None, schema: str | None, threshold: float, json: bool
) -> None:
    import csv
    import io
    import sys

    from tidewaiter.pipeline import batch, queries
    from tidewaiter.store.atomic import write_file

    file = queries.read_pairs(path, schema)
    if out is not None:
        batch.check_free(out, [path])
        batch.check_ours(out, queries.is_compared, "pairs that compare wrote")
    header = (*file.header, *queries.ADDED_COLUMNS)
    rows = queries.compared_rows(file, threshold)
    if json:
        console.show_json({"pairs": [dict(zip(header, row, strict=True)) for row in rows]})
        return
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(rows)
    if out is None:
        sys.stdout.write(text.getvalue())
    else:
        write_file(out, text.getvalue().encode())
