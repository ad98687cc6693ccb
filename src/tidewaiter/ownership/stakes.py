"""Dated stakes as one graph of a day: owners, companies, and how much at least and at most.

Amounts are parts per million, as integers: sums are exact and do not depend on the order of
rows, so that shares that make a half are a half whoever adds them up. Everything is done on
whole columns, for a register has millions of rows.
"""

from __future__ import annotations

import datetime
from typing import Literal

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tidewaiter.ownership.regimes import WHOLE, Interest

Ints = npt.NDArray[np.int32]
Parts = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

ROUNDING = 1_000  # parts per million: registers print shares to a tenth of a percent
EPOCH = datetime.date(1970, 1, 1)
DISTANT = 10_000_000  # days: further away than any date

Kind = Literal[
    "over_whole", "own_shares", "sources_disagree", "turned_bounds", "out_of_range", "turned_days"
]


class Remark(msgspec.Struct, frozen=True, order=True):
    """Something odd in the register: about which company, in which rows of the table given.

    Rows that contradict themselves (``out_of_range``, ``turned_bounds``, ``turned_days``) are
    not counted; the others are.
    """

    kind: Kind
    company: str
    rows: tuple[int, ...]


class Layer(msgspec.Struct, frozen=True):
    """Stakes of one interest, a row each owner and company, those in one company side by side.

    ``dated`` stakes have a start: only these can show that a company is *not* somebody else's.
    ``rows`` of the table given lie behind each stake, from ``rows_first`` on.
    """

    owner: Ints
    company: Ints
    low: Parts
    high: Parts
    dated: Flags
    rows: Parts
    rows_first: Parts

    def into(self, company: int) -> range:
        """The stakes in a company."""
        # Of the same type: otherwise the whole column would be converted for each question.
        asked = np.array([company, company + 1], self.company.dtype)
        first, after = np.searchsorted(self.company, asked)
        return range(int(first), int(after))

    def rows_of(self, stake: int) -> list[int]:
        """The rows that a stake was made of."""
        found: list[int] = self.rows[self.rows_first[stake] : self.rows_first[stake + 1]].tolist()
        return found


class Graph(msgspec.Struct, frozen=True):
    """Stakes of a day. ``nodes`` are the ids of parties; a layer for each interest.

    Where a company has no votes on record, its votes go with its shares.
    """

    nodes: pa.Array
    shares: Layer
    votes: Layer
    remarks: tuple[Remark, ...]

    def layers(self, interests: tuple[Interest, ...]) -> tuple[Layer, ...]:
        """The layers of some interests."""
        return tuple(self.shares if each == "shares" else self.votes for each in interests)

    def places(self, ids: pa.Array) -> Ints:
        """Where ids stand among the nodes; ids without any stake are left out."""
        found = pc.drop_null(pc.index_in(ids.cast(self.nodes.type), value_set=self.nodes))
        return np.asarray(found, np.int32)

    def place(self, party: str) -> int | None:
        """Where one id stands; ``None`` for one without any stake."""
        found = self.places(pa.array([party], pa.string()))
        return int(found[0]) if len(found) else None


def graph(stakes: pa.Table, day: datetime.date) -> Graph:
    """The stakes in force on ``day``.

    ``stakes`` has the columns ``owner_id``, ``company_id``, ``min_share``, ``max_share`` (parts
    per million; empty where the source gives no bound), ``interest``, ``start`` and ``end``
    (dates). A stake without a start is taken to hold until its end. Profits and links of other
    kinds are no ownership in any rule and are left out.
    """
    owner, company, nodes = _nodes(stakes)
    low, high = _column(stakes, "min_share", 0), _column(stakes, "max_share", WHOLE)
    start, end = _column(stakes, "start", -DISTANT), _column(stakes, "end", DISTANT)
    broken: dict[Kind, Flags] = {
        "out_of_range": (low < 0) | (low > WHOLE) | (high < 0) | (high > WHOLE),
        "turned_days": end < start,
    }
    broken["turned_bounds"] = ~broken["out_of_range"] & (low > high)
    on = (day - EPOCH).days
    usable = ~np.logical_or.reduce(list(broken.values())) & (start <= on) & (on <= end)
    remarks = [
        Remark(kind, nodes[int(company[row])].as_py(), (int(row),))
        for kind, found in broken.items()
        for row in np.flatnonzero(found)
    ]
    columns = _Columns(owner, company, low, high, start > -DISTANT, len(nodes))
    interest = stakes["interest"].to_numpy(zero_copy_only=False)
    shares = _layer(columns, np.flatnonzero(usable & (interest == "shares")))
    voting = np.flatnonzero(usable & (interest == "votes"))
    if len(voting):
        has_votes = np.zeros(len(nodes), np.bool_)
        has_votes[company[voting]] = True
        rest = usable & (interest == "shares") & ~has_votes[company]
        votes = _layer(columns, np.sort(np.concatenate([voting, np.flatnonzero(rest)])))
    else:
        votes = shares
    remarks += _odd(shares, columns, nodes)
    if votes is not shares:
        remarks += _odd(votes, columns, nodes)
    return Graph(nodes, shares, votes, tuple(sorted(set(remarks))))


class _Columns(msgspec.Struct, frozen=True):
    """The table's columns as numbers."""

    owner: Ints
    company: Ints
    low: Parts
    high: Parts
    dated: Flags
    nodes: int


def _nodes(stakes: pa.Table) -> tuple[Ints, Ints, pa.Array]:
    """Owners and companies as numbers, and the ids that these stand for."""
    both = pa.chunked_array([*stakes["owner_id"].chunks, *stakes["company_id"].chunks], pa.string())
    coded = both.combine_chunks().dictionary_encode()
    numbers = np.asarray(coded.indices, np.int32)
    return numbers[: len(stakes)], numbers[len(stakes) :], coded.dictionary


def _column(stakes: pa.Table, name: str, empty: int) -> Parts:
    """A column as integers (days since 1970), ``empty`` where it has no value."""
    column = stakes[name]
    if pa.types.is_date(column.type):
        column = column.cast(pa.date32()).cast(pa.int32())
    found: Parts = pc.fill_null(column.cast(pa.int64()), empty).to_numpy()
    return found


def _layer(columns: _Columns, rows: npt.NDArray[np.intp]) -> Layer:
    """One stake for each owner and company; of several rows what all of them allow.

    Where sources disagree, it lies between the least and the most of any.
    """
    key = columns.company[rows].astype(np.int64) * columns.nodes + columns.owner[rows]
    order = np.argsort(key, kind="stable")
    rows, key = rows[order], key[order]
    new = np.ones(len(rows), np.bool_)
    new[1:] = key[1:] != key[:-1]
    first = np.flatnonzero(new)
    if not len(first):
        none, empty = np.empty(0, np.int32), np.empty(0, np.int64)
        return Layer(none, none, empty, empty, np.empty(0, np.bool_), empty, np.zeros(1, np.int64))
    return Layer(
        owner=columns.owner[rows[first]],
        company=columns.company[rows[first]],
        low=np.minimum.reduceat(columns.low[rows], first),
        high=np.maximum.reduceat(columns.high[rows], first),
        dated=np.logical_and.reduceat(columns.dated[rows], first),
        rows=rows.astype(np.int64),
        rows_first=np.append(first, len(rows)).astype(np.int64),
    )


def _odd(layer: Layer, columns: _Columns, nodes: pa.Array) -> list[Remark]:
    """More than all of a company, a company's own shares, and sources that disagree."""

    def remark(kind: Kind, stakes: npt.NDArray[np.intp]) -> Remark:
        rows = tuple(sorted(row for each in stakes for row in layer.rows_of(int(each))))
        return Remark(kind, nodes[int(layer.company[stakes[0]])].as_py(), rows)

    found = [
        remark("own_shares", np.array([each]))
        for each in np.flatnonzero(layer.owner == layer.company)
    ]
    found += [remark("sources_disagree", np.array([each])) for each in _disagreeing(layer, columns)]
    sums = np.bincount(layer.company, layer.low, columns.nodes)
    found += [
        remark("over_whole", np.array(layer.into(int(company))))
        for company in np.flatnonzero(sums > WHOLE + ROUNDING)
    ]
    return found


def _disagreeing(layer: Layer, columns: _Columns) -> npt.NDArray[np.intp]:
    """Stakes of which two rows give other bounds."""
    if not len(layer.owner):
        return np.empty(0, np.intp)
    first = layer.rows_first[:-1]
    low, high = columns.low[layer.rows], columns.high[layer.rows]
    least_high = np.minimum.reduceat(high, first)
    most_low = np.maximum.reduceat(low, first)
    return np.flatnonzero((most_low != layer.low) | (least_high != layer.high))
