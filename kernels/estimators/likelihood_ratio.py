"""Likelihood ratio (score function): (Y - b) Σ d ln f(X)/dθ (Fu (2005), eq. 18)."""

from typing import NamedTuple

import numpy as np

from ..jit.compile import device, subroutine
from ..jit.intrinsics import call
from .block import fill_structure, fill_uniforms, first_slot, make_variates, simulate, zeros
from .loop import estimator


class LikelihoodRatio(NamedTuple):
    """Slots with a score, and the constant b subtracted from Y for each of them.

    Slots stand in the order of their inputs.

    which: (slots,) input, score: (slots,) address of d ln f/dslot
    baseline: (measures, slots) any constants independent of this run's replications
    taken: (slots,) the row of the model's scratch that says how many draws of the input were
        taken in each lane, -1 where all are. A draw that was not has a score of mean 0 that
        tells nothing: beside it a stopping time would have an error that grows with its bound.
    """

    NEEDS = ("simulate",)  # of the model's operations

    which: np.ndarray
    score: np.ndarray
    baseline: np.ndarray
    taken: np.ndarray


def allocate_scratch(problem, run, method):
    lanes = problem.lanes
    uniforms = zeros(problem.strip + 1, lanes)
    x = zeros(problem.rows + 1, lanes)
    scores = zeros(problem.strip, lanes)
    structure = zeros(run.structure.shape[1] + 1, lanes)
    work = zeros(problem.work + 1, lanes)
    return uniforms, x, scores, structure, work


@subroutine
def _derive(problem, run, method, offset, mirrored, scratch, y, slots):
    uniforms, x, scores, structure, work = scratch
    count = method.which.shape[0]
    slots[:count] = 0.0
    begin = 0
    for strip in range(problem.strips.shape[0]):
        fill_uniforms(problem, run, 0, strip, offset, mirrored, uniforms)
        make_variates(problem, run, 0, strip, offset, uniforms, x)
        begin = add_scores(problem, run, method, strip, begin, x, scores, slots)
    fill_structure(run, 0, problem.lanes, offset, structure)
    simulate(problem, structure, x, y, work)
    add_taken_scores(problem, run, method, x, scores, work, slots)
    for measure in range(problem.measures - 1, -1, -1):  # the scores stand in the first rows
        for slot in range(count):
            row, baseline = measure * count + slot, method.baseline[measure, slot]
            for lane in range(problem.lanes):
                slots[row, lane] = slots[slot, lane] * (y[measure, lane] - baseline)


@device
def add_scores(problem, run, method, strip, begin, x, scores, slots):
    """Add the scores of one strip to the sum of each slot, (slots, lanes).

    begin: a slot before which there is none of this input; returns the input's first one.
    """
    lanes = problem.lanes
    which, draw, rows = problem.strips[strip]
    variates = x[(problem.first_row[which] + draw) * lanes :]
    parameters = run.parameters[0, problem.first_parameter[which] :, 0]
    slot = begin = first_slot(method.which, which, begin)
    while slot < method.which.shape[0] and method.which[slot] == which:
        if method.taken[slot] >= 0:  # after the simulation
            slot += 1
            continue
        call(
            method.score[slot], rows * lanes, 1,
            variates, variates, variates, variates, parameters, scores, scores,
        )  # fmt: skip
        for row in range(rows):
            for lane in range(lanes):
                slots[slot, lane] += scores[row * lanes + lane]
        slot += 1
    return begin


@subroutine
def add_taken_scores(problem, run, method, x, scores, work, slots):
    """Add the scores of those draws that were taken, of inputs whose draws are taken one by one."""
    lanes = problem.lanes
    for slot in range(method.which.shape[0]):
        if method.taken[slot] < 0:
            continue
        taken = work[method.taken[slot] * lanes : (method.taken[slot] + 1) * lanes]
        which = method.which[slot]
        add_taken(problem, run, which, method.score[slot], taken, x, scores, slots[slot])


@subroutine
def add_taken(problem, run, which, function, taken, x, values, total):
    """Add a function of the variates that were taken of one input, (lanes,)."""
    lanes, most = problem.lanes, taken.max()
    parameters = run.parameters[0, problem.first_parameter[which] :, 0]
    for strip in range(problem.strips.shape[0]):
        source, draw, rows = problem.strips[strip]
        if source != which or draw >= most:
            continue
        rows = min(rows, np.int64(most) - draw)
        variates = x[(problem.first_row[which] + draw) * lanes :]
        call(
            function, rows * lanes, 1,
            variates, variates, variates, variates, parameters, values, values,
        )  # fmt: skip
        for row in range(rows):
            for lane in range(lanes):
                if draw + row < taken[lane]:
                    total[lane] += values[row * lanes + lane]


estimator(LikelihoodRatio, allocate_scratch, _derive)
