"""An American call on an asset that pays one dividend in cash (Roll, Geske and Whaley)."""

from __future__ import annotations

import numpy as np
from scipy import optimize
from scipy.special import ndtr

from .black_scholes import forward_price
from .greeks import OptionValue, by_differences, positive


def american_call_one_dividend(
    spot: float,
    strike: float,
    rate: float,
    volatility: float,
    maturity: float,
    dividend: float,
    dividend_time: float,
    threshold: float | None = None,
) -> OptionValue:
    """The call that is exercised just before the dividend if the price exceeds a threshold.

    The price without the present value of the dividend is a geometric Brownian motion.

    Parameters
    ----------
    spot, strike, volatility, maturity : float
        Above 0.
    rate : float
        Continuously compounded.
    dividend : float
        In cash, paid at `dividend_time`.
    dividend_time : float
        Between 0 and maturity.
    threshold : float, optional
        Of the price just before the dividend; the best one by default, in which case no
        derivative by it is zero by chance: it is the optimum.

    Returns
    -------
    OptionValue

    Raises
    ------
    ValueError, TypeError
        For arguments out of their range.
    """
    positive(spot=spot, strike=strike, volatility=volatility, maturity=maturity)
    positive(dividend=dividend, dividend_time=dividend_time)
    if dividend_time >= maturity:
        raise ValueError(f"dividend_time must lie before maturity {maturity}, got {dividend_time}")
    if spot <= dividend * np.exp(-rate * dividend_time):
        raise ValueError(f"dividend {dividend} is worth as much as the asset, spot {spot}, or more")
    given = {
        "spot": spot, "strike": strike, "rate": rate, "volatility": volatility,
        "maturity": maturity, "dividend": dividend, "dividend_time": dividend_time,
    }  # fmt: skip
    if threshold is not None:
        positive(threshold=threshold)
        return by_differences(price_at, given | {"threshold": threshold})
    return by_differences(lambda **at: price_at(**at, threshold=best_threshold(**at)), given)


def best_threshold(
    spot: float, strike: float, rate: float, volatility: float, maturity: float, dividend: float,
    dividend_time: float,
) -> float:  # fmt: skip
    """Where exercising before the dividend is worth as much as holding on."""
    left = maturity - dividend_time

    def gain(price: float) -> float:
        grown = (price - dividend) * np.exp(rate * left)
        held = forward_price(grown, strike, volatility * np.sqrt(left), 1.0) * np.exp(-rate * left)
        return float(price - strike - held)

    low, high = max(strike, dividend) * (1.0 + 1e-9), 4.0 * (strike + dividend)
    while gain(high) < 0.0:
        if high > 1e6 * (strike + dividend):
            return np.inf  # never worth it: the dividend is too small
        high *= 2.0
    return float(optimize.brentq(gain, low, high, xtol=1e-13, rtol=1e-14))


def price_at(
    spot: float, strike: float, rate: float, volatility: float, maturity: float, dividend: float,
    dividend_time: float, threshold: float,
) -> float:  # fmt: skip
    """Exercise above the threshold in closed form, holding below it by quadrature."""
    start = spot - dividend * np.exp(-rate * dividend_time)
    deviation = volatility * np.sqrt(dividend_time)
    mean = np.log(start) + (rate - 0.5 * volatility**2) * dividend_time
    edge = (np.log(max(threshold - dividend, 1e-300)) - mean) / deviation
    paid = max(strike, threshold)
    place = (np.log(max(paid - dividend, 1e-300)) - mean) / deviation
    discount = np.exp(-rate * dividend_time)
    exercised = start * ndtr(deviation - place) - discount * (strike - dividend) * ndtr(-place)
    left = maturity - dividend_time

    # Panels of half a deviation with 16 nodes each: the integrand is analytic, its error is 1e-14.
    low, high = min(-12.0, edge - 1.0), min(edge, 12.0 + deviation)
    nodes, weights = np.polynomial.legendre.leggauss(16)
    ends = np.linspace(low, high, int(np.ceil(2.0 * (high - low))) + 1)
    half = 0.5 * np.diff(ends)[:, None]
    z = 0.5 * (ends[1:] + ends[:-1])[:, None] + half * nodes
    grown = np.exp(mean + deviation * z + rate * left)
    held = forward_price(grown, strike, volatility * np.sqrt(left), 1.0) * np.exp(-rate * left)
    density = np.exp(-0.5 * z * z) / np.sqrt(2.0 * np.pi)
    holding = float(np.sum(half * weights * held * density))
    return float(exercised + discount * holding)
