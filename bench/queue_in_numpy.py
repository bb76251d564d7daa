"""The M/M/1 queue vectorised over replications in NumPy, chunk by chunk, on several threads.

The chunk of 4096 replications and ten customers' draws at a time were the fastest of those
tried (256 to 8192; all draws at once), SFC64 the fastest of NumPy's generators.
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

CHUNK, DRAWS = 4096, 10


def value(generator, customers, mean):
    """(Y,) of one chunk: the mean time in system."""
    system, total = np.zeros((2, CHUNK))
    for gap, service in _draws(generator, customers):
        service *= mean
        _serve(system, gap, service)
        total += system
    return (total / customers,)


def ipa(generator, customers, mean):
    """(Y, dY/dmean) of one chunk."""
    system, total, derivative, gradient = np.zeros((4, CHUNK))
    busy = np.empty(CHUNK, bool)
    for gap, service in _draws(generator, customers):
        np.greater(system, gap, out=busy)
        derivative *= busy
        derivative += service  # dX/dmean = X / mean, the standard variate
        gradient += derivative
        service *= mean
        _serve(system, gap, service)
        total += system
    return total / customers, gradient / customers


def likelihood_ratio(generator, customers, mean):
    """(Y, Y · score) of one chunk."""
    system, total, score = np.zeros((3, CHUNK))
    for gap, service in _draws(generator, customers):
        score += service
        service *= mean
        _serve(system, gap, service)
        total += system
    total /= customers
    return total, total * (score - customers) / mean


def central_difference(generator, customers, mean, step=1e-3):
    """(Y(mean + h) - Y(mean - h)) / 2h of one chunk, with common random numbers."""
    high, low, difference, scaled = np.zeros((4, CHUNK))
    for gap, service in _draws(generator, customers):
        _serve(high, gap, np.multiply(service, mean + step, out=scaled))
        _serve(low, gap, np.multiply(service, mean - step, out=scaled))
        difference += high
        difference -= low
    return (difference / (2.0 * step * customers),)


def _serve(system, gap, service):
    """Lindley's recursion, in place."""
    system -= gap
    np.maximum(system, 0.0, out=system)
    system += service


def _draws(generator, customers):
    """Standard exponential (gap, service) of one customer after the other."""
    gaps, services = np.empty((2, DRAWS, CHUNK))
    for first in range(0, customers, DRAWS):
        generator.standard_exponential(out=gaps)
        generator.standard_exponential(out=services)
        count = min(DRAWS, customers - first)
        yield from zip(gaps[:count], services[:count], strict=True)


def estimate(estimator, customers, mean, replications, threads, seed=1):
    """The means of all outputs of `estimator` over whole chunks, at least `replications`."""
    chunks = -(-replications // (CHUNK * threads))

    def work(stream):
        generator = np.random.Generator(np.random.SFC64(stream))
        return sum(
            np.array([output.mean() for output in estimator(generator, customers, mean)])
            for _ in range(chunks)
        )

    streams = np.random.SeedSequence(seed).spawn(threads)
    with ThreadPoolExecutor(threads) as pool:
        return sum(pool.map(work, streams)) / (chunks * threads)
