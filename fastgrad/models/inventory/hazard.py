"""Demands whose hazard rate makes the variance of a smoothed inventory infinite.

Order n is smoothed by r(ξ) = f(ξ)/F̄(ξ) on the paths that place it, so that the variance is
finite where f²/F̄ is integrable over the slacks ξ that can occur: q less some demands.
"""

from __future__ import annotations

import math

from ...distributions.families import Distribution

STEEP = {"Gamma": 0, "Weibull": 0, "Beta": 0}  # the parameter that is the shape near 0


def infinite_rate(demand: Distribution, q: float, periods: int) -> str | None:
    """Why smoothing has an infinite variance with this demand, or None."""
    name = type(demand).__name__
    values = [float(value) for value in demand.values]
    if name in STEEP and values[STEEP[name]] <= 0.5:
        return (
            f"the density of {name} grows so fast towards 0 (a shape of 1/2 or less) that the "
            "smoothed estimate has an infinite variance"
        )
    ends = {"Uniform": values, "Beta": (0.0, 1.0)}.get(name)
    if name == "Beta" and values[1] > 1.0:
        return None
    if ends is not None and reaches(ends[0], ends[1], q, periods):
        return (
            f"the hazard rate of {name} is unbounded at its upper end {ends[1]:g}, which the slack "
            f"can meet for q = {q:g}: the smoothed estimate has an infinite variance"
        )
    return None


def reaches(low: float, high: float, q: float, periods: int) -> bool:
    """Whether q less k demands, 1 ≤ k < periods, can lie around `high`."""
    gap = q - high
    if gap < 0.0 or high <= 0.0:
        return False
    k = max(1, math.ceil(gap / high))
    return k < periods and k * low <= gap
