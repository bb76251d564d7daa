"""Other paths of an inventory, followed until they meet the nominal one.

Two paths with the same demands are equal again once both order in the same period. A path is
a row `other` of slacks outside of work, so that nothing written can be among what is read,
and the loops over a tile of lanes become vectors.
"""

from ...jit.compile import device
from ...jit.intrinsics import apart
from ..operation import model_operation
from .path import (
    BACKLOG,
    COST,
    FIXED,
    HOLDING,
    LEAD,
    MEASURE,
    PERIODS,
    SPAN,
    UNIT,
    average,
    follow,
    outcome,
    rows_of,
    weights_of,
)

# Lanes that wait for each other. With a constant 16 LLVM unrolls the loops before it could make
# vectors of them: 30 instead of 15 ns a period for smoothing.
TILE = 32


@device
def order_cost(lane, lanes, structure, left):
    """Fixed and unit cost of an order up to S from the slack `left`."""
    quantity = structure[SPAN * lanes + lane] - left
    return structure[FIXED * lanes + lane] + structure[UNIT * lanes + lane] * quantity


@device
def follow_other(sign, m, base, stop, lanes, counts, structure, x, work, known, other, gain):
    """Add sign times what another path gains in period m; whether any lane is still apart.

    other: its slack before demand m, then before the next one; known: see `know_costs`.
    """
    if counts[MEASURE] == COST:
        return _follow_cost(
            sign, m, base, stop, lanes, counts, structure, x, work, known, other, gain
        )
    position, level, _, _ = rows_of(counts)
    weights = weights_of(counts[MEASURE])
    later = min(m + counts[LEAD], counts[PERIODS] - 1)
    counted = sign if m + counts[LEAD] < counts[PERIODS] else 0.0
    apart_lanes = 0
    for lane in range(base, stop):
        before = work[(position + m) * lanes + lane]
        v, demand = work[(level + later) * lanes + lane], x[later * lanes + lane]
        gained = outcome(weights, v + (other[lane] - before), demand, lane, lanes, structure)
        lost = outcome(weights, v, demand, lane, lanes, structure)
        gain[lane] += counted * (gained - lost)
        left = other[lane] - x[m * lanes + lane]
        after = structure[SPAN * lanes + lane] if left < 0.0 else left
        other[lane] = after
        apart_lanes |= after != work[(position + m + 1) * lanes + lane]
    return apart_lanes


@device
def _follow_cost(sign, m, base, stop, lanes, counts, structure, x, work, known, other, gain):
    """The same for costs, with hv⁺ + pv⁻ = hv + (h + p)v⁻ and what `know_costs` has prepared."""
    position, _, _, _ = rows_of(counts)
    periods = counts[PERIODS]
    counted = 1.0 if m + counts[LEAD] < periods else 0.0
    apart_lanes = 0
    for lane in range(base, stop):
        left, high = other[lane] - x[m * lanes + lane], structure[SPAN * lanes + lane]
        holding = counted * structure[HOLDING * lanes + lane]
        either = holding + counted * structure[BACKLOG * lanes + lane]
        fixed, unit = structure[FIXED * lanes + lane], structure[UNIT * lanes + lane]
        v = other[lane] + work[(known + m) * lanes + lane]
        paid = fixed + unit * (high - left) if left < 0.0 else 0.0
        brought = holding * v + either * max(-v, 0.0) + paid
        gain[lane] += sign * (brought - work[(known + periods + m) * lanes + lane])
        after = high if left < 0.0 else left
        other[lane] = after
        apart_lanes |= after != work[(position + m + 1) * lanes + lane]
    return apart_lanes


@device
def know_costs(lanes, counts, structure, x, work, known):
    """For each period m: the level l periods later less the slack, in row known + m, and
    what the nominal path pays for its order and brings by that level, periods rows on."""
    position, level, ordered, _ = rows_of(counts)
    periods, lead = counts[PERIODS], counts[LEAD]
    for m in range(periods):
        later = min(m + lead, periods - 1)
        counted = 1.0 if m + lead < periods else 0.0
        between, nominal = (known + m) * lanes, (known + periods + m) * lanes
        for lane in range(lanes):
            v, before = work[(level + later) * lanes + lane], work[(position + m) * lanes + lane]
            work[between + lane] = v - before
        for lane in range(lanes):
            v = work[(level + later) * lanes + lane]
            left = work[(position + m) * lanes + lane] - x[m * lanes + lane]
            order = work[(ordered + m) * lanes + lane]
            holding, owed = structure[HOLDING * lanes + lane], structure[BACKLOG * lanes + lane]
            kept = holding * max(v, 0.0) + owed * max(-v, 0.0)
            spent = order * order_cost(lane, lanes, structure, left)
            work[nominal + lane] = counted * kept + spent


@model_operation
def phantoms(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
    """Σ_n Y(D_n⁺) - Y(D_n⁻) over all demands."""
    apart()
    periods = counts[PERIODS]
    follow(lanes, counts, structure, x, work)
    known = rows_of(counts)[3]
    if counts[MEASURE] == COST:
        know_costs(lanes, counts, structure, x, work, known)
    for lane in range(lanes):
        out[lane] = 0.0
    for n in range(periods):
        for base in range(0, lanes, TILE):
            stop = min(base + TILE, lanes)
            _phantom(1.0, n, base, stop, lanes, counts, structure, x, first, work, known, y, out)
            _phantom(-1.0, n, base, stop, lanes, counts, structure, x, second, work, known, y, out)
    for lane in range(lanes):
        out[lane] /= periods
    average(lanes, counts, structure, x, work, y)  # y was the other path until now


@device
def _phantom(sign, n, base, stop, lanes, counts, structure, x, replaced, work, known, other, gain):
    """Add sign times the gain of the path with another demand n."""
    periods, lead = counts[PERIODS], counts[LEAD]
    position, level, _, _ = rows_of(counts)
    weights = weights_of(counts[MEASURE])
    costs = weights[1]
    for m in range(n, min(n + lead + 1, periods)):  # what is under way does not know yet
        for lane in range(base, stop):
            more = replaced[n * lanes + lane] - x[n * lanes + lane]
            demand = x[m * lanes + lane]
            v, changed = work[(level + m) * lanes + lane], demand + (more if m == n else 0.0)
            gained = outcome(weights, v - more, changed, lane, lanes, structure)
            gain[lane] += sign * (gained - outcome(weights, v, demand, lane, lanes, structure))
    apart_lanes = 0
    for lane in range(base, stop):
        before = work[(position + n) * lanes + lane]
        left, nominal = before - replaced[n * lanes + lane], before - x[n * lanes + lane]
        paid = order_cost(lane, lanes, structure, left) if left < 0.0 else 0.0
        spent = order_cost(lane, lanes, structure, nominal) if nominal < 0.0 else 0.0
        after = structure[SPAN * lanes + lane] if left < 0.0 else left
        gain[lane] += sign * costs * (paid - spent)
        other[lane] = after
        apart_lanes |= after != work[(position + n + 1) * lanes + lane]
    m = n + 1
    while apart_lanes != 0 and m < periods:
        apart_lanes = follow_other(
            sign, m, base, stop, lanes, counts, structure, x, work, known, other, gain
        )
        m += 1
