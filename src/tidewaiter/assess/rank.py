"""The queue: a total order, so that two runs never differ by a tie."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import msgspec

from tidewaiter.model.finding import Lead


def ranked(leads: Iterable[Lead], min_score: int) -> list[Lead]:
    """Leads from the highest score, then value, then id, numbered from 1."""
    kept = [lead for lead in leads if lead.score >= min_score]
    kept.sort(key=lambda lead: (-lead.score, -Decimal(lead.value_usd or 0), lead.lead_id))
    return [msgspec.structs.replace(lead, rank=rank) for rank, lead in enumerate(kept, start=1)]
