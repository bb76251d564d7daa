"""The generalised likelihood ratio (Peng, Fu, Hu and Heidergott 2018) at one marked threshold.

With h the margin and X_i its latest draw, of density f, the field v = -(∂h/∂θ)/(∂h/∂x_i) moves
X_i so that the margin stays as it is while θ moves. Along it the output does not jump, and what
the change of variables adds is a ratio of densities:

    dE[Y]/dθ = E[∂Y/∂θ + v ∂Y/∂x_i + Y (∂v/∂x_i + v f'/f)],

both derivatives of Y with the mark as it is decided, if v f Y vanishes at the ends of the range of
X_i. ∂v/∂x_i is a central difference of the exact v: two more runs, good to 1e-10 of v.

After the table of the inputs the index has: the draw; whether f'/f follows from a shift (0) or
a scaling (1) of the distribution; how many scores that takes; for each the parameter that it is
multiplied by, or -1; the bits of a constant that is subtracted from Y before the bracket, whose
mean is zero. functions: those scores, behind all others.
"""

import math

from ..jit.compile import subroutine
from ..jit.intrinsics import bits_to_float
from .path import INPUTS, PASS, REALS, SLOTS, TABLE, apply, go, move, place_of_draw
from .root import FINE, OFTEN, STILL, UNREACHED, tag_of
from .run import COUNT, LATEST, TANGENTS

STEP = 1e-5  # of the draw, or of its spread where that is smaller
LEAST = 1e-3  # of the spread: the draw counts as no less


@subroutine
def ratio_table(job):
    """Where the draw stands in the index."""
    return TABLE + 3 * job.index[SLOTS] + job.index[INPUTS]


@subroutine
def aim(job):
    """Let the last tangent be the derivative by the one draw; its spread between quartiles."""
    rank = job.index[ratio_table(job)]
    for row in range(job.rows + job.index[REALS]):
        job.raw[row * job.words + 1 + job.index[PASS]] = 0.0
    job.raw[place_of_draw(job, rank) + 1 + job.index[PASS]] = 1.0
    which = (rank - 1) % job.index[INPUTS]
    job.at[0], job.at[1] = 0.25, 0.75
    apply(job, job.functions[2 + 2 * which], which, 2)
    return abs(job.made[1] - job.made[0])


@subroutine
def slope_of_density(job, rank, value):
    """f'/f at a value of the draw."""
    place, inputs, slots = ratio_table(job), job.index[INPUTS], job.index[SLOTS]
    which = (rank - 1) % inputs
    total = 0.0
    job.at[0] = value
    for k in range(job.index[place + 2]):
        apply(job, job.functions[1 + 2 * inputs + slots + k], which, 1)
        parameter = job.index[place + 3 + k]
        first = job.index[TABLE + 3 * slots + which]
        total += job.made[0] * (job.parameters[first + parameter] if parameter >= 0 else 1.0)
    return -(1.0 + total) / value if job.index[place + 1] else -total


@subroutine
def fields(job, start, end, records, sign, field):
    """Add sign * v of each slot to field; what is wrong, if anything."""
    rank = job.index[ratio_table(job)]
    if job.run[COUNT] != 1:
        return OFTEN
    if tag_of(records, 0, LATEST) != rank:
        return UNREACHED
    slope = records[TANGENTS + job.index[PASS]]
    for slot in range(end - start):
        if records[TANGENTS + slot] != 0.0:
            if slope == 0.0:
                return STILL
            field[slot] -= sign * records[TANGENTS + slot] / slope
    return FINE


@subroutine
def add_ratio(job, start, end, lane, spread, out):
    """Add what a path contributes to its own derivative; what is wrong, if anything."""
    if math.isnan(job.y[0]):
        return FINE
    table, count = ratio_table(job), end - start
    rank = job.index[table]
    baseline = bits_to_float(job.index[table + 3 + job.index[table + 2]])
    y, along = job.y[0] - baseline, job.out[job.index[PASS]]
    here, change = job.field, job.change
    for slot in range(count):
        here[slot] = change[slot] = 0.0
    status = fields(job, start, end, job.records, 1.0, here)
    own = job.raw[place_of_draw(job, rank)]
    step = STEP * max(min(abs(own), spread), LEAST * spread)
    for side in (-1.0, 1.0):
        if status == FINE:
            move(job, start, end, rank, own + side * step)
            go(job, job.others, -1, 0)
            status = fields(job, start, end, job.others, side / (2.0 * step), change)
    move(job, start, end, rank, own)
    if status == FINE:
        slope = slope_of_density(job, rank, own)
        for slot in range(count):
            v = here[slot]
            gain = along * v + y * (change[slot] + v * slope)
            out[(start + slot) * job.lanes + lane] += gain
    return status
