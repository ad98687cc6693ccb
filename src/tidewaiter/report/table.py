"""Results as tables for a terminal: values in, Rich renderables out.

Ids that a person has to copy are never cut: they get a line of their own where a column
would be too narrow.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tidewaiter.model.finding import Evidence, Lead
from tidewaiter.report.plain_text import shown
from tidewaiter.store.manifest import Snapshot
from tidewaiter.store.raw import kept_path

if TYPE_CHECKING:
    from rich.console import Group, RenderableType
    from rich.table import Table
    from rich.text import Text

COLOURS = {"high": "bold red", "medium": "yellow", "low": "cyan"}


def load_summary(snapshots: Sequence[Snapshot], outcomes: Mapping[str, str]) -> Table:
    """What became of each file: rows read = kept + rejected, what they hold, newest date."""
    from rich.text import Text

    table = _table(right=("read", "kept", "rejected"), first="file")
    table.add_column("newest", no_wrap=True)
    for each in snapshots:
        numbers = (each.rows_read, each.rows_kept, each.rows_rejected)
        name = Text(shown(each.name))
        outcome = outcomes.get(each.snapshot_id, "")
        name.append(f"\n{outcome}, read as {each.reader}", style="dim")
        if held := _held(each):
            name.append(f"\n{held}", style="cyan")
        cells = (f"{number:,}" for number in numbers)
        table.add_row(name, *cells, each.published_on or "")
    totals = [sum(getattr(s, f"rows_{k}") for s in snapshots) for k in ("read", "kept", "rejected")]
    table.caption = "{:,} rows read = {:,} kept + {:,} rejected".format(*totals)
    return table


def _held(snapshot: Snapshot) -> str:
    """What is in the rows of one file, in the figures that it has."""
    figures = {"entities": snapshot.entities, **snapshot.counts}
    if "measures" in figures:
        return ", ".join(f"{number:,} {what}" for what, number in figures.items())
    rows = {name.replace("_", " "): number for name, number in snapshot.tables.items()}
    named = {what: number for what, number in snapshot.counts.items() if number}
    return ", ".join(f"{number:,} {what}" for what, number in (rows | named).items())


def known_sources(known: Iterable[Mapping[str, Any]]) -> Table:
    """Every format that can be read, and what it is good for."""
    from rich.text import Text

    table = _table("source", "what it is, and what it is good for", "publisher, licence")
    for each in known:
        what = Text(each["title"]).append(f"\n{each['good_for']}", style="dim")
        whose = Text(each["publisher"]).append(f"\n{each['licence']}", style="dim")
        table.add_row(each["name"], what, whose)
    return table


def loaded_sources(snapshots: Sequence[Snapshot]) -> Table:
    """What the workspace holds and how fresh it is."""
    from rich.text import Text

    table = _table(right=("rows", "entities"), first="loaded file")
    for title in ("newest", "retrieved"):
        table.add_column(title, no_wrap=True)
    for each in snapshots:
        name = Text(shown(each.name))
        name.append(f"\n{each.dataset}, {each.reader}, {each.source_id[:12]}", style="dim")
        numbers = (f"{each.rows_kept:,}", f"{each.entities:,}")
        table.add_row(name, *numbers, each.published_on or "", each.retrieved_at[:10])
    return table


def queue(leads: Sequence[Lead]) -> RenderableType:
    """The queue: rank, band, score, headline, value and dates of each lead."""
    from rich.text import Text

    if not leads:
        return Text("No leads: nothing that was examined reaches a threshold.")
    table = _table("#", "band", right=("score",))
    table.add_column("lead", ratio=1, overflow="fold", min_width=28)
    table.add_column("USD", justify="right", no_wrap=True)
    table.add_column("when", no_wrap=True)
    for lead in leads:
        headline = Text(shown(lead.headline))
        headline.append(f"\n{lead.lead_id}", style="dim")
        table.add_row(
            str(lead.rank),
            Text(lead.band, style=COLOURS.get(lead.band, "")),
            str(lead.score),
            headline,
            lead.value_usd or "unknown",
            _span(lead).replace(" – ", "\n"),
        )
    return table


def one_lead(lead: Lead, workspace: Path) -> Group:
    """One lead in full, in the order in which a reader asks."""
    from rich.console import Group
    from rich.rule import Rule
    from rich.text import Text

    head = Text(f"{lead.rank}. {shown(lead.headline)}\n", style="bold")
    head.append(f"{lead.lead_id}   score {lead.score}   {lead.band}   as of {lead.as_of}\n")
    head.append(f"probability: {lead.probability or lead.probability_reason}", style="dim")
    parts: list[RenderableType] = [head, Rule("Who"), _subjects(lead)]
    for flag in lead.flags:
        parts += [
            Rule(f"{flag.flag_id}: {flag.points} points"),
            Text(shown(flag.sentence)),
            Text(f"observed: {shown(flag.observed)}\nthreshold: {flag.threshold}", style="dim"),
        ]
    facts = [*lead.goods, f"route: {' > '.join(lead.route)}"]
    facts += [f"value: {lead.value_usd or 'unknown'} USD", f"when: {_span(lead)}"]
    for title, lines in (
        ("Goods", facts),
        ("What speaks against it", lead.counter_evidence),
        ("What would clear it", lead.would_clear),
        ("What is missing", lead.missing),
    ):
        parts += [Rule(title), Text("\n".join(f"- {shown(line)}" for line in lines))]
    parts.append(Rule("Evidence"))
    parts += [_evidence(each, workspace) for each in lead.evidence]
    parts.append(Text("\nA lead is a reason to look, not a verdict.", style="italic"))
    return Group(*parts)


def screened(answer: Mapping[str, Any]) -> Group:
    """The answer to one query: matches, else what is near and why it is not the same."""
    from rich.console import Group
    from rich.text import Text

    names = " / ".join(answer["query"]["names"])
    matches = [each for each in answer["results"] if each["match"]]
    title, colour = _outcome(answer, len(matches))
    parts: list[RenderableType] = [Text(f"{shown(names)}: {title}", style=f"bold {colour}")]
    parts += [Text(f"  remark: {shown(remark)}", style="yellow") for remark in answer["remarks"]]
    if not matches and answer["near"]:
        parts.append(Text("  No exact match; these are near, with what speaks against them."))
    rows = [(each, "match") for each in matches] or [(each, "near") for each in answer["near"]]
    return Group(*parts, *(_candidate(each, kind) for each, kind in rows))


def _outcome(answer: Mapping[str, Any], given: int) -> tuple[str, str]:
    """The answer in a word, and its colour: green only where all that was asked was compared."""
    if given:
        reached = max(given, answer["reached"])
        title = f"{reached:,} match{'' if reached == 1 else 'es'}"
        if reached > given:
            first = "the first is" if given == 1 else f"the first {given:,} are"
            title += f", {first} shown (--limit)"
        return title, "red"
    remarks = answer["remarks"]
    if any(remark.startswith("not asked") for remark in remarks):
        return "not asked", "yellow"
    if not answer["near"] and _nothing_compared(answer):
        return "nothing to compare", "yellow"
    return "no match", "yellow" if remarks else "green"


def _nothing_compared(answer: Mapping[str, Any]) -> bool:
    """Whether the remarks leave no name of a query that has no number either."""
    query = answer["query"]
    unread = [each for each in answer["remarks"] if each.startswith("the name ")]
    return len(unread) >= len(query["names"]) and not query["identifiers"]


def compared(left: str, right: str, found: Any, match: bool) -> Group:  # noqa: ANN401, FBT001
    """Two names, the score, and why."""
    from rich.console import Group
    from rich.text import Text

    answer = "match" if match else "no match"
    head = Text(f"{shown(left)}  ~  {shown(right)}\n", style="bold")
    head.append(f"score {found.score:.4f}: {answer}")
    return Group(head, *(Text(f"  - {shown(line)}") for line in found.explanations))


def list_changes(entities: Iterable[Mapping[str, Any]]) -> Table:
    """Entities that were added, changed or removed, with their values before and after."""
    from rich.text import Text

    table = _table("change", "entity", "what changed")
    for each in entities:
        who = Text(shown(each["caption"])).append(f"\n{shown(each['entity_id'])}", style="dim")
        lines = [_value_change(prop, sides) for prop, sides in each["values"].items()]
        table.add_row(each["change"], who, Text("\n").join(lines))
    return table


def _value_change(prop: str, sides: Mapping[str, Sequence[str]]) -> Text:
    from rich.text import Text

    before, after = ("; ".join(map(shown, sides[side])) or "–" for side in ("before", "after"))
    return Text(f"{prop}: {before} → {after}")


def _candidate(each: Mapping[str, Any], kind: str) -> RenderableType:
    from rich.text import Text

    text = Text(f"  {kind} {each['score']:.4f}  {shown(each['caption'])} ({each['schema']})\n")
    text.append(f"    {each['entity_id']}\n", style="dim")
    text.append(f"    {', '.join(each['list_ids'])}: {', '.join(each['measures'])}\n")
    for line in each["explanations"]:
        text.append(f"    - {shown(line)}\n")
    return text.append(added(each.get("added", ())))


def added(features: Iterable[Mapping[str, Any]]) -> Text:
    """What each feature of two names takes from or adds to the score, on its scale of log-odds."""
    from rich.text import Text

    text = Text()
    for each in features:
        text.append(f"    {each['log_odds']:+8.3f}  {each['feature']}: {each['sentence']}\n")
    return text


def _subjects(lead: Lead) -> Table:
    table = _table("role", "name", "country", "id")
    for each in lead.subjects:
        table.add_row(each.role, shown(each.caption), each.country or "", shown(each.entity_id))
    return table


def _evidence(each: Evidence, workspace: Path) -> RenderableType:
    from rich.text import Text

    place = workspace / kept_path(each.uri, each.sha256)
    text = Text(f"- {shown(each.excerpt)}\n")
    text.append(f"  {each.uri}, {each.locator}\n  {place}\n", style="dim")
    return text


def _span(lead: Lead) -> str:
    first, last = lead.first_event or "?", lead.last_event or "?"
    return first if first == last else f"{first} – {last}"


def _table(*columns: str, right: tuple[str, ...] = (), first: str = "") -> Table:
    """``first`` takes what width is left; ``right`` columns are numbers and never cut."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    if first:
        table.add_column(first, overflow="fold", ratio=1, min_width=24)
    for name in columns:
        table.add_column(name, overflow="fold")
    for name in right:
        table.add_column(name, justify="right", no_wrap=True)
    return table
