"""Heston's stochastic volatility."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any

import numpy as np

from ...core.tracer import value_of
from ...distributions.families import DISTRIBUTIONS
from ...kernels.models.option.dynamics import (
    heston_full_truncation,
    heston_gamma,
    heston_quadratic_exponential,
)
from ...kernels.models.option.dynamics.heston_quadratic_exponential import SWITCH
from ...models.model import Input
from ..checks import check_kind, check_number, real
from .base import Dynamics
from .walks import matched_heston_prices, truncated_heston_prices

KERNELS = {
    "quadratic-exponential": heston_quadratic_exponential,
    "full-truncation": heston_full_truncation,
    "gamma": heston_gamma,
}
POSITIVE = ("spot", "variance", "mean_reversion", "long_variance", "volatility_of_variance")
OF_VARIANCE = ("variance", "base", "keep", "spread base", "spread slope", "pull", "level", "noise")
WALKED = "heston_"  # before the names of these in a walk
FELLER = 1.0  # the largest ψ with which V stays above 0


@dataclasses.dataclass(frozen=True, eq=False)
class Heston(Dynamics):
    """dS = (r - d) S dt + √V S dW, dV = mean_reversion (long_variance - V) dt + ξ √V dW'.

    Stepped by Andersen's quadratic-exponential scheme; by Euler's with full truncation, whose
    bias is many times larger; or with V gamma distributed, which takes ten times as long and is
    smooth in all parameters. In all three the discounted price is a martingale.

    Parameters
    ----------
    spot : float
        The price now, above 0.
    rate, dividend : float
        Continuously compounded, a year.
    variance, long_variance : float
        V now and in the long run, above 0 (a volatility of 20 % is a variance of 0.04).
    mean_reversion, volatility_of_variance : float
        Above 0, a year; the latter is ξ.
    correlation : float
        Of W and W', between -1 and 1.
    scheme : {"quadratic-exponential", "full-truncation", "gamma"}

    Notes
    -----
    The spot stands in the distribution of the first log-return alone: every method serves it.
    All else is followed along the path; how V's distribution depends on it is not known step by
    step (V may reach 0, where the diffusion degenerates), so that it has no scores. Where ξ² is
    above 3 · mean_reversion · long_variance the quadratic-exponential scheme changes from one
    formula to another as V falls, and the path jumps there; with full truncation, from 2 of these
    on, V is often at 0, where the derivative of √V has no variance. Then derivatives by what V
    depends on are refused, and `scheme="gamma"` has them.
    """

    spot: Any
    rate: Any
    variance: Any
    mean_reversion: Any
    long_variance: Any
    volatility_of_variance: Any
    correlation: Any
    dividend: Any = 0.0
    scheme: str = "quadratic-exponential"

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            if field.name != "scheme":
                whose = f"Heston: {field.name}"
                check_number(whose, getattr(self, field.name), field.name in POSITIVE)
        rho = value_of(self.correlation)
        if not np.all(np.abs(rho) < 1.0):
            raise ValueError(f"Heston: correlation must lie between -1 and 1, got {rho}")
        check_kind("Heston: scheme", self.scheme, tuple(KERNELS))

    @property
    def kernel(self) -> ModuleType:  # type: ignore[override]
        """One for each scheme."""
        return KERNELS[self.scheme]

    @property
    def _truncates(self) -> bool:
        return self.scheme == "full-truncation"

    def start(self) -> Any:
        """The spot."""
        return self.spot

    def inputs(self, maturity: Any, steps: int, unit: Any) -> list[Input]:
        """Noise of the variance; the first log-return, with the spot in it; noise of the later."""
        normal: Any = DISTRIBUTIONS["Normal"]
        terms = self.structure(maturity, steps, unit)
        mean = np.log(self.spot) - np.log(unit) + terms["drift"]
        if self._truncates:
            mean = mean - terms["half"] * self.variance
            sd, later = terms["own"] * np.sqrt(self.variance), steps - 1
        else:
            sd, later = np.sqrt(terms["own"] * self.variance), steps
        made = [Input("variance noise", normal(0.0, 1.0), steps),
                Input("first return", normal(mean, sd), 1)]  # fmt: skip
        return [*made, Input("price noise", normal(0.0, 1.0), later)] if later else made

    def structure(self, maturity: Any, steps: int, unit: Any) -> Mapping[str, Any]:
        """What the steps are made of: see the kernels."""
        dt = maturity * (1.0 / steps)
        drift = (self.rate - self.dividend) * dt
        rest = 1.0 - self.correlation * self.correlation
        if self._truncates:
            return {
                "variance": self.variance, "pull": self.mean_reversion * dt,
                "level": self.long_variance, "noise": self.volatility_of_variance * np.sqrt(dt),
                "drift": drift, "half": 0.5 * dt, "with": self.correlation * np.sqrt(dt),
                "own": np.sqrt(rest * dt),
            }  # fmt: skip
        pull, level, xi = self.mean_reversion, self.long_variance, self.volatility_of_variance
        keep = np.exp(-pull * dt)
        gone = -np.expm1(-pull * dt)
        lean = self.correlation / xi + 0.5 * dt * (pull * self.correlation / xi - 0.5)
        own = 0.5 * dt * rest
        return {
            "variance": self.variance, "base": level * gone, "keep": keep,
            "spread base": 0.5 * level * xi * xi * gone * gone / pull,
            "spread slope": xi * xi * keep * gone / pull,
            "drift": drift, "own": own, "lean": lean, "tilt": lean + 0.5 * own,
        }  # fmt: skip

    def walk(self, maturity: Any, steps: int, unit: Any) -> tuple[Callable[..., Any], dict]:
        """With the variance, by two of the schemes."""
        if self.scheme == "gamma":
            raise ValueError(
                "Heston: payoffs that are functions, and early exercise, cannot be had with "
                "scheme='gamma', whose quantiles have no derivatives there; the others have them"
            )
        own = self.structure(maturity, steps, unit)
        made = {WALKED + name.replace(" ", "_"): real(value) for name, value in own.items()}
        return (truncated_heston_prices if self._truncates else matched_heston_prices), made

    def paths(self, steps: int) -> Sequence[Sequence[int]]:
        """The noise of the variance, and that of the price."""
        return [range(steps), range(steps, 2 * steps + (0 if self._truncates else 1))]

    def memory(self, steps: int) -> int:
        """V at the end of each step."""
        return steps

    def _reaches(self, psi: float) -> bool:
        """Whether Var V' / (E V')² may be larger.

        It falls in V, and at 0 it is ξ² / (2 · mean_reversion · long_variance).
        """
        square = self.volatility_of_variance * self.volatility_of_variance
        largest = value_of(square / (2.0 * self.mean_reversion * self.long_variance))
        return bool(np.any(np.asarray(largest) > psi))

    def jump(self, place: str) -> str | None:
        """Where a scheme changes its formula, or its derivative has no variance."""
        name = place.removeprefix(WALKED).replace("_", " ")
        if name not in OF_VARIANCE or self.scheme == "gamma":
            return None
        if self._truncates and self._reaches(FELLER):
            return (
                "the derivative of √V has no variance where V is often at 0 "
                "(ξ² > 2 · mean_reversion · long_variance): scheme='gamma'"
            )
        if not self._truncates and self._reaches(SWITCH):
            return (
                "the variance jumps where the scheme changes its formula "
                "(ξ² > 3 · mean_reversion · long_variance): scheme='gamma' has no jumps"
            )
        return None

    def refusal(self, maturity: Any, steps: int) -> str | None:
        """E e^(tilt V') must exist, which large steps and a positive correlation prevent."""
        if self._truncates or np.all(np.asarray(value_of(self.correlation)) <= 0.0):
            return None
        terms = {
            k: np.asarray(value_of(v)) for k, v in self.structure(maturity, steps, 1.0).items()
        }
        v = np.concatenate([[0.0], np.geomspace(1e-6, 1e4, 400)])[:, None]
        v = v * np.asarray(value_of(self.long_variance))
        m = terms["base"] + terms["keep"] * v
        psi = (terms["spread base"] + terms["spread slope"] * v) / (m * m)
        near = m * psi / (1.0 + np.sqrt(1.0 - 0.5 * np.minimum(psi, SWITCH)))
        largest = np.where(psi <= SWITCH, near, 0.5 * m * (psi + 1.0))
        largest = m * psi if self.scheme == "gamma" else largest
        if np.all(terms["tilt"] * largest < 1.0):
            return None
        return (
            f"the {self.scheme} scheme has no mean price at steps of this length and a positive "
            "correlation: take more steps"
        )

    def without_density(self) -> str | None:
        """V may reach 0."""
        return (
            "prices have no density where the variance is 0 and the diffusion degenerates; θ in "
            "the spot has scores"
        )

    def may_stand(self) -> str | None:
        """Where the price does not move in the last step."""
        if not (self._truncates or self._reaches(SWITCH)):
            return None
        return (
            "the variance may be 0 in the last step, where the diffusion degenerates: jumps of the "
            "payoff stay"
        )

    def greek_parameters(self) -> dict[str, float]:
        """The volatility is √variance, of now."""
        root = float(np.sqrt(self.variance))
        return {"spot": float(self.spot), "rate": float(self.rate), "volatility": root}

    def moved(self, given: Mapping[str, Any]) -> Heston:
        """With these."""
        made = dict(given)
        if "volatility" in made:
            root = made.pop("volatility")
            made["variance"] = root * root
        return dataclasses.replace(self, **made)

    def discount(self, maturity: Any) -> Any:
        """exp(-rate · maturity)."""
        return np.exp(-self.rate * maturity)

    def last_step_is_normal(self) -> bool:
        """Given the variance it is."""
        return True
