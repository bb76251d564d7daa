"""Moments of random times, where they have a simple form."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

Moments = tuple[float, float]  # mean, and E[X²]


def gamma_of(distribution: Any) -> tuple[float, float] | None:
    """(mean, shape) of an exponential, Erlang, gamma or constant time."""
    kind, values = type(distribution).__name__, [float(v) for v in distribution.values]
    if kind == "Exponential":
        return values[0], 1.0
    if kind in ("Gamma", "Erlang"):
        return values[0] * values[1], values[0]
    return (values[0], math.inf) if kind == "Deterministic" else None


def exponential_mean(distribution: Any) -> float | None:
    """The mean of an exponential time."""
    found = gamma_of(distribution)
    return found[0] if found is not None and found[1] == 1.0 else None


def moments_of(distribution: Any) -> Moments | None:
    """Mean and second moment of a positive time."""
    found = gamma_of(distribution)
    if found is not None:
        return found[0], found[0] ** 2 * (1.0 + 1.0 / found[1])
    find = MOMENTS.get(type(distribution).__name__)
    return None if find is None else find(*(float(v) for v in distribution.values))


def _uniform(low: float, high: float) -> Moments:
    return 0.5 * (low + high), (low * low + low * high + high * high) / 3.0


def _weibull(shape: float, scale: float) -> Moments:
    return scale * math.gamma(1.0 + 1.0 / shape), scale**2 * math.gamma(1.0 + 2.0 / shape)


def _lognormal(mu: float, sigma: float) -> Moments:
    return math.exp(mu + 0.5 * sigma**2), math.exp(2.0 * mu + 2.0 * sigma**2)


def _triangular(low: float, mode: float, high: float) -> Moments:
    mean = (low + mode + high) / 3.0
    squares = low**2 + mode**2 + high**2 - low * mode - low * high - mode * high
    return mean, mean**2 + squares / 18.0


MOMENTS: dict[str, Callable[..., Moments]] = {
    "LogNormal": _lognormal,
    "Triangular": _triangular,
    "Uniform": _uniform,
    "Weibull": _weibull,
}
