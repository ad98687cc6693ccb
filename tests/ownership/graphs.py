"""Small graphs of stakes for tests, written as rows."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from tidewaiter.ownership.regimes import PERCENT

DAY = datetime.date(2026, 8, 1)
START = datetime.date(2020, 1, 1)
SCHEMA = pa.schema(
    [
        ("owner_id", pa.string()),
        ("company_id", pa.string()),
        ("min_share", pa.int64()),
        ("max_share", pa.int64()),
        ("interest", pa.string()),
        ("start", pa.date32()),
        ("end", pa.date32()),
    ]
)


def parts(percent: float | None) -> int | None:
    """Percent as parts per million."""
    return None if percent is None else round(percent * PERCENT)


def stake(
    owner: str,
    company: str,
    low: float | None,
    high: float | None = None,
    **more: Any,
) -> dict[str, Any]:
    """A row; one share stands for both bounds, and ``low`` of ``None`` for a mere link."""
    row = {
        "owner_id": owner,
        "company_id": company,
        "min_share": parts(low),
        "max_share": parts(low if high is None else high),
        "interest": "shares",
        "start": START,
        "end": None,
    }
    return row | more


def table(rows: Iterable[dict[str, Any]]) -> pa.Table:
    """The rows as the pipeline gives them."""
    return pa.Table.from_pylist(list(rows), schema=SCHEMA)
