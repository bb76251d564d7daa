"""Options with a boundary of exercise: thresholds, their derivatives, the best of them."""

import numpy as np
import pytest
from references import REFERENCES
from tolerance import accept, bound

import fastgrad as fg
import fastgrad.finance as fin

N = 100_000
CELLS = 40  # comparisons in this file, at most
Z = bound(CELLS)


def call(t):
    prices = fin.GeometricBrownianMotion(t["spot"], 0.05, 0.3, cash_dividends={0.5: 8.0})
    return fin.Option(prices, fin.American(100.0, "call", [t["s"]]), 1.0, steps=2)


def put(t):
    prices = fin.GeometricBrownianMotion(t["spot"], 0.06, 0.3)
    return fin.Option(prices, fin.American(100.0, "put", [t["s"]]), 1.0, steps=2)


KNOWN = {  # build, threshold: price, by the threshold, delta
    "opt.amer_call.s110": (call, 110.0, *REFERENCES["opt.amer_call.s110"]["value"][:3]),
    "opt.berm_put.b80": (put, 80.0, *REFERENCES["opt.berm_put.b80"]["value"][:3]),
    "opt.amer_call.opt": (call, *np.insert(REFERENCES["opt.amer_call.opt"]["value"], 2, 0.0)),
    "opt.berm_put.opt": (put, *np.insert(REFERENCES["opt.berm_put.opt"]["value"], 2, 0.0)),
}


@pytest.mark.parametrize("name", KNOWN)
def test_one_date(name):
    build, threshold, price, slope, delta = KNOWN[name]
    made = fg.gradient(build, {"spot": 100.0, "s": threshold}, "spa", N, seed=1)
    found = made.performance
    accept(found, price, CELLS)
    accept(made, {"spot": delta}, CELLS)
    accept(made, {"s": slope}, CELLS)
    auto = fg.gradient(build, {"spot": 100.0, "s": threshold}, "auto", N, seed=1)
    assert auto.gradient == made.gradient


def test_scores_need_no_smoothing_and_the_path_is_refused():
    build, threshold, _, _, delta = KNOWN["opt.amer_call.s110"]

    def spot(s0):
        return build({"spot": s0, "s": threshold})

    made = fg.gradient(spot, 100.0, "lr", N, seed=2)
    accept(made, delta, CELLS)
    with pytest.raises(fg.NotApplicable, match="marked threshold"):
        fg.gradient(spot, 100.0, "ipa", N)


@pytest.mark.slow
def test_the_boundary_is_optimised():
    """J is flat at the best threshold: the price is what counts, and its slope there is small."""
    best, price, _ = REFERENCES["opt.amer_call.opt"]["value"]
    found = fg.maximize(
        lambda s: call({"spot": 100.0, "s": s}), start=105.0, bounds=(100.0, 130.0), method="spa",
        replications=400_000, seed=3,
    )  # fmt: skip
    exact = fg.exact.american_call_one_dividend(
        100.0, 100.0, 0.05, 0.3, 1.0, 8.0, 0.5, threshold=found.x
    )
    assert abs(found.x - best) < 2.0
    assert price - exact.price < 0.003


def under_merton(t):
    prices = fin.MertonJumps(t["spot"], 0.05, 0.2, 1.5, t["jump"], 0.2)
    return fin.Option(prices, fin.American(100.0, "put", [t["s"], 85.0]), 1.0, 3)


def under_heston(t):
    prices = fin.Heston(t["spot"], 0.05, 0.04, 2.0, 0.05, 0.4, t["rho"])
    return fin.Option(prices, fin.American(100.0, "put", [t["s"], 85.0]), 1.0, 3)


def under_curves(t):
    prices = fin.GeometricBrownianMotion(t["spot"], [t["rate"], 0.02], [0.2, 0.25, 0.3])
    return fin.Option(prices, fin.American(100.0, "put", [t["s"], 85.0]), 1.0, 3)


@pytest.mark.slow
@pytest.mark.parametrize(("build", "at"), [
    (under_merton, {"spot": 100.0, "jump": -0.1, "s": 80.0}),
    (under_heston, {"spot": 100.0, "rho": -0.6, "s": 80.0}),
    (under_curves, {"spot": 100.0, "rate": 0.05, "s": 80.0}),
])  # fmt: skip
def test_other_dynamics(build, at):
    """Against central differences, whose bias over 1 % of a smooth price is below the errors."""
    made = fg.gradient(build, at, "spa", 40_000, seed=1)
    for name, centre in at.items():
        moved = fg.gradient(
            lambda v, name=name: build({**at, name: v}), centre,
            fg.CentralDifference(step=0.01 * abs(centre)), 400_000, seed=2,
        )  # fmt: skip
        error = np.hypot(made.standard_error[name], moved.standard_error)
        assert abs(made.gradient[name] - moved.gradient) < Z * error, name


def test_several_assets_are_refused():
    prices = fin.CorrelatedAssets([100.0, 90.0], 0.05, 0.2, 0.5)
    with pytest.raises(ValueError, match="American pays on one price"):
        fin.Option(prices, fin.American(100.0, "put", [80.0]), 1.0, 2)


@pytest.mark.slow
def test_many_dates_approach_the_american_put():
    """Nine thresholds, optimised from a guess, are worth nearly what the best rule is (a tree)."""

    def build(b):
        prices = fin.GeometricBrownianMotion(100.0, 0.06, 0.3)
        return fin.Option(prices, fin.American(100.0, "put", list(b)), 1.0, steps=10)

    start = np.full(9, 80.0)
    found = fg.maximize(build, start, bounds=(60.0, 100.0), method="spa", replications=200_000)
    value = fg.simulate(build(found.x), 1_000_000, seed=9)
    first = fg.simulate(build(start), 1_000_000, seed=9)
    bermudan = bermudan_put(10)
    assert first.value < value.value
    assert bermudan - 0.02 < value.value + Z * value.standard_error
    assert value.value - Z * value.standard_error < bermudan


def bermudan_put(dates, steps=2_000):
    """By a binomial tree that may be exercised at these dates alone."""
    dt, r, s = 1.0 / steps, 0.06, 0.3
    up = np.exp(s * np.sqrt(dt))
    p = (np.exp(r * dt) - 1 / up) / (up - 1 / up)
    value = np.maximum(100.0 - 100.0 * up ** np.arange(-steps, steps + 1.0, 2.0), 0.0)
    for k in range(steps - 1, -1, -1):
        value = np.exp(-r * dt) * (p * value[1:] + (1 - p) * value[:-1])
        if k % (steps // dates) == 0 and k:
            prices = 100.0 * up ** np.arange(-k, k + 1.0, 2.0)
            value = np.maximum(value, 100.0 - prices)
    return float(value[0])


@pytest.mark.parametrize(("make", "error", "message"), [
    (lambda: fin.American(100.0, boundary=80.0), TypeError, "must be a list of thresholds"),
    (lambda: fin.American(100.0, boundary=[-1.0]), ValueError, "must be above 0"),
    (lambda: fin.American(100.0, "straddle", [80.0]), ValueError, "kind must be"),
    (lambda: fin.Option(fin.GeometricBrownianMotion(100.0, 0.05, 0.2), fin.American(
        100.0, boundary=[80.0]), 1.0, 4), ValueError, "each of the 3 steps but the last, got 1"),
])  # fmt: skip
def test_bad_input(make, error, message):
    with pytest.raises(error, match=message):
        make()
