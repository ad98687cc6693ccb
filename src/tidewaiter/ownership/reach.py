"""How far listed owners reach: the least fixpoint of "owners that are reached own enough".

An owner that is reached counts with its whole stake; shares are never multiplied along a
path. Going round by round, every company gets the round in which it is reached, and what
reached it was reached before: a derivation cannot go in circles, and own shares come too late
to count. Only integers are added.
"""

from __future__ import annotations

import numba
import numpy as np

NOT = -1  # round of what is not reached


@numba.njit(nogil=True, cache=True)
def reach(roots, edges, offsets, whole, needed, enough, barred, rounds, sums, room):
    """Fill ``rounds``: 0 for roots, n for what is reached in round n, -1 for the rest.

    ``edges``: (slot, amount, most) of each stake, those of one owner side by side from
    ``offsets``; a slot is a company's shares or votes. ``whole``: (slots a company, least that
    is owned of each slot by anybody; -1 where that does not cap what the roots may own).
    A slot is met from ``needed``, a company by ``enough`` of its slots.
    ``barred`` companies are never reached. ``sums`` and ``room`` are zeroed memory, a cell a
    slot; ``rounds`` is -1. Returns the nodes reached, in order of rounds.
    """
    slots, others = whole
    found = np.empty(len(rounds), np.int32)
    size = 0
    for root in roots:
        if rounds[root] == NOT:
            rounds[root] = 0
            found[size] = root
            size += 1
    at = 0
    while at < size:
        owner = found[at]
        at += 1
        for edge in range(offsets[owner], offsets[owner + 1]):
            slot = edges[0][edge]
            company = slot // slots
            sums[slot] += edges[1][edge]
            room[slot] += edges[2][edge]
            if rounds[company] != NOT or barred[company]:
                continue
            if _met(company, slots, sums, room, others, needed) >= enough:
                rounds[company] = rounds[owner] + 1
                found[size] = company
                size += 1
    return found[:size]


@numba.njit(nogil=True, cache=True)
def _met(company, slots, sums, room, others, needed):
    met = 0
    for slot in range(company * slots, company * slots + slots):
        amount = sums[slot]
        if others[slot] >= 0:
            # At most what the bounds allow and what the others leave, at least what is certain.
            amount = max(amount, min(room[slot], 1_000_000 - (others[slot] - amount)))
        if amount >= needed:
            met += 1
    return met


@numba.njit(nogil=True, cache=True)
def reach_each(groups, group_offsets, edges, offsets, whole, needed, barred, rounds):
    """The same for each group of roots alone; of a company the first round of any group."""
    sums = np.zeros(len(whole[1]), np.int64)
    room = np.zeros(len(whole[1]), np.int64)
    own = np.full(len(rounds), NOT, np.int32)
    for group in range(len(group_offsets) - 1):
        roots = groups[group_offsets[group] : group_offsets[group + 1]]
        found = reach(roots, edges, offsets, whole, needed, 1, barred, own, sums, room)
        for node in found:
            if rounds[node] == NOT or own[node] < rounds[node]:
                rounds[node] = own[node]
        for node in found:
            for edge in range(offsets[node], offsets[node + 1]):
                sums[edges[0][edge]] = 0
                room[edges[0][edge]] = 0
            own[node] = NOT
