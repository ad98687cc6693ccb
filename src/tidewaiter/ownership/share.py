"""Beside the verdict and never mixed in: integrated share, the chain upwards, who is above.

The integrated share is what an owner has of a company through all paths, circles included:
(I - W)^-1 W, where W holds the direct shares. It answers an economic question; no rule of
``regimes.yml`` asks it.
"""

from __future__ import annotations

from collections import deque

import numpy as np
import numpy.typing as npt
import scipy.sparse
import scipy.sparse.linalg

from tidewaiter.ownership.regimes import WHOLE
from tidewaiter.ownership.stakes import Graph, Parts

LEAST = 0.01  # of a company; less is left out


def above(graph: Graph, company: int) -> list[int]:
    """The company and everybody above it, by distance and then by id; circles end."""
    found = {company: 0}
    queue = deque([company])
    while queue:
        node = queue.popleft()
        for layer in (graph.shares, graph.votes):
            for stake in layer.into(node):
                owner = int(layer.owner[stake])
                if owner not in found:
                    found[owner] = found[node] + 1
                    queue.append(owner)
    return sorted(found, key=lambda node: (found[node], graph.nodes[node].as_py()))


def integrated(graph: Graph, company: int) -> dict[int, tuple[float, float]] | None:
    """What each owner has of ``company`` (0-1) through all paths, at least and at most.

    Owners from ``LEAST`` on; ``None`` where companies own one another wholly, so that nobody
    outside has anything and the question has no answer.
    """
    nodes = above(graph, company)
    place = {node: at for at, node in enumerate(nodes)}
    least = _solved(_direct(graph, nodes, place, graph.shares.low))
    most = _solved(_direct(graph, nodes, place, graph.shares.high))
    if least is None or most is None:
        return None
    return {
        node: (float(least[at]), float(most[at]))
        for node, at in place.items()
        if node != company and most[at] >= LEAST
    }


def _direct(
    graph: Graph, nodes: list[int], place: dict[int, int], shares: Parts
) -> scipy.sparse.csc_array:
    """Direct shares, owners in rows. Where bounds add up to more than all, they are scaled."""
    stakes = [at for node in nodes for at in graph.shares.into(node)]
    rows = [place[int(graph.shares.owner[at])] for at in stakes]
    columns = [place[int(graph.shares.company[at])] for at in stakes]
    values = shares[stakes] / WHOLE if stakes else np.empty(0)
    sums = np.bincount(columns, values, len(nodes))
    scaled = values / np.maximum(sums, 1)[columns] if stakes else values
    return scipy.sparse.csc_array((scaled, (rows, columns)), shape=(len(nodes), len(nodes)))


def _solved(direct: scipy.sparse.csc_array) -> npt.NDArray[np.float64] | None:
    """The column of the first node in (I - W)^-1 W; ``None`` where there is none."""
    system = scipy.sparse.eye_array(direct.shape[0], format="csc") - direct
    try:
        found = scipy.sparse.linalg.splu(system).solve(direct[:, [0]].toarray()[:, 0])
    except RuntimeError:  # exactly singular
        return None
    if not np.all(np.isfinite(found)) or found.max(initial=0.0) > 1 / LEAST:
        return None  # nearly so: what comes out is rounding
    share: npt.NDArray[np.float64] = np.clip(found, 0.0, 1.0)
    return share


def chain(graph: Graph, company: int, wanted: set[int]) -> list[int]:
    """The shortest documented chain from the nearest of ``wanted`` down to ``company``.

    Of equally short ones that of the first ids; empty if none of them is above it.
    """
    came: dict[int, int] = {company: company}
    queue = deque([company])
    while queue:
        node = queue.popleft()
        if node in wanted and node != company:
            path = [node]
            while path[-1] != company:
                path.append(came[path[-1]])
            return path
        layers = (graph.shares, graph.votes)
        owners = {int(layer.owner[at]) for layer in layers for at in layer.into(node)}
        for owner in sorted(owners, key=lambda each: str(graph.nodes[each].as_py())):
            if owner not in came:
                came[owner] = node
                queue.append(owner)
    return []
