"""Write the reference pages from the program itself, so that they cannot disagree.

``make docs`` runs it; ``tests/house/test_docs.py`` fails while a page is out of date.
The pages are committed: a reader of the repository needs no build. A plug-in that
renders them during the build was rejected, because then nobody sees them in a review.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import typer

from tidewaiter import errors, settings
from tidewaiter.assess import weigh
from tidewaiter.assess.flags.all_flags import FLAGS
from tidewaiter.assess.flags.definition import definitions
from tidewaiter.assess.flags.listed_receiver import listed_receiver
from tidewaiter.cli.app import app
from tidewaiter.sources.card import cards
from tidewaiter.store import tables

DOCS = Path(__file__).parent
NOTE = "<!-- Written by docs/generate.py (make docs): change the program, not this. -->"

FLAGS_INTRO = """
A flag looks at one party in a third country, or at its deliveries to one listed party. It
answers *seen*, *not seen* with what was found instead, or *not computable* with what is
lacking; all answers of a run are in `tested.parquet`, and
`tidewaiter leads --why-not COMPANY` shows those of one party. A flag is a reason to look.

Limits are proposals. Each can be set in `tidewaiter.toml`:

```toml
[flags.NEW-01]
age_months = 12
```

Points add up to the score of a lead. Flags of one family rest on the same facts, so a
family adds no more than its cap. *Soft* flags say what a firm is and not where its goods
went: where the border over which the goods would leave is in view, and no watched goods
are seen to leave for the target state, they keep three tenths of their points. Nationality,
kinship and a shared address are no flags.
"""

FORMATS_INTRO = """\
Tidewaiter reads the official formats of its sources, and these plain CSV files, so that
anyone can bring data of their own. A folder of them is a *case folder*:
`tidewaiter load FOLDER` reads whichever are there.

UTF-8, comma, header row, quoting as in RFC 4180. Columns may stand in any order; a
column not listed here is kept as an extra and reported as unused. An empty cell means
unknown, never zero. A row that cannot be read is rejected with file, line, column,
value and reason, and counted; when more than `max_rejects` per cent of a file's rows
are rejected, the load fails (exit code 3) and nothing changes. Loading the same bytes
twice changes nothing.
"""


def pages() -> dict[Path, str]:
    """Every generated page and what it ought to say."""
    made = {
        "cli.md": cli_page,
        "formats.md": formats_page,
        "settings.md": settings_page,
        "flags.md": flags_page,
        "sources.md": sources_page,
        "exit-codes.md": exit_codes_page,
    }
    return {DOCS / "reference" / name: text() for name, text in made.items()}


def commands() -> Iterator[tuple[str, Any]]:
    """Every command with its full name, the program itself first."""
    yield from _walk("tidewaiter", typer.main.get_command(app))


def _walk(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    yield name, command
    for child, each in getattr(command, "commands", {}).items():
        if not each.hidden:
            yield from _walk(f"{name} {child}", each)


def parameters(command: Any) -> list[Any]:
    """What a command takes, hidden options aside."""
    return [each for each in command.params if not getattr(each, "hidden", False)]


def cli_page() -> str:
    """The command-line reference."""
    parts = ["# Command line", NOTE]
    for name, command in commands():
        parts.append(f"## {name}")
        parts.append(paragraphs(command.help or ""))
        arguments = [p for p in parameters(command) if p.param_type_name == "argument"]
        options = [p for p in parameters(command) if p.param_type_name == "option"]
        words = [placeholder(each) for each in arguments]
        tail = [*words, "[OPTIONS]" if options else ""]
        if not getattr(command, "commands", None):
            parts.append(f"```text\n{' '.join([name, *filter(None, tail)])}\n```")
        parts.append(table(("argument", "meaning"), map(argument_row, arguments)))
        parts.append(
            table(
                ("option", "meaning", "default"),
                (option_row(each, typer.Context(command)) for each in options),
            )
        )
    return join(parts)


def argument_row(parameter: Any) -> tuple[str, str]:
    """One argument of a command."""
    optional = "" if parameter.required else " Optional."
    return f"`{placeholder(parameter)}`", sentence(parameter.help or "") + optional


def placeholder(parameter: Any) -> str:
    """What stands for an argument in a usage line."""
    return str(parameter.metavar or parameter.name).upper() + ("…" if parameter.nargs == -1 else "")


def option_row(parameter: Any, context: Any) -> tuple[str, str, str]:
    """One option of a command."""
    kind = parameter.metavar or parameter.display_type(context)
    names = ", ".join(f"`{each}`" for each in (*parameter.opts, *parameter.secondary_opts))
    value = "" if parameter.is_flag else f" `{kind.strip('<>').upper()}`"
    meaning = sentence(parameter.help or "")
    if parameter.envvar:
        meaning += f" Environment: `{parameter.envvar}`."
    return names + value, meaning, default_of(parameter)


def default_of(parameter: Any) -> str:
    """The default worth showing; none for a flag that is off."""
    shown = isinstance(parameter.default, str | int | float | Path)
    return f"`{parameter.default}`" if shown and parameter.default is not False else ""


def formats_page() -> str:
    """Every plain CSV format: columns, clock and an example."""
    parts = [
        "# Plain file formats",
        NOTE,
        FORMATS_INTRO,
        "## How a cell is read",
        kinds(),
    ]
    for each in tables.tables():
        if each.plain:
            parts += format_section(each)
    return join(parts)


def kinds() -> str:
    """The table of kinds, as the module that defines them tells it."""
    text = inspect.getdoc(tables) or ""
    found = re.search(r"^=+ .*^=+ [= ]+$", text, re.MULTILINE | re.DOTALL)
    return f"```text\n{found[0]}\n```" if found else ""


def format_section(plain: tables.Table) -> list[str]:
    """One format."""
    example = DOCS / "examples" / f"{plain.name}.csv"
    head = f"{sentence(plain.meaning)} Key: {', '.join(f'`{k}`' for k in plain.key)}."
    parts = [f"## {plain.name}.csv", head, clock(plain)]
    parts.append(table(("column", "kind", "meaning"), map(column_row, plain.columns)))
    if example.is_file():
        parts.append(f"```csv\n{example.read_text('utf-8').strip()}\n```")
    return parts


def clock(plain: tables.Table) -> str:
    """When a row may be known: what an as-of run goes by."""
    says = " or ".join(f"`{each}`" for each in plain.known)
    counted = f"`{plain.basis}` with the policy *{plain.policy}*" if plain.basis else ""
    known = ", else ".join(filter(None, (says, counted)))
    if not known:
        return "Rows carry no date; an as-of run leaves them out and counts them."
    masked = ", ".join(f"`{each}`" for each in plain.masked)
    hidden = f" Emptied while still in the future: {masked}." if masked else ""
    return f"Known from: {known}.{hidden}"


def column_row(column: tables.Column) -> tuple[str, str, str]:
    """One column; the required ones are bold."""
    name = f"**{column.name}**" if column.required else column.name
    meaning = column.meaning
    if column.options:
        meaning += f": {', '.join(f'`{each}`' for each in column.options)}"
    if column.default is not None:
        meaning += f" (default `{column.default}`)"
    return name, column.kind, meaning


def settings_page() -> str:
    """Every setting, its default and its environment variable."""
    intro = (
        "A flag wins over an environment variable, that over "
        f"`{settings.FILE_NAME}` in the workspace, that over the default. Settings "
        "that decide a result are hashed into the run."
    )
    rows = [setting_row(each) for each in msgspec.structs.fields(settings.Settings)]
    head = ("setting", "environment", "default", "meaning")
    return join(["# Settings", NOTE, intro, table(head, rows)])


def setting_row(field: msgspec.structs.FieldInfo) -> tuple[str, ...]:
    """One setting, with the meaning its class's docstring gives it."""
    text = inspect.getdoc(settings.Settings) or ""
    found = re.search(rf"(?ms)^- ``{field.name}``: (.*?)(?=^- ``|\Z)", text)
    single = field.default is not msgspec.NODEFAULT  # a table of settings has no variable
    variable = f"`{settings.ENVIRONMENT_PREFIX + field.name.upper()}`" if single else "–"
    meaning = sentence(" ".join(found[1].split()) if found else "")
    return f"`{field.name}`", variable, f"`{field.default}`" if single else "none", meaning


def exit_codes() -> dict[int, str]:
    """Every exit code and what it means, from the tree of errors."""
    meanings = {
        errors.EXIT_DONE: "Done.",
        errors.EXIT_FAIL_ON: "Done, and a `--fail-on` condition was met.",
        errors.TidewaiterError.exit_code: "Internal error: please report it.",
        errors.EXIT_INTERRUPTED: "Interrupted; what was committed before is kept.",
    }
    for each in errors.TidewaiterError.__subclasses__():
        meanings[each.exit_code] = sentence(inspect.getdoc(each) or "")
    return dict(sorted(meanings.items()))


SOURCES_INTRO = """\
Every format is recognised by its content. `tidewaiter sources NAME` shows a card in full:
fields, measures with their provisions, what misleads, and the addresses of the publisher.
`tidewaiter fetch NAME` fetches those files, and is the only command that opens a
connection."""


def sources_page() -> str:
    """Every source with a card."""
    rows = [
        (
            f"`{each.name}`",
            each.title,
            each.publisher,
            each.licence,
            each.tested_on or "plain format",
        )
        for each in cards()
    ]
    head = ("source", "what it is", "publisher", "licence", "tested on")
    return join(["# Sources", NOTE, SOURCES_INTRO, table(head, rows)])


def flags_page() -> str:
    """Every red flag with its source, its data, its limits and its points."""
    weights = weigh.weights()
    lines = ["# Red flags", NOTE, FLAGS_INTRO]
    functions = dict(FLAGS)
    for flag, definition in definitions().items():
        function = functions.get(flag, listed_receiver)
        summary = (inspect.getdoc(function) or "").splitlines()[0]
        limits = ", ".join(f"`{name}` {value:g}" for name, value in definition.limits.items())
        lines += [
            f"## {flag}: {definition.name}",
            "",
            summary,
            "",
            f"- **Source**: {definition.source}",
            f"- **Needs**: {', '.join(definition.needs)}",
            f"- **Limits**: {limits}",
            f"- **Points**: {weights['flags'][flag]} at most; family *{definition.family}*, which "
            f"adds at most {weights['families'][definition.family]}"
            + ("; soft" if flag in weights["soft"] else ""),
        ]
        if definition.threshold:
            shown = {name: f"{value:g}" for name, value in definition.limits.items()}
            told = definition.threshold.format(since="the embargo", **shown)
            lines.append(f"- **Raised at**: {told}")
        if definition.would_clear:
            lines.append(f"- **Would clear it**: {definition.would_clear}")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def exit_codes_page() -> str:
    """Every exit code."""
    intro = "Results go to standard output, everything else to standard error."
    rows = [(f"`{code}`", meaning) for code, meaning in exit_codes().items()]
    return join(["# Exit codes", NOTE, intro, table(("code", "meaning"), rows)])


def table(head: tuple[str, ...], rows: Any) -> str:
    """A Markdown table; nothing where there are no rows."""
    lines = [" | ".join(cell.replace("|", "\\|") for cell in row) for row in rows]
    rule = " | ".join("---" for _ in head)
    return "\n".join(f"| {line} |" for line in (" | ".join(head), rule, *lines)) if lines else ""


def sentence(text: str) -> str:
    """One line that starts with a capital and ends with a full stop."""
    line = " ".join(text.split()).replace("``", "`")
    return line[:1].upper() + line[1:].rstrip(".") + "." if line else ""


def paragraphs(text: str) -> str:
    """A docstring as Markdown, without Click's own marks."""
    shown = text.partition("\f")[0].replace("\b\n", "")
    return inspect.cleandoc(shown).replace("``", "`")


def join(parts: list[str]) -> str:
    """The page."""
    return "\n\n".join(part.strip() for part in parts if part.strip()) + "\n"


if __name__ == "__main__":
    for path, text in pages().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
        print(f"wrote {path.relative_to(DOCS.parent)}")
