"""When to exercise an option."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..exact.options.american import best_threshold, price_at
from ..finance import American, GeometricBrownianMotion, Option
from ..models.model import Model
from .problem import Problem


def american_call(dividend: float = 9.0, volatility: float = 0.2) -> Problem:
    """Above which price an American call is exercised just before a dividend in cash.

    max E[payoff] over the threshold, from the strike up, at the date of the only dividend, half
    way to maturity; spot 120, strike 100, rate 0.02. The best threshold is where exercising is
    worth as much as holding on (`fastgrad.exact.american_call_one_dividend`).

    Parameters
    ----------
    dividend : float
        In cash.
    volatility : float

    Raises
    ------
    ValueError
        If exercising early is never worth it: the dividend is too small.
    """
    market = (120.0, 100.0, 0.02, volatility, 1.0, dividend, 0.5)
    best = best_threshold(*market)
    if not np.isfinite(best):
        raise ValueError(f"with a dividend of {dividend} exercising early is never worth it")

    def build(theta: Any) -> Model:
        prices = GeometricBrownianMotion(120.0, 0.02, volatility, cash_dividends={0.5: dividend})
        return -Option(prices, American(100.0, "call", [theta]), maturity=1.0, steps=2)

    def value(x: np.ndarray) -> float:
        return -float(price_at(*market, threshold=float(x[0])))

    optimum, name = np.array([best]), "American call, one dividend"
    return Problem(
        name, build, (120.0, 135.0, 150.0), (100.0, 250.0), value, optimum, value(optimum)
    )
