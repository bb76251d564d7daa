"""The network's IPA vectorised over replications in NumPy, chunk by chunk, on several threads."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

CHUNK = 4096


def ipa(generator, arcs, nodes, means):
    """Means over one chunk of the longest path and of its derivatives by all means.

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
    gradient = np.empty(len(arcs))
    for k in range(len(arcs) - 1, -1, -1):
        tail, head = arcs[k]
        on = (length[tail] + x[k] == length[head]) & need[head]
        need[head] ^= on
        need[tail] |= on
        gradient[k] = np.dot(on, x[k]) / (means[k] * CHUNK)
    return length[-1].mean(), gradient


def estimate(arcs, nodes, means, replications, threads, seed=1):
    """Means of Y and of its gradient over whole chunks, at least `replications`."""
    chunks = -(-replications // (CHUNK * threads))
    means = np.asarray(means, dtype=float)

    def work(stream):
        generator = np.random.Generator(np.random.SFC64(stream))
        made = [ipa(generator, arcs, nodes, means) for _ in range(chunks)]
        return np.mean([y for y, _ in made]), np.mean([g for _, g in made], axis=0)

    with ThreadPoolExecutor(threads) as pool:
        parts = list(pool.map(work, np.random.SeedSequence(seed).spawn(threads)))
    return np.mean([y for y, _ in parts]), np.mean([g for _, g in parts], axis=0)
