"""FCFS single-server queue, started empty: Lindley's recursion (30) and its derivative (31).

    T_1 = X_1,   T_{n+1} = X_{n+1} + (T_n - A_{n+1})⁺,   Y = (T_{w+1} + … + T_N) / (N - w)

Rows of x: A_2 … A_N, then X_1 … X_N. counts: N, output, whether a tail, w: the first customers,
who are served but not counted.
"""

from ...jit.compile import device
from ...jit.intrinsics import apart
from ..operation import model_operation
from ..slots import input_of, tangent_row

GAP, SERVICE = 0, 1
CUSTOMERS, WARM = 0, 3
TILE = 32  # of 16 LLVM makes scalar code: 31 ns a customer instead of 12


@model_operation
def simulate(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
    apart()
    customers, warm = counts[CUSTOMERS], counts[WARM]
    for lane in range(lanes):
        work[lane] = x[(customers - 1) * lanes + lane]
        y[lane] = work[lane]
    for n in range(1, customers):
        gap, service = (n - 1) * lanes, (customers - 1 + n) * lanes
        if n == warm:
            restart(lanes, 1, y)
        for lane in range(lanes):
            work[lane] = x[service + lane] + max(work[lane] - x[gap + lane], 0.0)
            y[lane] += work[lane]
    for lane in range(lanes):
        y[lane] /= customers - warm


@device
def restart(lanes, rows, sums):
    """Forget what was summed over the first customers."""
    for place in range(rows * lanes):
        sums[place] = 0.0


@model_operation
def pathwise(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
    """T'_{n+1} = X'_{n+1} + (T'_n - A'_{n+1}) 1{T_n ≥ A_{n+1}}, for every slot in one pass."""
    apart()
    customers, warm, slots = counts[CUSTOMERS], counts[WARM], index[0]
    system, busy = 0, lanes  # rows of work; one row of T' for each slot follows
    for lane in range(lanes):
        work[system + lane] = x[(customers - 1) * lanes + lane]
        y[lane] = work[system + lane]
    for slot in range(slots):
        tangent, derivative = tangent_row(index, slot) * lanes, (2 + slot) * lanes
        for lane in range(lanes):
            start = first[tangent + lane] if input_of(index, slot) == SERVICE else 0.0
            work[derivative + lane] = start
            out[slot * lanes + lane] = start
    for n in range(1, customers):
        gap, service = (n - 1) * lanes, (customers - 1 + n) * lanes
        if n == warm:
            restart(lanes, 1, y)
            restart(lanes, slots, out)
        for lane in range(lanes):
            wait = work[system + lane] - x[gap + lane]
            work[busy + lane] = 1.0 if wait >= 0.0 else 0.0
            work[system + lane] = x[service + lane] + max(wait, 0.0)
            y[lane] += work[system + lane]
        for slot in range(slots):
            derivative, total = (2 + slot) * lanes, slot * lanes
            if input_of(index, slot) == SERVICE:
                tangent = (tangent_row(index, slot) + n) * lanes
                for lane in range(lanes):
                    carried = work[derivative + lane] * work[busy + lane]
                    work[derivative + lane] = first[tangent + lane] + carried
                    out[total + lane] += work[derivative + lane]
            else:
                tangent = (tangent_row(index, slot) + n - 1) * lanes
                for lane in range(lanes):
                    kept = work[derivative + lane] - first[tangent + lane]
                    work[derivative + lane] = kept * work[busy + lane]
                    out[total + lane] += work[derivative + lane]
    for lane in range(lanes):
        y[lane] /= customers - warm
    for place in range(slots * lanes):
        out[place] /= customers - warm


@model_operation
def phantoms(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
    """Σ_k Y(X_k⁺) - Y(X_k⁻) over all draws of one input (rows of first and second).

    A phantom is followed only until it has met the nominal path again: once both have left
    the server idle they are equal to the last bit. The work is then a few customers a
    phantom, not N (on average the rest of a busy period).
    """
    apart()
    customers, warm, gaps = counts[CUSTOMERS], counts[WARM], index[0] == GAP
    for lane in range(lanes):
        work[lane] = x[(customers - 1) * lanes + lane]
        y[lane] = work[lane]
        out[lane] = 0.0
    for n in range(1, customers):
        if n == warm:
            restart(lanes, 1, y)
        for lane in range(lanes):
            before = work[(n - 1) * lanes + lane] - x[(n - 1) * lanes + lane]
            work[n * lanes + lane] = x[(customers - 1 + n) * lanes + lane] + max(before, 0.0)
            y[lane] += work[n * lanes + lane]
    for n in range(1 if gaps else 0, customers):
        for base in range(0, lanes, TILE):
            for side in range(2):
                source = first if side == 0 else second
                _start(n, base, lanes, customers, gaps, x, source, work)
                _follow(n, base, lanes, customers, warm, 1.0 - 2.0 * side, x, out, work)
    for lane in range(lanes):
        y[lane] /= customers - warm
        out[lane] /= customers - warm


@device
def _start(n, base, lanes, customers, gaps, x, source, work):
    """Time in system of customer n in the phantom path, one tile of lanes."""
    phantom = customers * lanes
    for lane in range(base, base + TILE):
        service = x[(customers - 1 + n) * lanes + lane]
        if gaps:
            before = work[(n - 1) * lanes + lane] - source[(n - 1) * lanes + lane]
            work[phantom + lane - base] = service + max(before, 0.0)
        elif n == 0:
            work[phantom + lane - base] = source[lane]
        else:
            before = work[(n - 1) * lanes + lane] - x[(n - 1) * lanes + lane]
            work[phantom + lane - base] = source[n * lanes + lane] + max(before, 0.0)


@device
def _follow(n, base, lanes, customers, warm, sign, x, out, work):
    """Add the phantom's difference from customer n on, until all lanes of the tile met."""
    phantom = customers * lanes
    while True:
        apart_lanes, weight = 0, sign if n >= warm else 0.0
        for lane in range(base, base + TILE):
            difference = work[phantom + lane - base] - work[n * lanes + lane]
            out[lane] += weight * difference
            apart_lanes |= difference != 0.0
        n += 1
        if apart_lanes == 0 or n == customers:
            return
        gap, service = (n - 1) * lanes, (customers - 1 + n) * lanes
        for lane in range(base, base + TILE):
            before = work[phantom + lane - base] - x[gap + lane]
            work[phantom + lane - base] = x[service + lane] + max(before, 0.0)
