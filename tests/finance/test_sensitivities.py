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


def test_what_no_method_gives_is_not_a_number_and_says_why(tmp_path):
    made = fin.greeks(option(fin.Lookback("call", 110.0), 1), AT, replications=4096)
    assert math.isnan(made.vanna.value)
    assert made.vanna.method.startswith("none (")
    assert made.plot(tmp_path / "greeks.png") is not None
    assert (tmp_path / "greeks.png").exists()


def test_bad_input():
    with pytest.raises(TypeError, match="must be a function theta -> Option"):
        fin.greeks(3.0)
    with pytest.raises(TypeError, match="must return an Option"):
        fin.greeks(lambda t: 3.0, 1.0)
    with pytest.raises(AttributeError, match="no Greek 'speed'"):
        _ = fin.greeks(option(fin.European(100.0), 1), AT, replications=64).speed
