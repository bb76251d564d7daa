"""Smoothed derivatives of P(Y > y) for a network: conditional on all arcs but a few.

Given all other durations, Y ≤ y exactly if every smoothed arc is at most a = y - M, M being
the best rest of the paths through it (Fu (2005), section 5.1). Two sets of arcs are used:

one arc     P(Y > y | others) = 1{R ≤ y} F̄(a) + 1{R > y} for the longest path, and
            1{R > y} F̄(a) for the shortest: R is the best path without the arc (the report's
            recipe "replace max by min" keeps R ≤ y, where the probability is 0)
a cut       that every path meets exactly once: ∏ F(a) (longest), ∏ F̄(a) (shortest)

The derivative of F̄(a) is f(a) dX/dp at X = a in a parameter (Fu (2005), eq. 23), and -f(a) in y.

index: number of slots, then for each four numbers: its arc's row or -1 (the threshold y),
the place of the arc's parameters, first member and members of its cut (0: one arc); then
for each member two numbers: row, place of parameters. functions: for each slot density and
derivative, then for each member density and survival.
"""

from numba import carray

from ...jit.compile import device
from ...jit.intrinsics import apart, call
from ..operation import model_operation
from .passes import (
    ARCS,
    LEVELS,
    NODES,
    SIGN,
    backward,
    detours,
    ends_of,
    forward,
    give_output,
    mark,
    rest_and_best,
)

MANY = 1 << 40  # a bound for views of memory whose size the caller knows


@model_operation
def smoothed(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
    apart()
    nodes = counts[NODES]
    marks = 3 * nodes
    table = marks + counts[ARCS]
    scratch = (table + counts[LEVELS] * nodes) * lanes
    forward(lanes, counts, x, work)
    backward(lanes, counts, x, work, nodes)
    single = 0
    for slot in range(index[0]):
        single += index[4 * slot + 4] == 0
    if single:
        mark(lanes, counts, x, work, 2 * nodes, marks, y)
        detours(lanes, counts, x, work, nodes, marks, table)
    give_output(lanes, counts, structure, work, y)
    for slot in range(index[0]):
        if index[4 * slot + 4] == 0:
            _by_arc(slot, lanes, counts, functions, parameters, structure, index, out, work,
                    marks, table, scratch)  # fmt: skip
        else:
            _by_cut(slot, lanes, counts, functions, parameters, structure, index, out, work,
                    scratch)  # fmt: skip


@device
def _point(row, lanes, counts, structure, work, at):
    """a = y - M of one arc, lane by lane, into work[at …]."""
    sign = float(counts[SIGN])
    tail, head = ends_of(counts, row)
    onward = (counts[NODES] + head) * lanes
    for lane in range(lanes):
        rest = work[tail * lanes + lane] + work[onward + lane]
        work[at + lane] = structure[lane] - sign * rest


@device
def _apply(address, lanes, parameters, place, work, points, target):
    """A function of a distribution at the points, into another row of work."""
    rows, own = carray(work, MANY), carray(parameters, MANY)[place:]
    given, made = rows[points:], rows[target:]
    call(address, lanes, 1, given, given, given, given, own, made, made)


@device
def _by_arc(
    slot, lanes, counts, functions, parameters, structure, index, out, work, marks, table, scratch
):
    row, place = index[4 * slot + 1], index[4 * slot + 2]
    density, derivative = scratch + lanes, scratch + 2 * lanes
    _point(row, lanes, counts, structure, work, scratch)
    _apply(functions[2 * slot], lanes, parameters, place, work, scratch, density)
    _apply(functions[2 * slot + 1], lanes, parameters, place, work, scratch, derivative)
    tail, _ = ends_of(counts, row)
    at = (marks + row) * lanes
    for lane in range(lanes):
        rest = rest_and_best(lane, tail, at, lanes, counts, work, table)
        if counts[SIGN] > 0:
            open_ = rest <= structure[lane]
        else:
            open_ = -rest > structure[lane]
        f = work[density + lane]
        out[slot * lanes + lane] = f * work[derivative + lane] if open_ and f > 0.0 else 0.0


@device
def _by_cut(slot, lanes, counts, functions, parameters, structure, index, out, work, scratch):
    """Σ_i f_i ∏_{k≠i} G_k over the cut for the threshold, or one term of it for an arc; G is
    F (longest) or F̄ (shortest). Sum and product grow together, member by member."""
    row, slots = index[4 * slot + 1], index[0]
    density, other, product = scratch + lanes, scratch + 2 * lanes, scratch + 3 * lanes
    total = slot * lanes
    for lane in range(lanes):
        out[total + lane] = 0.0
        work[product + lane] = 1.0
    for member in range(index[4 * slot + 3], index[4 * slot + 3] + index[4 * slot + 4]):
        entry = 1 + 4 * slots + 2 * member
        place = index[entry + 1]
        _point(index[entry], lanes, counts, structure, work, scratch)
        address = 2 * (slots + member)
        _apply(functions[address], lanes, parameters, place, work, scratch, density)
        if index[entry] == row:
            _apply(functions[2 * slot + 1], lanes, parameters, place, work, scratch, other)
        for lane in range(lanes):
            f = work[density + lane]
            if row < 0:
                work[density + lane] = -f
            elif index[entry] == row:
                work[density + lane] = f * work[other + lane] if f > 0.0 else 0.0
            else:
                work[density + lane] = 0.0
        _apply(functions[address + 1], lanes, parameters, place, work, scratch, other)
        for lane in range(lanes):
            g = work[other + lane] if counts[SIGN] < 0 else 1.0 - work[other + lane]
            out[total + lane] = out[total + lane] * g + work[product + lane] * work[density + lane]
            work[product + lane] *= g
