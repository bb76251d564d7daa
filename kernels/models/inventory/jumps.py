"""What an inventory gains by an order less: by the other path, or by a period inserted.

For a finite horizon the path without the order is followed until it meets the nominal one; in
the steady state it is the nominal one a period later (see `inventory_smoothed`).
"""

from ...jit.compile import device
from .path import EXPECTED, LEAD, LOW, MEASURE, PERIODS, UNIT, outcome, rows_of, weights_of
from .phantoms import TILE, follow_other, order_cost


@device
def jumps_of(lanes, counts, structure, x, work, jumps, known, other, gain):
    """J_n for the paths that order in n, in row jumps + n, a tile of lanes at a time.

    `other` is the slack of the path without the order and `gain` its J_n: rows outside of
    work, so that nothing written can be among what is read, and the loops become vectors.
    """
    periods = counts[PERIODS]
    position, _, ordered, _ = rows_of(counts)
    costs = weights_of(counts[MEASURE])[1]
    for n in range(periods):
        for base in range(0, lanes, TILE):
            stop = min(base + TILE, lanes)
            apart_lanes = 0
            for lane in range(base, stop):
                order = work[(ordered + n) * lanes + lane] > 0.0
                after = work[(position + n + 1) * lanes + lane]
                other[lane] = 0.0 if order else after
                saved = costs * order_cost(lane, lanes, structure, 0.0)
                gain[lane] = -saved if order else 0.0
                apart_lanes |= order
            m = n + 1
            while apart_lanes != 0 and m < periods:
                apart_lanes = follow_other(
                    1.0, m, base, stop, lanes, counts, structure, x, work, known, other, gain
                )
                m += 1
            for lane in range(base, stop):
                work[(jumps + n) * lanes + lane] = gain[lane]


@device
def add_jumps(slot, lanes, counts, work, jumps, events, out):
    """Add Σ a_n J_n."""
    for n in range(counts[PERIODS]):
        for lane in range(lanes):
            rate = work[(events + n) * lanes + lane]
            out[slot * lanes + lane] += rate * work[(jumps + n) * lanes + lane]


@device
def insert_periods(lanes, counts, structure, x, work, extra):
    """What the inserted period would bring with the demands up to n: row extra + n."""
    lead = counts[LEAD]
    weights = weights_of(counts[MEASURE])
    for n in range(lead, counts[PERIODS]):
        at = (extra + n) * lanes
        for lane in range(lanes):
            work[at + lane] = structure[LOW * lanes + lane] - x[(n - lead) * lanes + lane]
        for k in range(n - lead + 1, n + 1):
            for lane in range(lanes):
                work[at + lane] -= x[k * lanes + lane]
        for lane in range(lanes):
            v = work[at + lane]
            work[at + lane] = outcome(weights, v, x[n * lanes + lane], lane, lanes, structure)


@device
def add_inserted(slot, lanes, counts, structure, y, work, extra, events, scratch, out):
    """Add Σ a_n (mean of g in the inserted period + unit E[D] - Y)."""
    periods, lead = counts[PERIODS], counts[LEAD]
    costs = weights_of(counts[MEASURE])[1]
    between, lost = scratch * lanes, (scratch + 1) * lanes
    for lane in range(lanes):
        work[between + lane] = 0.0
        work[lost + lane] = 0.0
    for n in range(periods):
        for lane in range(lanes):
            work[lost + lane] += work[(events + n) * lanes + lane]
        if n >= lead:
            for lane in range(lanes):
                work[between + lane] += work[(extra + n) * lanes + lane]
    for lane in range(lanes):
        mean = structure[UNIT * lanes + lane] * structure[EXPECTED * lanes + lane]
        gain = work[between + lane] / (periods - lead) + costs * mean - y[lane]
        out[slot * lanes + lane] += work[lost + lane] * gain
