"""Problems of optimisation by simulation whose optimum is known, each with poor starts.

`PROBLEMS` is the table of them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import optimize

from .api import simulate
from .distributions.families import DISTRIBUTIONS
from .exact import activity_network as network_value
from .exact import inventory as inventory_value
from .exact import mm1 as queue_value
from .models.inventory.inventory import Inventory
from .models.model import Model
from .models.network.activity_network import ActivityNetwork
from .models.queue.horizon import Cycles
from .models.queue.single_server import SingleServerQueue
from .optimise.optimum import optimum_of
from .user.simulation import Simulation

Exponential: Any = DISTRIBUTIONS["Exponential"]
REFERENCE = 100_000  # replications of a value that is not known
NETWORK = (
    (1, 2), (1, 3), (2, 3), (2, 4), (2, 6), (3, 6), (4, 5), (4, 7), (5, 6), (5, 8), (6, 9),
    (7, 8), (8, 9),
)  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Problem:
    """min E[Y(θ)] over a box, with what is known about it.

    Parameters
    ----------
    name : str
    build : callable
        θ -> model.
    starts : tuple
        Points to begin at, of the shape of θ.
    bounds : (low, high), or a list or dict of them
        As for `minimize`.
    value : callable, optional
        θ, (d,) -> E[Y], exactly; without it values are simulated.
    optimum : (d,) array, optional
    optimal_value : float, optional
    """

    name: str
    build: Callable[[Any], Model]
    starts: tuple[Any, ...]
    bounds: Any = None
    value: Callable[[np.ndarray], float] | None = None
    optimum: np.ndarray | None = None
    optimal_value: float | None = None

    def gap(self, x: Any) -> float:
        """E[Y(θ)] less its minimum, exactly where both are known.

        Without a known value it is simulated, with the same numbers at every θ; without a known
        minimum E[Y] itself is returned.
        """
        vector = np.atleast_1d(np.asarray(list(x.values()) if isinstance(x, dict) else x, float))
        least = 0.0 if self.optimal_value is None else self.optimal_value
        if self.value is not None:
            return float(self.value(vector)) - least
        found: Any = simulate(self.build(x), REFERENCE, seed=2**32 - 1)
        return float(found.value) - least

    def __repr__(self) -> str:
        return f"Problem({self.name!r})"


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

    return _solved(f"M/M/1, {customers} customers", build, (0.06, 0.1, 2.5), (0.05, 3.0), value)


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


def network() -> Problem:
    """Crashing of a project of 13 activities: min E[duration] + Σ 1/θ_i over mean durations θ.

    The network of the published testbed of Avramidis and Wilson (1996) with exponential
    durations; the minimum, 18.04927, is certified by `fastgrad.exact.activity_network`.
    """

    def build(theta: Any) -> Model:
        durations = [Exponential(mean) for mean in theta]
        return ActivityNetwork(list(NETWORK), durations) + sum(1.0 / mean for mean in theta)

    def both(x: np.ndarray) -> tuple[float, np.ndarray]:
        found = network_value(list(NETWORK), list(map(float, x)))
        return float(found.value + np.sum(1.0 / x)), found.gradient - 1.0 / x**2

    found = optimize.minimize(
        both, np.full(13, 1.5), jac=True, method="L-BFGS-B", bounds=[(0.1, 10.0)] * 13,
        options={"ftol": 1e-14, "gtol": 1e-9},
    )  # fmt: skip
    starts = (np.full(13, 8.0), np.full(13, 0.2), np.array([0.3, 6.0] * 6 + [3.0]))
    return Problem(
        "13 activities", build, starts, (0.01, 100.0), lambda x: both(x)[0], found.x,
        float(found.fun),
    )  # fmt: skip


def inventory(periods: int = 50) -> Problem:
    """(s, S) inventory with exponential demand: min mean cost over s and q = S - s.

    Mean demand 1, holding cost 1, backlog 9, order 5. In the steady state q* = √(2Km/h) and
    s* = m ln((h + p)m / (h(q* + m))); here the mean over the first periods, by quadrature.

    Parameters
    ----------
    periods : int
    """
    prices: dict[str, Any] = {"holding": 1.0, "backlog": 9.0, "fixed": 5.0}

    def build(theta: Any) -> Model:
        s, q = theta["s"], theta["q"]
        return Inventory(s=s, S=s + q, demand=Exponential(1.0), periods=periods, **prices)

    def value(x: np.ndarray) -> float:
        s, q = map(float, x)
        return inventory_value(s, s + q, 1.0, periods=periods, **prices).value

    starts = ({"s": 6.0, "q": 12.0}, {"s": -2.0, "q": 1.0}, {"s": 0.5, "q": 15.0})
    bounds = {"s": (-5.0, 10.0), "q": (0.2, 20.0)}
    return _solved("(s, S) inventory", build, starts, bounds, value, ((-5.0, 10.0), (0.2, 20.0)))


def newsvendor(holding: float = 1.0, shortage: float = 9.0, mean: float = 1.0) -> Problem:
    """How much to order before demand is known: x* = m ln((p + h)/h) for exponential demand.

    Parameters
    ----------
    holding, shortage : float
        h and p, of a unit left over and of a unit missing.
    mean : float
        m, of the demand.

    Raises
    ------
    ValueError
        Unless all three are positive.
    """
    given = (holding, shortage, mean)
    if not min(given) > 0.0:
        raise ValueError(f"holding, shortage and mean must be above 0, got {given}")

    def cost(x: Any, p: Any) -> Any:
        left = p.order - x.demand
        return max(p.holding * left, -p.shortage * left)

    def build(theta: Any) -> Model:
        return Simulation(
            cost,
            inputs={"demand": Exponential(mean)},
            parameters={"order": theta, "holding": holding, "shortage": shortage},
        )

    def value(x: np.ndarray) -> float:
        rest = mean * np.exp(-x[0] / mean)
        return float(holding * (x[0] - mean + rest) + shortage * rest)

    best = np.array([mean * np.log((shortage + holding) / holding)])
    starts = (0.05 * mean, 8.0 * mean, 20.0 * mean)
    return Problem("newsvendor", build, starts, (0.0, 50.0 * mean), value, best, value(best))


def base_stock(capacity: float = 1.3, periods: int = 400, warm_up: int = 100) -> Problem:
    """Base-stock level of a single stage with a capacity, exponential demand of mean 1.

    The shortfall V' = (V + D - c)⁺; inventory s - V - D costs 1 a unit, backlog 9. In the steady
    state V + D is exponential with mean τ = 1/(1 - σ), σ = e^{-(1-σ)c}: s* = τ ln 10.

    Parameters
    ----------
    capacity : float
        c, above 1.
    periods, warm_up : int
        Simulated from full stock; those of the warm-up do not count.

    Raises
    ------
    ValueError
        Unless the capacity is above 1.
    """
    if not capacity > 1.0:
        raise ValueError(f"capacity must be above the mean demand, 1, got {capacity!r}")
    holding, backlog = 1.0, 9.0

    def cost(x: Any, p: Any) -> Any:
        shortfall = total = 0.0
        for n in range(p.warm_up + p.periods):
            needed = shortfall + x.demand[n]
            left = p.level - needed
            if n >= p.warm_up:
                total += max(p.holding * left, -p.backlog * left)
            shortfall = max(needed - p.capacity, 0.0)
        return total / p.periods

    def build(theta: Any) -> Model:
        return Simulation(
            cost,
            inputs={"demand": Exponential(1.0).repeat(warm_up + periods)},
            parameters={
                "level": theta, "capacity": capacity, "holding": holding, "backlog": backlog,
                "periods": periods, "warm_up": warm_up,
            },
        )  # fmt: skip

    share = optimize.brentq(lambda v: v - np.exp(-(1.0 - v) * capacity), 1e-9, 1.0 - 1e-6)
    tau = 1.0 / (1.0 - share)

    def value(x: np.ndarray) -> float:
        rest = tau * np.exp(-x[0] / tau)
        return float(holding * (x[0] - tau + rest) + backlog * rest)

    best = np.array([tau * np.log((backlog + holding) / holding)])
    starts, name = (0.2, 15.0, 30.0), "capacitated base stock"
    return Problem(name, build, starts, (0.0, 60.0), value, best, value(best))


def _solved(
    name: str, build: Callable[[Any], Model], starts: tuple, bounds: Any,
    value: Callable[[np.ndarray], float], box: Any = None,
) -> Problem:  # fmt: skip
    """A problem whose optimum is found from its exact values."""
    return Problem(name, build, starts, bounds, value, *optimum_of(value, bounds, box))


PROBLEMS: dict[str, Callable[[], Problem]] = {
    "mm1": mm1,
    "mm1_steady": mm1_steady,
    "mm1_cycles": lambda: mm1_steady(cycles=20),
    "network": network,
    "inventory": inventory,
    "newsvendor": newsvendor,
    "base_stock": base_stock,
}
