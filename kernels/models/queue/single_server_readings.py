"""What else is read on a path of the single-server queue: waiting times, shares, averages.

    W_1 = 0,   W_{n+1} = (T_n - A_{n+1})⁺,   T_n = W_n + X_n,   D = A_2 + … + A_N + T_N

    mean wait      (W_1 + … + W_N) / N
    tail           share of the N customers with T_n > y, or with W_n > y
    number         (T_1 + … + T_N) / D
    utilisation    (X_1 + … + X_N) / D

D is when the last of the N customers leaves. After w customers that are not counted, all sums
and D begin with customer w + 1. Rows of x and counts as in `single_server`; structure: y of a
tail.
"""

from ...jit.compile import device
from ...jit.intrinsics import apart
from ..operation import model_operation
from ..slots import input_of, tangent_row
from .single_server import restart
from .single_server_readings_phantoms import phantoms
from .single_server_readings_smoothed import smoothed

__all__ = ["pathwise", "phantoms", "simulate", "smoothed"]

CUSTOMERS, OUTPUT, TAIL, WARM = range(4)
SYSTEM, WAIT, NUMBER, UTILISATION = range(4)
GAP, SERVICE = 0, 1
WAITED, STAYED, SPAN, BUSY, SLOPES = range(5)  # rows of work


@model_operation
def simulate(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
    apart()
    for n in range(counts[CUSTOMERS]):
        arrive(n, lanes, counts, x, y, work)
        if n == counts[WARM]:
            begin(lanes, y, work)
        add(n, lanes, counts, structure, x, y, work)
    finish(lanes, counts, y, work)


@model_operation
def pathwise(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
    """The derivative of every reading but a tail, whose derivative along the path is 0."""
    apart()
    customers, slots, output = counts[CUSTOMERS], index[0], counts[OUTPUT]
    for place in range(slots * lanes):
        out[place] = 0.0
    for place in range(2 * slots * lanes):
        work[SLOPES * lanes + place] = 0.0
    for n in range(customers):
        arrive(n, lanes, counts, x, y, work)
        if n == counts[WARM]:
            begin(lanes, y, work)
            restart(lanes, slots, out)
        add(n, lanes, counts, structure, x, y, work)
        if not counts[TAIL]:
            for slot in range(slots):
                carry(n, slot, lanes, counts, index, first, out, work)
    finish(lanes, counts, y, work)
    if counts[TAIL]:
        return
    for slot in range(slots):
        slope, total = (SLOPES + 2 * slot) * lanes, slot * lanes
        for lane in range(lanes):
            if output in (NUMBER, UTILISATION):
                left = work[SPAN * lanes + lane] + work[STAYED * lanes + lane]
                moved = work[slope + lanes + lane] + work[slope + lane]
                out[total + lane] = (out[total + lane] - y[lane] * moved) / left
            else:
                out[total + lane] /= customers - counts[WARM]


@device
def begin(lanes, y, work):
    """From here on customers are counted, and the time from this arrival."""
    for lane in range(lanes):
        y[lane] = work[SPAN * lanes + lane] = 0.0


@device
def arrive(n, lanes, counts, x, y, work):
    """Waiting time and time in system of customer n, and its arrival."""
    waited, stayed, span = WAITED * lanes, STAYED * lanes, SPAN * lanes
    busy, service = BUSY * lanes, (counts[CUSTOMERS] - 1 + n) * lanes
    if n == 0:
        for lane in range(lanes):
            y[lane] = work[waited + lane] = work[span + lane] = work[busy + lane] = 0.0
            work[stayed + lane] = x[service + lane]
        return
    gap = (n - 1) * lanes
    for lane in range(lanes):
        left = work[stayed + lane] - x[gap + lane]
        work[busy + lane] = 1.0 if left >= 0.0 else 0.0
        work[span + lane] += x[gap + lane]
        work[waited + lane] = max(left, 0.0)
        work[stayed + lane] = work[waited + lane] + x[service + lane]


@device
def add(n, lanes, counts, structure, x, y, work):
    """What the reading sums over customers."""
    output = counts[OUTPUT]
    row = (WAITED if output == WAIT else STAYED) * lanes
    if counts[TAIL]:
        for lane in range(lanes):
            y[lane] += 1.0 if work[row + lane] > structure[lane] else 0.0
    elif output == UTILISATION:
        service = (counts[CUSTOMERS] - 1 + n) * lanes
        for lane in range(lanes):
            y[lane] += x[service + lane]
    else:
        for lane in range(lanes):
            y[lane] += work[row + lane]


@device
def finish(lanes, counts, y, work):
    """The sum over N, or over the time until the last customer leaves."""
    if counts[OUTPUT] == NUMBER or counts[OUTPUT] == UTILISATION:
        for lane in range(lanes):
            y[lane] /= work[SPAN * lanes + lane] + work[STAYED * lanes + lane]
    else:
        for lane in range(lanes):
            y[lane] /= counts[CUSTOMERS] - counts[WARM]


@device
def carry(n, slot, lanes, counts, index, first, out, work):
    """T'_n and the derivative of the arrival by one slot; what the sum grows by."""
    output, counted = counts[OUTPUT], 1.0 if n > counts[WARM] else 0.0
    which, row = input_of(index, slot), tangent_row(index, slot)
    slope, total = (SLOPES + 2 * slot) * lanes, slot * lanes
    span = slope + lanes
    if which == GAP and n > 0:
        tangent = (row + n - 1) * lanes
        for lane in range(lanes):
            work[span + lane] += counted * first[tangent + lane]
            work[slope + lane] -= first[tangent + lane]
    for lane in range(lanes):
        work[slope + lane] *= work[BUSY * lanes + lane]
        if output == WAIT:
            out[total + lane] += work[slope + lane]
    if which == SERVICE:
        tangent = (row + n) * lanes
        for lane in range(lanes):
            work[slope + lane] += first[tangent + lane]
            if output == UTILISATION:
                out[total + lane] += first[tangent + lane]
    if output in (SYSTEM, NUMBER):
        for lane in range(lanes):
            out[total + lane] += work[slope + lane]
