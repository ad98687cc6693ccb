"""Identifiers that stay the same wherever and in whatever order data is read.

A record id is the dataset and the publisher's own key, never a row number; without a
key it is a hash of the normalised content and the occurrence. A lead id is a hash of
its pattern and its canonical subjects, so that it stays when evidence is added.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

KEY_LENGTH = 16  # hex digits: 64 bits, so that ten million records meet no collision


def digest(*parts: str) -> str:
    """A short stable hash of ``parts``: 16 hex digits of SHA-256, parts kept apart."""
    joined = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(joined).hexdigest()[:KEY_LENGTH]


def record_id(dataset: str, *key: str) -> str:
    """The id of one record: ``dataset:key[:key…]``, as its publisher names it."""
    return ":".join((dataset, *key))


def evidence_id(record: str, excerpt: str) -> str:
    """The id of one piece of evidence: which record, and what it said."""
    return "ev-" + digest(record, excerpt)


def lead_id(pattern: str, subjects: Iterable[str]) -> str:
    """The id of a lead: its pattern and its canonical subjects, in any order."""
    return "lead-" + digest(pattern, *sorted(subjects))


def canonical_id(members: Iterable[str]) -> str:
    """The id that stands for a cluster: its smallest member."""
    return min(members)
