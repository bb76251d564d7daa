"""radonlab: Greeks of digitals in NumPy; a call for each chunk, one chunk a core."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import radonlab
from measure import Way, from_sums
from pooled import RANDOMISATIONS, THREADS, interval
from problems import MATURITY, RATE, SPOT, STRIKE, VOLATILITY
from radonlab.rng import NormalSampler

CHUNK = 16384  # the fastest of those tried (4096 to 262144)


def ways(name):
    """The digital's delta by its unbiased methods; smoothing is biased by its bandwidth."""
    if name != "digital":
        return
    for method, estimator in {
        "lr": radonlab.likelihood_ratio,
        "smoothing": radonlab.smoothing,
    }.items():
        yield Way(method, "random", _random(estimator), CHUNK * THREADS)
        yield Way(method, "antithetic", _antithetic(estimator), CHUNK * THREADS)
        yield Way(method, "sobol", _points(estimator), 16 * RANDOMISATIONS, True)


def _call(estimator, paths, **sampler):
    model = radonlab.GeometricBrownianMotion(SPOT, RATE, VOLATILITY, MATURITY)
    payoff = radonlab.CashOrNothingCall(STRIKE)
    return estimator(model, payoff, radonlab.Greek.DELTA, paths, sampler=NormalSampler(**sampler))


def _results(estimator, chunks, seed, paths=CHUNK, **sampler):
    with ThreadPoolExecutor(THREADS) as pool:
        return list(
            pool.map(
                lambda k: _call(estimator, paths, seed=1_000_000 * seed + k, **sampler),
                range(chunks),
            )
        )


def _random(estimator):
    def run(count, seed):
        found = _results(estimator, -(-count // CHUNK), seed)
        mean, error = np.array([[one.value, one.std_error] for one in found]).T
        squares = (CHUNK - 1) * error**2 + mean**2
        return from_sums(len(found) * CHUNK, CHUNK * np.array([[mean.sum()], [squares.sum()]]))

    return run


def _antithetic(estimator):
    def run(count, seed):
        """Its own standard error ignores that pairs belong together: here it is that of chunks."""
        chunks = max(16, -(-count // CHUNK))
        paths = 2 * -(-count // (2 * chunks))
        found = _results(estimator, chunks, seed, paths, antithetic=True)
        return interval([[one.value] for one in found])

    return run


def _points(estimator):
    def run(count, seed):
        found = _results(estimator, RANDOMISATIONS, seed, count // RANDOMISATIONS, sobol=True)
        return interval([[one.value] for one in found])

    return run
