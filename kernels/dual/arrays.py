"""Arrays of duals, and a NumPy whose arrays of real numbers are arrays of duals.

An array made by np.zeros(n) inside a user's function may be given duals later. So the
function that is compiled for duals does not see NumPy but a stand-in for it, in which the
functions that make arrays make arrays of duals.
"""

import functools
from types import ModuleType

import numpy as np
from numba import types
from numba.extending import overload
from numba.np.arrayobj import numpy_empty_nd

from ..jit.compile import USER_FLAGS
from .lookup import LOOKUPS
from .number import Dual
from .products import PRODUCTS
from .reductions import NORM, REDUCTIONS


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


def _eye(kind):
    def eye(n):
        return np.eye(n)

    @overload(eye, jit_options=USER_FLAGS)
    def implementation(n):
        array = types.Array(kind, 2, "C")

        def filled(n):
            made = numpy_empty_nd((n, n), None, array)
            made[...] = 0.0
            for i in range(n):
                made[i, i] = 1.0
            return made

        return filled

    return eye


def _arange(kind):
    """np.arange: of whole numbers it stays an array of them."""
    array = types.Array(kind, 1, "C")

    def arange(start, stop=None, step=None):
        return np.arange(start, stop, step)

    @overload(arange, jit_options=USER_FLAGS)
    def implementation(start, stop=None, step=None):
        given = [
            n for n in (start, stop, step)
            if n is not None and not isinstance(n, (types.Omitted, types.NoneType))
        ]  # fmt: skip
        form = ", ".join(("start", "stop", "step")[: len(given)])
        real = any(isinstance(n, types.Float) for n in given)
        lines = ["def made(start, stop=None, step=None):", f"    plain = np.arange({form})"]
        if real:
            lines += ["    duals = numpy_empty_nd(len(plain), None, array)"]
            lines += ["    for i in range(len(plain)):", "        duals[i] = plain[i]"]
        lines += ["    return duals" if real else "    return plain"]
        scope = {"np": np, "numpy_empty_nd": numpy_empty_nd, "array": array}
        exec("\n".join(lines), scope)
        return scope["made"]

    return arange


def _linspace(kind):
    array = types.Array(kind, 1, "C")

    def linspace(start, stop, num=50):
        return np.linspace(start, stop, num)

    @overload(linspace, jit_options=USER_FLAGS)
    def implementation(start, stop, num=50):
        def filled(start, stop, num=50):
            made = numpy_empty_nd(num, None, array)
            for i in range(num):
                made[i] = start + i * ((stop - start) / (num - 1)) if num > 1 else start + 0.0
            if num > 1:
                made[num - 1] = stop
            return made

        return filled

    return linspace


def _element(values):
    """The type of the numbers in an array or in nested lists and tuples, and how deep they lie."""
    if isinstance(values, types.Array):
        return values.dtype, values.ndim
    if isinstance(values, types.BaseTuple):
        inner = [_element(one) for one in values]
        real = next((one for one in inner if isinstance(one[0], (types.Float, Dual))), inner[0])
        return real[0], real[1] + 1
    if hasattr(values, "dtype"):
        kind, depth = _element(values.dtype)
        return kind, depth + 1
    return values, 0


def _array(kind):
    """np.array of a list or tuple of numbers, of such of such, or of an array."""

    def array(values):
        return np.array(values)

    @overload(array, jit_options=USER_FLAGS)
    def implementation(values):
        element, depth = _element(values)
        if not isinstance(element, (types.Float, Dual)):
            return lambda values: np.array(values)
        made_type = types.Array(kind, depth, "C")
        if isinstance(values, types.Array):

            def same(values):
                made = numpy_empty_nd(values.shape, None, made_type)
                for i in np.ndindex(values.shape):
                    made[i] = values[i]
                return made

            return same
        if depth == 1:

            def copied(values):
                made = numpy_empty_nd(len(values), None, made_type)
                for i in range(len(values)):
                    made[i] = values[i]
                return made

            return copied

        def rows(values):
            made = numpy_empty_nd((len(values), len(values[0])), None, made_type)
            for i in range(len(values)):
                if len(values[i]) != len(values[0]):
                    raise ValueError("rows of different lengths")
                for j in range(len(values[i])):
                    made[i, j] = values[i][j]
            return made

        return rows if depth == 2 else None

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
        np.eye: _eye(kind),
        np.identity: _eye(kind),
        np.arange: _arange(kind),
        np.linspace: _linspace(kind),
        **REDUCTIONS,
        **PRODUCTS,
        **LOOKUPS,
        np.linalg: _stand_in(np.linalg, {id(np.linalg.norm): NORM}),
    }
    by_identity = {id(original): made for original, made in instead.items()}
    by_identity[id(np.linalg.norm)] = NORM
    by_identity[id(np)] = _stand_in(np, by_identity)
    return lambda value: by_identity.get(id(value), value)


def _stand_in(module, by_identity):
    """The module with other things in it; were it named "numpy", Numba would rewrite np.array."""
    made = ModuleType(f"{module.__name__}_of_duals")
    for name, value in vars(module).items():
        if not name.startswith("__"):
            setattr(made, name, by_identity.get(id(value), value))
    return made
