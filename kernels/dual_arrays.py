"""Arrays of duals, and a NumPy whose arrays of real numbers are arrays of duals.

An array made by np.zeros(n) inside a user's function may be given duals later. So the
function that is compiled for duals does not see NumPy but a stand-in for it, in which the
functions that make arrays make arrays of duals.
"""

import functools
from types import ModuleType

import numpy as np
from numba import types
from numba.core import cgutils
from numba.core.imputils import impl_ret_borrowed
from numba.extending import intrinsic, overload
from numba.np.arrayobj import make_array, numpy_empty_nd, populate_array

from .compile import USER_FLAGS
from .dual import Dual
from .dual_reductions import REDUCTIONS


@intrinsic
def as_duals(typingctx, raw, count, like):
    """An array of duals (not to be written) over an array of doubles, value first."""
    kind = types.Array(like, 1, "C", readonly=True)

    def codegen(context, builder, signature, args):
        doubles = make_array(raw)(context, builder, args[0])
        array = make_array(kind)(context, builder)
        size = context.get_constant(types.intp, context.get_abi_sizeof(context.get_data_type(like)))
        pointer = context.get_data_type(like).as_pointer()
        populate_array(
            array,
            data=builder.bitcast(doubles.data, pointer),
            shape=cgutils.pack_array(builder, [args[1]]),
            strides=cgutils.pack_array(builder, [size]),
            itemsize=size,
            meminfo=doubles.meminfo,
        )
        return impl_ret_borrowed(context, builder, kind, array._getvalue())

    return kind(raw, types.intp, like), codegen


def _zeros(shape, dtype=float):
    raise NotImplementedError


def _is_real(dtype):
    """Whether an array of this type holds real numbers."""
    if isinstance(dtype, types.Omitted):
        dtype = dtype.value
    if isinstance(dtype, types.NumberClass):
        return isinstance(dtype.dtype, types.Float)
    return dtype is float or dtype == types.Function or "float" in str(dtype)


def _dimensions(shape):
    return len(shape) if isinstance(shape, types.BaseTuple) else 1


def _filled(kind, value, original):
    """A function (shape, dtype) that makes arrays of duals with this value everywhere."""

    def make(shape, dtype=float):
        return original(shape, dtype)

    @overload(make, jit_options=USER_FLAGS)
    def implementation(shape, dtype=float):
        if not _is_real(dtype):
            return lambda shape, dtype=float: original(shape, dtype)
        array = types.Array(kind, _dimensions(shape), "C")

        def filled(shape, dtype=float):
            made = numpy_empty_nd(shape, dtype, array)
            made[...] = value
            return made

        return filled

    return make


def _full(kind):
    def full(shape, fill_value, dtype=None):
        return np.full(shape, fill_value, dtype)

    @overload(full, jit_options=USER_FLAGS)
    def implementation(shape, fill_value, dtype=None):
        array = types.Array(kind, _dimensions(shape), "C")

        def filled(shape, fill_value, dtype=None):
            made = numpy_empty_nd(shape, dtype, array)
            made[...] = fill_value
            return made

        return filled

    return full


def _like(kind, value, original):
    def make(a):
        return original(a)

    @overload(make, jit_options=USER_FLAGS)
    def implementation(a):
        if not isinstance(a, types.Array) or not isinstance(a.dtype, (types.Float, Dual)):
            return lambda a: original(a)
        array = types.Array(kind, a.ndim, "C")

        def filled(a):
            made = numpy_empty_nd(a.shape, None, array)
            made[...] = value
            return made

        return filled

    return make


def _array(kind):
    """np.array of a list or tuple of numbers, or of an array."""

    def array(values):
        return np.array(values)

    @overload(array, jit_options=USER_FLAGS)
    def implementation(values):
        element = getattr(values, "dtype", None)
        if element is None and isinstance(values, types.BaseTuple):
            element = kind if any(isinstance(t, (types.Float, Dual)) for t in values) else None
        if not isinstance(element, (types.Float, Dual)):
            return lambda values: np.array(values)
        made_type = types.Array(kind, 1, "C")

        def copied(values):
            made = numpy_empty_nd(len(values), None, made_type)
            for i in range(len(values)):
                made[i] = values[i]
            return made

        return copied

    return array


@functools.cache
def swap(kind):
    """The exchange of what a function refers to, when it is compiled for these duals."""
    instead = {
        np.zeros: _filled(kind, 0.0, np.zeros),
        np.empty: _filled(kind, 0.0, np.empty),
        np.ones: _filled(kind, 1.0, np.ones),
        np.full: _full(kind),
        np.zeros_like: _like(kind, 0.0, np.zeros_like),
        np.empty_like: _like(kind, 0.0, np.empty_like),
        np.ones_like: _like(kind, 1.0, np.ones_like),
        np.array: _array(kind),
        np.asarray: _array(kind),
        **REDUCTIONS,
    }
    by_identity = {id(original): made for original, made in instead.items()}
    stand_in = ModuleType("numpy_of_duals")  # were it "numpy", Numba would rewrite np.array([x])
    for name, value in vars(np).items():
        if not name.startswith("__"):
            setattr(stand_in, name, by_identity.get(id(value), value))
    by_identity[id(np)] = stand_in
    return lambda value: by_identity.get(id(value), value)
