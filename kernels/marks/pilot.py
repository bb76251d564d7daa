"""A pilot over the marks of a user's function: what moves them, and can they be smoothed?

On every path one mark is looked at for several values of its draw: it must be reached whatever
the draw is, depend on it as the latest one, and hold on one side only. Else what smoothing gives
would be biased.
"""

from ..jit.compile import subroutine
from ..jit.intrinsics import keep
from ..models.operation import model_operation
from .field import look_at_field
from .path import (
    BY_EVERY,
    BY_RATIO,
    FEWEST,
    HOW,
    INPUTS,
    MOST,
    PASS,
    SLOTS,
    apply,
    begin,
    face,
    go,
    load,
    place_of_draw,
)
from .ratio import aim
from .root import ELSEWHERE, FINE, KINKED, SEVERAL, UNREACHED, probe, tag_of
from .run import COUNT, KINK, LATEST, NEAR, SITE, TANGENTS
from .smoothed import candidates, code_of, hidden

CAPACITY = 1024  # marks of a path that are looked at
VALUES = 8  # of the draw, and the two ends of its range


@model_operation
def pilot(lanes, counts, functions, parameters, structure, x, first, second, index, y, out, work):
    """out: a row of codes (see `code_of`), then for each slot whether it moves any margin, then
    the draw of the only mark, or minus the number of marks.

    For a ratio of densities: the row, then for each slot |v f Y| at the ends of the draw's range,
    then for each slot the same inside of it.
    """
    job, memory = begin(lanes, counts, functions, parameters, structure, x, first, index, CAPACITY)
    start, slots = 0, index[SLOTS]
    if index[HOW] == BY_RATIO:
        aim(job)
    while True:
        end = min(start + index[PASS], slots)
        for lane in range(lanes):
            load(job, start, end, lane)
            y[lane] = go(job, job.records, -1, 0)
            marks = min(job.run[COUNT], CAPACITY)
            kink = job.run[KINK]
            for slot in range(start, end):
                moved = 0.0
                for number in range(marks):
                    place = number * job.record + TANGENTS + slot - start
                    moved = max(moved, abs(job.records[place]))
                out[(1 + slot) * lanes + lane] = moved
            if start == 0:
                out[lane] = 0.0
                only = float(tag_of(job.records, 0, LATEST))
                out[(1 + slots) * lanes + lane] = only if marks == 1 else -float(marks)
            if kink:
                out[lane] = code_of(KINKED, kink, 0)
            if index[HOW] == BY_RATIO:
                look_at_field(job, start, end, lane, out)
                continue
            status, site, rank = look(job, start, end, marks, second[lane])
            if status != FINE:
                out[lane] = code_of(status, site, rank)
        start = end
        if start >= slots:
            break
    keep(memory)


@subroutine
def look(job, start, end, marks, uniform):
    """(status, site, draw) of the marks, one of them looked at more closely."""
    total = 0
    for number in range(marks):
        place = number * job.record
        if job.index[HOW] != BY_EVERY and hidden(job, place, end - start):
            return ELSEWHERE, tag_of(job.records, place, SITE), tag_of(job.records, place, LATEST)
        total += candidates(job, number)
    passed = 0
    for number in range(marks):
        before, passed = passed, passed + candidates(job, number)
        if int(uniform * total) < passed:
            place = number * job.record
            rank = tag_of(job.records, place, LATEST)
            if job.index[HOW] == BY_EVERY:
                rank = job.ranks[int(uniform * total) - before]
            fresh = uniform * total - int(uniform * total)
            status = look_along(job, start, end, number, rank, fresh)
            return status, tag_of(job.records, place, SITE), rank
    return FINE, 0, 0


@subroutine
def look_along(job, start, end, number, rank, uniform):
    """The status of a mark, seen at the ends of the draw's range and at values between them."""
    changes, before, reach = 0, 0.0, abs(job.raw[place_of_draw(job, rank)])
    which, status = (rank - 1) % job.index[INPUTS], FINE
    face(job, rank)
    for k in range(-1, VALUES + 1):
        job.at[0] = min(max((k + uniform) / VALUES, FEWEST), MOST)
        apply(job, job.functions[2 + 2 * which], which, 1)
        met, margin, _, part, _ = probe(job, start, end, number, rank, job.made[0], reach)
        if not met:
            status = UNREACHED
            break
        if before * margin < 0.0 and part > NEAR:
            changes += 1
        if part > NEAR:
            before = margin
    face(job, 0)
    return SEVERAL if status == FINE and changes > 1 else status
