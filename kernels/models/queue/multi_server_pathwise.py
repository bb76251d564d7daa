"""The derivative of every workload, carried through the sort.

The service time belongs to the customer, so workloads are continuous, and each has the
derivative of the customer that made it: exchanging two workloads exchanges their derivatives.
"""

from ...jit.compile import device
from ...jit.intrinsics import apart
from ..operation import model_operation
from ..slots import input_of, tangent_row
from .multi_server_path import CUSTOMERS, OUTPUT, SERVERS, SYSTEM, TAIL, add, serve

CARRIED, LATER, BUSY, BUFFERS = range(4)  # rows of work
GAP, SERVICE = 0, 1


@model_operation
def pathwise(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
    apart()
    customers, servers, slots = counts[CUSTOMERS], counts[SERVERS], index[0]
    buffers, size = BUFFERS * lanes, servers * lanes
    carried = buffers + 2 * size  # for every slot, the derivative of row CARRIED
    slopes = carried + slots * lanes  # of every workload by every slot, in two buffers as well
    for lane in range(lanes):
        y[lane] = 0.0
    for row in range(slots * lanes):
        out[row] = 0.0
    for row in range((2 * servers + slots + 2 * servers * slots) * lanes):
        work[buffers + row] = 0.0
    for n in range(customers):
        before, after = buffers + (n % 2) * size, buffers + ((n + 1) % 2) * size
        slope, target = slopes + (n % 2) * slots * size, slopes + ((n + 1) % 2) * slots * size
        serve(0, lanes, before, x, (customers - 1 + n) * lanes, CARRIED * lanes, work)
        add(lanes, counts, structure, before, CARRIED * lanes, y, work)
        begin(n, lanes, index, first, slope, carried, work)
        if not counts[TAIL]:  # its derivative along the path is 0
            row = slope if counts[OUTPUT] != SYSTEM else carried
            for place in range(slots * lanes):
                out[place] += work[row + place]
        if n < customers - 1:
            for j in range(servers):
                place_one(j, n, lanes, servers, before, after, x, work)
                move(j, n, lanes, servers, index, first, slope, target, carried, work)
    for lane in range(lanes):
        y[lane] /= customers
    for row in range(slots * lanes):
        out[row] /= customers


@device
def begin(n, lanes, index, first, slope, carried, work):
    """The derivative of T_n by every slot: that of W_1, whose rows come first, and of X_n."""
    for slot in range(index[0]):
        own, wait = carried + slot * lanes, slope + slot * lanes
        if input_of(index, slot) == SERVICE:
            tangent = (tangent_row(index, slot) + n) * lanes
            for lane in range(lanes):
                work[own + lane] = work[wait + lane] + first[tangent + lane]
        else:
            for lane in range(lanes):
                work[own + lane] = work[wait + lane]


@device
def place_one(j, n, lanes, servers, before, after, x, work):
    """Workload j that the next customer finds; which of two it is, and whether any is left."""
    gap, carried = n * lanes, CARRIED * lanes
    following, target = before + (j + 1) * lanes, after + j * lanes
    later, busy = LATER * lanes, BUSY * lanes
    if j == servers - 1:
        for lane in range(lanes):
            left = work[carried + lane] - x[gap + lane]
            work[busy + lane] = 1.0 if left >= 0.0 else 0.0
            work[target + lane] = max(left, 0.0)
        return
    for lane in range(lanes):
        here, there = work[carried + lane], work[following + lane]
        work[later + lane] = 1.0 if here > there else 0.0
        left = min(here, there) - x[gap + lane]
        work[busy + lane] = 1.0 if left >= 0.0 else 0.0
        work[target + lane] = max(left, 0.0)
        work[carried + lane] = max(here, there)


@device
def move(j, n, lanes, servers, index, first, slope, target, carried, work):
    """The derivatives of workload j and of row CARRIED by every slot."""
    slots = index[0]
    later, busy = LATER * lanes, BUSY * lanes
    for slot in range(slots):
        own = carried + slot * lanes
        following = slope + ((j + 1) * slots + slot) * lanes
        to = target + (j * slots + slot) * lanes
        if j == servers - 1:
            for lane in range(lanes):
                work[to + lane] = work[own + lane] * work[busy + lane]
        else:
            for lane in range(lanes):
                here, there = work[own + lane], work[following + lane]
                exchanged = work[later + lane] > 0.0
                work[to + lane] = (there if exchanged else here) * work[busy + lane]
                work[own + lane] = here if exchanged else there
        if input_of(index, slot) == GAP:
            tangent = (tangent_row(index, slot) + n) * lanes
            for lane in range(lanes):
                work[to + lane] -= first[tangent + lane] * work[busy + lane]
