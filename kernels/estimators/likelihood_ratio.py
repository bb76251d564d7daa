"""Likelihood ratio (score function): (Y - b) Σ d ln f(X)/dθ, eq. (18) and (34)."""

from typing import NamedTuple

import numpy as np

from ..jit.compile import device, subroutine
from ..jit.intrinsics import call, wide
from .block import fill_structure, fill_uniforms, first_slot, make_variates, simulate, zeros
from .loop import estimator


class LikelihoodRatio(NamedTuple):
    """Slots with a score, and the constant b subtracted from Y for each of them.

    Slots stand in the order of their inputs.

    which: (slots,) input, score: (slots,) address of d ln f/dslot
    baseline: (slots,) any constants independent of this run's replications
    """

    NEEDS = ("simulate",)  # of the model's operations

    which: np.ndarray
    score: np.ndarray
    baseline: np.ndarray


@subroutine
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
    wide()
    uniforms, x, scores, structure, work = scratch
    slots[:] = 0.0
    begin = 0
    for strip in range(problem.strips.shape[0]):
        fill_uniforms(problem, run, 0, strip, offset, mirrored, uniforms)
        make_variates(problem, run, 0, strip, offset, uniforms, x)
        begin = add_scores(problem, run, method, strip, begin, x, scores, slots)
    fill_structure(run, 0, problem.lanes, offset, structure)
    simulate(problem, structure, x, y, work)
    for slot in range(method.which.shape[0]):
        for lane in range(problem.lanes):
            slots[slot, lane] *= y[lane] - method.baseline[slot]


@device
def add_scores(problem, run, method, strip, begin, x, scores, slots):
    """Add the scores of one strip to the sum of each slot, (slots, lanes).

    begin: a slot before which there is none of this input; returns the input's first one.
    """
    wide()
    lanes = problem.lanes
    which, draw, rows = problem.strips[strip]
    variates = x[(problem.first_row[which] + draw) * lanes :]
    parameters = run.parameters[0, problem.first_parameter[which] :, 0]
    slot = begin = first_slot(method.which, which, begin)
    while slot < method.which.shape[0] and method.which[slot] == which:
        call(
            method.score[slot], rows * lanes, 1,
            variates, variates, variates, variates, parameters, scores, scores,
        )  # fmt: skip
        for row in range(rows):
            for lane in range(lanes):
                slots[slot, lane] += scores[row * lanes + lane]
        slot += 1
    return begin


estimator(LikelihoodRatio, allocate_scratch, _derive)
