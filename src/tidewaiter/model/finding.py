"""What was found, as values: evidence, findings and leads. Rendering is elsewhere.

Points are whole numbers of a 0-100 scale. Money is in hundredths of a US dollar until
it is shown. Dates are ISO 8601 strings, ``None`` where unknown.
"""

from __future__ import annotations

from pathlib import Path

import msgspec


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """One row, cell, page or span that a reader can go and look at.

    ``uri`` is a folder of the workspace that keeps every version of one file, named by
    checksum; ``sha256`` names the version, ``locator`` the place in it.
    """

    evidence_id: str
    source_id: str
    uri: str
    locator: str
    excerpt: str
    sha256: str


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """A party and the role it has in the pattern."""

    entity_id: str
    caption: str
    schema: str
    country: str | None
    role: str


class Flag(msgspec.Struct, frozen=True, kw_only=True):
    """One red flag seen on one subject, with what was seen against which threshold."""

    flag_id: str
    subject_id: str
    points: int
    observed: str
    threshold: str
    sentence: str
    evidence_ids: tuple[str, ...]


class Lead(msgspec.Struct, frozen=True, kw_only=True):
    """A reason to look, never a verdict: one line of ``leads.jsonl``."""

    lead_id: str
    rank: int
    score: int
    probability: float | None
    probability_reason: str
    band: str
    as_of: str
    headline: str
    subjects: tuple[Subject, ...]
    flags: tuple[Flag, ...]
    counter_evidence: tuple[str, ...]
    would_clear: tuple[str, ...]
    missing: tuple[str, ...]
    goods: tuple[str, ...]
    route: tuple[str, ...]
    value_usd: str | None
    first_event: str | None
    last_event: str | None
    evidence: tuple[Evidence, ...]


def read_leads(path: Path) -> list[Lead]:
    """The leads of a ``leads.jsonl``, best first; none where there is no such file."""
    lines = path.read_bytes().splitlines() if path.is_file() else []
    return [msgspec.json.decode(line, type=Lead) for line in lines]
