"""Derivatives of tails of a line, smoothed by the last service or by the interarrival time.

Given everything but X_n at the last station, where nobody is blocked, with S for the start of
this service and a_n for the arrival, P(T_n > y) = F̄(y - (S - a_n)).

Given everything but A_n, departures are maxima of sums: D_n^K = max(a_{n-1} + A_n + ΣX_n, M), with
M the departure of customer n had it been there always, kept up by others alone. So

    P(W_n > y) = F(M - ΣX_n - y - a_{n-1}) for y ≥ 0
    P(T_n > y) = F(M - y - a_{n-1}) for ΣX_n ≤ y, where services are constant

index and functions as in `single_server_readings_smoothed`. Rows of work as in `tandem_pathwise`,
then argument, its density, what it moves by.
"""

from ...jit.compile import device
from ...jit.intrinsics import apart
from ..operation import model_operation
from ..second_index import apply
from ..slots import input_of, smoothed_input, smoothed_parameters, tangent_row
from .single_server_readings_smoothed import FAR, THRESHOLD, move_point
from .tandem_path import (
    CUSTOMERS,
    DEPTH,
    OUTPUT,
    STATIONS,
    WAIT,
    add,
    empty,
    finish,
    last_row,
)
from .tandem_pathwise import ARRIVAL, RING, WAITED, arrive, carry, serve

GAP = 0


@model_operation
def smoothed(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
    apart()
    customers, slots, by_gap = counts[CUSTOMERS], index[0], smoothed_input(index) == GAP
    size = counts[DEPTH] * counts[STATIONS]
    ring, slopes = RING * lanes, (RING + size) * lanes
    point = slopes + slots * (size + 1) * lanes
    arrival, waited = ARRIVAL * lanes, WAITED * lanes
    empty(lanes, counts, work, ring)
    for place in range(slots * (size + 1) * lanes):
        work[slopes + place] = 0.0
    for lane in range(lanes):
        y[lane] = work[arrival + lane] = 0.0
    for place in range(slots * lanes):
        out[place] = 0.0
    for n in range(customers):
        left = ring + last_row(n, counts) * lanes
        if n > 0 and by_gap:
            # The arrival's row holds a_{n-1}: customer n is served as if it had always been there.
            for lane in range(lanes):
                work[point + lane], work[arrival + lane] = work[arrival + lane], FAR
            pass_through(n, lanes, counts, x, index, first, ring, slopes, work)
            for lane in range(lanes):
                work[arrival + lane] = work[point + lane]
            until(n, lanes, counts, structure, x, left, arrival, point, work)
            observe(
                n, lanes, counts, functions, parameters, structure, first, index, slopes, point,
                out, work,
            )  # fmt: skip
        if n > 0:
            arrive(n, lanes, x, index, first, slopes, work)
        for lane in range(lanes):
            work[waited + lane] = 0.0
        pass_through(n, lanes, counts, x, index, first, ring, slopes, work)
        add(n, lanes, counts, structure, x, left, arrival, waited, y, work)
        if not by_gap:
            last = (customers - 1 + (counts[STATIONS] - 1) * customers + n) * lanes
            for lane in range(lanes):
                begun = work[left + lane] - x[last + lane] - work[arrival + lane]
                work[point + lane] = structure[lane] - begun
            observe(
                n, lanes, counts, functions, parameters, structure, first, index, slopes, point,
                out, work,
            )  # fmt: skip
    finish(lanes, counts, work, ring + last_row(customers - 1, counts) * lanes, y)
    for place in range(slots * lanes):
        out[place] /= customers


@device
def pass_through(n, lanes, counts, x, index, first, ring, slopes, work):
    """Customer n at all stations, with derivatives."""
    for k in range(counts[STATIONS]):
        serve(n, k, lanes, counts, x, ring, work)
        carry(n, k, lanes, counts, index, first, slopes, work)


@device
def until(n, lanes, counts, structure, x, left, arrival, point, work):
    """The interarrival time at which customer n's time is y."""
    customers, by_wait = counts[CUSTOMERS], counts[OUTPUT] == WAIT
    for lane in range(lanes):
        services = 0.0
        for k in range(counts[STATIONS]):
            services += x[(customers - 1 + k * customers + n) * lanes + lane]
        spare = structure[lane] if by_wait else structure[lane] - services
        gap = work[left + lane] - structure[lane] - work[arrival + lane]
        if by_wait:
            gap -= services
        work[point + lane] = gap if spare >= 0.0 else FAR


@device
def observe(
    n, lanes, counts, functions, parameters, structure, first, index, slopes, point, out, work
):  # fmt: skip
    """Add what the conditional probability of customer n moves by."""
    density, moved, slots = point + lanes, point + 2 * lanes, index[0]
    smoothed, place = smoothed_input(index), smoothed_parameters(index)
    departed = slopes + (last_row(n, counts) + 1) * slots * lanes
    apply(functions[0], lanes, parameters, place, work, point, density)
    for slot in range(slots):
        kind, row, total = input_of(index, slot), tangent_row(index, slot), slot * lanes
        left, arrived, tangent = departed + total, slopes + total, (row + n) * lanes
        own = kind == counts[STATIONS] and smoothed != GAP
        served = kind > 0 and (own or (smoothed == GAP and counts[OUTPUT] == WAIT))
        sign = -1.0 if kind in (GAP, THRESHOLD) else 1.0
        move_point(slot, lanes, functions, parameters, index, work, point, moved)
        for lane in range(lanes):
            f = work[density + lane]
            change = sign * work[moved + lane] + work[left + lane] - work[arrived + lane]
            if served:
                change -= first[tangent + lane]
            out[total + lane] += f * change if f > 0.0 else 0.0
