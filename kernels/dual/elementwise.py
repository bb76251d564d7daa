"""Arithmetic on whole arrays of duals, element by element, with NumPy's broadcasting."""

import operator

import numpy as np
from numba import types
from numba.core.typing.npydecl import NumpyRulesInplaceArrayOperator
from numba.extending import overload
from numba.np.arrayobj import numpy_empty_nd

from ..jit.compile import USER_FLAGS
from .number import Dual, is_plain

BINARY = (
    operator.add, operator.sub, operator.mul, operator.truediv, operator.pow,
    np.add, np.subtract, np.multiply, np.divide, np.power, np.maximum, np.minimum, operator.mod,
    np.mod, np.arctan2, np.hypot,
)  # fmt: skip
IN_PLACE = {
    operator.iadd: operator.add,
    operator.isub: operator.sub,
    operator.imul: operator.mul,
    operator.itruediv: operator.truediv,
    operator.ipow: operator.pow,
}
COMPARISONS = (
    operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne,
)  # fmt: skip
UNARY = (
    operator.neg, np.abs, np.sqrt, np.exp, np.expm1, np.log, np.log1p, np.sin, np.cos, np.tanh,
    np.square, np.tan, np.sinh, np.cosh, np.arcsin, np.arccos, np.arctan, np.log2, np.log10,
    np.floor, np.ceil, np.sign,
)  # fmt: skip


def _inner(kind):
    return kind.dtype if isinstance(kind, types.Array) else kind


def _dual_of(*kinds):
    """The dual in an array of duals, or in a number that meets an array; None without such."""
    if not any(isinstance(kind, types.Array) for kind in kinds):
        return None
    inner = [_inner(kind) for kind in kinds]
    if not all(is_plain(kind) or isinstance(kind, Dual) for kind in inner):
        return None
    return next((kind for kind in inner if isinstance(kind, Dual)), None)


def _dimensions(kind):
    return kind.ndim if isinstance(kind, types.Array) else 0


def _enter(function, count, compares=False):
    """Teach the compiler a function of `count` arguments, some of them arrays."""

    def implementation(*kinds):
        kind = _dual_of(*kinds)
        if kind is None:
            return None
        dimensions = max(map(_dimensions, kinds))
        made_type = types.Array(types.boolean if compares else kind, dimensions, "C")
        return _loop(function, [_dimensions(k) for k in kinds], made_type)

    names = ("a", "b", "c")[:count]
    scope = {"implementation": implementation}
    exec(f"def typed({', '.join(names)}):\n    return implementation({', '.join(names)})", scope)
    overload(function, jit_options=USER_FLAGS)(scope["typed"])


def _loop(function, dimensions, made_type):
    """The loop over all elements; numbers meet every element."""
    names = ("a", "b", "c")[: len(dimensions)]
    arrays = [name for name, n in zip(names, dimensions) if n]
    flat = all(n in (0, 1) for n in dimensions)
    taken = ", ".join(f"{n}[i]" if n in arrays else n for n in names)
    lines = [f"def loop({', '.join(names)}):"]
    if flat:
        lines += [f"    size = len({arrays[0]})"]
        for other in arrays[1:]:
            lines += [f"    if len({other}) != size:"]
            lines += ["        raise ValueError('arrays of different lengths')"]
        lines += ["    made = numpy_empty_nd(size, None, made_type)", "    for i in range(size):"]
    else:
        shapes = ", ".join(f"{name}.shape" for name in arrays)
        lines += [f"    shape = np.broadcast_shapes({shapes})"]
        lines += [f"    {name} = np.broadcast_to({name}, shape)" for name in arrays]
        lines += ["    made = numpy_empty_nd(shape, None, made_type)"]
        lines += ["    for i in np.ndindex(shape):"]
    lines += [f"        made[i] = function({taken})", "    return made"]
    scope = {
        "np": np,
        "function": function,
        "numpy_empty_nd": numpy_empty_nd,
        "made_type": made_type,
    }
    exec("\n".join(lines), scope)
    return scope["loop"]


def _leave_to_us(template):
    """Numba's rule of `a += b` on arrays fails where it finds nothing, and hides ours."""
    theirs = template.generic

    def generic(self, args, kws):
        return None if _dual_of(*args) is not None else theirs(self, args, kws)

    template.generic = generic


def _enter_in_place(function, plain):
    @overload(function, jit_options=USER_FLAGS)
    def implementation(a, b):
        if not isinstance(a, types.Array) or not isinstance(a.dtype, Dual):
            return None

        def loop(a, b):
            a[...] = plain(a, b)
            return a

        return loop


for _function in BINARY:
    _enter(_function, 2)
for _function in COMPARISONS:
    _enter(_function, 2, compares=True)
for _function in UNARY:
    _enter(_function, 1)
for _function, _plain in IN_PLACE.items():
    _enter_in_place(_function, _plain)
_leave_to_us(NumpyRulesInplaceArrayOperator)
_enter(np.where, 3)
_enter(np.clip, 3)
