"""Tails over cycles, smoothed by a service time or an interarrival time.

The steady state is the mean over all customers of a long run: what each of them contributes to
the derivative of P(T > y) given everything but one draw (see
`kernels/models/queue/single_server_readings_smoothed.py`) is a function of its own cycle, where
derivatives of waiting times begin at 0. So the sum over a cycle is divided by E[η], and the
number of customers is not moved. With a for the argument and f for the density:

    X_n, of T_n       a = y - W_n                   f (X' + W_n' - y')
    X_n, of W_{n+1}   a = y + A_{n+1} - W_n         f (X' + W_n' - A_{n+1}' - y')
    A_{n+1}, of W_{n+1}   a = T_n - y               f (T_n' - A' - y')
    A_{n+1}, of T_{n+1}   a = T_n + X_{n+1} - y     f (T_n' + X_{n+1}' - A' - y')

The last two whether or not customer n + 1 finds the queue empty: its draw is integrated out.
"""

from ..jit.compile import device, subroutine
from ..jit.intrinsics import call
from ..jit.pointers import beyond
from .regenerative_cycle import SYSTEM
from .regenerative_tape import (
    DENSITY,
    GAP,
    MARKS,
    PART,
    POINT,
    SERVICE,
    TAPE,
    WAITS,
    jump_row,
)

FAR = -1e300  # where no time is


@subroutine
def add_tails(reads, smoothing, marks, begin, end, at, tape, out):
    """The derivatives of every tail over a cycle by every slot, added to their sums."""
    read, tail, limit = reads
    smoothed, density, functions, parameters = smoothing
    slots, pairs, which = marks[1], marks[2], marks[3]
    measures, lane, lanes = at
    row, count = jump_row(slots, pairs, POINT) * TAPE, end - begin
    found, part = jump_row(slots, pairs, DENSITY) * TAPE, jump_row(slots, pairs, PART) * TAPE
    point, there = beyond(tape, row + begin), beyond(tape, found + begin)
    moved = beyond(tape, part + begin)
    for j in range(measures):
        if not tail[j]:
            continue
        for n in range(begin, end):
            tape[row + n] = argument(read, limit[j], smoothed, n, tape)
        call(density, count, 1, point, point, point, point, parameters, there, there)
        for slot in range(slots):
            if which[slot] == smoothed:
                call(
                    functions[slot], count, 1, point, point, point, point, parameters, moved, moved
                )
            block, tangents = (1 + slot) * (measures + 1), (MARKS + 2 * slot) * TAPE
            out[(block + j) * lanes + lane] += change(
                read, smoothed, which[slot], tangents, found, part, begin, end, tape
            )


@device
def argument(read, limit, smoothed, n, tape):
    """The value of the smoothed draw of customer n (or of its gap) at which a time is y."""
    wait, service = tape[WAITS * TAPE + n], tape[SERVICE * TAPE + n]
    if smoothed == GAP:
        own = tape[SERVICE * TAPE + n + 1] if read == SYSTEM else 0.0
        return wait + service + own - limit if limit - own >= 0.0 else FAR
    if read == SYSTEM:
        return limit - wait
    return limit + tape[GAP * TAPE + n] - wait if limit >= 0.0 else FAR


@device
def change(read, smoothed, which, row, found, part, begin, end, tape):
    """Σ f (what the argument moves by), by one slot; `which` is -1 for y itself."""
    slope = total = 0.0
    for n in range(begin, end):
        own = tape[row + n] if which >= 0 else 0.0
        if which < 0:
            moved = -1.0
        elif smoothed == SERVICE:
            moved = tape[part + n] if which == SERVICE else (0.0 if read == SYSTEM else -own)
        elif which == GAP:
            moved = -tape[part + n]
        else:
            moved = own + (tape[row + n + 1] if read == SYSTEM else 0.0)
        f = tape[found + n]
        total += f * (slope + moved) if f > 0.0 else 0.0
        slope += own if which == SERVICE else -own
    return total
