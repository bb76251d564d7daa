"""Call a compiled row operation of a distribution from Python."""

import ctypes

import numpy as np

_POINTER = ctypes.POINTER(ctypes.c_double)


def row(distribution, name, u=None, x=None, v=None, w=None):
    """The operation at every element: an array, or a pair of arrays for a weak derivative."""
    given = [a for a in (u, x, v, w) if a is not None]
    size = len(given[0])
    arrays = [
        np.ascontiguousarray(np.zeros(size) if a is None else a, dtype=float) for a in (u, x, v, w)
    ]
    parameters = np.array(distribution.values, dtype=float)
    out, second = np.empty(size), np.empty(size)
    pointers = [a.ctypes.data_as(_POINTER) for a in (*arrays, parameters, out, second)]
    distribution.operation(name).compiled.ctypes(size, 1, *pointers)
    return (out, second) if name.startswith(("natural", "hahn_jordan", "conditional")) else out


def variates_by_lane(distribution, u):
    """The same, every lane with parameters of its own (which are the same for all)."""
    u = np.ascontiguousarray(u, dtype=float)
    parameters = np.repeat(np.array(distribution.values, dtype=float)[:, None], len(u), axis=1)
    out = np.empty(len(u))
    pointers = [a.ctypes.data_as(_POINTER) for a in (u, u, u, u, parameters, out, out)]
    distribution.operation("variate").compiled.ctypes(len(u), len(u), *pointers)
    return out


def variates(distribution, u):
    """The variates made of these uniforms."""
    return row(distribution, "variate", u=np.atleast_1d(u))
