"""Where the nodes, arcs and labels of a network are drawn, so that none hides another."""

from __future__ import annotations

import numpy as np

from .arcs import Network

BENDS = (0.0, 0.14, -0.14, 0.26, -0.26, 0.4, -0.4)  # tried in this order, as shares of the length
CLEAR = 0.24  # between an arc and nodes it does not touch, in columns of the picture
BESIDE = 0.06  # between two arcs, on average
TRIM = 0.12  # what a node covers of its arcs
ALONG = (0.5, 0.4, 0.6, 0.3, 0.7, 0.22, 0.78)  # where a label may stand on its arc


def positions(network: Network) -> np.ndarray:
    """(nodes, 2): each node as far right as its longest chain of arcs, spread in its column.

    Within a column nodes are ordered by the mean height of those before them, which keeps
    most arcs from crossing.
    """
    depth = np.zeros(len(network.nodes), dtype=int)
    for tail, head in sorted(network.ends):
        depth[head] = max(depth[head], depth[tail] + 1)
    place = np.zeros((len(network.nodes), 2))
    for column in range(depth.max() + 1):
        nodes = np.flatnonzero(depth == column)
        before = [
            np.mean([place[tail, 1] for tail, head in network.ends if head == node] or [0.0])
            for node in nodes
        ]
        for rank, k in enumerate(np.argsort(before, kind="stable")):
            shift = 0.25 * (column % 2)  # so that arcs over a column do not run through it
            place[nodes[k]] = column, rank - 0.5 * (len(nodes) - 1) + shift
    return place


def curves(network: Network, place: np.ndarray) -> list[np.ndarray]:
    """For each arc the three control points of a curve, (3, 2), bent around other nodes.

    The longest arcs bend: those drawn first, the short ones, have the straight way.
    """
    made: dict[int, np.ndarray] = {}
    lengths = [np.hypot(*(place[head] - place[tail])) for tail, head in network.ends]
    taken: list[np.ndarray] = []
    for arc in np.argsort(lengths, kind="stable"):
        tail, head = network.ends[arc]
        others = np.delete(place, [tail, head], axis=0)
        tried = [bent(place[tail], place[head], bend) for bend in BENDS]
        free = [_free(points(curve), others, taken) for curve in tried]
        chosen = tried[int(np.argmax(free))]
        made[int(arc)] = chosen
        taken.append(points(chosen))
    return [made[arc] for arc in range(len(network.ends))]


def bent(start: np.ndarray, end: np.ndarray, bend: float) -> np.ndarray:
    """Control points of a parabola whose top is `bend` of its length beside the straight line."""
    across = end - start
    top = 0.5 * (start + end) + 2.0 * bend * np.array([-across[1], across[0]])
    return np.array([start, top, end])


def points(curve: np.ndarray, at: np.ndarray | None = None) -> np.ndarray:
    """Points of a curve, (number, 2), at shares of the way between 0 and 1."""
    t = np.linspace(0.0, 1.0, 33)[:, None] if at is None else np.atleast_1d(at)[:, None]
    return (1.0 - t) ** 2 * curve[0] + 2.0 * t * (1.0 - t) * curve[1] + t**2 * curve[2]


def trimmed(curve: np.ndarray) -> np.ndarray:
    """The part of a curve that no node covers, as control points."""
    length = max(np.hypot(*np.diff(points(curve), axis=0).T).sum(), 1e-9)
    first, last = min(TRIM / length, 0.4), 1.0 - min(TRIM / length, 0.4)
    start, end = points(curve, np.array([first, last]))
    slope = 2.0 * ((1.0 - first) * (curve[1] - curve[0]) + first * (curve[2] - curve[1]))
    return np.array([start, start + 0.5 * (last - first) * slope, end])


def labels(curves: list[np.ndarray], place: np.ndarray) -> np.ndarray:
    """(arcs, 2): a place on each arc as far as may be from nodes and other labels."""
    taken = list(place)
    made = []
    for curve in curves:
        tried = points(curve, np.array(ALONG))
        distance = np.min(_apart(tried, np.array(taken)), axis=1)
        best = tried[int(np.argmax(np.minimum(distance, 1.5 * CLEAR)))]
        made.append(best)
        taken.append(best)
    return np.array(made)


def _apart(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Distances between two sets of points, (len(a), len(b))."""
    return np.hypot(*(a[:, None, :] - b[None, :, :]).transpose(2, 0, 1))


def _free(curve: np.ndarray, nodes: np.ndarray, taken: list[np.ndarray]) -> float:
    """How much room a curve leaves, 1 if enough: to nodes, and to the arcs drawn before."""
    to_nodes = np.min(_apart(curve, nodes)) / CLEAR if len(nodes) else 1.0
    inner = curve[6:-6]
    beside = [np.mean(np.min(_apart(inner, other), axis=1)) / BESIDE for other in taken]
    return float(min(1.0, to_nodes, *beside))
