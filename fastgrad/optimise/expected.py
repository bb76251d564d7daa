"""Constraints that are expectations themselves, and the objective with their prices."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from scipy.optimize import nnls

from ..core.numbers import checked_number
from ..models.model import Model
from .sampling import Sample, Source

FIRM = 5.0  # what the way back weighs, in units of the way down
SEEN = 2.0  # standard errors
CONFIDENT = 1.96


@dataclasses.dataclass(frozen=True)
class Expected:
    """A constraint on an expectation: E[Y] of another model at most, or at least, a number.

    Parameters
    ----------
    build : callable
        θ -> model, with the same θ as the objective.
    at_most, at_least : float
        One of them.
    method : str or Method
        For its gradient.
    """

    build: Callable[[Any], Model]
    at_most: float | None = None
    at_least: float | None = None
    method: Any = "auto"

    def __post_init__(self) -> None:
        if not callable(self.build):
            raise TypeError(f"Expected: build must be a function, got {self.build!r}")
        if (self.at_most is None) == (self.at_least is None):
            raise ValueError("Expected: give one of at_most= and at_least=")
        checked_number(
            "Expected: the limit", self.at_least if self.at_most is None else self.at_most
        )
        if not np.isfinite(self.limit):
            raise ValueError(f"Expected: the limit must be a finite number, got {self.limit!r}")

    @property
    def limit(self) -> float:
        """The number."""
        return float(self.at_most if self.at_most is not None else self.at_least)  # type: ignore[arg-type]

    @property
    def sign(self) -> float:
        """1 for at_most, -1 for at_least: sign · (E[Y] - limit) must not be positive."""
        return 1.0 if self.at_most is not None else -1.0

    def told(self) -> dict[str, Any]:
        """What a store says of it, beside its model."""
        return {"wanted": self.wanted, "limit": self.limit, "method": self.method}

    @property
    def wanted(self) -> str:
        """In words."""
        return f"at most {self.limit:g}" if self.sign > 0 else f"at least {self.limit:g}"


class Prices:
    """The objective and its expected constraints as one function: the augmented Lagrangian.

    Its gradient is G + Σ_j max(0, λ_j + ρ_j v_j) G_j, v_j the violation as it is seen; λ follows
    the violations (a primal-dual scheme: Arrow, Hurwicz and Uzawa 1958, with noise).
    """

    def __init__(self, constraints: list[Expected], sources: list[Source]) -> None:
        self.constraints, self.sources = constraints, sources
        self.prices = np.zeros(len(sources))
        self.firmness = np.zeros(len(sources))
        self.violations = np.zeros(len(sources))

    def __len__(self) -> int:
        return len(self.sources)

    @property
    def spent(self) -> int:
        """Paths simulated for constraints."""
        return sum(source.spent for source in self.sources) if self.sources else 0

    @property
    def paths(self) -> int:
        """Of one replication of all constraints' gradients."""
        return sum(source.paths for source in self.sources)

    def seen(self, x: np.ndarray, count: int, first: int) -> list[Sample]:
        """Violations (negative: slack) and their gradients."""
        made = []
        for constraint, source in zip(self.constraints, self.sources, strict=True):
            sample = source.gradient(x, count, first)
            value = constraint.sign * (sample.value - constraint.limit)
            made.append(sample._replace(value=value, gradient=constraint.sign * sample.gradient))
        return made

    def leading(self, objective: Sample, seen: list[Sample], size: np.ndarray) -> Sample:
        """For the search: back to a constraint that is seen to be violated, else downhill."""
        gain = float(np.linalg.norm(size * objective.gradient)) or 1.0
        gradient, variance, violated = 0.0 * objective.gradient, 0.0 * objective.variance, False
        for sample in seen:
            effect = float(np.linalg.norm(size * sample.gradient))
            if sample.value > SEEN * np.sqrt(sample.value_variance) and effect > 0.0:
                weight, violated = FIRM * gain / effect, True
                gradient = gradient + weight * sample.gradient
                variance = variance + weight**2 * sample.variance
        return objective._replace(gradient=gradient, variance=variance) if violated else objective

    def firm(self, seen: list[Sample], curved: np.ndarray) -> None:
        """ρ with which a constraint is as curved along its own gradient as the objective is."""
        for j, sample in enumerate(seen):
            effect = float(np.sum(sample.gradient**2 / curved))
            self.firmness[j] = 1.0 / effect if effect > 0.0 else 0.0

    def fit(self, objective: Sample, seen: list[Sample], size: np.ndarray) -> None:
        """λ ≥ 0 of least squares: those at which the gradient of the Lagrangian nearly vanishes.

        Only constraints that bind, or are violated, have a price.
        """
        active = [j for j, s in enumerate(seen) if s.value > -3.0 * np.sqrt(s.value_variance)]
        self.prices[:] = 0.0
        if active:
            columns = np.array([size * seen[j].gradient for j in active]).T
            self.prices[active], _ = nnls(columns, -size * objective.gradient)

    def added(self, objective: Sample, seen: list[Sample]) -> Sample:
        """The gradient of the Lagrangian."""
        gradient, variance = objective.gradient, objective.variance
        for j, sample in enumerate(seen):
            weight = max(0.0, self.prices[j] + self.firmness[j] * sample.value)
            gradient = gradient + weight * sample.gradient
            noise = self.firmness[j] ** 2 * sample.value_variance * sample.gradient**2
            variance = variance + weight**2 * sample.variance + noise * (weight > 0.0)
            self.violations[j] = sample.value
        return objective._replace(gradient=gradient, variance=variance)

    @contextlib.contextmanager
    def soft(self) -> Iterator[None]:
        """Without ρ for a while: the Lagrangian itself."""
        kept, self.firmness = self.firmness, np.zeros(len(self))
        yield
        self.firmness = kept

    def move(self, rate: float) -> None:
        """λ follows the violations."""
        self.prices = np.maximum(0.0, self.prices + rate * self.firmness * self.violations)


def feasibility(constraint: Expected, sample: Sample) -> dict[str, Any]:
    """Whether a constraint holds, with its interval, from fresh replications."""
    error = float(np.sqrt(sample.value_variance))
    low, high = sample.value - CONFIDENT * error, sample.value + CONFIDENT * error
    violated = constraint.sign * (sample.value - constraint.limit)
    if violated <= -CONFIDENT * error:
        verdict = "feasible"
    elif violated <= CONFIDENT * error:
        verdict = "feasible within its error" if violated <= 0.0 else "violated within its error"
    else:
        verdict = "violated"
    return {
        "value": sample.value,
        "error": error,
        "interval": (low, high),
        "limit": constraint.limit,
        "wanted": constraint.wanted,
        "feasible": violated <= CONFIDENT * error,
        "verdict": verdict,
    }
