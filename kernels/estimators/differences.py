"""Finite differences in every form: outputs at design points of θ.

The outputs themselves are the "slots"; the weights of (6) and (7) are the chain. With a
direction of its own for each replication, (8) and (9), the weighed difference of the two
outputs is the slot of each component.
"""

from typing import NamedTuple

import numpy as np

from ..jit.compile import subroutine
from ..jit.intrinsics import wide
from .block import fill_structure, fill_uniforms, make_variates, simulate, zeros
from .loop import estimator


class Differences(NamedTuple):
    """Design points; point 0 is θ itself, if it is wanted.

    scale, shift: (points, 1 or count) of the output. With `common` all points see the same
    uniforms; otherwise each has a run of its own. weight: (θ, count) of the difference
    between the last two points (of the output itself where there is one point), or (0, 0).
    """

    NEEDS = ("simulate",)  # of the model's operations

    scale: np.ndarray
    shift: np.ndarray
    weight: np.ndarray
    common: bool


@subroutine
def _allocate(problem, run, method):
    lanes = problem.lanes
    uniforms = zeros(problem.rows + 2 * problem.strips.shape[0] + 2, lanes)
    x = zeros(problem.rows + 1, lanes)
    structure = zeros(run.structure.shape[1] + 1, lanes)
    outputs = zeros(run.parameters.shape[0], lanes).reshape((run.parameters.shape[0], lanes))
    work = zeros(problem.work + 1, lanes)
    return uniforms, x, structure, outputs, work


@subroutine
def _derive(problem, run, method, offset, mirrored, scratch, y, slots):
    uniforms, x, structure, outputs, work = scratch
    lanes = problem.lanes
    for point in range(outputs.shape[0]):
        place = 0
        for strip in range(problem.strips.shape[0]):
            u = uniforms[place:]
            if point == 0 or not method.common:
                copy = 0 if method.common else point
                fill_uniforms(problem, run, copy, strip, offset, mirrored, u)
            make_variates(problem, run, point, strip, offset, u, x)
            place += (problem.strips[strip, 2] + 1) * lanes
        fill_structure(run, point, lanes, offset, structure)
        simulate(problem, structure, x, outputs[point], work)
    weigh(run, method, offset, outputs, y, slots)


@subroutine
def weigh(run, method, offset, outputs, y, slots):
    """Outputs with their scale and shift into the slots, or their weighed difference."""
    wide()
    active = min(y.shape[0], run.count - offset)
    own = method.scale.shape[1] > 1
    for point in range(outputs.shape[0]):
        for lane in range(active):
            place = offset + lane if own else 0
            scaled = method.scale[point, place] * outputs[point, lane]
            outputs[point, lane] = scaled + method.shift[point, place]
    y[:] = outputs[0]
    if method.weight.shape[0] == 0:
        slots[:] = outputs
        return
    down = outputs.shape[0] - 1
    for i in range(method.weight.shape[0]):
        for lane in range(active):
            difference = outputs[0, lane]
            if down > 0:
                difference = outputs[down - 1, lane] - outputs[down, lane]
            slots[i, lane] = method.weight[i, offset + lane] * difference


estimator(Differences, _allocate, _derive)
