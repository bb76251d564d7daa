"""Demand in whole units: where the path of an inventory is smooth, and where E[Y] is not."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.tracer import Traced, tangent_of, value_of
from ...distributions.families import Bernoulli, Deterministic, Discrete, Distribution

COUNTS = ("Binomial", "Geometric", "NegativeBinomial", "Poisson")
TOLERANCE = 1e-9  # of a unit: S - s of decimal numbers is whole only to rounding


def unit_of(demand: Distribution) -> float | None:
    """The unit that all demands are multiples of, or None."""
    if type(demand).__name__ in COUNTS:
        return 1.0
    if isinstance(demand, Deterministic):
        return abs(float(demand.values[0])) or None
    points: Any = ()
    if isinstance(demand, Discrete):
        points = [value_of(point) for point in demand.points]
    elif isinstance(demand, Bernoulli):
        points = demand.values[1:]
    whole = len(points) > 0 and np.all(np.equal(np.mod(points, 1.0), 0.0))
    return 1.0 if whole else None


def is_multiple(level: Any, unit: float) -> bool:
    """Whether a level, or one of several, is a whole number of units."""
    units = np.asarray(value_of(level), dtype=float) / unit
    return bool(np.any(np.abs(units - np.round(units)) < TOLERANCE))


def moves(number: Any) -> bool:
    """Whether θ moves this number."""
    return isinstance(number, Traced) and bool(tangent_of(number, len(number.tangent)).any())
