"""Options with a barrier watched all the time (Reiner and Rubinstein 1991)."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import ndtr

from ...core.tracer import value_of
from ...finance.checks import check_kind
from .black_scholes import KINDS
from .greeks import OptionValue, derived, positive

STYLES = ("down-and-in", "down-and-out", "up-and-in", "up-and-out")


def barrier_option(
    spot: float,
    strike: float,
    barrier: float,
    rate: float,
    volatility: float,
    maturity: float,
    dividend: float = 0.0,
    style: str = "down-and-out",
    kind: str = "call",
) -> OptionValue:
    """A call or put that begins ("in") or ends ("out") when the price touches the barrier.

    Parameters
    ----------
    spot, strike, barrier, volatility, maturity : float
        Above 0; a barrier that the spot has passed already makes an "in" option the plain one
        and an "out" option worthless.
    rate, dividend : float
        Continuously compounded.
    style : {"down-and-in", "down-and-out", "up-and-in", "up-and-out"}
    kind : {"call", "put"}

    Returns
    -------
    OptionValue

    Raises
    ------
    ValueError, TypeError
        For arguments out of their range.
    """
    positive(spot=spot, strike=strike, barrier=barrier, volatility=volatility, maturity=maturity)
    phi = 1.0 if check_kind("kind", kind, KINDS) == "call" else -1.0
    check_kind("style", style, STYLES)
    eta = 1.0 if style.startswith("down") else -1.0
    inside = style.endswith("in")
    passed = (spot <= barrier) if eta > 0.0 else (spot >= barrier)

    def price(
        spot: Any, strike: Any, barrier: Any, rate: Any, volatility: Any, maturity: Any,
        dividend: Any,
    ) -> Any:  # fmt: skip
        a, b, c, d = _terms(spot, strike, barrier, rate, volatility, maturity, dividend, phi, eta)
        if passed:
            return a if inside else 0.0 * a
        above = value_of(strike) > value_of(barrier)
        if (phi > 0.0) == (eta > 0.0):  # the barrier lies on the side that is out of the money
            knocked_in = c if above == (phi > 0.0) else a - b + d
        else:
            knocked_in = a if above == (phi > 0.0) else b - c + d
        return knocked_in if inside else a - knocked_in

    return derived(
        price, spot=spot, strike=strike, barrier=barrier, rate=rate, volatility=volatility,
        maturity=maturity, dividend=dividend,
    )  # fmt: skip


def _terms(
    spot: Any, strike: Any, barrier: Any, rate: Any, volatility: Any, maturity: Any,
    dividend: Any, phi: float, eta: float,
) -> tuple[Any, Any, Any, Any]:  # fmt: skip
    """The plain option, the same beyond the barrier, and their reflections."""
    deviation = volatility * np.sqrt(maturity)
    power = (rate - dividend) / (volatility * volatility) - 0.5
    shift = (1.0 + power) * deviation
    asset = spot * np.exp(-dividend * maturity)
    cash = strike * np.exp(-rate * maturity)
    ratio = barrier / spot

    def term(inner: Any, sign: float, weight: Any, square: Any) -> Any:
        x = np.log(inner) / deviation + shift
        return phi * (
            asset * square * weight * ndtr(sign * x) - cash * weight * ndtr(sign * (x - deviation))
        )

    reflected = np.exp(2.0 * power * np.log(ratio))
    return (
        term(spot / strike, phi, 1.0, 1.0),
        term(spot / barrier, phi, 1.0, 1.0),
        term(barrier * barrier / (spot * strike), eta, reflected, ratio * ratio),
        term(ratio, eta, reflected, ratio * ratio),
    )
