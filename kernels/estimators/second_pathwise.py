"""Second derivatives along the path: of the output by pairs of slots, and first ones by slots.

∂²Y/∂a∂b = Σ (∂²Y/∂X_i∂X_j)(∂X_i/∂a)(∂X_j/∂b) + Σ (∂Y/∂X_i)(∂²X_i/∂a∂b), which the model's
operation gives from ∂X/∂a and ∂²X/∂a∂b.
"""

from typing import NamedTuple

import numpy as np

from ..jit.compile import subroutine
from ..jit.intrinsics import call
from .block import fill_structure, fill_uniforms, first_slot, make_variates, zeros
from .loop import estimator


class SecondPathwise(NamedTuple):
    """Slots and their pairs; the kernel's slots are the pairs first, then the slots.

    which, derivative: (slots,) as in Pathwise
    input_of, curvature: (pairs,) the input of both slots of a pair and the address of
        ∂²X/∂a∂b; 0 where it vanishes
    index: (1 + slots + pairs, 3) for the model: first how many slots and pairs; then for each
        slot its input or -1, the model's own parameter or -1, the first row of dX/dslot; then
        for each pair its two slots and the first row of ∂²X/∂a∂b, -1 where it vanishes
    rows, curved: rows of tangents and of curvatures in all
    operation: address of the model's `second_pathwise`
    """

    NEEDS = ()  # of the model's operations

    which: np.ndarray
    derivative: np.ndarray
    input_of: np.ndarray
    curvature: np.ndarray
    index: np.ndarray
    rows: int
    curved: int
    operation: int


def allocate_scratch(problem, run, method):
    lanes = problem.lanes
    uniforms = zeros(problem.strip + 1, lanes)
    x = zeros(problem.rows + 1, lanes)
    tangents = zeros(method.rows + 1, lanes)
    curvatures = zeros(method.curved + 1, lanes)
    structure = zeros(run.structure.shape[1] + 1, lanes)
    work = zeros(problem.work + 1, lanes)
    return uniforms, x, tangents, curvatures, structure, work


@subroutine
def _derive(problem, run, method, offset, mirrored, scratch, y, slots):
    uniforms, x, tangents, curvatures, structure, work = scratch
    for strip in range(problem.strips.shape[0]):
        fill_uniforms(problem, run, 0, strip, offset, mirrored, uniforms)
        make_variates(problem, run, 0, strip, offset, uniforms, x)
        move_variates(problem, run, method, strip, uniforms, x, tangents, curvatures)
    fill_structure(run, 0, problem.lanes, offset, structure)
    call(
        method.operation, problem.lanes, problem.counts, problem.functions, run.parameters,
        structure, x, tangents, curvatures, method.index, y, slots, work,
    )  # fmt: skip


@subroutine
def move_variates(problem, run, method, strip, uniforms, x, tangents, curvatures):
    """dX/dslot and ∂²X/∂a∂b of one strip."""
    lanes = problem.lanes
    which, draw, rows = problem.strips[strip]
    variates = x[(problem.first_row[which] + draw) * lanes :]
    parameters = run.parameters[0, problem.first_parameter[which] :, 0]
    count = method.which.shape[0]
    slot = first_slot(method.which, which, 0)
    while slot < count and method.which[slot] == which:
        tangent = tangents[(method.index[1 + slot, 2] + draw) * lanes :]
        call(
            method.derivative[slot], rows * lanes, 1,
            uniforms, variates, variates, variates, parameters, tangent, tangent,
        )  # fmt: skip
        slot += 1
    for pair in range(method.curvature.shape[0]):
        if method.curvature[pair] != 0 and method.input_of[pair] == which:
            curvature = curvatures[(method.index[1 + count + pair, 2] + draw) * lanes :]
            call(
                method.curvature[pair], rows * lanes, 1,
                uniforms, variates, variates, variates, parameters, curvature, curvature,
            )  # fmt: skip


estimator(SecondPathwise, allocate_scratch, _derive)
