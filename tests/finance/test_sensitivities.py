"""`greeks`: every number by its best valid method, against closed forms."""

import math

import pytest
from tolerance import bound

import fastgrad as fg
import fastgrad.finance as fin

CELLS = 40  # comparisons in this file, at most
Z = bound(CELLS)
AT = {"spot": 100.0, "rate": 0.05, "vol": 0.2}
NAMES = ("price", "delta", "gamma", "vega", "rho", "theta", "vanna", "volga")


def option(payoff, steps):
    def build(t):
        return fin.Option(
            fin.GeometricBrownianMotion(t["spot"], t["rate"], t["vol"]), payoff, 1.0, steps
        )

    return build


CASES = [
    (fin.European(100.0), 1, fg.exact.black_scholes(100.0, 100.0, 0.05, 0.2, 1.0)),
    (fin.Digital(100.0), 2, fg.exact.digital_option(100.0, 100.0, 0.05, 0.2, 1.0)),
    (fin.Barrier(100.0, 90.0), 2, fg.exact.barrier_option(100.0, 100.0, 90.0, 0.05, 0.2, 1.0)),
    (fin.Asian(100.0, "geometric"), 4, fg.exact.geometric_asian(100.0, 100.0, 0.05, 0.2, 1.0, 4)),
]


@pytest.mark.parametrize(("payoff", "steps", "exact"), CASES)
def test_all_numbers(payoff, steps, exact):
    made = fin.greeks(option(payoff, steps), AT, replications=40_000, seed=1)
    for name in NAMES:
        greek = made[name]
        error = Z * greek.standard_error + 1e-6 * (1.0 + abs(greek.value))
        assert abs(greek.value - getattr(exact, name)) <= error, name
        assert greek.low <= greek.value <= greek.high
    assert made.delta is made["delta"]
    assert [row["name"] for row in made.rows()] == list(NAMES)
    assert all(name in str(made) for name in NAMES)
    assert list(made.to_frame().columns)[:2] == ["name", "value"]


def test_the_same_seed_gives_the_same_numbers_and_an_option_will_do():
    made = [fin.greeks(option(fin.Asian(100.0), 3)(AT), replications=4096, seed=3, threads=k)
            for k in (1, 2)]  # fmt: skip
    assert made[0].rows() == made[1].rows()


SCHEMES = ("quadratic-exponential", "full-truncation")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_vanna_under_heston_and_what_no_method_gives(tmp_path, scheme):
    """Vanna against the exact one, with the bias of 16 steps; volga has no method, and says so."""
    prices = fin.Heston(100.0, 0.05, 0.04, 2.0, 0.05, 0.3, -0.6, scheme=scheme)
    made = fin.greeks(fin.Option(prices, fin.European(120.0), 1.0, 16), replications=100_000)
    exact = fg.exact.heston(
        100.0, 120.0, 0.05, 1.0, 0.04, mean_reversion=2.0, long_variance=0.05,
        volatility_of_variance=0.3, correlation=-0.6,
    )  # fmt: skip
    wanted = 2.0 * 0.2 * exact.hessian["spot"]["variance"]  # by the root of the variance
    assert abs(made.vanna.value - wanted) < Z * made.vanna.standard_error + 0.05 * abs(wanted)
    assert made.vanna.method == "auto"
    assert math.isnan(made.volga.value)
    assert made.volga.method.startswith("none (variance: θ is an argument")
    assert made.plot(tmp_path / "greeks.png") is not None
    assert (tmp_path / "greeks.png").exists()


def test_a_barrier_that_is_passed_is_said_once():
    made = fin.greeks(option(fin.Barrier(110.0, 105.0, "down-and-in"), 2), AT, replications=512)
    passed = [one for one in made.warnings if "has passed the barrier 105" in one]
    assert passed == ["the price now, 100, has passed the barrier 105: it is the plain option"]


def test_several_assets():
    """A spread struck at 0 is Margrabe's exchange."""
    prices = fin.CorrelatedAssets([100.0, 95.0], 0.03, [0.2, 0.3], 0.4, [0.01, 0.02])
    made = fin.greeks(fin.Option(prices, fin.Spread(0.0), 1.0), replications=20_000, seed=1)
    exact = fg.exact.exchange_option(100.0, 95.0, 0.2, 0.3, 0.4, 1.0, 0.01, 0.02)
    bend = exact.hessian
    wanted = {
        "price": exact.price,
        "delta[0]": exact.gradient["spot"],
        "delta[1]": exact.gradient["other"],
        "vega[0]": exact.gradient["volatility"],
        "vega[1]": exact.gradient["other_volatility"],
        "correlation[0,1]": exact.gradient["correlation"],
        "rho": 0.0,
        "theta": exact.theta,
        "gamma[0]": bend["spot"]["spot"],
        "gamma[1]": bend["other"]["other"],
        "gamma[0,1]": bend["spot"]["other"],
        "vanna[0]": bend["spot"]["volatility"],
        "vanna[1]": bend["other"]["other_volatility"],
    }
    for name, value in wanted.items():
        greek = made[name]
        assert abs(greek.value - value) <= Z * greek.standard_error + 1e-9, name
    assert [delta.name for delta in made.delta] == ["delta[0]", "delta[1]"]
    assert made.matrix()[0, 1] == made.matrix()[1, 0] == made["gamma[0,1]"].value
    assert made.volga[1].method.startswith("none (factors[1][0]")
    with pytest.raises(ValueError, match="on one asset"):
        fin.greeks(option(fin.European(100.0), 1), AT, replications=64).matrix()


def test_bad_input():
    with pytest.raises(TypeError, match="must be a function theta -> Option"):
        fin.greeks(3.0)
    with pytest.raises(TypeError, match="must return an Option"):
        fin.greeks(lambda t: 3.0, 1.0)
    with pytest.raises(AttributeError, match="no Greek 'speed'"):
        _ = fin.greeks(option(fin.European(100.0), 1), AT, replications=64).speed
