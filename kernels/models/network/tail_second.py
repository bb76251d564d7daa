"""Second derivatives of P(Y > y) for a network: one arc smoothed, the other by its score.

Given all arcs but a, P(Y > y) moves with p by D_p = 1{R_a ≤ y} f_a(z) ∂_p X_a at X_a = z = y - M_a
(longest; 1{R_a > y} for the shortest, see `network_smoothed`). The second derivative is

    same arc      1{R_a ≤ y} ∂/∂q [f_a ∂_p X_a] at z, the parameters' difference of fourth order
    arcs a ≠ b    D_p S_q(X_b), or D_q S_p(X_a): the mean of the two

since D_p depends on X_b, by which paths are open, in steps that a score does not mind.
"""

from ...jit.compile import device
from ...jit.intrinsics import apart
from ..operation import model_operation
from ..second_index import FUNCTIONS, apply, apply_to, pair_of, slot_of
from .passes import ARCS, NODES, SIGN, give_output
from .second import find_paths, rest_of_paths, rows_of

STEPS = 4


@model_operation
def second_smoothed(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
    apart()
    _, _, _, _, _, scores = rows_of(counts[NODES], counts[ARCS])
    scratch = scores + index[0]
    find_paths(lanes, counts, x, work)
    give_output(lanes, counts, structure, work, y)
    for slot in range(index[0]):
        which, _, _, place = slot_of(index, slot)
        address = functions[FUNCTIONS * slot + 2]
        target = (scores + slot) * lanes
        apply_to(address, lanes, parameters, place, x, which * lanes, work, target)
        _point(which, lanes, counts, structure, work, scratch)
        total = (index[1] + slot) * lanes
        _flow(slot, lanes, functions, parameters, place, work, scratch)
        for lane in range(lanes):
            open_ = _is_open(lane, which, lanes, counts, structure, work)
            out[total + lane] = work[(scratch + 3) * lanes + lane] if open_ else 0.0
    for pair in range(index[1]):
        a, b, _, moved, _ = pair_of(index, pair)
        if moved >= 0:
            _one_arc(pair, lanes, counts, functions, parameters, structure, index, work, out,
                     scratch)  # fmt: skip
        else:
            by_a, by_b = (index[1] + a) * lanes, (index[1] + b) * lanes
            score_a, score_b = (scores + a) * lanes, (scores + b) * lanes
            for lane in range(lanes):
                both = out[by_a + lane] * work[score_b + lane]
                both += out[by_b + lane] * work[score_a + lane]
                out[pair * lanes + lane] = 0.5 * both


@device
def _is_open(lane, which, lanes, counts, structure, work):
    """Whether the paths without the arc leave P(Y > y) to it."""
    rest, _ = rest_of_paths(lane, which, lanes, counts, work)
    return rest <= structure[lane] if counts[SIGN] > 0 else -rest > structure[lane]


@device
def _point(which, lanes, counts, structure, work, scratch):
    """y - M of the arc."""
    sign = float(counts[SIGN])
    for lane in range(lanes):
        _, through = rest_of_paths(lane, which, lanes, counts, work)
        work[scratch * lanes + lane] = structure[lane] - sign * through


@device
def _flow(slot, lanes, functions, parameters, place, work, scratch):
    """f ∂_p X at the point, in row scratch + 3."""
    point, density, slope = scratch * lanes, (scratch + 1) * lanes, (scratch + 2) * lanes
    apply(functions[FUNCTIONS * slot], lanes, parameters, place, work, point, density)
    apply(functions[FUNCTIONS * slot + 1], lanes, parameters, place, work, point, slope)
    for lane in range(lanes):
        f = work[density + lane]
        work[(scratch + 3) * lanes + lane] = f * work[slope + lane] if f > 0.0 else 0.0


@device
def _one_arc(pair, lanes, counts, functions, parameters, structure, index, work, out, scratch):
    """Both slots in the distribution of one arc."""
    a, _, _, moved, count = pair_of(index, pair)
    which = slot_of(index, a)[0]
    _point(which, lanes, counts, structure, work, scratch)
    for lane in range(lanes):
        out[pair * lanes + lane] = 0.0
    for at in range(STEPS):
        _flow(a, lanes, functions, parameters, moved + 1 + at * count, work, scratch)
        weight = (1.0, -8.0, 8.0, -1.0)[at] / (12.0 * parameters[moved])
        for lane in range(lanes):
            open_ = _is_open(lane, which, lanes, counts, structure, work)
            flow = work[(scratch + 3) * lanes + lane]
            out[pair * lanes + lane] += weight * flow if open_ else 0.0
