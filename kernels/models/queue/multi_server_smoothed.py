"""Derivatives of tails with several servers, smoothed by a service or an interarrival time.

Given everything but X_n, P(T_n > y) = F̄(y - W_1). Given everything but A_n, the customer finds
(V - A_n)⁺ with V = min(T_{n-1}, W_2) the first server that customer n - 1 left free, so that

    P(W_n > y) = F(V - y) for y ≥ 0,    P(T_n > y) = F(V + X_n - y) for X_n ≤ y

where X_n has no density (else it moves across y). Their derivatives, at the argument a:

    f(a) (X' + W_1' - y'),    f(a) (V' - A' - y'),    f(a) (V' + X_n' - A' - y')

index and functions as in `single_server_readings_smoothed`.
"""

from ...jit.compile import device
from ...jit.intrinsics import apart
from ..operation import model_operation
from ..second_index import apply
from ..slots import input_of, smoothed_input, smoothed_parameters, tangent_row
from .multi_server_path import CUSTOMERS, OUTPUT, SERVERS, SYSTEM, add, serve
from .multi_server_pathwise import (
    BUFFERS,
    CARRIED,
    GAP,
    LATER,
    SERVICE,
    begin,
    move,
    place_one,
)
from .single_server_readings_smoothed import FAR, THRESHOLD, move_point


@model_operation
def smoothed(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
    apart()
    customers, servers, slots = counts[CUSTOMERS], counts[SERVERS], index[0]
    buffers, size, by_gap = BUFFERS * lanes, servers * lanes, smoothed_input(index) == GAP
    carried = buffers + 2 * size
    slopes = carried + slots * lanes
    point = slopes + 2 * slots * size  # rows of the argument, its density, what it moves by
    for lane in range(lanes):
        y[lane] = 0.0
    for place in range(slots * lanes):
        out[place] = 0.0
    for place in range((2 * servers + slots + 2 * servers * slots) * lanes):
        work[buffers + place] = 0.0
    for n in range(customers):
        before, after = buffers + (n % 2) * size, buffers + ((n + 1) % 2) * size
        slope, target = slopes + (n % 2) * slots * size, slopes + ((n + 1) % 2) * slots * size
        service = (customers - 1 + n) * lanes
        if not by_gap:
            for lane in range(lanes):
                work[point + lane] = structure[lane] - work[before + lane]
            observe(
                n, lanes, counts, functions, parameters, structure, first, index, point,
                slope, slope, out, work,
            )  # fmt: skip
        serve(0, lanes, before, x, service, CARRIED * lanes, work)
        add(lanes, counts, structure, before, CARRIED * lanes, y, work)
        begin(n, lanes, index, first, slope, carried, work)
        if n == customers - 1:
            break
        if by_gap:
            first_free(n, lanes, counts, before, x, structure, point, work)
            observe(
                n + 1, lanes, counts, functions, parameters, structure, first, index, point,
                carried, slope + slots * lanes, out, work,
            )  # fmt: skip
        for j in range(servers):
            place_one(j, n, lanes, servers, before, after, x, work)
            move(j, n, lanes, servers, index, first, slope, target, carried, work)
    for lane in range(lanes):
        y[lane] /= customers
    for place in range(slots * lanes):
        out[place] /= customers


@device
def first_free(n, lanes, counts, before, x, structure, point, work):
    """V - y, or V + X - y, of customer n + 1, and whether V is W_2 (row LATER)."""
    carried, later = CARRIED * lanes, LATER * lanes
    service, by_system = (counts[CUSTOMERS] + n) * lanes, counts[OUTPUT] == SYSTEM
    for lane in range(lanes):
        free = work[carried + lane]
        work[later + lane] = 0.0
        if counts[SERVERS] > 1:
            other = work[before + lanes + lane]
            work[later + lane] = 1.0 if free > other else 0.0
            free = min(free, other)
        spare = structure[lane] - (x[service + lane] if by_system else 0.0)
        work[point + lane] = free - spare if spare >= 0.0 else FAR


@device
def observe(
    n, lanes, counts, functions, parameters, structure, first, index, point,
    slope, other, out, work,
):  # fmt: skip
    """Add what the conditional probability of customer n moves by.

    slope: rows of the derivatives of W_1, or of T_{n-1}; other: of W_2
    """
    density, moved = point + lanes, point + 2 * lanes
    smoothed, place = smoothed_input(index), smoothed_parameters(index)
    by_system = counts[OUTPUT] == SYSTEM
    apply(functions[0], lanes, parameters, place, work, point, density)
    for slot in range(index[0]):
        kind, row = input_of(index, slot), tangent_row(index, slot)
        here, there, total = slope + slot * lanes, other + slot * lanes, slot * lanes
        sign = -1.0 if kind in (GAP, THRESHOLD) else 1.0
        move_point(slot, lanes, functions, parameters, index, work, point, moved)
        if kind == SERVICE and smoothed == GAP and by_system:
            for lane in range(lanes):
                work[moved + lane] = first[(row + n) * lanes + lane]
        for lane in range(lanes):
            f, found = work[density + lane], work[here + lane]
            if smoothed == GAP:
                found = work[there + lane] if work[LATER * lanes + lane] > 0.0 else found
            change = sign * work[moved + lane] + found
            out[total + lane] += f * change if f > 0.0 else 0.0
