"""The HTML report: one file that needs nothing else, the same bytes for the same run."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

import msgspec

from tidewaiter.model.finding import Evidence, Lead
from tidewaiter.report.chain import chain
from tidewaiter.report.plain_text import shown
from tidewaiter.store.raw import kept_path

if TYPE_CHECKING:
    from jinja2 import Environment

WHOLE = 100  # points of a full bar


class SourceLine(msgspec.Struct, frozen=True, kw_only=True):
    """One file that was read: what a reader can check."""

    dataset: str
    name: str
    rows: int
    source_id: str
    published_on: str | None
    licence: str
    place: str


class RunSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What was examined: the day, the files, the rows in view and those left out.

    ``link_prefix`` leads from the report's folder to the workspace.
    """

    tidewaiter_version: str
    as_of: str
    as_of_named: bool
    view: str
    sources: tuple[SourceLine, ...]
    counts: dict[str, int]
    left_out: dict[str, int]
    link_prefix: str


def html(leads: Sequence[Lead], summary: RunSummary) -> str:
    """The report as one HTML document."""
    pictures = {lead.lead_id: chain(lead) for lead in leads}
    template = _environment().get_template("report.html.j2")
    return template.render(leads=leads, summary=summary, pictures=pictures, whole=WHOLE)


@cache
def _environment() -> Environment:
    """Templates with every value escaped and made safe to show."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("tidewaiter.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_safe,
    )
    environment.filters["place"] = _place
    environment.filters["usd"] = _usd
    return environment


def _safe(value: object) -> object:
    """Text of others on one line, with invisible characters spelled out."""
    if type(value) is str:
        return shown(value)
    return value


def _place(evidence: Evidence) -> str:
    """Where the cited version of a file lies, relative to the workspace."""
    return kept_path(evidence.uri, evidence.sha256)


def _usd(value: str | None) -> str:
    """An amount with thousands apart; "unknown" where there is none."""
    if value is None:
        return "unknown"
    whole, _, rest = value.partition(".")
    return f"{int(whole):,}" + (f".{rest}" if rest else "")
