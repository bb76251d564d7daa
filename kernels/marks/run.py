"""What happens at a mark, while a function of marked numbers runs.

The memory of a run is a row of words, to which marked numbers hold addresses: a header, then
one cell for every draw (cell 0 belongs to numbers that θ moves but no draw). Every mark that
is reached leaves a record; one of them may be forced to go either way.

At the forced mark the margin is zero. A later mark whose margin is zero at the same point
(it asks the same question again) goes the way that it goes beside that point.
"""

from numba.extending import overload

from ..dual.number import tangent_of, value_of
from ..jit.compile import USER_FLAGS, subroutine
from ..jit.pointers import real_at, whole_at
from .dual import Marked, tags_of

# Words of the header: marks reached; the mark to force (-1: none) and its outcome; how many
# records there is room for, and where; tangents of a number; the draw that the forced margin is
# solved for, and its variate; the way that it moves; the site of a margin that is zero on all
# paths.
COUNT, FORCED, OUTCOME, CAPACITY, RECORDS, WIDTH, DRAW, VARIATE, DIRECTION, KINK, CELLS = range(11)

# Words of a record: margin, size of what it is the difference of, slope, latest and active draw,
# site; then the tangents.
MARGIN, SIZE, SLOPE, LATEST, ACTIVE, SITE, TANGENTS = range(7)

# A margin is zero if it is below this part of what it is made of: rounding leaves 1e-13.
NEAR = 1e-9


def mark(larger, smaller, strict, site):
    raise NotImplementedError


@overload(mark, jit_options=USER_FLAGS)
def _mark(larger, smaller, strict, site):
    if not isinstance(larger, Marked) and not isinstance(smaller, Marked):

        def plain(larger, smaller, strict, site):
            holds = larger > smaller if strict else larger >= smaller
            return 1.0 if holds else 0.0

        return plain

    def marked(larger, smaller, strict, site):
        holds = larger > smaller if strict else larger >= smaller
        size = abs(value_of(larger)) + abs(value_of(smaller))
        return 1.0 if decided(larger - smaller, holds, size, site) else 0.0

    return marked


@subroutine
def decided(margin, holds, size, site):
    """The outcome of a mark, which is recorded."""
    slope, latest, active = tags_of(margin)
    if latest == 0:
        return holds
    rank = whole_at(latest)[0]
    start = latest - 8 * (CELLS + rank)
    run = whole_at(start)
    value = value_of(margin)
    if rank == 0:
        if not moves(margin):
            return holds
        if abs(value) <= NEAR * size:
            run[KINK] = site
    number = run[COUNT]
    run[COUNT] = number + 1
    active = whole_at(active)[0] if active else 0
    if number < run[CAPACITY]:
        place = run[RECORDS] + 8 * number * (TANGENTS + run[WIDTH])
        record(place, margin, size, slope, rank, active, site)
    own = slope if active == run[DRAW] else 0.0
    if number == run[FORCED]:
        real_at(start)[DIRECTION] = own if run[OUTCOME] else -own
        return run[OUTCOME] != 0
    if 0 <= run[FORCED] < number and own != 0.0:
        if abs(value) <= NEAR * (size + abs(own * real_at(start)[VARIATE])):
            return own * real_at(start)[DIRECTION] > 0.0
    return holds


@subroutine
def moves(margin):
    """Whether any tangent is not zero."""
    largest = 0.0
    for tangent in tangent_of(margin, margin):
        largest = max(largest, abs(tangent))
    return largest != 0.0


@subroutine
def record(place, margin, size, slope, latest, active, site):
    """Write the record of a mark."""
    reals, wholes = real_at(place), whole_at(place)
    reals[MARGIN], reals[SIZE], reals[SLOPE] = value_of(margin), size, slope
    wholes[LATEST], wholes[ACTIVE], wholes[SITE] = latest, active, site
    tangents = tangent_of(margin, margin)
    for k in range(len(tangents)):
        reals[TANGENTS + k] = tangents[k]
