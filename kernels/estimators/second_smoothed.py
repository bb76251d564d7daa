"""Second derivatives by smoothing: what the model's operation `second_smoothed` makes of them.

The model knows which variate to smooth; here it gets the variates with their first and
second pathwise derivatives. Where X is not linear in two parameters p, q of its
distribution, ∂²X/∂p∂q at a fixed uniform is the difference of fourth order in q of
∂X/∂p, every distribution's own: steps of a thousandth leave an error of about 1e-11.
"""

from typing import NamedTuple

import numpy as np

from ..jit.compile import subroutine
from ..jit.intrinsics import call
from .block import fill_structure, fill_uniforms, first_slot, make_variates, zeros
from .loop import estimator
from .problem import COUNTS, SIMULATE, STRUCTURE

STEPS = 4  # parameters at q - 2h, q - h, q + h, q + 2h


class SecondSmoothed(NamedTuple):
    """Slots and, in the kernel's slots first, their pairs (a, b), a ≤ b, row by row.

    which, derivative, row, rows: (slots,) and a number, as in Smoothed
    bend: (bends, 4) input, first row of ∂²X/∂p∂q, where the moved parameters stand (h before
        them), and how many they are each time; bend_rows: rows of ∂²X/∂p∂q in all
    bend_derivative, bend_variate: (bends,) addresses of ∂X/∂p and of X
    parameters: those of all distributions, then the moved ones
    operation: (measures,) what the model's operation is for each measure
    index, functions: what they read and call; first: (measures, 2) where each one's begin
    work: their rows of scratch
    """

    which: np.ndarray
    derivative: np.ndarray
    row: np.ndarray
    rows: int
    bend: np.ndarray
    bend_derivative: np.ndarray
    bend_variate: np.ndarray
    bend_rows: int
    parameters: np.ndarray
    operation: np.ndarray
    index: np.ndarray
    functions: np.ndarray
    first: np.ndarray
    work: int


def _allocate(problem, run, method):
    lanes = problem.lanes
    uniforms = zeros(problem.strip + 1, lanes)
    x = zeros(problem.rows + 1, lanes)
    tangents = zeros(method.rows + 1, lanes)
    bends = zeros(method.bend_rows + 1, lanes)
    moved = zeros(2 * problem.strip, lanes)
    structure = zeros(run.structure.shape[1] + 1, lanes)
    work = zeros(method.work + 1, lanes)
    return uniforms, x, tangents, bends, moved, structure, work


@subroutine
def _derive(problem, run, method, offset, mirrored, scratch, y, slots):
    uniforms, x, tangents, bends, moved, structure, work = scratch
    lanes, begin = problem.lanes, 0
    for strip in range(problem.strips.shape[0]):
        fill_uniforms(problem, run, 0, strip, offset, mirrored, uniforms)
        make_variates(problem, run, 0, strip, offset, uniforms, x)
        which, draw, rows = problem.strips[strip]
        variates = x[(problem.first_row[which] + draw) * lanes :]
        parameters = method.parameters[problem.first_parameter[which] :]
        slot = begin = first_slot(method.which, which, begin)
        while slot < method.which.shape[0] and method.which[slot] == which:
            tangent = tangents[(method.row[slot] + draw) * lanes :]
            call(
                method.derivative[slot], rows * lanes, 1,
                uniforms, variates, variates, variates, parameters, tangent, tangent,
            )  # fmt: skip
            slot += 1
        for number in range(method.bend.shape[0]):
            if method.bend[number, 0] == which:
                bend(method, number, draw, rows * lanes, lanes, uniforms, moved, bends)
    fill_structure(run, 0, lanes, offset, structure)
    rows = slots.shape[0] // problem.measures
    for measure in range(problem.measures):
        place = problem.reader[problem.first_reader[SIMULATE] + measure]
        call(
            method.operation[measure], lanes, problem.counts[place[COUNTS] :],
            method.functions[method.first[measure, 1] :], method.parameters,
            structure[place[STRUCTURE] * lanes :], x, tangents, bends,
            method.index[method.first[measure, 0] :], y[measure:], slots[measure * rows :], work,
        )  # fmt: skip


@subroutine
def bend(method, number, draw, size, lanes, uniforms, moved, bends):
    """∂²X/∂p∂q of the variates made of these uniforms."""
    _, row, place, count = method.bend[number]
    out = bends[(row + draw) * lanes :]
    x, slope = moved, moved[moved.shape[0] // 2 :]
    step = method.parameters[place]
    for i in range(size):
        out[i] = 0.0
    for at in range(STEPS):
        weight = (1.0, -8.0, 8.0, -1.0)[at] / (12.0 * step)
        parameters = method.parameters[place + 1 + at * count :]
        call(
            method.bend_variate[number], size, 1,
            uniforms, uniforms, uniforms, uniforms, parameters, x, x,
        )  # fmt: skip
        call(
            method.bend_derivative[number], size, 1,
            uniforms, x, x, x, parameters, slope, slope,
        )  # fmt: skip
        for i in range(size):
            out[i] += weight * slope[i]


estimator(SecondSmoothed, _allocate, _derive)
