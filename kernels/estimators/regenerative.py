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
from ..jit.pointers import real_at, whole_at
from .block import replication_of, zeros
from .loop import estimator
from .regenerative_cycle import (
    ALL,
    BORDERS,
    NOTHING,
    jumps,
    leave,
    sum_of_slopes,
    total_of,
    walk,
)
from .regenerative_phantoms import all_phantoms
from .regenerative_tape import (
    FILLED,
    FIRST,
    MARKS,
    MOVED,
    NEXT,
    PAIRS,
    PHANTOMS,
    POINT,
    SCORES,
    SMOOTHED,
    STRIP,
    TAPE,
    VALUE,
    fill,
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
    slots = method.which.shape[0]
    rows = jump_row.py_func(method, MOVED + slots)
    tape = zeros(rows * TAPE // 64 + 1, 64)
    fresh = zeros(4 * STRIP // 64 + 1, 64)
    sums = np.zeros(slots + 1)  # of scores
    place = np.zeros(3, np.int64)
    return tape, fresh, sums, place


@subroutine
def _derive(problem, run, method, offset, mirrored, scratch, y, slots):
    tape, fresh, sums, place = scratch
    given, pairs, mode = real_at(tape.ctypes.data), method.mode == PAIRS, method.mode
    reads = (method.by_wait, method.tail, method.limit)
    kind = ALL if mode in (PHANTOMS, PAIRS) else BORDERS if mode == SMOOTHED else NOTHING
    keep = (kind, method.smoothed, jump_row(method, POINT) * TAPE)
    facts = (mode, method.by_wait, method.smoothed, jump_row(method, MOVED))
    sizes = (method.which.shape[0], method.first.shape[0])
    links = (
        whole_at(method.which.ctypes.data), whole_at(method.first.ctypes.data),
        whole_at(method.second.ctypes.data), whole_at(method.curvature.ctypes.data),
        real_at(sums.ctypes.data),
    )  # fmt: skip
    for lane in range(min(problem.lanes, run.count - offset)):
        for row in range(slots.shape[0]):
            slots[row, lane] = 0.0
        place[NEXT] = place[FILLED] = place[FIRST] = 0
        replication, done = replication_of(run, offset) + lane, 0
        while done < method.cycles:
            if place[NEXT] > TAPE // 2:
                rewind(method, tape, place)
            n = begin = place[NEXT]
            wait, total, over, good = 0.0, 0.0, False, True
            while good and not over:
                n, wait, total, over = walk(reads, n, place[FILLED], wait, total, keep, given)
                if not over:
                    good = fill(problem, run, method, replication, mirrored, tape, fresh, place)
            place[NEXT] = n
            if good and mode not in (VALUE, PHANTOMS, PAIRS):
                derive_cycle(facts, sizes, links, total, begin, n, lane, given, slots)
            if good and mode == SMOOTHED:
                jumps(problem, run, method, begin, n, lane, tape, slots)
            elif good and kind == ALL:
                good = all_phantoms(
                    problem, run, method, replication, mirrored, begin, n, lane, pairs, tape, fresh,
                    place, slots,
                )  # fmt: skip
            slots[0, lane] += total
            slots[1, lane] += n - begin
            done += 1
            if not good:
                slots[:, lane] = np.nan
                break
        y[0, lane] = slots[0, lane]


@device
def derive_cycle(facts, sizes, links, total, begin, end, lane, tape, out):
    """The terms of every slot and pair, added to the replication's sums.

    facts: mode, by_wait, smoothed input, first row of MOVED; sizes: slots and pairs; links:
    pointers to which, first, second, curvature and scores
    """
    mode, by_wait, smoothed, moved = facts
    slots, pairs = sizes
    which, first, second, curvature, scores = links
    count = end - begin
    for slot in range(slots):
        row, target = (MARKS + 2 * slot) * TAPE, 2 + 2 * slot
        if mode == SCORES:
            scores[slot] = total_of(tape, row, begin, end)
            out[target, lane] += total * scores[slot]
            out[target + 1, lane] += count * scores[slot]
            continue
        out[target, lane] += sum_of_slopes(by_wait, tape, row, which[slot], begin, end)
        if mode == SMOOTHED:
            leave(smoothed, tape, row, which[slot], (moved + slot) * TAPE, begin, end)
    for pair in range(pairs):
        a, b, target = first[pair], second[pair], 2 + 2 * slots + 2 * pair
        row, curved = (MARKS + 2 * slots + pair) * TAPE, curvature[pair] != 0
        if mode == SCORES:
            both = scores[a] * scores[b]
            both += total_of(tape, row, begin, end) if curved else 0.0
            out[target, lane] += total * both
            out[target + 1, lane] += count * both
        elif curved:
            out[target, lane] += sum_of_slopes(by_wait, tape, row, which[a], begin, end)


estimator(Regenerative, _allocate, _derive)
