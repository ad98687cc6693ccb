"""Ownership verdicts for the terminal: words, a tree of stakes, and where each is printed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tidewaiter.report.plain_text import shown

if TYPE_CHECKING:
    from rich.console import Group
    from rich.text import Text
    from rich.tree import Tree

Answer = Mapping[str, Any]

SAID = {
    "blocked": ("blocked", "bold red"),
    "possibly": ("possibly blocked", "bold yellow"),
    "unknown": ("unknown", "bold"),
    "not_blocked": ("not blocked", "bold green"),
    None: ("no verdict", "dim"),
}
CLOSING = (
    "A verdict follows from what is on record here, as of the day, under the rule named: "
    "it is no legal advice."
)


def owners(answer: Answer) -> Group:
    """One company: a verdict for each law, then what it rests on and what would settle it."""
    from rich.console import Group
    from rich.text import Text

    head = Text(f"{shown(answer['name'])}  ({shown(answer['company_id'])})", style="bold")
    head.append(f"   as of {answer['as_of']}\n", style="dim")
    parts: list[Any] = [head]
    for each in answer["decisions"]:
        parts += _decision(each)
    parts += _beside(answer)
    parts.append(Text(CLOSING, style="italic"))
    return Group(*parts)


def _decision(each: Answer) -> list[Any]:
    from rich.text import Text

    said, style = SAID[each["verdict"]]
    line = Text(f"{each['title']}, {each['law']}: ")
    line.append("listed itself" if each["listed_itself"] else said, style=style)
    parts: list[Any] = [line]
    parts += [Text(f"  {shown(text)}") for text in (each["effect"], each["note"]) if text]
    if each["derivation"] and each["derivation"][0]["by"]:
        parts.append(_tree(each))
    parts += [Text(f"  would settle it: {shown(q)}", style="dim") for q in each["would_settle"]]
    if each["rule"]:
        parts.append(Text(f"  rule: {shown(each['rule'])}", style="dim"))
    parts.append(Text(""))
    return parts


def _tree(each: Answer) -> Tree:
    """The stakes that count, owners below what they own; each company is opened once."""
    from rich.tree import Tree

    steps = {step["company_id"]: step for step in each["derivation"]}
    first = each["derivation"][0]
    tree = Tree(_step(first), guide_style="dim")
    waiting = [(tree, first)]
    opened = {first["company_id"]}
    while waiting:
        branch, step = waiting.pop(0)
        for stake in step["by"]:
            leaf = branch.add(_stake(stake))
            owner = steps.get(stake["owner_id"])
            if owner is not None and owner["company_id"] not in opened:
                opened.add(owner["company_id"])
                waiting.append((leaf, owner))
    return tree


def _step(step: Answer) -> Text:
    from rich.text import Text

    held = _share(step["min_share"], step["max_share"])
    told = f"{step['name']}: {held} held by listed owners or through companies they own"
    return Text(shown(told))


def _stake(stake: Answer) -> Text:
    from rich.text import Text

    listed = ""
    if stake["listed"]:
        listed = ", listed" if stake["certain"] else ", listed by its name alone"
    held = _share(stake["min_share"], stake["max_share"])
    where = "; ".join(f"{e['uri']} {e['locator']}" for e in stake["evidence"])
    since = min((e["start"] for e in stake["evidence"] if e["start"]), default=None)
    told = f" since {since}" if since else ", no date"
    head = Text(shown(f"{stake['name']}{listed}: {held} of {stake['interest']}{told}"))
    return head.append(shown(f"  [{where}]"), style="dim")


def _share(low: float, high: float) -> str:
    return f"{low:g} %" if low == high else f"{low:g} to {high:g} %"


def _beside(answer: Answer) -> list[Any]:
    """What stands beside a verdict and is never mixed in."""
    from rich.text import Text

    parts: list[Any] = []
    if not answer["list_versions"]:
        parts.append(Text("No list is loaded: nobody above it could be found listed."))
    if left_out := answer["undated_rows_left_out"]:
        told = ", ".join(f"{rows:,} of {table}" for table, rows in sorted(left_out.items()))
        parts.append(Text(f"On a named day rows without a date are left out: {told}."))
    if len(answer["chain"]) > 1:
        names = [answer["parties"][each]["name"] for each in answer["chain"]]
        parts.append(Text(shown(f"Shortest chain on record: {' > '.join(names)}")))
    for owner, share in (answer["integrated_share"] or {}).items():
        name = answer["parties"][owner]["name"]
        held = _share(round(100 * share["min"], 2), round(100 * share["max"], 2))
        parts.append(Text(shown(f"Through all paths {name} has {held}; no rule asks for this.")))
    if answer["integrated_share"] is None:
        parts.append(Text("Companies above it own one another: shares through all paths are open."))
    listed = [each for each in answer["control"] if each["listings"]]
    for each in listed:
        sure = "" if each["certain"] else " by its name alone"
        parts.append(Text(shown(f"Office: {each['name']}, {each['role']}, is listed{sure}.")))
    for name, why in _whys(answer):
        parts.append(Text(shown(f"{name}: {why}"), style="dim"))
    for remark in answer["remarks"]:
        where = "; ".join(f"{e['uri']} {e['locator']}" for e in remark["evidence"])
        parts.append(Text(shown(f"Register: {remark['company_id']}: {remark['what']} [{where}]")))
    return [*parts, Text("")] if parts else []


def _whys(answer: Answer) -> list[tuple[str, str]]:
    found = [*answer["parties"].values(), *answer["control"]]
    return list(dict.fromkeys((each["name"], why) for each in found for why in each["why"]))
