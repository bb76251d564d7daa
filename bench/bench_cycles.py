"""Scores over regenerative cycles against C and NumPy; IPA over cycles against the value alone."""

import ctypes
import warnings

import c_library
import numpy as np
import queues_in_numpy
from fastgrad.kernels.estimators.regenerative_tape import STRIP
from timing import Ratio

import fastgrad as fg

CYCLES, GAP, SERVICE, SEED, THREADS = 50, 1.0, 0.5, 1, 2
REPLICATIONS = 100_000
LEAF = 512


def build(theta):
    horizon = fg.Cycles(CYCLES)
    return fg.SingleServerQueue(fg.Exponential(GAP), fg.Exponential(theta), horizon=horizon)


def in_c():
    """A function of the number of replications: r and r'."""
    library = c_library.load("cycles", STRIP=STRIP, LEAF=LEAF)
    function = library.cycles_lr
    real, whole = ctypes.c_double, ctypes.c_int64
    function.argtypes = [
        whole, ctypes.c_int, real, real, ctypes.c_uint64, ctypes.c_int, ctypes.c_void_p
    ]  # fmt: skip
    function.restype = None

    def run(replications):
        result = np.empty(20)
        function(replications, CYCLES, GAP, SERVICE, SEED, THREADS, result.ctypes.data)
        total, count, by_total, by_count = result[:4]
        return total / count, (by_total - total / count * by_count) / count

    return run


def test_scores_over_cycles(compare, share):
    warnings.simplefilter("ignore", fg.EstimateWarning)  # of short runs
    most = int(REPLICATIONS * share)
    fewer = -(-max(most // 10, 1) // queues_in_numpy.CHUNK) * queues_in_numpy.CHUNK
    work = CYCLES / (1.0 - SERVICE / GAP)  # customers of a replication

    def lr(count):
        return fg.gradient(build, SERVICE, "lr", count, seed=SEED, threads=THREADS)

    def ipa(count):
        return fg.gradient(build, SERVICE, "ipa", count, seed=SEED, threads=THREADS)

    def numpy():
        return queues_in_numpy.cycles(CYCLES, GAP, SERVICE, fewer, THREADS)

    own, found = lr(100_000), numpy()
    error = own.standard_error * np.sqrt(1.0 + 100_000 / fewer)
    assert abs(found[1] - own.gradient) <= 6.0 * error
    contenders = {"fastgrad": (lambda: lr(most), most * work)}
    if c_library.compiler():
        run, few = in_c(), lr(10_007)
        wanted = [few.performance.value, few.gradient]
        np.testing.assert_allclose(run(10_007), wanted, rtol=1e-9)
        contenders["C"] = (lambda: run(most), most * work)
    contenders["NumPy in a pool"] = (numpy, fewer * work)
    contenders["IPA"] = (lambda: ipa(most), most * work)
    contenders["value alone"] = (
        lambda: fg.simulate(build(SERVICE), most, SEED, threads=THREADS), most * work
    )  # fmt: skip
    ratios = [
        Ratio("fastgrad", "C", most=1.2),
        Ratio("NumPy in a pool", "fastgrad", least=6.0),
        Ratio("IPA", "value alone", most=1.4),
    ]
    title = f"Scores over {CYCLES} cycles of M/M/1 at utilisation 0.5, two threads"
    compare(title, "customer", contenders, ratios)
