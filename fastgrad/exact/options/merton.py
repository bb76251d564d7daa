"""Merton's jumps: a series of lognormal prices, one for each number of jumps."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...finance.checks import check_kind
from .black_scholes import KINDS, forward_price
from .greeks import OptionValue, derived, positive

NEGLIGIBLE = 1e-16  # probability of more jumps than the series has


def merton_jumps(
    spot: float,
    strike: float,
    rate: float,
    volatility: float,
    maturity: float,
    intensity: float,
    jump_mean: float,
    jump_deviation: float,
    dividend: float = 0.0,
    kind: str = "call",
) -> OptionValue:
    """A European option on a price with Poisson jumps, whose logarithms are normal.

    Parameters
    ----------
    spot, strike, volatility, maturity : float
        Above 0.
    rate, dividend : float
        Continuously compounded.
    intensity : float
        Jumps a year, above 0.
    jump_mean, jump_deviation : float
        Of the logarithm of a jump; the standard deviation above 0.
    kind : {"call", "put"}

    Returns
    -------
    OptionValue

    Raises
    ------
    ValueError, TypeError
        For arguments out of their range.
    """
    positive(spot=spot, strike=strike, volatility=volatility, maturity=maturity)
    positive(intensity=intensity, jump_deviation=jump_deviation)
    sign = 1.0 if check_kind("kind", kind, KINDS) == "call" else -1.0
    expected = intensity * maturity * math.exp(jump_mean + 0.5 * jump_deviation**2)
    terms = int(max(expected, intensity * maturity) + 12.0 * math.sqrt(expected + 1.0) + 24)

    def price(
        spot: Any, strike: Any, rate: Any, volatility: Any, maturity: Any, intensity: Any,
        jump_mean: Any, jump_deviation: Any, dividend: Any,
    ) -> Any:  # fmt: skip
        square = jump_deviation * jump_deviation
        gain = np.exp(jump_mean + 0.5 * square) - 1.0
        mean_jumps = intensity * maturity
        total: Any = 0.0
        for jumps in range(terms):
            weight = np.exp(jumps * np.log(mean_jumps) - mean_jumps - math.lgamma(jumps + 1))
            drift = (rate - dividend - intensity * gain) * maturity
            forward = spot * np.exp(drift + jumps * (jump_mean + 0.5 * square))
            deviation = np.sqrt(volatility * volatility * maturity + jumps * square)
            total = total + weight * forward_price(forward, strike, deviation, sign)
        return np.exp(-rate * maturity) * total

    return derived(
        price, spot=spot, strike=strike, rate=rate, volatility=volatility, maturity=maturity,
        intensity=intensity, jump_mean=jump_mean, jump_deviation=jump_deviation, dividend=dividend,
    )  # fmt: skip
