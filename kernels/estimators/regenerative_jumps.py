"""Jumps of T' where a draw would end a busy period, for second derivatives over cycles."""

from ..jit.compile import device, subroutine
from ..jit.intrinsics import call
from ..jit.pointers import beyond
from .regenerative_tape import DENSITY, MARKS, MOVED, PART, POINT, SERVICE, TAPE, jump_row


@device
def leave(smoothed, marks, slot, begin, end, tape):
    """(T_n - A_{n+1})' of each customer by a slot, without the part of the smoothed draw itself."""
    slots, pairs, which = marks[1], marks[2], marks[3][slot]
    row, target = (MARKS + 2 * slot) * TAPE, jump_row(slots, pairs, MOVED + slot) * TAPE
    slope = 0.0
    sign, own = 1.0 if which == SERVICE else -1.0, which == smoothed
    for n in range(begin, end):
        after = slope + sign * tape[row + n]
        tape[target + n] = slope if own else after
        slope = after


@subroutine
def jumps(smoothing, marks, begin, end, tape):
    """Rows of the density f of the smoothed draw where customer n would end the busy period, and
    of (T_n - A_{n+1})' by every slot: T' then jumps by it for all customers of the next one, E[η]
    in the mean.
    """
    smoothed, density, at, parameters = smoothing
    slots, pairs, which = marks[1], marks[2], marks[3]
    point = beyond(tape, jump_row(slots, pairs, POINT) * TAPE + begin)
    found = beyond(tape, jump_row(slots, pairs, DENSITY) * TAPE + begin)
    part = beyond(tape, jump_row(slots, pairs, PART) * TAPE + begin)
    count = end - begin
    call(density, count, 1, point, point, point, point, parameters, found, found)
    for slot in range(slots):
        if which[slot] == smoothed:
            call(at[slot], count, 1, point, point, point, point, parameters, part, part)
            moved = beyond(tape, jump_row(slots, pairs, MOVED + slot) * TAPE + begin)
            for n in range(count):
                moved[n] += part[n] if smoothed == SERVICE else -part[n]


@device
def sum_of_jumps(marks, first, second, begin, end, tape):
    """Σ_n f (T_n - A_{n+1})^a (T_n - A_{n+1})^b over the customers of a cycle."""
    slots, pairs = marks[1], marks[2]
    density = jump_row(slots, pairs, DENSITY) * TAPE
    one = jump_row(slots, pairs, MOVED + first) * TAPE
    other = jump_row(slots, pairs, MOVED + second) * TAPE
    total = 0.0
    for n in range(begin, end):
        if tape[density + n] > 0.0:
            total += tape[density + n] * tape[one + n] * tape[other + n]
    return total
