"""An American call on an asset that pays one dividend in cash (Roll, Geske and Whaley)."""

from __future__ import annotations

import numpy as np
from scipy import integrate, optimize
from scipy.special import ndtr
from scipy.stats import norm

from .black_scholes import black_scholes
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
    """
    positive(spot=spot, strike=strike, volatility=volatility, maturity=maturity)
    positive(dividend=dividend, dividend_time=dividend_time)
    if dividend_time >= maturity:
        raise ValueError("dividend_time must lie before maturity")
    if spot <= dividend * np.exp(-rate * dividend_time):
        raise ValueError("the dividend is worth more than the asset")
    given = {
        "spot": spot, "strike": strike, "rate": rate, "volatility": volatility,
        "maturity": maturity, "dividend": dividend, "dividend_time": dividend_time,
    }  # fmt: skip
    if threshold is not None:
        positive(threshold=threshold)
        return by_differences(_price, given | {"threshold": threshold})
    return by_differences(lambda **at: _price(**at, threshold=best_threshold(**at)), given)


def best_threshold(
    spot: float, strike: float, rate: float, volatility: float, maturity: float, dividend: float,
    dividend_time: float,
) -> float:  # fmt: skip
    """Where exercising before the dividend is worth as much as holding on."""
    left = maturity - dividend_time

    def gain(price: float) -> float:
        held = black_scholes(price - dividend, strike, rate, volatility, left).price
        return price - strike - held

    low, high = max(strike, dividend) * (1.0 + 1e-9), 4.0 * (strike + dividend)
    while gain(high) < 0.0:
        if high > 1e6 * (strike + dividend):
            return np.inf  # never worth it: the dividend is too small
        high *= 2.0
    return float(optimize.brentq(gain, low, high, xtol=1e-13, rtol=1e-14))


def _price(
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

    def held(z: float) -> float:
        price = np.exp(mean + deviation * z)
        spread = volatility * np.sqrt(left)
        above = (np.log(price / strike) + rate * left) / spread + 0.5 * spread
        call = price * ndtr(above) - strike * np.exp(-rate * left) * ndtr(above - spread)
        return float(call * norm.pdf(z))

    low, high = min(-12.0, edge - 1.0), min(edge, 12.0 + deviation)
    middle = (np.log(strike) - mean) / deviation
    points = [p for p in (middle, 0.0) if low < p < high]
    holding = integrate.quad(held, low, high, points=points, epsabs=1e-13, epsrel=1e-13,
                             limit=400)[0]  # fmt: skip
    return float(exercised + discount * holding)
