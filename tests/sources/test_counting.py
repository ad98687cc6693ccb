"""The figures of a load summary are those of the rows."""

from __future__ import annotations

import pyarrow as pa

from tidewaiter.sources.counting import Counts
from tidewaiter.sources.listing import ListedParty, Parties, Value
from tidewaiter.sources.reader import Batch
from tidewaiter.store.tables import arrow_schema, table


def party(number: int, aspect: str = "whole") -> ListedParty:
    """An invented listed firm."""
    return ListedParty(
        entity_id=f"made:{number}",
        schema="Company",
        dataset="made",
        source_id="0" * 64,
        locator=f"row {number}",
        origin="primary",
        act_rank=0,
        first_seen="2024-05-01",
        about=(
            Value("name", f"Varenkov {number} JSC"),
            Value("alias", "Варенков", lang="rus"),
            Value("innCode", "7700000016"),
            Value("name", f"Varenkov {number} JSC"),
            Value("notes", ""),
        ),
        listing=(Value("listId", "made_list"), Value("measure", "asset_freeze", "freeze")),
        aspect=aspect,
    )


def test_parties_become_counted_batches() -> None:
    """Repeated and empty values are said once or not at all; records are counted."""
    kept = Parties()
    early = [batch for n in range(3) for batch in kept.add(party(n))]
    (batch,) = kept.flush()
    counts = Counts()
    counts.see(batch)
    assert early == []
    assert (kept.read, len(kept.entities), batch.source_rows) == (3, 3, 3)
    assert counts == {"names": 6, "identifiers": 3, "measures": 3}
    assert list(kept.flush()) == []
    languages = {row["value"]: row["lang"] for row in batch.rows.to_pylist()}
    assert languages["Варенков"] == "rus"


def test_one_record_may_be_several_parties_or_none() -> None:
    """Rows of the file are counted, not parties."""
    kept = Parties()
    list(kept.add(party(1), party(2)))
    list(kept.add())
    (batch,) = kept.flush()
    assert (kept.read, batch.source_rows, len(kept.entities)) == (2, 2, 2)


def test_aspects_have_records_of_their_own() -> None:
    """So that the latest file of one kind does not silence another kind."""
    kept = Parties()
    list(kept.add(party(1), party(1, "aliases")))
    (batch,) = kept.flush()
    records = {(row["aspect"], row["record_id"]) for row in batch.rows.to_pylist()}
    assert records == {
        ("whole", "made:1@primary"),
        ("aliases", "made:1@primary#aliases"),
    }


def test_companies_count_names_and_numbers() -> None:
    """Lists of names count each name, numbers only where there is one."""
    rows = pa.Table.from_pylist(
        [
            {"name": ["A", "B"], "lei": "X", "tax_number": "1"},
            {"name": ["C"], "registration_number": "2"},
        ],
        schema=arrow_schema(table("companies")),
    )
    counts = Counts()
    counts.see(Batch("companies", rows, 2))
    assert counts == {"names": 3, "identifiers": 3}
