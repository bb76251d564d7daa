"""Averages over time of a queue with several servers, by Little's law on every path.

    number         (T_1 + … + T_N) / D
    utilisation    (X_1 + … + X_N) / (m D),    D = max_n (a_n + T_n)

a_n is when customer n arrives. With several servers the last to come need not be the last to
leave; D is a maximum of sums of times, and its derivative that of the largest.

Rows of work as in `multi_server_pathwise`, then a_n and D; then a_n' and D' by every slot. counts
as in `multi_server_path`.
"""

from ...jit.compile import device
from ...jit.intrinsics import apart
from ..operation import model_operation
from ..slots import input_of, tangent_row
from .multi_server_averages_phantoms import phantoms
from .multi_server_path import ALL, CUSTOMERS, OUTPUT, SERVERS, insert, serve
from .multi_server_pathwise import BUFFERS, CARRIED, GAP, LATER, SERVICE, begin, move, place_one

__all__ = ["pathwise", "phantoms", "simulate"]

UTILISATION = 3


@model_operation
def simulate(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
    apart()
    customers, servers = counts[CUSTOMERS], counts[SERVERS]
    system, buffers, arrived = 0, lanes, (1 + 2 * servers) * lanes
    for lane in range(lanes):
        y[lane] = 0.0
    for place in range((2 * servers + 2) * lanes):
        work[buffers + place] = 0.0
    for n in range(customers):
        before = buffers + (n % 2) * servers * lanes
        after = buffers + ((n + 1) % 2) * servers * lanes
        service = (customers - 1 + n) * lanes
        serve(0, lanes, before, x, service, system, work)
        add(lanes, counts, x, service, system, y, work)
        arrive(n, lanes, x, arrived, work)
        for lane in range(lanes):
            left = work[arrived + lane] + work[system + lane]
            work[arrived + lanes + lane] = max(work[arrived + lanes + lane], left)
        if n < customers - 1:
            insert(0, lanes, lanes, servers, before, after, x, n * lanes, system, work)
    finish(lanes, counts, arrived + lanes, y, work)


@model_operation
def pathwise(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
    apart()
    customers, servers, slots = counts[CUSTOMERS], counts[SERVERS], index[0]
    buffers, size = BUFFERS * lanes, servers * lanes
    carried = buffers + 2 * size
    slopes = carried + slots * lanes
    arrived = slopes + 2 * slots * size
    for lane in range(lanes):
        y[lane] = 0.0
    for place in range(slots * lanes):
        out[place] = 0.0
    for place in range((2 * servers + slots + 2 * servers * slots + 2 + 2 * slots) * lanes):
        work[buffers + place] = 0.0
    for n in range(customers):
        before, after = buffers + (n % 2) * size, buffers + ((n + 1) % 2) * size
        slope, target = slopes + (n % 2) * slots * size, slopes + ((n + 1) % 2) * slots * size
        service = (customers - 1 + n) * lanes
        serve(0, lanes, before, x, service, CARRIED * lanes, work)
        add(lanes, counts, x, service, CARRIED * lanes, y, work)
        arrive(n, lanes, x, arrived, work)
        begin(n, lanes, index, first, slope, carried, work)
        leave(n, lanes, counts, index, first, carried, arrived, out, work)
        if n < customers - 1:
            for j in range(servers):
                place_one(j, n, lanes, servers, before, after, x, work)
                move(j, n, lanes, servers, index, first, slope, target, carried, work)
    finish(lanes, counts, arrived + lanes, y, work)
    share = counts[ALL] if counts[OUTPUT] == UTILISATION else 1
    ends = arrived + (2 + slots) * lanes
    for slot in range(slots):
        for lane in range(lanes):
            place, end = slot * lanes + lane, work[arrived + lanes + lane]
            out[place] = (out[place] / share - y[lane] * work[ends + place]) / end


@device
def add(lanes, counts, x, service, system, y, work):
    """What the output sums over customers."""
    if counts[OUTPUT] == UTILISATION:
        for lane in range(lanes):
            y[lane] += x[service + lane]
        return
    for lane in range(lanes):
        y[lane] += work[system + lane]


@device
def arrive(n, lanes, x, arrived, work):
    """The arrival of customer n."""
    if n == 0:
        return
    for lane in range(lanes):
        work[arrived + lane] += x[(n - 1) * lanes + lane]


@device
def leave(n, lanes, counts, index, first, carried, arrived, out, work):
    """The last departure so far, and derivatives of it and of the sum by every slot."""
    slots, last, later = index[0], arrived + lanes, LATER * lanes
    for lane in range(lanes):
        left = work[arrived + lane] + work[CARRIED * lanes + lane]
        work[later + lane] = 1.0 if left > work[last + lane] else 0.0
        work[last + lane] = max(work[last + lane], left)
    for slot in range(slots):
        kind, row = input_of(index, slot), tangent_row(index, slot)
        own, total = carried + slot * lanes, slot * lanes
        came, ended = arrived + (2 + slot) * lanes, arrived + (2 + slots + slot) * lanes
        if kind == GAP and n > 0:
            for lane in range(lanes):
                work[came + lane] += first[(row + n - 1) * lanes + lane]
        if counts[OUTPUT] != UTILISATION:
            for lane in range(lanes):
                out[total + lane] += work[own + lane]
        elif kind == SERVICE:
            for lane in range(lanes):
                out[total + lane] += first[(row + n) * lanes + lane]
        for lane in range(lanes):
            here, there = work[came + lane] + work[own + lane], work[ended + lane]
            work[ended + lane] = here if work[later + lane] > 0.0 else there


@device
def finish(lanes, counts, last, y, work):
    """Sums to averages over the time until the last customer has left."""
    share = counts[ALL] if counts[OUTPUT] == UTILISATION else 1
    for lane in range(lanes):
        y[lane] /= share * work[last + lane]
