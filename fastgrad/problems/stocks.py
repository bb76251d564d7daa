"""When to order, and how much."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import optimize

from ..exact import inventory as inventory_value
from ..models.inventory.inventory import Inventory
from ..models.model import Model
from ..user.simulation import Simulation
from .problem import Exponential, Problem, solved


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
    return solved("(s, S) inventory", build, starts, bounds, value, ((-5.0, 10.0), (0.2, 20.0)))


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
