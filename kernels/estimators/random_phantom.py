"""Weak derivative with one randomly chosen phantom: three simulations, however many draws.

Draw k is chosen with probability 1/K out of the K draws of all slots and weighted by K.
"""

from typing import NamedTuple

import numpy as np

from ..jit.compile import device, subroutine
from ..jit.intrinsics import call
from ..random.philox import METHOD, ROLE, WEAK, philox, uniform
from .block import (
    fill_structure,
    fill_uniforms,
    make_variates,
    replication_of,
    rows_of_zeros,
    simulate,
    zeros,
)
from .loop import estimator


class RandomPhantom(NamedTuple):
    """As WeakDerivative; first: (slots + 1,) where each slot's draws begin among all K."""

    NEEDS = ("simulate",)  # of the model's operations

    which: np.ndarray
    pair: np.ndarray
    first: np.ndarray


def _allocate(problem, run, method):
    lanes = problem.lanes
    uniforms = zeros(problem.strip + 1, lanes)
    x = zeros(problem.rows + 1, lanes)
    structure = zeros(run.structure.shape[1] + 1, lanes)
    changed = rows_of_zeros(2 * problem.measures, lanes)
    chosen = np.zeros((2, lanes), np.int64)
    rows = zeros(7, lanes).reshape((7, lanes))
    work = zeros(problem.work + 1, lanes)
    return uniforms, x, structure, changed, chosen, rows, work


@subroutine
def _derive(problem, run, method, offset, mirrored, scratch, y, slots):
    uniforms, x, structure, changed, chosen, rows, work = scratch
    for strip in range(problem.strips.shape[0]):
        fill_uniforms(problem, run, 0, strip, offset, mirrored, uniforms)
        make_variates(problem, run, 0, strip, offset, uniforms, x)
    fill_structure(run, 0, problem.lanes, offset, structure)
    simulate(problem, structure, x, y, work)
    choose(run, method, offset, chosen, rows)
    for slot in range(method.which.shape[0]):
        make_chosen_pair(problem, run, method, slot, x, chosen, rows)
    plus, minus, kept = rows[4], rows[5], rows[6]
    above, below = changed[: problem.measures], changed[problem.measures :]
    swap(problem, method, chosen, x, kept, plus)
    simulate(problem, structure, x, above, work)
    swap(problem, method, chosen, x, plus, minus)
    simulate(problem, structure, x, below, work)
    swap(problem, method, chosen, x, minus, kept)
    total, count = method.first[-1], method.which.shape[0]
    for row in range(problem.measures * count):
        measure, slot = row // count, row % count
        for lane in range(problem.lanes):
            difference = total * (above[measure, lane] - below[measure, lane])
            slots[row, lane] = difference if chosen[0, lane] == slot else 0.0


@device
def words(run, lane, offset, draw, stream):
    """Two fresh uniforms of one replication."""
    index = np.uint64(replication_of(run, offset) + lane)
    word_0, word_1, word_2, word_3 = philox(
        np.uint32(draw),
        np.uint32(stream),
        np.uint32(index & np.uint64(0xFFFFFFFF)),
        np.uint32(index >> np.uint64(32)),
        np.uint32(run.seed & 0xFFFFFFFF),
        np.uint32((run.seed >> 32) & 0xFFFFFFFF),
    )
    return uniform(word_0, word_1), uniform(word_2, word_3)


@subroutine
def choose(run, method, offset, chosen, rows):
    """Slot and draw of every lane, and the two fresh uniforms of that draw (rows 0, 1)."""
    total = method.first[-1]
    for lane in range(chosen.shape[1]):
        u, _ = words(run, lane, offset, 0, METHOD * ROLE)
        position = min(np.int64(u * total), total - 1)
        slot = 0
        while position >= method.first[slot + 1]:
            slot += 1
        chosen[0, lane] = slot
        chosen[1, lane] = position - method.first[slot]
        stream = method.which[slot] + WEAK * ROLE
        rows[0, lane], rows[1, lane] = words(run, lane, offset, chosen[1, lane], stream)


@subroutine
def make_chosen_pair(problem, run, method, slot, x, chosen, rows):
    """(X⁺, X⁻) into rows 4 and 5 for the lanes that chose this slot; the variate in row 6."""
    lanes, which = problem.lanes, method.which[slot]
    for lane in range(lanes):
        draw = chosen[1, lane] if chosen[0, lane] == slot else 0
        rows[6, lane] = x[(problem.first_row[which] + draw) * lanes + lane]
    parameters = run.parameters[0, problem.first_parameter[which] :, 0]
    call(
        method.pair[slot], lanes, 1, rows[6], rows[6], rows[0], rows[1],
        parameters, rows[2], rows[3],
    )  # fmt: skip
    for lane in range(lanes):
        if chosen[0, lane] == slot:
            rows[4, lane], rows[5, lane] = rows[2, lane], rows[3, lane]


@subroutine
def swap(problem, method, chosen, x, kept, replacement):
    """Put the replacement into the chosen place of every lane; `kept` gets what was there."""
    for lane in range(problem.lanes):
        which = method.which[chosen[0, lane]]
        place = (problem.first_row[which] + chosen[1, lane]) * problem.lanes + lane
        before = x[place]
        x[place] = replacement[lane]
        kept[lane] = before


estimator(RandomPhantom, _allocate, _derive)
