"""Optima of exact values, of one component or two."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import optimize


def optimum_of(
    value: Callable[[np.ndarray], float], bounds: Any, box: Any = None
) -> tuple[np.ndarray, float]:
    """Where it is, and how low: by golden sections, or from (1, 3) in a box of two components."""
    if box is None:
        found = optimize.minimize_scalar(
            lambda x: value(np.array([x])), bounds=bounds, method="bounded",
            options={"xatol": 1e-9},
        )  # fmt: skip
        return np.array([found.x]), float(found.fun)
    found = optimize.minimize(
        value, np.array([1.0, 3.0]), method="Nelder-Mead", bounds=box,
        options={"xatol": 1e-7, "fatol": 1e-12},
    )  # fmt: skip
    return found.x, float(found.fun)
