"""One cycle of `regenerative` after the other: its sums, then those of derivatives and scores.

The tape is a pointer here, and there are no records: Numba counts references to each array of a
record whenever it is passed on, 50 ns a customer for a queue that is soon empty.
"""

from ..jit.compile import device, subroutine
from ..jit.intrinsics import call
from .regenerative_tape import (
    BEFORE,
    DENSITY,
    GAP,
    MOVED,
    PART,
    POINT,
    SERVICE,
    TAPE,
    WAITS,
    jump_row,
)

NOTHING, ALL, BORDERS = range(3)  # what `walk` leaves on the tape


@device
def reading(method, wait, service):
    """What a customer adds to the output."""
    time = wait if method.by_wait else wait + service
    if method.tail:
        return 1.0 if time > method.limit else 0.0
    return time


@device
def walk(reads, n, filled, wait, total, keep, tape):
    """Customers from n on, until the queue is empty or the tape ends.

    Returns the next customer, how long it waits, the sum of the output so far, and whether the
    cycle is over. reads: by_wait, tail, limit; keep: NOTHING, ALL that phantoms ask for, or the
    BORDERS where a draw would end the busy period; then the smoothed input, and the row of those.
    """
    by_wait, tail, limit = reads
    kind, smoothed, row = keep
    while n < filled:
        service, gap = tape[SERVICE * TAPE + n], tape[GAP * TAPE + n]
        if kind == ALL:
            tape[WAITS * TAPE + n], tape[BEFORE * TAPE + n] = wait, total
        elif kind == BORDERS:
            tape[row + n] = wait + service if smoothed == GAP else gap - wait
        time = wait if by_wait else wait + service
        if tail:
            time = 1.0 if time > limit else 0.0
        total += time
        wait = wait + service - gap
        n += 1
        if wait <= 0.0:
            return n, wait, total, True
    return n, wait, total, False


@device
def total_of(tape, row, begin, end):
    """The sum of a row."""
    total = 0.0
    for n in range(begin, end):
        total += tape[row + n]
    return total


@device
def sum_of_slopes(by_wait, tape, row, which, begin, end):
    """Σ T_n' or Σ W_n' of a row of dX (or Σ T_n'' of one of ∂²X)."""
    slope = total = 0.0
    sign = 1.0 if which == SERVICE else -1.0
    early = which == SERVICE and not by_wait  # the own service is part of the time
    for n in range(begin, end):
        after = slope + sign * tape[row + n]
        total += after if early else slope
        slope = after
    return total


@device
def leave(smoothed, tape, row, which, target, begin, end):
    """(T_n - A_{n+1})' of each customer, without the part of the smoothed draw itself."""
    slope = 0.0
    sign, own = 1.0 if which == SERVICE else -1.0, which == smoothed
    for n in range(begin, end):
        after = slope + sign * tape[row + n]
        tape[target + n] = slope if own else after
        slope = after


@subroutine
def jumps(problem, run, method, begin, end, lane, tape, out):
    """Σ_n f (T_n - A_{n+1})^a (T_n - A_{n+1})^b over the customers of a cycle, for every pair.

    f is the density of the smoothed draw where customer n would end the busy period: T' then jumps
    by (T_n - A_{n+1})' for all customers of the next one, E[η] in the mean.
    """
    slots, which, count = method.which.shape[0], method.smoothed, end - begin
    parameters = run.parameters[0, problem.first_parameter[which] :, 0]
    point = tape[jump_row(method, POINT) * TAPE + begin :]
    density = tape[jump_row(method, DENSITY) * TAPE + begin :]
    part = tape[jump_row(method, PART) * TAPE + begin :]
    call(method.density, count, 1, point, point, point, point, parameters, density, density)
    for slot in range(slots):
        if method.which[slot] == which:
            call(method.at[slot], count, 1, point, point, point, point, parameters, part, part)
            moved = tape[jump_row(method, MOVED + slot) * TAPE + begin :]
            for n in range(count):
                moved[n] += part[n] if which == SERVICE else -part[n]
    for pair in range(method.first.shape[0]):
        one = tape[jump_row(method, MOVED + method.first[pair]) * TAPE + begin :]
        other = tape[jump_row(method, MOVED + method.second[pair]) * TAPE + begin :]
        total = 0.0
        for n in range(count):
            if density[n] > 0.0:
                total += density[n] * one[n] * other[n]
        out[3 + 2 * slots + 2 * pair, lane] += total
