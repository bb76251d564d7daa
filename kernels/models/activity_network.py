"""Stochastic activity network: length of the longest or shortest path (section 5.1).

Rows of x: the durations, arc after arc, one draw each. counts: see `network_passes`.
Structure, for a tail only: the threshold y. One forward pass gives the output, one backward
pass every derivative: all arcs together cost a small multiple of one pass.
"""

from ..intrinsics import apart, wide
from .network_passes import (
    NODES,
    SIGN,
    TAIL,
    backward,
    detours,
    ends_of,
    forward,
    give_output,
    mark,
    rest_and_best,
)
from .network_smoothed import smoothed
from .operation import model_operation

__all__ = ["all_phantoms", "pathwise", "simulate", "smoothed"]


@model_operation
def simulate(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
    wide()
    apart()
    forward(lanes, counts, x, work)
    give_output(lanes, counts, structure, work, y)


@model_operation
def pathwise(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
    """dY/dX = 1 on the optimal path, 0 elsewhere."""
    wide()
    apart()
    nodes = counts[NODES]
    marks = 2 * nodes
    forward(lanes, counts, x, work)
    give_output(lanes, counts, structure, work, y)
    mark(lanes, counts, x, work, nodes, marks)
    for slot in range(index[0]):
        which, tangent = index[3 * slot + 3], index[3 * slot + 5] * lanes
        for lane in range(lanes):
            on = work[(marks + which) * lanes + lane] if which >= 0 else 0.0
            out[slot * lanes + lane] = on * first[tangent + lane] if which >= 0 else 0.0


@model_operation
def all_phantoms(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
    """Y(X⁺) - Y(X⁻) for every slot: index[0] slots, then their inputs; row by row in first
    and second.

    With another duration x' of arc j the best length is max(R, F + x' + B): F leads to its
    tail, B from its head to the sink, R is the best length of the paths without the arc.
    """
    wide()
    apart()
    nodes = counts[NODES]
    sign = float(counts[SIGN])
    marks = 3 * nodes
    table = marks + counts[1]
    forward(lanes, counts, x, work)
    give_output(lanes, counts, structure, work, y)
    backward(lanes, counts, x, work, nodes)
    mark(lanes, counts, x, work, 2 * nodes, marks)
    detours(lanes, counts, x, work, nodes, marks, table)
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
