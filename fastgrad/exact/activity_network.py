"""Activity networks with exponential arcs: a Markov chain over the states of the project.

Longest path: a state is the set of completed arcs; an arc runs when all arcs into its tail
are complete (phase type; Kulkarni and Adlakha 1986). Shortest path: a state is the set of
nodes reached; the next node is reached at the total rate of the arcs into it from there
(Kulkarni 1986). Both chains never return to a state, so all systems are triangular.

With generator Q over the transient states, start α and rates r:

    E[Y] = -α Q⁻¹ 1,  ∂E[Y]/∂r = p (∂Q/∂r) m,  m = -Q⁻¹ 1,  p = -α Q⁻¹,
    P(Y > y) = α e^{Qy} 1, its derivative by the block matrix of Van Loan (1978).
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse import linalg

from ..distributions.families import Exponential
from ..models.network.arcs import Network, ordered, read_arcs


@dataclasses.dataclass(frozen=True)
class NetworkValue:
    """Exact value and derivatives.

    Attributes
    ----------
    value : float
        E[Y], or P(Y > y).
    gradient : (arcs,) array
        By the mean duration of each arc.
    hessian : (arcs, arcs) array, or None
        Of E[Y]; only when asked for.
    d_threshold : float, or None
        dP(Y > y)/dy, minus the density of Y at y.
    states : int
        Of the chain.
    """

    value: float
    gradient: np.ndarray
    hessian: np.ndarray | None
    d_threshold: float | None
    states: int


def activity_network(
    arcs: Any,
    means: Any,
    path: str = "longest",
    tail: float | None = None,
    second: bool = False,
    states: int = 300_000,
) -> NetworkValue:
    """E[Y] or P(Y > tail) of a network with exponential arcs, and derivatives by the means.

    Parameters
    ----------
    arcs : as for `ActivityNetwork`
    means : sequence of float
        Mean durations, in the order of the arcs.
    path : {"longest", "shortest"}
    tail : float, optional
        The threshold y; without it, E[Y].
    second : bool
        Also the Hessian of E[Y].
    states : int
        Refuse chains of more states than this.

    Raises
    ------
    ValueError
        For a bad network, means that are not positive, or too many states.
    """
    made: Any = Exponential
    pairs, _ = read_arcs(arcs, [made(float(mean)) for mean in means])
    network = ordered(pairs)
    rates = 1.0 / np.asarray(means, dtype=float)
    if path not in ("longest", "shortest"):
        raise ValueError(f"path must be 'longest' or 'shortest', got {path!r}")
    jumps = _project(network, states) if path == "longest" else _spreading(network, states)
    chain = _Chain(*jumps, rates)
    by_rate = -rates * rates  # dr/dmean
    if tail is not None:
        value, gradient, slope = chain.tail(float(tail))
        return NetworkValue(value, gradient * by_rate, None, slope, chain.size)
    value, gradient, hessian = chain.mean(second)
    if hessian is not None:
        hessian = hessian * np.outer(by_rate, by_rate) + np.diag(gradient * 2.0 * rates**3)
    return NetworkValue(value, gradient * by_rate, hessian, None, chain.size)


def _project(network: Network, most: int) -> tuple[list[int], list[int], list[int], int]:
    """Transitions (state, arc, next state) over sets of completed arcs; -1 is the end."""
    into, out = [0] * len(network.nodes), [0] * len(network.nodes)
    for arc, (tail, head) in enumerate(network.ends):
        into[head] |= 1 << arc
        out[tail] |= 1 << arc
    everything = (1 << len(network.ends)) - 1
    number, waiting = {0: 0}, [0]
    states, arcs, following = [], [], []
    for done in waiting:  # grows as it goes
        for arc, (tail, _) in enumerate(network.ends):
            if done >> arc & 1 or into[tail] & ~done:
                continue
            after = done | 1 << arc
            if after == everything:
                place = -1
            else:
                place = number.setdefault(after, len(number))
                if place == len(waiting):
                    waiting.append(after)
                    _check_size(len(waiting), most)
            states.append(number[done])
            arcs.append(arc)
            following.append(place)
    return states, arcs, following, len(waiting)


def _spreading(network: Network, most: int) -> tuple[list[int], list[int], list[int], int]:
    """Transitions over sets of nodes reached, one for each arc out of the set."""
    sink = len(network.nodes) - 1
    number, waiting = {1: 0}, [1]
    states, arcs, following = [], [], []
    for reached in waiting:
        for arc, (tail, head) in enumerate(network.ends):
            if not reached >> tail & 1 or reached >> head & 1:
                continue
            place = -1
            if head != sink:
                after = reached | 1 << head
                place = number.setdefault(after, len(number))
                if place == len(waiting):
                    waiting.append(after)
                    _check_size(len(waiting), most)
            states.append(number[reached])
            arcs.append(arc)
            following.append(place)
    return states, arcs, following, len(waiting)


def _check_size(size: int, most: int) -> None:
    if size > most:
        raise ValueError(f"the chain has more than {most:,} states; raise states= or simulate")


class _Chain:
    """The absorbing chain: Q = Σ_arc rate · direction[arc]."""

    def __init__(
        self, states: list[int], arcs: list[int], following: list[int], size: int, rates: np.ndarray
    ) -> None:
        self.size, self.rates = size, rates
        start, end = np.array(states), np.array(following)
        which = np.array(arcs)
        self.directions = []
        for arc in range(len(rates)):
            at = which == arc
            inside = at & (end >= 0)
            minus = sparse.coo_array((-np.ones(at.sum()), (start[at], start[at])), (size, size))
            plus = sparse.coo_array(
                (np.ones(inside.sum()), (start[inside], end[inside])), (size, size)
            )
            self.directions.append((minus + plus).tocsr())
        total: Any = sparse.csr_array((size, size))
        for rate, direction in zip(rates, self.directions, strict=True):
            total = total + rate * direction
        self.generator = total.tocsc()
        self.solver = linalg.splu(self.generator, permc_spec="NATURAL")

    def mean(self, second: bool) -> tuple[float, np.ndarray, np.ndarray | None]:
        """E[Y], and its derivatives by the rates."""
        start = np.zeros(self.size)
        start[0] = 1.0
        mean = -self.solver.solve(np.ones(self.size))
        visits = -self.solver.solve(start, trans="T")
        pushed = [direction @ mean for direction in self.directions]
        gradient = np.array([visits @ push for push in pushed])
        if not second:
            return float(mean[0]), gradient, None
        moved = [-self.solver.solve(push) for push in pushed]
        half = np.array([[visits @ (d @ m) for m in moved] for d in self.directions])
        return float(mean[0]), gradient, half + half.T

    def tail(self, y: float) -> tuple[float, np.ndarray, float]:
        """P(Y > y), its derivatives by the rates, and dP/dy."""
        if y <= 0.0:
            return 1.0, np.zeros(len(self.rates)), 0.0
        ones = np.ones(self.size)
        survival = _exponential(self.generator, ones, y)
        gradient = []
        for direction in self.directions:
            block = sparse.block_array([[self.generator, direction], [None, self.generator]])
            both = _exponential(block.tocsc(), np.concatenate([np.zeros(self.size), ones]), y)
            gradient.append(both[0])
        slope = (self.generator @ survival)[0]
        return float(survival[0]), np.array(gradient), float(slope)


def _exponential(matrix: Any, vector: np.ndarray, time: float) -> np.ndarray:
    """e^{matrix · time} · vector by uniformisation: positive terms, no cancellation.

    For a block matrix the shift by the largest rate keeps the same series convergent.
    """
    rate = float(np.max(-matrix.diagonal()))
    steps = max(1, int(np.ceil(rate * time / 50.0)))  # each e^-50 at least: no underflow
    load = rate * time / steps
    stay = sparse.identity(matrix.shape[0], format="csr") + matrix.tocsr() / rate
    for _ in range(steps):
        term, total, weight, k = vector, np.exp(-load) * vector, np.exp(-load), 0
        while k < load or weight > 1e-18:
            k += 1
            weight *= load / k
            term = stay @ term
            total = total + weight * term
        vector = total
    return vector
