"""IPA and smoothing of the inventory vectorised over replications in NumPy, on several threads."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

CHUNK = 4096


def paths(generator, periods, s, q, mean, prices):
    """The total cost of each path of a chunk and its derivatives by s and q, (3, CHUNK)."""
    holding, backlog, fixed = prices

    def keep(v):
        return np.where(v > 0.0, holding * v, -backlog * v)

    demand = generator.standard_exponential((periods, CHUNK))
    demand *= mean
    position = np.empty((periods + 1, CHUNK))
    position[0] = s + q
    cost, slope, jumps = np.zeros((3, CHUNK))
    left = np.empty((periods, CHUNK))
    for n in range(periods):
        np.subtract(position[n], demand[n], out=left[n])
        order = left[n] < s
        cost += keep(left[n])
        cost += fixed * order
        slope += np.where(left[n] > 0.0, holding, -backlog)
        position[n + 1] = np.where(order, s + q, left[n])
    for n in range(periods):
        lanes = np.flatnonzero(left[n] < s)  # only those that order, and only until they meet
        other = np.full(len(lanes), s)
        rate = 1.0 / mean
        jumps[lanes] -= rate * fixed
        m = n + 1
        while len(lanes) and m < periods:
            nominal = left[m, lanes]
            moved = other - demand[m, lanes]
            gain = keep(moved) - keep(nominal)
            gain += fixed * (moved < s)
            gain -= fixed * (nominal < s)
            jumps[lanes] += rate * gain
            other = np.where(moved < s, s + q, moved)
            m += 1
            apart = other != position[m, lanes]
            lanes, other = lanes[apart], other[apart]
    return np.array([cost, slope, slope + jumps])


def estimate(periods, s, q, mean, prices, replications, threads, seed=1):
    """Means over whole chunks, at least `replications`."""
    chunks = -(-replications // (CHUNK * threads))

    def work(stream):
        generator = np.random.Generator(np.random.SFC64(stream))
        made = [paths(generator, periods, s, q, mean, prices).mean(axis=1) for _ in range(chunks)]
        return np.mean(made, axis=0) / periods

    with ThreadPoolExecutor(threads) as pool:
        return np.mean(list(pool.map(work, np.random.SeedSequence(seed).spawn(threads))), axis=0)
