"""FCFS queue with several servers, started empty: the sorted workloads of Kiefer and Wolfowitz.

W holds how long each server is still busy when customer n arrives, in ascending order:

    T_n = W_1 + X_n,   W ← sort(T_n, W_2, …, W_m), less A_{n+1}, but not below 0

The rest is sorted already, so T_n is inserted by one pass of minima and maxima.

A tail is the share of the customers with T_n > y, or W_1 > y.

Rows of x: A_2 … A_N, then X_1 … X_N. counts: N, m, output, whether a tail, all
servers (of which at most N are ever busy: m); structure: y of a tail.

W stands in one of two buffers and is written to the other: in one buffer the row written in
one turn is read in the next, and LLVM works lane by lane.
"""

from ...jit.compile import device
from ...jit.intrinsics import apart
from ..operation import model_operation

CUSTOMERS, SERVERS, OUTPUT, TAIL, ALL = range(5)
SYSTEM, WAIT = range(2)


@model_operation
def simulate(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
    apart()
    customers, servers = counts[CUSTOMERS], counts[SERVERS]
    system, buffers = 0, lanes
    for lane in range(lanes):
        y[lane] = 0.0
    for place in range(servers * lanes):
        work[buffers + place] = 0.0
    for n in range(customers):
        before = buffers + (n % 2) * servers * lanes
        after = buffers + ((n + 1) % 2) * servers * lanes
        service, gap = (customers - 1 + n) * lanes, n * lanes
        serve(0, lanes, before, x, service, system, work)
        add(lanes, counts, structure, before, system, y, work)
        if n < customers - 1:
            insert(0, lanes, lanes, servers, before, after, x, gap, system, work)
    for lane in range(lanes):
        y[lane] /= customers


@device
def serve(low, high, before, x, service, system, work):
    """T_n = W_1 + X_n, for some lanes."""
    for lane in range(low, high):
        work[system + lane] = work[before + lane] + x[service + lane]


@device
def add(lanes, counts, structure, before, system, y, work):
    """What the output sums over customers."""
    row = system if counts[OUTPUT] == SYSTEM else before
    if counts[TAIL]:
        for lane in range(lanes):
            y[lane] += 1.0 if work[row + lane] > structure[lane] else 0.0
        return
    for lane in range(lanes):
        y[lane] += work[row + lane]


@device
def insert(low, high, lanes, servers, before, after, x, gap, carried, work):
    """The workloads that the next customer finds; row `carried` holds T_n, and is used up."""
    for j in range(servers - 1):
        following, target = before + (j + 1) * lanes, after + j * lanes
        for lane in range(low, high):
            here, there = work[carried + lane], work[following + lane]
            work[target + lane] = max(min(here, there) - x[gap + lane], 0.0)
            work[carried + lane] = max(here, there)
    target = after + (servers - 1) * lanes
    for lane in range(low, high):
        work[target + lane] = max(work[carried + lane] - x[gap + lane], 0.0)
