"""Arithmetic on whole arrays of duals, one-dimensional: element by element."""

import operator

import numpy as np
from numba import types
from numba.extending import overload
from numba.np.arrayobj import numpy_empty_nd

from .compile import USER_FLAGS
from .dual import Dual, is_plain

BINARY = (
    operator.add, operator.sub, operator.mul, operator.truediv, operator.pow,
    np.add, np.subtract, np.multiply, np.divide, np.power, np.maximum, np.minimum,
)  # fmt: skip
COMPARISONS = (
    operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne,
)  # fmt: skip
UNARY = (
    operator.neg, np.abs, np.sqrt, np.exp, np.expm1, np.log, np.log1p, np.sin, np.cos, np.tanh,
    np.square,
)  # fmt: skip


def _is_row(kind):
    return isinstance(kind, types.Array) and kind.ndim == 1


def _dual_of(*kinds):
    """The dual in a row of duals, or in a number that meets a row; None if there is no such."""
    rows = [kind for kind in kinds if _is_row(kind)]
    if not rows or not all(_is_row(k) or is_plain(k) or isinstance(k, Dual) for k in kinds):
        return None
    inner = [kind.dtype if _is_row(kind) else kind for kind in kinds]
    return next((kind for kind in inner if isinstance(kind, Dual)), None)


def _enter_binary(function, compares):
    @overload(function, jit_options=USER_FLAGS)
    def implementation(a, b):
        kind = _dual_of(a, b)
        if kind is None:
            return None
        made_type = types.Array(types.boolean if compares else kind, 1, "C")
        if _is_row(a) and _is_row(b):

            def rows(a, b):
                if len(a) != len(b):
                    raise ValueError("arrays of different lengths")
                made = numpy_empty_nd(len(a), None, made_type)
                for i in range(len(a)):
                    made[i] = function(a[i], b[i])
                return made

            return rows
        if _is_row(a):

            def left(a, b):
                made = numpy_empty_nd(len(a), None, made_type)
                for i in range(len(a)):
                    made[i] = function(a[i], b)
                return made

            return left

        def right(a, b):
            made = numpy_empty_nd(len(b), None, made_type)
            for i in range(len(b)):
                made[i] = function(a, b[i])
            return made

        return right


def _enter_unary(function):
    @overload(function, jit_options=USER_FLAGS)
    def implementation(a):
        kind = _dual_of(a)
        if kind is None:
            return None
        made_type = types.Array(kind, 1, "C")

        def row(a):
            made = numpy_empty_nd(len(a), None, made_type)
            for i in range(len(a)):
                made[i] = function(a[i])
            return made

        return row


for _function in BINARY:
    _enter_binary(_function, False)
for _function in COMPARISONS:
    _enter_binary(_function, True)
for _function in UNARY:
    _enter_unary(_function)
