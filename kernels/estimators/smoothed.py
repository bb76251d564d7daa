"""Smoothed perturbation analysis (Fu (2005), eq. 20-21): derivatives of conditional expectations.

What is conditioned on is the model's affair: its operation `smoothed` gets the variates,
their tangents, a row of fresh uniforms, and the densities, survival functions and derivatives
it asks for, and gives dE[Y | Z]/dslot.
"""

from typing import NamedTuple

import numpy as np

from ..jit.compile import subroutine
from ..jit.intrinsics import call
from ..random.philox import METHOD
from .block import fill_fresh, fill_structure, fill_uniforms, first_slot, make_variates
from .loop import estimator
from .pathwise import allocate_scratch
from .problem import COUNTS, MEASURE, SMOOTHED, STRUCTURE


class Smoothed(NamedTuple):
    """Slots whose derivative is smoothed, in the order of their inputs.

    which: (slots,) the input of a distributional slot, -1 for a structural one
    derivative: (slots,) address of dX/dslot, 0 where the model needs no tangents
    row: (slots,) the first row of dX/dslot in the tangents; rows: rows of tangents in all
    index: what the model's operation reads; functions: addresses that it calls
    first: (readers, 2) where those of each reader of the operation begin; -1 for one that
        smooths none of the slots
    """

    NEEDS = ("smoothed",)  # of the model's operations

    which: np.ndarray
    derivative: np.ndarray
    row: np.ndarray
    rows: int
    index: np.ndarray
    functions: np.ndarray
    first: np.ndarray


@subroutine
def _derive(problem, run, method, offset, mirrored, scratch, y, slots):
    uniforms, x, tangents, structure, _ = scratch
    lanes = problem.lanes
    if method.which.shape[0] == 0:
        return  # a model without the operation, in a mix
    begin = 0
    for strip in range(problem.strips.shape[0]):
        fill_uniforms(problem, run, 0, strip, offset, mirrored, uniforms)
        make_variates(problem, run, 0, strip, offset, uniforms, x)
        which, draw, rows = problem.strips[strip]
        variates = x[(problem.first_row[which] + draw) * lanes :]
        parameters = run.parameters[0, problem.first_parameter[which] :, 0]
        slot = begin = first_slot(method.which, which, begin)
        while slot < method.which.shape[0] and method.which[slot] == which:
            if method.derivative[slot] != 0:
                tangent = tangents[(method.row[slot] + draw) * lanes :]
                call(
                    method.derivative[slot], rows * lanes, 1,
                    uniforms, variates, variates, variates, parameters, tangent, tangent,
                )  # fmt: skip
            slot += 1
    fill_structure(run, 0, lanes, offset, structure)
    fill_fresh(problem, run, METHOD, 0, 0, offset, uniforms)
    for number in range(method.first.shape[0]):
        if method.first[number, 0] >= 0:
            read(problem, run, method, number, scratch, y, slots)


@subroutine
def read(problem, run, method, number, scratch, y, slots):
    """One reader's measure, smoothed."""
    uniforms, x, tangents, structure, work = scratch
    reader = problem.first_reader[SMOOTHED] + number
    place = problem.reader[reader]
    row = place[MEASURE] * method.which.shape[0]
    call(
        problem.operation[reader], problem.lanes, problem.counts[place[COUNTS] :],
        method.functions[method.first[number, 1] :], run.parameters,
        structure[place[STRUCTURE] * problem.lanes :], x, tangents, uniforms,
        method.index[method.first[number, 0] :], y[place[MEASURE] :], slots[row:], work,
    )  # fmt: skip


estimator(Smoothed, allocate_scratch, _derive)
