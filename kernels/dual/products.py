"""Products of vectors and matrices of duals: np.dot, np.outer, and the operator @."""

import operator

import numpy as np
from numba import types
from numba.extending import overload
from numba.np.arrayobj import numpy_empty_nd

from ..jit.compile import USER_FLAGS
from .number import Dual, is_plain


def _dual_of(a, b):
    """The dual in two arrays of numbers; None where the compiler's own product will do."""
    if not all(isinstance(array, types.Array) for array in (a, b)):
        return None
    inner = [array.dtype for array in (a, b)]
    if not all(is_plain(kind) or isinstance(kind, Dual) for kind in inner):
        return None
    return next((kind for kind in inner if isinstance(kind, Dual)), None)


def _product(a, b):
    """The loop for a product of these types; None if there is none."""
    kind = _dual_of(a, b)
    if kind is None or not {a.ndim, b.ndim} <= {1, 2}:
        return None
    rows, columns = a.ndim == 2, b.ndim == 2
    made_type = types.Array(kind, max(rows + columns, 1), "C")
    return {
        (False, False): _inner,
        (True, False): _matrix_vector(made_type),
        (False, True): _vector_matrix(made_type),
        (True, True): _matrix_matrix(made_type),
    }[rows, columns]


def _inner(a, b):
    if len(a) != len(b):
        raise ValueError("arrays of different lengths")
    total = 0.0
    for i in range(len(a)):
        total += a[i] * b[i]
    return total


def _matrix_vector(made_type):
    def product(a, b):
        if a.shape[1] != len(b):
            raise ValueError("a matrix and a vector of different lengths")
        made = numpy_empty_nd(a.shape[0], None, made_type)
        for i in range(a.shape[0]):
            made[i] = 0.0
            for j in range(len(b)):
                made[i] += a[i, j] * b[j]
        return made

    return product


def _vector_matrix(made_type):
    def product(a, b):
        if len(a) != b.shape[0]:
            raise ValueError("a vector and a matrix of different lengths")
        made = numpy_empty_nd(b.shape[1], None, made_type)
        for j in range(b.shape[1]):
            made[j] = 0.0
            for i in range(len(a)):
                made[j] += a[i] * b[i, j]
        return made

    return product


def _matrix_matrix(made_type):
    def product(a, b):
        if a.shape[1] != b.shape[0]:
            raise ValueError("two matrices that do not fit")
        made = numpy_empty_nd((a.shape[0], b.shape[1]), None, made_type)
        for i in range(a.shape[0]):
            for j in range(b.shape[1]):
                made[i, j] = 0.0
                for k in range(a.shape[1]):
                    made[i, j] += a[i, k] * b[k, j]
        return made

    return product


def _stand_in(original):
    def product(a, b):
        return original(a, b)

    product.__name__ = original.__name__

    @overload(product, jit_options=USER_FLAGS)
    def implementation(a, b):
        if _dual_of(a, b) is None:
            return lambda a, b: original(a, b)
        return _product(a, b)

    return product


@overload(operator.matmul, jit_options=USER_FLAGS)
def _matmul(a, b):
    return _product(a, b)


def _outer(a, b):
    return np.outer(a, b)


@overload(_outer, jit_options=USER_FLAGS)
def _outer_of(a, b):
    kind = _dual_of(a, b)
    if kind is None:
        return lambda a, b: np.outer(a, b)
    made_type = types.Array(kind, 2, "C")

    def product(a, b):
        made = numpy_empty_nd((a.size, b.size), None, made_type)
        for i in range(a.size):
            for j in range(b.size):
                made[i, j] = a[i] * b[j]
        return made

    return product


PRODUCTS = {np.dot: _stand_in(np.dot), np.outer: _outer}
