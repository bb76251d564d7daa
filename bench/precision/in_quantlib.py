"""QuantLib's Monte Carlo engine of the Asian option, bumped and revalued with the same numbers.

It has no Greeks by simulation, and its European engine prices no digital. Standard errors are
those of independent seeds; its Sobol' points are not randomised, so they give none. One process
a core: Python bindings hold the interpreter's lock.
"""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from functools import cache

from asian_in_quantlib import price
from measure import Way
from pooled import THREADS, interval
from problems import MATURITY, RATE, SPOT, STEPS, STRIKE, VOLATILITY

SEEDS = 16  # independent estimates
BUMP = 1e-2  # of spot and volatility, relative


def ways(name):
    """Symmetric differences, plain, antithetic and with the geometric mean as a control."""
    if name != "asian":
        return
    for sampler, flags in {
        "random": (False, False),
        "antithetic": (True, False),
        "control": (False, True),
        "antithetic, control": (True, True),
    }.items():
        yield Way("cd", sampler, _runner(flags), 2 * SEEDS)


def _runner(flags):
    def run(count, seed):
        each = max(2, -(-count // SEEDS))
        jobs = [(flags, each, SEEDS * seed + k + 1) for k in range(SEEDS)]
        return interval(list(_pool().map(greeks, jobs, chunksize=SEEDS // THREADS)))

    return run


@cache
def _pool():
    context = multiprocessing.get_context("forkserver")
    return ProcessPoolExecutor(THREADS, mp_context=context)


def greeks(job):
    """(delta, vega) from one seed."""
    flags, samples, seed = job
    up, down = 1.0 + BUMP, 1.0 - BUMP
    prices = [
        price(samples, STEPS, SPOT * a, RATE, VOLATILITY * b, MATURITY, STRIKE, seed, *flags)
        for a, b in ((up, 1.0), (down, 1.0), (1.0, up), (1.0, down))
    ]
    return [
        (prices[0] - prices[1]) / (2.0 * BUMP * SPOT),
        (prices[2] - prices[3]) / (2.0 * BUMP * VOLATILITY),
    ]
