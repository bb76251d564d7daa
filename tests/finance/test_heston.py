"""Heston's model by both schemes, against the characteristic function and Black and Scholes."""

import numpy as np
import pytest
from tolerance import accept, bound

import fastgrad as fg
import fastgrad.finance as fin

N = 40_000
CELLS = 120  # comparisons in this file, at most
Z = bound(CELLS)
CALM = {"spot": 100.0, "rate": 0.03, "variance": 0.05, "mean_reversion": 2.0,
        "long_variance": 0.06, "volatility_of_variance": 0.4, "correlation": -0.6,
        "dividend": 0.01}  # fmt: skip
WILD = {**CALM, "mean_reversion": 0.5, "long_variance": 0.04, "volatility_of_variance": 1.0,
        "correlation": -0.9}  # fmt: skip
SCHEMES = (
    "quadratic-exponential",
    "full-truncation",
    pytest.param("gamma", marks=pytest.mark.slow),
)  # compiles for 12 s


def option(payoff, steps, scheme=SCHEMES[0], base=CALM):
    def build(t):
        return fin.Option(fin.Heston(**{**base, **t}, scheme=scheme), payoff, 1.0, steps)

    return build


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("base", [CALM, WILD], ids=["calm", "wild"])
def test_discounted_prices_are_martingales_at_any_step(scheme, base):
    for steps in (1, 3):
        made = fg.simulate(option(fin.Asian(1e-9), steps, scheme, base)({}), N, seed=6)
        dates = np.arange(1, steps + 1) / steps
        wanted = np.exp(-0.03) * 100.0 * np.mean(np.exp(0.02 * dates))
        accept(made, wanted, CELLS)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("steps", [1, 2, 5])
def test_derivatives_along_the_path_are_those_of_the_path(scheme, steps):
    """Differences with common numbers see the same paths: they know nothing of the unwinding."""
    build = option(fin.Asian(95.0), steps, scheme)
    along = fg.gradient(build, CALM, "ipa", replications=4000, seed=1)
    for name, value in CALM.items():
        moved = fg.CentralDifference(step=1e-6 * max(abs(value), 0.1))  # √V has kinks
        found = fg.gradient(
            lambda t, name=name: build({**CALM, name: t}), value, moved, replications=4000, seed=1
        )
        error = 1e-5 * (abs(found.gradient) + found.standard_error) + 1e-6
        assert abs(along.gradient[name] - found.gradient) <= error, name


@pytest.mark.slow
def test_the_gamma_scheme_is_followed_where_the_variance_is_often_at_0():
    build = option(fin.Asian(95.0), 3, "gamma", WILD)
    along = fg.gradient(build, WILD, "ipa", replications=4000, seed=1)
    for name, value in WILD.items():
        moved = fg.CentralDifference(step=1e-6 * max(abs(value), 0.1))
        found = fg.gradient(
            lambda t, name=name: build({**WILD, name: t}), value, moved, replications=4000, seed=1
        )
        error = 1e-5 * (abs(found.gradient) + found.standard_error) + 1e-6
        assert abs(along.gradient[name] - found.gradient) <= error, name
    exact = fg.exact.heston(strike=105.0, maturity=1.0, **WILD)
    made = fg.gradient(option(fin.European(105.0), 32, "gamma", WILD), WILD, "ipa",
                       replications=N, seed=2)  # fmt: skip
    for name, value in made.gradient.items():
        wanted = exact.gradient[name]
        error = Z * made.standard_error[name] + 0.05 * (0.2 + abs(wanted))
        assert abs(value - wanted) <= error, name


@pytest.mark.parametrize("method", ["ipa", "lr", "wd", "spa"])
def test_greeks_of_calls(method):
    given = {k: CALM[k] for k in CALM if k != "spot"}
    exact = fg.exact.heston(100.0, 105.0, maturity=1.0, **given)
    at = CALM if method in ("ipa", "spa") else {"spot": 100.0}
    build = option(fin.European(105.0), 16)
    made = fg.gradient(build, at, method, replications=N, seed=2)
    found = made.performance
    accept(found, exact.price, CELLS, error=0.01)
    for name, value in made.gradient.items():
        wanted = exact.gradient[name]
        error = Z * made.standard_error[name] + 0.01 * (1.0 + abs(wanted))
        assert abs(value - wanted) <= error, name


def test_smoothed_digitals_agree_with_differences_of_calls():
    def digital(**change):
        given = {**CALM, **change, "maturity": 1.0}
        two = [fg.exact.heston(strike=105.0 + h, **given).price for h in (1e-2, -1e-2)]
        return (two[1] - two[0]) / 2e-2

    build = option(fin.Digital(105.0), 16)
    names = ("spot", "rate", "variance", "correlation")
    at = {k: CALM[k] for k in names}
    made = fg.gradient(build, at, "spa", replications=N, seed=3)
    for name in names:
        h = 1e-3 * max(abs(CALM[name]), 0.1)
        up, down = digital(**{name: CALM[name] + h}), digital(**{name: CALM[name] - h})
        wanted = (up - down) / (2.0 * h)
        error = Z * made.standard_error[name] + 0.02 * (0.02 + abs(wanted))
        assert abs(made.gradient[name] - wanted) <= error, name
    with pytest.raises(fg.NotApplicable, match="diffusion degenerates"):
        fg.gradient(option(fin.Digital(105.0), 4, SCHEMES[1]), at, "spa", replications=64)
    with pytest.raises(fg.NotApplicable, match="diffusion degenerates"):
        fg.gradient(build, {"rate": 0.03}, "lr", replications=64)


def test_where_the_scheme_changes_its_formula_the_path_jumps():
    build = option(fin.European(105.0), 4, base=WILD)
    for name in ("variance", "mean_reversion", "long_variance", "volatility_of_variance"):
        with pytest.raises(fg.NotApplicable, match="changes its formula"):
            fg.gradient(build, {name: WILD[name]}, "ipa", replications=64)
        other = option(fin.European(105.0), 4, SCHEMES[1], WILD)
        with pytest.raises(fg.NotApplicable, match="has no variance where V is often at 0"):
            fg.gradient(other, {name: WILD[name]}, "ipa", replications=64)
    # What the variance does not depend on is followed: against exact values.
    exact = fg.exact.heston(strike=105.0, maturity=1.0, **WILD)
    at = {k: WILD[k] for k in ("spot", "rate", "correlation")}
    made = fg.gradient(
        option(fin.European(105.0), 32, base=WILD), at, "ipa", replications=N, seed=4
    )
    for name, value in made.gradient.items():
        wanted = exact.gradient[name]
        error = Z * made.standard_error[name] + 0.02 * (0.2 + abs(wanted))
        assert abs(value - wanted) <= error, name


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_calm_variance_is_a_term_structure(scheme):
    """Without noise V is known: V at the start of a step for Euler, so a curve of volatilities."""
    base = {**CALM, "volatility_of_variance": 1e-6, "variance": 0.09}
    steps, v, squares = 8, 0.09, []
    for _ in range(steps):
        dt = 1.0 / steps
        after = 0.06 + (v - 0.06) * np.exp(-2.0 * dt)
        if scheme == "full-truncation":
            squares.append(v)
            v = v + 2.0 * (0.06 - v) * dt
        else:
            squares.append(0.5 * (v + after))
            v = after
    exact = fg.exact.black_scholes(100.0, 105.0, 0.03, np.sqrt(np.mean(squares)), 1.0, 0.01)
    build = option(fin.European(105.0), steps, scheme, base)
    made = fg.gradient(build, {"spot": 100.0}, "ipa", replications=N, seed=5)
    accept(made.performance, exact.price, CELLS, error=1e-4)
    accept(made, {"spot": exact.delta}, CELLS, error=1e-5)


def test_gamma_and_greeks():
    exact = fg.exact.heston(strike=105.0, maturity=1.0, **CALM)
    made = fin.greeks(option(fin.European(105.0), 8)({}), replications=N, seed=6)
    vega = 2.0 * np.sqrt(0.05) * exact.gradient["variance"]
    wanted = {"price": exact.price, "delta": exact.delta, "gamma": exact.gamma, "rho": exact.rho,
              "vega": vega}  # fmt: skip
    for name, value in wanted.items():
        greek = made[name]
        error = Z * greek.standard_error + 0.01 * (0.01 + abs(value))
        assert abs(greek.value - value) <= error, name


@pytest.mark.parametrize(("change", "message"), [
    ({"variance": -0.1}, "variance must be above 0"), ({"correlation": 1.0}, "between -1 and 1"),
    ({"volatility_of_variance": 0.0}, "volatility_of_variance must be above 0"),
    ({"scheme": "milstein"}, "scheme must be 'quadratic-exponential' or 'full-truncation'"),
])  # fmt: skip
def test_bad_input(change, message):
    with pytest.raises(ValueError, match=message):
        fin.Heston(**{**CALM, **change})
    wide = fin.Heston(**{**WILD, "correlation": 0.9, "volatility_of_variance": 0.5})
    with pytest.raises(ValueError, match="take more steps"):
        fin.Option(wide, fin.European(1.0), 20.0)
    with pytest.raises(ValueError, match="needs lognormal steps"):
        fin.Option(fin.Heston(**CALM), fin.Barrier(1.0, 0.9), 1.0)
