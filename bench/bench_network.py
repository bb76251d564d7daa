"""Networks: IPA of 13 arcs against C and NumPy; 1,000 arcs and means against the value alone."""

import c_library
import network_in_c
import network_in_numpy
import numpy as np
from timing import Ratio

import fastgrad as fg

THREADS, SEED = 2, 1
REPLICATIONS, MANY = 2_000_000, 300_000
# Nodes in topological order, arcs sorted by tail.
ARCS = [(0, 1), (0, 2), (0, 3), (1, 3), (1, 4), (2, 4), (2, 5), (3, 6), (4, 6), (4, 7), (5, 7),
        (6, 8), (7, 8)]  # fmt: skip
NODES = 9
MEANS = np.linspace(0.5, 2.0, len(ARCS))


def network(arcs):
    def build(theta):
        return fg.ActivityNetwork(arcs, [fg.Exponential(t) for t in theta])

    return build


def large():
    """1,000 arcs over 300 nodes: a chain, and forward arcs of up to 30 nodes."""
    generator = np.random.default_rng(0)
    arcs = [(i, i + 1) for i in range(299)]
    while len(arcs) < 1000:
        start = int(generator.integers(0, 299))
        arcs.append((start, int(min(299, start + 1 + generator.integers(0, 30)))))
    return arcs, generator.uniform(0.5, 2.0, 1000)


def gradient(arcs, means, method, count, threads=THREADS):
    return fg.gradient(
        network(arcs), at=means, method=method, replications=count, seed=SEED, threads=threads
    )


def test_ipa_of_13_arcs(compare, share):
    most = int(REPLICATIONS * share)
    fewer = max(most // 10, network_in_numpy.CHUNK * THREADS)
    whole = -(-fewer // (network_in_numpy.CHUNK * THREADS)) * network_in_numpy.CHUNK * THREADS
    work = most * len(ARCS)
    contenders = {
        "fastgrad": (lambda: gradient(ARCS, MEANS, "ipa", most), work),
        "value alone": (
            lambda: fg.simulate(network(ARCS)(MEANS), most, seed=SEED, threads=THREADS),
            work,
        ),
    }
    # NumPy has no threads of its own; a pool of chunks is what a determined user would add.
    for name, threads in (("NumPy", 1), ("NumPy in a pool", THREADS)):
        contenders[name] = (
            lambda threads=threads: network_in_numpy.estimate(ARCS, NODES, MEANS, whole, threads),
            whole * len(ARCS),
        )
    notes = []
    mine = gradient(ARCS, MEANS, "ipa", 100_003)
    other, variance = network_in_numpy.estimate(ARCS, NODES, MEANS, 200_000, THREADS)
    assert np.all(np.abs(other[1:] - mine.gradient) < 8.0 * mine.standard_error)
    np.testing.assert_allclose(variance[1:], mine.variance, rtol=0.1)
    if c_library.compiler():
        in_c = network_in_c.ipa(network(ARCS), MEANS, SEED, THREADS)
        means, variances = in_c(100_003)
        np.testing.assert_allclose(means, [mine.performance.value, *mine.gradient], rtol=1e-9)
        np.testing.assert_allclose(variances[1:], mine.variance, rtol=1e-9)
        contenders["C"] = (lambda: in_c(most), work)
    else:
        notes.append("Without C: there is no gcc.")
    ratios = [
        Ratio("fastgrad", "C", most=1.3),
        Ratio("NumPy", "fastgrad", least=6.0),
        Ratio("NumPy in a pool", "fastgrad"),
        Ratio("fastgrad", "value alone"),
    ]
    compare("Network of 13 arcs, IPA by all means, two threads", "arc", contenders, ratios, notes)


def test_a_thousand_arcs(compare, share):
    arcs, means = large()
    count = max(int(MANY * share), 2000)
    work = count * len(arcs)
    model = network(arcs)(means)
    contenders = {
        "value alone": (lambda: fg.simulate(model, count, seed=SEED, threads=1), work),
        "IPA": (lambda: gradient(arcs, means, "ipa", count, 1), work),
        "WD": (lambda: gradient(arcs, means, "wd", count, 1), work),
        "LR": (lambda: gradient(arcs, means, fg.LikelihoodRatio(False), count, 1), work),
    }
    ratios = [
        Ratio("IPA", "value alone", most=1.6),
        Ratio("WD", "value alone", most=8.0),
        Ratio("LR", "value alone"),
    ]
    compare("1,000 arcs, gradient by 1,000 means, one thread", "arc", contenders, ratios)
