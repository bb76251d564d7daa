"""The exact gradient of a model whose expectation is known, for tables and reports."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..core.theta import Theta
from ..core.tracer import value_of
from ..models.measures import Mean
from ..models.model import Affine, Model
from .several import choosing

STEP = 1e-3  # relative; values are exact to 1e-12, and differences of fourth order to 1e-9
MOST_COMPONENTS = 8
MOST_CUSTOMERS = 2_000  # exact values take time of order N²
MOST_STATES = 20_000


def known_gradient(build: Callable[[Any], Model], at: Any) -> Any:
    """dE[Y]/dθ in the shape of θ, or None where E[Y] has no known form.

    By differences of fourth order of the exact value, each component with a step of its own. For a
    model with several outputs a table of those that are known.
    """
    outputs = build(at).outputs()
    if outputs is None:
        return _known_of_one(build, at)
    found = {name: _known_of_one(choosing(build, name), at) for name in outputs}
    return {name: value for name, value in found.items() if value is not None} or None


def _known_of_one(build: Callable[[Any], Model], at: Any) -> Any:
    theta = Theta(at)
    if len(theta.vector) > MOST_COMPONENTS:
        return None
    try:
        if known_value(build(theta.shaped(theta.vector))) is None:
            return None
        return theta.shaped([_slope(build, theta, k) for k in range(len(theta.vector))])
    except (ValueError, TypeError, ArithmeticError, MemoryError):
        return None  # outside its domain, or too large: then it is not known


def _slope(build: Callable[[Any], Model], theta: Theta, k: int) -> float:
    step = STEP * (abs(float(theta.vector[k])) or 1.0)

    def value(by: float) -> float:
        moved = theta.vector + by * step * (np.arange(len(theta.vector)) == k)
        found = known_value(build(theta.shaped(moved)))
        if found is None:
            raise ValueError("not known there")
        return found

    near, far = value(1.0) - value(-1.0), value(2.0) - value(-2.0)
    return (8.0 * near - far) / (12.0 * step)


def known_value(model: Any) -> float | None:
    """E[Y], or None where it has no known form."""
    if type(model) is Affine:
        inside = known_value(model.model)
        plain = value_of(model.scale), value_of(model.shift)
        return None if inside is None else float(plain[0] * inside + plain[1])
    find = KNOWN.get(type(model).__name__)
    found = find(model) if find else None
    return float(found) if found is not None and math.isfinite(found) else None


def _gamma(distribution: Any) -> tuple[float, float] | None:
    """(mean, shape) of an exponential, Erlang, gamma or constant time."""
    kind, values = type(distribution).__name__, [float(v) for v in distribution.values]
    if kind == "Exponential":
        return values[0], 1.0
    if kind in ("Gamma", "Erlang"):
        return values[0] * values[1], values[0]
    return (values[0], math.inf) if kind == "Deterministic" else None


def _exponential(distribution: Any) -> float | None:
    found = _gamma(distribution)
    return found[0] if found is not None and found[1] == 1.0 else None


def _mean_of_few(model: Any) -> bool:
    """Whether it is the mean over so few customers that the exact one takes no time."""
    few = model.customers is not None and model.customers <= MOST_CUSTOMERS
    return few and isinstance(model.measure, Mean)


def _single_server(model: Any) -> float | None:
    from ..exact import gamma_queue

    gap, time = _gamma(model.interarrival), _gamma(model.service)
    if gap is None or time is None or not _mean_of_few(model) or model.output != "system":
        return None
    shapes = {"interarrival_shape": gap[1], "service_shape": time[1]}
    return gamma_queue(gap[0], time[0], model.customers, **shapes).value


def _multi_server(model: Any) -> float | None:
    from ..exact import mmm

    gap, time = _exponential(model.interarrival), _exponential(model.service)
    if gap is None or time is None or not _mean_of_few(model):
        return None
    system = mmm(gap, time, model.servers, model.customers).value
    return {"system": system, "wait": system - time}.get(model.output)


def _activity_network(model: Any) -> float | None:
    from ..exact import activity_network

    means = [_exponential(duration) for duration in model.durations]
    if any(mean is None for mean in means):
        return None
    tail = float(value_of(model.measure.y)) if hasattr(model.measure, "y") else None
    arcs = [tuple(arc[:2]) for arc in model.arcs]
    return activity_network(arcs, means, model.path, tail, states=MOST_STATES).value


def _inventory(model: Any) -> float | None:
    from ..exact import inventory

    mean = _exponential(model.demand)
    if mean is None or not isinstance(model.measure, str):
        return None
    names = ("s", "S", "holding", "backlog", "fixed", "unit")
    numbers = {name: float(value_of(getattr(model, name))) for name in names}
    return inventory(
        mean=mean, periods=model.periods, measure=model.measure, lead=model.lead, **numbers
    ).value


KNOWN: dict[str, Callable[[Any], float | None]] = {
    "ActivityNetwork": _activity_network,
    "Inventory": _inventory,
    "MultiServerQueue": _multi_server,
    "SingleServerQueue": _single_server,
}
