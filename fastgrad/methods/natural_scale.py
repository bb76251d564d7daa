"""How far a component of θ must move to matter: by the spread of what it moves, not by |θ|.

|θ| says nothing where θ is nearly 0 (Normal(t, 1) at t = 5.6e-17) or far from it (at t = 1e6).
"""

from __future__ import annotations

import numpy as np

from ..core.calls import call
from ..core.traced_model import Slot, TracedModel
from ..core.tracer import value_of
from ..distributions.distribution import Distribution

POINTS = 64  # of the quantile, over which spreads and effects are averaged
TRUST = 16.0  # |θ| is kept as the scale where it is within this factor of the natural one
EPSILON = float(np.finfo(float).eps)
DIGITS = 1024.0  # a step is at least so many roundings of what it moves


def size_of(traced: TracedModel, i: int) -> tuple[float, bool]:
    """The scale of component i, and whether it is natural (by a distribution) or |θ| alone."""
    given = abs(float(traced.theta.vector[i])) or 1.0
    natural = [
        scale / abs(float(slot.tangent[i]))
        for slot in traced.slots_of(i)
        if slot.which >= 0
        for scale in [slot_scale(traced.inputs[slot.which].distribution, slot.parameter)]
    ]
    if not natural:
        return given, False
    least = min(natural)
    return (given if least / TRUST <= given <= least * TRUST else least), True


def slot_scale(distribution: Distribution, parameter: str) -> float:
    """The change of a parameter that moves a variate by about its own spread.

    spread / (root mean square of dX/dp) where the variate moves smoothly, the inverse root of
    Fisher's information elsewhere; never more than the way to the end of the domain.
    """
    names = list(distribution.kernel.PARAMETERS)
    value = float(distribution.values[names.index(parameter)])
    domain = distribution.kernel.PARAMETERS[parameter]
    scale = abs(value) or 1.0
    with np.errstate(all="ignore"):
        if distribution.has(f"derivative_{parameter}"):
            spread, moved = spread_of(distribution), _root(distribution, f"derivative_{parameter}")
            found = spread / moved
        elif distribution.has(f"score_{parameter}"):
            found = 1.0 / np.float64(_root(distribution, f"score_{parameter}"))
        else:
            found = np.nan
    if np.isfinite(found) and found > 0.0:
        scale = float(found)
    if domain == "positive":
        return min(scale, value)
    if domain in ("probability", "share"):
        return min(scale, value, 1.0 - value or 1.0)
    return scale


def spread_of(distribution: Distribution) -> float:
    """The standard deviation between the middle quantiles; 0 where rounding is all there is."""
    x = _row(distribution, "variate")
    spread = float(np.std(x))
    return spread if spread > POINTS * EPSILON * float(np.max(np.abs(x))) else 0.0


def _root(distribution: Distribution, name: str) -> float:
    """The root mean square of a row operation over the middle quantiles."""
    return float(np.sqrt(np.mean(np.square(_row(distribution, name)))))


def _row(distribution: Distribution, name: str) -> np.ndarray:
    """A row operation at the middles of equal shares of probability."""
    u = (np.arange(POINTS) + 0.5) / POINTS
    values = np.array(distribution.values, dtype=float).reshape(-1, 1)
    each = np.ascontiguousarray(np.repeat(values, POINTS, axis=1))
    x, out = np.empty(POINTS), np.empty(POINTS)
    call(distribution.operation("variate"), POINTS, POINTS, u, u, u, u, each, x, x)
    if name == "variate":
        return x
    call(distribution.operation(name), POINTS, POINTS, u, x, x, x, each, out, out)
    return out


def resolution(traced: TracedModel, i: int) -> tuple[float, str, float]:
    """The smallest step that what it moves can hold, and whose rounding that is."""
    theta = float(traced.theta.vector[i])
    least, whose, value = EPSILON * abs(theta), traced.theta.names[i], theta
    for slot in traced.slots_of(i):
        at = _value(traced, slot)
        step = EPSILON * abs(at / float(slot.tangent[i]))
        if step > least:
            least, whose, value = step, slot.place, at
    return DIGITS * least, whose, value


def check_resolution(traced: TracedModel, i: int, step: float) -> None:
    """Raise ValueError for a step that is lost in the rounding of what it moves."""
    least, whose, value = resolution(traced, i)
    if abs(step) < least:
        raise ValueError(
            f"step {step:.3g} of {traced.theta.names[i]} is lost in the rounding of {whose} = "
            f"{value:.6g}: it must be {least:.2g} or more"
        )


def _value(traced: TracedModel, slot: Slot) -> float:
    if slot.which < 0:
        return float(value_of(list(traced.model.structure().values())[slot.number]))
    distribution = traced.inputs[slot.which].distribution
    names = list(distribution.kernel.PARAMETERS)
    return float(distribution.values[names.index(slot.parameter)])
