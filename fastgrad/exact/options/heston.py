"""Heston's stochastic volatility by its characteristic function."""

from __future__ import annotations

import numpy as np

from ...finance.checks import check_kind
from .black_scholes import KINDS
from .greeks import OptionValue, by_differences, positive


def heston(
    spot: float,
    strike: float,
    rate: float,
    maturity: float,
    variance: float,
    mean_reversion: float,
    long_variance: float,
    volatility_of_variance: float,
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
    variance, long_variance : float
        V now and V̄, above 0 (a volatility of 20 % is a variance of 0.04).
    mean_reversion, volatility_of_variance : float
        κ and ξ, above 0.
    correlation : float
        Of the two Brownian motions, between -1 and 1.
    kind : {"call", "put"}

    Returns
    -------
    OptionValue

    Raises
    ------
    ValueError, TypeError
        For arguments out of their range.

    Notes
    -----
    The price is one integral over the characteristic function in the form that has no branch
    cut (Albrecher and others 2007), accurate to about 1e-11; Greeks are differences of it.
    """
    positive(spot=spot, strike=strike, maturity=maturity, variance=variance)
    positive(
        mean_reversion=mean_reversion,
        long_variance=long_variance,
        volatility_of_variance=volatility_of_variance,
    )
    if not -1.0 < correlation < 1.0:
        raise ValueError(f"correlation must lie between -1 and 1, got {correlation}")
    check_kind("kind", kind, KINDS)
    given = {
        "spot": spot, "strike": strike, "rate": rate, "maturity": maturity, "variance": variance,
        "mean_reversion": mean_reversion, "long_variance": long_variance,
        "volatility_of_variance": volatility_of_variance, "correlation": correlation,
        "dividend": dividend,
    }  # fmt: skip
    nodes, weights = _quadrature(given)
    return by_differences(lambda **at: _price(kind, nodes, weights, **at), given)


def _quadrature(at: dict[str, float]) -> tuple[np.ndarray, np.ndarray]:
    """Panels of 32 nodes up to where the integrand is below 1e-17; the same for all differences.

    exp(i u k) turns round once in a panel of width 2π/|k|, and 32 nodes follow four turns.
    """
    end = 16.0
    while end < 1e6 and abs(_characteristic(np.array([end - 0.5j]), at)[0]) > 1e-17 * end * end:
        end *= 2.0
    width = min(4.0, 16.0 / (1e-9 + abs(_moneyness(at))))
    edges = np.linspace(0.0, end, int(np.ceil(end / width)) + 1)
    points, weights = np.polynomial.legendre.leggauss(32)
    half = 0.5 * np.diff(edges)[:, None]
    nodes = 0.5 * (edges[1:] + edges[:-1])[:, None] + half * points
    return nodes.ravel(), (half * weights).ravel()


def _moneyness(at: dict[str, float]) -> float:
    """ln(F / K)."""
    drift = (at["rate"] - at["dividend"]) * at["maturity"]
    return float(np.log(at["spot"] / at["strike"]) + drift)


def _price(kind: str, nodes: np.ndarray, weights: np.ndarray, **at: float) -> float:
    """Call by the contour Im u = -1/2 (Lewis 2001); a put by parity."""
    forward = at["spot"] * np.exp((at["rate"] - at["dividend"]) * at["maturity"])
    discount = np.exp(-at["rate"] * at["maturity"])
    phi = _characteristic(nodes - 0.5j, at)
    integrand = (np.exp(1j * nodes * _moneyness(at)) * phi).real / (nodes * nodes + 0.25)
    whole = float(np.sum(weights * integrand))
    call = discount * (forward - np.sqrt(forward * at["strike"]) / np.pi * whole)
    if kind == "call":
        return float(call)
    return float(call - discount * (forward - at["strike"]))


def _characteristic(u: np.ndarray, at: dict[str, float]) -> np.ndarray:
    """E exp(i u ln(S_T / F))."""
    kappa, xi, rho = at["mean_reversion"], at["volatility_of_variance"], at["correlation"]
    t = at["maturity"]
    b = kappa - rho * xi * 1j * u
    d = np.sqrt(b * b + xi * xi * (1j * u + u * u))
    g = (b - d) / (b + d)
    decay = np.exp(-d * t)
    level = (b - d) * t - 2.0 * np.log((1.0 - g * decay) / (1.0 - g))
    slope = (b - d) * (1.0 - decay) / (1.0 - g * decay)
    exponent = kappa * at["long_variance"] * level + at["variance"] * slope
    return np.exp(exponent / (xi * xi))
