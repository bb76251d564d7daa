"""Differences over cycles: queues at several values of θ side by side, on common random numbers.

A cycle ends when the queues are empty at every θ at once. That is a regeneration of all of them
together, so that each has E[T] = E[Q]/E[η] with the same η; their waiting times differ by as much
as θ does, and the variance of a difference stays bounded however small the step. (With a cycle
of its own for each θ their ends would differ with a probability of the step's order.) A tail still
jumps: its differences want larger steps.
"""

from typing import NamedTuple

import numpy as np

from ..jit.compile import device, subroutine
from ..jit.intrinsics import call
from ..jit.pointers import beyond, real_at, whole_at
from ..random.strip import uniform_strip
from .block import replication_of, zeros
from .loop import estimator
from .regenerative_cycle import reading
from .regenerative_tape import GAP, SERVICE, STRIP, draws_of


class RegenerativeDifferences(NamedTuple):
    """The kernel's slots: η, then Q of every reading, at one design point after the other (points
    of `run.parameters`).

    cycles: of a replication; read: SYSTEM, WAIT or WORK; tail: (readings,) whether it is above a
    limit; limit: (points, readings)
    """

    NEEDS = ()  # of the model's operations

    cycles: int
    read: int
    tail: np.ndarray
    limit: np.ndarray


def _allocate(problem, run, method):
    points = run.parameters.shape[0]
    fresh = zeros(4 * STRIP // 64 + 1, 64)
    draws = zeros(2 * points * STRIP // 64 + 1, 64)
    return fresh, draws, np.zeros(points)


@subroutine
def _derive(problem, run, method, offset, mirrored, scratch, y, slots):
    fresh, made, waiting = scratch
    room = (real_at(fresh.ctypes.data), real_at(made.ctypes.data), real_at(waiting.ctypes.data))
    sizes = (run.parameters.shape[0], run.parameters.shape[1], len(method.tail), slots.shape[1])
    tail, limit = whole_at(method.tail.ctypes.data), real_at(method.limit.ctypes.data)
    reads, out = (method.read, tail, limit), real_at(slots.ctypes.data)
    for lane in range(min(problem.lanes, run.count - offset)):
        slots[:, lane] = 0.0
        waiting[:] = 0.0
        draws = draws_of(problem, run, replication_of(run, offset) + lane, mirrored)
        n, cycles = 0, 0
        while cycles < method.cycles:
            if n % STRIP == 0:
                make(draws, sizes, n, room)
            out[lane] += 1.0
            if serve(reads, sizes, n % STRIP, lane, room, out):
                cycles += 1
            n += 1
        y[0, lane] = out[lane]


@device
def serve(reads, sizes, k, lane, room, out):
    """One customer in every queue; whether all of them are empty then."""
    points, _, measures, lanes = sizes
    read, tail, limit = reads
    _, made, waits = room
    idle = True
    for point in range(points):
        service = made[(2 * point + SERVICE) * STRIP + k]
        gap = made[(2 * point + GAP) * STRIP + k]
        for j in range(measures):
            row = point * measures + j
            own = (read, tail[j], limit[row])
            out[(1 + row) * lanes + lane] += reading(own, waits[point], service)
        waits[point] = max(waits[point] + service - gap, 0.0)
        idle = idle and waits[point] == 0.0
    return idle


@subroutine
def make(draws, sizes, draw, room):
    """One strip of both inputs at every point, from the same uniforms."""
    variate, first_parameter, first_table, numbers, seed, replication, mirrored = draws
    fresh, made, _ = room
    for which in range(2):
        uniform_strip(STRIP // 2, draw // 2, which, replication, seed, mirrored, fresh, 2 * STRIP)
        for point in range(sizes[0]):
            target = beyond(made, (2 * point + which) * STRIP)
            own = beyond(numbers, point * sizes[1])
            parameters, table = beyond(own, first_parameter[which]), beyond(own, first_table[which])
            call(variate[which], STRIP, 1, fresh, table, fresh, fresh, parameters, target, target)


estimator(RegenerativeDifferences, _allocate, _derive)
