"""Discrete barriers, smoothed: each step is drawn given that it survives, the last integrated out.

The option pays on (lower, upper) of the last price if no earlier one has passed the barrier. With
y = ± ln(S / barrier) > 0 before a step of mean m and deviation s (Glasserman and Staum 2001)

    a = (y + m) / s,  survives with Φ(a),  y' = s (a + w'),  Φ(-w') = Φ(a) Φ(-w)

where w is the step's normal variate: w' is it given that y' > 0. The product of the Φ(a) times the
expectation over the last step is smooth in everything, and has the mean of the option. What
begins at the barrier is the plain option, known in closed form, less what ends there.

counts: as in option.py, of lognormal.py and payoffs/barrier.py; prices are counted in barriers.
parameters: mean and deviation of each input.

sign, side  of the payoff, and of the barrier: 1 below the price, -1 above it
moments  mean and deviation of each step, one after the other
strike, by_strike  in barriers; the derivative by it
y, weight  y as above, at last the value; the product of the Φ(a), at last the derivative by y
rows  of step k: w, a, w', c = ∂y'/∂y, φ(a) / Φ(a), the derivatives by its mean and deviation
"""

from math import sqrt

from ...jit.compile import device, procedure
from ...jit.intrinsics import apart
from ...jit.pointers import beyond
from ...special.exp import exp
from ...special.log import log
from ...special.normal import normal_cdf, normal_density, normal_quantile
from ..operation import model_operation
from ..second_index import pair_of, rest_of, slot_of
from .option import DYNAMICS, FIRST_ROWS, INPUTS, PAYOFF, ROWS
from .payoffs.barrier import INSIDE, SIDE, SIGN

LEAST = 1e-300  # of a probability
STEP = 1e-3  # of differences of fourth order, in deviations of the step
NORMAL, AHEAD, MOVED, KEPT, HAZARD, BY_MEAN, BY_SD, BLOCKS = range(8)  # of rows, one row a step


@device
def steps_of(counts, which):
    """The steps that an input makes."""
    begin = counts[FIRST_ROWS + which]
    last = which + 1 == counts[INPUTS]
    return range(begin, counts[ROWS] if last else counts[FIRST_ROWS + which + 1])


@procedure
def moments_of(counts, parameters, moments):
    for which in range(counts[INPUTS]):
        for step in steps_of(counts, which):
            moments[2 * step] = parameters[2 * which]
            moments[2 * step + 1] = parameters[2 * which + 1]


@procedure
def survive(lanes, steps, side, moments, y, weight, rows):
    """All steps but the last, each given that it survives, from what stands in the row NORMAL."""
    apart()
    for lane in range(lanes):
        y[lane], weight[lane] = 0.0, 1.0
    for step in range(steps - 1):
        mean, sd = side * moments[2 * step], moments[2 * step + 1]
        for lane in range(lanes):
            place = step * lanes + lane
            w, a = rows[place], (y[lane] + mean) / sd
            alive = max(normal_cdf(a), LEAST)
            above = max(alive * normal_cdf(-w), LEAST)
            below = max(alive * normal_cdf(w) + normal_cdf(-a), LEAST)
            low = above < 0.5
            end = normal_quantile(above if low else below)
            moved = -end if low else end
            hazard = normal_density(a) / alive
            rows[AHEAD * steps * lanes + place] = a
            rows[MOVED * steps * lanes + place] = moved
            rows[HAZARD * steps * lanes + place] = hazard
            rows[KEPT * steps * lanes + place] = 1.0 - hazard * above / normal_density(moved)
            weight[lane] *= alive
            y[lane] = max(sd * (a + moved), 0.0)


@device
def at_end(end, log_end, strike, log_price, mean, sd):
    """Of one end of the interval: Φ(d + s), Φ(d), and what it adds to ∂/∂mean and ∂/∂sd."""
    d = (log_price - log_end + mean) / sd
    bell = normal_density(d)
    over = (end - strike) * bell / sd
    return normal_cdf(d + sd), normal_cdf(d), over, end * bell - d * over


@device
def between(sign, side, strike, log_price, mean, sd):
    """E ± (S e^N - K) on what is paid and has survived; its ∂/∂mean, ∂/∂sd and ∂/∂K."""
    log_strike, paid = log(strike), sign * side > 0.0  # on the side that is alive, and beyond
    inner = side * max(side * log_strike, 0.0) if paid else 0.0
    far_s, far_d, far_mean, far_sd = at_end(exp(inner), inner, strike, log_price, mean, sd)
    forward = exp(log_price + mean + 0.5 * sd * sd)
    if paid:  # (inner, ∞) above the barrier, (0, inner) below it
        share_s, share_d = (far_s, far_d) if side > 0.0 else (1.0 - far_s, 1.0 - far_d)
        by_mean, by_sd = side * far_mean, side * far_sd
    else:  # from the barrier to the strike, if there is anything between
        near_s, near_d, near_mean, near_sd = at_end(strike, log_strike, strike, log_price, mean, sd)
        inside = 1.0 if side * log_strike > 0.0 else 0.0
        share_s, share_d = inside * side * (far_s - near_s), inside * side * (far_d - near_d)
        by_mean = inside * side * (far_mean - near_mean)
        by_sd = inside * side * (far_sd - near_sd)
    gained = forward * share_s
    return (
        sign * (gained - strike * share_d),
        sign * (gained + by_mean),
        sign * (sd * gained + by_sd),
        -sign * share_d,
    )


@procedure
def end_and_return(lanes, steps, sign, side, moments, strike, y, weight, rows, by_strike):
    """The last step, and all derivatives backwards; y becomes the value."""
    apart()
    last = steps - 1
    mean, sd = moments[2 * last], moments[2 * last + 1]
    by_mean, by_sd = BY_MEAN * steps * lanes, BY_SD * steps * lanes
    for lane in range(lanes):
        value, slope, wide, struck = between(sign, side, strike[lane], side * y[lane], mean, sd)
        rows[by_mean + last * lanes + lane] = weight[lane] * slope
        rows[by_sd + last * lanes + lane] = weight[lane] * wide
        by_strike[lane] = weight[lane] * struck
        y[lane] = weight[lane] * value
        weight[lane] = side * weight[lane] * slope  # from here on: the derivative by y
    for step in range(last - 1, -1, -1):
        sd = moments[2 * step + 1]
        for lane in range(lanes):
            place = step * lanes + lane
            a, moved = rows[AHEAD * steps * lanes + place], rows[MOVED * steps * lanes + place]
            kept = rows[KEPT * steps * lanes + place]
            lost = y[lane] * rows[HAZARD * steps * lanes + place] / sd
            before = weight[lane]
            weight[lane] = before * kept + lost
            rows[by_mean + place] = side * weight[lane]
            rows[by_sd + place] = before * (a + moved - kept * a) - lost * a


@procedure
def plain_less(lanes, steps, sign, moments, strike, y, rows, by_strike):
    """The plain option less what there is."""
    mean, square = 0.0, 0.0
    for step in range(steps):
        mean += moments[2 * step]
        square += moments[2 * step + 1] * moments[2 * step + 1]
    sd = sqrt(square)
    for lane in range(lanes):
        end = at_end(strike[lane], log(strike[lane]), strike[lane], 0.0, mean, sd)
        share_s, share_d = (end[0], end[1]) if sign > 0.0 else (1.0 - end[0], 1.0 - end[1])
        gained = sign * exp(mean + 0.5 * square) * share_s
        y[lane] = gained - sign * strike[lane] * share_d - y[lane]
        by_strike[lane] = -sign * share_d - by_strike[lane]
        for step in range(steps):
            own, place = moments[2 * step + 1] / sd, step * lanes + lane
            by_mean, by_sd = BY_MEAN * steps * lanes + place, BY_SD * steps * lanes + place
            rows[by_mean] = gained - rows[by_mean]
            rows[by_sd] = (sd * gained + end[3]) * own - rows[by_sd]


@procedure
def smooth(lanes, counts, moments, strike, y, rows, weight, by_strike):
    """E[payoff | the variates], and its derivatives by all moments and the strike."""
    own = beyond(counts, counts[PAYOFF])
    steps, sign, side = counts[ROWS], float(own[SIGN]), float(own[SIDE])
    survive(lanes, steps, side, moments, y, weight, rows)
    end_and_return(lanes, steps, sign, side, moments, strike, y, weight, rows, by_strike)
    if own[INSIDE] != 0:
        plain_less(lanes, steps, sign, moments, strike, y, rows, by_strike)


@procedure
def normals(lanes, counts, moments, x, rows):
    """The normal variates of all steps, mirrored for a barrier above."""
    side = float(beyond(counts, counts[PAYOFF])[SIDE])
    for step in range(counts[ROWS]):
        for place in range(step * lanes, (step + 1) * lanes):
            rows[place] = side * (x[place] - moments[2 * step]) / moments[2 * step + 1]


@procedure
def summed(lanes, counts, which, number, rows, weight, target):
    """Adds weight times the derivative by a parameter of an input: 0 its mean, 1 its deviation."""
    block = (BY_SD if number else BY_MEAN) * counts[ROWS] * lanes
    for step in steps_of(counts, which):
        for lane in range(lanes):
            target[lane] += weight * rows[block + step * lanes + lane]


@model_operation
def smoothed(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
    """index: number of slots; for each its input, -1 for the strike, and 0 (mean) or 1 (sd)."""
    steps = counts[ROWS]
    rows, weight = work, beyond(work, BLOCKS * steps * lanes)
    by_strike, moments = beyond(weight, lanes), beyond(weight, 2 * lanes)
    strike = beyond(structure, counts[DYNAMICS] * lanes)
    moments_of(counts, parameters, moments)
    normals(lanes, counts, moments, x, rows)
    smooth(lanes, counts, moments, strike, y, rows, weight, by_strike)
    for slot in range(index[0]):
        target, which = beyond(out, slot * lanes), index[2 * slot + 1]
        for lane in range(lanes):
            target[lane] = by_strike[lane] if which < 0 else 0.0
        if which >= 0:
            summed(lanes, counts, which, index[2 * slot + 2], rows, 1.0, target)


@model_operation
def second_smoothed(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
    """Differences of the derivatives, with the variates fixed. Own numbers: 0 or 1 as above."""
    steps, slots, pairs = counts[ROWS], index[0], index[1]
    rows, weight = work, beyond(work, BLOCKS * steps * lanes)
    by_strike, value = beyond(weight, lanes), beyond(weight, 2 * lanes)
    moments = beyond(weight, 3 * lanes)
    strike, own = beyond(structure, counts[DYNAMICS] * lanes), beyond(index, rest_of(index))
    moments_of(counts, parameters, moments)
    normals(lanes, counts, moments, x, rows)
    smooth(lanes, counts, moments, strike, y, rows, weight, by_strike)
    for place in range((slots + pairs) * lanes):
        out[place] = 0.0
    for slot in range(slots):
        target = beyond(out, (pairs + slot) * lanes)
        summed(lanes, counts, slot_of(index, slot)[0], own[slot], rows, 1.0, target)
    for moved in range(slots):
        which, _, _, parameter = slot_of(index, moved)
        step = STEP * parameters[parameter + 1]
        for at in range(4):
            move(counts, moments, which, own[moved], (-2.0, 1.0, 2.0, 1.0)[at] * step)
            smooth(lanes, counts, moments, strike, value, rows, weight, by_strike)
            share = (1.0, -8.0, 8.0, -1.0)[at] / (12.0 * step)
            for pair in range(pairs):
                a, b, _, _, _ = pair_of(index, pair)
                if b == moved:
                    target = beyond(out, pair * lanes)
                    summed(lanes, counts, slot_of(index, a)[0], own[a], rows, share, target)
        moments_of(counts, parameters, moments)


@procedure
def move(counts, moments, which, number, amount):
    """A parameter of an input, in all steps that it makes."""
    for step in steps_of(counts, which):
        moments[2 * step + number] += amount
