"""Demands whose hazard rate makes the variance of a smoothed inventory infinite.

Order n is smoothed by r(ξ) = f(ξ)/F̄(ξ) on the paths that place it, so that the variance is
finite where f²/F̄ is integrable over the slacks ξ that can occur: q less some demands. With
f ~ x^k that is k > -1/2 where the support begins, and k > 0 where it ends.
"""

from __future__ import annotations

import math

from ...distributions.families import Distribution


def infinite_rate(demand: Distribution, q: float, periods: int) -> str | None:
    """Why smoothing has an infinite variance with this demand, or None."""
    name = type(demand).__name__
    low, high = demand.support
    first, last = demand.edge_orders()
    if math.isfinite(low) and first <= -0.5:
        return (
            f"the density of {name} grows too fast towards {low:g} (a shape of 1/2 or less): the "
            "smoothed estimate has an infinite variance"
        )
    if math.isfinite(high) and last <= 0.0 and reaches(low, high, q, periods):
        return (
            f"the hazard rate of {name} is unbounded at {high:g}, which the slack can meet for "
            f"q = {q:g}: infinite variance"
        )
    return None


def reaches(low: float, high: float, q: float, periods: int) -> bool:
    """Whether q less k demands, 1 ≤ k < periods, can lie around `high`."""
    gap = q - high
    if gap < 0.0 or high <= 0.0:
        return False
    k = max(1, math.ceil(gap / high))
    return k < periods and k * low <= gap
