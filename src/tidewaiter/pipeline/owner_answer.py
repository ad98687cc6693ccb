"""The answer of ``tidewaiter owners`` as an object: verdicts, derivation, what would settle it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tidewaiter.ownership import Contribution, Remark, Verdict
from tidewaiter.ownership.regimes import PERCENT, WHOLE
from tidewaiter.pipeline.owners_listed import Party
from tidewaiter.pipeline.owning import Decision, Owned

PLACES = 4  # of a percentage
REMARKS = {
    "over_whole": "the shares on record add up to more than all",
    "own_shares": "it holds its own shares; they are not counted for anybody",
    "sources_disagree": "rows of one owner disagree; the least and the most of them are used",
    "turned_bounds": "the least share is larger than the most; the row is not used",
    "out_of_range": "a share is below 0 or over 100 percent; the row is not used",
    "turned_days": "it ends before it starts; the row is not used",
}


def _said(verdict: Verdict) -> str:
    """One of the four verdicts: a listed company is blocked as such, not by its owners."""
    return "blocked" if verdict.answer == "listed" else verdict.answer


def percent(parts: int) -> float:
    """Parts per million as percent."""
    return round(parts / PERCENT, PLACES)


def answer(found: Owned) -> dict[str, Any]:
    """One company's answer; FORMATS of the documentation names the keys."""
    company = found.parties[found.company]
    decisions = [_decision(each, found) for each in found.decisions]
    share = found.integrated
    return {
        "company_id": found.company,
        "name": company.caption,
        "as_of": found.as_of,
        "verdicts": {
            each.regime.id: _said(each.verdict) for each in found.decisions if each.verdict
        },
        "decisions": decisions,
        "would_settle": list(dict.fromkeys(q for each in decisions for q in each["would_settle"])),
        "integrated_share": None
        if share is None
        else {
            owner: {"min": round(low, 6), "max": round(high, 6)}
            for owner, (low, high) in sorted(share.items())
            if found.parties[owner].listings
        },
        "chain": list(found.chain),
        "control": [
            {"person": each.person_id, "role": each.role, **_who(found.parties[each.person_id])}
            for each in found.offices
        ],
        "parties": {each: _who(found.parties[each]) for each in (found.company, *found.owners)},
        "remarks": [_remark(each, found) for each in found.remarks],
        "list_versions": found.list_versions,
        "undated_rows_left_out": found.undated,
    }


def _who(party: Party) -> dict[str, Any]:
    return {
        "name": party.caption,
        "listings": [{"list": name, "measure": measure} for name, measure in party.listings],
        "certain": party.certain if party.listings else None,
        "why": list(party.why),
    }


def _decision(each: Decision, found: Owned) -> dict[str, Any]:
    verdict = each.verdict
    regime = each.regime
    return {
        "regime": regime.id,
        "title": regime.title,
        "law": regime.law,
        "rule": each.source,
        "note": each.note,
        "verdict": None if verdict is None else _said(verdict),
        "listed_itself": verdict is not None and verdict.answer == "listed",
        "effect": regime.effect if verdict and _said(verdict) == "blocked" else None,
        "control": regime.control,
        "listed_owners": list(each.in_scope),
        "derivation": [
            _step(step, found) for step in ((verdict, *each.derivation.values()) if verdict else ())
        ],
        "would_settle": list(dict.fromkeys(_settles(each, found))),
    }


def _step(verdict: Verdict, found: Owned) -> dict[str, Any]:
    return {
        "company_id": verdict.company,
        "name": found.parties[verdict.company].caption,
        "verdict": _said(verdict),
        "round": verdict.round,
        "min_share": percent(verdict.low),
        "max_share": percent(verdict.high),
        "unresolved_share": percent(verdict.unresolved),
        "by": [_contribution(each, found) for each in verdict.by],
    }


def _contribution(each: Contribution, found: Owned) -> dict[str, Any]:
    party = found.parties[each.owner]
    return {
        "owner_id": each.owner,
        "name": party.caption,
        "interest": each.interest,
        "min_share": percent(each.low),
        "max_share": percent(each.high),
        "listed": each.round == 0,
        "certain": party.certain if each.round == 0 else None,
        "evidence": [_evidence(row, found) for row in each.rows],
    }


def _evidence(row: int, found: Owned) -> dict[str, str | None]:
    source = found.sources[row]
    return {
        "uri": source.uri, "locator": source.locator, "start": source.start, "end": source.end,
    }  # fmt: skip


def _settles(each: Decision, found: Owned) -> Iterator[str]:
    """What a person would have to find out, the most telling question first."""
    verdict = each.verdict
    if verdict is None:
        if each.in_scope:
            names = ", ".join(found.parties[name].caption for name in each.in_scope)
            yield f"whether the rule applies again: until then {names} above it is a red flag"
        return
    if verdict.answer == "possibly":
        steps = [verdict, *each.derivation.values()]
        for step in steps:
            yield from _open_shares(step, found)
        for name in each.in_scope:
            party = found.parties[name]
            if not party.certain:
                number = "date of birth" if party.schema == "Person" else "tax number"
                yield f"the {number} of {party.caption}: only its name agrees with the list"
    if verdict.answer == "unknown":
        yield from _unknown(verdict, each, found)


def _open_shares(step: Verdict, found: Owned) -> Iterator[str]:
    company = found.parties[step.company].caption
    for stake in step.by:
        if stake.low < stake.high:
            owner = found.parties[stake.owner].caption
            told = f"{percent(stake.low):g} to {percent(stake.high):g} percent"
            if (stake.low, stake.high) == (0, WHOLE):
                told = "only the link"
            yield f"the exact share of {owner} in {company}: {told} is on record"


def _unknown(verdict: Verdict, each: Decision, found: Owned) -> Iterator[str]:
    company = found.parties[verdict.company].caption
    if each.regime.unknown_share and each.in_scope and verdict.by:
        yield each.regime.unknown_share
    if verdict.unresolved == WHOLE:
        yield f"who owns {company}: no share of it is on record"
    elif verdict.unresolved:
        yield f"who holds the other {percent(verdict.unresolved):g} percent of {company}"
    else:
        yield f"who stands behind the owners of {company}, and since when they hold their shares"


def _remark(remark: Remark, found: Owned) -> dict[str, Any]:
    return {
        "company_id": remark.company,
        "what": REMARKS[remark.kind],
        "evidence": [_evidence(row, found) for row in remark.rows],
    }
