"""Options on the largest or smallest price, watched all the time."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import ndtr

from ...core.tracer import value_of
from ...finance.checks import check_kind
from .black_scholes import KINDS
from .greeks import OptionValue, derived, positive


def lookback_option(
    spot: float,
    rate: float,
    volatility: float,
    maturity: float,
    dividend: float = 0.0,
    kind: str = "put",
    strike: float | None = None,
) -> OptionValue:
    """max S - S_T (put) or S_T - min S (call); with a strike, (max S - K)⁺ or (K - min S)⁺.

    Parameters
    ----------
    spot, volatility, maturity : float
        Above 0.
    rate, dividend : float
        Continuously compounded; they must differ.
    kind : {"put", "call"}
    strike : float, optional
        Of a fixed lookback, a call on the maximum or a put on the minimum.

    Returns
    -------
    OptionValue

    Raises
    ------
    ValueError, TypeError
        For arguments out of their range.
    """
    positive(spot=spot, volatility=volatility, maturity=maturity)
    check_kind("kind", kind, KINDS)
    if rate == dividend:
        raise ValueError(
            f"rate and dividend must differ in the closed form, got {rate} for both: move one of "
            "them by 1e-6"
        )
    on_maximum = (kind == "put") if strike is None else (kind == "call")
    sign = 1.0 if on_maximum else -1.0

    def floating(spot: Any, extreme: Any, rate: Any, volatility: Any, maturity: Any, d: Any) -> Any:
        """E e^(-rT) ± (extreme so far and from now on - S_T)."""
        carry = rate - d
        deviation = volatility * np.sqrt(maturity)
        a = (np.log(spot / extreme) + carry * maturity) / deviation + 0.5 * deviation
        half = 0.5 * volatility * volatility / carry
        discount, asset = np.exp(-rate * maturity), spot * np.exp(-d * maturity)
        power = np.exp(-np.log(spot / extreme) / half)
        moved = a - 2.0 * carry * np.sqrt(maturity) / volatility
        reflected = np.exp(carry * maturity) * ndtr(sign * a) - power * ndtr(sign * moved)
        return sign * (
            extreme * discount * ndtr(-sign * (a - deviation))
            - asset * ndtr(-sign * a)
            + spot * discount * half * reflected
        )

    def price(
        spot: Any, rate: Any, volatility: Any, maturity: Any, dividend: Any, strike: Any = None
    ) -> Any:
        if strike is None:
            return floating(spot, spot, rate, volatility, maturity, dividend)
        beyond = (
            value_of(strike) > value_of(spot) if on_maximum else (value_of(strike) < value_of(spot))
        )
        # (max - K)⁺ = max(max, K) - K: a floating lookback whose extreme so far is the larger of
        # K and the spot, plus S_T, less K.
        extreme = strike if beyond else spot
        held = spot * np.exp(-dividend * maturity) - strike * np.exp(-rate * maturity)
        return floating(spot, extreme, rate, volatility, maturity, dividend) + sign * held

    given = {"spot": spot, "rate": rate, "volatility": volatility, "maturity": maturity}
    given |= {"dividend": dividend}
    if strike is not None:
        positive(strike=strike)
        given |= {"strike": strike}
    return derived(price, **given)
