"""How fast a server should be."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..exact import mm1 as queue_value
from ..models.model import Model
from ..models.queue.horizon import Cycles
from ..models.queue.single_server import SingleServerQueue
from .problem import Exponential, Problem, solved


def mm1(customers: int = 10, cost: float = 1.0) -> Problem:
    """Mean time in system of an M/M/1 queue's first customers, and what a fast server costs.

    min E[T̄_N(θ)] + cost / θ over the mean service time θ, arrivals at rate 1.

    Parameters
    ----------
    customers : int
        N.
    cost : float
        Of a server with a mean service time of 1.
    """

    def build(theta: Any) -> Model:
        return SingleServerQueue(Exponential(1.0), Exponential(theta), customers) + cost / theta

    def value(x: np.ndarray) -> float:
        return float(queue_value(1.0, float(x[0]), customers).value + cost / x[0])

    return solved(f"M/M/1, {customers} customers", build, (0.06, 0.1, 2.5), (0.05, 3.0), value)


def mm1_steady(
    cost: float = 1.0, customers: int = 500, rate: float = 1.0, cycles: int | None = None
) -> Problem:
    """The same queue in the steady state: θ* = √c / (1 + λ√c), J* = 2√c + λc.

    Parameters
    ----------
    cost : float
        c.
    customers : int
        Simulated from an empty queue: so many that what the start leaves is a thousandth.
    rate : float
        λ, of arrivals.
    cycles : int, optional
        So many of them instead of customers, without anything that a start leaves.

    Raises
    ------
    ValueError
        Unless cost and rate are positive.
    """
    if not (cost > 0.0 and rate > 0.0):
        raise ValueError(f"cost and rate must be positive, got {cost} and {rate}")
    extent: Any = {"horizon": Cycles(cycles)} if cycles else {"customers": customers}

    def build(theta: Any) -> Model:
        queue = SingleServerQueue(Exponential(1.0 / rate), Exponential(theta), **extent)
        return queue + cost / theta

    root = np.sqrt(cost)
    return Problem(
        "M/M/1, cycles" if cycles else "M/M/1, steady state", build,
        (0.06 / rate, 0.15 / rate, 0.9 / rate), (0.05 / rate, 0.95 / rate),
        lambda x: float(x[0] / (1.0 - rate * x[0]) + cost / x[0]),
        np.array([root / (1.0 + rate * root)]), float(2.0 * root + rate * cost),
    )  # fmt: skip
