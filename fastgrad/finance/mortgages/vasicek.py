"""Short rates that return to a mean, stepped exactly."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ...core.tracer import value_of
from ...distributions.families import DISTRIBUTIONS
from ...models.model import Input
from ..checks import check_kind, check_number, real
from .cash_flows import shifted_rates, vasicek_rates

ACCOUNTS = ("continuous", "period")


@dataclasses.dataclass(frozen=True, eq=False)
class Vasicek:
    """dr = mean_reversion (long_rate - r) dt + volatility dW (Vasicek 1977), and a curve on top.

    The random inputs are what moves the rate from one period to the next, independent normals;
    their distribution is exact at every length of the periods.

    Parameters
    ----------
    rate, long_rate : float
        The short rate now and in the long run, continuously compounded, a year.
    mean_reversion, volatility : float
        Above 0, a year.
    key_rates : mapping of float to float
        What is added to the yields of zero bonds by their maturity in years, linear in between
        and constant outside: θ in one of them is a key rate (Ho 1992), and one entry alone shifts
        the whole curve. It makes of the model one that fits any curve of today.
    account : {"continuous", "period"}
        What discounts: the bank account that earns the short rate at every moment, so that zero
        bonds are worth what Vasicek's formula says; or one that earns, for each period, the rate
        at its beginning.
    """

    rate: Any
    mean_reversion: Any
    long_rate: Any
    volatility: Any
    key_rates: Mapping[float, Any] = dataclasses.field(default_factory=dict)
    account: str = "continuous"

    def __post_init__(self) -> None:
        for name in ("rate", "long_rate"):
            check_number(f"Vasicek: {name}", getattr(self, name))
        for name in ("mean_reversion", "volatility"):
            check_number(f"Vasicek: {name}", getattr(self, name), positive=True)
        check_kind("Vasicek: account", self.account, ACCOUNTS)
        if not isinstance(self.key_rates, Mapping):
            raise TypeError(
                f"Vasicek: key_rates must be a dict such as {{5.0: 0.0}}, got {self.key_rates!r}"
            )
        for time, shift in self.key_rates.items():
            check_number("Vasicek: key_rates: a maturity", time, positive=True)
            check_number(f"Vasicek: key_rates: the shift at {time:g}", shift)
        object.__setattr__(self, "key_rates", dict(sorted(self.key_rates.items())))

    def inputs(self, periods: int, width: float) -> list[Input]:
        """What moves the rate in each period.

        Parameters
        ----------
        periods : int
        width : float
            Of a period, in years.
        """
        normal: Any = DISTRIBUTIONS["Normal"]
        gone = -np.expm1(-self.mean_reversion * width)
        sd = self.volatility * np.sqrt(gone * (2.0 - gone) / (2.0 * self.mean_reversion))
        return [Input("moves", normal(self.long_rate * gone, sd), periods)]

    def walk(self, periods: int, width: float) -> tuple[Callable[..., Any], dict[str, Any]]:
        """The path as a plain function of (x, p), with the parameters that it reads.

        Given the rates at both ends of a period, ∫r between them is normal with a mean that is
        linear in these: so the discount factor is known, and no further draw is needed.

        Parameters
        ----------
        periods, width
            As for `inputs`.
        """
        pull, spread = self.mean_reversion, self.volatility / self.mean_reversion
        keep = np.exp(-pull * width)
        made = {"now": self.rate, "keep": keep, "before": width, "after": 0.0, "constant": 0.0}
        if self.account == "continuous":
            share = (1.0 - keep) / ((1.0 + keep) * pull)
            left = width - 2.0 * share
            constant = self.long_rate * left - 0.5 * spread * spread * left
            made.update(before=share, after=share, constant=constant)
        made = {f"rate_{name}": real(value) for name, value in made.items()}
        if not self.key_rates:
            return vasicek_rates, made
        shares = forwards([*self.key_rates], periods, width)
        shifts = [real(shift) for shift in self.key_rates.values()]
        return shifted_rates, {**made, "key_rates": shifts, "key_shares": shares}

    def greek_parameters(self) -> dict[str, float]:
        """What `durations` moves."""
        return {name: float(value_of(getattr(self, name))) for name in ("rate", "volatility")}

    def moved(self, given: Mapping[str, Any], shifts: Mapping[float, Any]) -> Vasicek:
        """With some of these, and the curve shifted by as much more at these maturities."""
        if not shifts:
            return dataclasses.replace(self, **given)
        every = sorted({*self.key_rates, *shifts})
        both = {time: at(shifts, time) for time in every}
        if self.key_rates:
            both = {time: both[time] + at(self.key_rates, time) for time in every}
        return dataclasses.replace(self, **given, key_rates=both)


def tents(times: list[float], now: np.ndarray) -> np.ndarray:
    """How much of each key rate stands in the yields of these maturities, (keys, maturities)."""
    return np.array([np.interp(now, times, row) for row in np.eye(len(times))])


def at(curve: Mapping[float, Any], time: float) -> Any:
    """A curve at one maturity; θ may stand in it."""
    weights = tents([*curve], np.array([time]))[:, 0]
    return sum(w * shift for w, shift in zip(weights, curve.values(), strict=True) if w != 0.0)


def forwards(times: list[float], periods: int, width: float) -> np.ndarray:
    """How much of each key rate is added to the short rate in each period, (keys, periods).

    A yield shifted by s(T) shifts ∫r up to T by s(T) T.
    """
    ends = width * np.arange(periods + 1)
    shares = tents([float(time) for time in times], ends) * ends
    return np.ascontiguousarray(np.diff(shares, axis=1) / width)
