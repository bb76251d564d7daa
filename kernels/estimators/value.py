"""Plain Monte Carlo: the output itself, no derivative."""

from typing import NamedTuple

from ..jit.compile import subroutine
from .block import fill_structure, fill_uniforms, make_variates, simulate, zeros
from .loop import estimator


class Value(NamedTuple):
    """Nothing to know but the model; one number, because a record cannot be empty."""

    NEEDS = ("simulate",)  # of the model's operations

    nothing: int = 0


def _allocate(problem, run, method):
    lanes = problem.lanes
    uniforms = zeros(problem.strip + 1, lanes)
    x = zeros(problem.rows + 1, lanes)
    structure = zeros(run.structure.shape[1] + 1, lanes)
    work = zeros(problem.work + 1, lanes)
    return uniforms, x, structure, work


@subroutine
def _derive(problem, run, method, offset, mirrored, scratch, y, slots):
    uniforms, x, structure, work = scratch
    for strip in range(problem.strips.shape[0]):
        fill_uniforms(problem, run, 0, strip, offset, mirrored, uniforms)
        make_variates(problem, run, 0, strip, offset, uniforms, x)
    fill_structure(run, 0, problem.lanes, offset, structure)
    simulate(problem, structure, x, y, work)


estimator(Value, _allocate, _derive)
