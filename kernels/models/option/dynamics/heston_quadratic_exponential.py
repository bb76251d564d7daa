"""Heston's stochastic volatility by Andersen's quadratic-exponential scheme (2008).

    mean of V' = base + keep V, its variance = spread_base + spread_slope V (heston_moments.py)
    ln S' = ln S + drift - ln E exp(tilt V') - own V / 2 + lean V' + √(own (V + V')) w

with tilt = lean + own / 2: the discounted price is a martingale at every step size. x: for each
step z; the first log-return's part √(own V) w, with ln S and the drift in it; then for each step w,
for the first √(own V') w. Rows of structure in this order: variance now, base, keep, spread_base,
spread_slope, drift, own, lean, tilt. Work keeps V.
"""

from math import sqrt

from ....jit.compile import device
from ....jit.intrinsics import apart, wide
from ....special.exp import exp
from ..form import spread_operation, unwind_operation, walk_operation
from .heston_moments import log_moment, log_moment_slopes, next_variance, variance_slopes

START, BASE, KEEP, SPREAD_BASE, SPREAD_SLOPE, DRIFT, OWN, LEAN, TILT = range(9)
LEAST = 1e-100  # of a standard deviation: what is below it is nothing


@device
def variance_before(lanes, lane, step, structure, kept):
    """V when a step begins."""
    return structure[START * lanes + lane] if step == 0 else kept[(step - 1) * lanes + lane]


@device
def moments_of(lanes, lane, structure, before):
    """m and ψ."""
    m = structure[BASE * lanes + lane] + structure[KEEP * lanes + lane] * before
    square = structure[SPREAD_BASE * lanes + lane] + structure[SPREAD_SLOPE * lanes + lane] * before
    return m, square / (m * m)


@walk_operation
def walk(lanes, counts, structure, x, path, work):
    wide()
    apart()
    steps = counts[0]
    total, first = steps * lanes, steps * lanes
    for lane in range(lanes):
        work[total + lane] = x[first + lane]
    for step in range(steps):
        own_noise, later = (steps + 1 + step) * lanes, 0.0 if step == 0 else 1.0
        for lane in range(lanes):
            before = variance_before(lanes, lane, step, structure, work)
            m, psi = moments_of(lanes, lane, structure, before)
            after = next_variance(m, psi, x[step * lanes + lane])
            work[step * lanes + lane] = after
            own = structure[OWN * lanes + lane]
            moved = log_moment(m, psi, structure[TILT * lanes + lane]) + 0.5 * own * before
            root = sqrt(own * (later * before + after))
            work[total + lane] += (
                later * structure[DRIFT * lanes + lane]
                - moved
                + structure[LEAN * lanes + lane] * after
                + root * x[own_noise + lane]
            )
            path[step * lanes + lane] = exp(work[total + lane])


@unwind_operation
def unwind(lanes, counts, structure, x, path, slope, slope_x, slope_structure, work):
    """Y's derivatives by ln S and V at the end of each step, backwards."""
    wide()
    apart()
    steps = counts[0]
    price, variance = steps * lanes, (steps + 1) * lanes
    for place in range(9 * lanes):
        slope_structure[place] = 0.0
    for lane in range(lanes):
        work[price + lane] = 0.0
        work[variance + lane] = 0.0
    for step in range(steps - 1, -1, -1):
        later, noise = 0.0 if step == 0 else 1.0, (steps + 1 + step) * lanes
        for lane in range(lanes):
            place = step * lanes + lane
            before = variance_before(lanes, lane, step, structure, work)
            after, w = work[place], x[noise + lane]
            own, tilt = structure[OWN * lanes + lane], structure[TILT * lanes + lane]
            m, psi = moments_of(lanes, lane, structure, before)
            by_m, by_psi = variance_slopes(m, psi, x[place])
            log_m, log_psi, log_tilt = log_moment_slopes(m, psi, tilt)
            work[price + lane] += slope[place] * path[place]
            by_price = work[price + lane]
            used = later * before + after
            root = sqrt(own * used)
            by_square = 0.5 * by_price * w / root if root > 0.0 else 0.0
            by_after = (
                work[variance + lane] + structure[LEAN * lanes + lane] * by_price + own * by_square
            )
            mean = by_after * by_m - by_price * log_m
            ratio = by_after * by_psi - by_price * log_psi
            mean -= 2.0 * psi / m * ratio
            square = ratio / (m * m)
            slope_structure[BASE * lanes + lane] += mean
            slope_structure[KEEP * lanes + lane] += before * mean
            slope_structure[SPREAD_BASE * lanes + lane] += square
            slope_structure[SPREAD_SLOPE * lanes + lane] += before * square
            slope_structure[DRIFT * lanes + lane] += later * by_price
            slope_structure[OWN * lanes + lane] += used * by_square - 0.5 * before * by_price
            slope_structure[LEAN * lanes + lane] += after * by_price
            slope_structure[TILT * lanes + lane] -= log_tilt * by_price
            slope_x[place] = 0.0
            slope_x[noise + lane] = root * by_price
            work[variance + lane] = (
                structure[KEEP * lanes + lane] * mean
                + structure[SPREAD_SLOPE * lanes + lane] * square
                + own * (later * by_square - 0.5 * by_price)
            )
    for lane in range(lanes):
        slope_structure[START * lanes + lane] = work[variance + lane]
        slope_x[steps * lanes + lane] = work[price + lane]


@spread_operation
def spread(lanes, counts, structure, x, path, row, work):
    """√(own (V + V')); of the first step √(own V')."""
    wide()
    last = counts[0] - 1
    later = 0.0 if last == 0 else 1.0
    for lane in range(lanes):
        before = variance_before(lanes, lane, last, structure, work)
        used = later * before + work[last * lanes + lane]
        row[lane] = max(sqrt(structure[OWN * lanes + lane] * used), LEAST)
