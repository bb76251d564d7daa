"""Finite differences in every form: outputs at design points of θ.

The outputs themselves stand where slots do; the weights of Fu (2005), eq. 6 and 7, are the
chain. With a direction of its own for each replication (SP and RD), the weighted difference of
the two outputs is the slot of each component.
"""

from typing import NamedTuple

import numpy as np

from ..jit.compile import subroutine
from .block import fill_structure, fill_uniforms, make_variates, put, rows_of_zeros, simulate, zeros
from .loop import estimator


class Differences(NamedTuple):
    """Design points; point 0 is θ itself, if it is wanted.

    scale, shift: (points, 1 or count) of the output. With `common` all points see the same
    uniforms; otherwise each has a run of its own. weight: (sets · θ, count) of the difference
    between two points, or (0, 0). pair: (measures, 3) the set of weights that each measure takes,
    and its two points; the second is -1 where the output itself is weighted.
    """

    NEEDS = ("simulate",)  # of the model's operations

    scale: np.ndarray
    shift: np.ndarray
    weight: np.ndarray
    pair: np.ndarray
    common: bool


def _allocate(problem, run, method):
    lanes = problem.lanes
    uniforms = zeros(problem.rows + 2 * problem.strips.shape[0] + 2, lanes)
    x = zeros(problem.rows + 1, lanes)
    structure = zeros(run.structure.shape[1] + 1, lanes)
    outputs = rows_of_zeros(run.parameters.shape[0] * problem.measures, lanes)
    work = zeros(problem.work + 1, lanes)
    return uniforms, x, structure, outputs, work


@subroutine
def _derive(problem, run, method, offset, mirrored, scratch, y, slots):
    uniforms, x, structure, outputs, work = scratch
    lanes = problem.lanes
    for point in range(run.parameters.shape[0]):
        place = 0
        for strip in range(problem.strips.shape[0]):
            u = uniforms[place:]
            if point == 0 or not method.common:
                copy = 0 if method.common else point
                fill_uniforms(problem, run, copy, strip, offset, mirrored, u)
            make_variates(problem, run, point, strip, offset, u, x)
            place += (problem.strips[strip, 2] + 1) * lanes
        fill_structure(run, point, lanes, offset, structure)
        simulate(problem, structure, x, outputs[point * problem.measures :], work)
    weigh(run, method, offset, outputs, y, slots)


@subroutine
def weigh(run, method, offset, outputs, y, slots):
    """Outputs with their scale and shift into the slots, point by point, or their weighted
    differences, measure by measure.
    """
    measures, active = y.shape[0], min(y.shape[1], run.count - offset)
    own = method.scale.shape[1] > 1
    for row in range(outputs.shape[0]):
        point = row // measures
        for lane in range(active):
            place = offset + lane if own else 0
            scaled = method.scale[point, place] * outputs[row, lane]
            outputs[row, lane] = scaled + method.shift[point, place]
    for measure in range(measures):
        put(y[measure], 0, outputs[measure], 0, y.shape[1])
    if method.weight.shape[0] == 0:
        for row in range(outputs.shape[0]):
            put(slots[row], 0, outputs[row], 0, y.shape[1])
        return
    components = slots.shape[0] // measures
    for row in range(slots.shape[0]):
        measure, i = row // components, row % components
        weight = method.pair[measure, 0] * components + i
        up = method.pair[measure, 1] * measures + measure
        down = method.pair[measure, 2] * measures + measure
        for lane in range(active):
            difference = outputs[up, lane]
            if down >= 0:
                difference = outputs[up, lane] - outputs[down, lane]
            slots[row, lane] = method.weight[weight, offset + lane] * difference


estimator(Differences, _allocate, _derive)
