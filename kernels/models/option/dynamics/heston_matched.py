"""Heston's stochastic volatility by steps that match two moments of the variance (Andersen 2008).

    mean of V' = base + keep V, its variance = spread_base + spread_slope V
    ln S' = ln S + drift - ln E exp(tilt V') - own V / 2 + lean V' + √(own (V + V')) w

with tilt = lean + own / 2: the discounted price is a martingale at every step size. V' is a
function of its two moments and a normal variate z, in heston_quadratic_exponential.py or
heston_gamma.py.

x: for each step z; the first log-return's part √(own V) w, with ln S and the drift in it; then for
each step w, for the first √(own V') w. Rows of structure in this order: variance now, base, keep,
spread_base, spread_slope, drift, own, lean, tilt. Work keeps V.
"""

from math import sqrt

from ....jit.compile import device
from ....jit.pointers import beyond
from ....special.exp import exp
from ..form import spread_operation

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


@device
def walk_by(advance, lanes, steps, structure, x, path, work):
    """advance(m, psi, tilt, z) -> V', ln E exp(tilt V')"""
    total, moment = steps * lanes, beyond(work, (steps + 1) * lanes)
    for lane in range(lanes):
        work[total + lane] = x[steps * lanes + lane]
    for step in range(steps):
        for lane in range(lanes):
            before = variance_before(lanes, lane, step, structure, work)
            m, psi = moments_of(lanes, lane, structure, before)
            place, tilt = step * lanes + lane, structure[TILT * lanes + lane]
            work[place], moment[lane] = advance(m, psi, tilt, x[place])
        noise, later = (steps + 1 + step) * lanes, 0.0 if step == 0 else 1.0
        for lane in range(lanes):
            before = variance_before(lanes, lane, step, structure, work)
            after, own = work[step * lanes + lane], structure[OWN * lanes + lane]
            root = sqrt(own * (later * before + after))
            work[total + lane] += (
                later * structure[DRIFT * lanes + lane]
                - moment[lane]
                - 0.5 * own * before
                + structure[LEAN * lanes + lane] * after
                + root * x[noise + lane]
            )
            path[step * lanes + lane] = exp(work[total + lane])


@device
def unwind_by(slopes, lanes, steps, structure, x, path, slope, slope_x, slope_structure, work):
    """Y's derivatives by ln S and V at the end of each step, backwards.

    slopes(m, psi, tilt, z) -> ∂V'/∂m, ∂V'/∂ψ, and the derivatives of ln E exp(tilt V') by all three
    """
    price, variance = steps * lanes, (steps + 1) * lanes
    rows = beyond(work, (steps + 2) * lanes)
    for place in range(9 * lanes):
        slope_structure[place] = 0.0
    for lane in range(lanes):
        work[price + lane] = 0.0
        work[variance + lane] = 0.0
    for step in range(steps - 1, -1, -1):
        for lane in range(lanes):
            before = variance_before(lanes, lane, step, structure, work)
            m, psi = moments_of(lanes, lane, structure, before)
            z, tilt = x[step * lanes + lane], structure[TILT * lanes + lane]
            by_m, by_psi, log_m, log_psi, log_tilt = slopes(m, psi, tilt, z)
            rows[lane], rows[lanes + lane], rows[2 * lanes + lane] = by_m, by_psi, log_m
            rows[3 * lanes + lane], rows[4 * lanes + lane] = log_psi, log_tilt
        later, noise = 0.0 if step == 0 else 1.0, (steps + 1 + step) * lanes
        for lane in range(lanes):
            place = step * lanes + lane
            before = variance_before(lanes, lane, step, structure, work)
            after, w, own = work[place], x[noise + lane], structure[OWN * lanes + lane]
            m, psi = moments_of(lanes, lane, structure, before)
            work[price + lane] += slope[place] * path[place]
            by_price, used = work[price + lane], later * before + after
            root = sqrt(own * used)
            by_square = 0.5 * by_price * w / root if root > 0.0 else 0.0
            lean = structure[LEAN * lanes + lane] * by_price
            by_after = work[variance + lane] + lean + own * by_square
            mean = by_after * rows[lane] - by_price * rows[2 * lanes + lane]
            ratio = by_after * rows[lanes + lane] - by_price * rows[3 * lanes + lane]
            mean -= 2.0 * psi / m * ratio
            square = ratio / (m * m)
            slope_structure[BASE * lanes + lane] += mean
            slope_structure[KEEP * lanes + lane] += before * mean
            slope_structure[SPREAD_BASE * lanes + lane] += square
            slope_structure[SPREAD_SLOPE * lanes + lane] += before * square
            slope_structure[DRIFT * lanes + lane] += later * by_price
            slope_structure[OWN * lanes + lane] += used * by_square - 0.5 * before * by_price
            slope_structure[LEAN * lanes + lane] += after * by_price
            slope_structure[TILT * lanes + lane] -= rows[4 * lanes + lane] * by_price
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
    last = counts[0] - 1
    later = 0.0 if last == 0 else 1.0
    for lane in range(lanes):
        before = variance_before(lanes, lane, last, structure, work)
        used = later * before + work[last * lanes + lane]
        row[lane] = max(sqrt(structure[OWN * lanes + lane] * used), LEAST)
