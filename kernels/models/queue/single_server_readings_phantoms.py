"""Phantoms of the single-server queue's other readings, followed until they meet the path.

Rows of work: T_n and W_n of all customers, then sum of the reading, time until the last one
leaves, and of the phantom time in system, waiting time, what the sum gains, what the end moves by.
"""

from ...jit.compile import device
from ...jit.intrinsics import apart
from ..operation import model_operation

CUSTOMERS, OUTPUT, TAIL, WARM = range(4)
SYSTEM, WAIT, NUMBER, UTILISATION = range(4)
GAP = 0
SUM, END, STAYED, WAITED, GAINED, SHIFT = range(6)  # behind the rows of all customers
TILE = 32  # lanes that wait for each other to meet


@model_operation
def phantoms(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
    """Σ_k Y(X_k⁺) - Y(X_k⁻) over all draws of one input (rows of first and second)."""
    apart()
    customers, gaps = counts[CUSTOMERS], index[0] == GAP
    rows = 2 * customers * lanes
    nominal(lanes, counts, structure, x, y, work)
    for lane in range(lanes):
        out[lane] = 0.0
    for n in range(1 if gaps else 0, customers):
        for base in range(0, lanes, TILE):
            for side in range(2):
                source = first if side == 0 else second
                begin(n, base, lanes, counts, gaps, x, source, work)
                follow(n, base, lanes, counts, structure, x, work)
                sign = 1.0 - 2.0 * side
                for lane in range(base, base + TILE):
                    gained = work[rows + GAINED * lanes + lane]
                    if counts[OUTPUT] == NUMBER or counts[OUTPUT] == UTILISATION:
                        end = work[rows + END * lanes + lane] + work[rows + SHIFT * lanes + lane]
                        moved = (work[rows + SUM * lanes + lane] + gained) / end
                        out[lane] += sign * (moved - y[lane])
                    else:
                        out[lane] += sign * gained / (customers - counts[WARM])


@device
def nominal(lanes, counts, structure, x, y, work):
    """The path itself: all T_n and W_n, the sum of the reading, the end, and the output."""
    customers, output = counts[CUSTOMERS], counts[OUTPUT]
    rows = 2 * customers * lanes
    total, end = rows + SUM * lanes, rows + END * lanes
    for lane in range(lanes):
        work[total + lane] = work[end + lane] = 0.0
    for n in range(customers):
        service, gap = (customers - 1 + n) * lanes, (n - 1) * lanes
        stayed, waited = n * lanes, (customers + n) * lanes
        counted = 1.0 if n > counts[WARM] else 0.0
        for lane in range(lanes):
            wait = 0.0
            if n > 0:
                wait = max(work[stayed - lanes + lane] - x[gap + lane], 0.0)
                work[end + lane] += counted * x[gap + lane]
            work[waited + lane] = wait
            work[stayed + lane] = wait + x[service + lane]
        if n < counts[WARM]:
            continue
        row = waited if output == WAIT else stayed
        for lane in range(lanes):
            if counts[TAIL]:
                work[total + lane] += 1.0 if work[row + lane] > structure[lane] else 0.0
            elif output == UTILISATION:
                work[total + lane] += x[service + lane]
            else:
                work[total + lane] += work[row + lane]
    for lane in range(lanes):
        work[end + lane] += work[(customers - 1) * lanes + lane]
        if output in (NUMBER, UTILISATION):
            y[lane] = work[total + lane] / work[end + lane]
        else:
            y[lane] = work[total + lane] / (customers - counts[WARM])


@device
def begin(n, base, lanes, counts, gaps, x, source, work):
    """The phantom at the customer whose draw is replaced, for one tile of lanes."""
    customers = counts[CUSTOMERS]
    rows, service = 2 * customers * lanes, (customers - 1 + n) * lanes
    for lane in range(base, base + TILE):
        wait, time = work[(customers + n) * lanes + lane], x[service + lane]
        gained = shift = 0.0
        if gaps:
            gap = (n - 1) * lanes + lane
            wait = max(work[gap] - source[gap], 0.0)
            shift = source[gap] - x[gap] if n > counts[WARM] else 0.0
        else:
            time = source[n * lanes + lane]
            if counts[OUTPUT] == UTILISATION and n >= counts[WARM]:
                gained = time - x[service + lane]
        work[rows + WAITED * lanes + lane] = wait
        work[rows + STAYED * lanes + lane] = wait + time
        work[rows + GAINED * lanes + lane] = gained
        work[rows + SHIFT * lanes + lane] = shift


@device
def follow(n, base, lanes, counts, structure, x, work):
    """The phantom from customer n on, until all lanes of the tile met."""
    customers, output = counts[CUSTOMERS], counts[OUTPUT]
    rows, by_wait = 2 * customers * lanes, output == WAIT
    stayed, waited, gained = rows + STAYED * lanes, rows + WAITED * lanes, rows + GAINED * lanes
    here = waited if by_wait else stayed
    while True:
        there = ((customers if by_wait else 0) + n) * lanes
        apart_lanes, counted = 0, 1.0 if n >= counts[WARM] else 0.0
        for lane in range(base, base + TILE):
            if counts[TAIL]:
                phantom = 1.0 if work[here + lane] > structure[lane] else 0.0
                path = 1.0 if work[there + lane] > structure[lane] else 0.0
                work[gained + lane] += counted * (phantom - path)
            elif output != UTILISATION:
                work[gained + lane] += counted * (work[here + lane] - work[there + lane])
            apart_lanes |= work[stayed + lane] != work[n * lanes + lane]
        if apart_lanes == 0:
            return
        if n == customers - 1:
            for lane in range(base, base + TILE):
                change = work[stayed + lane] - work[n * lanes + lane]
                work[rows + SHIFT * lanes + lane] += change
            return
        n += 1
        gap, service = (n - 1) * lanes, (customers - 1 + n) * lanes
        for lane in range(base, base + TILE):
            work[waited + lane] = max(work[stayed + lane] - x[gap + lane], 0.0)
            work[stayed + lane] = work[waited + lane] + x[service + lane]
