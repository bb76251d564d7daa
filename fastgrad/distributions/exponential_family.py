"""Scores of exponential families (Fu (2005), Example 5)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..core.theta import Theta
from ..core.tracer import tangent_of, value_of


def exponential_family_score(
    k: Callable[[Any], Any],
    v: Sequence[Callable[[Any], Any]],
    t: Sequence[Callable[[np.ndarray], np.ndarray]],
) -> Callable[[Any, Any], np.ndarray]:
    """The score of the density k(θ) exp(Σ v_i(θ) t_i(x)) h(x).

    It is ∇k/k + Σ ∇v_i t_i(x), with the gradients in θ by the tracer (Fu (2005), Example 5).
    Weibull belongs to this class for a known shape only, binomial and negative binomial for a
    known number of trials or successes.

    Parameters
    ----------
    k : function of θ
        The normalising factor, positive.
    v : sequence of functions of θ
        The natural parameters, written with NumPy functions.
    t : sequence of functions of x
        The statistics, one for each natural parameter.

    Returns
    -------
    function of (θ, x)
        For x of any shape, the score of the shape of x for a scalar θ, and of shape
        (components of θ, then the shape of x) otherwise.

    Raises
    ------
    ValueError
        If v and t differ in number, or k(θ) is not positive.

    Examples
    --------
    Exponential with mean θ: k = 1/θ, v = -1/θ, t = x.

    >>> score = exponential_family_score(lambda m: 1 / m, [lambda m: -1 / m], [lambda x: x])
    >>> float(score(2.0, 3.0))
    0.25
    """
    if len(v) != len(t):
        raise ValueError(f"{len(v)} natural parameters need as many statistics, got {len(t)}")

    def score(theta: Any, x: Any) -> np.ndarray:
        at = Theta(theta)
        traced, components = at.traced(), len(at.vector)
        factor = k(traced)
        if not value_of(factor) > 0.0:
            raise ValueError(f"k(θ) must be positive, got {value_of(factor)}")
        x = np.asarray(x, dtype=float)
        shape = (components,) + (1,) * x.ndim
        total = np.zeros((components, *x.shape))
        total += np.reshape(tangent_of(factor, components) / value_of(factor), shape)
        for natural, statistic in zip(v, t, strict=True):
            total += np.reshape(tangent_of(natural(traced), components), shape) * statistic(x)
        return total if np.ndim(theta) or isinstance(theta, dict) else total[0]

    return score
