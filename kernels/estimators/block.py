"""Steps that estimators share: from random numbers to variates, and from slots to θ.

What is called for every strip is inlined: handing the records of a call over as sixty
arguments costs 0.3 of 3.7 ns a customer.
"""

import numpy as np

from ..jit.compile import device, subroutine
from ..jit.intrinsics import apart, call
from ..random.philox import INDEPENDENT_RUN, ROLE
from .moments import accumulate
from .problem import COUNTS, FUNCTIONS, MEASURE, SIMULATE, STRUCTURE


def zeros(rows, lanes):
    """Rows of lanes that begin where a cache line does.

    A vector of eight doubles that straddles two lines costs two accesses: the queue's
    operations take 0.31 ns a customer on whole lines and 0.67 ns otherwise.
    """
    space = np.zeros(rows * lanes + 8)
    skip = -(space.__array_interface__["data"][0] // 8) % 8
    return space[skip : skip + rows * lanes]


def rows_of_zeros(rows, lanes):
    """The same as an array of two dimensions."""
    return zeros(rows, lanes).reshape((rows, lanes))


@device
def replication_of(run, offset):
    return run.replication + offset


@device
def first_slot(inputs, which, slot):
    """The first slot of an input; none before `slot` is of this input.

    Slots stand in the order of their inputs, structural ones (-1) last, and strips too: they
    are gone through once a block. 1,000 arcs with a slot each would be 10⁶ comparisons.
    """
    while slot < inputs.shape[0] and 0 <= inputs[slot] < which:
        slot += 1
    return slot


@device
def fill_uniforms(problem, run, copy, strip, offset, mirrored, out):
    """Uniforms of one strip into out[row * lanes + lane] (one spare row at the end).

    Each `copy` of the run has replications of its own: differences without common numbers.
    """
    lanes = problem.lanes
    which, draw, rows = problem.strips[strip]
    if run.quasi.shape[0] == 0:
        call(
            problem.uniform, lanes, rows, draw, which,
            replication_of(run, offset) + copy * INDEPENDENT_RUN, run.seed, mirrored, lanes, out,
        )  # fmt: skip
        return
    active = min(lanes, run.count - offset)
    first = problem.first_row[which] + draw
    for row in range(rows):
        for lane in range(active):
            u = run.quasi[first + row, offset + lane]
            out[row * lanes + lane] = 1.0 - u if mirrored else u


@device
def fill_fresh(problem, run, role, which, draw, offset, out):
    """Two rows of fresh uniforms for one draw of an input (weak derivatives)."""
    call(
        problem.uniform, problem.lanes, 2, 2 * draw, which + role * ROLE,
        replication_of(run, offset), run.seed, 0, problem.lanes, out,
    )  # fmt: skip


@device
def make_variates(problem, run, point, strip, offset, u, x):
    """Variates of one strip into their rows of x, at the given design point of θ."""
    lanes = problem.lanes
    which, draw, rows = problem.strips[strip]
    first = (problem.first_row[which] + draw) * lanes
    target = x[first:]
    pitch = run.parameters.shape[2]
    if pitch == 1:
        parameters = run.parameters[point, problem.first_parameter[which] :, 0]
        table = run.parameters[point, problem.first_table[which] :, 0]
        call(problem.variate[which], rows * lanes, 1, u, table, u, u, parameters, target, target)
        return
    active = min(lanes, run.count - offset)
    parameters = run.parameters[point, problem.first_parameter[which] :, offset:]
    for row in range(rows):
        source, place = u[row * lanes :], target[row * lanes :]
        call(
            problem.variate[which], active, pitch,
            source, source, source, source, parameters, place, place,
        )  # fmt: skip


@device
def put(target, place, source, first, count):
    """source[first : first + count] into target[place : place + count].

    For an assignment of slices Numba compiles tests of overlap, a copy and the words of an error
    too: two thirds of the code of the differences.
    """
    for i in range(count):
        target[place + i] = source[first + i]


@subroutine
def fill_structure(run, point, lanes, offset, structure):
    """The model's own parameters, one row each: structure[slot * lanes + lane]."""
    pitch = run.structure.shape[2]
    active = min(lanes, run.count - offset)
    for slot in range(run.structure.shape[1]):
        for lane in range(active):
            place = 0 if pitch == 1 else offset + lane
            structure[slot * lanes + lane] = run.structure[point, slot, place]


@device
def knows(problem, which):
    """Whether the model has this operation."""
    return problem.first_reader[which] < problem.first_reader[which + 1]


@subroutine
def operate(problem, which, parameters, structure, x, first, second, index, y, out, work):
    """Let every reader of an operation read the path (see kernels/models/operation.py).

    y: (measures, lanes); out: (measures · rows, lanes), measure after measure.
    """
    rows = out.shape[0] // problem.measures
    for reader in range(problem.first_reader[which], problem.first_reader[which + 1]):
        place = problem.reader[reader]
        call(
            problem.operation[reader], problem.lanes,
            problem.counts[place[COUNTS] :], problem.functions[place[FUNCTIONS] :], parameters,
            structure[place[STRUCTURE] * problem.lanes :], x, first, second, index,
            y[place[MEASURE] :], out[place[MEASURE] * rows :], work,
        )  # fmt: skip


@subroutine
def simulate(problem, structure, x, y, work):
    """The measures of every lane of x, (measures, lanes)."""
    operate(problem, SIMULATE, structure, structure, x, x, x, problem.counts, y, y, work)


@subroutine
def gather(
    chain, ratio, offset, y, slots, part, parts, sample, active, blocks_before, mean, square
):
    """One block into the running moments, output by output: Y, then its gradient.

    y: (measures, lanes); slots: (slots, lanes) their derivatives. An antithetic pair comes in
    two parts, of which sample, (outputs, lanes), keeps the first; joint moments keep all of it
    too. With likelihood ratios of the replications all but what is fixed is multiplied by them.
    Otherwise sample is one row, which stays in the L1 cache: 1,000 derivatives of 32 lanes
    would be 256 KB to write and to read again.
    """
    apart()
    lanes, share, kept = y.shape[1], 1.0 / parts, sample.shape[0] > 1
    tilted = ratio.shape[0] > 0
    # Read once: each use of a record's field counts references, 5 ns in a row of 32 lanes.
    start, entries, weights = chain.start, chain.slot, chain.value
    scale, shift, measure = chain.scale, chain.shift, chain.measure
    for output in range(mean.shape[0]):
        at, of = output if kept else 0, measure[output]
        by_scale, by_shift = share * scale[output], share * shift[output]
        low, high = start[output], start[output + 1]
        if not (kept or tilted) and high - low == 1 and by_scale == by_shift == 0.0:  # the usual θ
            accumulate(
                slots, entries[low], weights[low], output, active, blocks_before, mean, square
            )
            continue
        for lane in range(lanes):
            before = sample[at, lane] if part else 0.0
            sample[at, lane] = before + (by_scale * y[of, lane] + by_shift)
        for entry in range(low, high):
            weight, slot = share * weights[entry], entries[entry]
            for lane in range(lanes):
                sample[at, lane] += weight * slots[slot, lane]
        if tilted:
            for lane in range(active):
                moving = sample[at, lane] - by_shift
                sample[at, lane] = ratio[offset + lane] * moving + by_shift
        if part == parts - 1:
            accumulate(sample, at, 1.0, output, active, blocks_before, mean, square)
