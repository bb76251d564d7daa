"""Phantoms of `regenerative`: every draw of a cycle in its two other values, and pairs of draws,
each followed to the end of its own cycle.

The draws of a cycle are independent, but their number is not fixed: a pair (k, l), k before l,
matters as long as l comes before the end of the cycle with k replaced. With c (f⁺ - f⁻) for the
first and c₂ (f⁺⁺ - f⁻⁻) for the second derivative of the density, for G = Q and η:

    Σ_{k before l} c_a c_b [G(+,+) - G(+,-) - G(-,+) + G(-,-)] · (2 if a = b)
        + Σ_k c₂ [G(X_k⁺⁺) - G(X_k⁻⁻)]
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
def replaced(method, which, value, n, wait, tape):
    """Customer n with one of its draws replaced: what it adds, and how long the next one waits."""
    service, gap = tape[SERVICE * TAPE + n], tape[GAP * TAPE + n]
    if which == SERVICE:
        service = value
    else:
        gap = value
    return reading(method, wait, service), wait + service - gap


@device
def follow(problem, run, method, replication, mirrored, m, wait, total, tape, fresh, place):
    """(Q, the customer that begins the next cycle) from customer m on, which waits so long; -1 at
    the end of the tape."""
    filled = place[FILLED]
    while wait > 0.0:
        if m == filled:
            if not fill(problem, run, method, replication, mirrored, tape, fresh, place):
                return total, -1
            filled = place[FILLED]
        service = tape[SERVICE * TAPE + m]
        total += reading(method, wait, service)
        wait = wait + service - tape[GAP * TAPE + m]
        m += 1
    return total, m


@device  # as `cycle`
def all_phantoms(
    problem, run, method, replication, mirrored, begin, end, lane, pairs, tape, fresh, place, out
):  # fmt: skip
    """D_Q and D_η of every slot; with `pairs` also D²_Q and D²_η of every pair."""
    slots = method.which.shape[0]
    for slot in range(slots):
        which, twice = method.which[slot], pairs and method.bend[slot] != 0
        for n in range(begin, end):
            wait, before = tape[WAITS * TAPE + n], tape[BEFORE * TAPE + n]
            for number in range(4 if twice else 2):  # X⁺, X⁻, X⁺⁺, X⁻⁻
                order, side = number // 2, number % 2
                row, target = MARKS + 2 * slot + side, 2 + 2 * slot
                weight = method.constant[slot]
                if order == 1:
                    row, weight = bend_row(method, slot) + side, method.bend_constant[slot]
                    target = 2 + 2 * slots + 2 * (slot * slots - slot * (slot - 1) // 2)
                weight *= 1.0 - 2.0 * side
                value = tape[row * TAPE + n]
                added, left = replaced(method, which, value, n, wait, tape)
                total, m = follow(
                    problem, run, method, replication, mirrored, n + 1, left, before + added, tape,
                    fresh, place,
                )  # fmt: skip
                if m < 0:
                    return False
                out[target, lane] += weight * total
                out[target + 1, lane] += weight * (m - begin)
                if pairs and order == 0 and not beside(
                    problem, run, method, replication, mirrored, begin, slot, n, value, weight,
                    lane, tape, fresh, place, out,
                ):  # fmt: skip
                    return False
    return True


@subroutine
def beside(
    problem, run, method, replication, mirrored, begin, slot, n, value, weight, lane, tape, fresh,
    place, out,
):  # fmt: skip
    """All later draws, each in its two other values, in the cycle with one draw replaced."""
    which, m = method.which[slot], n
    wait, total = tape[WAITS * TAPE + n], tape[BEFORE * TAPE + n]
    while m == n or wait > 0.0:
        if m == place[FILLED] and not fill(
            problem, run, method, replication, mirrored, tape, fresh, place
        ):
            return False
        # At its own customer a replaced service comes before the interarrival time behind it.
        kept = tape[which * TAPE + m]
        if m == n:
            tape[which * TAPE + m] = value
        good = True
        for other in range(method.which.shape[0]):
            later = m > n or (which == SERVICE and method.which[other] == GAP)
            if later and good:
                good = second(
                    problem, run, method, replication, mirrored, begin, slot, other, m, wait, total,
                    weight, lane, tape, fresh, place, out,
                )  # fmt: skip
        total += reading(method, wait, tape[SERVICE * TAPE + m])
        wait = wait + tape[SERVICE * TAPE + m] - tape[GAP * TAPE + m]
        tape[which * TAPE + m] = kept if m == n else tape[which * TAPE + m]
        m += 1
        if not good:
            return False
    return True


@subroutine
def second(
    problem, run, method, replication, mirrored, begin, slot, other, m, wait, total, weight, lane,
    tape, fresh, place, out,
):  # fmt: skip
    """The draw of customer m in slot `other` in its two other values, beside a replaced one."""
    slots, low, high = method.which.shape[0], min(slot, other), max(slot, other)
    row = 2 + 2 * slots + 2 * (low * slots - low * (low - 1) // 2 + high - low)
    share = weight * method.constant[other] * (2.0 if slot == other else 1.0)
    for side in range(2):
        value = tape[(MARKS + 2 * other + side) * TAPE + m]
        added, left = replaced(method, method.which[other], value, m, wait, tape)
        found, end = follow(
            problem, run, method, replication, mirrored, m + 1, left, total + added, tape, fresh,
            place,
        )  # fmt: skip
        if end < 0:
            return False
        sign = 1.0 - 2.0 * side
        out[row, lane] += sign * share * found
        out[row + 1, lane] += sign * share * (end - begin)
    return True
