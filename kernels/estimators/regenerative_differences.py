"""Differences over cycles: queues at several values of θ side by side, on common random numbers.

A cycle ends when the queues are empty at every θ at once. That is a regeneration of all of them
together, so that each has E[T] = E[Q]/E[η] with the same η; their waiting times differ by as much
as θ does, and the variance of a difference stays bounded however small the step. (With a cycle
of its own for each θ their ends would differ with a probability of the step's order.)
"""

from typing import NamedTuple

import numpy as np

from ..jit.compile import subroutine
from ..jit.intrinsics import call
from ..random.strip import uniform_strip
from .block import replication_of, zeros
from .loop import estimator
from .regenerative_tape import GAP, SERVICE, STRIP


class RegenerativeDifferences(NamedTuple):
    """The kernel's slots: η, then Q at every design point (points of `run.parameters`).

    cycles: of a replication; by_wait: whether waiting times are read
    """

    NEEDS = ()  # of the model's operations

    cycles: int
    by_wait: bool


def _allocate(problem, run, method):
    points = run.parameters.shape[0]
    fresh = zeros(4 * STRIP // 64 + 1, 64)
    draws = zeros(2 * points * STRIP // 64 + 1, 64)
    return fresh, draws, np.zeros(points)


@subroutine
def _derive(problem, run, method, offset, mirrored, scratch, y, slots):
    fresh, draws, waits = scratch
    for lane in range(min(problem.lanes, run.count - offset)):
        slots[:, lane] = 0.0
        waits[:] = 0.0
        replication, n, cycles = replication_of(run, offset) + lane, 0, 0
        while cycles < method.cycles:
            if n % STRIP == 0:
                make(problem, run, replication, n, mirrored, fresh, draws)
            slots[0, lane] += 1.0
            if serve(method, n % STRIP, lane, draws, waits, slots):
                cycles += 1
            n += 1
        y[0, lane] = slots[0, lane]


@subroutine
def serve(method, k, lane, draws, waits, slots):
    """One customer in every queue; whether all of them are empty then."""
    idle = True
    for point in range(waits.shape[0]):
        service = draws[(2 * point + SERVICE) * STRIP + k]
        gap = draws[(2 * point + GAP) * STRIP + k]
        slots[1 + point, lane] += waits[point] + (0.0 if method.by_wait else service)
        waits[point] = max(waits[point] + service - gap, 0.0)
        idle = idle and waits[point] == 0.0
    return idle


@subroutine
def make(problem, run, replication, draw, mirrored, fresh, draws):
    """One strip of both inputs at every point, from the same uniforms."""
    for which in range(2):
        uniform_strip(
            STRIP // 2, draw // 2, which, replication, run.seed, mirrored, fresh, 2 * STRIP
        )
        for point in range(run.parameters.shape[0]):
            target = draws[(2 * point + which) * STRIP :]
            parameters = run.parameters[point, problem.first_parameter[which] :, 0]
            table = run.parameters[point, problem.first_table[which] :, 0]
            call(
                problem.variate[which], STRIP, 1, fresh, table, fresh, fresh, parameters, target,
                target,
            )  # fmt: skip


estimator(RegenerativeDifferences, _allocate, _derive)
