"""How much of one law lies above another: the integral of (1 - g/f)⁺ over f."""

from __future__ import annotations

import ctypes
import functools

import numpy as np

from .kernels.compile import Operation

# The integrand lies between 0 and 1, with kinks where the densities cross and steps where the
# law has atoms. An interval is halved until it and its halves agree to this.
PRECISION = 1e-13
_SMALLEST = 2.0**-53
# Clenshaw and Curtis's nodes, because both ends are among them: a step next to an end shows.
_NODES = np.cos(np.pi * np.arange(8, -1, -1) / 8.0)
_WEIGHTS = np.linalg.solve(
    np.polynomial.chebyshev.chebvander(_NODES, 8).T,
    [2.0 / (1.0 - k * k) if k % 2 == 0 else 0.0 for k in range(9)],
)


@functools.lru_cache(maxsize=256)
def excess(operation: Operation, parameters: tuple) -> float:
    """∫ (share of f at its quantile u that lies above g) du, by halving intervals of u.

    Densities often cross far in a tail: the first intervals shrink towards 0 and 1.

    Parameters
    ----------
    operation : row operation of u
    parameters : its block
    """
    tail = 2.0 ** np.arange(-53.0, -6.0)
    edges = np.concatenate([[0.0], tail, np.arange(1, 64) / 64.0, 1.0 - tail[::-1], [1.0]])
    low, width = edges[:-1], np.diff(edges)
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


def _integrals(
    operation: Operation, parameters: tuple, low: np.ndarray, width: np.ndarray
) -> np.ndarray:
    """The integral over each interval."""
    u = np.ravel(low[:, None] + width[:, None] * (0.5 + 0.5 * _NODES))
    u = np.clip(u, _SMALLEST, 1.0 - _SMALLEST)
    block, out = np.array(parameters, dtype=float), np.empty(len(u))
    pointer = ctypes.POINTER(ctypes.c_double)
    arrays = (u, u, u, u, block, out, out)
    operation.compiled.ctypes(len(u), 1, *(a.ctypes.data_as(pointer) for a in arrays))
    integrals: np.ndarray = 0.5 * width * (out.reshape(-1, len(_NODES)) @ _WEIGHTS)
    return integrals
