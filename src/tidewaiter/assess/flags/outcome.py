"""What a flag says of one party: seen, not seen, or not computable for lack of data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from tidewaiter.assess.flags.definition import Definition
from tidewaiter.assess.trader import Trader

State = Literal["seen", "not seen", "not computable"]


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of one flag: ``strength`` 0-1, ``rows`` the record ids it rests on.

    Where it is not computable ``lacks`` says what is missing; where it is not seen,
    ``observed`` says what was found instead.
    """

    flag_id: str
    subject_id: str
    state: State
    strength: float = 0.0
    observed: str = ""
    threshold: str = ""
    sentence: str = ""
    rows: tuple[str, ...] = ()
    lacks: str = ""


class Sheet:
    """Fills in the words of one flag for one party."""

    def __init__(self, flag_id: str, trader: Trader, definition: Definition) -> None:
        self.flag_id = flag_id
        self.subject_id = trader.party.party_id
        self.definition = definition
        self.words = {
            "caption": trader.party.caption,
            "since": trader.embargo.since,
            **{name: f"{limit:g}" for name, limit in definition.limits.items()},
        }

    def limit(self, name: str) -> float:
        """A limit in force."""
        return self.definition.limits[name]

    def seen(self, strength: float, rows: Iterable[str], **words: object) -> Outcome:
        """The flag is raised, on these rows."""
        filled = {**self.words, **words}
        return Outcome(
            flag_id=self.flag_id,
            subject_id=self.subject_id,
            state="seen",
            strength=round(min(1.0, max(0.0, strength)), 4),
            observed=self.definition.observed.format(**filled),
            threshold=self.definition.threshold.format(**filled),
            sentence=" ".join(self.definition.sentence.format(**filled).split()),
            rows=tuple(dict.fromkeys(rows)),
        )

    def not_seen(self, observed: str) -> Outcome:
        """The flag was computed and is not raised: what was found instead."""
        return Outcome(
            flag_id=self.flag_id,
            subject_id=self.subject_id,
            state="not seen",
            observed=observed,
            threshold=self.definition.threshold.format(**self.words),
        )

    def lacks(self, what: str) -> Outcome:
        """The flag cannot be computed from what is in view."""
        return Outcome(
            flag_id=self.flag_id,
            subject_id=self.subject_id,
            state="not computable",
            lacks=what,
        )
