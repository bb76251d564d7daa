"""Heston's stochastic volatility by its characteristic function."""

from __future__ import annotations

import numpy as np
from scipy import integrate

from ...finance.checks import check_kind
from .black_scholes import KINDS
from .greeks import OptionValue, by_differences, positive


def heston(
    spot: float,
    strike: float,
    rate: float,
    maturity: float,
    variance: float,
    reversion: float,
    mean_variance: float,
    vol_of_vol: float,
    correlation: float,
    dividend: float = 0.0,
    kind: str = "call",
) -> OptionValue:
    """A European option under dS = (r - d) S dt + √V S dW, dV = κ(V̄ - V) dt + ξ √V dW'.

    Parameters
    ----------
    spot, strike, maturity : float
        Above 0.
    rate, dividend : float
        Continuously compounded.
    variance, mean_variance : float
        V now and V̄, above 0 (a volatility of 20 % is a variance of 0.04).
    reversion, vol_of_vol : float
        κ and ξ, above 0.
    correlation : float
        Of the two Brownian motions, between -1 and 1.
    kind : {"call", "put"}

    Notes
    -----
    The price is one integral over the characteristic function in the form that has no branch
    cut (Albrecher and others 2007), accurate to about 1e-11; Greeks are differences of it.
    """
    positive(spot=spot, strike=strike, maturity=maturity, variance=variance)
    positive(reversion=reversion, mean_variance=mean_variance, vol_of_vol=vol_of_vol)
    if not -1.0 < correlation < 1.0:
        raise ValueError(f"correlation must lie between -1 and 1, got {correlation}")
    check_kind("kind", kind, KINDS)
    given = {
        "spot": spot, "strike": strike, "rate": rate, "maturity": maturity, "variance": variance,
        "reversion": reversion, "mean_variance": mean_variance, "vol_of_vol": vol_of_vol,
        "correlation": correlation, "dividend": dividend,
    }  # fmt: skip
    return by_differences(lambda **at: _price(kind, **at), given)


def _price(kind: str, **at: float) -> float:
    """Call by the contour Im u = -1/2 (Lewis 2001); a put by parity."""
    forward = at["spot"] * np.exp((at["rate"] - at["dividend"]) * at["maturity"])
    discount = np.exp(-at["rate"] * at["maturity"])
    k = np.log(forward / at["strike"])

    def integrand(u: float) -> float:
        phi = _characteristic(u - 0.5j, at)
        return float((np.exp(1j * u * k) * phi).real / (u * u + 0.25))

    whole = integrate.quad(integrand, 0.0, np.inf, epsabs=1e-12, epsrel=1e-11, limit=500)[0]
    call = discount * (forward - np.sqrt(forward * at["strike"]) / np.pi * whole)
    if kind == "call":
        return float(call)
    return float(call - discount * (forward - at["strike"]))


def _characteristic(u: complex, at: dict[str, float]) -> complex:
    """E exp(i u ln(S_T / F))."""
    kappa, xi, rho = at["reversion"], at["vol_of_vol"], at["correlation"]
    t = at["maturity"]
    b = kappa - rho * xi * 1j * u
    d = np.sqrt(b * b + xi * xi * (1j * u + u * u))
    g = (b - d) / (b + d)
    decay = np.exp(-d * t)
    level = (b - d) * t - 2.0 * np.log((1.0 - g * decay) / (1.0 - g))
    slope = (b - d) * (1.0 - decay) / (1.0 - g * decay)
    exponent = kappa * at["mean_variance"] * level + at["variance"] * slope
    return complex(np.exp(exponent / (xi * xi)))
