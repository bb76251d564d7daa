"""An objective for any optimiser that wants a function and its gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..api import checked_settings
from ..core.theta import Theta
from ..methods import method_of
from ..models.model import Model
from . import checks
from .sampling import Source


class Objective:
    """θ -> (value, gradient) with the same random numbers at every θ: what `objective` returns.

    Attributes
    ----------
    evaluations : int
        How often it was called.
    build, method, replications, seed, settings
        As given to `objective`; the seed is one of the settings.
    like : Theta or None
        The shape that `build` wants.
    """

    def __init__(
        self, build: Callable[[Any], Model], method: Any, replications: int, seed: int,
        like: Any, settings: dict[str, Any],
    ) -> None:  # fmt: skip
        self.build, self.method, self.replications = build, method, replications
        self.settings = checked_settings(seed, settings)
        self.like = None if like is None else Theta(like)
        self.evaluations = 0
        self._source: Source | None = None

    def __call__(self, x: Any) -> tuple[float, np.ndarray]:
        """Value and gradient, (d,), at a vector.

        Raises
        ------
        NotApplicable
            If the method is not valid at the first θ.
        """
        try:
            vector = np.atleast_1d(np.asarray(x, dtype=float))
        except (TypeError, ValueError):
            raise TypeError(f"theta must be a vector of numbers, got {x!r}") from None
        if vector.ndim != 1:
            raise ValueError(f"theta must be a vector, got shape {vector.shape}")
        if self._source is None:
            self._source = Source(
                self.build, self.like or self._shape(vector), self.method, self.settings
            )
            self._source.requires(vector)  # by a pilot of its own: evaluations may be short
        if len(vector) != len(self._source.theta.vector):
            raise ValueError(
                f"theta must have {len(self._source.theta.vector)} components, got {len(vector)}"
            )
        self.evaluations += 1
        seen = self._source.gradient(vector, self.replications, 0)
        return seen.value, seen.gradient

    def _shape(self, vector: np.ndarray) -> Theta:
        """One number is given to `build` as a float if it takes one, else as an array."""
        if len(vector) > 1:
            return Theta(vector)
        alone = Theta(float(vector[0]))
        try:
            self.build(alone.traced())
        except TypeError:
            return Theta(vector)
        return alone


def objective(
    build: Callable[[Any], Model],
    method: Any = "auto",
    replications: int = 10_000,
    seed: int = 0,
    *,
    like: Any = None,
    **settings: Any,
) -> Objective:
    """The sample average of frozen random numbers, for `scipy.optimize.minimize(..., jac=True)`.

    Parameters
    ----------
    build : callable
        θ -> model.
    method : str or Method
        For the gradient. That along the path ("ipa") is the gradient of the sample average
        itself, so that line searches work; others only approximate it.
    replications, seed : int
        The sample: the same at every θ.
    like : float, array or dict, optional
        The shape of θ that `build` wants, where it is not a float or an array.
    **settings
        `antithetic`, `threads`, `executor`.

    Returns
    -------
    Objective
        Called with a vector, it returns (value, gradient).

    Raises
    ------
    TypeError, ValueError
        For arguments that cannot be used.
    """
    if not callable(build):
        raise TypeError(f"build must be a function theta -> model, got {type(build).__name__}")
    if replications is None:
        raise TypeError("replications must be a whole number, got None")
    checks.whole("replications", replications, 2)
    method_of(method)
    return Objective(build, method, int(replications), seed, like, settings)
