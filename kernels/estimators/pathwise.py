"""Infinitesimal perturbation analysis: dY/dθ = Σ (∂Y/∂X)(dX/dθ) along the path."""

from typing import NamedTuple

import numpy as np

from ..jit.compile import subroutine
from ..jit.intrinsics import call
from .block import fill_structure, fill_uniforms, first_slot, make_variates, operate, zeros
from .loop import estimator
from .problem import PATHWISE


class Pathwise(NamedTuple):
    """Slots whose derivative is followed, in the order of their inputs.

    which: (slots,) the input of a distributional slot, -1 for a structural one
    derivative: (slots,) address of dX/dslot, 0 for a structural slot and for one without, whose
        row of derivatives is 0 and must not be used
    index: (1 + slots, 3) for the model: first the number of slots, then for each its input
        or -1, the model's own parameter or -1, the first row of dX/dslot in the tangents
    rows: rows of tangents in all
    slopes: tables of derivatives, one after the other, for those that are looked up
    first_slope: (slots,) where the slot's own table stands there
    """

    NEEDS = ("pathwise",)  # of the model's operations

    which: np.ndarray
    derivative: np.ndarray
    index: np.ndarray
    rows: int
    slopes: np.ndarray
    first_slope: np.ndarray


def allocate_scratch(problem, run, method):
    lanes = problem.lanes
    uniforms = zeros(problem.strip + 1, lanes)
    x = zeros(problem.rows + 1, lanes)
    tangents = zeros(method.rows + 1, lanes)
    structure = zeros(run.structure.shape[1] + 1, lanes)
    work = zeros(problem.work + method.which.shape[0] + 1, lanes)
    return uniforms, x, tangents, structure, work


@subroutine
def _derive(problem, run, method, offset, mirrored, scratch, y, slots):
    uniforms, x, tangents, structure, work = scratch
    lanes, begin = problem.lanes, 0
    for strip in range(problem.strips.shape[0]):
        fill_uniforms(problem, run, 0, strip, offset, mirrored, uniforms)
        make_variates(problem, run, 0, strip, offset, uniforms, x)
        which, draw, rows = problem.strips[strip]
        variates = x[(problem.first_row[which] + draw) * lanes :]
        parameters = run.parameters[0, problem.first_parameter[which] :, 0]
        slot = begin = first_slot(method.which, which, begin)
        while slot < method.which.shape[0] and method.which[slot] == which:
            if method.derivative[slot] != 0:
                tangent = tangents[(method.index[1 + slot, 2] + draw) * lanes :]
                slopes = method.slopes[method.first_slope[slot] :]
                call(
                    method.derivative[slot], rows * lanes, 1,
                    uniforms, variates, slopes, variates, parameters, tangent, tangent,
                )  # fmt: skip
            slot += 1
    fill_structure(run, 0, lanes, offset, structure)
    operate(
        problem, PATHWISE, run.parameters, structure,
        x, tangents, tangents, method.index, y, slots, work,
    )  # fmt: skip


estimator(Pathwise, allocate_scratch, _derive)
