"""Prices and Greeks of options by every valid method, against exact values."""

import numpy as np
import pytest
from references import REFERENCES, for_each
from tolerance import accept, bound

import fastgrad as fg
import fastgrad.finance as fin

N = 40_000
CELLS = 400  # comparisons in this file: together they fail by chance once in a million runs
Z = bound(CELLS)
NAMES = {"spot": "spot", "rate": "rate", "vol": "volatility", "T": "maturity", "d": "dividend"}
SETS = {
    "atm": ({"spot": 100.0, "rate": 0.05, "vol": 0.2, "T": 1.0, "d": 0.0}, 100.0),
    "otm": ({"spot": 100.0, "rate": 0.03, "vol": 0.3, "T": 0.5, "d": 0.01}, 120.0),
    "itm": ({"spot": 50.0, "rate": 0.05, "vol": 0.25, "T": 2.0, "d": 0.02}, 40.0),
}


def option(payoff, steps=1, at=None):
    def build(t):
        dynamics = fin.GeometricBrownianMotion(t["spot"], t["rate"], t["vol"], t["d"])
        return fin.Option(dynamics, payoff, t["T"], steps)

    return build


def exact_of(function, at, strike, **options):
    return function(
        at["spot"], strike, at["rate"], at["vol"], at["T"], dividend=at["d"], **options
    )  # fmt: skip


def agrees(estimate, exact, allowed=0.0, cells=CELLS):
    """Price and first derivatives."""
    accept(estimate.performance, exact.price, cells, error=1e-9 + allowed)
    wanted = {name: exact.gradient[NAMES[name]] for name in estimate.gradient}
    error = {name: allowed + 1e-9 * (1.0 + abs(value)) for name, value in wanted.items()}
    accept(estimate, wanted, cells, error)


@pytest.mark.parametrize("which", SETS)
@pytest.mark.parametrize("kind", ["call", "put"])
@pytest.mark.parametrize("method", ["ipa", "lr", "wd", "spa", "auto"])
def test_european_greeks(which, kind, method):
    at, strike = SETS[which]
    exact = exact_of(fg.exact.black_scholes, at, strike, kind=kind)
    for steps in (1, 3):
        build = option(fin.European(strike, kind), steps)
        agrees(fg.gradient(build, at, method=method, replications=N, seed=steps), exact)


@pytest.mark.parametrize("which", SETS)
@pytest.mark.parametrize(("kind", "pays"), [("call", "cash"), ("put", "asset")])
@pytest.mark.parametrize("method", ["lr", "wd", "spa"])
def test_digital_greeks(which, kind, pays, method):
    at, strike = SETS[which]
    exact = exact_of(fg.exact.digital_option, at, strike, kind=kind, pays=pays)
    for steps in (1, 3):
        build = option(fin.Digital(strike, kind, pays), steps)
        agrees(fg.gradient(build, at, method=method, replications=N, seed=steps), exact)


def test_pathwise_on_a_digital_is_refused_with_the_alternatives():
    at, strike = SETS["atm"]
    with pytest.raises(fg.NotApplicable, match="jumps where S_T passes the strike") as caught:
        fg.gradient(option(fin.Digital(strike)), at, method="ipa", replications=100)
    assert {"lr", "wd", "spa"} <= set(caught.value.alternatives)
    explained = str(fg.explain(option(fin.Digital(strike)), at))
    assert "spa" in explained


@for_each(["opt.asian.m12.price", "opt.asian.m12.vega", "opt.asian.m12.gamma",
           "opt.asian.m4.gamma"])  # fmt: skip
def test_arithmetic_asian(name):
    if ".m12." in name:
        at, strike, steps = SETS["atm"][0], 100.0, 12
        price, delta, vega = 6.156040766, 0.5938539265, 23.03415052
    else:
        at = {"spot": 100.0, "rate": 0.05, "vol": 0.3, "T": 1.0, "d": 0.02}
        strike, steps = 105.0, 4
        price, delta, vega = 6.684756889, 0.4644799504, 26.5079097
    build = option(fin.Asian(strike), steps)
    wanted = REFERENCES[name]["value"]
    if name.endswith("gamma"):
        point = {"spot": at["spot"]}

        def moved(t):
            return build({**at, **t})

        for method in ("lr", "wd") if steps == 4 else ("lr",):  # pairs of phantoms: 2 · 12² paths
            made = fg.gradient(moved, point, method=method, order=2, replications=N, seed=3)
            error = Z * made.standard_error["spot"]["spot"]
            assert abs(made.gradient["spot"]["spot"] - wanted) <= error
        return
    for method in ("ipa", "lr", "wd", "spa"):
        made = fg.gradient(build, at, method=method, replications=N, seed=4)
        found = made.performance
        accept(found, price, CELLS)
        accept(made, {"spot": delta}, CELLS)
        accept(made, {"vol": vega}, CELLS, error=1e-6)


@for_each([name for name in REFERENCES if name.startswith("opt.atm.var.")
           and "PWLR" not in name])  # fmt: skip
def test_variances_of_the_classical_estimators(name):
    at, strike = SETS["atm"]
    _, quantity = REFERENCES[name]["quantity"].split(" of ")
    method, greek = quantity.split("_")
    chosen = fg.IPA() if method == "PW" else fg.LikelihoodRatio(baseline=False)
    build = option(fin.European(strike))
    made = fg.gradient(build, at, method=chosen, replications=200_000, seed=5)
    variance = made.variance["spot" if greek == "delta" else "vol"]
    # Sample variances of heavy-tailed products: 4 % is five errors at kurtosis 300.
    assert variance == pytest.approx(REFERENCES[name]["value"], rel=0.08)


def test_differences_with_common_numbers_follow_the_path():
    at, strike = SETS["otm"]
    build = option(fin.European(strike), 2)
    made = fg.gradient(build, at, method="cd", replications=N, seed=1)
    agrees(made, exact_of(fg.exact.black_scholes, at, strike), allowed=1e-6)


@pytest.mark.parametrize("method", ["lr", "auto"])
def test_whole_hessian(method):
    at, strike = SETS["atm"]
    at = {k: at[k] for k in ("spot", "rate", "vol")}
    exact = fg.exact.black_scholes(100.0, strike, 0.05, 0.2, 1.0)

    def build(t):
        dynamics = fin.GeometricBrownianMotion(t["spot"], t["rate"], t["vol"])
        return fin.Option(dynamics, fin.European(strike), 1.0)

    made = fg.gradient(build, at, method=method, order=2, replications=200_000, seed=2)
    for a, row in made.gradient.items():
        for b, value in row.items():
            error = Z * made.standard_error[a][b] + 1e-9
            assert abs(value - exact.hessian[NAMES[a]][NAMES[b]]) <= error, (a, b)


def test_a_term_structure_has_a_derivative_for_each_bucket():
    """With an equal vol in all buckets the buckets' vegas add to the whole one."""
    at = {"vol[0]": 0.2, "vol[1]": 0.25, "rate[0]": 0.03, "rate[1]": 0.05}

    def build(t):
        dynamics = fin.GeometricBrownianMotion(
            100.0, [t["rate[0]"], t["rate[1]"]], [t["vol[0]"], t["vol[1]"]]
        )
        return fin.Option(dynamics, fin.European(105.0), 2.0, steps=4)

    whole = np.sqrt(0.5 * (0.2**2 + 0.25**2))
    exact = fg.exact.black_scholes(100.0, 105.0, 0.04, whole, 2.0)
    wanted = {
        "vol[0]": exact.vega * 0.5 * 0.2 / whole, "vol[1]": exact.vega * 0.5 * 0.25 / whole,
        "rate[0]": 0.5 * exact.rho, "rate[1]": 0.5 * exact.rho,
    }  # fmt: skip
    for method in ("ipa", "lr", "spa"):
        made = fg.gradient(build, at, method=method, replications=N, seed=8)
        for name, value in wanted.items():
            accept(made, {name: value}, CELLS)


@pytest.mark.parametrize(("make", "message"), [
    (lambda: fin.GeometricBrownianMotion(-1.0, 0.0, 0.2), "spot must be above 0"),
    (lambda: fin.GeometricBrownianMotion(1.0, 0.0, -0.2), "volatility must be above 0"),
    (lambda: fin.GeometricBrownianMotion(1.0, np.inf, 0.2), "rate must be finite"),
    (lambda: fin.GeometricBrownianMotion(1.0, 0.0, []), "at least one value"),
    (lambda: fin.European(0.0), "strike must be above 0"),
    (lambda: fin.European(1.0, "straddle"), "kind must be 'call' or 'put'"),
    (lambda: fin.Asian(1.0, average="harmonic"), "average must be"),
    (lambda: fin.Digital(1.0, pays="gold"), "pays must be"),
    (lambda: fin.Option(fin.GeometricBrownianMotion(1.0, 0.0, 0.2), fin.European(1.0), -1.0),
     "maturity must be above 0"),
    (lambda: fin.Option(fin.GeometricBrownianMotion(1.0, 0.0, 0.2), fin.European(1.0), 1.0, 0),
     "steps must be 1 or more"),
])  # fmt: skip
def test_bad_input(make, message):
    with pytest.raises(ValueError, match=message):
        make()
