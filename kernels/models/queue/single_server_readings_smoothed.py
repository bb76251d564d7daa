"""Derivatives of tails of the single-server queue, smoothed by a service or interarrival time.

Given everything but X_n, customer n stays longer than y with probability F̄(y - W_n); given
everything but X_{n-1}, it waits longer than y ≥ 0 with F̄(y + A_n - W_{n-1}). With a for the
argument, f for the density of X and X' for dX/dθ at X = a,

    d/dθ P(T_n > y) = f(a) (X' + W'_n - y')
    d/dθ P(W_n > y) = f(a) (X' + W'_{n-1} - A'_n - y')

Where service times have no density A_n is smoothed: F(T_{n-1} - y), or F(T_{n-1} + X_n - y) for
the time in system if X_n ≤ y (it is 1 for longer services, which do not move across y):

    d/dθ P(W_n > y) = f(a) (T'_{n-1} - A' - y')
    d/dθ P(T_n > y) = f(a) (T'_{n-1} + X'_n - A' - y')

index: the slots as for IPA (input -1 for y), then the smoothed input and the place of its
parameters. functions: the density, then for each slot of the smoothed input its derivative at a
point.
"""

from ...jit.compile import device
from ...jit.intrinsics import apart
from ..operation import model_operation
from ..second_index import apply
from ..slots import input_of, smoothed_input, smoothed_parameters, tangent_row
from .single_server import restart

CUSTOMERS, OUTPUT, _, WARM = range(4)
WAIT = 1
FAR = -1e300  # where no interarrival time is
GAP, SERVICE, THRESHOLD = 0, 1, -1
STAYED, WAITED, BUSY, POINT, DENSITY, MOVED, SLOPES = range(7)  # rows of work


@model_operation
def smoothed(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
    apart()
    customers, slots, by_wait = counts[CUSTOMERS], index[0], counts[OUTPUT] == WAIT
    by_gap = smoothed_input(index) == GAP
    stayed, waited, busy = STAYED * lanes, WAITED * lanes, BUSY * lanes
    for lane in range(lanes):
        y[lane] = work[waited + lane] = work[stayed + lane] = work[busy + lane] = 0.0
    for place in range(slots * lanes):
        out[place] = work[SLOPES * lanes + place] = 0.0
    for n in range(customers):
        gap, service = (n - 1) * lanes, (customers - 1 + n) * lanes
        if n == counts[WARM]:
            restart(lanes, 1, y)
            restart(lanes, slots, out)
        # W_{n-1} and T_{n-1} and the derivatives of W_{n-1} still stand in their rows.
        if n > 0 and by_gap:
            for lane in range(lanes):
                spare = structure[lane] - (0.0 if by_wait else x[service + lane])
                rest = work[stayed + lane] - spare
                work[POINT * lanes + lane] = rest if spare >= 0.0 else FAR
            observe(n, lanes, counts, functions, parameters, structure, first, index, out, work)
        elif n > 0 and by_wait:
            for lane in range(lanes):
                rest = structure[lane] + x[gap + lane] - work[waited + lane]
                work[POINT * lanes + lane] = rest
            observe(n, lanes, counts, functions, parameters, structure, first, index, out, work)
        if n > 0:
            for lane in range(lanes):
                left = work[stayed + lane] - x[gap + lane]
                work[busy + lane] = 1.0 if left >= 0.0 else 0.0
                work[waited + lane] = max(left, 0.0)
        move(n, lanes, first, index, work)
        for lane in range(lanes):
            work[stayed + lane] = work[waited + lane] + x[service + lane]
            time = work[waited + lane] if by_wait else work[stayed + lane]
            y[lane] += 1.0 if time > structure[lane] else 0.0
        if not by_wait and not by_gap:
            for lane in range(lanes):
                work[POINT * lanes + lane] = structure[lane] - work[waited + lane]
            observe(n, lanes, counts, functions, parameters, structure, first, index, out, work)
    for lane in range(lanes):
        y[lane] /= customers - counts[WARM]
    for place in range(slots * lanes):
        out[place] /= customers - counts[WARM]


@device
def move_point(slot, lanes, functions, parameters, index, work, point, moved):
    """How far a slot moves the point by itself: it is the smoothed input's, or the threshold."""
    kind = input_of(index, slot)
    if kind == smoothed_input(index):
        place = smoothed_parameters(index)
        apply(functions[1 + slot], lanes, parameters, place, work, point, moved)
    else:
        for lane in range(lanes):
            work[moved + lane] = 1.0 if kind == THRESHOLD else 0.0


@device
def move(n, lanes, first, index, work):
    """W'_n from W'_{n-1} by every slot: the service before it, less the gap, if it waits."""
    if n == 0:
        return
    for slot in range(index[0]):
        kind, row, slope = input_of(index, slot), tangent_row(index, slot), (SLOPES + slot) * lanes
        if kind == THRESHOLD:
            continue
        sign, tangent = 1.0 if kind == SERVICE else -1.0, (row + n - 1) * lanes
        for lane in range(lanes):
            moved = work[slope + lane] + sign * first[tangent + lane]
            work[slope + lane] = moved * work[BUSY * lanes + lane]


@device
def observe(n, lanes, counts, functions, parameters, structure, first, index, out, work):
    """Add what the conditional probability of one customer moves by."""
    point, density, moved = POINT * lanes, DENSITY * lanes, MOVED * lanes
    smoothed, by_wait = smoothed_input(index), counts[OUTPUT] == WAIT
    place = smoothed_parameters(index)
    apply(functions[0], lanes, parameters, place, work, point, density)
    if by_wait:
        for lane in range(lanes):
            work[density + lane] = work[density + lane] if structure[lane] >= 0.0 else 0.0
    for slot in range(index[0]):
        kind, row = input_of(index, slot), tangent_row(index, slot)
        slope, total = (SLOPES + slot) * lanes, slot * lanes
        sign = -1.0 if kind in (GAP, THRESHOLD) else 1.0
        move_point(slot, lanes, functions, parameters, index, work, point, moved)
        if kind == GAP and smoothed == SERVICE and by_wait:
            for lane in range(lanes):
                work[moved + lane] = first[(row + n - 1) * lanes + lane]
        if kind == SERVICE and smoothed == GAP:
            for lane in range(lanes):
                own = 0.0 if by_wait else first[(row + n) * lanes + lane]
                work[moved + lane] = first[(row + n - 1) * lanes + lane] + own
        for lane in range(lanes):
            f = work[density + lane]
            change = sign * work[moved + lane] + work[slope + lane]
            out[total + lane] += f * change if f > 0.0 else 0.0
