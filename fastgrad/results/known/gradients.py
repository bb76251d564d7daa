"""The exact gradient of a model whose expectation is known, for tables and reports."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ...core.theta import Theta
from ...core.tracer import value_of
from ...models.model import Affine, Model
from ..several import choosing
from . import options, others, queues

STEP = 1e-3  # relative; values are exact to 1e-12, and differences of fourth order to 1e-9
MOST_COMPONENTS = 8


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
    if isinstance(model, Affine):
        inside = known_value(model.model)
        plain = value_of(model.scale), value_of(model.shift)
        return None if inside is None else float(plain[0] * inside + plain[1])
    found = None
    for find in KNOWN.get(type(model).__name__, ()):
        found = find(model) if found is None else found
    return float(found) if found is not None and math.isfinite(found) else None


# By the name of the model: what is asked in turn.
KNOWN: dict[str, tuple[Callable[[Any], float | None], ...]] = {
    "ActivityNetwork": (others.activity_network,),
    "Inventory": (others.inventory, others.discrete_inventory),
    "MultiServerQueue": (queues.multi_server,),
    "QueueNetwork": (queues.one_station,),
    "SingleServerQueue": (queues.single_server, queues.steady_single_server),
    "TandemQueue": (queues.one_in_line,),
    "Undiscounted": (options.undiscounted,),  # inside every option
}
