"""How much of one law lies above another: the integral of (1 - g/f)⁺ over f."""

from __future__ import annotations

import ctypes
import functools

import numpy as np

from .kernels.compile import Operation

# The integrand lies between 0 and 1, with kinks where the densities cross and steps where the
# law has atoms. An interval is halved until 10 points and twice 10 points agree to this.
PRECISION = 1e-12
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(10)


@functools.lru_cache(maxsize=256)
def excess(operation: Operation, parameters: tuple) -> float:
    """∫ (share of f at its quantile u that lies above g) du, by halving intervals of u.

    Parameters
    ----------
    operation : row operation of u
    parameters : its block
    """
    low, width, total = np.zeros(1), 1.0, 0.0
    coarse = _integrals(operation, parameters, low, width)
    while len(low) and width > PRECISION:
        width *= 0.5
        halves = np.concatenate([low, low + width])
        fine = _integrals(operation, parameters, halves, width)
        both = fine.reshape(2, -1).sum(axis=0)
        done = np.abs(both - coarse) <= PRECISION
        total += float(both[done].sum())
        low, coarse = halves[np.tile(~done, 2)], fine[np.tile(~done, 2)]
    return total + float(coarse.sum())


def _integrals(
    operation: Operation, parameters: tuple, low: np.ndarray, width: float
) -> np.ndarray:
    """The integral over each interval from `low`, all of the same width."""
    u = np.ravel(low[:, None] + width * (0.5 + 0.5 * _NODES))
    block, out = np.array(parameters, dtype=float), np.empty(len(u))
    pointer = ctypes.POINTER(ctypes.c_double)
    arrays = (u, u, u, u, block, out, out)
    operation.compiled.ctypes(len(u), 1, *(a.ctypes.data_as(pointer) for a in arrays))
    integrals: np.ndarray = width * 0.5 * out.reshape(-1, len(_NODES)) @ _WEIGHTS
    return integrals
