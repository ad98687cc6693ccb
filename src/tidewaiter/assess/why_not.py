"""Why something is not on the queue, or where it stands: what every flag said of a party."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tidewaiter.errors import MissingError, UsageError
from tidewaiter.model.finding import read_leads

MOST = 8  # parties that a question may fit before it is refused


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What one flag said: ``state`` is seen, not seen or not computable."""

    flag_id: str
    state: str
    observed: str
    threshold: str
    lacks: str


class WhyNot(msgspec.Struct, frozen=True, kw_only=True):
    """One party, its place in the queue if it has one, and what the flags said of it.

    No ``answers`` and no place: the party trades no watched goods with the target, is no
    young firm that trades them, and delivers to no listed party, so no flag was computed.
    """

    party_id: str
    caption: str
    country: str | None
    rank: int | None
    lead_id: str | None
    score: int
    answers: tuple[Answer, ...]


def why_not(out: Path, asked: str) -> list[WhyNot]:
    """The parties that ``asked`` fits, by id or by a part of a name, and what became of them."""
    if not (out / "tested.parquet").is_file():
        raise MissingError(
            "there is no finished run that kept what its flags said",
            where=str(out),
            next_step="run: tidewaiter run",
        )
    parties = _fitting(out, asked)
    if not parties or len(parties) > MOST:
        raise UsageError(
            f"{len(parties) or 'no'} parties fit {asked!r}",
            where="--why-not",
            next_step="name the party by its id or by more of its name",
        )
    leads = {s.entity_id: lead for lead in read_leads(out / "leads.jsonl") for s in lead.subjects}
    tested = pq.read_table(out / "tested.parquet")
    made = []
    for party in parties:
        lead = leads.get(party["party_id"])
        rows = tested.filter(pc.equal(tested["subject_id"], party["party_id"])).to_pylist()
        made.append(
            WhyNot(
                party_id=party["party_id"],
                caption=party["caption"],
                country=party["country"],
                rank=lead.rank if lead else None,
                lead_id=lead.lead_id if lead else None,
                score=lead.score if lead else 0,
                answers=tuple(_answer(row) for row in rows),
            )
        )
    return made


def _fitting(out: Path, asked: str) -> list[Mapping[str, Any]]:
    """Parties whose id, with or without its name space, is asked for; else by name."""
    rows = pq.read_table(out / "parties.parquet").to_pylist()
    exact = [r for r in rows if asked in {r["party_id"], r["party_id"].partition(":")[2]}]
    key = asked.casefold()
    return exact or [r for r in rows if any(key in name.casefold() for name in r["names"])]


def _answer(row: Mapping[str, Any]) -> Answer:
    return msgspec.convert({name: row[name] for name in Answer.__struct_fields__}, Answer)
