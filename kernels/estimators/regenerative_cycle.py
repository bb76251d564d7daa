"""One cycle of `regenerative` after the other: its sums, then those of derivatives and scores.

What is read of a customer is told by `reads`: SYSTEM, WAIT or WORK (its service time), whether it
is a tail, and of which limit.
"""

from ..jit.compile import device, subroutine
from .regenerative_jumps import jumps, leave, sum_of_jumps
from .regenerative_tape import (
    BEFORE,
    CONDITIONED,
    GAP,
    MARKS,
    PAIRS,
    PHANTOMS,
    POINT,
    SCORES,
    SERVICE,
    SLOPES,
    SMOOTHED,
    TAPE,
    WAITS,
    jump_row,
)

NOTHING, KEPT, BORDERS, SCORED, SLOPED = range(5)  # what `walk` leaves on the tape, or adds up
SYSTEM, WAIT, WORK = range(3)


@device
def reading(reads, wait, service):
    """What a customer adds to the output."""
    read, tail, limit = reads
    time = wait + service
    if read != SYSTEM:
        time = wait if read == WAIT else service
    if tail:
        return 1.0 if time > limit else 0.0
    return time


@device
def walk(reads, n, filled, wait, total, slope, added, keep, tape):
    """Customers from n on, until the queue is empty or the tape ends.

    Returns the next customer, how long it waits, the sum of the output so far, the slope of the
    wait, what was added up, and whether the cycle is over. keep: NOTHING; KEPT, all waits and sums
    so far; the BORDERS where a draw would end the busy period; or what is added up in passing,
    SCORED a row, SLOPED the derivatives of the output; then the input that is smoothed or moves,
    and the row of borders, scores or slopes.
    """
    kind, which, row = keep
    sign, early = 1.0 if which == SERVICE else -1.0, which == SERVICE and reads[0] == SYSTEM
    while n < filled:
        service, gap = tape[SERVICE * TAPE + n], tape[GAP * TAPE + n]
        if kind == KEPT:
            tape[WAITS * TAPE + n], tape[BEFORE * TAPE + n] = wait, total
        elif kind == BORDERS:
            tape[row + n] = wait + service if which == GAP else gap - wait
        elif kind == SCORED:
            added += tape[row + n]
        elif kind == SLOPED:
            after = slope + sign * tape[row + n]
            added += after if early else slope
            slope = after
        total += reading(reads, wait, service)
        wait = wait + service - gap
        n += 1
        if wait <= 0.0:
            return n, wait, total, slope, added, True
    return n, wait, total, slope, added, False


@subroutine
def read_again(reads, begin, end, tape):
    """The sum of another reading over a cycle whose waits are kept; row BEFORE becomes its own."""
    total = 0.0
    for n in range(begin, end):
        tape[BEFORE * TAPE + n] = total
        total += reading(reads, tape[WAITS * TAPE + n], tape[SERVICE * TAPE + n])
    return total


@device
def total_of(tape, row, begin, end):
    """The sum of a row."""
    total = 0.0
    for n in range(begin, end):
        total += tape[row + n]
    return total


@device
def sum_of_slopes(read, tape, row, which, begin, end):
    """Σ T_n', Σ W_n' or Σ X_n' of a row of dX (or Σ T_n'' of one of ∂²X)."""
    if read == WORK:
        return total_of(tape, row, begin, end) if which == SERVICE else 0.0
    slope = total = 0.0
    sign = 1.0 if which == SERVICE else -1.0
    early = which == SERVICE and read != WAIT  # the own service is part of the time
    for n in range(begin, end):
        after = slope + sign * tape[row + n]
        total += after if early else slope
        slope = after
    return total


@device
def kept_of(marks, read, measures, smoothed):
    """`keep` of `walk`: what a mode asks for, or several measures."""
    mode, slots, pairs = marks[0], marks[1], marks[2]
    if mode in (PHANTOMS, PAIRS, CONDITIONED):
        return KEPT, smoothed, 0
    if mode == SMOOTHED:
        return BORDERS, smoothed, jump_row(slots, pairs, POINT) * TAPE
    if measures > 1:
        return KEPT, smoothed, 0
    # What belongs to a single slot is added up in passing, and kept in registers: a second loop
    # over so few customers is often mispredicted, a tenth of all time.
    if slots != 1 or pairs > 0 or mode not in (SCORES, SLOPES) or read == WORK:
        return NOTHING, smoothed, 0
    return SCORED if mode == SCORES else SLOPED, marks[3][0], MARKS * TAPE


@device
def add_scores(marks, second, totals, begin, end, at, tape, out):
    """Q S and η S of every slot, and the same with K of every pair."""
    _, slots, pairs, _, _, first, curvature, _ = marks
    scores, count = at[0], end - begin  # where scores stand: behind the totals of measures
    for slot in range(slots):
        totals[scores + slot] = total_of(tape, (MARKS + 2 * slot) * TAPE, begin, end)
        add_products(1 + slot, totals[scores + slot], count, totals, at, out)
    for pair in range(pairs):
        both = totals[scores + first[pair]] * totals[scores + second[pair]]
        if curvature[pair] != 0:
            both += total_of(tape, (MARKS + 2 * slots + pair) * TAPE, begin, end)
        add_products(1 + slots + pair, both, count, totals, at, out)


@device
def add_products(block, factor, count, totals, at, out):
    """The sums of all readings and the number of customers, each times a factor."""
    measures, lane, lanes = at
    row = block * (measures + 1)
    for j in range(measures):
        out[(row + j) * lanes + lane] += totals[j] * factor
    out[(row + measures) * lanes + lane] += count * factor


@device
def add_slopes(reads, smoothing, marks, second, begin, end, at, tape, out):
    """Sums of derivatives along the path by every slot; of second ones and jumps by every pair."""
    mode, slots, pairs, which, _, first, curvature, _ = marks
    measures, lane, lanes = at
    read, tail, _ = reads
    for slot in range(slots):
        row, block = (MARKS + 2 * slot) * TAPE, (1 + slot) * (measures + 1)
        for j in range(measures):
            if not tail[j] and which[slot] >= 0:
                found = sum_of_slopes(read, tape, row, which[slot], begin, end)
                out[(block + j) * lanes + lane] += found
        if mode == SMOOTHED:
            leave(smoothing[0], marks, slot, begin, end, tape)
    if mode != SMOOTHED:
        return
    jumps(smoothing, marks, begin, end, tape)
    for pair in range(pairs):
        block = (1 + slots + pair) * (measures + 1)
        if curvature[pair] != 0:
            row = (MARKS + 2 * slots + pair) * TAPE
            found = sum_of_slopes(read, tape, row, which[first[pair]], begin, end)
            for j in range(measures):
                out[(block + j) * lanes + lane] += found
        found = sum_of_jumps(marks, first[pair], second[pair], begin, end, tape)
        out[(block + measures) * lanes + lane] += found
