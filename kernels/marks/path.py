"""A replication of a user's function with marks, ready to be run again with one draw moved.

index: slots, slots in one pass, inputs, parameters, how marks are treated (the latest draw of
    each is smoothed, every draw in turn, or a ratio of densities), marks to smooth on a path,
    where the draws of each input stand in counts;
    then for each slot its input or -1, the parameter's number, its first row of tangents; for
    each input the place of its parameters
functions: the function on marked numbers; for each input density (0: none) and quantile; for
    each slot dX/dslot (0 for a structural one)
"""

from collections import namedtuple

import numpy as np

from ..jit.compile import subroutine
from ..jit.intrinsics import call
from ..jit.pointers import address_of, beyond, real_at, whole_at
from .dual import TAGS
from .run import (
    CAPACITY,
    CELLS,
    COUNT,
    DRAW,
    FORCED,
    KINK,
    OUTCOME,
    RECORDS,
    TANGENTS,
    VARIATE,
    WIDTH,
)

SLOTS, PASS, INPUTS, REALS, HOW, TERMS, SOURCES, TABLE = range(8)
BY_LATEST, BY_EVERY, BY_RATIO = range(3)
TRACE = 1e-150  # of a tangent
FEWEST, MOST = 2.0**-53, 1.0 - 2.0**-53  # uniforms: what lies beyond has no weight

# What it is made of: pointers, as given to the operation and into memory of its own.
# words: of a number; record: words of one; room: for so many records; rows: of variates
# given: the model's integers; counts: of those, the draws of each input
# first: of each input, its row; ranks: of all draws that may smooth a mark, in their order;
# upto[r]: how many of them are r or less
# raw, tags: the numbers, as doubles and as whole numbers; run: see run.py
# records: of the path itself; others: of the path with a draw moved
# ends: range of each input; y, out: results; at, made: arguments and results of functions
# field, change: of each slot, see ratio.py
Job = namedtuple(
    "Job",
    "lanes given counts functions parameters structure x tangents index words record room rows "
    "first ranks upto raw tags run records others ends y out at made field change",
)


@subroutine
def begin(lanes, counts, functions, parameters, structure, x, tangents, index, room):
    """The job, and the memory that must be kept for it."""
    inputs, width = index[INPUTS], index[PASS] + 1
    given, counts = counts, beyond(counts, index[SOURCES])
    words, record = 1 + width + TAGS, TANGENTS + width
    rows, longest = 0, 0
    for k in range(inputs):
        rows += counts[k]
        longest = max(longest, counts[k])
    draws = 1 + longest * inputs
    numbers = (rows + index[REALS]) * words
    sizes = (inputs, draws, draws, numbers, CELLS + draws, room * record, room * record,
             2 * inputs, 1, width, 2, 2, width, width)  # fmt: skip
    memory = np.zeros(sum(sizes), np.int64)
    where = np.empty(len(sizes), np.int64)
    place = memory.ctypes.data
    for k in range(len(sizes)):
        where[k] = place
        place += 8 * sizes[k]
    job = Job(
        lanes, given, counts, functions, parameters, structure, x, tangents, index,
        words, record, room, rows,
        whole_at(where[0]), whole_at(where[1]), whole_at(where[2]),
        real_at(where[3]), whole_at(where[3]), whole_at(where[4]), real_at(where[5]),
        real_at(where[6]), real_at(where[7]), real_at(where[8]), real_at(where[9]),
        real_at(where[10]), real_at(where[11]), real_at(where[12]), real_at(where[13]),
    )  # fmt: skip
    number_draws(job, longest)
    set_tags(job)
    return job, memory


@subroutine
def number_draws(job, longest):
    """Draw d of input k has the rank 1 + d * inputs + k; cell r of the run holds r."""
    inputs, row, found = job.index[INPUTS], 0, 0
    job.run[WIDTH] = job.index[PASS] + 1
    for k in range(inputs):
        job.first[k] = row
        row += job.counts[k]
    for draw in range(longest):
        for k in range(inputs):
            rank = 1 + draw * inputs + k
            if draw < job.counts[k] and job.functions[1 + 2 * k] != 0:
                job.ranks[found] = rank
                found += 1
            job.upto[rank] = found
            job.run[CELLS + rank] = rank


@subroutine
def set_tags(job):
    """Tags of all numbers: parameters, and draws without a density, smooth nothing."""
    cells = address_of(job.run) + 8 * CELLS
    for number in range(job.rows + job.index[REALS]):
        base = (number + 1) * job.words
        job.tags[base - 2] = job.tags[base - 1] = cells
    for k in range(job.index[INPUTS]):
        job.at[0], job.at[1] = FEWEST, MOST
        apply(job, job.functions[2 + 2 * k], k, 2)
        job.ends[2 * k] = min(job.made[0], job.made[1])
        job.ends[2 * k + 1] = max(job.made[0], job.made[1])
        for draw in range(job.counts[k]):
            base = (job.first[k] + draw + 1) * job.words
            rank = 1 + draw * job.index[INPUTS] + k
            job.raw[base - 4] = own_way(rank)
            if job.functions[1 + 2 * k] != 0:
                job.raw[base - 3] = 1.0
                job.tags[base - 2] = job.tags[base - 1] = cells + 8 * rank


@subroutine
def own_way(rank):
    """A direction in which all draws move, no two of them alike."""
    return 1.0 + (0.6180339887498949 * rank) % 1.0


@subroutine
def face(job, only):
    """Let the last tangent be the derivative by one draw, or (0) by all of them at once.

    Draws without a density keep a trace of theirs, so that a margin made of them still moves.
    """
    inputs = job.index[INPUTS]
    for k in range(inputs):
        for draw in range(job.counts[k]):
            rank = 1 + draw * inputs + k
            way = own_way(rank)
            if only != 0:
                way = 1.0 if rank == only else 0.0 if job.functions[1 + 2 * k] != 0 else TRACE
            job.raw[(job.first[k] + draw) * job.words + 1 + job.index[PASS]] = way


@subroutine
def apply(job, address, k, size):
    """A function of an input's distribution, of job.at into job.made."""
    own = beyond(job.parameters, job.index[TABLE + 3 * job.index[SLOTS] + k])
    call(address, size, 1, job.at, job.at, job.at, job.at, own, job.made, job.made)


@subroutine
def load(job, start, end, lane):
    """The numbers of one replication, with the tangents of the slots start … end - 1."""
    words, lanes = job.words, job.lanes
    for row in range(job.rows):
        job.raw[row * words] = job.x[row * lanes + lane]
    for k in range(job.index[REALS]):
        job.raw[(job.rows + k) * words] = job.structure[k * lanes + lane]
    for row in range(job.rows + job.index[REALS]):
        for place in range(job.index[PASS]):
            job.raw[row * words + 1 + place] = 0.0
    for slot in range(start, end):
        which, number = job.index[TABLE + 3 * slot], job.index[TABLE + 3 * slot + 1]
        place = 1 + slot - start
        if which < 0:
            job.raw[(job.rows + number) * words + place] = 1.0
            continue
        tangent = job.index[TABLE + 3 * slot + 2] * lanes + lane
        for draw in range(job.counts[which]):
            row = job.first[which] + draw
            job.raw[row * words + place] = job.tangents[tangent + draw * lanes]


@subroutine
def go(job, records, forced, outcome):
    """Run the function; the output (job.out has its tangents, job.run[COUNT] the marks)."""
    run = job.run
    run[COUNT], run[KINK] = 0, 0
    run[FORCED], run[OUTCOME] = forced, outcome
    run[RECORDS], run[CAPACITY] = address_of(records), job.room
    raw = job.raw
    call(
        job.functions[0], 1, job.given, job.functions, raw, beyond(raw, job.rows * job.words),
        raw, raw, raw, job.index, job.y, job.out, raw,
    )  # fmt: skip
    return job.y[0]


@subroutine
def place_of_draw(job, rank):
    """Where the number of a draw begins."""
    inputs = job.index[INPUTS]
    return (job.first[(rank - 1) % inputs] + (rank - 1) // inputs) * job.words


@subroutine
def move(job, start, end, rank, value):
    """Give one draw this value, and the tangents that it has there."""
    inputs = job.index[INPUTS]
    which, place = (rank - 1) % inputs, place_of_draw(job, rank)
    job.raw[place] = value
    job.run[DRAW] = rank
    real_at(address_of(job.run))[VARIATE] = abs(value)
    job.at[0] = value
    for slot in range(start, end):
        if job.index[TABLE + 3 * slot] == which:
            apply(job, job.functions[1 + 2 * inputs + slot], which, 1)
            job.raw[place + 1 + slot - start] = job.made[0]
