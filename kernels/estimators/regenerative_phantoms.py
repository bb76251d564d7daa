"""Phantoms of `regenerative`: every draw of a cycle in its two other values, and pairs of draws,
each followed to the end of its own cycle.

The draws of a cycle are independent, but their number is not fixed: a pair (k, l), k before l,
matters as long as l comes before the end of the cycle with k replaced. With c (f⁺ - f⁻) for the
first and c₂ (f⁺⁺ - f⁻⁻) for the second derivative of the density, for G = Q and η:

    Σ_{k before l} c_a c_b [G(+,+) - G(+,-) - G(-,+) + G(-,-)] · (2 if a = b)
        + Σ_k c₂ [G(X_k⁺⁺) - G(X_k⁻⁻)]

Of several readings each has phantoms of its own; the number of customers is counted with the first.
`at` is where the sums go: number of the reading, how many there are, lane, lanes.
"""

from ..jit.compile import device, subroutine
from .regenerative_cycle import reading
from .regenerative_tape import (
    BEFORE,
    FILLED,
    GAP,
    MARKS,
    SERVICE,
    TAPE,
    WAITS,
    bend_row,
    fill,
)


@device
def replaced(reads, which, value, n, wait, tape):
    """Customer n with one of its draws replaced: what it adds, and how long the next one waits."""
    service, gap = tape[SERVICE * TAPE + n], tape[GAP * TAPE + n]
    if which == SERVICE:
        service = value
    else:
        gap = value
    return reading(reads, wait, service), wait + service - gap


@device
def follow(reads, draws, marks, room, m, wait, total):
    """(Q, the customer that begins the next cycle) from customer m on, which waits so long; -1 at
    the end of the tape."""
    tape, _, place = room
    filled = place[FILLED]
    while wait > 0.0:
        if m == filled:
            if not fill(draws, marks, room):
                return total, -1
            filled = place[FILLED]
        service = tape[SERVICE * TAPE + m]
        total += reading(reads, wait, service)
        wait = wait + service - tape[GAP * TAPE + m]
        m += 1
    return total, m


@device
def collect(row, at, weight, total, count, out):
    """What a phantom adds to the sums of its slot or pair."""
    number, measures, lane, lanes = at
    row *= measures + 1
    out[(row + number) * lanes + lane] += weight * total
    if number == 0:
        out[(row + measures) * lanes + lane] += weight * count


@device
def pair_row(slots, low, high):
    """The row of a pair of slots, behind those of all slots."""
    return 1 + slots + low * slots - low * (low - 1) // 2 + high - low


@device
def all_phantoms(reads, draws, marks, weights, room, begin, end, at, pairs, out):
    """D_Q and D_η of every slot; with `pairs` also D²_Q and D²_η of every pair. False at the end of
    the tape. weights: c and c₂ of every slot"""
    tape, slots, which, bend = room[0], marks[1], marks[3], marks[7]
    constant, bend_constant = weights
    for slot in range(slots):
        twice = pairs and bend[slot] != 0
        for n in range(begin, end):
            wait, before = tape[WAITS * TAPE + n], tape[BEFORE * TAPE + n]
            for number in range(4 if twice else 2):  # X⁺, X⁻, X⁺⁺, X⁻⁻
                order, side = number // 2, number % 2
                row, target = MARKS + 2 * slot + side, 1 + slot
                weight = constant[slot]
                if order == 1:
                    row, weight = bend_row(slots, marks[2], slot) + side, bend_constant[slot]
                    target = pair_row(slots, slot, slot)
                weight *= 1.0 - 2.0 * side
                value = tape[row * TAPE + n]
                added, left = replaced(reads, which[slot], value, n, wait, tape)
                total, m = follow(reads, draws, marks, room, n + 1, left, before + added)
                if m < 0:
                    return False
                collect(target, at, weight, total, m - begin, out)
                if pairs and order == 0 and not beside(
                    reads, draws, marks, weights, room, begin, slot, n, value, weight, at, out
                ):  # fmt: skip
                    return False
    return True


@subroutine
def beside(reads, draws, marks, weights, room, begin, slot, n, value, weight, at, out):
    """All later draws, each in its two other values, in the cycle with one draw replaced."""
    tape, _, place = room
    slots, which = marks[1], marks[3]
    own, m = which[slot], n
    wait, total = tape[WAITS * TAPE + n], tape[BEFORE * TAPE + n]
    while m == n or wait > 0.0:
        if m == place[FILLED] and not fill(draws, marks, room):
            return False
        # At its own customer a replaced service comes before the interarrival time behind it.
        kept = tape[own * TAPE + m]
        if m == n:
            tape[own * TAPE + m] = value
        good = True
        for other in range(slots):
            later = m > n or (own == SERVICE and which[other] == GAP)
            if later and good:
                good = second(
                    reads, draws, marks, weights, room, begin, slot, other, m, wait, total, weight,
                    at, out,
                )  # fmt: skip
        total += reading(reads, wait, tape[SERVICE * TAPE + m])
        wait = wait + tape[SERVICE * TAPE + m] - tape[GAP * TAPE + m]
        tape[own * TAPE + m] = kept if m == n else tape[own * TAPE + m]
        m += 1
        if not good:
            return False
    return True


@subroutine
def second(reads, draws, marks, weights, room, begin, slot, other, m, wait, total, weight, at, out):
    """The draw of customer m in slot `other` in its two other values, beside a replaced one."""
    tape, which = room[0], marks[3]
    row = pair_row(marks[1], min(slot, other), max(slot, other))
    share = weight * weights[0][other] * (2.0 if slot == other else 1.0)
    for side in range(2):
        value = tape[(MARKS + 2 * other + side) * TAPE + m]
        added, left = replaced(reads, which[other], value, m, wait, tape)
        found, end = follow(reads, draws, marks, room, m + 1, left, total + added)
        if end < 0:
            return False
        collect(row, at, (1.0 - 2.0 * side) * share, found, end - begin, out)
    return True
