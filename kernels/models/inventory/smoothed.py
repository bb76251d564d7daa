"""Smoothed derivatives of an inventory: along the path, and an order more or less.

Order n is placed when D_n exceeds the slack ξ_n = P_n - s. As θ grows, it is lost at the rate
a_n = r(ξ_n) (dξ_n - dX at X = ξ_n), r the hazard rate of demand, on the paths that place it
(Fu (2005), section 5.3):

    dE[Y] = E[dY along the path] + (1/N) Σ_n a_n J_n,   J_n = N (Y without order n - Y with it)

At the border the position is s without the order and S with it. Both paths get the same
demands from then on and are equal once both order in the same period, so that J_n is a
matter of a few periods. (The form that compares with the last period alone, c_N, has the
same mean, but its variance does not fall with N: 100 times as large at N = 100, q/m = 0.8.)

In the steady state the path that lost its order is the other one a period later, with one
period in between at level s less demand: (Σ a_n / N)(mean g + unit E[D] - Y), no paths at all.

An indicator of V_n < 0 is replaced by F̄(L_n), L_n the level before demand n.

index: number of slots, then 0 or 1 for the steady state, 0, then as Pathwise; functions:
density and survival of demand, then dX of each slot (0 if structural).
"""

from numba import carray

from ...jit.compile import device
from ...jit.intrinsics import apart, call
from ..operation import model_operation
from ..slots import input_of, own_parameter, tangent_row
from .jumps import add_inserted, add_jumps, insert_periods, jumps_of
from .path import (
    COST,
    LEAD,
    LOW,
    MEASURE,
    PERIODS,
    average,
    differentiate,
    follow,
    rows_of,
    weights_of,
)
from .phantoms import know_costs

MANY = 1 << 40  # a bound for views of memory whose size the caller knows


@model_operation
def smoothed(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
    apart()
    periods = counts[PERIODS]
    moved = rows_of(counts)[3]
    rates = moved + periods + 1
    extra = rates + periods
    events = extra + periods
    scratch = events + periods  # and three more
    follow(lanes, counts, structure, x, work)
    _rates(lanes, counts, functions, parameters, structure, work, rates, scratch)
    if index[1]:
        insert_periods(lanes, counts, structure, x, work, extra)
    else:
        known = scratch + 3
        if counts[MEASURE] == COST:
            know_costs(lanes, counts, structure, x, work, known)
        jumps_of(lanes, counts, structure, x, work, extra, known, y, out)  # both are filled later
    average(lanes, counts, structure, x, work, y)
    weights = weights_of(counts[MEASURE])
    for slot in range(index[0]):
        differentiate(slot, lanes, counts, structure, x, first, index, work, moved, scratch, out)
        if weights[2] != 0.0:
            _indicator(slot, lanes, counts, functions, parameters, structure, x, first, index,
                       work, moved, scratch, out)  # fmt: skip
        _events(slot, lanes, counts, functions[2 + slot], parameters, structure, index, work,
                moved, rates, events, scratch)  # fmt: skip
        if index[1]:
            add_inserted(slot, lanes, counts, structure, y, work, extra, events, scratch, out)
        else:
            add_jumps(slot, lanes, counts, work, extra, events, out)
        for lane in range(lanes):
            out[slot * lanes + lane] /= periods


@device
def _apply(address, count, parameters, work, points, target):
    """A function of the demand at `count` points, into other rows of work."""
    rows, own = carray(work, MANY), carray(parameters, MANY)
    given, made = rows[points:], rows[target:]
    call(address, count, 1, given, given, given, given, own, made, made)


@device
def _rates(lanes, counts, functions, parameters, structure, work, rates, scratch):
    """Hazard rate at the slack on the paths that order, else 0, in row rates + n."""
    position, _, ordered, _ = rows_of(counts)
    slack, density, survival = scratch * lanes, (scratch + 1) * lanes, (scratch + 2) * lanes
    for n in range(counts[PERIODS]):
        for lane in range(lanes):
            work[slack + lane] = work[(position + n) * lanes + lane]
        _apply(functions[0], lanes, parameters, work, slack, density)
        _apply(functions[1], lanes, parameters, work, slack, survival)
        for lane in range(lanes):
            order = work[(ordered + n) * lanes + lane] > 0.0
            rate = work[density + lane] / work[survival + lane]
            work[(rates + n) * lanes + lane] = rate if order else 0.0


@device
def _indicator(
    slot,
    lanes,
    counts,
    functions,
    parameters,
    structure,
    x,
    first,
    index,
    work,
    moved,
    scratch,
    out,
):
    """Add the derivative of F̄(L_n): f(L_n) (dX at X = L_n - dL_n), with the sign of the measure."""
    _, level, _, _ = rows_of(counts)
    weight = weights_of(counts[MEASURE])[2]
    which, tangent = input_of(index, slot), tangent_row(index, slot)
    before, density, change = scratch * lanes, (scratch + 1) * lanes, (scratch + 2) * lanes
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
            out[slot * lanes + lane] += weight * f * moves if f > 0.0 else 0.0


@device
def _events(
    slot,
    lanes,
    counts,
    derivative,
    parameters,
    structure,
    index,
    work,
    moved,
    rates,
    events,
    scratch,
):
    """a_n: the rate at which order n is lost as the slot grows, in row events + n."""
    position, _, _, _ = rows_of(counts)
    which, number = input_of(index, slot), own_parameter(index, slot)
    threshold = 1.0 if which < 0 and number == LOW else 0.0
    slack, change = scratch * lanes, (scratch + 1) * lanes
    for lane in range(lanes):
        work[change + lane] = 0.0
    for n in range(counts[PERIODS]):
        if which >= 0:
            for lane in range(lanes):
                work[slack + lane] = work[(position + n) * lanes + lane]
            _apply(derivative, lanes, parameters, work, slack, change)
        for lane in range(lanes):
            place = n * lanes + lane
            moves = work[moved * lanes + place] - threshold - work[change + lane]
            rate = work[rates * lanes + place]
            work[events * lanes + place] = rate * moves if rate > 0.0 else 0.0
