"""Smoothed derivatives of a user's function at its marked thresholds.

At a mark a > b the output jumps where the margin h = a - b is zero. Integrated over one draw
X_i that the margin depends on, with density f,

    dE[Y]/dθ = E[Y' along the path] + Σ_marks E[f(x*)/|∂h/∂x_i| · dh/dθ · (Y_yes - Y_no)],

x* being where h = 0 with all other draws as they are, dh/dθ the total derivative there (that of
the parameters and of all variates, X_i's own at x*), and Y_yes and Y_no the outputs that follow
if the mark is decided either way there. This is the derivative of the conditional expectation
given all but X_i (Fu (2005), eq. 20), written as its jumps.

X_i is the latest draw that the margin depends on. Where max and min may choose among draws,
each of them is tried in turn, and the zeros count at which it is the latest. On a path with many
marks some are taken, evenly spread behind a random start, and weighted accordingly.

The other way, the generalised likelihood ratio, has a file of its own: ratio.py.
"""

import math

from ..jit.compile import subroutine
from ..jit.intrinsics import keep
from ..models.operation import model_operation
from .path import (
    BY_EVERY,
    BY_RATIO,
    HOW,
    INPUTS,
    PASS,
    SLOTS,
    TERMS,
    apply,
    begin,
    go,
    load,
    move,
    place_of_draw,
)
from .ratio import add_ratio, aim
from .root import ELSEWHERE, FINE, KINKED, NO_ROOT, RAISED, solve, tag_of
from .run import ACTIVE, COUNT, KINK, LATEST, MARGIN, NEAR, SITE, SIZE, SLOPE, TANGENTS

CAPACITY = 64  # marks of a path, until there are more


@model_operation
def smoothed(
    lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work
):
    """second: uniforms, one row; a lane in which something is wrong gets y = NaN and a code."""
    job, memory = begin(lanes, counts, functions, parameters, structure, x, first, index, CAPACITY)
    start, slots = 0, index[SLOTS]
    spread = aim(job) if index[HOW] == BY_RATIO else 0.0
    while True:
        end = min(start + index[PASS], slots)
        for lane in range(lanes):
            load(job, start, end, lane)
            y[lane] = go(job, job.records, -1, 0)
            marks = job.run[COUNT]
            if marks > job.room:
                job, memory = begin(
                    lanes, counts, functions, parameters, structure, x, first, index, 2 * marks
                )
                spread = aim(job) if index[HOW] == BY_RATIO else 0.0
                load(job, start, end, lane)
                y[lane] = go(job, job.records, -1, 0)
            for slot in range(start, end):
                out[slot * lanes + lane] = job.out[slot - start]
            if index[HOW] == BY_RATIO:
                status = add_ratio(job, start, end, lane, spread, out)
                site, rank = tag_of(job.records, 0, SITE), 0
            else:
                status, site, rank = add_terms(job, start, end, lane, marks, second[lane], out)
            if status != FINE:
                y[lane] = math.nan
                out[lane] = code_of(status, site, rank)
                break_off(out, lanes, slots, lane)
        start = end
        if start >= slots:
            break
    keep(memory)


@subroutine
def code_of(status, site, rank):
    """What is wrong, where, with which draw, as one number."""
    return (float(status) * 2.0**32 + float(site)) * 65536.0 + float(min(rank, 65535))


@subroutine
def break_off(out, lanes, slots, lane):
    """Nothing but the code."""
    for slot in range(1, slots):
        out[slot * lanes + lane] = 0.0


@subroutine
def candidates(job, number):
    """How many draws are tried for a mark: none where it depends on none with a density."""
    latest = tag_of(job.records, number * job.record, LATEST)
    return job.upto[latest] if job.index[HOW] == BY_EVERY else min(latest, 1)


@subroutine
def add_terms(job, start, end, lane, marks, uniform, out):
    """Add what the marks contribute; (status, site, draw)."""
    if math.isnan(job.y[0]):
        return FINE, 0, 0  # the function itself failed
    if job.run[KINK]:
        return KINKED, job.run[KINK], 0
    total = 0
    for number in range(marks):
        place = number * job.record
        total += candidates(job, number)
        if job.index[HOW] != BY_EVERY and hidden(job, place, end - start):
            return ELSEWHERE, tag_of(job.records, place, SITE), tag_of(job.records, place, LATEST)
    terms = min(job.index[TERMS], total)
    if terms == 0:
        return FINE, 0, 0
    weight = total / terms
    passed, taken = 0, 0
    for number in range(marks):
        passed += candidates(job, number)
        while taken < terms and int((taken + uniform) * weight) < passed:
            place = number * job.record
            rank = tag_of(job.records, place, LATEST)
            if job.index[HOW] == BY_EVERY:
                behind = passed - 1 - int((taken + uniform) * weight)
                rank = job.ranks[candidates(job, number) - 1 - behind]
            status = add_term(job, start, end, lane, number, rank, weight, out)
            if status != FINE:
                return status, tag_of(job.records, place, SITE), rank
            taken += 1
    return FINE, 0, 0


@subroutine
def hidden(job, place, slots):
    """Whether a margin moves with θ and with other draws, but not with its latest draw."""
    latest = tag_of(job.records, place, LATEST)
    if latest == 0:
        return False
    if job.records[place + SLOPE] != 0.0 and tag_of(job.records, place, ACTIVE) == latest:
        return False
    largest = 0.0
    for slot in range(slots):
        largest = max(largest, abs(job.records[place + TANGENTS + slot]))
    return largest != 0.0 and job.records[place + TANGENTS + job.index[PASS]] != 0.0


@subroutine
def add_term(job, start, end, lane, number, rank, weight, out):
    """Add the contribution of one mark and one draw; the status."""
    own = job.raw[place_of_draw(job, rank)]
    status, value, slope, yes = solve(job, start, end, number, rank)
    if status == FINE and slope != 0.0 and not seen_before(job, number, rank):
        no = go(job, job.others, number, 0)
        if math.isnan(yes) or math.isnan(no):
            status = RAISED
        elif yes != no:
            which = (rank - 1) % job.index[INPUTS]
            job.at[0] = value
            apply(job, job.functions[1 + 2 * which], which, 1)
            factor = weight * job.made[0] / abs(slope) * (yes - no)
            place = number * job.record + TANGENTS
            for slot in range(start, end):
                out[slot * job.lanes + lane] += factor * job.others[place + slot - start]
    move(job, start, end, rank, own)
    return FINE if status == NO_ROOT else status


@subroutine
def seen_before(job, number, rank):
    """Whether an earlier mark asks the same question: then the jump is counted there."""
    for earlier in range(number):
        place = earlier * job.record
        if tag_of(job.others, place, ACTIVE) == rank and job.others[place + SLOPE] != 0.0:
            size = job.others[place + SIZE]
            size += abs(job.others[place + SLOPE] * job.raw[place_of_draw(job, rank)])
            if abs(job.others[place + MARGIN]) <= NEAR * size:
                return True
    return False
