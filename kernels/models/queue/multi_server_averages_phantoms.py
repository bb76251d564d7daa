"""Phantoms of the averages over time, followed until all workloads are the nominal ones.

From there on the phantom is the nominal path (later by what a gap has grown), so that its last
departure is the latest of three: of the customers before the replaced draw, of those while it
was another path, and of the nominal ones behind.

Rows of work: T_n and buffers of workloads; sum of the output and what it gains, last departure
of the nominal customers so far and of the phantom's, what a gap has grown by; workloads that
each customer finds; arrivals of all customers; the last departure of those from each one on.
"""

from ...jit.compile import device
from ...jit.intrinsics import apart
from ..operation import model_operation
from .multi_server_path import ALL, CUSTOMERS, OUTPUT, SERVERS, insert, serve
from .multi_server_phantoms import GAP, TILE, met

UTILISATION = 3
SUM, GAINED, BEFORE, LAST, SHIFT, WORKLOADS = range(6)  # behind T_n and both buffers
FAR = -1e300  # nobody leaves


@model_operation
def phantoms(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
    """Σ_k Y(X_k⁺) - Y(X_k⁻) over all draws of one input (rows of first and second)."""
    apart()
    customers, servers, of_gaps = counts[CUSTOMERS], counts[SERVERS], index[0] == GAP
    rows = (1 + 2 * servers) * lanes
    nominal = rows + WORKLOADS * lanes
    arrivals = nominal + customers * servers * lanes
    behind = arrivals + customers * lanes
    share = counts[ALL] if counts[OUTPUT] == UTILISATION else 1
    simulate_all(lanes, counts, x, rows, nominal, arrivals, behind, work)
    for lane in range(lanes):
        y[lane] = work[rows + SUM * lanes + lane] / (share * work[behind + lane])
        out[lane] = 0.0
        work[rows + BEFORE * lanes + lane] = FAR
    for n in range(customers - 1 if of_gaps else customers):
        for base in range(0, lanes, TILE):
            for side in range(2):
                source, sign = first if side == 0 else second, 1.0 - 2.0 * side
                begin(n, base, lanes, counts, of_gaps, x, source, rows, nominal, work)
                follow(
                    n, base, lanes, counts, of_gaps, x, source, rows, nominal, arrivals, behind,
                    work,
                )  # fmt: skip
                for lane in range(base, base + TILE):
                    total = work[rows + SUM * lanes + lane] + work[rows + GAINED * lanes + lane]
                    out[lane] += sign * total / (share * work[rows + LAST * lanes + lane])
        found, now = nominal + n * servers * lanes, arrivals + n * lanes
        serve(0, lanes, found, x, (customers - 1 + n) * lanes, 0, work)
        for lane in range(lanes):
            before = rows + BEFORE * lanes + lane
            work[before] = max(work[before], work[now + lane] + work[lane])


@device
def simulate_all(lanes, counts, x, rows, nominal, arrivals, behind, work):
    """The nominal path: workloads, arrivals, the sum of the output, last departures."""
    customers, servers, total = counts[CUSTOMERS], counts[SERVERS], rows + SUM * lanes
    for lane in range(lanes):
        work[total + lane] = work[arrivals + lane] = 0.0
        work[behind + customers * lanes + lane] = FAR
    for place in range(servers * lanes):
        work[nominal + place] = 0.0
    for n in range(customers):
        found, service = nominal + n * servers * lanes, (customers - 1 + n) * lanes
        now, left = arrivals + n * lanes, behind + n * lanes
        serve(0, lanes, found, x, service, 0, work)
        for lane in range(lanes):
            busy = x[service + lane] if counts[OUTPUT] == UTILISATION else work[lane]
            work[total + lane] += busy
            work[left + lane] = work[now + lane] + work[lane]
        if n < customers - 1:
            for lane in range(lanes):
                work[now + lanes + lane] = work[now + lane] + x[n * lanes + lane]
            after = found + servers * lanes
            insert(0, lanes, lanes, servers, found, after, x, n * lanes, 0, work)
    for n in range(customers - 1, -1, -1):
        left = behind + n * lanes
        for lane in range(lanes):
            work[left + lane] = max(work[left + lane], work[left + lanes + lane])


@device
def begin(n, base, lanes, counts, of_gaps, x, source, rows, nominal, work):
    """The phantom at the customer whose draw is replaced, for one tile of lanes."""
    servers = counts[SERVERS]
    for j in range(servers):
        here = (1 + (n % 2) * servers + j) * lanes
        there = nominal + (n * servers + j) * lanes
        for lane in range(base, base + TILE):
            work[here + lane] = work[there + lane]
    service = (counts[CUSTOMERS] - 1 + n) * lanes
    for lane in range(base, base + TILE):
        gained = shift = 0.0
        if of_gaps:
            shift = source[n * lanes + lane] - x[n * lanes + lane]
        elif counts[OUTPUT] == UTILISATION:
            gained = source[n * lanes + lane] - x[service + lane]
        work[rows + GAINED * lanes + lane] = gained
        work[rows + SHIFT * lanes + lane] = shift
        work[rows + LAST * lanes + lane] = work[rows + BEFORE * lanes + lane]


@device
def follow(n, base, lanes, counts, of_gaps, x, source, rows, nominal, arrivals, behind, work):
    """What the sum gains and the last departure, from customer n on, until all lanes met."""
    customers, servers, end = counts[CUSTOMERS], counts[SERVERS], base + TILE
    gained, last, shift = rows + GAINED * lanes, rows + LAST * lanes, rows + SHIFT * lanes
    begun = n
    while n < customers:
        before = (1 + (n % 2) * servers) * lanes
        after = (1 + ((n + 1) % 2) * servers) * lanes
        found, now = nominal + n * servers * lanes, arrivals + n * lanes
        service, gap = (customers - 1 + n) * lanes, n * lanes
        if n == begun and not of_gaps:
            serve(base, end, before, source, n * lanes, 0, work)
        else:
            serve(base, end, before, x, service, 0, work)
        for lane in range(base, end):
            late = work[shift + lane] if n > begun else 0.0
            if counts[OUTPUT] != UTILISATION:
                work[gained + lane] += work[lane] - (work[found + lane] + x[service + lane])
            work[last + lane] = max(work[last + lane], work[now + lane] + late + work[lane])
        if n == customers - 1:
            return
        if n == begun and of_gaps:
            insert(base, end, lanes, servers, before, after, source, gap, 0, work)
        else:
            insert(base, end, lanes, servers, before, after, x, gap, 0, work)
        n += 1
        if met(base, end, lanes, servers, after, found + servers * lanes, work):
            for lane in range(base, end):
                rest = work[behind + n * lanes + lane] + work[shift + lane]
                work[last + lane] = max(work[last + lane], rest)
            return
