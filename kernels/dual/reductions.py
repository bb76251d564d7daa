"""NumPy's functions of whole arrays, for arrays of duals: loops where NumPy has ufuncs."""

import math

import numpy as np
from numba import types
from numba.extending import overload
from numba.np.arrayobj import numpy_empty_nd

from ..jit.compile import USER_FLAGS
from .number import Dual, plain_of


def _is_of_duals(kind):
    return isinstance(kind, types.Array) and isinstance(kind.dtype, Dual)


def _reduction(original, reduce):
    """A function (a, axis); `reduce` is the loop for duals, over the whole of an array."""

    def stand_in(a, axis=None):
        return original(a) if axis is None else original(a, axis)

    stand_in.__name__ = original.__name__

    @overload(stand_in, jit_options=USER_FLAGS)
    def implementation(a, axis=None):
        none = axis is None or isinstance(axis, (types.Omitted, types.NoneType))
        if not _is_of_duals(a):
            if none:
                return lambda a, axis=None: original(a)
            return lambda a, axis=None: original(a, axis)
        if none:
            return lambda a, axis=None: reduce(a)
        if a.ndim != 2:
            return None
        made_type = types.Array(a.dtype, 1, "C")

        def by_axis(a, axis=None):
            if axis == 0 or axis == -2:
                made = numpy_empty_nd(a.shape[1], None, made_type)
                for k in range(a.shape[1]):
                    made[k] = reduce(a[:, k])
            else:
                made = numpy_empty_nd(a.shape[0], None, made_type)
                for k in range(a.shape[0]):
                    made[k] = reduce(a[k, :])
            return made

        return by_axis

    return stand_in


def _whole(original, compute):
    """A function of one array, of the whole of it."""

    def stand_in(a):
        return original(a)

    stand_in.__name__ = original.__name__

    @overload(stand_in, jit_options=USER_FLAGS)
    def implementation(a):
        return compute if _is_of_duals(a) else (lambda a: original(a))

    return stand_in


def _loop(function):
    """A loop that other loops call: compiled with them."""

    @overload(function, jit_options=USER_FLAGS)
    def implementation(a):
        return function

    return function


@_loop
def _sum(a):
    total = 0.0
    for value in a.flat:
        total += value
    return total


@_loop
def _mean(a):
    total = 0.0
    for value in a.flat:
        total += value
    return total / a.size


@_loop
def _prod(a):
    total = 1.0
    for value in a.flat:
        total *= value
    return total


@_loop
def _max(a):
    largest = a.flat[0]
    for value in a.flat:
        largest = max(largest, value)
    return largest


@_loop
def _min(a):
    smallest = a.flat[0]
    for value in a.flat:
        smallest = min(smallest, value)
    return smallest


@_loop
def _var(a):
    mean, total = _mean(a), 0.0
    for value in a.flat:
        total += (value - mean) * (value - mean)
    return total / a.size


@_loop
def _std(a):
    return math.sqrt(_var(a))


@_loop
def _norm(a):
    total = 0.0
    for value in a.flat:
        total += value * value
    return math.sqrt(total)


@_loop
def _median(a):
    ordered, middle = _sort(a), len(a) // 2
    if len(a) % 2 == 1:
        return ordered[middle] + 0.0
    return 0.5 * (ordered[middle - 1] + ordered[middle])


def _cumsum(a):
    made = a.copy()
    for i in range(1, len(a)):
        made[i] += made[i - 1]
    return made


def _cumprod(a):
    made = a.copy()
    for i in range(1, len(a)):
        made[i] *= made[i - 1]
    return made


def _diff(a):
    made = a[1:].copy()
    for i in range(len(made)):
        made[i] -= a[i]
    return made


@_loop
def _sort(a):
    made = a.copy()
    order = np.argsort(_values(a))
    for i in range(len(a)):
        made[i] = a[order[i]]
    return made


def _argsort(a):
    return np.argsort(_values(a))


def _argmax(a):
    return np.argmax(_values(a))


def _argmin(a):
    return np.argmin(_values(a))


def _values(a):
    raise NotImplementedError


@overload(_values, jit_options=USER_FLAGS)
def _values_of(a):
    def values(a):
        made = np.empty(a.size)
        for i, value in enumerate(a.flat):
            made[i] = plain_of(value)
        return made

    return values


# NumPy's function: what stands for it, which knows other arrays too.
REDUCTIONS = {
    np.sum: _reduction(np.sum, _sum),
    np.mean: _reduction(np.mean, _mean),
    np.prod: _reduction(np.prod, _prod),
    np.max: _reduction(np.max, _max),
    np.min: _reduction(np.min, _min),
    np.std: _reduction(np.std, _std),
    np.var: _reduction(np.var, _var),
    np.median: _whole(np.median, _median),
    np.cumsum: _whole(np.cumsum, _cumsum),
    np.cumprod: _whole(np.cumprod, _cumprod),
    np.diff: _whole(np.diff, _diff),
    np.sort: _whole(np.sort, _sort),
    np.argsort: _whole(np.argsort, _argsort),
    np.argmax: _whole(np.argmax, _argmax),
    np.argmin: _whole(np.argmin, _argmin),
}
NORM = _whole(np.linalg.norm, _norm)
# Methods of arrays: the function of the same name, of the array.
METHODS = {
    name: REDUCTIONS[getattr(np, name)]
    for name in (
        "sum", "mean", "prod", "max", "min", "std", "var",
        "cumsum", "cumprod", "argsort", "argmax", "argmin",
    )
}  # fmt: skip
