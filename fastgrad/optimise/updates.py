"""From a gradient to a step: plain gains, moments, or an averaged Hessian."""

from __future__ import annotations

from typing import Any

import numpy as np

from .algorithms import Adam, StochasticApproximation
from .gains import Gains
from .perturbed import SecondOrderSPSA

PRIOR = 10.0  # estimates of the Hessian that the pilot's curvature counts for


def update_of(algorithm: StochasticApproximation, gains: Gains, d: int, is_box: bool) -> Any:
    """(n, gradient) -> step of the algorithm, and the scale of its projection.

    A step D g is projected in the metric D⁻¹, distances in units of √D: then a point that is
    optimal on a constraint stays where it is.
    """
    if isinstance(algorithm, Adam):
        return _adam(algorithm, gains, d)
    if isinstance(algorithm, SecondOrderSPSA):
        return _newton(gains, d, is_box)
    scale = np.sqrt(gains.a)
    return lambda n, gradient: (gains.step(n) * gradient, scale)


def _adam(algorithm: Adam, gains: Gains, d: int) -> Any:
    first, second = np.zeros(d), np.zeros(d)
    b1, b2 = algorithm.beta1, algorithm.beta2

    def update(n: int, gradient: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        nonlocal first, second
        first = b1 * first + (1.0 - b1) * gradient
        second = b2 * second + (1.0 - b2) * gradient**2
        mean, square = first / (1.0 - b1 ** (n + 1)), second / (1.0 - b2 ** (n + 1))
        rate = gains.a / (n + 1.0) ** gains.alpha / (np.sqrt(square) + algorithm.epsilon)
        return rate * mean, np.sqrt(rate)

    return update


def _newton(gains: Gains, d: int, is_box: bool) -> Any:
    """Steps by an averaged Hessian: the pilot's, until as many estimates are in.

    Its diagonal alone where steps are projected onto more than a box.
    """
    prior = np.ones(d) if gains.diagonal is None else gains.diagonal
    factor = gains.a * (1.0 if gains.diagonal is None else prior)
    mean, weight = np.diag(prior), PRIOR
    unit = np.sqrt(prior)

    def update(n: int, gradient: np.ndarray, bend: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        nonlocal mean, weight
        weight += 1.0
        mean = mean + (bend - mean) / weight
        used = mean if is_box else np.diag(np.diag(mean))
        values, vectors = np.linalg.eigh(used / np.outer(unit, unit))
        values = np.maximum(np.abs(values), 0.1)
        inverse = (vectors / values) @ vectors.T / np.outer(unit, unit)
        rate = factor / (n + 1.0 + gains.A) ** gains.alpha
        return rate * (inverse @ gradient), np.sqrt(rate * np.diag(inverse))

    return update
