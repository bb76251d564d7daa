"""Barriers, lookbacks and geometric averages, by every valid method, against closed forms."""

import numpy as np
import pytest
from tolerance import accept, bound

import fastgrad as fg
import fastgrad.finance as fin

N = 40_000
CELLS = 600  # comparisons in this file: together they fail by chance once in a million runs
Z = bound(CELLS)
NAMES = {"spot": "spot", "rate": "rate", "vol": "volatility", "T": "maturity", "d": "dividend",
         "K": "strike", "B": "barrier"}  # fmt: skip
AT = {"spot": 100.0, "rate": 0.05, "vol": 0.2, "T": 1.0, "d": 0.01}
MARKET = {"spot": 100.0, "rate": 0.05, "volatility": 0.2, "maturity": 1.0, "dividend": 0.01}


def option(payoff, steps=1):
    def build(t):
        t = {**AT, **t}
        dynamics = fin.GeometricBrownianMotion(t["spot"], t["rate"], t["vol"], t["d"])
        return fin.Option(dynamics, payoff(t), t["T"], steps)

    return build


def agrees(estimate, exact):
    """Price and first derivatives."""
    accept(estimate.performance, exact.price, CELLS, error=1e-9)
    for name, value in estimate.gradient.items():
        wanted = {name: exact.gradient[NAMES[name]]}
        accept(estimate, wanted, CELLS, error=1e-9 * (1.0 + abs(value)))


def hessian_agrees(estimate, exact):
    """Second derivatives; differences in `start` err by 1e-8 or so."""
    for a, row in estimate.gradient.items():
        for b in row:
            wanted = exact.hessian[NAMES[a]][NAMES[b]]
            accept(estimate, {a: {b: wanted}}, CELLS, error=1e-6 * (1.0 + abs(wanted)))


@pytest.mark.parametrize("method", ["ipa", "lr"])
@pytest.mark.parametrize("kind", ["call", "put"])
@pytest.mark.parametrize(("style", "barrier"), [
    ("down-and-out", 90.0), ("down-and-in", 90.0), ("up-and-out", 120.0), ("up-and-in", 120.0),
])  # fmt: skip
def test_continuous_barriers(style, barrier, kind, method):
    at = {**AT, "K": 100.0, "B": barrier}
    exact = fg.exact.barrier_option(**MARKET, strike=100.0, barrier=barrier, style=style, kind=kind)
    for steps in (1, 4):
        build = option(lambda t: fin.Barrier(t["K"], t["B"], style, kind), steps)
        agrees(fg.gradient(build, at, method=method, replications=N, seed=steps), exact)


@pytest.mark.parametrize(("style", "barrier"), [("down-and-out", 90.0), ("up-and-in", 120.0)])
@pytest.mark.parametrize("steps", [1, 3])
def test_second_derivatives_of_continuous_barriers(style, barrier, steps):
    """Price now and variance stand in the bridge and in the draws: all four pairs of them count."""
    at = {k: AT[k] for k in ("spot", "rate", "vol")}
    exact = fg.exact.barrier_option(**MARKET, strike=100.0, barrier=barrier, style=style)
    build = option(lambda t: fin.Barrier(100.0, barrier, style), steps)
    made = fg.gradient(build, at, order=2, replications=N, seed=7)
    assert set(made.methods.values()) == {"lr-ipa"}
    hessian_agrees(made, exact)


def test_a_crossed_barrier_is_a_value_with_a_note():
    for style, plain in (("down-and-out", 0.0), ("down-and-in", 1.0)):
        build = option(lambda t, style=style: fin.Barrier(100.0, 101.0, style))
        with pytest.warns(fg.EstimateWarning, match="has passed the barrier 101"):
            made = fg.simulate(build({}), 4000)
        exact = plain * fg.exact.black_scholes(strike=100.0, **MARKET).price
        accept(made, exact, CELLS, error=1e-12)
        assert any("passed the barrier" in sentence for sentence in made.warnings)


def brute(steps, barrier, payoff, n=400_000):
    """Discretely watched paths in NumPy."""
    rng = np.random.default_rng(3)
    dt = 1.0 / steps
    moves = rng.normal((0.05 - 0.01 - 0.02) * dt, 0.2 * np.sqrt(dt), (n, steps))
    path = 100.0 * np.exp(np.cumsum(moves, axis=1))
    paid = np.exp(-0.05) * payoff(path)
    return paid.mean(), paid.std() / np.sqrt(n)


@pytest.mark.parametrize("inside", [False, True])
def test_discrete_barriers_jump_and_scores_do_not_mind(inside):
    style = "down-and-in" if inside else "down-and-out"
    build = option(lambda t: fin.Barrier(100.0, 95.0, style, monitoring="discrete"), 4)

    def payoff(path):
        alive = np.all(path > 95.0, axis=1)
        return np.maximum(path[:, -1] - 100.0, 0.0) * (~alive if inside else alive)

    wanted, error = brute(4, 95.0, payoff)
    with pytest.raises(fg.NotApplicable, match="jumps where a price passes the barrier"):
        fg.gradient(build, {"spot": 100.0}, method="ipa", replications=100)
    scores = fg.gradient(build, {"spot": 100.0, "vol": 0.2}, method="lr", replications=N, seed=2)
    weak = fg.gradient(build, {"spot": 100.0, "vol": 0.2}, method="wd", replications=N, seed=3)
    found = scores.performance
    assert abs(found.value - wanted) <= Z * np.hypot(found.standard_error, error)
    for name in ("spot", "vol"):
        both = np.hypot(scores.standard_error[name], weak.standard_error[name])
        assert abs(scores.gradient[name] - weak.gradient[name]) <= Z * both


@pytest.mark.parametrize("method", ["ipa", "lr"])
@pytest.mark.parametrize("kind", ["put", "call"])
@pytest.mark.parametrize("strike", [None, 105.0, 95.0])
def test_continuous_lookbacks(kind, strike, method):
    exact = fg.exact.lookback_option(**MARKET, kind=kind, strike=strike)
    at = AT if strike is None else {**AT, "K": strike}
    build = option(lambda t: fin.Lookback(kind, t.get("K")), 3)
    agrees(fg.gradient(build, at, method=method, replications=N, seed=5), exact)


@pytest.mark.parametrize("method", ["lr", fg.ScorePathwise()], ids=["lr", "lr-ipa"])
@pytest.mark.parametrize("strike", [None, 95.0])
def test_second_derivatives_of_lookbacks(strike, method):
    """What the bridge draws is exponential with the variance in its mean: scores see it all."""
    kind = "put" if strike is None else "call"
    exact = fg.exact.lookback_option(**MARKET, kind=kind, strike=strike)
    at = {k: AT[k] for k in ("rate", "vol", "T")}
    build = option(lambda t: fin.Lookback(kind, strike), 2)
    hessian_agrees(fg.gradient(build, at, method, order=2, replications=N, seed=8), exact)
    if method != "lr":
        at = {k: AT[k] for k in ("spot", "vol")}
        hessian_agrees(fg.gradient(build, at, method, order=2, replications=N, seed=8), exact)


@pytest.mark.parametrize("method", ["lr", "wd"])
@pytest.mark.parametrize("inside", [False, True])
def test_scores_of_a_discrete_barrier(inside, method):
    """Prices counted in barriers: θ in the barrier is in a distribution, the strike on the path."""
    style = "up-and-in" if inside else "up-and-out"
    at = {"spot": 100.0, "K": 100.0, "B": 115.0}
    build = option(
        lambda t: fin.Barrier(t["K"], t.get("B", 115.0), style, monitoring="discrete"), 3
    )
    made = fg.gradient(build, at, method, replications=N, seed=9)
    moved = {}
    for name, h in (("K", 1.0), ("B", 1.0)):
        two = [fg.simulate(build({**at, name: at[name] + k * h}), 400_000, seed=3) for k in (1, -1)]
        # Common numbers: their difference varies less than both together.
        error = np.hypot(two[0].standard_error, two[1].standard_error) / (2.0 * h)
        moved[name] = ((two[0].value - two[1].value) / (2.0 * h), error)
    for name, (value, error) in moved.items():
        assert abs(made.gradient[name] - value) <= Z * np.hypot(made.standard_error[name], error)
    spot = made.performance.value - at["K"] * made.gradient["K"] - at["B"] * made.gradient["B"]
    error = Z * (made.standard_error["spot"] + made.standard_error["B"])  # Euler, degree one
    assert abs(spot / 100.0 - made.gradient["spot"]) <= error
    along = fg.gradient(build, {"K": 100.0}, "ipa", replications=N, seed=9)
    value, error = moved["K"]
    assert abs(along.gradient["K"] - value) <= Z * np.hypot(along.standard_error["K"], error)


def test_discrete_lookbacks():
    build = option(lambda t: fin.Lookback("put", monitoring="discrete"), 4)

    def payoff(path):
        return np.maximum(path.max(axis=1), 100.0) - path[:, -1]

    wanted, error = brute(4, None, payoff)
    along = fg.gradient(build, AT, method="ipa", replications=N, seed=6)
    scores = fg.gradient(build, AT, method="lr", replications=N, seed=7)
    found = along.performance
    assert abs(found.value - wanted) <= Z * np.hypot(found.standard_error, error)
    assert along.gradient["spot"] == pytest.approx(found.value / 100.0)
    for name, value in along.gradient.items():
        both = np.hypot(along.standard_error[name], scores.standard_error[name])
        assert abs(value - scores.gradient[name]) <= Z * both


@pytest.mark.parametrize(("kind", "strike"), [("call", 105.0), ("put", 95.0)])
def test_gamma_of_a_fixed_lookback_is_a_density(kind, strike):
    """Continuous: exact. Discrete: the difference of deltas, whose bias is below the error."""
    gamma = fg.exact.lookback_option(**MARKET, kind=kind, strike=strike).gamma
    build = option(lambda t: fin.Lookback(kind, strike), 2)
    made = fg.gradient(build, {"spot": 100.0}, "spa", N, seed=1, order=2)
    error = made.standard_error["spot"]["spot"]
    assert abs(made.gradient["spot"]["spot"] - gamma) < Z * error
    discrete = option(lambda t: fin.Lookback(kind, strike, "discrete"), 2)
    bent = fg.gradient(discrete, {"spot": 100.0}, "lr-ipa", N, seed=1, order=2)
    up, down = (
        fg.gradient(discrete, {"spot": 100.0 + h}, "ipa", 4 * N, seed=2) for h in (1.0, -1.0)
    )
    slope = 0.5 * (up.gradient["spot"] - down.gradient["spot"])
    error = np.hypot(bent.standard_error["spot"]["spot"], np.hypot(
        up.standard_error["spot"], down.standard_error["spot"]) / 2)  # fmt: skip
    assert abs(bent.gradient["spot"]["spot"] - slope) < Z * error


@pytest.mark.parametrize("method", ["ipa", "lr", "wd", "spa"])
@pytest.mark.parametrize("kind", ["call", "put"])
def test_geometric_asian(kind, method):
    exact = fg.exact.geometric_asian(**MARKET, strike=105.0, steps=5, kind=kind)
    build = option(lambda t: fin.Asian(t["K"], "geometric", kind), 5)
    at = {**AT, "K": 105.0}
    agrees(fg.gradient(build, at, method=method, replications=N, seed=9), exact)


@pytest.mark.parametrize("method", ["lr", "wd", "spa"])
@pytest.mark.parametrize("pays", ["cash", "asset"])
def test_the_strike_of_a_digital_stands_in_a_distribution(pays, method):
    exact = fg.exact.digital_option(**MARKET, strike=105.0, pays=pays)
    build = option(lambda t: fin.Digital(t["K"], pays=pays), 2)
    agrees(fg.gradient(build, {**AT, "K": 105.0}, method=method, replications=N, seed=10), exact)
