"""How much of one distribution lies above another: the integral of (1 - g/f)⁺ over f."""

from __future__ import annotations

import ctypes
import functools

import numpy as np

from ..kernels.jit.compile import Operation

# The integrand lies between 0 and 1, with kinks where the densities cross and steps where the
# distribution has atoms. An interval is halved until it and its halves agree to this.
PRECISION = 1e-13
_SMALLEST = 2.0**-53
# Clenshaw and Curtis's nodes, because both ends are among them: a step next to an end shows.
_NODES = np.cos(np.pi * np.arange(8, -1, -1) / 8.0)
_WEIGHTS = np.linalg.solve(
    np.polynomial.chebyshev.chebvander(_NODES, 8).T,
    [2.0 / (1.0 - k * k) if k % 2 == 0 else 0.0 for k in range(9)],
)


# Probabilities at which the quantiles of one component divide another: a peak of any width is
# between two of them.
_PLACES = np.array([_SMALLEST, 1e-9, 1e-4, 0.01, 0.1, 0.3, 0.5])


@functools.lru_cache(maxsize=256)
def excess(
    operation: Operation,
    parameters: tuple,
    own: tuple[Operation, tuple],
    others: tuple[tuple[Operation, tuple], ...],
) -> float:
    """∫ (share of f at its quantile u that lies above g) du, by halving intervals of u.

    The first intervals shrink towards 0 and 1, because densities often cross far in a tail,
    and end where the quantiles of g's components lie.

    Parameters
    ----------
    operation : row operation of u
    parameters : its block
    own, others : variates of f and of the components of g, and their parameters
    """
    tail = 2.0 ** np.arange(-53.0, -6.0)
    evenly = np.linspace(0.0, 1.0, 65)
    ends = np.unique(np.concatenate([evenly, tail, 1.0 - tail, _places(own, others)]))
    low, width = ends[:-1], np.diff(ends)
    total, coarse = 0.0, _integrals(operation, parameters, low, width)
    while len(low):
        width = np.tile(0.5 * width, 2)
        halves = np.concatenate([low, low + width[: len(low)]])
        fine = _integrals(operation, parameters, halves, width)
        both = fine.reshape(2, -1).sum(axis=0)
        done = (np.abs(both - coarse) <= PRECISION) | (width[: len(low)] <= PRECISION)
        total += float(both[done].sum())
        left = np.tile(~done, 2)
        low, width, coarse = halves[left], width[left], fine[left]
    return total


def _places(
    own: tuple[Operation, tuple], others: tuple[tuple[Operation, tuple], ...]
) -> np.ndarray:
    """The uniforms at which f's variate passes the quantiles of g's components, by halving."""
    both = np.concatenate([_PLACES, 1.0 - _PLACES[:-1]])
    targets = np.concatenate([_row(*other, both) for other in others])
    low, high = np.full(len(targets), _SMALLEST), np.full(len(targets), 1.0 - _SMALLEST)
    rising = _row(*own, low[:1])[0] <= _row(*own, high[:1])[0]
    for _ in range(53):
        middle = 0.5 * (low + high)
        above = (_row(*own, middle) < targets) == rising
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return high


def _integrals(
    operation: Operation, parameters: tuple, low: np.ndarray, width: np.ndarray
) -> np.ndarray:
    """The integral over each interval."""
    u = np.ravel(low[:, None] + width[:, None] * (0.5 + 0.5 * _NODES))
    values = _row(operation, parameters, np.clip(u, _SMALLEST, 1.0 - _SMALLEST))
    integrals: np.ndarray = 0.5 * width * (values.reshape(-1, len(_NODES)) @ _WEIGHTS)
    return integrals


def _row(operation: Operation, parameters: tuple, u: np.ndarray) -> np.ndarray:
    """A row operation of u."""
    block, out = np.array(parameters, dtype=float), np.empty(len(u))
    pointer = ctypes.POINTER(ctypes.c_double)
    arrays = (np.ascontiguousarray(u), u, u, u, block, out, out)
    operation.compiled.ctypes(len(u), 1, *(a.ctypes.data_as(pointer) for a in arrays))
    return out
