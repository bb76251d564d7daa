"""Stochastic activity network: length of the longest or shortest path (Fu (2005), section 5.1).

Rows of x: the durations, arc after arc, one draw each. counts: see `network_passes`.
Structure, for a tail only: the threshold y. One forward pass gives the output, one backward
pass every derivative: all arcs together cost a small multiple of one pass.
"""

from ...jit.compile import device
from ...jit.intrinsics import apart
from ..operation import model_operation
from ..slots import input_of, tangent_row
from .passes import (
    ARCS,
    NODES,
    SIGN,
    TAIL,
    backward,
    begin_path,
    detours,
    ends_of,
    fill,
    follow,
    forward,
    give_output,
    mark,
    rest_and_best,
)
from .smoothed import smoothed

__all__ = ["all_phantoms", "pathwise", "simulate", "smoothed"]


@model_operation
def simulate(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
    apart()
    forward(lanes, counts, x, work)
    give_output(lanes, counts, structure, work, y)


@model_operation
def pathwise(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
    """dY/dX = 1 on the optimal path, 0 elsewhere."""
    apart()
    nodes = counts[NODES]
    table = 2 * nodes * lanes
    forward(lanes, counts, x, work)
    enter_slots(lanes, counts[ARCS], index, work, table, out)
    begin_path(lanes, nodes, nodes, work)
    for k in range(counts[ARCS] - 1, -1, -1):
        row = follow(lanes, counts, k, x, work, nodes, y)
        slot = int(work[table + row])
        while slot < index[0] and input_of(index, slot) == row:
            tangent = tangent_row(index, slot) * lanes
            for lane in range(lanes):
                out[slot * lanes + lane] = y[lane] * first[tangent + lane]
            slot += 1
    give_output(lanes, counts, structure, work, y)


@device
def enter_slots(lanes, arcs, index, work, table, out):
    """work[table + row]: the first slot of each arc (slots stand in the order of inputs)."""
    fill(table, table + arcs, float(index[0]), work)
    for slot in range(index[0] - 1, -1, -1):
        which = input_of(index, slot)
        if which >= 0:
            work[table + which] = float(slot)
        else:
            fill(slot * lanes, (slot + 1) * lanes, 0.0, out)


@model_operation
def all_phantoms(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
    """Y(X⁺) - Y(X⁻) for every slot: index[0] slots, then their inputs; row by row in first
    and second.

    With another duration x' of arc j the best length is max(R, F + x' + B): F leads to its
    tail, B from its head to the sink, R is the best length of the paths without the arc.
    """
    apart()
    nodes = counts[NODES]
    sign = float(counts[SIGN])
    marks = 3 * nodes
    table = marks + counts[1]
    forward(lanes, counts, x, work)
    backward(lanes, counts, x, work, nodes)
    mark(lanes, counts, x, work, 2 * nodes, marks, y)
    detours(lanes, counts, x, work, nodes, marks, table)
    give_output(lanes, counts, structure, work, y)
    for slot in range(index[0]):
        row = index[1 + slot]
        tail, head = ends_of(counts, row)
        at = (marks + row) * lanes
        for lane in range(lanes):
            rest = rest_and_best(lane, tail, at, lanes, counts, work, table)
            outer = work[tail * lanes + lane] + work[(nodes + head) * lanes + lane]
            plus = sign * max(rest, outer + sign * first[slot * lanes + lane])
            minus = sign * max(rest, outer + sign * second[slot * lanes + lane])
            if counts[TAIL]:
                plus = 1.0 if plus > structure[lane] else 0.0
                minus = 1.0 if minus > structure[lane] else 0.0
            out[slot * lanes + lane] = plus - minus
