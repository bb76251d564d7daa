"""Second derivatives of E[Y] for a network by smoothing one arc at a time.

With T_a = R_a - M_a (the best path without arc a, less the best rest of the paths through it),
arc a is on the longest path exactly if X_a > T_a, and dY/dp = 1{X_a > T_a} ∂X_a/∂p. Given
all other arcs, the mean of this moves with T_a and with the distribution of X_a:

    same arc      1{a on the path} ∂²X_a/∂p∂q + f_a(T_a) ∂_p X_a ∂_q X_a   at X_a = T_a
    arcs a ≠ b    -f_a(T_a) ∂_p X_a ∂T_a/∂q,   ∂T_a/∂q = (1{b on R_a} - 1{b on M_a}) ∂_q X_b

For the shortest path a is on it if X_a < T_a: every density changes its sign. A pair of
arcs is smoothed from both sides, and the mean of the two is taken.
"""

from math import inf

from ...jit.compile import device
from ...jit.intrinsics import apart
from ..operation import model_operation
from ..second_index import FUNCTIONS, apply, pair_number, pair_of, slot_of
from .passes import ARCS, NODES, SIGN, arc_of, backward, ends_of, fill, forward, give_output

NONE = -1.0  # instead of the number of an arc


@device
def rows_of(nodes, arcs):
    """First rows of: marks of the optimal path's arcs; the arc by which the best path enters
    each node, and leaves it; the best path across each cut without the optimal path's arc, and
    its arc there; and the next."""
    marks = 2 * nodes
    into = marks + arcs
    return marks, into, into + nodes, into + 2 * nodes, into + 3 * nodes, into + 4 * nodes


@model_operation
def second_smoothed(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
    apart()
    nodes = counts[NODES]
    marks, _, _, _, _, there = rows_of(nodes, counts[ARCS])
    weights = there + 2 * nodes  # f_a(T_a) ∂_p X_a for each slot
    slopes = weights + index[0]  # ∂_p X_a at T_a
    others = slopes + index[0]  # the arc of R_a where it leaves the optimal path, or NONE
    scratch = others + index[0]
    find_paths(lanes, counts, x, work)
    give_output(lanes, counts, structure, work, y)
    for slot in range(index[0]):
        _smooth(slot, lanes, counts, functions, parameters, index, work, weights, slopes,
                others, scratch)  # fmt: skip
        which, _, row, _ = slot_of(index, slot)
        total = (index[1] + slot) * lanes
        for lane in range(lanes):
            on = work[(marks + which) * lanes + lane]
            out[total + lane] = on * first[row * lanes + lane]
    for pair in range(index[1]):
        _one_arc(pair, lanes, counts, index, second, work, marks, weights, slopes, out)
    for slot in range(index[0]):
        which, _, row, _ = slot_of(index, slot)
        _paths_with(which, lanes, counts, work)
        for other in range(index[0]):
            if slot_of(index, other)[0] != which:
                _two_arcs(other, slot, lanes, counts, index, first, work, weights, others, out)


@device
def find_paths(lanes, counts, x, work):
    """Lengths to and from every node, and all that `rows_of` names."""
    sign, nodes = float(counts[SIGN]), counts[NODES]
    marks, into, onward, _, _, _ = rows_of(nodes, counts[ARCS])
    forward(lanes, counts, x, work)
    backward(lanes, counts, x, work, nodes)
    for k in range(counts[ARCS]):
        row, tail, head = arc_of(counts, k)
        for lane in range(lanes):
            before, after = work[tail * lanes + lane], work[(nodes + head) * lanes + lane]
            signed = sign * x[row * lanes + lane]
            if before + signed == work[head * lanes + lane]:
                work[(into + head) * lanes + lane] = float(row)
            if after + signed == work[(nodes + tail) * lanes + lane]:
                work[(onward + tail) * lanes + lane] = float(row)
    fill(marks * lanes, into * lanes, 0.0, work)
    for lane in range(lanes):
        node = nodes - 1
        while node > 0:
            arc = int(work[(into + node) * lanes + lane])
            work[(marks + arc) * lanes + lane] = 1.0
            node = ends_of(counts, arc)[0]
    _find_detours(lanes, counts, x, work)


@device
def _find_detours(lanes, counts, x, work):
    """The best path across each cut that avoids the optimal path's arc, and its arc there.

    An arc is entered at every cut it crosses: with d derivatives in pairs there is no hurry.
    """
    sign, nodes = float(counts[SIGN]), counts[NODES]
    marks, _, _, length, across, after = rows_of(nodes, counts[ARCS])
    fill(length * lanes, across * lanes, -inf, work)
    fill(across * lanes, after * lanes, NONE, work)
    for k in range(counts[ARCS]):
        row, tail, head = arc_of(counts, k)
        for cut in range(tail, head):
            for lane in range(lanes):
                through = work[tail * lanes + lane] + sign * x[row * lanes + lane]
                through += work[(nodes + head) * lanes + lane]
                free = work[(marks + row) * lanes + lane] == 0.0
                at = cut * lanes + lane
                if free and through > work[length * lanes + at]:
                    work[length * lanes + at] = through
                    work[across * lanes + at] = float(row)


@device
def rest_of_paths(lane, which, lanes, counts, work):
    """Best signed length of the paths without an arc, and with it but for its own duration."""
    nodes = counts[NODES]
    marks, _, _, length, _, _ = rows_of(nodes, counts[ARCS])
    tail, head = ends_of(counts, which)
    on = work[(marks + which) * lanes + lane] > 0.0
    best = work[(nodes - 1) * lanes + lane]
    rest = work[(length + tail) * lanes + lane] if on else best
    return rest, work[tail * lanes + lane] + work[(nodes + head) * lanes + lane]


@device
def _smooth(
    slot, lanes, counts, functions, parameters, index, work, weights, slopes, others, scratch
):
    """Density times derivative, and derivative, at T_a; where R_a leaves the optimal path."""
    sign, nodes = float(counts[SIGN]), counts[NODES]
    marks, _, _, _, across, _ = rows_of(nodes, counts[ARCS])
    which, _, _, place = slot_of(index, slot)
    tail = ends_of(counts, which)[0]
    point, density = scratch * lanes, (scratch + 1) * lanes
    weight, slope, other = (weights + slot) * lanes, (slopes + slot) * lanes, others + slot
    for lane in range(lanes):
        on = work[(marks + which) * lanes + lane] > 0.0
        rest, through = rest_of_paths(lane, which, lanes, counts, work)
        work[other * lanes + lane] = work[(across + tail) * lanes + lane] if on else NONE
        work[point + lane] = sign * (rest - through) if rest > -inf else inf
    apply(functions[FUNCTIONS * slot], lanes, parameters, place, work, point, density)
    apply(functions[FUNCTIONS * slot + 1], lanes, parameters, place, work, point, slope)
    for lane in range(lanes):
        f = work[density + lane] if work[point + lane] < inf else 0.0
        work[slope + lane] = work[slope + lane] if f > 0.0 else 0.0
        work[weight + lane] = f * work[slope + lane] if f > 0.0 else 0.0


@device
def _one_arc(pair, lanes, counts, index, second, work, marks, weights, slopes, out):
    """Both slots in the distribution of one arc; 0 for a pair of two arcs, to be added to."""
    sign = float(counts[SIGN])
    a, b, row, _, _ = pair_of(index, pair)
    which = slot_of(index, a)[0]
    same = which == slot_of(index, b)[0]
    for lane in range(lanes):
        moved = work[(weights + a) * lanes + lane] * work[(slopes + b) * lanes + lane]
        out[pair * lanes + lane] = sign * moved if same else 0.0
        if row >= 0:
            on = work[(marks + which) * lanes + lane]
            out[pair * lanes + lane] += on * second[row * lanes + lane]


@device
def _paths_with(which, lanes, counts, work):
    """Whether the best path to a node, and from it, has this arc, node by node."""
    nodes = counts[NODES]
    _, into, onward, _, _, there = rows_of(nodes, counts[ARCS])
    back = there + nodes
    for lane in range(lanes):
        work[there * lanes + lane] = 0.0
        work[(back + nodes - 1) * lanes + lane] = 0.0
    for node in range(1, nodes):
        for lane in range(lanes):
            arc = int(work[(into + node) * lanes + lane])
            tail = ends_of(counts, arc)[0]
            found = 1.0 if arc == which else work[(there + tail) * lanes + lane]
            work[(there + node) * lanes + lane] = found
    for node in range(nodes - 2, -1, -1):
        for lane in range(lanes):
            arc = int(work[(onward + node) * lanes + lane])
            head = ends_of(counts, arc)[1]
            found = 1.0 if arc == which else work[(back + head) * lanes + lane]
            work[(back + node) * lanes + lane] = found


@device
def _two_arcs(a, b, lanes, counts, index, first, work, weights, others, out):
    """Add half of the term that smooths the arc of slot a, for a slot b of another arc."""
    sign, nodes = float(counts[SIGN]), counts[NODES]
    _, _, _, _, _, there = rows_of(nodes, counts[ARCS])
    back = there + nodes
    tail, head = ends_of(counts, slot_of(index, a)[0])
    which, _, row, _ = slot_of(index, b)
    total = pair_number(index, a, b) * lanes
    for lane in range(lanes):
        arc = int(work[(others + a) * lanes + lane])
        avoiding = work[(there + nodes - 1) * lanes + lane]
        if arc >= 0:
            start, end = ends_of(counts, arc)
            avoiding = work[(there + start) * lanes + lane] + work[(back + end) * lanes + lane]
            avoiding = 1.0 if arc == which else avoiding
        through = work[(there + tail) * lanes + lane] + work[(back + head) * lanes + lane]
        moved = (through - avoiding) * first[row * lanes + lane]
        out[total + lane] += 0.5 * sign * work[(weights + a) * lanes + lane] * moved
