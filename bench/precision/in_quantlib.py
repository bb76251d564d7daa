"""QuantLib's Monte Carlo engine of the Asian option, bumped and revalued with the same numbers.

It has no Greeks by simulation, and its European engine prices no digital. Standard errors are
those of independent seeds; its Sobol' points are not randomised, so they give none. One process
a core: Python bindings hold the interpreter's lock.
"""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from functools import cache

import numpy as np
import QuantLib as ql
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
        _price(SPOT * a, VOLATILITY * b, flags, samples, seed)
        for a, b in ((up, 1.0), (down, 1.0), (1.0, up), (1.0, down))
    ]
    return [
        (prices[0] - prices[1]) / (2.0 * BUMP * SPOT),
        (prices[2] - prices[3]) / (2.0 * BUMP * VOLATILITY),
    ]


def _price(spot, volatility, flags, samples, seed):
    today, count = ql.Date(1, 1, 2026), ql.Actual365Fixed()
    ql.Settings.instance().evaluationDate = today
    flat = ql.YieldTermStructureHandle(ql.FlatForward(today, RATE, count))
    none = ql.YieldTermStructureHandle(ql.FlatForward(today, 0.0, count))
    constant = ql.BlackConstantVol(today, ql.NullCalendar(), volatility, count)
    process = ql.BlackScholesMertonProcess(
        ql.QuoteHandle(ql.SimpleQuote(spot)), none, flat, ql.BlackVolTermStructureHandle(constant)
    )
    days = np.rint(365 * MATURITY * np.arange(1, STEPS + 1) / STEPS).astype(int)
    dates = [today + int(day) for day in days]
    option = ql.DiscreteAveragingAsianOption(
        ql.Average.Arithmetic, 0.0, 0, dates, ql.PlainVanillaPayoff(ql.Option.Call, STRIKE),
        ql.EuropeanExercise(dates[-1]),
    )  # fmt: skip
    antithetic, control = flags
    engine = ql.MCPRDiscreteArithmeticAPEngine(
        process, False, antithetic, control, int(samples), None, None, int(seed)
    )
    option.setPricingEngine(engine)
    return option.NPV()
