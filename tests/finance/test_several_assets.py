"""Correlated assets, baskets, spreads, the best and the worst: by every method, exactly."""

import numpy as np
import pytest
from tolerance import accept, bound

import fastgrad as fg
import fastgrad.finance as fin

N = 40_000
CELLS = 300  # comparisons in this file: together they fail by chance once in a million runs
Z = bound(CELLS)
AT = {"spot": 100.0, "other": 95.0, "rate": 0.04, "volatility": 0.2, "other_volatility": 0.35,
      "correlation": 0.4, "maturity": 1.3, "dividend": 0.01, "other_dividend": 0.03}  # fmt: skip


def dynamics(t):
    return fin.CorrelatedAssets(
        [t["spot"], t["other"]], t["rate"], [t["volatility"], t["other_volatility"]],
        [[1.0, t["correlation"]], [t["correlation"], 1.0]], [t["dividend"], t["other_dividend"]],
    )  # fmt: skip


def option(payoff, steps, **fixed):
    def build(t):
        t = {**AT, **fixed, **t}
        return fin.Option(dynamics(t), payoff(t), t["maturity"], steps)

    return build


def agrees(made, exact):
    """Price and first derivatives within Z standard errors; differences in `exact` err by 1e-7."""
    found = made.performance
    accept(found, exact.price, CELLS, error=1e-9)
    for name in made.gradient:
        wanted = exact.gradient.get(name, 0.0)
        accept(made, {name: wanted}, CELLS, error=1e-6 * (1.0 + abs(wanted)))


@pytest.mark.parametrize("method", ["ipa", "lr", "wd", "spa", "auto"])
@pytest.mark.parametrize("steps", [1, 3])
def test_exchanges_have_margrabes_price(method, steps):
    given = {k: v for k, v in AT.items() if k != "rate"}
    build = option(lambda t: fin.Spread(), steps)
    made = fg.gradient(build, AT, method, replications=N, seed=steps)
    agrees(made, fg.exact.exchange_option(**given))


@pytest.mark.parametrize("method", ["ipa", "lr", "spa"])
@pytest.mark.parametrize("kind", ["call", "put"])
@pytest.mark.parametrize("worst", [False, True])
def test_the_best_and_the_worst(method, kind, worst):
    payoff = fin.WorstOf if worst else fin.BestOf
    exact = fg.exact.best_of_option(**AT, strike=102.0, kind=kind, worst=worst)
    build = option(lambda t: payoff(t["strike"], kind), 2)
    made = fg.gradient(build, {**AT, "strike": 102.0}, method, replications=N, seed=4)
    agrees(made, exact)


def test_second_derivatives_by_scores_the_path_and_smoothing():
    at = {k: AT[k] for k in ("spot", "other")}
    exact = fg.exact.best_of_option(**AT, strike=102.0)
    build = option(lambda t: fin.BestOf(102.0), 1)
    for method in ("lr", "auto", fg.ScorePathwise(), fg.ScoreSmoothed()):
        if isinstance(method, fg.ScoreSmoothed):
            with pytest.raises(fg.NotApplicable, match="integrated out"):
                fg.gradient(build, at, method, order=2, replications=64)
            continue
        made = fg.gradient(build, at, method, order=2, replications=N, seed=5)
        for a in at:
            for b in at:
                error = Z * made.standard_error[a][b] + 1e-5
                assert abs(made.gradient[a][b] - exact.hessian[a][b]) <= error, (method, a, b)


def three(t):
    matrix = [[1.0, t["rho"], 0.2], [t["rho"], 1.0, -0.3], [0.2, -0.3, 1.0]]
    return fin.CorrelatedAssets([100.0, 90.0, t["spot"]], 0.03, t["vol"], matrix)


def test_a_basket_of_three_by_all_methods_and_as_a_put():
    """Put-call parity of the gradient, and agreement of methods that share nothing."""
    at = {"rho": 0.5, "spot": 110.0, "vol": 0.25, "w": 0.5, "K": 100.0}

    def build(t, kind="call"):
        payoff = fin.Basket(t["K"], [t["w"], 0.3, 0.2], kind)
        return fin.Option(three(t), payoff, 1.0, 2)

    made = {
        m: fg.gradient(build, at, m, replications=N, seed=6) for m in ("ipa", "lr", "wd", "spa")
    }
    for name in at:
        for method in ("lr", "wd", "spa"):
            one, two = made[method], made["ipa"]
            error = Z * np.hypot(one.standard_error[name], two.standard_error[name])
            assert abs(one.gradient[name] - two.gradient[name]) <= error + 1e-12, (method, name)
    put = fg.gradient(lambda t: build(t, "put"), at, "ipa", replications=N, seed=6)
    forward = {"rho": 0.0, "spot": 0.2, "vol": 0.0, "w": 100.0, "K": -np.exp(-0.03)}
    for name, value in forward.items():
        error = Z * np.hypot(put.standard_error[name], made["ipa"].standard_error[name])
        assert abs(made["ipa"].gradient[name] - put.gradient[name] - value) <= error + 1e-9, name


def test_a_basket_of_one_is_the_european_option_path_by_path():
    def build(payoff):
        return lambda t: fin.Option(
            fin.GeometricBrownianMotion(t["spot"], 0.05, t["vol"]), payoff, 1.0, 2
        )

    at = {"spot": 100.0, "vol": 0.2}
    for method in ("ipa", "spa"):
        one = fg.gradient(build(fin.European(105.0, "put")), at, method, replications=512)
        for payoff in (fin.Basket(105.0, kind="put"), fin.WorstOf(105.0, "put")):
            other = fg.gradient(build(payoff), at, method, replications=512)
            for name in at:
                assert other.gradient[name] == pytest.approx(one.gradient[name], rel=1e-12)


@pytest.mark.parametrize("correlation", [1.0, -1.0])
def test_a_singular_correlation_has_paths_and_no_scores(correlation):
    given = {k: v for k, v in AT.items() if k not in ("rate", "correlation")}
    if correlation > 0.0:
        exact = fg.exact.exchange_option(**given, correlation=1.0 - 1e-12)
    else:
        exact = fg.exact.exchange_option(**given, correlation=-1.0 + 1e-12)
    at = {k: AT[k] for k in ("spot", "other", "volatility")}
    build = option(lambda t: fin.Spread(), 2, correlation=correlation)
    agrees(fg.gradient(build, at, "ipa", replications=N, seed=7), exact)
    for method in ("lr", "wd"):
        with pytest.raises(fg.NotApplicable, match="which the assets before determine") as caught:
            fg.gradient(build, at, method, replications=64)
        assert "ipa" in caught.value.alternatives
    with pytest.raises(fg.NotApplicable, match="correlation matrix is singular"):
        fg.gradient(option(lambda t: fin.Spread(), 1), {"correlation": correlation},
                    "ipa", replications=64)  # fmt: skip


@pytest.mark.parametrize(("matrix", "message"), [
    ([[1.0, 0.9, -0.9], [0.9, 1.0, 0.9], [-0.9, 0.9, 1.0]], "negative eigenvalue"),
    ([[1.0, 0.5], [0.5, 1.0]], "must be 3 x 3, got 2 x 2"),
    ([[1.0, 0.5, 0.1], [0.4, 1.0, 0.1], [0.1, 0.1, 1.0]], "must be symmetric"),
    ([[1.0, 0.5, 0.1], [0.5, 0.9, 0.1], [0.1, 0.1, 1.0]], "must have 1 in its diagonal"),
    (1.5, "between -1 and 1, got 1.5"), (np.nan, "must be finite"),
])  # fmt: skip
def test_what_is_no_correlation_matrix_is_said_to_be_none(matrix, message):
    with pytest.raises(ValueError, match=message):
        fin.CorrelatedAssets([1.0, 1.0, 1.0], 0.0, 0.2, matrix)


def test_theta_must_stand_in_both_places_of_a_correlation():
    def build(t):
        assets = fin.CorrelatedAssets([1.0, 1.0], 0.0, 0.2, [[1.0, t], [0.3, 1.0]])
        return fin.Option(assets, fin.Spread(), 1.0)

    with pytest.raises(ValueError, match=r"must stand in correlation\[0\]\[1\] too|in both"):
        fg.gradient(build, 0.3, "ipa", replications=64)


@pytest.mark.parametrize(("make", "message"), [
    (lambda d: fin.Option(d, fin.European(1.0), 1.0), "pays on one price, and there are 2"),
    (lambda d: fin.Option(d, fin.Basket(1.0, [1.0]), 1.0), "1 weights for 2 assets"),
    (lambda d: fin.Basket(1.0, [1.0, 0.0]), r"weights\[1\] must not be 0"),
    (lambda d: fin.Spread(-1.0), "strike must be 0 or more"),
    (lambda d: fin.CorrelatedAssets([1.0, 2.0], 0.0, [0.1, -0.1], 0.0), r"volatility\[1\] must be"),
    (lambda d: fin.CorrelatedAssets([1.0, 2.0], 0.0, [0.1], 0.0), "1 volatility for 2 assets"),
])  # fmt: skip
def test_bad_input(make, message):
    with pytest.raises(ValueError, match=message):
        make(fin.CorrelatedAssets([1.0, 2.0], 0.0, 0.2, 0.5))
