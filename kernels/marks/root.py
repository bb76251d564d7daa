"""Where a margin is zero, along one draw with all others as they are.

The margin is followed from the path's own value of the draw: a Newton step with the slope that
the numbers carry, which ends the search where the margin is linear, then safeguarded steps
inside a bracket. A margin that has the same sign at the end of the draw's range has no zero on
the way: margins are monotone in their draw (the pilot sees to that).
"""

from ..jit.compile import subroutine
from ..jit.pointers import address_of, whole_at
from .path import INPUTS, PASS, face, go, move, place_of_draw
from .run import ACTIVE, COUNT, LATEST, MARGIN, NEAR, SIZE, SLOPE, TANGENTS

# What can be wrong with a mark.
FINE, NO_ROOT, UNREACHED, ELSEWHERE, JUMPS, RAISED, KINKED, SEVERAL, OFTEN, STILL, BENT = range(11)
STEPS = 200
TRACED = 1e-100  # slopes below are traces of draws that were not asked for

# The margin that ends the search, as a part of what it is made of. Where rounding keeps it from
# that, NEAR will do.
ZERO = 1e-12


@subroutine
def tag_of(records, place, name):
    """A whole number of a record."""
    return whole_at(address_of(records))[place + name]


@subroutine
def probe(job, start, end, number, rank, value, reach):
    """Run with the draw at this value, the mark forced to hold; `face` looks along the draw.

    Returns whether the mark is reached as it is on the path itself, its margin, the margin's
    slope along the draw, the margin relative to what it is made of (the draw counting as no less
    than `reach`), and the output.
    """
    move(job, start, end, rank, value)
    y = go(job, job.others, number, 1)
    place = number * job.record
    latest = tag_of(job.records, place, LATEST)
    if job.run[COUNT] <= number or tag_of(job.others, place, LATEST) != latest:
        return False, 0.0, 0.0, 1.0, y
    margin, slope = job.others[place + MARGIN], job.others[place + TANGENTS + job.index[PASS]]
    if abs(slope) < TRACED:
        slope = 0.0
    size = job.others[place + SIZE] + abs(slope) * (abs(value) + reach)
    return True, margin, slope, abs(margin) / size if margin != 0.0 else 0.0, y


@subroutine
def led(job, number, rank):
    """The slope of the margin just seen, if this draw is the latest one that it moves with."""
    place = number * job.record
    return job.others[place + SLOPE] if tag_of(job.others, place, ACTIVE) == rank else 0.0


@subroutine
def solve(job, start, end, number, rank):
    """(status, x*, slope there, output with the mark holding there).

    The slope is 0 where a later draw moves the margin too: that one's zeros count.
    """
    own = job.raw[place_of_draw(job, rank)]
    face(job, rank)
    found = search(job, start, end, number, rank, own)
    face(job, 0)
    return found


@subroutine
def search(job, start, end, number, rank, own):
    """`solve`, along the draw alone."""
    which = (rank - 1) % job.index[INPUTS]
    low, high = job.ends[2 * which], job.ends[2 * which + 1]
    place, reach = number * job.record, abs(own)
    margin, slope = job.records[place + MARGIN], job.records[place + SLOPE]
    if tag_of(job.records, place, ACTIVE) != rank:
        met, margin, slope, part, y = probe(job, start, end, number, rank, own, reach)
        if not met:
            return UNREACHED, 0.0, 0.0, 0.0
    upward = margin * slope < 0.0  # where zero lies, if the margin is monotone
    end_there = high if upward else low
    value = own - margin / slope if slope != 0.0 else low
    if not low < value < high:
        value = end_there if slope != 0.0 else low
    met, found, there, part, y = probe(job, start, end, number, rank, value, reach)
    if not met:
        return UNREACHED, 0.0, 0.0, 0.0
    if part <= ZERO:
        return FINE, value, led(job, number, rank), y
    if found * margin > 0.0:
        # Not yet: is it zero before the end of the range (or, not knowing the way, the other)?
        further = high if slope == 0.0 else end_there
        if further == value:
            return NO_ROOT, 0.0, 0.0, 0.0
        if slope != 0.0:
            own = value
        met, found, there, part, y = probe(job, start, end, number, rank, further, reach)
        if not met:
            return UNREACHED, 0.0, 0.0, 0.0
        if found * margin > 0.0:
            return NO_ROOT, 0.0, 0.0, 0.0
        value = further
    return close_in(job, start, end, number, rank, own, value, found, there, reach)


@subroutine
def close_in(job, start, end, number, rank, own, value, found, slope, reach):
    """The same between two values of the draw at which the margin has different signs."""
    for _ in range(STEPS):
        width = abs(value - own)
        newton = value - found / slope if slope != 0.0 else own
        if not min(own, value) < newton < max(own, value):
            newton = 0.5 * (own + value)
        if newton in (own, value):
            break
        met, here, there, part, y = probe(job, start, end, number, rank, newton, reach)
        if not met:
            return UNREACHED, 0.0, 0.0, 0.0
        if part <= ZERO:
            return FINE, newton, led(job, number, rank), y
        if here * found < 0.0:
            own = value
        value, found, slope = newton, here, there
        if abs(value - own) > 0.5 * width:
            slope = 0.0  # hardly any progress: halve the bracket
    met, here, there, part, y = probe(job, start, end, number, rank, value, reach)
    if met and part <= NEAR:
        return FINE, value, led(job, number, rank), y
    return JUMPS, 0.0, 0.0, 0.0
