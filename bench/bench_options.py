"""Price, delta and vega of an Asian call of 50 steps, pathwise: against C, NumPy, QuantLib."""

import importlib.util

import c_library
import numpy as np
import options_in_c
import options_in_numpy
from timing import Ratio

import fastgrad as fg
import fastgrad.finance as fin

STEPS, RATE, MATURITY, STRIKE, SEED, THREADS = 50, 0.05, 1.0, 100.0, 1, 2
AT = {"spot": 100.0, "vol": 0.2}
REPLICATIONS, SLOW_SHARE = 1_000_000, 0.05
NUMBERS = (STEPS, AT["spot"], RATE, AT["vol"], MATURITY, STRIKE)


def asian(t):
    prices = fin.GeometricBrownianMotion(t["spot"], RATE, t["vol"])
    return fin.Option(prices, fin.Asian(STRIKE), MATURITY, STEPS)


def ipa(replications, threads=THREADS):
    return fg.gradient(asian, AT, "ipa", replications, seed=SEED, threads=threads)


def means(found):
    return np.array([found.performance.value, found.gradient["spot"], found.gradient["vol"]])


def test_asian_greeks_against_others(compare, share):
    most = int(REPLICATIONS * share)
    step = options_in_numpy.CHUNK * THREADS
    fewer = -(-int(most * SLOW_SHARE) // step) * step
    whole = -(-fewer // options_in_numpy.WHOLE) * options_in_numpy.WHOLE
    contenders = {"fastgrad": (lambda: ipa(most), most * STEPS)}
    notes = []
    if c_library.compiler():
        in_c = options_in_c.asian(asian, AT, STEPS, RATE, MATURITY, STRIKE, SEED, THREADS)
        found = ipa(10_007)
        wanted = [*means(found), found.performance.variance, *found.variance.values()]
        np.testing.assert_allclose(in_c(10_007), wanted, rtol=1e-9)
        contenders["C"] = (lambda: in_c(most), most * STEPS)
    else:
        notes.append("Without C: there is no gcc.")
    require_near(options_in_numpy.whole_paths(fewer, *NUMBERS), whole)
    require_near(options_in_numpy.estimate(fewer, 1, *NUMBERS), fewer)
    contenders["NumPy"] = (
        lambda: options_in_numpy.whole_paths(fewer, *NUMBERS),
        whole * STEPS,
    )
    for name, threads in (("NumPy, step by step", 1), ("NumPy, step by step in a pool", THREADS)):
        contenders[name] = (
            lambda threads=threads: options_in_numpy.estimate(fewer, threads, *NUMBERS),
            fewer * STEPS,
        )
    if importlib.util.find_spec("QuantLib"):
        import asian_in_quantlib

        price = asian_in_quantlib.price(fewer, *NUMBERS)
        require_near([price, *means(ipa(100_000))[1:]], fewer)
        contenders["QuantLib, the price alone"] = (
            lambda: asian_in_quantlib.price(fewer, *NUMBERS),
            fewer * STEPS,
        )
    else:
        notes.append("Without QuantLib: it is not installed.")
    notes.append("radonlab and elworthy have no Asian options to compare with.")
    ratios = [
        Ratio("fastgrad", "C", most=1.2),
        Ratio("NumPy", "fastgrad", least=6.0),
        Ratio("NumPy, step by step", "fastgrad"),
        Ratio("NumPy, step by step in a pool", "fastgrad"),
        Ratio("QuantLib, the price alone", "fastgrad", least=1.0),
    ]
    title = f"Asian call of {STEPS} steps, price, delta and vega on two threads"
    compare(title, "step", contenders, ratios, notes)


def require_near(outputs, replications):
    """Other random numbers, the same expectations: within 6 standard errors."""
    exact = ipa(100_000)
    variances = np.array([exact.performance.variance, *exact.variance.values()])
    error = np.sqrt(variances * (1 / replications + 1 / 100_000))
    assert np.all(np.abs(means(exact) - outputs) < 6.0 * error)
