"""A simulation as a function of arrays: its estimate and its gradient at θ, call after call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..api import simulate
from ..errors import NotApplicable
from ..models.model import Model
from ..prepared import Prepared, prepare
from ..results.estimates import Estimate, GradientEstimate
from ..results.several import Estimates
from ..settings import checked_settings

TWICE = (
    "the gradient is an estimate, and has no derivative of its own (double backward): "
    "fastgrad.gradient(..., order=2) estimates second derivatives"
)


class Host:
    """E[Y(θ)] and its gradient, estimated from replications that depend on seed and call alone.

    Attributes
    ----------
    last : GradientEstimate or Estimate
        The last estimate, with its errors.
    """

    def __init__(
        self,
        build: Callable[[Any], Model],
        method: Any,
        replications: int,
        seed: int,
        pilot: str,
        settings: dict[str, Any],
    ) -> None:
        self.prepared: Prepared = prepare(
            build, method, replications, seed, pilot=pilot, **settings
        )
        self.build, self.replications, self.settings = build, replications, settings
        self.seed = checked_settings(seed, {}).seed
        self.last: GradientEstimate | Estimate | None = None

    def seed_of(self, call: int) -> int:
        """The seed of a call: that which was given for call 0."""
        if call == 0:
            return int(self.seed)
        return int(np.random.SeedSequence([int(self.seed), call]).generate_state(1, np.uint64)[0])

    def value(self, theta: np.ndarray, call: int) -> float:
        """The estimate of E[Y(θ)] alone."""
        found = simulate(self.build(_given(theta)), self.replications, self.seed_of(call),
                         **self.settings)  # fmt: skip
        if isinstance(found, Estimates):
            raise ValueError("the model has several outputs: choose one")
        self.last = found
        return found.value

    def gradient(self, theta: np.ndarray, call: int) -> tuple[float, np.ndarray]:
        """The estimate of E[Y(θ)], and its gradient in the shape of θ."""
        found = self.prepared(_given(theta), seed=self.seed_of(call))
        if isinstance(found, Estimates):
            raise ValueError("the model has several outputs: choose one")
        self.last = found
        return found.performance.value, np.asarray(found.gradient, dtype=float)

    def twice(self) -> NotApplicable:
        """What is raised for the derivative of a gradient."""
        return NotApplicable(self.prepared.method.name, TWICE, ())


def _given(theta: np.ndarray) -> Any:
    """θ as `build` takes it: a float, or an array of its own."""
    if theta.ndim > 1:
        raise ValueError(f"theta must be a number or have one axis, got the shape {theta.shape}")
    return float(theta) if theta.ndim == 0 else np.array(theta, dtype=float)
