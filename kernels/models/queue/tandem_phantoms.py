"""Phantoms of a line of stations, followed until they have met the nominal path again.

A phantom of an interarrival time is seen from its own arrivals on: customers before it stand
earlier by what the gap has grown, and later ones arrive at the nominal times. Once as many
customers as the ring holds have left every station exactly when they do in the nominal path,
so do all that follow.
"""

from ...jit.compile import device
from ...jit.intrinsics import apart
from ..operation import model_operation
from .tandem_path import (
    CUSTOMERS,
    DEPTH,
    FAR,
    NUMBER,
    OUTPUT,
    STATIONS,
    TAIL,
    THROUGHPUT,
    UTILISATION,
    WAIT,
    add,
    advance,
    empty,
    finish,
    is_measured,
    last_row,
    machines,
    ring_row,
)

TILE = 32  # lanes that wait for each other to meet


@model_operation
def phantoms(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
    """Σ_k Y(X_k⁺) - Y(X_k⁻) over all draws of one input (rows of first and second)."""
    apart()
    customers, stations = counts[CUSTOMERS], counts[STATIONS]
    size = counts[DEPTH] * stations
    shift, waited, ring = 0, lanes, 2 * lanes
    arrivals = (2 + size) * lanes  # of all customers, one row each
    nominal = arrivals + customers * lanes  # D_n^k in row n K + k; behind them waits, for a tail
    gained = nominal + customers * (stations + 1) * lanes
    simulate_all(lanes, counts, structure, x, y, arrivals, waited, ring, nominal, work)
    for lane in range(lanes):
        out[lane] = 0.0
    of_gaps = index[0] == 0
    for n in range(1 if of_gaps else 0, customers):
        for base in range(0, lanes, TILE):
            for side in range(2):
                source = first if side == 0 else second
                for lane in range(base, base + TILE):
                    work[shift + lane] = 0.0
                    if of_gaps:
                        row = (n - 1) * lanes + lane
                        work[shift + lane] = source[row] - x[row]
                remember(n, base, lanes, counts, shift, ring, nominal, work)
                replace(n, base, lanes, counts, index[0] - 1, x, source, gained, work)
                follow(
                    n, base, lanes, counts, structure, x, index[0] - 1, source, 1.0 - 2.0 * side,
                    arrivals, ring, nominal, gained, y, out, work,
                )  # fmt: skip
    if counts[OUTPUT] < THROUGHPUT:
        for lane in range(lanes):
            out[lane] /= customers


@device
def simulate_all(lanes, counts, structure, x, y, arrivals, waited, ring, nominal, work):
    """The nominal path, with all arrivals and departures kept."""
    customers, stations = counts[CUSTOMERS], counts[STATIONS]
    empty(lanes, counts, work, ring)
    for lane in range(lanes):
        y[lane] = work[arrivals + lane] = 0.0
    for n in range(customers):
        arrival = arrivals + n * lanes
        if n > 0:
            for lane in range(lanes):
                work[arrival + lane] = work[arrival - lanes + lane] + x[(n - 1) * lanes + lane]
        advance(n, 0, lanes, lanes, counts, x, -1, x, arrival, waited, ring, work)
        now = ring + ring_row(n, 0, counts) * lanes
        for place in range(stations * lanes):
            work[nominal + n * stations * lanes + place] = work[now + place]
        left = now + (stations - 1) * lanes
        if counts[TAIL]:
            for lane in range(lanes):
                work[nominal + (customers * stations + n) * lanes + lane] = work[waited + lane]
        add(n, lanes, counts, structure, x, left, arrival, waited, y, work)
    finish(lanes, counts, work, ring + last_row(customers - 1, counts) * lanes, y)


@device
def remember(n, base, lanes, counts, shift, ring, nominal, work):
    """Put the departures of the customers before n into the ring, for one tile of lanes."""
    stations = counts[STATIONS]
    for before in range(1, counts[DEPTH] + 1):
        for k in range(stations):
            row = ring + ring_row(n - before, k, counts) * lanes
            source = nominal + ((n - before) * stations + k) * lanes
            for lane in range(base, base + TILE):
                left = FAR if n < before else work[source + lane]
                work[row + lane] = left - work[shift + lane]


@device
def replace(n, base, lanes, counts, replaced, x, source, gained, work):
    """What a replaced service time alone adds to the work of the servers, for one tile."""
    customers = counts[CUSTOMERS]
    service = (customers - 1 + replaced * customers + n) * lanes
    felt = counts[OUTPUT] == UTILISATION and replaced >= 0 and is_measured(replaced, counts)
    for lane in range(base, base + TILE):
        more = source[n * lanes + lane] - x[service + lane] if felt else 0.0
        work[gained + lane] = more


@device
def follow(
    n, base, lanes, counts, structure, x, replaced, source, sign, arrivals, ring, nominal, gained,
    y, out, work,
):  # fmt: skip
    """Add the phantom's difference from customer n on, until all lanes of the tile met."""
    customers, stations, output = counts[CUSTOMERS], counts[STATIONS], counts[OUTPUT]
    shift, waited = 0, lanes
    if output == WAIT and replaced >= 0 and not counts[TAIL]:
        for lane in range(base, base + TILE):
            out[lane] -= sign * source[n * lanes + lane]
    met, begin = 0, n
    while n < customers and met < counts[DEPTH]:
        station = replaced if n == begin else -1
        arrival = arrivals + n * lanes
        advance(
            n, base, base + TILE, lanes, counts, x, station, source, arrival, waited, ring, work
        )
        apart_lanes = 0
        for k in range(stations):
            here = ring + ring_row(n, k, counts) * lanes
            there = nominal + (n * stations + k) * lanes
            for lane in range(base, base + TILE):
                apart_lanes |= work[here + lane] != work[there + lane]
        here = ring + last_row(n, counts) * lanes
        there = nominal + (n * stations + stations - 1) * lanes
        if counts[TAIL]:
            waits = nominal + customers * stations * lanes
            compare(
                n, base, lanes, counts, structure, sign, arrival, waited, here, there, waits, out,
                work,
            )  # fmt: skip
        elif output == NUMBER:
            for lane in range(base, base + TILE):
                work[gained + lane] += work[here + lane] - work[there + lane]
        elif output < THROUGHPUT:
            for lane in range(base, base + TILE):
                out[lane] += sign * (work[here + lane] - work[there + lane])
        met = 0 if apart_lanes else met + 1
        n += 1
    if output >= THROUGHPUT:
        last = nominal + (customers * stations - 1) * lanes  # D_N^K, nominal and of the phantom
        left = last
        if n == customers and met < counts[DEPTH]:
            left = ring + last_row(customers - 1, counts) * lanes
        for lane in range(base, base + TILE):
            total = float(customers)
            if output > THROUGHPUT:
                total = y[lane] * work[last + lane] + work[gained + lane] / machines(counts)
            out[lane] += sign * total / (work[left + lane] + work[shift + lane])


@device
def compare(
    n, base, lanes, counts, structure, sign, arrival, waited, here, there, waits, out, work
):
    """Whether customer n's time is above y in the phantom, and not in the nominal path."""
    for lane in range(base, base + TILE):
        phantom = work[here + lane] - work[arrival + lane]
        path = work[there + lane] - work[arrival + lane]
        if counts[OUTPUT] == WAIT:
            phantom, path = work[waited + lane], work[waits + n * lanes + lane]
        difference = (1.0 if phantom > structure[lane] else 0.0) - (
            1.0 if path > structure[lane] else 0.0
        )
        out[lane] += sign * difference
