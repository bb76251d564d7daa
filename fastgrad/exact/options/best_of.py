"""The better or the worse of two assets (Stulz 1982)."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, owens_t

from ...finance.checks import check_kind
from .black_scholes import KINDS
from .greeks import OptionValue, by_differences, positive


def best_of_option(
    spot: float,
    other: float,
    strike: float,
    rate: float,
    volatility: float,
    other_volatility: float,
    correlation: float,
    maturity: float,
    dividend: float = 0.0,
    other_dividend: float = 0.0,
    kind: str = "call",
    worst: bool = False,
) -> OptionValue:
    """A call or put on the larger of two prices, or on the smaller.

    Parameters
    ----------
    spot, other, strike : float
        Above 0.
    rate : float
        Continuously compounded.
    volatility, other_volatility : float
        A year, above 0.
    correlation : float
        Of the two returns, between -1 and 1.
    maturity : float
        In years, above 0.
    dividend, other_dividend : float
        Yields, continuously compounded.
    kind : {"call", "put"}
    worst : bool
        On the smaller of the two.

    Raises
    ------
    ValueError, TypeError
        For arguments out of their range.
    """
    positive(spot=spot, other=other, strike=strike, volatility=volatility, maturity=maturity)
    positive(other_volatility=other_volatility)
    if not -1.0 < correlation < 1.0:
        raise ValueError(f"correlation must lie between -1 and 1, got {correlation}")
    check_kind("kind", kind, KINDS)
    given = {
        "spot": spot, "other": other, "strike": strike, "rate": rate, "volatility": volatility,
        "other_volatility": other_volatility, "correlation": correlation, "maturity": maturity,
        "dividend": dividend, "other_dividend": other_dividend,
    }  # fmt: skip
    return by_differences(lambda **at: _price(kind, worst, **at), given)


def _price(
    kind: str, worst: bool, spot: float, other: float, strike: float, rate: float,
    volatility: float, other_volatility: float, correlation: float, maturity: float,
    dividend: float, other_dividend: float,
) -> float:  # fmt: skip
    """The worse of two plus the better are both of them; a put by parity."""
    root = np.sqrt(maturity)
    one, two = volatility * root, other_volatility * root
    apart = np.sqrt(one * one + two * two - 2.0 * correlation * one * two)
    mine, its = spot * np.exp(-dividend * maturity), other * np.exp(-other_dividend * maturity)
    cash = strike * np.exp(-rate * maturity)
    ahead = np.log(mine / its) / apart + 0.5 * apart
    best = mine * ndtr(ahead) + its * ndtr(apart - ahead)
    y, z = np.log(mine / cash) / one + 0.5 * one, np.log(its / cash) / two + 0.5 * two
    call = (
        mine * _both_below(y, ahead, (one - correlation * two) / apart)
        + its * _both_below(z, apart - ahead, (two - correlation * one) / apart)
        - cash * (1.0 - _both_below(one - y, two - z, correlation))
    )
    if worst:
        plain = mine * ndtr(y) - cash * ndtr(y - one) + its * ndtr(z) - cash * ndtr(z - two)
        best, call = mine + its - best, plain - call
    return float(call if kind == "call" else call - best + cash)


def _both_below(a: float, b: float, correlation: float) -> float:
    """P(X < a, Y < b) for standard normals of this correlation (Owen 1956)."""
    a, b = (1e-300 if x == 0.0 else x for x in (a, b))  # Owen's form divides by both
    left = np.sqrt(1.0 - correlation * correlation)
    first = owens_t(a, (b / a - correlation) / left)
    second = owens_t(b, (a / b - correlation) / left)
    apart = 0.5 if a * b < 0.0 else 0.0
    return float(0.5 * (ndtr(a) + ndtr(b)) - first - second - apart)
