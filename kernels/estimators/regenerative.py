"""Regenerative cycles of the single-server queue: sums over busy periods, with derivatives.

A cycle begins with a customer that finds the queue empty, and ends when the next such one comes:
Q = Σ T_n and η, the number of its customers. In steady state E[T] = E[Q]/E[η] = r, and

    r' = (D_Q - r D_η)/E[η],   D the derivative of an expectation over a cycle:

along the path (IPA) Σ T_n' and 0 (η does not move); by scores E[Q S] and E[η S], S the sum of all
scores of the cycle; by weak derivatives the difference of two cycles, each followed to its own
end. By scores twice, with K = S_a S_b + Σ ∂² ln f/∂a∂b (formulas of section 5.2, corrected):

    r'' = (E[Q K] - r E[η K] - r_a E[η S_b] - r_b E[η S_a])/E[η]

A replication has as many draws as its cycles need. They are made in strips, one replication
at a time, and kept on a tape as long as a phantom may ask for them.
"""

from typing import NamedTuple

import numpy as np

from ..jit.compile import device, subroutine
from ..jit.intrinsics import call
from ..random.philox import ROLE, WEAK
from ..random.strip import uniform_run
from .block import replication_of, zeros
from .loop import estimator

GAP, SERVICE = 0, 1
VALUE, SLOPES, SCORES, PHANTOMS = range(4)
STRIP = 64  # draws made at a time
TAPE = 1 << 14  # draws kept: a longer cycle is an error
# Rows of the tape: the draws, the waiting time of each customer, the sum of times before it.
WAITS, BEFORE, MARKS = 2, 3, 4


class Regenerative(NamedTuple):
    """The kernel's slots: Q and η; D_Q and D_η of every slot; E[Q K] and E[η K] of every pair.

    cycles: of a replication; mode: VALUE, SLOPES, SCORES or PHANTOMS
    which: (slots,) input; function: (slots,) address of dX/dslot, of the score, or of (X⁺, X⁻)
    first, second: (pairs,) slots; curvature: (pairs,) address of ∂² ln f, 0 for two inputs
    """

    cycles: int
    mode: int
    which: np.ndarray
    function: np.ndarray
    first: np.ndarray
    second: np.ndarray
    curvature: np.ndarray


@subroutine
def _allocate(problem, run, method):
    slots, pairs = method.which.shape[0], method.first.shape[0]
    tape = zeros((MARKS + 2 * slots + pairs) * TAPE // 64 + 1, 64)
    fresh = zeros(4 * STRIP // 64 + 1, 64)
    sums = np.zeros(2 + 4 * slots + 3 * pairs)
    place = np.zeros(3, np.int64)
    return tape, fresh, sums, place


NEXT, FILLED, FIRST = range(3)  # on the tape: this customer, the end of what is made, its number


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
            if method.mode == PHANTOMS and not all_phantoms(
                problem, run, method, replication, mirrored, begin, lane, tape, fresh, place, slots
            ):
                slots[:, lane] = np.nan
                break
        y[0, lane] = slots[0, lane]


@subroutine
def rewind(method, tape, place):
    """Move what is made and not used to the beginning of the tape."""
    left = place[FILLED] - place[NEXT]
    rows = MARKS + 2 * method.which.shape[0] + method.first.shape[0]
    for row in range(rows):
        for k in range(left):
            tape[row * TAPE + k] = tape[row * TAPE + place[NEXT] + k]
    place[FIRST] += place[NEXT]
    place[NEXT], place[FILLED] = 0, left


@subroutine
def fill(problem, run, method, replication, mirrored, tape, fresh, place):
    """One more strip of draws, with what belongs to them; False at the end of the tape."""
    at, draw = place[FILLED], place[FIRST] + place[FILLED]
    if at + STRIP > TAPE:
        return False
    for which in range(2):
        target = tape[which * TAPE + at :]
        uniform_run(STRIP // 2, draw // 2, which, replication, run.seed, mirrored, 2, fresh, 0, 1)
        parameters = run.parameters[0, problem.first_parameter[which] :, 0]
        table = run.parameters[0, problem.first_table[which] :, 0]
        call(
            problem.variate[which], STRIP, 1, fresh, table, fresh, fresh, parameters, target, target
        )
        for slot in range(method.which.shape[0]):
            if method.which[slot] == which:
                mark(run, method, slot, draw, at, replication, parameters, tape, fresh)
        for pair in range(method.first.shape[0]):
            if method.curvature[pair] != 0 and method.which[method.first[pair]] == which:
                row = MARKS + 2 * method.which.shape[0] + pair
                out = tape[row * TAPE + at :]
                call(
                    method.curvature[pair], STRIP, 1,
                    target, target, target, target, parameters, out, out,
                )  # fmt: skip
    place[FILLED] += STRIP
    return True


@subroutine
def mark(run, method, slot, draw, at, replication, parameters, tape, fresh):
    """dX/dslot, score, or pair of one strip; `fresh` begins with its uniforms."""
    if method.mode == VALUE:
        return
    which = method.which[slot]
    x = tape[which * TAPE + at :]
    plus = tape[(MARKS + 2 * slot) * TAPE + at :]
    minus = tape[(MARKS + 2 * slot + 1) * TAPE + at :]
    v = w = x
    if method.mode == PHANTOMS:
        v, w = fresh[2 * STRIP :], fresh[3 * STRIP :]
        stream = which + WEAK * ROLE
        uniform_run(STRIP, draw, stream, replication, run.seed, 0, 1, fresh, 2 * STRIP, 3 * STRIP)
    second = minus if method.mode == PHANTOMS else plus
    call(method.function[slot], STRIP, 1, fresh, x, v, w, parameters, plus, second)


@subroutine
def cycle(problem, run, method, replication, mirrored, tape, fresh, sums, place):
    """One cycle into `sums`: Q, η, then for each slot T', Σ T' and S, and Σ ∂² ln f of pairs."""
    slots, pairs, mode = method.which.shape[0], method.first.shape[0], method.mode
    sums[:] = 0.0
    wait = total = count = 0.0
    while True:
        n = place[NEXT]
        if n == place[FILLED] and not fill(
            problem, run, method, replication, mirrored, tape, fresh, place
        ):
            return False
        if mode == PHANTOMS:
            tape[WAITS * TAPE + n], tape[BEFORE * TAPE + n] = wait, total
        system = wait + tape[SERVICE * TAPE + n]
        total += system
        count += 1.0
        if mode == SLOPES:
            for slot in range(slots):
                tangent = tape[(MARKS + 2 * slot) * TAPE + n]
                at = 2 + 2 * slot
                if method.which[slot] == SERVICE:
                    sums[at] += tangent
                    sums[at + 1] += sums[at]
                else:
                    sums[at + 1] += sums[at]
                    sums[at] -= tangent
        elif mode == SCORES:
            for slot in range(slots):
                sums[2 + 2 * slot] += tape[(MARKS + 2 * slot) * TAPE + n]
            for pair in range(pairs):
                sums[2 + 2 * slots + pair] += tape[(MARKS + 2 * slots + pair) * TAPE + n]
        wait = system - tape[GAP * TAPE + n]
        place[NEXT] = n + 1
        if wait <= 0.0:
            break
    sums[0], sums[1] = total, count
    return True


@device
def add(method, sums, lane, out):
    """The cycle's terms, added to the replication's sums."""
    slots = method.which.shape[0]
    total, count = sums[0], sums[1]
    out[0, lane] += total
    out[1, lane] += count
    if method.mode == SLOPES:
        for slot in range(slots):
            out[2 + 2 * slot, lane] += sums[3 + 2 * slot]
    if method.mode != SCORES:
        return
    for slot in range(slots):
        score = sums[2 + 2 * slot]
        out[2 + 2 * slot, lane] += total * score
        out[3 + 2 * slot, lane] += count * score
    for pair in range(method.first.shape[0]):
        both = sums[2 + 2 * method.first[pair]] * sums[2 + 2 * method.second[pair]]
        both += sums[2 + 2 * slots + pair]
        out[2 + 2 * slots + 2 * pair, lane] += total * both
        out[3 + 2 * slots + 2 * pair, lane] += count * both


@subroutine
def all_phantoms(
    problem, run, method, replication, mirrored, begin, lane, tape, fresh, place, out
):  # fmt: skip
    """Every draw of the cycle in its two other values, each to the end of its own cycle."""
    end = place[NEXT]
    for slot in range(method.which.shape[0]):
        for n in range(begin, end):
            for side in range(2):
                sign = 1.0 - 2.0 * side
                value = tape[(MARKS + 2 * slot + side) * TAPE + n]
                wait = tape[WAITS * TAPE + n]
                system = wait + tape[SERVICE * TAPE + n]
                if method.which[slot] == SERVICE:
                    system = wait + value
                    left = system - tape[GAP * TAPE + n]
                else:
                    left = system - value
                total = tape[BEFORE * TAPE + n] + system
                m = n + 1
                while left > 0.0:
                    if m == place[FILLED] and not fill(
                        problem, run, method, replication, mirrored, tape, fresh, place
                    ):
                        return False
                    system = left + tape[SERVICE * TAPE + m]
                    total += system
                    left = system - tape[GAP * TAPE + m]
                    m += 1
                out[2 + 2 * slot, lane] += sign * total
                out[3 + 2 * slot, lane] += sign * (m - begin)
    return True


estimator(Regenerative, _allocate, _derive)
