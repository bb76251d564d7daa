"""Steps that stay inside the model, and above the rounding of θ."""

from __future__ import annotations

import numpy as np

from ..core.traced_model import TracedModel
from .natural_scale import resolution


def snapped(theta: float, step: float) -> float:
    """A step so small that θ + step rounds, as a multiple of the rounding of θ."""
    if step >= 1e-8 * abs(theta):
        return step
    unit = float(np.spacing(2.0 * abs(theta)))
    return max(1.0, round(step / unit)) * unit


def fits(traced: TracedModel, i: int, move: float) -> bool:
    """Whether there is a model at θ + move e_i."""
    return why_not(traced, i, move) is None


def why_not(traced: TracedModel, i: int, move: float) -> Exception | None:
    """Why there is no model at θ + move e_i; None if there is one."""
    point = traced.theta.vector.copy()
    point[i] += move
    try:
        traced.design([point])
    except ValueError as error:
        return error
    return None


def inside(traced: TracedModel, steps: np.ndarray) -> np.ndarray:
    """These steps, each halved until it fits."""
    return np.array([inside_one(traced, i, float(c)) for i, c in enumerate(steps)])


def inside_one(traced: TracedModel, i: int, step: float, one_sided: bool = False) -> float:
    """The step, halved until the model exists at both ends of twice its width."""
    least = min(step, resolution(traced, i)[0])
    name, at = traced.theta.names[i], traced.theta.vector[i]
    reason: Exception | None = None
    while step >= least:
        reason = why_not(traced, i, 2.0 * step)
        if reason is None and not one_sided:
            reason = why_not(traced, i, -2.0 * step)
        if reason is None:
            return step
        step *= 0.5
    ends = [fits(traced, i, sign * 4.0 * step) for sign in (1.0, -1.0)]
    if ends[0] and not ends[1] and not one_sided:
        raise ValueError(
            f"{name} = {at:.10g} is at the lower edge of the model's domain ({reason}): "
            "central differences need a model on both sides; use method='fd', which is one-sided"
        ) from reason
    if ends[1] and not ends[0]:
        raise ValueError(
            f"{name} = {at:.10g} is at the upper edge of the model's domain ({reason}): "
            "differences need a model above it"
        ) from reason
    raise ValueError(
        f"no step fits: there is no model near {name} = {at:.10g}: {reason}; give step="
    ) from reason
