"""IPA in s and smoothing in q of an inventory, against C, NumPy and the value alone."""

import c_library
import inventory_in_c
import inventory_in_numpy
import numpy as np
from timing import Ratio

import fastgrad as fg

THREADS, SEED, PERIODS = 2, 1, 100
REPLICATIONS = 100_000
AT, MEAN, PRICES = (1.0, 2.0), 1.0, (1.0, 9.0, 5.0)


def stock(theta):
    holding, backlog, fixed = PRICES
    return fg.Inventory(
        1.0 * theta[0], theta[0] + theta[1], fg.Exponential(MEAN), PERIODS, holding, backlog, fixed
    )


def gradient(count):
    return fg.gradient(stock, at=AT, replications=count, seed=SEED, threads=THREADS)


def test_inventory(compare, share):
    count = int(REPLICATIONS * share)
    chunk = inventory_in_numpy.CHUNK * THREADS
    whole = -(-count // (10 * chunk)) * chunk
    contenders = {
        "fastgrad": (lambda: gradient(count), count * PERIODS),
        "value alone": (
            lambda: fg.simulate(stock(AT), count, seed=SEED, threads=THREADS),
            count * PERIODS,
        ),
        "NumPy": (
            lambda: inventory_in_numpy.estimate(PERIODS, *AT, MEAN, PRICES, whole, THREADS),
            whole * PERIODS,
        ),
    }
    notes = []
    mine = gradient(20_003)
    other = inventory_in_numpy.estimate(PERIODS, *AT, MEAN, PRICES, 20_000, THREADS)
    assert np.all(np.abs(other[1:] - mine.gradient) < 8.0 * mine.standard_error)
    if c_library.compiler():
        in_c = inventory_in_c.smoothed(stock, AT, MEAN, PRICES, SEED, THREADS)
        means, variances = in_c(20_003)
        np.testing.assert_allclose(means, [mine.performance.value, *mine.gradient], rtol=1e-8)
        np.testing.assert_allclose(variances[1:], mine.variance, rtol=1e-8)
        contenders["C"] = (lambda: in_c(count), count * PERIODS)
    else:
        notes.append("Without C: there is no gcc.")
    ratios = [
        Ratio("fastgrad", "C", most=1.3),
        Ratio("NumPy", "fastgrad", least=6.0),
        Ratio("fastgrad", "value alone"),
    ]
    title = f"(s, S) inventory, N = {PERIODS}, IPA and smoothing, two threads"
    compare(title, "period", contenders, ratios, notes)
