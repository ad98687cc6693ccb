"""Scorecards, alarm rates and reasons as tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from tidewaiter.assess.scorecard import DEPTHS, AlarmRate, Scorecard
from tidewaiter.report.plain_text import shown

if TYPE_CHECKING:
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    from tidewaiter.assess.why_not import WhyNot
    from tidewaiter.simulate.truth import LookAlike, Truth

SHOWN_DEPTHS = (20, 50, 100)
LURES = 50  # depth at which look-alikes and innocents are counted
NOTE = """\
baseline: one point a flag. AP: average precision over schemes. P@K: share of
right leads among the first K; R@K: share of schemes named there. lures:
look-alikes, wrong: innocent firms, in the first 50. /1k, /10k: alerts per
1,000 firms and 10,000 consignments. 1e-3, 1e-4: precision if so few firms
took part. lost: share of the diverted amount traced to a wrong import or to
none. Brier needs probabilities. The full view sees every paper there is:
nobody has it."""
SMALL = 0.01  # below it one digit that is not zero is told


def scorecards(cards: Sequence[Scorecard]) -> Group:
    """Each view on its own line, the full view last, the baseline beside the leads."""
    from rich.console import Group
    from rich.text import Text

    depths = [f"{letter}@{depth}" for depth in SHOWN_DEPTHS for letter in ("P", "R")]
    order = _table("view", "alerts", "AP", *depths)
    work = _table("view", "lures", "wrong", "/1k", "/10k", "1e-3", "1e-4", "lost", "Brier")
    for card in cards:
        leads = card.queue == "leads"
        name = card.view if leads else f"  {card.queue}"
        for table, cells in ((order, _order(card)), (work, _work(card))):
            table.add_row(
                *(Text(cell, style="bold" if leads else "dim") for cell in (name, *cells))
            )
    return Group(order, work, Text(NOTE, style="dim"))


def _order(card: Scorecard) -> list[str]:
    depths = [
        _share(each[depth]) for depth in SHOWN_DEPTHS for each in (card.precision, card.recall)
    ]
    return [str(card.alerts), _share(card.average_precision), *depths]


def _work(card: Scorecard) -> list[str]:
    return [
        str(sum(card.look_alikes[LURES].values())),
        str(card.innocent[LURES]),
        f"{card.per_firms:.1f}",
        f"{card.per_consignments:.0f}",
        *(_share(each) for each in card.rare.values()),
        _share(card.misattributed),
        _share(card.brier),
    ]


def by_kind(card: Scorecard) -> Table:
    """Which kinds of scheme are found, by depth of the queue."""
    table = _table("kind of scheme", *(f"R@{depth}" for depth in DEPTHS))
    for kind, recall in card.recall_by_kind.items():
        table.add_row(kind.replace("_", " "), *(_share(recall[depth]) for depth in DEPTHS))
    return table


def alarms(rates: Iterable[AlarmRate]) -> Table:
    """On how many lawful firms each flag is raised, in the full views."""
    table = _table("flag", "raised on", "lawful firms", "share")
    for rate in rates:
        share = rate.raised / rate.lawful if rate.lawful else 0.0
        table.add_row(rate.flag_id, str(rate.raised), f"{rate.lawful:,}", f"{share:.2%}")
    return table


def reasons(found: Iterable[WhyNot]) -> Group:
    """What every flag said of each party."""
    from rich.console import Group

    return Group(*(part for each in found for part in (_who(each), _answers(each))))


def look_alikes(told: Iterable[tuple[LookAlike, Sequence[WhyNot]]]) -> Group:
    """The look-alikes of a world: what each is, and why it is not on the queue."""
    from rich.console import Group
    from rich.text import Text

    parts: list[Text] = [Text("Look-alikes, and why they are not on the queue", style="bold")]
    for alike, found in told:
        parts.append(Text(f"\n{alike.why}", style="cyan"))
        parts += [part for each in found for part in (_who(each), _answers(each))]
    return Group(*parts)


def made(truth: Truth) -> Text:
    """What a world holds."""
    from rich.text import Text

    return Text(
        f"{truth.firms:,} firms, {truth.consignments:,} consignments, {len(truth.schemes)} "
        f"schemes, {len(truth.look_alikes)} look-alikes; exporter {truth.exporter}, bank "
        f"{truth.bank}, customs of {truth.hub}"
    )


def _who(each: WhyNot) -> Text:
    from rich.text import Text

    place = f"lead {each.rank}, score {each.score}" if each.rank else "not on the queue"
    text = Text(f"{shown(each.caption)} ({each.country or 'unknown'}): {place}", style="bold")
    return text.append(f"   {shown(each.party_id)}", style="not bold dim")


def _answers(each: WhyNot) -> Text:
    from rich.text import Text

    if not each.answers:
        return Text(
            "  No flag was computed: it sends no watched goods to the target, is no young firm "
            "that trades them,\n  imports no kit of drone parts and delivers to no listed party."
            if each.rank is None
            else "  Its part in the lead is told there: tidewaiter lead " + str(each.rank),
        )
    lines = []
    for answer in each.answers:
        told = {"not computable": f"lacks {answer.lacks}"}.get(answer.state, answer.observed)
        lines.append(f"  {answer.flag_id}  {answer.state}: {shown(told)}")
    return Text("\n".join(lines))


def _share(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.2f}" if value >= SMALL or value == 0 else f"{value:.1g}"


def _table(*columns: str) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for place, name in enumerate(columns):
        table.add_column(name, justify="right" if place else "left", no_wrap=True)
    return table
