"""The network's IPA vectorised over replications in NumPy, chunk by chunk, on several threads."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

CHUNK = 4096


def ipa(generator, arcs, nodes, means):
    """Sums over one chunk of the longest path and its derivatives by all means, and of squares.

    arcs: (tail, head) with nodes numbered in topological order, sorted by tail.
    """
    x = generator.standard_exponential((len(arcs), CHUNK))
    x *= means[:, None]
    length = np.full((nodes, CHUNK), -np.inf)
    length[0] = 0.0
    for k, (tail, head) in enumerate(arcs):
        np.maximum(length[head], length[tail] + x[k], out=length[head])
    need = np.zeros((nodes, CHUNK), bool)
    need[-1] = True
    sums = np.empty((2, 1 + len(arcs)))
    for k in range(len(arcs) - 1, -1, -1):
        tail, head = arcs[k]
        on = (length[tail] + x[k] == length[head]) & need[head]
        need[head] ^= on
        need[tail] |= on
        sums[:, 1 + k] = _sums(np.where(on, x[k], 0.0)) / [means[k], means[k] ** 2]
    sums[:, 0] = _sums(length[-1])
    return sums


def _sums(values):
    return np.array([values.sum(), values @ values])


def estimate(arcs, nodes, means, replications, threads, seed=1):
    """Means, then variances, of Y and of its gradient over at least `replications`."""
    chunks = -(-replications // (CHUNK * threads))
    means = np.asarray(means, dtype=float)

    def work(stream):
        generator = np.random.Generator(np.random.SFC64(stream))
        return sum(ipa(generator, arcs, nodes, means) for _ in range(chunks))

    with ThreadPoolExecutor(threads) as pool:
        parts = pool.map(work, np.random.SeedSequence(seed).spawn(threads))
        mean, square = sum(parts) / (chunks * threads * CHUNK)
    return mean, square - mean**2
