"""One random pair of phantoms: the cheap form of `second_weak_derivative`.

Of the K draws of all slots an ordered pair (k, l) is chosen with probability 1/(K (K - 1)),
separately in every replication. It stands for all mixed terms, and k alone, with
probability 1/K, for all terms of one draw.
"""

import numpy as np

from ..jit.compile import subroutine
from ..jit.intrinsics import call
from ..random.philox import METHOD, ROLE, WEAK
from .block import simulate
from .random_phantom import words

SLOT, PLACE, OTHER_SLOT, OTHER_PLACE = range(4)  # rows of `chosen`
# Rows of numbers: the two draws as they are, and fresh uniforms for each; pairs for each.
KEPT, FRESH, PLUS, MINUS, BEND_PLUS, BEND_MINUS = 0, 2, 6, 8, 10, 11
MADE = 12


@subroutine
def derive_one(problem, run, method, offset, scratch, slots):
    """The estimate from one pair in every lane, into slots (zero before)."""
    _, x, structure, changed, _, chosen, rows, work = scratch
    lanes, total = problem.lanes, method.first[-1]
    if total == 0:
        return
    choose(problem, run, method, offset, x, chosen, rows)
    for member in range(2 if total > 1 else 1):
        make_chosen(problem, run, method, member, chosen, rows)
    place = chosen[PLACE]
    one, both = changed[: problem.measures], changed[problem.measures :]
    for side in range(2):
        put(x, place, rows[BEND_PLUS + side], lanes)
        simulate(problem, structure, x, one, work)
        add_single(method, chosen, 1.0 - 2.0 * side, method.bend_constant, True, one, slots)
        put(x, place, rows[PLUS + 2 * side], lanes)
        simulate(problem, structure, x, one, work)
        add_single(method, chosen, 1.0 - 2.0 * side, method.constant, False, one, slots)
        for other in range(2 if total > 1 else 0):
            put(x, chosen[OTHER_PLACE], rows[PLUS + 1 + 2 * other], lanes)
            simulate(problem, structure, x, both, work)
            sign = 1.0 if side == other else -1.0
            add_pair(method, chosen, sign, both, slots)
            put(x, chosen[OTHER_PLACE], rows[KEPT + 1], lanes)
            # The same variate twice: what stands there is the first one's.
            put(x, place, rows[PLUS + 2 * side], lanes)
    put(x, place, rows[KEPT], lanes)


@subroutine
def choose(problem, run, method, offset, x, chosen, rows):
    """Slot and place in x of both draws of every lane; their variates and fresh uniforms."""
    lanes, total = problem.lanes, method.first[-1]
    for lane in range(lanes):
        u, v = words(run, lane, offset, 0, METHOD * ROLE)
        position = min(np.int64(u * total), total - 1)
        other = min(np.int64(v * (total - 1)), total - 2)
        other += 1 if other >= position else 0
        for member in range(2 if total > 1 else 1):
            at = position if member == 0 else other
            slot = 0
            while at >= method.first[slot + 1]:
                slot += 1
            which, draw = method.which[slot], at - method.first[slot]
            chosen[2 * member, lane] = slot
            chosen[2 * member + 1, lane] = (problem.first_row[which] + draw) * lanes + lane
            rows[KEPT + member, lane] = x[chosen[2 * member + 1, lane]]
            fresh = words(run, lane, offset, draw, which + WEAK * ROLE)
            rows[FRESH + 2 * member, lane], rows[FRESH + 2 * member + 1, lane] = fresh


@subroutine
def make_chosen(problem, run, method, member, chosen, rows):
    """(X⁺, X⁻) of one member of the pair, and (X⁺⁺, X⁻⁻) of the first."""
    lanes = problem.lanes
    given, v, w = rows[KEPT + member], rows[FRESH + 2 * member], rows[FRESH + 2 * member + 1]
    for slot in range(method.which.shape[0]):
        parameters = run.parameters[0, problem.first_parameter[method.which[slot]] :, 0]
        for order in range(1 + (member == 0)):
            address = method.pair[slot] if order == 0 else method.bend[slot]
            plus = PLUS + member if order == 0 else BEND_PLUS
            minus = MINUS + member if order == 0 else BEND_MINUS
            if address == 0:  # linear: both sides stay where the variate is
                rows[MADE], rows[MADE + 1] = given, given
            else:
                call(address, lanes, 1, given, given, v, w, parameters, rows[MADE], rows[MADE + 1])
            for lane in range(lanes):
                if chosen[2 * member, lane] == slot:
                    rows[plus, lane], rows[minus, lane] = rows[MADE, lane], rows[MADE + 1, lane]


@subroutine
def put(x, place, values, lanes):
    """A value of each lane into its own place."""
    for lane in range(lanes):
        x[place[lane]] = values[lane]


@subroutine
def add_single(method, chosen, sign, constant, second, changed, slots):
    """A term of one draw, for the pair (a, a) or for the slot a."""
    count, total = method.which.shape[0], method.first[-1]
    rows = slots.shape[0] // changed.shape[0]
    for lane in range(changed.shape[1]):
        slot = chosen[SLOT, lane]
        own = slot * count - slot * (slot - 1) // 2
        target = own if second else count * (count + 1) // 2 + slot
        weight = sign * total * constant[slot]
        for measure in range(changed.shape[0]):
            slots[measure * rows + target, lane] += weight * changed[measure, lane]


@subroutine
def add_pair(method, chosen, sign, changed, slots):
    """A mixed term; (a, b) and (b, a) are one pair, whose sum is met from both sides."""
    count, total = method.which.shape[0], method.first[-1]
    weight = sign * total * (total - 1)
    rows = slots.shape[0] // changed.shape[0]
    for lane in range(changed.shape[1]):
        if chosen[PLACE, lane] == chosen[OTHER_PLACE, lane]:
            continue
        a, b = chosen[SLOT, lane], chosen[OTHER_SLOT, lane]
        half = 1.0 if a == b else 0.5
        low, high = min(a, b), max(a, b)
        target = low * count - low * (low - 1) // 2 + high - low
        share = half * weight * method.constant[a] * method.constant[b]
        for measure in range(changed.shape[0]):
            slots[measure * rows + target, lane] += share * changed[measure, lane]
