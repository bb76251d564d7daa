"""Several assets, each a geometric Brownian motion, with correlated returns."""

from __future__ import annotations

import dataclasses
import functools
import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ...core.tracer import value_of
from ...distributions.families import DISTRIBUTIONS
from ...kernels.models.option.dynamics import correlated
from ...models.model import Input
from ..checks import check_number, real
from .base import Dynamics
from .cash_dividends import moves
from .correlation import Matrix, check_correlation, factored
from .walks import correlated_prices, lognormal_prices


@dataclasses.dataclass(frozen=True, eq=False)
class CorrelatedAssets(Dynamics):
    """dSⁱ = (rate - dividendⁱ) Sⁱ dt + volatilityⁱ Sⁱ dWⁱ with correlated Brownian motions.

    The random inputs are, asset by asset, the log-returns less what those of the assets before
    explain: independent normals. So θ in a spot, the rate or a maturity is θ in distributions;
    a volatility or correlation stands in the regression coefficients too, which are arguments of
    the model. Steps are exact.

    Parameters
    ----------
    spot : list of float
        The prices now, above 0.
    rate : float
        Continuously compounded, a year.
    volatility : list of float
        A year, above 0; one number serves all assets.
    correlation : matrix or float
        Of the returns; a number is that of all pairs. θ may stand in it (in both places). A
        singular matrix is one of returns that determine each other: then there are no densities,
        and scores and weak derivatives in those assets are refused.
    dividend : float or list of float
        Continuously compounded; one number serves all assets.
    """

    spot: Any
    rate: Any
    volatility: Any
    correlation: Any
    dividend: Any = 0.0

    kernel = correlated

    def __post_init__(self) -> None:
        whose = "CorrelatedAssets"
        if not _is_list(self.spot) or not len(self.spot):
            raise TypeError(f"{whose}: spot must be a list, one for each asset, got {self.spot!r}")
        object.__setattr__(self, "spot", tuple(self.spot))
        for name in ("spot", "volatility", "dividend"):
            given = getattr(self, name)
            listed = tuple(given) if _is_list(given) else (given,) * self.assets
            if len(listed) != self.assets:
                raise ValueError(f"{whose}: {len(listed)} {name} for {self.assets} assets")
            for i, one in enumerate(listed):
                check_number(f"{whose}: {name}[{i}]", one, positive=name != "dividend")
            object.__setattr__(self, name, listed)
        check_number(f"{whose}: rate", self.rate)
        matrix = check_correlation(whose, self.correlation, self.assets)
        object.__setattr__(self, "correlation", matrix)

    @property
    def assets(self) -> int:  # type: ignore[override]
        """How many."""
        return len(self.spot)

    def start(self) -> Any:
        """The first of the prices."""
        return self.spot[0]

    @functools.cached_property
    def _factors(self) -> tuple[Matrix, list[Any]]:
        """Of the returns, and the variances of what they leave, a year."""
        lower, diagonal = factored(self.correlation)
        sigma = self.volatility
        scaled = [[sigma[j] * f / sigma[i] for i, f in enumerate(row)]
                  for j, row in enumerate(lower)]  # fmt: skip
        return scaled, [s * s * d for s, d in zip(sigma, diagonal, strict=True)]

    def _means(self, maturity: Any, steps: int, unit: Any, first: bool) -> list[Any]:
        """Of the variates of a step: those of the returns, as the factors move them.

        The centres e = x - centre are the numbers that the means are now, which θ does not
        move: so every derivative of the means stays in their distributions.
        """
        factors, _ = self._factors
        dt = maturity * (1.0 / steps)
        made: list[Any] = []
        for j, (spot, sigma, dividend) in enumerate(
            zip(self.spot, self.volatility, self.dividend, strict=True)
        ):
            mean = (self.rate - dividend - 0.5 * sigma * sigma) * dt
            mean = mean + (np.log(spot) - np.log(unit)) if first else mean
            for i, factor in enumerate(factors[j]):
                mean = mean - factor * (made[i] - value_of(made[i]))
            made.append(mean)
        return made

    def inputs(self, maturity: Any, steps: int, unit: Any) -> list[Input]:
        """For each asset its first return, then all later ones."""
        normal: Any = DISTRIBUTIONS["Normal"]
        fixed: Any = DISTRIBUTIONS["Deterministic"]
        _, variances = self._factors
        dt, made = maturity * (1.0 / steps), []
        first = self._means(maturity, steps, unit, True)
        later = self._means(maturity, steps, unit, False)
        for j, variance in enumerate(variances):
            for name, mean, draws in (
                ("first return", first[j], 1),
                ("returns", later[j], steps - 1),
            ):
                if _is_free(variance):
                    distribution = normal(mean, np.sqrt(variance * dt))
                    made.append(Input(f"{name}[{j}]", distribution, draws))
                else:
                    name = f"{name}[{j}], which the assets before determine,"
                    made.append(Input(name, fixed(mean), draws))
        return [entry for entry in made if entry.draws]

    def structure(self, maturity: Any, steps: int, unit: Any) -> Mapping[str, Any]:
        """Factors and centres."""
        factors, _ = self._factors
        made = {f"factors[{j}][{i}]": factor for j, row in enumerate(factors)
                for i, factor in enumerate(row)}  # fmt: skip
        first = self._means(maturity, steps, unit, True)
        later = self._means(maturity, steps, unit, False)
        for j in range(self.assets):
            made[f"first centre[{j}]"] = value_of(first[j])
            made[f"centre[{j}]"] = value_of(later[j])
        return made

    def walk(self, maturity: Any, steps: int, unit: Any) -> tuple[Callable[..., Any], dict]:
        """One row for each asset; a path of one asset is that of any other dynamics."""
        if self.assets == 1:
            return lognormal_prices, {}
        centres = {
            name: [float(value_of(m)) for m in self._means(maturity, steps, unit, first)]
            for name, first in (("first_centres", True), ("later_centres", False))
        }
        factors = [real(factor) for row in self._factors[0] for factor in row]
        return correlated_prices, {"return_factors": factors, **centres}

    def counts(self, steps: int) -> list[int]:
        """Steps and assets."""
        return [steps, self.assets]

    def paths(self, steps: int) -> Sequence[Sequence[int]]:
        """The returns of each asset."""
        return [range(j * steps, (j + 1) * steps) for j in range(self.assets)]

    def kink(self, maturity: Any, steps: int) -> str | None:
        """θ in a correlation of which some returns have no freedom left."""
        _, variances = self._factors
        fixed = [j for j, variance in enumerate(variances) if not _is_free(variance)]
        if not fixed or not any(moves(x) for row in self.correlation for x in row):
            return None
        return (
            "the correlation matrix is singular where θ stands in it: there the prices have no "
            "derivative (√(1 - ρ²) has none at 1)"
        )

    def greeks(self) -> tuple[dict[str, str], dict[str, tuple[str, str]]]:
        """Of each asset, of each two of them."""
        own, pairs = range(self.assets), list(itertools.combinations(range(self.assets), 2))
        first = {f"delta[{i}]": f"spot[{i}]" for i in own}
        first |= {f"vega[{i}]": f"volatility[{i}]" for i in own}
        first |= {f"correlation[{i},{j}]": f"correlation[{i},{j}]" for i, j in pairs}
        first |= {"rho": "rate", "theta": "maturity"}
        second = {f"gamma[{i}]": (f"spot[{i}]", f"spot[{i}]") for i in own}
        second |= {f"gamma[{i},{j}]": (f"spot[{i}]", f"spot[{j}]") for i, j in pairs}
        second |= {f"vanna[{i}]": (f"spot[{i}]", f"volatility[{i}]") for i in own}
        second |= {f"volga[{i}]": (f"volatility[{i}]", f"volatility[{i}]") for i in own}
        return first, second

    def greek_parameters(self) -> dict[str, float]:
        """Of each asset, of each two of them, and the rate."""
        made = {"rate": float(self.rate)}
        for name in ("spot", "volatility"):
            made |= {f"{name}[{i}]": float(x) for i, x in enumerate(getattr(self, name))}
        for i, j in itertools.combinations(range(self.assets), 2):
            made[f"correlation[{i},{j}]"] = float(self.correlation[i][j])
        return made

    def moved(self, given: Mapping[str, Any]) -> CorrelatedAssets:
        """With some of these."""
        made: dict[str, Any] = {"rate": given.get("rate", self.rate)}
        for name in ("spot", "volatility"):
            now = getattr(self, name)
            made[name] = [given.get(f"{name}[{i}]", x) for i, x in enumerate(now)]
        made["correlation"] = [
            [given.get(f"correlation[{min(i, j)},{max(i, j)}]", x) for j, x in enumerate(row)]
            for i, row in enumerate(self.correlation)
        ]
        return dataclasses.replace(self, **made)

    def discount(self, maturity: Any) -> Any:
        """exp(-rate · maturity)."""
        return np.exp(-self.rate * maturity)

    def last_step_is_normal(self) -> bool:
        """Unless the assets before determine the last."""
        return _is_free(self._factors[1][-1])


def _is_list(given: Any) -> bool:
    return isinstance(given, (list, tuple)) or (isinstance(given, np.ndarray) and given.ndim == 1)


def _is_free(variance: Any) -> bool:
    """Whether the assets before leave anything to chance."""
    return bool(np.all(np.asarray(value_of(variance)) > 0.0))
