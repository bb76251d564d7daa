"""Margins made of several continuous pieces: minima, running minima, drawdowns."""

import numpy as np
import pytest
from scipy import integrate, stats

import fastgrad as fg

Z = 5.2


def ruined(x, p):
    return fg.step(min(p.u - x.claim[0], p.u - x.claim[0] - x.claim[1]) < 0.0)


def running_minimum(x, p):
    capital = lowest = p.u
    for k in range(len(x.claim)):
        capital += p.premium - x.claim[k]
        lowest = min(lowest, capital)
    return fg.step(lowest < 0.0)


def ruin_by_branch(x, p):
    capital = p.u
    for k in range(len(x.claim)):
        capital += p.premium - x.claim[k]
        if fg.step(capital < 0.0):
            return 1.0
    return 0.0


def test_the_lower_of_two_sums_is_smoothed():
    """P(X₁ ≤ u, X₁ + X₂ ≤ u) by quadrature of its derivative; brute force gave -0.14582."""
    distribution = stats.norm(0.1, 1.0)

    def slope(u):
        inner, _ = integrate.quad(lambda s: distribution.pdf(s) * distribution.pdf(u - s), -10.0, u)
        return -(distribution.pdf(u) * distribution.cdf(0.0) + inner)

    assert slope(2.0) == pytest.approx(-0.14582, abs=1e-5)

    def build(u):
        return fg.Simulation(ruined, {"claim": fg.Normal(0.1, 1.0).repeat(2)}, {"u": u})

    for method in ("spa", "auto"):
        found = fg.gradient(build, 2.0, method, 50_000, seed=1)
        assert abs(found.gradient - slope(2.0)) <= Z * found.standard_error


def test_a_running_minimum_is_ruin():
    """The same question in two forms, by the same draws: differences within their errors."""

    def build(function):
        return lambda t: fg.Simulation(
            function,
            {"claim": fg.Exponential(t["mean"]).repeat(6)},
            {"u": t["u"], "premium": 0.2},
        )

    at = {"mean": 0.3, "u": 0.5}
    one, other = (
        fg.gradient(build(f), at, "spa", 40_000, seed=1) for f in (running_minimum, ruin_by_branch)
    )
    assert one.performance.value == other.performance.value
    for name in at:
        error = np.hypot(one.standard_error[name], other.standard_error[name])
        assert abs(one.gradient[name] - other.gradient[name]) <= Z * error


def jumping(x, p):
    low = x.a if x.a < 1.0 else x.a + 0.7
    return fg.step(min(low, x.a + x.b) > p.limit)


def test_a_piece_that_jumps_is_still_refused():
    def build(t):
        distributions = {"a": fg.Exponential(1.0), "b": fg.Normal(0.0, 0.3)}
        return fg.Simulation(jumping, distributions, {"limit": t})

    with pytest.raises(fg.NotApplicable, match=r"jump|decides"):
        fg.gradient(build, 1.5, "spa", 20_000)
