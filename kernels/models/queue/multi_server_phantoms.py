"""Phantoms of a queue with several servers, followed until all workloads are the nominal ones."""

from ...jit.compile import device
from ...jit.intrinsics import apart
from ..operation import model_operation
from .multi_server_path import CUSTOMERS, OUTPUT, SERVERS, SYSTEM, TAIL, add, insert, serve

TILE = 32  # lanes that wait for each other to meet
GAP = 0


@model_operation
def phantoms(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
    """Σ_k Y(X_k⁺) - Y(X_k⁻) over all draws of one input (rows of first and second)."""
    apart()
    customers, servers, of_gaps = counts[CUSTOMERS], counts[SERVERS], index[0] == GAP
    system, buffers = 0, lanes
    nominal = buffers + 2 * servers * lanes  # workloads that customer n finds: m rows from n m on
    for lane in range(lanes):
        y[lane] = out[lane] = 0.0
    for place in range(servers * lanes):
        work[nominal + place] = 0.0
    for n in range(customers):
        found = nominal + n * servers * lanes
        serve(0, lanes, found, x, (customers - 1 + n) * lanes, system, work)
        add(lanes, counts, structure, found, system, y, work)
        if n < customers - 1:
            after = found + servers * lanes
            insert(0, lanes, lanes, servers, found, after, x, n * lanes, system, work)
    for n in range(customers - 1 if of_gaps else customers):
        for base in range(0, lanes, TILE):
            for side in range(2):
                source = first if side == 0 else second
                for j in range(servers):
                    here = buffers + ((n % 2) * servers + j) * lanes
                    there = nominal + (n * servers + j) * lanes
                    for lane in range(base, base + TILE):
                        work[here + lane] = work[there + lane]
                sign = 1.0 - 2.0 * side
                follow(n, base, lanes, counts, structure, of_gaps, sign, x, source, out, work)
    for lane in range(lanes):
        y[lane] /= customers
        out[lane] /= customers


@device
def follow(n, base, lanes, counts, structure, of_gaps, sign, x, source, out, work):
    """Add the phantom's difference from customer n on, until all lanes of the tile met."""
    customers, servers = counts[CUSTOMERS], counts[SERVERS]
    system, buffers, nominal = 0, lanes, (1 + 2 * servers) * lanes
    end, first = base + TILE, True
    while n < customers:
        before = buffers + (n % 2) * servers * lanes
        after = buffers + ((n + 1) % 2) * servers * lanes
        found = nominal + n * servers * lanes
        service, gap = (customers - 1 + n) * lanes, n * lanes
        if first and not of_gaps:
            serve(base, end, before, source, n * lanes, system, work)
        else:
            serve(base, end, before, x, service, system, work)
        by_system = counts[OUTPUT] == SYSTEM
        row = system if by_system else before
        for lane in range(base, end):
            here, there = work[row + lane], work[found + lane]
            if by_system:
                there += x[service + lane]
            if counts[TAIL]:
                here = 1.0 if here > structure[lane] else 0.0
                there = 1.0 if there > structure[lane] else 0.0
            out[lane] += sign * (here - there)
        if n == customers - 1:
            return
        if first and of_gaps:
            insert(base, end, lanes, servers, before, after, source, gap, system, work)
        else:
            insert(base, end, lanes, servers, before, after, x, gap, system, work)
        first = False
        n += 1
        if met(base, end, lanes, servers, after, found + servers * lanes, work):
            return


@device
def met(low, high, lanes, servers, here, there, work):
    """Whether all workloads are the same in all of these lanes."""
    apart_lanes = 0
    for j in range(servers):
        for lane in range(low, high):
            apart_lanes |= work[here + j * lanes + lane] != work[there + j * lanes + lane]
    return apart_lanes == 0
