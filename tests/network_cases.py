"""The bridge network with its reference values, and slow oracles for any network."""

import json
from pathlib import Path
from typing import NamedTuple

import numpy as np

ARCS = [("s", "a"), ("s", "b"), ("a", "b"), ("a", "t"), ("b", "t")]
MEANS = {
    "unit": [1.0] * 5,
    "mixed": [1.0, 2.0, 0.5, 1.5, 1.0],
    "skew": [2.0, 1.0, 3.0, 0.7, 1.3],
}
VALUES = json.loads(Path(__file__).with_name("reference_values.json").read_text())


class Case(NamedTuple):
    means: list
    path: str
    quantity: str
    y: float | None
    value: object
    abs_error: float


def reference(key):
    """One entry of the reference values, read from its name."""
    _, network, means, quantity, *rest = key.split(".")
    y = float(".".join(rest)) if rest else None
    path = "shortest" if network == "bridge_short" else "longest"
    entry = VALUES[key]
    return Case(MEANS[means], path, quantity, y, entry["value"], entry["abs_error"])


def references(*quantities):
    """The names of the bridge's entries of these quantities."""
    keys = [key for key in VALUES if key.startswith(("san.bridge.", "san.bridge_short."))]
    return sorted(key for key in keys if key.split(".")[3] in quantities)


def paths(arcs):
    """Every path from source to sink as a list of arc numbers (slow: all of them)."""
    starts, ends = {a for a, _ in arcs}, {b for _, b in arcs}
    (source,), (sink,) = starts - ends, ends - starts
    found, waiting = [], [(source, [])]
    while waiting:
        node, path = waiting.pop()
        if node == sink:
            found.append(path)
        waiting += [(b, [*path, k]) for k, (a, b) in enumerate(arcs) if a == node]
    return found


def length(arcs, x, best=max, without=None):
    """Best length of a path, by trying them all; x: (arcs,) or (arcs, samples)."""
    candidates = [sum(x[k] for k in path) for path in paths(arcs) if without not in path]
    start = np.full(np.shape(x)[1:], -np.inf if best is max else np.inf)
    merge = np.maximum if best is max else np.minimum
    for candidate in candidates:
        start = merge(start, candidate)
    return start


def random_arcs(nodes, arcs, seed):
    """A random network: a chain through all nodes, and forward arcs of up to 30 nodes."""
    generator = np.random.default_rng(seed)
    made = [(i, i + 1) for i in range(nodes - 1)]
    while len(made) < arcs:
        start = int(generator.integers(0, nodes - 1))
        made.append((start, int(min(nodes - 1, start + 1 + generator.integers(0, 30)))))
    return made
