"""NumPy, vectorised over replications in chunks that fit the cache, one chunk a core."""

import inventory_in_numpy
import network_in_numpy
import numpy as np
import queue_in_numpy
import queues_in_numpy
from pooled import way, way_by_points, way_of_sums
from problems import (
    ARCS,
    CAPITAL,
    CLAIM,
    CLAIMS,
    CUSTOMERS,
    DEMAND,
    LATE,
    MATURITY,
    MEANS,
    NODES,
    PERIODS,
    PREMIUM,
    PRICES,
    RATE,
    S_LOW,
    SERVICE,
    SPOT,
    STATIONS,
    STEPS,
    STRIKE,
    VOLATILITY,
    Q,
)
from scipy.special import ndtri

CHUNK = 4096
PATHS = 1024  # of 50 steps in a chunk: the fastest of those tried (256 to 8192)


def ways(name):
    """What a determined user of NumPy would write for the problem."""
    return WAYS[name]()


def queue():
    def ipa(generator):
        return queue_in_numpy.ipa(generator, CUSTOMERS, SERVICE)[1][None]

    yield way("ipa", "random", ipa, queue_in_numpy.CHUNK)


def line():
    def ipa(generator):
        return queues_in_numpy.line(generator, CUSTOMERS, len(STATIONS), STATIONS)[1:]

    yield way("ipa", "random", ipa, queues_in_numpy.CHUNK)


def network():
    def ipa(generator):
        return network_in_numpy.ipa(generator, ARCS, NODES, MEANS)[:, 1:]

    yield way_of_sums("ipa", "random", ipa, network_in_numpy.CHUNK)


def late():
    def ratio(generator):
        x = generator.standard_exponential((len(ARCS), CHUNK))
        length = np.zeros((NODES, CHUNK))
        for k, (tail, head) in enumerate(ARCS):
            np.maximum(length[head], length[tail] + MEANS[k] * x[k], out=length[head])
        x -= 1.0
        x *= length[-1] > LATE
        return x / MEANS[:, None]

    yield way("lr", "random", ratio, CHUNK)


def stock():
    def smoothed(generator):
        found = inventory_in_numpy.paths(generator, PERIODS, S_LOW, Q, DEMAND, PRICES)
        return found[2:] / PERIODS

    yield way("spa", "random", smoothed, inventory_in_numpy.CHUNK)


def digital():
    deviation = VOLATILITY * np.sqrt(MATURITY)
    drift = (RATE - 0.5 * VOLATILITY**2) * MATURITY
    least = (np.log(STRIKE / SPOT) - drift) / deviation
    weight = np.exp(-RATE * MATURITY) / (SPOT * deviation)

    def ratio(z):
        return (weight * (z > least) * z)[None]

    return _normal_ways("lr", ratio, 1, 4 * CHUNK)


def asian():
    dt = MATURITY / STEPS
    times = dt * np.arange(1, STEPS + 1)[:, None]
    drift = (RATE - 0.5 * VOLATILITY**2) * times
    discount = np.exp(-RATE * MATURITY) / STEPS

    def pathwise(z):
        motion = np.cumsum(z.reshape(STEPS, -1), axis=0)
        motion *= np.sqrt(dt)
        prices = np.exp(VOLATILITY * motion + drift)
        total = prices.sum(axis=0)
        paid = discount * (SPOT * total > STRIKE * STEPS)
        motion -= VOLATILITY * times
        return np.array([paid * total, paid * SPOT * np.einsum("tn,tn->n", prices, motion)])

    return _normal_ways("ipa", pathwise, STEPS, PATHS)


def _normal_ways(method, samples, dimensions, chunk):
    """A function of (dimensions, n) standard normals with all three samplers."""

    def random(generator):
        return samples(generator.standard_normal((dimensions, chunk)).squeeze())

    def antithetic(generator):
        z = generator.standard_normal((dimensions, chunk // 2))
        return samples(np.hstack([z, -z]).squeeze())

    def points(u):
        return samples(ndtri(np.clip(u, 2.0**-53, 1.0 - 2.0**-53)).squeeze())

    yield way(method, "random", random, chunk)
    yield way(method, "antithetic", antithetic, chunk, pair=True)
    yield way_by_points(method, points, dimensions)


def ruin():
    def ratio(generator):
        """The score of the claims until ruin; those who survive count for nothing."""
        capital, score, found = np.full(CHUNK, CAPITAL), np.zeros(CHUNK), np.zeros(CHUNK)
        filled = 0
        for _ in range(CLAIMS):
            claim = generator.standard_exponential(len(capital))
            capital += PREMIUM * generator.standard_exponential(len(capital))
            capital -= CLAIM * claim
            score += claim
            score -= 1.0
            ruined = capital < 0.0
            ends = score[ruined]
            found[filled : filled + len(ends)] = ends / CLAIM
            filled += len(ends)
            capital, score = capital[~ruined], score[~ruined]
        return found[None]

    yield way("lr", "random", ratio, CHUNK)


WAYS = {
    "queue": queue, "line": line, "network": network, "late": late, "stock": stock,
    "digital": digital, "asian": asian, "ruin": ruin,
}  # fmt: skip
