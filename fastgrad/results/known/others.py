"""Networks of activities and inventories."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.tracer import value_of
from .times import exponential_mean

MOST_STATES = 20_000
MOST_STEPS = 10**7  # of the chain of an inventory with whole demand: states² × periods
NEGLIGIBLE = 1e-15  # probability of a demand that is left out


def activity_network(model: Any) -> float | None:
    """Exponential activities: the longest or shortest path, or its tail."""
    from ...exact import activity_network as exact

    means = [exponential_mean(duration) for duration in model.durations]
    if any(mean is None for mean in means):
        return None
    tail = float(value_of(model.measure.y)) if hasattr(model.measure, "y") else None
    arcs = [tuple(arc[:2]) for arc in model.arcs]
    return exact(arcs, means, model.path, tail, states=MOST_STATES).value


def inventory(model: Any) -> float | None:
    """Exponential demand."""
    from ...exact import inventory as exact

    mean = exponential_mean(model.demand)
    if mean is None or not isinstance(model.measure, str):
        return None
    return exact(
        mean=mean, periods=model.periods, measure=model.measure, lead=model.lead, **_levels(model)
    ).value


def discrete_inventory(model: Any) -> float | None:
    """Demand on the whole numbers, orders that come at once."""
    from ...exact import discrete_inventory as exact

    chances = _chances(model.demand)
    levels = _levels(model)
    if chances is None or model.lead or not isinstance(model.measure, str):
        return None
    states = levels["S"] - levels["s"] + 1
    if states * len(chances) * model.periods > MOST_STEPS:
        return None
    return exact(probabilities=chances, periods=model.periods, measure=model.measure, **levels)  # type: ignore[arg-type]


def _levels(model: Any) -> dict[str, float]:
    names = ("s", "S", "holding", "backlog", "fixed", "unit")
    return {name: float(value_of(getattr(model, name))) for name in names}


def _chances(demand: Any) -> np.ndarray | None:
    """P(D = 0), P(D = 1), … of a demand that is whole."""
    from scipy import stats

    kind = type(demand).__name__
    if kind == "Poisson":
        last = int(stats.poisson.isf(NEGLIGIBLE, *demand.values)) + 2
        made = stats.poisson.pmf(np.arange(last), *demand.values)
        return np.asarray(made / made.sum())
    if kind == "Discrete":
        values, weights = (
            np.array([float(value_of(each)) for each in given])
            for given in (demand.points, demand.probabilities)
        )
        if np.any(values < 0.0) or np.any(values != np.floor(values)):
            return None
        return np.bincount(values.astype(int), weights)
    return None
