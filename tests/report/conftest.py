"""Invented leads to render."""

from __future__ import annotations

import pytest

from tidewaiter.model.finding import Evidence, Flag, Lead, Subject
from tidewaiter.report.render import RunSummary, SourceLine

SHA = "ab" * 32
HOSTILE = '<script>alert(1)</script>" onmouseover="x\u202egnp.exe\x1b[31m'


def evidence(number: int) -> Evidence:
    """One row of evidence whose text is hostile."""
    return Evidence(
        evidence_id=f"ev-{number}",
        source_id=SHA,
        uri="raw/case/a folder/declarations.csv",
        locator=f"row {number + 2}",
        excerpt=f"2023-03-02 export D{number}; consignor {HOSTILE}",
        sha256=SHA,
    )


def lead(rank: int, rows: int) -> Lead:
    """A lead with long names in several alphabets and ``rows`` rows of evidence."""
    parties = [
        ("supplier", "Weisslinger Bauteile für Mess- und Regeltechnik Gesellschaft mbH", "DE"),
        *(("supplier", f"Karacabey Devre {i} Ltd. Şti.", "TR") for i in range(7)),
        ("sender", "შპს ქუმთეპა კომპონენტი", "UZ"),
        ("receiver as declared", "«Завод Тарникон имени Десятилетия Выдуманной Даты»", "RU"),
        ("listed party", HOSTILE, "RU"),
    ]
    rows_of_evidence = tuple(evidence(i) for i in range(rows))
    flag = Flag(
        flag_id="EUS-08",
        subject_id="case:S",
        points=90 - rank,
        observed="2 deliveries; match score 0.98",
        threshold="match score at least 0.85",
        sentence=f"Two deliveries name a listed party. {HOSTILE}",
        evidence_ids=tuple(e.evidence_id for e in rows_of_evidence),
    )
    return Lead(
        lead_id=f"lead-{rank:016x}",
        rank=rank,
        score=90 - rank,
        probability=None,
        probability_reason="not calibrated",
        band="high",
        as_of="2023-12-31",
        headline=f"Possible re-export contrary to export restrictions (invented) {HOSTILE}",
        subjects=tuple(
            Subject(
                entity_id=f"case:{i}", caption=name, schema="Company", country=country, role=role
            )
            for i, (role, name, country) in enumerate(parties)
        ),
        flags=(flag,),
        counter_evidence=("The match rests on the name.",),
        would_clear=("A contract that names another receiver.",),
        missing=("No exchange rate for XXX 2023.",),
        goods=("HS 854231: integrated circuits",),
        route=("DE", "UZ", "RU"),
        value_usd="1234567.5",
        first_event="2023-03",
        last_event="2023-05-11",
        evidence=rows_of_evidence,
    )


@pytest.fixture
def leads() -> list[Lead]:
    """Three leads, one of them with forty rows of evidence."""
    return [lead(1, 40), lead(2, 3), lead(3, 1)]


@pytest.fixture
def summary() -> RunSummary:
    """What was examined."""
    line = SourceLine(
        dataset="case", name=HOSTILE, rows=1200, source_id=SHA, published_on="2023-05-11",
        licence="CC0", place="raw/case/declarations.csv/x.csv",
    )  # fmt: skip
    return RunSummary(
        tidewaiter_version="0.1", as_of="2023-12-31", as_of_named=True, view="customs:UZ",
        sources=(line,), counts={"declarations": 1200, "people": 0}, left_out={"companies": 3},
        link_prefix="../../",
    )  # fmt: skip
