"""First in, first out: which import lots an export may have drawn from.

One pass over events sorted by pool and time, in compiled code. A pool is one company,
one class of goods and one unit. Lots older than the horizon no longer feed anything;
no lot is used twice; what is not covered by a lot stays unattributed.
"""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


def fifo(
    pool: Ints, day: Ints, inward: npt.NDArray[np.bool_], amount: Ints, horizon: int
) -> tuple[Ints, Ints, Ints]:
    """Pairs (position in, position out, amount) of events in ledger order.

    The arrays describe one event each, sorted by pool, day, inward before outward, and
    a stable id; ``amount`` is in thousandths of the pool's unit, ``day`` counts days,
    ``horizon`` is the greatest age of a lot in days.
    """
    size = _count(pool, day, inward, amount, horizon)
    pairs = np.empty((3, size), dtype=np.int64)
    _walk(pool, day, inward, amount, horizon, pairs)
    return pairs[0], pairs[1], pairs[2]


def _count(pool: Ints, day: Ints, inward: npt.NDArray[np.bool_], amount: Ints, horizon: int) -> int:
    """How many pairs there will be: the same walk, without writing."""
    nothing = np.empty((3, 0), dtype=np.int64)
    return int(_walk(pool, day, inward, amount, horizon, nothing))


@numba.njit(nogil=True, cache=True)
def _walk(pool, day, inward, amount, horizon, pairs):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    left = amount.copy()
    lots = np.empty(len(pool), dtype=np.int64)  # positions of lots, a queue per pool
    first = 0
    last = 0
    found = 0
    for event in range(len(pool)):
        if event > 0 and pool[event] != pool[event - 1]:
            first = 0
            last = 0
        if inward[event]:
            lots[last] = event
            last += 1
            continue
        while first < last and left[event] > 0:
            lot = lots[first]
            if day[event] - day[lot] > horizon or left[lot] == 0:
                first += 1
                continue
            taken = min(left[lot], left[event])
            left[lot] -= taken
            left[event] -= taken
            if found < pairs.shape[1]:
                pairs[0, found] = lot
                pairs[1, found] = event
                pairs[2, found] = taken
            found += 1
    return found
