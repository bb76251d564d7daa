"""The network's operations on given durations, against the enumeration of all paths."""

import ctypes

import numpy as np
import pytest
from fastgrad.kernels.models.network import activity_network as kernel
from network_cases import ARCS, length, paths, random_arcs

import fastgrad as fg

LANES = 16
NETWORKS = {
    "bridge": ARCS,
    "one arc": [("s", "t")],
    "parallel": [("s", "t")] * 3,
    "chain": [("s", "a"), ("a", "b"), ("b", "t")],
    "random": random_arcs(9, 20, seed=3),
    "long arcs": [*random_arcs(12, 14, seed=4), (0, 11), (0, 10), (1, 11), (0, 11)],
}
every_network = pytest.mark.parametrize("name", NETWORKS)
every_path = pytest.mark.parametrize("path", ["longest", "shortest"])


def call(model, operation, x, index, first=None, second=None, threshold=0.0):
    """Output (lanes,) and the rows (slots, lanes) that the operation writes."""
    arcs = len(model.arcs)
    rows = {
        "structure": np.full(LANES, threshold),
        "x": np.ascontiguousarray(x),
        "first": np.ascontiguousarray(x if first is None else first),
        "second": np.ascontiguousarray(x if second is None else second),
    }
    index = np.ascontiguousarray(index, dtype=np.int64)
    y, out = np.zeros(LANES), np.zeros((arcs, LANES))
    work = np.full((model.work() + arcs + 1, LANES), np.nan)
    real, whole = ctypes.POINTER(ctypes.c_double), ctypes.POINTER(ctypes.c_int64)
    counts = model.counts()
    given = [rows[name].ctypes.data_as(real) for name in ("structure", "x", "first", "second")]
    operation.compiled.ctypes(
        LANES, counts.ctypes.data_as(whole), counts.ctypes.data_as(whole), given[0], *given,
        index.ctypes.data_as(whole), y.ctypes.data_as(real), out.ctypes.data_as(real),
        work.ctypes.data_as(real),
    )  # fmt: skip
    return y, out


def network(name, path, measure=None):
    durations = [fg.Exponential(1.0)] * len(NETWORKS[name])
    return fg.ActivityNetwork(NETWORKS[name], durations, path, measure or fg.Mean())


def durations(name, seed=1):
    return np.random.default_rng(seed).exponential(size=(len(NETWORKS[name]), LANES))


@every_network
@every_path
def test_output_is_the_best_of_all_paths(name, path):
    x = durations(name)
    best = max if path == "longest" else min
    y, _ = call(network(name, path), kernel.simulate, x, [0])
    np.testing.assert_allclose(y, length(NETWORKS[name], x, best), rtol=1e-15 * len(x))
    tail = network(name, path, fg.Tail(2.0))
    y, _ = call(tail, kernel.simulate, x, [0], threshold=2.0)
    np.testing.assert_array_equal(y, length(NETWORKS[name], x, best) > 2.0)


@every_network
@every_path
def test_pathwise_marks_the_optimal_path(name, path):
    x, arcs = durations(name), NETWORKS[name]
    index = [(len(arcs), 0, 0), *((k, -1, k) for k in range(len(arcs)))]
    tangents = np.random.default_rng(2).normal(size=x.shape)
    _, out = call(network(name, path), kernel.pathwise, x, index, first=tangents)
    pick = np.argmax if path == "longest" else np.argmin
    for lane in range(LANES):
        lengths = [sum(x[k, lane] for k in way) for way in paths(arcs)]
        optimal = paths(arcs)[pick(lengths)]
        wanted = [tangents[k, lane] if k in optimal else 0.0 for k in range(len(arcs))]
        np.testing.assert_array_equal(out[:, lane], wanted)


@every_network
@every_path
def test_ties_mark_one_path(name, path):
    arcs = NETWORKS[name]
    x = np.ones((len(arcs), LANES))
    index = [(len(arcs), 0, 0), *((k, -1, k) for k in range(len(arcs)))]
    _, out = call(network(name, path), kernel.pathwise, x, index)
    marked = [k for k in range(len(arcs)) if out[k, 0]]
    assert sorted(marked) in [sorted(way) for way in paths(arcs)]


@every_network
@every_path
@pytest.mark.parametrize("threshold", [None, 1.5])
def test_all_phantoms_equal_replaced_durations(name, path, threshold):
    x, arcs = durations(name), NETWORKS[name]
    plus, minus = durations(name, seed=5), durations(name, seed=6)
    measure = fg.Mean() if threshold is None else fg.Tail(threshold)
    model, best = network(name, path, measure), max if path == "longest" else min
    index = [len(arcs), *range(len(arcs))]
    _, out = call(model, kernel.all_phantoms, x, index, plus, minus, threshold or 0.0)
    for arc in range(len(arcs)):
        ends = []
        for other in (plus, minus):
            changed = x.copy()
            changed[arc] = other[arc]
            ends.append(length(arcs, changed, best))
        if threshold is None:
            np.testing.assert_allclose(out[arc], ends[0] - ends[1], atol=1e-14 * len(arcs))
        else:
            wanted = (ends[0] > threshold).astype(float) - (ends[1] > threshold)
            np.testing.assert_array_equal(out[arc], wanted)
