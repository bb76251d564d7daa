"""What a problem of optimisation is: a model for each θ, poor starts, and what is known."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from ..api import simulate
from ..distributions.families import DISTRIBUTIONS
from ..models.model import Model
from ..optimise.optimum import optimum_of

Exponential: Any = DISTRIBUTIONS["Exponential"]
REFERENCE = 100_000  # replications of a value that is not known


@dataclasses.dataclass(frozen=True)
class Problem:
    """min E[Y(θ)] over a box, with what is known about it.

    Parameters
    ----------
    name : str
    build : callable
        θ -> model.
    starts : tuple
        Points to begin at, of the shape of θ.
    bounds : (low, high), or a list or dict of them
        As for `minimize`.
    value : callable, optional
        θ, (d,) -> E[Y], exactly; without it values are simulated.
    optimum : (d,) array, optional
    optimal_value : float, optional
    """

    name: str
    build: Callable[[Any], Model]
    starts: tuple[Any, ...]
    bounds: Any = None
    value: Callable[[np.ndarray], float] | None = None
    optimum: np.ndarray | None = None
    optimal_value: float | None = None

    def gap(self, x: Any) -> float:
        """E[Y(θ)] less its minimum, exactly where both are known.

        Without a known value it is simulated, with the same numbers at every θ; without a known
        minimum E[Y] itself is returned.
        """
        vector = np.atleast_1d(np.asarray(list(x.values()) if isinstance(x, dict) else x, float))
        least = 0.0 if self.optimal_value is None else self.optimal_value
        if self.value is not None:
            return float(self.value(vector)) - least
        found: Any = simulate(self.build(x), REFERENCE, seed=2**32 - 1)
        return float(found.value) - least

    def __repr__(self) -> str:
        return f"Problem({self.name!r})"


def solved(
    name: str, build: Callable[[Any], Model], starts: tuple, bounds: Any,
    value: Callable[[np.ndarray], float], box: Any = None,
) -> Problem:  # fmt: skip
    """A problem whose optimum is found from its exact values."""
    return Problem(name, build, starts, bounds, value, *optimum_of(value, bounds, box))
