"""Merton's jump diffusion, stepped exactly."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ...core.tracer import value_of
from ...distributions.families import DISTRIBUTIONS
from ...kernels.models.option.dynamics import jumps
from ...models.model import Input
from ..checks import check_number, real
from .base import Dynamics
from .cash_dividends import moves
from .walks import jumping_prices


@dataclasses.dataclass(frozen=True, eq=False)
class MertonJumps(Dynamics):
    """Geometric Brownian motion with Poisson jumps, whose logarithms are normal (Merton 1976).

    The random inputs are, for each step, the number of jumps, a normal variate for their sum, and
    the normal log-return between them, whose drift makes the discounted price a martingale.
    θ in the intensity is θ in numbers of jumps, which have scores and weak derivatives and no
    derivative along the path.

    Parameters
    ----------
    spot : float
        The price now, above 0.
    rate, dividend : float
        Continuously compounded, a year.
    volatility : float
        Between jumps, a year, above 0.
    intensity : float
        Jumps a year, 0 or more; above 0 where θ stands in it.
    jump_mean, jump_deviation : float
        Mean and standard deviation of the logarithm of a jump; the latter 0 or more.
    """

    spot: Any
    rate: Any
    volatility: Any
    intensity: Any
    jump_mean: Any
    jump_deviation: Any
    dividend: Any = 0.0

    kernel = jumps

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            positive = field.name in ("spot", "volatility")
            check_number(f"MertonJumps: {field.name}", getattr(self, field.name), positive)
        for name in ("intensity", "jump_deviation"):
            value = value_of(getattr(self, name))
            if np.any(np.asarray(value) < 0.0):
                raise ValueError(f"MertonJumps: {name} must be 0 or more, got {value}")
        if moves(self.intensity) and np.any(np.asarray(value_of(self.intensity)) == 0.0):
            raise ValueError("MertonJumps: intensity must be above 0 where θ stands in it")

    def start(self) -> Any:
        """The spot."""
        return self.spot

    def inputs(self, maturity: Any, steps: int, unit: Any) -> list[Input]:
        """Numbers of jumps, their sums, the first return, later returns."""
        normal: Any = DISTRIBUTIONS["Normal"]
        dt = maturity * (1.0 / steps)
        gain = np.exp(self.jump_mean + 0.5 * self.jump_deviation * self.jump_deviation) - 1.0
        drift = self.rate - self.dividend - self.intensity * gain
        mean = (drift - 0.5 * self.volatility * self.volatility) * dt
        sd = self.volatility * np.sqrt(dt)
        first = normal(mean + (np.log(self.spot) - np.log(unit)), sd)
        made = [
            Input("jumps", self._numbers(dt), steps),
            Input("jump sizes", normal(0.0, 1.0), steps),
            Input("first return", first, 1),
        ]
        return made if steps == 1 else [*made, Input("returns", normal(mean, sd), steps - 1)]

    def _numbers(self, dt: Any) -> Any:
        """Of jumps in a step; none, where there are none."""
        fixed: Any = DISTRIBUTIONS["Deterministic"]
        poisson: Any = DISTRIBUTIONS["Poisson"]
        if np.all(np.asarray(value_of(self.intensity)) == 0.0):
            return fixed(0.0)
        return poisson(self.intensity * dt)

    def structure(self, maturity: Any, steps: int, unit: Any) -> Mapping[str, Any]:
        """The distribution of a jump's logarithm."""
        return {"jump_mean": self.jump_mean, "jump_deviation": self.jump_deviation}

    def walk(self, maturity: Any, steps: int, unit: Any) -> tuple[Callable[..., Any], dict]:
        """With jumps."""
        own = self.structure(maturity, steps, unit)
        return jumping_prices, {name: real(value) for name, value in own.items()}

    def paths(self, steps: int) -> Sequence[Sequence[int]]:
        """The returns between jumps."""
        return [range(2 * steps, 3 * steps)]

    def greek_parameters(self) -> dict[str, float]:
        """As they are."""
        return {name: float(getattr(self, name)) for name in ("spot", "rate", "volatility")}

    def moved(self, given: Mapping[str, Any]) -> MertonJumps:
        """With these."""
        return dataclasses.replace(self, **given)

    def discount(self, maturity: Any) -> Any:
        """exp(-rate · maturity)."""
        return np.exp(-self.rate * maturity)

    def last_step_is_normal(self) -> bool:
        """Between its jumps it is."""
        return True
