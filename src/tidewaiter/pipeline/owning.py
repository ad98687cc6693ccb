"""Who owns a company, and what follows: the stakes of a workspace, its lists, and the rules.

Only the company, everybody above it and its officers are looked at: their names and numbers are
asked of the lists (``owners_listed``), their stakes of the rules. Values; words are in
``report/ownership``.
"""

from __future__ import annotations

import datetime
import tempfile
from pathlib import Path

import ibis
import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from tidewaiter.errors import MissingError, UsageError
from tidewaiter.ownership import Graph, Listed, Outcome, Remark, Verdict, graph, verdicts
from tidewaiter.ownership.regimes import WHOLE, Regime, Regimes
from tidewaiter.ownership.share import above, chain, integrated
from tidewaiter.ownership.verdict import Answer
from tidewaiter.pipeline.listed import of_world
from tidewaiter.pipeline.owners_listed import Party, parties
from tidewaiter.pipeline.world import World, full_id, world
from tidewaiter.resolve import judgement
from tidewaiter.resolve.judgement import Judgements
from tidewaiter.settings import Settings
from tidewaiter.store.workspace import Workspace

TABLES = ("companies", "people", "stakes", "roles", "statements")
SHOWN = 5  # companies of one name
# Of a company without a stake: it may be listed itself, for certain or by its name alone.
WITHOUT_STAKES: dict[bool | None, Answer] = {True: "listed", False: "possibly", None: "unknown"}


class Source(msgspec.Struct, frozen=True):
    """Where a stake is printed, and its first and last day (ISO 8601)."""

    uri: str
    locator: str
    start: str | None
    end: str | None


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """One regime's answer for the company.

    ``source`` is the citation of the rule of the day; without a rule in force ``verdict`` is
    ``None`` and ``note`` says why. ``derivation`` holds the verdicts on the companies above that
    the verdict rests on. ``in_scope`` are listed parties above whom the regime covers.
    """

    regime: Regime
    source: str | None
    verdict: Verdict | None
    derivation: dict[str, Verdict]
    in_scope: tuple[str, ...]
    note: str | None


class Office(msgspec.Struct, frozen=True):
    """Who holds which office of the company on the day."""

    person_id: str
    role: str


class Owned(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about one company's owners on a day.

    ``sources`` by row, as contributions name them. ``integrated``: owner -> share (0-1) at
    least and at most, ``None`` where companies own one another wholly. ``chain``: ids from the
    nearest listed party down to the company. ``remarks`` are oddities of the register.
    ``undated``: table -> rows without a date, which a named day leaves out.
    """

    company: str
    as_of: str
    parties: dict[str, Party]
    sources: dict[int, Source]
    decisions: tuple[Decision, ...]
    owners: tuple[str, ...]
    integrated: dict[str, tuple[float, float]] | None
    chain: tuple[str, ...]
    offices: tuple[Office, ...]
    remarks: tuple[Remark, ...]
    list_versions: dict[str, str]
    undated: dict[str, int]


def owned(
    workspace: Workspace, settings: Settings, who: str, day: str | None, rules: Regimes
) -> Owned:
    """The owners of the company ``who``, an id or a name, as they could be known on ``day``.

    ``MissingError`` if no company has the id or name, ``UsageError`` if several have the name.
    """
    with (
        workspace.reading() as state,
        tempfile.TemporaryDirectory() as spill,
        world(workspace, state, settings, Path(spill), day, TABLES) as seen,
    ):
        return _owned(seen, settings, who, rules, judgement.in_force(workspace.path))


def _owned(seen: World, settings: Settings, who: str, rules: Regimes, judged: Judgements) -> Owned:
    company = _company(seen, who)
    every = _stakes(seen)
    whole = graph(every, seen.clock.day)
    at = whole.place(company)
    ids = [company] if at is None else [_id(whole, node) for node in above(whole, at)]
    offices = _offices(seen, company)
    lists = of_world(seen)
    known = parties(
        seen, [*ids, *(each.person_id for each in offices)], lists, judged, settings.match_threshold
    )
    stakes = every.filter(pc.is_in(every["company_id"], pa.array(ids, pa.string())))
    part = graph(stakes, seen.clock.day)
    node = part.place(company)
    share = {} if node is None else integrated(part, node)
    marked = pa.array([each for each in ids if known[each].listings], pa.string())
    down = [] if node is None else chain(part, node, set(part.places(marked).tolist()))
    return Owned(
        company=company,
        as_of=seen.day,
        parties=known,
        sources=_sources(seen, stakes),
        decisions=tuple(
            _decision(part, each, rules, seen.clock.day, company, known) for each in rules.regimes
        ),
        owners=tuple(ids[1:]),
        integrated=None if share is None else {_id(part, at): b for at, b in share.items()},
        chain=tuple(_id(part, each) for each in down),
        offices=offices,
        remarks=part.remarks,
        list_versions=lists.versions,
        undated=seen.left_out,
    )


def _id(of: Graph, node: int) -> str:
    return str(of.nodes[node].as_py())


def _company(seen: World, who: str) -> str:
    """The one company of an id or name."""
    companies = seen.rows("companies")
    by_id = companies.filter((companies.record_id == who) | (companies.company_id == who))
    names = companies.mutate(one=companies.name.unnest())
    for rows in (
        by_id,
        names.filter(names.one.lower() == who.lower()),
        names.filter(names.one.lower().contains(who.lower())),
    ):
        chosen = rows.select("record_id", called=rows.name[0]).distinct().order_by("record_id")
        found = seen.engine.fetch(chosen.limit(SHOWN + 1)).to_pylist()
        if len(found) == 1:
            return str(found[0]["record_id"])
        if found:
            told = "; ".join(f"{row['record_id']} ({row['called']})" for row in found[:SHOWN])
            raise UsageError(
                f"“{who}” is not one company: {told}{' and more' if len(found) > SHOWN else ''}",
                where="owners",
                next_step="name one of them by its id",
            )
    return _owned_only(seen, who)


def _owned_only(seen: World, who: str) -> str:
    """A company that no registry row describes, but of which stakes are on record."""
    stakes = seen.rows("stakes")
    full = stakes.mutate(full=full_id(stakes, "company_id"))
    rows = full.filter((full.full == who) | (full.company_id == who))
    found = seen.engine.fetch(rows.select("full").distinct().order_by("full").limit(2)).to_pylist()
    if len(found) != 1:
        raise MissingError(
            f"no company has the id or name “{who}”",
            where="companies and stakes of the workspace",
            next_step="check the spelling, or load the registry with: tidewaiter load PATH",
        )
    return str(found[0]["full"])


def _stakes(seen: World) -> pa.Table:
    """Every stake in view, ids with their dataset, in a fixed order."""
    rows = seen.rows("stakes")
    chosen = rows.order_by("record_id", "locator").select(
        "min_share",
        "max_share",
        "interest",
        "source_id",
        "locator",
        owner_id=full_id(rows, "owner_id"),
        company_id=full_id(rows, "company_id"),
        start=rows.start_day,
        end=rows.end_day,
    )
    return seen.engine.fetch(chosen)


def _offices(seen: World, company: str) -> tuple[Office, ...]:
    rows = seen.rows("roles")
    on = ibis.date(seen.clock.day)
    rows = rows.filter(
        full_id(rows, "company_id") == company,
        rows.end_day.isnull() | (rows.end_day >= on),
        rows.start_day.isnull() | (rows.start_day <= on),
    )
    chosen = rows.select(person=full_id(rows, "person_id"), role=rows.role)
    found = seen.engine.fetch(chosen.distinct().order_by(["person", "role"])).to_pylist()
    return tuple(Office(row["person"], row["role"]) for row in found)


def _sources(seen: World, stakes: pa.Table) -> dict[int, Source]:
    def day(value: datetime.date | None) -> str | None:
        return None if value is None else value.isoformat()

    columns = stakes.select(["source_id", "locator", "start", "end"]).to_pylist()
    return {
        at: Source(seen.uris[row["source_id"]], row["locator"], day(row["start"]), day(row["end"]))
        for at, row in enumerate(columns)
    }


def _decision(
    of: Graph,
    regime: Regime,
    rules: Regimes,
    day: datetime.date,
    company: str,
    known: dict[str, Party],
) -> Decision:
    scope = {
        each.party_id: each.certain
        for each in known.values()
        if any(regime.covers(*listing) for listing in each.listings)
    }
    listed = Listed(
        frozenset(each for each, certain in scope.items() if certain),
        frozenset(each for each, certain in scope.items() if not certain),
    )
    rule = regime.rule(day)
    note = None if rule is None else rule.confirm
    if rule is None or rule.state == "suspended":
        note = f"{'suspended' if rule else 'no rule'} on {day.isoformat()}"
    people = [each.party_id for each in known.values() if each.schema == "Person"]
    outcome = verdicts(of, regime, day, listed, people)
    node = of.place(company)
    verdict, derivation = None, {}
    if outcome is not None and node is not None:
        verdict = outcome.verdict(node)
        derivation = _derivation(outcome, verdict)
    elif outcome is not None:
        verdict = Verdict(company, WITHOUT_STAKES[scope.get(company)], 0, 0, 0, WHOLE, ())
    return Decision(
        regime=regime,
        source=None if rule is None else rules.sources[rule.source],
        verdict=verdict,
        derivation=derivation,
        in_scope=tuple(sorted(scope)),
        note=note,
    )


def _derivation(outcome: Outcome, verdict: Verdict) -> dict[str, Verdict]:
    """The verdicts on the companies that a verdict rests on, all the way up."""
    found: dict[str, Verdict] = {}
    open_ = [each.owner for each in verdict.by if each.round]
    while open_:
        owner = open_.pop()
        node = outcome.graph.place(owner)
        if owner not in found and node is not None:
            found[owner] = outcome.verdict(node)
            open_ += [each.owner for each in found[owner].by if each.round]
    return dict(sorted(found.items()))
