"""Stations in line, FCFS, one server each: the max-plus recursion of departure times.

D_n^k is when customer n leaves station k, D_n^0 when it arrives; S is when its service starts,
C when it ends. Station k + 1 takes in customer n once customer n - r has left it, r = buffer + 1:

    infinite          S = max(D_n^{k-1}, D_{n-1}^k),                    D_n^k = S + X_n^k
    blocked after     S likewise, C = S + X_n^k,          D_n^k = max(C, D_{n-r}^{k+1})
    blocked before    S = max(D_n^{k-1}, D_{n-1}^k, D_{n-r}^{k+1}),     D_n^k = S + X_n^k

Rows of x: gaps A_2 … A_N, then X_1 … X_N of one station after the other.
counts: N, K, output, blocking, depth, whether a tail (structure: its y; the share of the customers
with a longer time), the station measured (-1 for all), then r of the station behind each one
(0: no limit).

Until D_N^K, when the last customer leaves, averages over time follow by Little's law:

    throughput   N / D_N^K
    number       (T_1 + … + T_N) / D_N^K
    utilisation  (X_1^k + … + X_N^k) / D_N^K of station k, or the mean over all stations

The last `depth` customers' departure times stand in a ring: row (n mod depth) K + k. Depth is 1
without limited buffers, and 2 or more with.
"""

from ...jit.compile import device
from ...jit.intrinsics import apart
from ..operation import model_operation

SYSTEM, WAIT, THROUGHPUT, NUMBER, UTILISATION = range(5)
AFTER, BEFORE = range(2)
CUSTOMERS, STATIONS, OUTPUT, BLOCKING, DEPTH, TAIL, MEASURED, ROOM = range(8)
FAR = -1e300  # before the first customer there was nobody to wait for


@model_operation
def simulate(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
    apart()
    customers = counts[CUSTOMERS]
    arrival, waited = 0, lanes
    ring = 2 * lanes
    empty(lanes, counts, work, ring)
    for lane in range(lanes):
        y[lane] = work[arrival + lane] = 0.0
    for n in range(customers):
        if n > 0:
            for lane in range(lanes):
                work[arrival + lane] += x[(n - 1) * lanes + lane]
        advance(n, 0, lanes, lanes, counts, x, -1, x, arrival, waited, ring, work)
        left = ring + last_row(n, counts) * lanes
        add(n, lanes, counts, structure, x, left, arrival, waited, y, work)
    finish(lanes, counts, work, ring + last_row(customers - 1, counts) * lanes, y)


@device
def is_measured(k, counts):
    """Whether the service at station k counts."""
    return counts[MEASURED] < 0 or counts[MEASURED] == k


@device
def add(n, lanes, counts, structure, x, left, arrival, waited, y, work):
    """What the output sums over customers."""
    if counts[OUTPUT] == THROUGHPUT:
        return
    if counts[OUTPUT] == UTILISATION:
        for k in range(counts[STATIONS]):
            service = (counts[CUSTOMERS] - 1 + k * counts[CUSTOMERS] + n) * lanes
            for lane in range(lanes if is_measured(k, counts) else 0):
                y[lane] += x[service + lane]
        return
    by_wait = counts[OUTPUT] == WAIT
    for lane in range(lanes):
        time = work[waited + lane] if by_wait else work[left + lane] - work[arrival + lane]
        if counts[TAIL]:
            time = 1.0 if time > structure[lane] else 0.0
        y[lane] += time


@device
def finish(lanes, counts, work, left, y):
    """Sums over customers to means, or to averages over the time until the last has left."""
    customers = counts[CUSTOMERS]
    for lane in range(lanes):
        if counts[OUTPUT] == THROUGHPUT:
            y[lane] = customers / work[left + lane]
        elif counts[OUTPUT] > THROUGHPUT:
            y[lane] /= machines(counts) * work[left + lane]
        else:
            y[lane] /= customers


@device
def machines(counts):
    """How many work, over which a utilisation is the mean."""
    every = counts[OUTPUT] == UTILISATION and counts[MEASURED] < 0
    return counts[STATIONS] if every else 1


@device
def empty(lanes, counts, work, ring):
    """Nobody has left any station."""
    for place in range(counts[DEPTH] * counts[STATIONS] * lanes):
        work[ring + place] = FAR


@device
def last_row(n, counts):
    """The row of the ring in which customer n's departure from the line stands."""
    return (n % counts[DEPTH] + 1) * counts[STATIONS] - 1


@device
def ring_row(n, k, counts):
    """The row of D_n^k; n may be negative, down to -depth."""
    return (n + counts[DEPTH]) % counts[DEPTH] * counts[STATIONS] + k


@device
def advance(n, low, high, lanes, counts, x, replaced, source, arrival, waited, ring, work):
    """Departures of customer n from every station, and its waiting time, for some lanes.

    The service time at station `replaced` is taken from row n of `source`.
    """
    customers = counts[CUSTOMERS]
    for lane in range(low, high):
        work[waited + lane] = 0.0
    for k in range(counts[STATIONS]):
        own = ring + ring_row(n, k, counts) * lanes
        reached = arrival if k == 0 else own - lanes
        server = ring + ring_row(n - 1, k, counts) * lanes
        times, service = x, (customers - 1 + k * customers + n) * lanes
        if k == replaced:
            times, service = source, n * lanes
        room = counts[ROOM + k]
        behind = ring + ring_row(n - room, k + 1, counts) * lanes
        if counts[DEPTH] == 1:  # in place: LLVM must see that both are one row
            if counts[OUTPUT] == WAIT:
                add_wait(low, high, reached, own, waited, work)
            for lane in range(low, high):
                start = max(work[reached + lane], work[own + lane])
                work[own + lane] = start + times[service + lane]
        elif room == 0:
            for lane in range(low, high):
                start = max(work[reached + lane], work[server + lane])
                work[waited + lane] += start - work[reached + lane]
                work[own + lane] = start + times[service + lane]
        elif counts[BLOCKING] == AFTER:
            for lane in range(low, high):
                start = max(work[reached + lane], work[server + lane])
                done = start + times[service + lane]
                left = max(done, work[behind + lane])
                work[waited + lane] += (start - work[reached + lane]) + (left - done)
                work[own + lane] = left
        else:
            for lane in range(low, high):
                start = max(work[reached + lane], work[server + lane])
                start = max(start, work[behind + lane])
                work[waited + lane] += start - work[reached + lane]
                work[own + lane] = start + times[service + lane]


@device
def add_wait(low, high, reached, server, waited, work):
    """What a customer waits for the one before it."""
    for lane in range(low, high):
        work[waited + lane] += max(work[server + lane] - work[reached + lane], 0.0)
