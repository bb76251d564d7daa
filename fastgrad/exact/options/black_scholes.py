"""Black and Scholes: calls, puts, digitals, and the exchange of one asset for another."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import ndtr

from ...finance.checks import check_kind
from .greeks import OptionValue, derived, positive

KINDS = ("call", "put")


def forward_price(forward: Any, strike: Any, deviation: Any, sign: float) -> Any:
    """E(± (S - K))⁺ for lognormal S with mean `forward` and ln S of this standard deviation."""
    above = np.log(forward / strike) / deviation + 0.5 * deviation
    below = above - deviation
    return sign * (forward * ndtr(sign * above) - strike * ndtr(sign * below))


def black_scholes(
    spot: float,
    strike: float,
    rate: float,
    volatility: float,
    maturity: float,
    dividend: float = 0.0,
    kind: str = "call",
) -> OptionValue:
    """A European call or put under geometric Brownian motion.

    Parameters
    ----------
    spot, strike : float
        Above 0.
    rate, dividend : float
        Continuously compounded, a year.
    volatility : float
        A year, above 0.
    maturity : float
        In years, above 0.
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

    def price(
        spot: Any, strike: Any, rate: Any, volatility: Any, maturity: Any, dividend: Any
    ) -> Any:
        forward = spot * np.exp((rate - dividend) * maturity)
        deviation = volatility * np.sqrt(maturity)
        return np.exp(-rate * maturity) * forward_price(forward, strike, deviation, sign)

    return derived(
        price, spot=spot, strike=strike, rate=rate, volatility=volatility, maturity=maturity,
        dividend=dividend,
    )  # fmt: skip


def digital_option(
    spot: float,
    strike: float,
    rate: float,
    volatility: float,
    maturity: float,
    dividend: float = 0.0,
    kind: str = "call",
    pays: str = "cash",
) -> OptionValue:
    """Cash of 1 (or the asset) if S_T > strike (below it for a put).

    Parameters
    ----------
    spot, strike, rate, volatility, maturity, dividend, kind
        As for `black_scholes`.
    pays : {"cash", "asset"}

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
    check_kind("pays", pays, ("cash", "asset"))

    def price(
        spot: Any, strike: Any, rate: Any, volatility: Any, maturity: Any, dividend: Any
    ) -> Any:
        deviation = volatility * np.sqrt(maturity)
        drift = (rate - dividend) * maturity
        below = (np.log(spot / strike) + drift) / deviation - 0.5 * deviation
        if pays == "cash":
            return np.exp(-rate * maturity) * ndtr(sign * below)
        return spot * np.exp(-dividend * maturity) * ndtr(sign * (below + deviation))

    return derived(
        price, spot=spot, strike=strike, rate=rate, volatility=volatility, maturity=maturity,
        dividend=dividend,
    )  # fmt: skip


def exchange_option(
    spot: float,
    other: float,
    volatility: float,
    other_volatility: float,
    correlation: float,
    maturity: float,
    dividend: float = 0.0,
    other_dividend: float = 0.0,
) -> OptionValue:
    """The right to give `other` for `spot` at maturity (Margrabe): E(S_T - O_T)⁺ e^(-rT).

    Parameters
    ----------
    spot, other : float
        The two prices now, above 0.
    volatility, other_volatility : float
        A year, above 0.
    correlation : float
        Of the two returns, between -1 and 1.
    maturity : float
        In years, above 0.
    dividend, other_dividend : float
        Yields, continuously compounded. No interest rate stands in the price.

    Returns
    -------
    OptionValue

    Raises
    ------
    ValueError, TypeError
        For arguments out of their range.
    """
    positive(spot=spot, other=other, volatility=volatility, maturity=maturity)
    positive(other_volatility=other_volatility)
    if not -1.0 < correlation < 1.0:
        raise ValueError(f"correlation must lie between -1 and 1, got {correlation}")

    def price(
        spot: Any, other: Any, volatility: Any, other_volatility: Any, correlation: Any,
        maturity: Any, dividend: Any, other_dividend: Any,
    ) -> Any:  # fmt: skip
        variance = (
            volatility * volatility
            + other_volatility * other_volatility
            - 2.0 * correlation * volatility * other_volatility
        )
        mine = spot * np.exp(-dividend * maturity)
        given = other * np.exp(-other_dividend * maturity)
        return forward_price(mine, given, np.sqrt(variance * maturity), 1.0)

    return derived(
        price, spot=spot, other=other, volatility=volatility, other_volatility=other_volatility,
        correlation=correlation, maturity=maturity, dividend=dividend,
        other_dividend=other_dividend,
    )  # fmt: skip
