"""IPA of the M/M/1 queue against C, NumPy and JAX, against the value alone, and over threads."""

import importlib.util

import c_library
import numpy as np
import queue_in_c
import queue_in_numpy
from timing import Ratio

import fastgrad as fg

CUSTOMERS, GAP, SERVICE, SEED, THREADS = 100, 1.0, 0.5, 1, 2
REPLICATIONS = 400_000
SLOW_SHARE = 0.1  # of the replications, for contenders that take ten times as long


def queue(mean):
    return fg.SingleServerQueue(fg.Exponential(GAP), fg.Exponential(mean), CUSTOMERS)


def ipa(replications, threads=THREADS):
    return fg.gradient(
        queue, at=SERVICE, method="ipa", replications=replications, seed=SEED, threads=threads
    )


def value(replications, threads=THREADS):
    return fg.simulate(queue(SERVICE), replications=replications, seed=SEED, threads=threads)


def test_ipa_against_others(compare, share):
    """The same estimate in C, bit for bit the same uniforms; the same job in NumPy and JAX."""
    most = int(REPLICATIONS * share)
    fewer = max(int(most * SLOW_SHARE), queue_in_numpy.CHUNK * THREADS)
    contenders = {"fastgrad": (lambda: ipa(most), most * CUSTOMERS)}
    notes = []
    if c_library.compiler():
        in_c = queue_in_c.ipa(queue, SERVICE, GAP, SEED, THREADS)
        require_same(in_c(10_007), ipa(10_007))
        contenders["C"] = (lambda: in_c(most), most * CUSTOMERS)
    else:
        notes.append("Without C: there is no gcc.")
    # NumPy has no threads of its own; a pool of chunks is what a determined user would add.
    contenders["NumPy"] = numpy_contender(queue_in_numpy.ipa, fewer, threads=1)
    contenders["NumPy in a pool"] = numpy_contender(queue_in_numpy.ipa, fewer)
    require_near(contenders["NumPy"][0](), fewer)
    if importlib.util.find_spec("jax"):
        import queue_in_jax

        in_jax = queue_in_jax.ipa(CUSTOMERS, THREADS)
        require_near(in_jax(SERVICE, fewer), fewer)
        whole = -(-fewer // queue_in_jax.CHUNK) * queue_in_jax.CHUNK
        contenders["JAX"] = (lambda: in_jax(SERVICE, fewer), whole * CUSTOMERS)
    else:
        notes.append("Without JAX: it is not installed.")
    ratios = [
        Ratio("fastgrad", "C", most=1.3),
        Ratio("NumPy", "fastgrad", least=6.0),
        Ratio("NumPy in a pool", "fastgrad"),
        Ratio("JAX", "fastgrad", least=6.0),
    ]
    compare(f"M/M/1, N = {CUSTOMERS}, IPA on two threads", "customer", contenders, ratios, notes)


def test_ipa_against_value(compare, share):
    """What the derivative adds to the simulation, and what a second thread brings."""
    count = int(REPLICATIONS * share)
    work = count * CUSTOMERS
    contenders = {
        "IPA, two threads": (lambda: ipa(count, 2), work),
        "value alone, two threads": (lambda: value(count, 2), work),
        "IPA, one thread": (lambda: ipa(count, 1), work),
        "value alone, one thread": (lambda: value(count, 1), work),
    }
    ratios = [
        Ratio("IPA, two threads", "value alone, two threads", most=1.3),
        Ratio("IPA, one thread", "value alone, one thread"),
        Ratio("IPA, one thread", "IPA, two threads", least=1.85),
        Ratio("value alone, one thread", "value alone, two threads"),
    ]
    compare(f"M/M/1, N = {CUSTOMERS}, derivative and threads", "customer", contenders, ratios)


def numpy_contender(estimator, replications, threads=THREADS):
    """A NumPy version and the work it does, in whole chunks for every thread."""
    step = queue_in_numpy.CHUNK * threads
    whole = -(-replications // step) * step
    return (
        lambda: queue_in_numpy.estimate(estimator, CUSTOMERS, SERVICE, whole, threads),
        whole * CUSTOMERS,
    )


def require_same(in_c, estimate):
    """C and the library did the same computation: they differ by rounding alone."""
    mine = [estimate.performance.value, estimate.gradient]
    mine += [estimate.performance.variance, estimate.variance]
    np.testing.assert_allclose(in_c, mine, rtol=1e-9)


def require_near(outputs, replications):
    """Other random numbers, the same expectation: within 6 standard errors."""
    exact = ipa(100_000)
    for mine, other in ((exact.performance.value, outputs[0]), (exact.gradient, outputs[1])):
        variance = exact.performance.variance if mine is exact.performance.value else exact.variance
        assert abs(other - mine) < 6.0 * np.sqrt(variance * (1 / replications + 1 / 100_000))
