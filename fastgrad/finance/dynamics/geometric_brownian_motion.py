"""Geometric Brownian motion, stepped exactly."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any

import numpy as np

from ...core.tracer import value_of
from ...distributions.families import DISTRIBUTIONS
from ...kernels.models.option.dynamics import escrowed, lognormal
from ...models.model import Input
from ..checks import check_number, real
from .base import Dynamics
from .cash_dividends import (
    accrued,
    moves,
    paid_at_a_step,
    paid_at_steps,
    present_value,
    schedule,
)
from .walks import escrowed_prices, lognormal_prices

TO_COME = "dividends to come"


@dataclasses.dataclass(frozen=True, eq=False)
class GeometricBrownianMotion(Dynamics):
    """dS = (rate - dividend) S dt + volatility S dW, under the pricing measure.

    The random inputs are the log-returns of the steps, normal with mean
    (rate - dividend - volatility²/2) dt and standard deviation volatility √dt, the first with
    ln(spot) in its mean. So θ in the spot, a rate, a volatility or the maturity is θ in
    distributions, and every method of theirs is valid.

    Parameters
    ----------
    spot : float
        The price now, above 0.
    rate, dividend : float or list of float
        Continuously compounded, a year. A list is piecewise constant over equal parts of the
        life of the option.
    volatility : float or list of float
        A year, above 0.
    cash_dividends : dict of float to float
        Amounts by the time of their payment, in years; may be functions of θ. The price without
        the present value of those up to maturity is the geometric Brownian motion (the
        "escrowed" model), so that steps are exact whenever dividends are paid. At a time of
        payment the price is the one after it; later dividends than maturity do not matter.
    """

    spot: Any
    rate: Any
    volatility: Any
    dividend: Any = 0.0
    cash_dividends: Any = dataclasses.field(default_factory=dict)

    @property
    def kernel(self) -> ModuleType:  # type: ignore[override]
        """With dividends on top of the lognormal price, or without."""
        return escrowed if self.cash_dividends else lognormal

    def __post_init__(self) -> None:
        whose = "GeometricBrownianMotion"
        check_number(f"{whose}: spot", self.spot, positive=True)
        for name in ("rate", "volatility", "dividend"):
            parts = buckets(getattr(self, name))
            for part in parts:
                check_number(f"{whose}: {name}", part, positive=name == "volatility")
            object.__setattr__(self, name, parts)
        paid = schedule(whose, self.cash_dividends)
        object.__setattr__(self, "cash_dividends", dict(paid))

    def inputs(self, maturity: Any, steps: int, unit: Any) -> list[Input]:
        """The log-returns: the first, then runs of steps with the same parameters."""
        normal: Any = DISTRIBUTIONS["Normal"]
        dt = maturity * (1.0 / steps)
        made = []
        for step, (key, run) in enumerate(
            itertools.groupby(range(steps), lambda step: (step == 0, *self._parts(step, steps)))
        ):
            first, *parts = key
            rate, volatility, dividend = (
                getattr(self, name)[part]
                for name, part in zip(("rate", "volatility", "dividend"), parts, strict=True)
            )
            mean = (rate - dividend - 0.5 * volatility * volatility) * dt
            mean = mean + (np.log(self._without(maturity)) - np.log(unit)) if first else mean
            name = "first return" if first else f"returns[{step}]"
            made.append(Input(name, normal(mean, volatility * np.sqrt(dt)), len(list(run))))
        return made

    def _without(self, maturity: Any) -> Any:
        """The spot without the dividends that it will pay."""
        paid = present_value(tuple(self.cash_dividends.items()), self.rate, maturity, 0.0)
        left = self.spot - paid
        if np.any(np.asarray(value_of(left)) <= 0.0):
            raise ValueError(
                "GeometricBrownianMotion: cash_dividends are worth "
                f"{value_of(paid):g} now, not less than the spot {value_of(self.spot):g}"
            )
        return left

    def structure(self, maturity: Any, steps: int, unit: Any) -> Mapping[str, Any]:
        """What is still to be paid out at the end of each step, if there are dividends in cash."""
        paid = tuple(self.cash_dividends.items())
        return {
            f"{TO_COME}[{step}]": present_value(
                paid, self.rate, maturity, maturity * ((step + 1) / steps)
            )
            / unit
            for step in range(steps if paid else 0)
        }

    def moves_end(self, place: str) -> bool:
        """At maturity nothing is to come."""
        return not place.startswith(TO_COME)

    def kink(self, maturity: Any, steps: int) -> str | None:
        """A step that moves past a payment of cash."""
        paid = tuple(self.cash_dividends.items())
        if not (paid and moves(maturity) and paid_at_a_step(paid, maturity, steps)):
            return None
        return (
            "the price drops where a step ends now, so that there is no derivative by the "
            "maturity: take another number of steps"
        )

    def start(self) -> Any:
        """The spot."""
        return self.spot

    def variances(self, maturity: Any, steps: int) -> list[Any]:
        """σ² dt."""
        dt, count = maturity * (1.0 / steps), len(self.volatility)
        parts = [self.volatility[step * count // steps] for step in range(steps)]
        return [sigma * sigma * dt for sigma in (parts if count > 1 else parts[:1])]

    def greek_parameters(self) -> dict[str, float]:
        """A curve of one is its value."""
        made = {"spot": float(self.spot)}
        for name in ("rate", "volatility"):
            curve = getattr(self, name)
            made[name] = float(curve[0]) if len(curve) == 1 else 0.0
        return made

    def moved(self, given: Mapping[str, Any]) -> GeometricBrownianMotion:
        """Curves are shifted."""
        made: dict[str, Any] = {}
        for name, value in given.items():
            curve = getattr(self, name)
            many = name != "spot" and len(curve) > 1
            made[name] = tuple(part + value for part in curve) if many else value
        return dataclasses.replace(self, **made)

    def is_lognormal(self, at_end: bool) -> bool:
        """They are; with dividends in cash at maturity only, when nothing is to come."""
        return at_end or not self.cash_dividends

    def walk(self, maturity: Any, steps: int, unit: Any) -> tuple[Callable[..., Any], dict]:
        """Of lognormal prices, with dividends to come on top if there are any."""
        to_come = list(self.structure(maturity, steps, unit).values())
        if not to_come:
            return lognormal_prices, {}
        return escrowed_prices, {"dividends_to_come": [*map(real, to_come)]}

    def growth(self, start: Any, maturity: Any) -> Any:
        """exp(∫ rate) from then on."""
        whole = accrued(self.rate, maturity, maturity)
        return np.exp(whole - accrued(self.rate, maturity, start))

    def paid_at_steps(self, maturity: Any, steps: int) -> list[Any]:
        """Those of the schedule."""
        return paid_at_steps(tuple(self.cash_dividends.items()), maturity, steps)

    def paths(self, steps: int) -> Sequence[Sequence[int]]:
        """All steps are one."""
        return [range(steps)]

    def bridge_refusal(self) -> str | None:
        """They are, without dividends in cash."""
        if not self.cash_dividends:
            return None
        return (
            "continuous monitoring needs lognormal prices, and cash dividends stand on top of "
            "them: say monitoring='discrete'"
        )

    def _parts(self, step: int, steps: int) -> list[int]:
        """Which bucket of each curve a step lies in."""
        curves = (self.rate, self.volatility, self.dividend)
        return [step * len(curve) // steps for curve in curves]

    def discount(self, maturity: Any) -> Any:
        """exp(-∫ rate)."""
        return np.exp(-sum(self.rate) * maturity * (1.0 / len(self.rate)))

    def last_step_is_normal(self) -> bool:
        """It is."""
        return True


def buckets(given: Any) -> tuple[Any, ...]:
    """A curve as its parts; a number is a curve of one."""
    if isinstance(given, (list, tuple)) or (isinstance(given, np.ndarray) and given.ndim == 1):
        if not len(given):
            raise ValueError("a curve needs at least one value")
        return tuple(given)
    return (given,)
