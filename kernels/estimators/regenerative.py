"""Regenerative cycles of the single-server queue: sums over busy periods, with derivatives.

A cycle begins with a customer that finds the queue empty, and ends when the next such one comes:
Q = Σ T_n (or what else is read of each customer) and η, the number of its customers. In steady
state E[T] = E[Q]/E[η] = r, and

    r' = (D_Q - r D_η)/E[η],   D the derivative of an expectation over a cycle:

along the path (IPA) Σ T_n' and 0 (η does not move); by scores E[Q S] and E[η S], S the sum of all
scores of the cycle; by weak derivatives the difference of two cycles, each followed to its own
end. For second derivatives with D² likewise, by scores with K = S_a S_b + Σ ∂² ln f/∂a∂b, or by
pairs of phantoms (Fu (2005), section 5.2, corrected):

    r'' = (D²_Q - r D²_η - r_a D_η,b - r_b D_η,a)/E[η]

By smoothing T' jumps, for all customers of the next cycle, where a draw ends the busy period:

    r'' = E[Σ T_n'']/E[η] + E[Σ_n f (T_n - A_{n+1})^a (T_n - A_{n+1})^b]

Several readings of one path (a mean and tails) have the same η, and a row for each Q.
"""

from typing import NamedTuple

import numpy as np

from ..jit.compile import device, subroutine
from ..jit.pointers import beyond, real_at, whole_at
from .block import replication_of, zeros
from .loop import estimator
from .regenerative_cycle import (
    KEPT,
    SCORED,
    SLOPED,
    add_scores,
    add_slopes,
    kept_of,
    read_again,
    walk,
)
from .regenerative_phantoms import all_phantoms
from .regenerative_tails import add_tails
from .regenerative_tape import (
    CONDITIONED,
    FILLED,
    FIRST,
    MOVED,
    NEXT,
    PAIRS,
    PHANTOMS,
    SCORES,
    STRIP,
    TAPE,
    VALUE,
    draws_of,
    fill,
    jump_row,
    marks_of,
    rewind,
)


class Regenerative(NamedTuple):
    """The kernel's slots: Q of every reading and η; the D_Q and D_η of every slot; of every pair
    the D²_Q and D²_η, or Σ T'' and the jumps.

    cycles: of a replication; mode: VALUE, SLOPES, SCORES, PHANTOMS, SMOOTHED, PAIRS, or
    CONDITIONED: slopes of means, and tails smoothed
    read: what is read of a customer: SYSTEM, WAIT or WORK; tail, limit: (readings,) whether it is
    above a limit
    which: (slots,) input, -1 for the limit; function: (slots,) address of dX/dslot, of the score,
    or of (X⁺, X⁻)
    first, second: (pairs,) slots; curvature: (pairs,) address of ∂²X or ∂² ln f, 0 where it is 0
    constant, bend, bend_constant: (slots,) c, address of (X⁺⁺, X⁻⁻) or 0, c₂
    smoothed: the smoothed input; density: its address; at: (slots,) of its dX/dslot at a point
    """

    NEEDS = ()  # of the model's operations

    cycles: int
    mode: int
    read: int
    tail: np.ndarray
    limit: np.ndarray
    which: np.ndarray
    function: np.ndarray
    first: np.ndarray
    second: np.ndarray
    curvature: np.ndarray
    constant: np.ndarray
    bend: np.ndarray
    bend_constant: np.ndarray
    smoothed: int
    density: int
    at: np.ndarray


def _allocate(problem, run, method):
    slots = method.which.shape[0]
    rows = jump_row.py_func(slots, method.first.shape[0], MOVED + slots)
    tape = zeros(rows * TAPE // 64 + 1, 64)
    fresh = zeros(4 * STRIP // 64 + 1, 64)
    sums = np.zeros(len(method.tail) + slots)  # of readings and of scores over a cycle
    place = np.zeros(3, np.int64)
    return tape, fresh, sums, place


@subroutine
def _derive(problem, run, method, offset, mirrored, scratch, y, slots):
    tape, fresh, sums, places = scratch
    place, totals = whole_at(places.ctypes.data), real_at(sums.ctypes.data)
    room, marks = (real_at(tape.ctypes.data), real_at(fresh.ctypes.data), place), marks_of(method)
    tail, limit = whole_at(method.tail.ctypes.data), real_at(method.limit.ctypes.data)
    reads, first = (method.read, tail, limit), (method.read, tail[0], limit[0])
    mode, measures, lanes, cycles = method.mode, len(method.tail), slots.shape[1], method.cycles
    keep = kept_of(marks, method.read, measures, method.smoothed)
    beside = keep[0] in (SCORED, SLOPED) or (mode == VALUE and measures == 1)
    smoothing = (
        method.smoothed, method.density, whole_at(method.at.ctypes.data),
        beyond(real_at(run.parameters.ctypes.data), problem.first_parameter[method.smoothed]),
    )  # fmt: skip
    weights = (real_at(method.constant.ctypes.data), real_at(method.bend_constant.ctypes.data))
    second, out = whole_at(method.second.ctypes.data), real_at(slots.ctypes.data)
    for lane in range(min(problem.lanes, run.count - offset)):
        for row in range(len(slots)):
            out[row * lanes + lane] = 0.0
        place[NEXT] = place[FILLED] = place[FIRST] = 0
        draws = draws_of(problem, run, replication_of(run, offset) + lane, mirrored)
        done, good, read_so_far, served, by_total, by_count = 0, True, 0.0, 0, 0.0, 0.0
        while good and done < cycles:
            if place[NEXT] > TAPE // 2:
                rewind(marks, room)
            n = begin = place[NEXT]
            wait, total, slope, added, over = 0.0, 0.0, 0.0, 0.0, False
            while good and not over:
                n, wait, total, slope, added, over = walk(
                    first, n, place[FILLED], wait, total, slope, added, keep, room[0]
                )
                if not over:
                    good = fill(draws, marks, room)
            place[NEXT] = n
            read_so_far += total
            served += n - begin
            if mode == SCORES:
                by_total += total * added
                by_count += (n - begin) * added
            else:
                by_total += added
            if good and not beside:
                totals[0] = total
                good = derive_cycle(
                    reads, smoothing, weights, second, draws, marks, room, totals, keep[0], begin,
                    n, (measures, lane, lanes), out,
                )  # fmt: skip
            done += 1
        out[lane], out[measures * lanes + lane] = read_so_far, served
        if keep[0] in (SCORED, SLOPED):
            out[2 * lanes + lane], out[3 * lanes + lane] = by_total, by_count
        if not good:
            for row in range(len(slots)):
                out[row * lanes + lane] = np.nan
        y[0, lane] = out[lane]


@device
def derive_cycle(
    reads, smoothing, weights, second, draws, marks, room, totals, kind, begin, end, at, out
):
    """The other readings of a cycle, and the terms of every slot and pair, added to the sums of the
    replication; False at the end of the tape. at: measures, lane, lanes"""
    mode, tape, place = marks[0], room[0], room[2]
    measures, lane, lanes = at
    for j in range(measures):
        own = (reads[0], reads[1][j], reads[2][j])
        if j > 0:
            totals[j] = read_again(own, begin, end, tape) if kind == KEPT else totals[0]
            out[j * lanes + lane] += totals[j]
        if mode in (PHANTOMS, PAIRS) and not all_phantoms(
            own, draws, marks, weights, room, begin, end, (j, measures, lane, lanes), mode == PAIRS,
            out,
        ):  # fmt: skip
            return False
    if mode == SCORES:
        add_scores(marks, second, totals, begin, end, at, tape, out)
    elif mode == CONDITIONED:
        if end == place[FILLED] and not fill(draws, marks, room):
            return False
        add_tails(reads, smoothing, marks, begin, end, at, tape, out)
    if mode not in (VALUE, SCORES, PHANTOMS, PAIRS):
        add_slopes(reads, smoothing, marks, second, begin, end, at, tape, out)
    return True


estimator(Regenerative, _allocate, _derive)
