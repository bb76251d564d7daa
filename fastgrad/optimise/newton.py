"""An interval for θ* around any answer near it: replicated Newton steps from fresh numbers.

However an answer x was found, θ* = x - H⁻¹ ∇J(x) to second order. Batches of fresh replications
give independent gradients g_b there, hence independent θ_b = x - H⁻¹ g_b whose mean and spread
are an interval for θ* by Student's t, whatever is known of the iterates. Gradients by symmetric
differences are extrapolated, (4 g(c) - g(2c)) / 3, which takes their bias from c² to c⁴.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from .descent import Descent

BATCHES = 5, 20  # independent gradients: at least, at most
LEAST = 4  # replications of one of them


@dataclasses.dataclass
class Located:
    """Where the optimum is, as seen from an answer.

    Attributes
    ----------
    centre : (d,) array
    covariance : (d, d) array
        Of the centre.
    degrees : int
        Of Student's t.
    gradient : (d,) array
    """

    centre: np.ndarray
    covariance: np.ndarray
    degrees: int
    gradient: np.ndarray


def gradients(descent: Descent, x: np.ndarray, c: np.ndarray, paths: float) -> np.ndarray:
    """(batches, d) independent gradients at x for so many paths; fewer than `BATCHES[0]` where
    they do not suffice."""
    biased = bool(descent.algorithm.bias)
    each = LEAST
    if biased:
        each = descent.algorithm.whole_batch(LEAST, descent.d)
        each = max(each, 1 << descent.d.bit_length())  # all columns of a Hadamard matrix
    price = descent.paths * (2 if biased else 1)
    count = int(min(paths / (price * each), BATCHES[1]))
    if count < BATCHES[0]:
        return np.empty((0, descent.d))
    each = int(paths / (price * count))
    if biased:
        each = descent.algorithm.whole_batch(each, descent.d)
    made = []
    for _ in range(count):
        first = descent.source.fresh(each)
        near = descent.gradient(x, each, c, first).gradient
        if biased:
            far = descent.gradient(x, each, 2.0 * c, first).gradient
            near = (4.0 * near - far) / 3.0
        made.append(near)
    return np.array(made)


def located(x: np.ndarray, bent: np.ndarray, batches: np.ndarray) -> Located:
    """The mean and the spread of x - H⁻¹ g_b."""
    steps = np.linalg.solve(bent, batches.T).T
    spread = np.atleast_2d(np.cov(steps.T, ddof=1)) / len(steps)
    return Located(x - steps.mean(axis=0), spread, len(steps) - 1, batches.mean(axis=0))
