"""Ratios of two expectations of one run: renewal reward, and their intervals."""

import numpy as np
import pytest

import fastgrad as fg

EXACT = {"a": -0.00045690, "c": -0.00252261}  # by quadrature


def replaced(x, p):
    return {"cost": 1.0 + 7.0 * fg.step(x.t < p.a), "time": min(x.t, p.a)}


def build(theta):
    return fg.Simulation(replaced, {"t": fg.Weibull(2.5, theta["c"])}, {"a": theta["a"]})


def test_the_cost_rate_of_age_replacement():
    found = fg.gradient(build, {"a": 15.0, "c": 40.0}, replications=400_000, seed=1)
    rate = found.ratio("cost", "time")
    for name, exact in EXACT.items():
        assert abs(rate.gradient[name] - exact) < 5.0 * rate.standard_error[name] + 5e-9
    low, high = rate.performance.confidence_interval()
    assert low < found["cost"].performance.value / found["time"].performance.value < high


def test_the_interval_of_a_ratio_is_that_of_batches():
    """The variance by the delta method against that of ratios of 400 batches."""
    batches = [
        fg.simulate(build({"a": 15.0, "c": 40.0}), 1000, seed=k).ratio("cost", "time")
        for k in range(400)
    ]
    spread = np.std([one.value for one in batches], ddof=1)
    told = np.mean([one.standard_error for one in batches])
    assert abs(spread / told - 1.0) < 5.0 / np.sqrt(2 * 400)


def test_what_cannot_be_divided():
    found = fg.simulate(build({"a": 15.0, "c": 40.0}), 100)
    with pytest.raises(KeyError, match="no output 'costs'"):
        found.ratio("costs", "time")


def rate(theta):
    model = build(theta)
    return model["cost"] / model["time"]


def test_a_ratio_is_a_model():
    """The same bits as dividing afterwards; numbers around it by the product rule."""
    at, given = {"a": 15.0, "c": 40.0}, {"replications": 20_000, "seed": 1}
    later = fg.gradient(build, at, **given).ratio("cost", "time")
    now = fg.gradient(rate, at, **given)
    assert now.gradient == later.gradient
    assert now.standard_error == later.standard_error
    assert now.methods["cost: a"] == "spa"
    scaled = fg.gradient(lambda t: t["a"] * rate(t) + 3.0 * t["c"], at, **given)
    value = now.performance.value
    assert scaled.gradient["a"] == pytest.approx(15.0 * now.gradient["a"] + value, rel=1e-13)
    assert scaled.gradient["c"] == pytest.approx(15.0 * now.gradient["c"] + 3.0, rel=1e-13)
    assert scaled.performance.value == pytest.approx(15.0 * value + 120.0, rel=1e-13)


def stock(theta, one=None):
    demand = fg.Exponential(theta["m"])
    several = {"paid": "cost", "met": "fill", "served": "service", "short": "stockout"}
    prices = {"holding": 1.0, "backlog": 9.0, "fixed": 5.0}
    S = theta["s"] + theta["q"]
    return fg.Inventory(theta["s"], S, demand, 10, measure=one or several, **prices)


AT = {"s": 1.0, "q": 2.0, "m": 1.0}


def test_inventories_measure_several_things_on_the_same_paths():
    found = fg.gradient(stock, AT, replications=2000, seed=3)
    for name, word in (("paid", "cost"), ("met", "fill"), ("served", "service")):
        alone = fg.gradient(lambda t, one=word: stock(t, one), AT, replications=2000, seed=3)
        assert found[name].gradient == alone.gradient
        assert found[name].variance == alone.variance
    rows = {name: [k for k, (one, _) in enumerate(found.labels) if one == name] for name in found}
    served, short = (found.covariance[rows[name]] for name in ("served", "short"))
    size = np.abs(served).max()  # served + short = 1 on every path
    np.testing.assert_allclose(served, -short, atol=1e-12 * size)


def test_the_cost_of_what_is_met_from_stock():
    """Against the exact cost and fill rate, each with its derivatives."""
    top, bottom = (
        fg.exact.inventory(1.0, 3.0, 1.0, 10, 1.0, 9.0, 5.0, measure=one)
        for one in ("cost", "fill")
    )
    found = fg.gradient(ratio_of_stock, AT, replications=200_000, seed=5)
    exact = {
        place: (getattr(top, f"d_{name}") * bottom.value - top.value * getattr(bottom, f"d_{name}"))
        / bottom.value**2
        for place, name in (("s", "s"), ("q", "q"), ("m", "mean"))
    }
    for place, value in exact.items():
        assert abs(found.gradient[place] - value) < 5.0 * found.standard_error[place]


def ratio_of_stock(theta):
    return fg.Ratio(stock(theta), "paid", "met")


def test_the_precision_is_that_of_the_ratio():
    found = fg.gradient(rate, {"a": 15.0, "c": 40.0}, precision=0.0004, seed=2)
    low, high = found.confidence_interval()
    assert all(high[name] - low[name] <= 0.0008 for name in low)


def test_what_is_no_ratio():
    model = build({"a": 15.0, "c": 40.0})
    other = build({"a": 15.0, "c": 40.0})
    with pytest.raises(TypeError, match="two measures of one model"):
        model["cost"] / other["time"]
    with pytest.raises(TypeError, match="divide first"):
        (model["cost"] + 1.0) / model["time"]
    with pytest.raises(ValueError, match="over itself"):
        model["cost"] / model["cost"]
    with pytest.raises(ValueError, match="no measure 'profit'"):
        fg.Ratio(stock(AT), "profit", "met")
    with pytest.raises(fg.NotApplicable, match="second derivative of a ratio"):
        fg.gradient(rate, {"a": 15.0, "c": 40.0}, replications=100, order=2)


def test_a_denominator_that_is_hardly_known():
    def rare(x, p):
        return {"one": 1.0, "seldom": 1.0 if x.u < p.share else 0.0}

    model = fg.Simulation(rare, {"u": fg.Uniform(0.0, 1.0)}, {"share": 0.01})
    with pytest.warns(fg.EstimateWarning, match="the denominator 'seldom' is"):
        fg.simulate(model["one"] / model["seldom"], 1000, seed=1)
    nothing = fg.Simulation(rare, {"u": fg.Uniform(0.0, 1.0)}, {"share": 1e-9})
    with pytest.raises(ValueError, match="denominator is 0"):
        fg.simulate(nothing["one"] / nothing["seldom"], 1000, seed=1)
