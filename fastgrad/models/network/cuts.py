"""Cuts of a network, and what smoothing conditions on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ...distributions.families import Distribution
from ...kernels.jit.compile import Operation
from .arcs import Network


class Cut(NamedTuple):
    """What `SPA` may say to a network: None, "smallest", or arcs."""

    cut: Any = None


class Smoothing(NamedTuple):
    """What a model's operation `smoothed` is given.

    table: integers it reads; functions: operations it calls; tangents: whether it reads dX/dslot
    """

    table: np.ndarray
    functions: tuple[Operation | None, ...]
    tangents: bool


def crossing(network: Network, place: int) -> list[int]:
    """The arcs from the nodes up to this place to those behind it: every path has one."""
    return [arc for arc, (tail, head) in enumerate(network.ends) if tail <= place < head]


def meets_once(network: Network, cut: Sequence[int]) -> bool:
    """Whether every path from source to sink has exactly one arc of the set."""
    fewest, most = {0: 0}, {0: 0}
    into: dict[int, list[int]] = {}
    for arc, (_, head) in enumerate(network.ends):
        into.setdefault(head, []).append(arc)
    for node in range(1, len(network.nodes)):
        counts = [(network.ends[arc][0], arc in cut) for arc in into[node]]
        fewest[node] = min(fewest[tail] + met for tail, met in counts)
        most[node] = max(most[tail] + met for tail, met in counts)
    last = len(network.nodes) - 1
    return fewest[last] == most[last] == 1


def chosen_cut(network: Network, cut: Any) -> list[int]:
    """The arcs of a cut the user names, by number or by (from, to), checked."""
    members = []
    for arc in cut:
        if isinstance(arc, (int, np.integer)) and 0 <= arc < len(network.arcs):
            members.append(int(arc))
        elif tuple(np.atleast_1d(arc)) in network.arcs or arc in network.arcs:
            members.extend(k for k, known in enumerate(network.arcs) if known == tuple(arc))
        else:
            raise ValueError(f"cut: there is no arc {arc!r}; name arcs by number or (from, to)")
    if not meets_once(network, members):
        raise ValueError(
            "cut: every path from source to sink must have exactly one arc of the cut (a minimal "
            "cut that a path meets twice will not do)"
        )
    return sorted(set(members))


def smallest_cut(network: Network, arc: int | None, usable: Sequence[bool]) -> list[int] | None:
    """The smallest cut between nodes with usable arcs only, and with this arc in it."""
    tail, head = (0, len(network.nodes) - 1) if arc is None else network.ends[arc]
    cuts = [crossing(network, place) for place in range(tail, head)]
    fitting = [cut for cut in cuts if all(usable[member] for member in cut)]
    return min(fitting, key=len, default=None)


def has_density(distribution: Distribution) -> bool:
    """Whether the density and survival functions are known."""
    return distribution.has("density") and distribution.has("survival")
