"""Smoothed derivatives of an inventory: along the path, and an order more or less.

Order n is placed when D_n exceeds the slack ξ_n = P_n - s. As θ grows, it is lost at the rate
r(ξ_n) (dξ_n - dX at X = ξ_n), r the hazard rate of demand, on the paths that place it. A path
that just loses order n is the nominal path one period later, with one period in between
whose level is s less the demand of l + 1 periods (it orders at its end for sure): it gains
g(s - D') and loses period N. For finite N, with l the lead time (formulas of section 5.3):

    dE[Y] = E[dY along the path] + (1/N) Σ_n a_n J_n
    J_n   = g(s - D_{k-l} - … - D_k) - g(V_N)            if n + l < N, k any of n + 1 + l … N
            + unit E[D] - ordering cost of period N      if n < N
            - fixed - unit q                             if n = N

All k are used: each has weight 1/(N - n - l). Steady state: (Σ a_n / N)(mean g + unit E[D] - Y).
An indicator of V_n < 0 is replaced by F̄(L_n), L_n the level before demand n.

index: number of slots, then 0 or 1 for the steady state, 0, then as Pathwise; functions:
density and survival of demand, then dX of each slot (0 if structural).
"""

from numba import carray

from ..compile import device
from ..intrinsics import apart, call, wide
from .inventory_path import (
    EXPECTED,
    FIXED,
    LEAD,
    LOW,
    MEASURE,
    PERIODS,
    UNIT,
    average,
    differentiate,
    follow,
    outcome,
    rows_of,
    weights_of,
)
from .operation import model_operation

MANY = 1 << 40  # a bound for views of memory whose size the caller knows


@model_operation
def smoothed(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
    wide()
    apart()
    periods = counts[PERIODS]
    moved = rows_of(counts)[3]
    rates = moved + periods + 1
    extra = rates + periods
    events = extra + periods
    total = events + periods  # and five rows of scratch
    follow(lanes, counts, structure, x, work)
    average(lanes, counts, structure, x, work, y)
    _rates(lanes, counts, functions, parameters, structure, work, rates, total)
    _between(lanes, counts, structure, x, work, extra)
    weights = weights_of(counts[MEASURE])
    for slot in range(index[0]):
        differentiate(slot, lanes, counts, structure, x, first, index, work, moved, total)
        derivative = functions[2 + slot]
        if weights[2] != 0.0:
            _indicator(slot, lanes, counts, functions, parameters, structure, x, first, index,
                       work, moved, total)  # fmt: skip
        _events(slot, lanes, counts, derivative, parameters, structure, index, work, moved,
                rates, events, total)  # fmt: skip
        if index[1]:
            _steady(lanes, counts, structure, y, work, extra, events, total)
        else:
            _finite(lanes, counts, structure, x, work, extra, events, total)
        for lane in range(lanes):
            out[slot * lanes + lane] = work[total * lanes + lane] / periods


@device
def _apply(address, count, parameters, work, points, target):
    """A function of the demand at `count` points, into other rows of work."""
    rows, own = carray(work, MANY), carray(parameters, MANY)
    given, made = rows[points:], rows[target:]
    call(address, count, 1, given, given, given, given, own, made, made)


@device
def _rates(lanes, counts, functions, parameters, structure, work, rates, total):
    """Hazard rate at the slack on the paths that order, else 0, in row rates + n."""
    position, _, ordered, _ = rows_of(counts)
    slack, density, survival = (total + 1) * lanes, (total + 2) * lanes, (total + 3) * lanes
    for n in range(counts[PERIODS]):
        for lane in range(lanes):
            work[slack + lane] = work[(position + n) * lanes + lane] - structure[lane]
        _apply(functions[0], lanes, parameters, work, slack, density)
        _apply(functions[1], lanes, parameters, work, slack, survival)
        for lane in range(lanes):
            order = work[(ordered + n) * lanes + lane] > 0.0
            rate = work[density + lane] / work[survival + lane]
            work[(rates + n) * lanes + lane] = rate if order else 0.0


@device
def _between(lanes, counts, structure, x, work, extra):
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
def _indicator(
    slot, lanes, counts, functions, parameters, structure, x, first, index, work, moved, total
):
    """Add the derivative of F̄(L_n): f(L_n) (dX at X = L_n - dL_n), with the sign of the measure."""
    _, level, _, _ = rows_of(counts)
    weight = weights_of(counts[MEASURE])[2]
    which, tangent = index[3 * slot + 3], index[3 * slot + 5]
    before, density, change = (total + 1) * lanes, (total + 2) * lanes, (total + 3) * lanes
    for n in range(counts[PERIODS]):
        start = max(n - counts[LEAD], 0)
        for lane in range(lanes):
            work[before + lane] = work[(level + n) * lanes + lane] + x[n * lanes + lane]
        _apply(functions[0], lanes, parameters, work, before, density)
        for lane in range(lanes):
            work[change + lane] = 0.0
        if which >= 0:
            _apply(functions[2 + slot], lanes, parameters, work, before, change)
            for k in range(start, n):
                for lane in range(lanes):
                    work[change + lane] += first[(tangent + k) * lanes + lane]
        for lane in range(lanes):
            f = work[density + lane]
            moves = work[change + lane] - work[(moved + start) * lanes + lane]
            work[total * lanes + lane] += weight * f * moves if f > 0.0 else 0.0


@device
def _events(
    slot, lanes, counts, derivative, parameters, structure, index, work, moved, rates, events, total
):
    """a_n: the rate at which order n is lost as the slot grows, in row events + n."""
    position, _, _, _ = rows_of(counts)
    which, number = index[3 * slot + 3], index[3 * slot + 4]
    threshold = 1.0 if which < 0 and number == LOW else 0.0
    slack, change = (total + 1) * lanes, (total + 2) * lanes
    for lane in range(lanes):
        work[change + lane] = 0.0
    for n in range(counts[PERIODS]):
        if which >= 0:
            for lane in range(lanes):
                work[slack + lane] = work[(position + n) * lanes + lane] - structure[lane]
            _apply(derivative, lanes, parameters, work, slack, change)
        for lane in range(lanes):
            place = n * lanes + lane
            moves = work[moved * lanes + place] - threshold - work[change + lane]
            rate = work[rates * lanes + place]
            work[events * lanes + place] = rate * moves if rate > 0.0 else 0.0


@device
def _order_cost(lane, lanes, structure, left):
    """Fixed and unit cost of an order up to S from the position `left`."""
    quantity = structure[lane] + structure[lanes + lane] - left
    return structure[FIXED * lanes + lane] + structure[UNIT * lanes + lane] * quantity


@device
def _finite(lanes, counts, structure, x, work, extra, events, total):
    """Add Σ a_n J_n for a horizon of N periods."""
    periods, lead = counts[PERIODS], counts[LEAD]
    position, level, ordered, _ = rows_of(counts)
    weights = weights_of(counts[MEASURE])
    costs, last = weights[1], periods - 1
    share, reach, before = (total + 1) * lanes, (total + 2) * lanes, (total + 3) * lanes
    for lane in range(lanes):
        work[share + lane] = 0.0
        work[reach + lane] = 0.0
        work[before + lane] = 0.0
    for n in range(periods):
        m = n - lead - 1  # the last event whose inserted period has these demands
        if m >= 0:
            for lane in range(lanes):
                event = work[(events + m) * lanes + lane]
                work[share + lane] += event / (last - m - lead)
                work[reach + lane] += event
                work[total * lanes + lane] += work[share + lane] * work[(extra + n) * lanes + lane]
        if n < last:
            for lane in range(lanes):
                work[before + lane] += work[(events + n) * lanes + lane]
    for lane in range(lanes):
        place = last * lanes + lane
        v = work[level * lanes + place]
        ending = outcome(weights, v, x[place], lane, lanes, structure)
        left = work[position * lanes + place] - x[place]
        spent = work[ordered * lanes + place] * _order_cost(lane, lanes, structure, left)
        mean = structure[UNIT * lanes + lane] * structure[EXPECTED * lanes + lane]
        lost = _order_cost(lane, lanes, structure, structure[LOW * lanes + lane])
        work[total * lanes + lane] -= work[reach + lane] * ending
        work[total * lanes + lane] += costs * work[before + lane] * (mean - spent)
        work[total * lanes + lane] -= costs * work[events * lanes + place] * lost


@device
def _steady(lanes, counts, structure, y, work, extra, events, total):
    """Add Σ a_n (mean of g in the inserted period + unit E[D] - Y)."""
    periods, lead = counts[PERIODS], counts[LEAD]
    costs = weights_of(counts[MEASURE])[1]
    between, lost = (total + 1) * lanes, (total + 2) * lanes
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
        work[total * lanes + lane] += work[lost + lane] * gain
