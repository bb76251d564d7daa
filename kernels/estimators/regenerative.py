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
"""

from typing import NamedTuple

import numpy as np

from ..jit.compile import device, subroutine
from .block import replication_of, zeros
from .loop import estimator
from .regenerative_cycle import cycle, jumps
from .regenerative_phantoms import all_phantoms
from .regenerative_tape import (
    MOVED,
    NEXT,
    PAIRS,
    PHANTOMS,
    SCORES,
    SLOPES,
    SMOOTHED,
    STRIP,
    TAPE,
    jump_row,
    rewind,
)


class Regenerative(NamedTuple):
    """The kernel's slots: Q and η; D_Q and D_η of every slot; of every pair D²_Q and D²_η, or
    Σ T'' and the jumps.

    cycles: of a replication; mode: VALUE, SLOPES, SCORES, PHANTOMS, SMOOTHED or PAIRS
    by_wait, tail, limit: what is read of a customer: the wait; whether it is above a limit
    which: (slots,) input; function: (slots,) address of dX/dslot, of the score, or of (X⁺, X⁻)
    first, second: (pairs,) slots; curvature: (pairs,) address of ∂²X or ∂² ln f, 0 where it is 0
    constant, bend, bend_constant: (slots,) c, address of (X⁺⁺, X⁻⁻) or 0, c₂
    smoothed: the smoothed input; density: its address; at: (slots,) of its dX/dslot at a point
    """

    NEEDS = ()  # of the model's operations

    cycles: int
    mode: int
    by_wait: bool
    tail: bool
    limit: float
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
    slots, pairs = method.which.shape[0], method.first.shape[0]
    rows = jump_row.py_func(method, MOVED + slots)
    tape = zeros(rows * TAPE // 64 + 1, 64)
    fresh = zeros(4 * STRIP // 64 + 1, 64)
    sums = np.zeros(2 + 2 * slots + 2 * pairs)
    place = np.zeros(3, np.int64)
    return tape, fresh, sums, place


@subroutine
def _derive(problem, run, method, offset, mirrored, scratch, y, slots):
    tape, fresh, sums, place = scratch
    for lane in range(min(problem.lanes, run.count - offset)):
        slots[:, lane] = 0.0
        place[:] = 0
        replication = replication_of(run, offset) + lane
        for _ in range(method.cycles):
            if place[NEXT] > TAPE // 2:
                rewind(method, tape, place)
            begin = place[NEXT]
            if not cycle(problem, run, method, replication, mirrored, tape, fresh, sums, place):
                slots[:, lane] = np.nan
                break
            add(method, sums, lane, slots)
            if method.mode == SMOOTHED:
                jumps(problem, run, method, begin, place[NEXT], lane, tape, slots)
            elif method.mode in (PHANTOMS, PAIRS) and not all_phantoms(
                problem, run, method, replication, mirrored, begin, place[NEXT], lane,
                method.mode == PAIRS, tape, fresh, place, slots,
            ):  # fmt: skip
                slots[:, lane] = np.nan
                break
        y[0, lane] = slots[0, lane]


@device
def add(method, sums, lane, out):
    """The cycle's terms, added to the replication's sums."""
    slots, total, count = method.which.shape[0], sums[0], sums[1]
    out[0, lane] += total
    out[1, lane] += count
    if method.mode in (SLOPES, SMOOTHED):
        for slot in range(slots):
            out[2 + 2 * slot, lane] += sums[3 + 2 * slot]
    if method.mode == SMOOTHED:
        for pair in range(method.first.shape[0]):
            row = 2 + 2 * slots + 2 * pair
            out[row, lane] += sums[row + 1]
    if method.mode != SCORES:
        return
    for slot in range(slots):
        score = sums[2 + 2 * slot]
        out[2 + 2 * slot, lane] += total * score
        out[3 + 2 * slot, lane] += count * score
    for pair in range(method.first.shape[0]):
        row = 2 + 2 * slots + 2 * pair
        both = sums[2 + 2 * method.first[pair]] * sums[2 + 2 * method.second[pair]] + sums[row]
        out[row, lane] += total * both
        out[row + 1, lane] += count * both


estimator(Regenerative, _allocate, _derive)
