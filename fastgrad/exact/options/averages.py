"""Options on the geometric mean of prices, which is lognormal."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...finance.checks import check_kind
from ...models.model import check_count
from .black_scholes import KINDS, forward_price
from .greeks import OptionValue, derived, positive


def geometric_asian(
    spot: float,
    strike: float,
    rate: float,
    volatility: float,
    maturity: float,
    steps: int,
    dividend: float = 0.0,
    kind: str = "call",
) -> OptionValue:
    """A call or put on the geometric mean of the prices at the ends of equal steps.

    Parameters
    ----------
    spot, strike, volatility, maturity : float
        Above 0.
    rate, dividend : float
        Continuously compounded.
    steps : int
        Number of prices averaged.
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
    sign = 1.0 if check_kind("kind", kind, KINDS) == "call" else -1.0
    steps = check_count("steps", steps)
    # ln G has mean ln S + (r - d - σ²/2) t̄ and variance σ² Σ over pairs of min(t_i, t_j) / m².
    dates = np.arange(1, steps + 1) / steps
    mean_time = float(dates.mean())
    shared = float(np.minimum.outer(dates, dates).mean())

    def price(
        spot: Any, strike: Any, rate: Any, volatility: Any, maturity: Any, dividend: Any
    ) -> Any:
        square = volatility * volatility
        mean = (rate - dividend - 0.5 * square) * mean_time * maturity
        variance = square * shared * maturity
        forward = spot * np.exp(mean + 0.5 * variance)
        discount = np.exp(-rate * maturity)
        return discount * forward_price(forward, strike, np.sqrt(variance), sign)

    return derived(
        price, spot=spot, strike=strike, rate=rate, volatility=volatility, maturity=maturity,
        dividend=dividend,
    )  # fmt: skip
