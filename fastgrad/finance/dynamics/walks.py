"""Paths of prices as plain functions, compiled with users' own payoffs: see `Dynamics.walk`.

Each gets the records of the simulation: x.returns, all variates of the dynamics in order, and p.
They are what the files of the same dynamics in `kernels/models/option/dynamics/` are, which
explain the formulas.
"""

import math

import numpy as np


def lognormal_prices(x, p):  # type: ignore[no-untyped-def]
    """The prices at the ends of all steps, from their log-returns."""
    made = np.empty(len(x.returns))
    log = 0.0
    for i in range(len(x.returns)):
        log += x.returns[i]
        made[i] = np.exp(log)
    return made


def escrowed_prices(x, p):  # type: ignore[no-untyped-def]
    """The same with what is known to be paid out later on top."""
    made = lognormal_prices(x, p)
    for i in range(len(made)):
        made[i] += p.dividends_to_come[i]
    return made


def jumping_prices(x, p):  # type: ignore[no-untyped-def]
    """Of `MertonJumps`: numbers of jumps, then their sums, then the returns between them."""
    steps = len(x.returns) // 3
    made = np.empty(steps)
    log = 0.0
    for i in range(steps):
        n = x.returns[i]
        log += x.returns[2 * steps + i]
        if n > 0.0:
            log += n * p.jump_mean + math.sqrt(n) * p.jump_deviation * x.returns[steps + i]
        made[i] = np.exp(log)
    return made


def correlated_prices(x, p):  # type: ignore[no-untyped-def]
    """Of `CorrelatedAssets`: one row for each asset."""
    assets = len(p.later_centres)
    steps = len(x.returns) // assets
    made = np.empty((assets, steps))
    for asset in range(assets):
        log, begin = 0.0, asset * (asset - 1) // 2
        for i in range(steps):
            log += x.returns[asset * steps + i]
            for other in range(asset):
                centre = p.first_centres[other] if i == 0 else p.later_centres[other]
                away = x.returns[other * steps + i] - centre
                log += p.return_factors[begin + other] * away
            made[asset, i] = np.exp(log)
    return made


def truncated_heston_prices(x, p):  # type: ignore[no-untyped-def]
    """Of `Heston` by Euler's scheme with full truncation."""
    steps = len(x.returns) // 2
    made = np.empty(steps)
    log, variance = 0.0, p.heston_variance
    for i in range(steps):
        z, w = x.returns[i], x.returns[steps + i]
        used, root = 0.0, 0.0
        if variance > 0.0:
            used, root = variance, math.sqrt(variance)
        variance += p.heston_pull * (p.heston_level - used) + p.heston_noise * root * z
        log += root * p.heston_with * z
        if i == 0:
            log += w
        else:
            log += p.heston_drift - p.heston_half * used + root * p.heston_own * w
        made[i] = np.exp(log)
    return made


def matched_heston_prices(x, p):  # type: ignore[no-untyped-def]
    """Of `Heston` by the quadratic-exponential scheme."""
    steps = (len(x.returns) - 1) // 2
    made = np.empty(steps)
    log, variance, tilt = x.returns[steps], p.heston_variance, p.heston_tilt
    for i in range(steps):
        m = p.heston_base + p.heston_keep * variance
        psi = (p.heston_spread_base + p.heston_spread_slope * variance) / (m * m)
        z = x.returns[i]
        if psi <= 1.5:
            q = math.sqrt(1.0 - 0.5 * psi)
            rest = 0.5 * psi / (1.0 + q)
            g = math.sqrt(q) + math.sqrt(rest) * z
            after = m * g * g
            left = 1.0 - 2.0 * tilt * m * rest
            log -= tilt * (m - m * rest) / left - 0.5 * math.log(left)
        else:
            tail = max(0.5 * math.erfc(z / math.sqrt(2.0)), 1e-300)
            w = 0.5 * m * (psi + 1.0)
            after = w * max(math.log(2.0 / ((psi + 1.0) * tail)), 0.0)
            left = 1.0 - tilt * w
            log -= math.log((left + tilt * m) / left)
        log += p.heston_lean * after - 0.5 * p.heston_own * variance
        used = after
        if i > 0:
            log += p.heston_drift
            used = variance + after
        if used > 0.0:
            log += math.sqrt(p.heston_own * used) * x.returns[steps + 1 + i]
        made[i] = np.exp(log)
        variance = after
    return made
