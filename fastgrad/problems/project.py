"""How much to spend on a project that is done sooner."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import optimize

from ..exact import activity_network as network_value
from ..models.model import Model
from ..models.network.activity_network import ActivityNetwork
from .problem import Exponential, Problem

NETWORK = (
    (1, 2), (1, 3), (2, 3), (2, 4), (2, 6), (3, 6), (4, 5), (4, 7), (5, 6), (5, 8), (6, 9),
    (7, 8), (8, 9),
)  # fmt: skip


def network() -> Problem:
    """Crashing of a project of 13 activities: min E[duration] + Σ 1/θ_i over mean durations θ.

    The network of the published testbed of Avramidis and Wilson (1996) with exponential
    durations; the minimum, 18.04927, is certified by `fastgrad.exact.activity_network`.
    """

    def build(theta: Any) -> Model:
        durations = [Exponential(mean) for mean in theta]
        return ActivityNetwork(list(NETWORK), durations) + sum(1.0 / mean for mean in theta)

    def both(x: np.ndarray) -> tuple[float, np.ndarray]:
        found = network_value(list(NETWORK), list(map(float, x)))
        return float(found.value + np.sum(1.0 / x)), found.gradient - 1.0 / x**2

    found = optimize.minimize(
        both, np.full(13, 1.5), jac=True, method="L-BFGS-B", bounds=[(0.1, 10.0)] * 13,
        options={"ftol": 1e-14, "gtol": 1e-9},
    )  # fmt: skip
    starts = (np.full(13, 8.0), np.full(13, 0.2), np.array([0.3, 6.0] * 6 + [3.0]))
    return Problem(
        "13 activities", build, starts, (0.01, 100.0), lambda x: both(x)[0], found.x,
        float(found.fun),
    )  # fmt: skip
