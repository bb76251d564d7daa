"""Second derivative of a fixed lookback by its strike, watched all the time.

E(± (M - K))⁺ has the second derivative by K that is the density of M at K. Given the ends a, b of
all steps, in logarithms and mirrored for the smallest price, M stays below k = ± ln K with
probability Π (1 - exp(-2 (k - a) (k - b) / v)), v the variances of the steps, if all ends do: its
derivative by K is the density, and bounded.

The model's own numbers: for each step the place of 2 v, the mean of its bridge's variate. Its own
functions: walk, value. counts: as in option.py.

side  1 for the largest price, -1 for the smallest
places  the model's own numbers
strike  in prices now
"""

from ...jit.compile import procedure
from ...jit.intrinsics import apart, call
from ...jit.pointers import beyond
from ...special.exp import exp
from ...special.log import log
from ..operation import model_operation
from ..second_index import FUNCTIONS, rest_of
from .option import DYNAMICS, KEPT, PATH, append_own, own_counts
from .payoffs.lookback import SIDE, STEPS

BELOW, RATE, BEFORE = range(3)  # P(M below k), the derivative of its logarithm by k, k - a


@model_operation
def second_smoothed(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
    dynamics, payoff = own_counts(counts)
    path, own = counts[PATH], beyond(index, rest_of(index))
    rows, memory = beyond(work, path * lanes), beyond(work, (path + 3) * lanes)
    scratch = beyond(memory, counts[KEPT] * lanes)
    terms = beyond(structure, counts[DYNAMICS] * lanes)
    slots, pairs = index[0], index[1]
    call(functions[FUNCTIONS * slots], lanes, dynamics, structure, x, work, memory)
    append_own(lanes, counts, x, work)
    call(functions[FUNCTIONS * slots + 1], lanes, payoff, terms, work, y, scratch)
    side = float(payoff[SIDE])
    stay_below(lanes, payoff[STEPS], side, parameters, own, terms, work, rows)
    for slot in range(slots):
        for lane in range(lanes):
            out[(pairs + slot) * lanes + lane] = -side * (1.0 - rows[BELOW * lanes + lane])
    for pair in range(pairs):
        for lane in range(lanes):
            density = rows[BELOW * lanes + lane] * rows[RATE * lanes + lane]
            out[pair * lanes + lane] = density / terms[lane]


@procedure
def stay_below(lanes, steps, side, parameters, places, strike, path, rows):
    """The rows BELOW and RATE."""
    apart()
    for lane in range(lanes):
        rows[BELOW * lanes + lane], rows[RATE * lanes + lane] = 1.0, 0.0
        rows[BEFORE * lanes + lane] = side * log(strike[lane])  # from the price now, 1
    for step in range(steps):
        variance = 0.5 * parameters[places[step]]
        for lane in range(lanes):
            before = rows[BEFORE * lanes + lane]
            after = side * (log(strike[lane]) - log(path[step * lanes + lane]))
            rows[BEFORE * lanes + lane] = after
            alive = before > 0.0 and after > 0.0
            lost = exp(-2.0 * before * after / variance) if alive else 1.0
            kept = 1.0 - lost
            rows[BELOW * lanes + lane] *= kept
            rate = 2.0 * (before + after) / variance * lost / kept if kept > 0.0 else 0.0
            rows[RATE * lanes + lane] += rate
