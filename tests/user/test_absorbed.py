"""Scores of a function's own parameters, where one draw absorbs them: first and second."""

import math

import numpy as np
import pytest
from scipy import stats
from tolerance import accept

import fastgrad as fg
from fastgrad.user.pilots.absorbing import absorbed

CELLS = 10  # comparisons in this file, at most
SD = 0.3


def call(x, p):
    return max(p.F * math.exp(-0.025 + SD * x.z) - 105.0, 0.0) * math.exp(-0.02)


def stepwise(x, p):
    price = p.F
    for k in range(len(x.z)):
        price *= math.exp(-0.045 / 12.0 + SD * math.sqrt(1.0 / 12.0) * x.z[k])
    return max(price - 105.0, 0.0)


def knocked_out(x, p):
    price, alive = p.F, 1.0
    for k in range(len(x.z)):
        price *= math.exp(-0.0225 + SD * math.sqrt(0.5) * x.z[k])
        alive *= fg.step(price < 150.0)
    return alive * max(price - 105.0, 0.0)


def build(function, draws=0):
    distribution = fg.Normal(0.0, 1.0)
    inputs = {"z": distribution.repeat(draws) if draws else distribution}
    return lambda spot: fg.Simulation(function, inputs, {"F": spot})


def test_gamma_of_a_call_written_with_max():
    d1 = (math.log(100.0 / 105.0) - 0.025 + SD**2) / SD
    exact = math.exp(-0.02) * math.exp(0.02) * stats.norm.pdf(d1) / (100.0 * SD)
    assert exact == pytest.approx(0.013279, abs=1e-6)
    for method in ("lr", "auto"):
        accept(fg.gradient(build(call), 100.0, method, 200_000, seed=1, order=2), exact, CELLS)


def test_gamma_of_a_call_of_twelve_steps():
    d1 = (math.log(100.0 / 105.0) + 0.5 * SD**2) / SD
    exact = stats.norm.pdf(d1) / (100.0 * SD)
    accept(fg.gradient(build(stepwise, 12), 100.0, "lr", 400_000, seed=1, order=2), exact, CELLS)


def barrier_value(spot):
    """By quadrature over the price at half time."""
    sd, drift = SD * math.sqrt(0.5), -0.0225
    z, weights = np.polynomial.legendre.leggauss(400)
    top = (math.log(150.0 / spot) - drift) / sd
    at = -9.0 + 0.5 * (top + 9.0) * (z + 1.0)
    half = spot * np.exp(drift + sd * at)
    low, high = ((np.log(k / half) - drift) / sd for k in (105.0, 150.0))
    mean = half * (stats.norm.cdf(high - sd) - stats.norm.cdf(low - sd))
    paid = mean - 105.0 * (stats.norm.cdf(high) - stats.norm.cdf(low))
    return float(0.5 * (top + 9.0) * np.sum(weights * stats.norm.pdf(at) * paid))


def test_an_up_and_out_barrier_in_first_and_second_order():
    h = 0.5
    up, here, down = (barrier_value(100.0 + k * h) for k in (1, 0, -1))
    accept(
        fg.gradient(build(knocked_out, 2), 100.0, "lr", 200_000, seed=1),
        (up - down) / (2 * h),
        CELLS,
    )
    second = fg.gradient(build(knocked_out, 2), 100.0, "lr", 400_000, seed=1, order=2)
    accept(second, (up - 2.0 * here + down) / h**2, CELLS)


def newsvendor(x, p):
    return 2.0 * max(x.d - p.q, 0.0) + max(p.q - x.d, 0.0)


def scaled(x, p):
    return 1.0 if p.rate * x.e + x.f > 2.0 else 0.3 * p.rate * x.e


def paid_above(x, p):
    price = p.F * math.exp(-0.025 + SD * x.z)
    return price if price > 105.0 else 0.0


def test_a_shift_of_a_normal_and_a_scale_of_an_exponential():
    def normal(q):
        return fg.Simulation(newsvendor, {"d": fg.Normal(10.0, 2.0)}, {"q": q})

    exact = 3.0 * stats.norm.pdf(9.0, 10.0, 2.0)
    accept(fg.gradient(normal, 9.0, "lr", 100_000, seed=1, order=2), exact, CELLS)

    def exponential(rate):
        distributions = {"e": fg.Exponential(1.0), "f": fg.Uniform(0.0, 1.0)}
        return fg.Simulation(scaled, distributions, {"rate": rate})

    def value(rate):
        u, w = np.polynomial.legendre.leggauss(40)
        least = (2.0 - 0.5 * (u + 1.0)) / rate
        kept = 0.3 * rate * (1.0 - np.exp(-least) * (1.0 + least))
        return float(np.sum(0.5 * w * (np.exp(-least) + kept)))

    slope = (value(1.0 + 1e-4) - value(1.0 - 1e-4)) / 2e-4
    for method in ("lr", "auto"):
        accept(fg.gradient(exponential, 1.0, method, 100_000, seed=1), slope, CELLS)


def test_θ_in_the_parameter_and_in_the_law_that_absorbs_it():
    """Price F exp(-.025 + .3 z), z of mean θ/10, F = 100 + θ: second derivatives with the cross."""

    def both(t):
        inputs = {"z": fg.Normal(0.1 * t, 1.0)}
        return fg.Simulation(paid_above, inputs, {"F": 100.0 + t * t})

    def value(t):
        spot = (100.0 + t * t) * math.exp(-0.025 + 0.03 * t)
        return spot * math.exp(SD**2 / 2) * stats.norm.cdf(math.log(spot / 105.0) / SD + SD)

    h = 1e-2
    exact = (value(0.5 + h) - 2.0 * value(0.5) + value(0.5 - h)) / h**2
    accept(fg.gradient(both, 0.5, "lr", 400_000, seed=1, order=2), exact, CELLS)


def wide(x, p):
    return max(math.exp(p.vol * x.z[0] + 0.1 * x.z[1]) - 1.0, 0.0) + p.vol * x.z[1]


def test_what_no_draw_absorbs():
    model = fg.Simulation(wide, {"z": fg.Normal(0.0, 1.0).repeat(2)}, {"vol": 0.2})
    assert absorbed(model, "vol") is None

    def strike(k):
        return fg.Simulation(call, {"z": fg.Uniform(0.0, 1.0)}, {"F": k})

    with pytest.raises(fg.NotApplicable):  # a uniform has no score to shift it by
        fg.gradient(strike, 100.0, "lr", 1000)


def by_draws_of_their_own(x, p):
    """The level moves the first draw of `a` in one output, that of `b` in the other."""
    price = p.c * math.exp(x.a)
    length = p.c * math.exp(x.b[0]) * (1.0 + x.b[1] ** 2)
    return {
        "cost": price if price > 2.0 else 0.0,
        "time": x.t + (length if length > 1.5 else 0.0),
    }


def both_outputs(c):
    inputs = {"a": fg.Normal(0.0, 0.8), "t": fg.Exponential(1.0)}
    return fg.Simulation(
        by_draws_of_their_own, {**inputs, "b": fg.Normal(0.0, 0.5).repeat(2)}, {"c": c}
    )


def beyond(c, level, sd):
    """E[W; W > level] of W = c e^N, N normal with mean 0, and its derivative in c."""
    far = (np.log(c / level) + sd * sd) / sd
    mean = math.exp(0.5 * sd * sd)
    return c * mean * stats.norm.cdf(far), mean * (stats.norm.cdf(far) + stats.norm.pdf(far) / sd)


def exact_of_both(c):
    """E and dE/dc of cost and time, the latter over b₁."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(120)
    factor = 1.0 + (0.5 * nodes) ** 2
    value, slope = beyond(c * factor, 1.5, 0.5)
    weights = weights / weights.sum()
    return beyond(c, 2.0, 0.8), (1.0 + weights @ value, weights @ (factor * slope))


@pytest.mark.parametrize("method", ["lr", "auto"])
def test_outputs_that_different_draws_absorb_have_one_run(method):
    (cost, cost_slope), (time, time_slope) = exact_of_both(1.2)
    found = fg.gradient(both_outputs, 1.2, method, 40_000, seed=3)
    assert found.covariance is not None
    for name, exact in (("cost", cost_slope), ("time", time_slope)):
        accept(found[name], exact, 6)

    def rate(c):
        model = both_outputs(c)
        return model["cost"] / model["time"]

    found = fg.gradient(rate, 1.2, method, 40_000, seed=3)
    accept(found, (cost_slope - cost / time * time_slope) / time, 6)
