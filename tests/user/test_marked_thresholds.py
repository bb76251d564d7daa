"""Marked thresholds in users' functions: smoothed derivatives against exact values."""

import marked_models as models
import numpy as np
import pytest
from scipy import stats
from tolerance import accept, bound

import fastgrad as fg

SAMPLES = 40_000
CELLS = 200  # comparisons in this file, at most
BOUND = bound(CELLS)
ROUNDING = 1e-9  # relative: the margin's zero is found to that


def agrees(estimate, exact):
    accept(estimate, exact, CELLS, error=ROUNDING * np.abs(exact))


def spa(build, at, samples=SAMPLES, method="spa", seed=1):
    return fg.gradient(build, at=at, method=method, replications=samples, seed=seed)


@pytest.mark.parametrize(
    ("spot", "vol", "strike"), [(100.0, 0.2, 100.0), (90.0, 0.3, 110.0), (50.0, 0.25, 40.0)]
)
def test_a_digital_option_is_integrated_over_its_only_draw(spot, vol, strike):
    """Nothing random is left: the estimate has no variance."""

    def build(t):
        parameters = {"spot": t[0], "vol": t[1], "strike": t[2]}
        return fg.Simulation(models.digital, {"z": fg.Normal(0.0, 1.0)}, parameters)

    d2 = (np.log(spot / strike) + 0.05 - 0.5 * vol**2) / vol
    density = np.exp(-0.05) * stats.norm.pdf(d2)
    exact = [density / (spot * vol), -density * (d2 + vol) / vol, -density / (strike * vol)]
    estimate = spa(build, [spot, vol, strike], 1000)
    np.testing.assert_allclose(estimate.gradient, exact, rtol=ROUNDING)
    assert np.all(estimate.standard_error <= ROUNDING * np.abs(exact))


def queue(function, customers=10):
    def build(t):
        inputs = {
            "gap": fg.Exponential(t[0]).repeat(customers),
            "service": fg.Exponential(t[1]).repeat(customers),
        }
        return fg.Simulation(function, inputs, {"limit": t[2]})

    return build


@pytest.mark.parametrize("method", ["spa", "lr"])
def test_the_sojourn_of_the_tenth_customer(method):
    if method == "lr":
        estimate = spa(lambda t: queue(models.last_sojourn)([1.0, t, 1.5]), 0.5, method=method)
        agrees(estimate, [1.183519508])
        return
    estimate = spa(queue(models.last_sojourn), [1.0, 0.5, 1.5])

    def exact(gap, mean, limit):
        # One service more than what the wait consists of.
        row = models.seen(10, mean / gap)[-1]
        terms = [(limit / mean) ** j / float(np.prod(np.arange(1.0, j + 1))) for j in range(11)]
        return np.exp(-limit / mean) * sum(row[k] * sum(terms[: k + 1]) for k in range(10))

    wanted = models.complex_step(exact, 1.0, 0.5, 1.5)
    assert wanted[1] == pytest.approx(1.183519508, abs=1e-9)
    agrees(estimate, wanted)


def late_share(gap, mean, limit):
    return sum(models.waits_longer(n, mean, limit, gap) for n in range(2, 11)) / 10.0


@pytest.mark.parametrize("marks", [1, 3, 100])
def test_the_share_of_customers_who_wait_too_long(marks):
    at = (1.0, 0.7, 0.4)
    estimate = spa(queue(models.clinic), at, method=fg.SPA(marks=marks))
    agrees(estimate, models.complex_step(late_share, *at))


def test_all_marks_vary_less_than_one():
    one, every = (
        spa(queue(models.clinic), (1.0, 0.7, 0.4), 4000, fg.SPA(marks=marks)) for marks in (1, 10)
    )
    assert np.all(every.variance < one.variance)


@pytest.mark.parametrize(("capital", "premium"), [(2.0, 1.2), (0.5, 0.8)])
def test_the_probability_of_ruin(capital, premium):
    """At the n-th claim or before: that customer n + 1 of a queue waits longer than the capital."""

    def build(t):
        inputs = {
            "gap": fg.Exponential(1.0).repeat(8),
            "claim": fg.Exponential(t["mean"]).repeat(8),
        }
        return fg.Simulation(
            models.ruin, inputs, {"capital": t["capital"], "premium": t["premium"]}
        )

    def exact(mean, capital, premium):
        return models.waits_longer(9, mean, capital, premium)

    wanted = models.complex_step(exact, 0.9, capital, premium)
    estimate = spa(build, {"mean": 0.9, "capital": capital, "premium": premium})
    for name, value in zip(("mean", "capital", "premium"), wanted, strict=True):
        error = BOUND * estimate.standard_error[name]
        assert abs(estimate.gradient[name] - value) < error, name


def stock(t):
    inputs = {"demand": fg.Exponential(t["mean"]).repeat(10)}
    return fg.Simulation(models.inventory, inputs, {"s": t["s"], "q": t["q"]})


def test_an_inventory_and_the_built_in_one():
    at = {"s": 1.0, "q": 2.0, "mean": 1.0}
    prices = {"holding": 1.0, "backlog": 9.0, "fixed": 5.0}
    exact = fg.exact.inventory(1.0, 3.0, 1.0, 10, **prices)
    own = spa(stock, at)
    built_in = spa(
        lambda t: fg.Inventory(t["s"], t["s"] + t["q"], fg.Exponential(t["mean"]), 10, **prices), at
    )
    for name, value in {"s": exact.d_s, "q": exact.d_q, "mean": exact.d_mean}.items():
        accept(own, {name: value}, CELLS)
        assert own.variance[name] < 1.1 * built_in.variance[name], name
    # The reorder point moves the levels and what they are compared with alike.
    assert own.gradient["s"] == pytest.approx(built_in.gradient["s"], rel=1e-12)


MEANS = [1.0, 2.0, 0.5, 1.5, 1.0]
TAIL = [0.1223145907, 0.1118931918, 0.05160647828, 0.09646029319, 0.13655751, -0.1306304326]


def test_the_tail_of_a_network_and_its_threshold():
    """The longest path may end in either of two arcs: every draw is tried."""

    def build(t):
        inputs = {name: fg.Exponential(t[k]) for k, name in enumerate("abcde")}
        return fg.Simulation(models.late_project, inputs, {"due": t[5]})

    agrees(spa(build, [*MEANS, 5.0]), TAIL)


def test_the_tail_of_a_network_as_an_expectation():
    def build(t):
        return fg.Expectation(models.network, [fg.Exponential(mean) for mean in t])

    agrees(spa(build, MEANS), TAIL[:5])
    agrees(spa(build, MEANS, method="auto"), TAIL[:5])


def test_a_control_chart(reference):
    """On the way to 200 samples the exact run length is reached but for 1e-13."""

    def build(t):
        inputs = {"sample": fg.Normal(t[1], 1.0).repeat(200)}
        return fg.Simulation(models.cusum, inputs, {"limit": t[0]})

    agrees(spa(build, [3.0, 1.0], 20_000), [1.968287589, -8.962187145])


def test_a_control_chart_with_two_sides():
    def build(limit):
        inputs = {"sample": fg.Normal(0.0, 1.0).repeat(30)}
        return fg.Simulation(models.shewhart, inputs, {"limit": limit})

    length, slope = models.two_sided(1.5, 30)
    estimate = spa(build, 1.5)
    agrees(estimate, [slope])
    accept(estimate.performance, length, CELLS)


def test_age_replacement():
    def build(age):
        return fg.Simulation(models.replacement, {"life": fg.Weibull(2.0, 1.0)}, {"age": age})

    estimate = spa(build, 0.7, 1000)
    exact = 4.0 * 2.0 * 0.7 * np.exp(-0.49)
    assert estimate.gradient == pytest.approx(exact, rel=ROUNDING)


def test_an_american_call_with_a_dividend(reference):
    def build(t):
        inputs = {"first": fg.Normal(0.0, 1.0), "second": fg.Normal(0.0, 1.0)}
        return fg.Simulation(models.american, inputs, {"threshold": t[0], "spot": t[1]})

    estimate = spa(build, [110.0, 100.0], 100_000)
    agrees(estimate, [0.01369293172, 0.5768545694])
    value = estimate.performance
    accept(value, 10.54137956, CELLS)
