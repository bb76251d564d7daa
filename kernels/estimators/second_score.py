"""Second derivatives by the likelihood ratio: (Y - b) [S_a S_b + ∂S_a/∂b], summed over draws.

The square is that of the sum of the scores, with every cross product (Fu (2005),
section 5.2, corrected): E Y''_ab = E (Y - b) [(Σ S_a)(Σ S_b) + Σ ∂² ln f/∂a∂b].
"""

from typing import NamedTuple

import numpy as np

from ..jit.compile import subroutine
from ..jit.intrinsics import call
from .block import fill_structure, fill_uniforms, make_variates, simulate
from .likelihood_ratio import add_scores, add_taken, add_taken_scores, allocate_scratch
from .loop import estimator


class SecondScore(NamedTuple):
    """Slots and their pairs; the kernel's slots are the pairs first, then the slots.

    which, score, taken: (slots,) as in LikelihoodRatio
    first, second: (pairs,) numbers of the two slots of each pair
    curvature: (pairs,) address of ∂² ln f/∂a∂b, 0 where the two are in different inputs
    baseline: (measures,) subtracted from Y
    """

    NEEDS = ("simulate",)  # of the model's operations

    which: np.ndarray
    score: np.ndarray
    first: np.ndarray
    second: np.ndarray
    curvature: np.ndarray
    baseline: np.ndarray
    taken: np.ndarray


@subroutine
def _derive(problem, run, method, offset, mirrored, scratch, y, slots):
    uniforms, x, scores, structure, work = scratch
    pairs = method.first.shape[0]
    count = pairs + method.which.shape[0]
    slots[:count] = 0.0
    begin = 0
    for strip in range(problem.strips.shape[0]):
        fill_uniforms(problem, run, 0, strip, offset, mirrored, uniforms)
        make_variates(problem, run, 0, strip, offset, uniforms, x)
        begin = add_scores(problem, run, method, strip, begin, x, scores, slots[pairs:count])
        add_curvatures(problem, run, method, strip, x, scores, slots)
    fill_structure(run, 0, problem.lanes, offset, structure)
    simulate(problem, structure, x, y, work)
    add_taken_scores(problem, run, method, x, scores, work, slots[pairs:])
    for pair in range(pairs):
        row = method.taken[method.first[pair]]
        if method.curvature[pair] != 0 and row >= 0:
            taken = work[row * problem.lanes : (row + 1) * problem.lanes]
            which = method.which[method.first[pair]]
            add_taken(problem, run, which, method.curvature[pair], taken, x, scores, slots[pair])
    for pair in range(pairs):
        first, second = slots[pairs + method.first[pair]], slots[pairs + method.second[pair]]
        for lane in range(problem.lanes):
            slots[pair, lane] += first[lane] * second[lane]
    for measure in range(problem.measures - 1, -1, -1):  # the factors stand in the first rows
        for slot in range(count):
            row = measure * count + slot
            for lane in range(problem.lanes):
                factor = y[measure, lane] - method.baseline[measure]
                slots[row, lane] = slots[slot, lane] * factor


@subroutine
def add_curvatures(problem, run, method, strip, x, curvatures, slots):
    """Add ∂² ln f/∂a∂b of one strip to the sum of each pair, (pairs, lanes)."""
    lanes = problem.lanes
    which, draw, rows = problem.strips[strip]
    variates = x[(problem.first_row[which] + draw) * lanes :]
    parameters = run.parameters[0, problem.first_parameter[which] :, 0]
    for pair in range(method.first.shape[0]):
        first = method.first[pair]
        if method.taken[first] >= 0:
            continue
        if method.curvature[pair] != 0 and method.which[first] == which:
            call(
                method.curvature[pair], rows * lanes, 1,
                variates, variates, variates, variates, parameters, curvatures, curvatures,
            )  # fmt: skip
            for row in range(rows):
                for lane in range(lanes):
                    slots[pair, lane] += curvatures[row * lanes + lane]


estimator(SecondScore, allocate_scratch, _derive)
