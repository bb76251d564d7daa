"""What a mean time in steady state is multiplied by: for Little's law the rate of arrivals.

E[number] = E[T]/E[A] and utilisation E[X]/E[A]. E[A] is known for every distribution; its
derivatives by θ are Richardson's of exact values: with steps of 1/100 of the scale of θ they have
nine digits.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ..core.parts import built, parts_of
from ..core.traced_model import TracedModel
from ..core.tracer import curvature_of, tangent_of, value_of
from .inside import inside
from .natural_scale import size_of

WIDTH = 0.01  # of a difference, relative to the scale of θ


class Factor(NamedTuple):
    """A number, its gradient (d,) and Hessian (d, d)."""

    value: float
    tangent: np.ndarray
    curvature: np.ndarray


def factor_of(traced: TracedModel) -> Factor:
    """The scale of every measure, times the rate of arrivals where that belongs to it."""
    d = traced.components
    own = Factor(
        float(value_of(traced.scale)), tangent_of(traced.scale, d), curvature_of(traced.scale, d)
    )
    model: Any = traced.views[0].model
    if not model.by_rate:
        return own
    rate = _rate(traced)
    crossed = np.outer(own.tangent, rate.tangent)
    return Factor(
        own.value * rate.value,
        own.tangent * rate.value + own.value * rate.tangent,
        own.curvature * rate.value + crossed + crossed.T + own.value * rate.curvature,
    )


def rate_at(traced: TracedModel, vector: np.ndarray) -> float:
    """1/E[A] at some θ; 1 where the output is no average over time."""
    model: Any = parts_of(built(traced.build, traced.theta.at(vector))).model
    return 1.0 / model.interarrival.expectation() if model.by_rate else 1.0


def _rate(traced: TracedModel) -> Factor:
    at, d = traced.theta.vector, traced.components
    gradient, hessian = np.zeros(d), np.zeros((d, d))
    value = rate_at(traced, at)
    moving = [i for i in range(d) if any(s.which == 0 for s in traced.slots_of(i))]
    if not moving:
        return Factor(value, gradient, hessian)
    steps = inside(traced, np.array([WIDTH * size_of(traced, i)[0] for i in range(d)]))

    def differences(share: float, i: int, j: int) -> tuple[float, float]:
        a, b = np.zeros(d), np.zeros(d)
        a[i], b[j] = share * steps[i], share * steps[j]
        slope = (rate_at(traced, at + a) - rate_at(traced, at - a)) / (2.0 * a[i])
        if i == j:
            bend = rate_at(traced, at + a) - 2.0 * value + rate_at(traced, at - a)
            return slope, bend / a[i] ** 2
        signs = ((1.0, 1.0), (1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0))
        bend = sum(s * t * rate_at(traced, at + s * a + t * b) for s, t in signs)
        return slope, bend / (4.0 * a[i] * b[j])

    for i in moving:
        for j in moving if traced.order == 2 else [i]:
            wide, narrow = (np.array(differences(share, i, j)) for share in (1.0, 0.5))
            gradient[i], hessian[i, j] = (4.0 * narrow - wide) / 3.0
    return Factor(value, gradient, hessian)
