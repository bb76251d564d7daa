"""A pilot over the field of a generalised likelihood ratio (ratio.py) along its draw.

The ratio is unbiased if v is continuous in the draw, and if v f Y vanishes at the ends of the
draw's range.
"""

from ..jit.compile import subroutine
from .path import FEWEST, INPUTS, MOST, SLOTS, apply, go, move, place_of_draw
from .ratio import fields, ratio_table
from .root import BENT, FINE, tag_of
from .run import SITE

VALUES = 8  # of the draw: its range in eight parts of equal probability
HALVINGS = 40  # of the part in which the field changes most
STAYS = 1e-6  # of that change: what is left of a continuous one is 1e-12


@subroutine
def look_at_field(job, start, end, lane, out):
    """The largest |v f Y| of each slot, at the ends of the range and inside; a code for a jump."""
    rank, slots, lanes = job.index[ratio_table(job)], job.index[SLOTS], job.lanes
    which = (rank - 1) % job.index[INPUTS]
    site, own = tag_of(job.records, 0, SITE), job.raw[place_of_draw(job, rank)]
    for slot in range(start, end):
        out[(1 + slot) * lanes + lane] = out[(1 + slots + slot) * lanes + lane] = 0.0
    most, low, high, before, last = 0.0, own, own, 0.0, own
    for k in range(VALUES + 1):
        job.at[0] = min(max(k / VALUES, FEWEST), MOST)
        apply(job, job.functions[2 + 2 * which], which, 1)
        value = job.made[0]
        known, total = field_at(job, start, end, rank, value)
        if not known:
            continue  # the trial says so
        job.at[0] = value
        apply(job, job.functions[1 + 2 * which], which, 1)
        inside = slots if 0 < k < VALUES else 0
        for slot in range(start, end):
            place = (1 + inside + slot) * lanes + lane
            out[place] = max(out[place], abs(job.field[slot - start] * job.made[0] * job.y[0]))
        if 1 < k < VALUES and abs(total - before) > most:
            most, low, high = abs(total - before), last, value
        before, last = total, value
    if most > 0.0 and stays(job, start, end, rank, low, high) > STAYS * most:
        out[lane] = (float(BENT) * 2.0**32 + float(site)) * 65536.0 + float(min(rank, 65535))
    move(job, start, end, rank, own)


@subroutine
def field_at(job, start, end, rank, value):
    """Whether there is a field at a value of the draw, and a weighted sum of it over the slots."""
    move(job, start, end, rank, value)
    go(job, job.others, -1, 0)
    total = 0.0
    for slot in range(end - start):
        job.field[slot] = 0.0
    known = fields(job, start, end, job.others, 1.0, job.field) == FINE
    for slot in range(end - start):
        total += (1.0 + slot) * job.field[slot]
    return known, total


@subroutine
def stays(job, start, end, rank, low, high):
    """The change of the field over an ever smaller part of the range, where it changes most."""
    _, below = field_at(job, start, end, rank, low)
    _, above = field_at(job, start, end, rank, high)
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        known, here = field_at(job, start, end, rank, middle)
        if not known:
            return 0.0
        if abs(here - below) >= abs(above - here):
            high, above = middle, here
        else:
            low, below = middle, here
    return abs(above - below)
