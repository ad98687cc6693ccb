"""The flags that look at one party, as a literal tuple; EUS-08 looks at a pattern."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tidewaiter.assess.flags.born_after_embargo import born_after_embargo
from tidewaiter.assess.flags.conveyor_belt import conveyor_belt
from tidewaiter.assess.flags.definition import Definition
from tidewaiter.assess.flags.drone_basket import drone_basket
from tidewaiter.assess.flags.instant_exporter import instant_exporter
from tidewaiter.assess.flags.outcome import Outcome
from tidewaiter.assess.flags.same_count import same_count
from tidewaiter.assess.flags.same_owner import same_owner
from tidewaiter.assess.flags.shared_buyers import shared_buyers
from tidewaiter.assess.trader import Trader

FlagFunction = Callable[[Trader, Definition], Outcome]

FLAGS: tuple[tuple[str, FlagFunction], ...] = (
    ("NEW-01", born_after_embargo),
    ("NEW-02", instant_exporter),
    ("RXP-01", same_count),
    ("RXP-02", conveyor_belt),
    ("LNK-04", shared_buyers),
    ("NOM-04", same_owner),
    ("KIT-01", drone_basket),
)


def outcomes(trader: Trader, definitions: Mapping[str, Definition]) -> tuple[Outcome, ...]:
    """The answer of every flag for one party, in the order of :data:`FLAGS`."""
    return tuple(flag(trader, definitions[flag_id]) for flag_id, flag in FLAGS)
