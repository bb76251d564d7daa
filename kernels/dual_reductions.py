"""NumPy's functions of one array, for arrays of duals."""

import numpy as np
from numba.extending import overload

from .compile import USER_FLAGS
from .dual import Dual, plain_of


def _reduction(original, reduce):
    """A function of one array; `reduce` is the loop for duals."""

    def stand_in(a):
        return original(a)

    @overload(stand_in, jit_options=USER_FLAGS)
    def implementation(a):
        if isinstance(getattr(a, "dtype", None), Dual):
            return reduce
        return lambda a: original(a)

    return stand_in


def _sum(a):
    total = 0.0
    for value in a.flat:
        total += value
    return total


def _mean(a):
    total = 0.0
    for value in a.flat:
        total += value
    return total / a.size


def _max(a):
    largest = a.flat[0]
    for value in a.flat:
        largest = max(largest, value)
    return largest


def _min(a):
    smallest = a.flat[0]
    for value in a.flat:
        smallest = min(smallest, value)
    return smallest


def _cumsum(a):
    made = a.copy()
    for i in range(1, len(a)):
        made[i] += made[i - 1]
    return made


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
        made = np.empty(len(a))
        for i in range(len(a)):
            made[i] = plain_of(a[i])
        return made

    return values


def _dot(a, b):
    return np.dot(a, b)


@overload(_dot, jit_options=USER_FLAGS)
def _dot_of(a, b):
    if not any(isinstance(array.dtype, Dual) for array in (a, b)):
        return lambda a, b: np.dot(a, b)
    if a.ndim != 1 or b.ndim != 1:
        return None

    def product(a, b):
        total = 0.0
        for i in range(len(a)):
            total += a[i] * b[i]
        return total

    return product


# NumPy's function: what stands for it, which knows other arrays too.
REDUCTIONS = {
    np.sum: _reduction(np.sum, _sum),
    np.mean: _reduction(np.mean, _mean),
    np.max: _reduction(np.max, _max),
    np.min: _reduction(np.min, _min),
    np.cumsum: _reduction(np.cumsum, _cumsum),
    np.sort: _reduction(np.sort, _sort),
    np.argsort: _reduction(np.argsort, _argsort),
    np.argmax: _reduction(np.argmax, _argmax),
    np.argmin: _reduction(np.argmin, _argmin),
    np.dot: _dot,
}
