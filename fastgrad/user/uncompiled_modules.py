"""A math and a NumPy whose functions take numbers with tangents: what a function sees that is
run as plain Python for its derivative. Arrays of real numbers are arrays of objects there.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
from scipy import special

from ..core.tracer import RULES, Traced, value_of

_NAMES = {"asin": "arcsin", "acos": "arccos", "atan": "arctan", "atan2": "arctan2", "fabs": "abs"}
_SPECIAL = {
    "erf": special.erf,
    "erfc": lambda x: 1.0 - special.erf(x),
    "gamma": special.gamma,
    "lgamma": special.gammaln,
}
# Their derivative is zero between the jumps.
_STEPS = ("floor", "ceil", "trunc", "isnan", "isinf", "isfinite", "isclose")


def _copy(module: ModuleType, instead: dict[str, Callable]) -> ModuleType:
    made = ModuleType(module.__name__)
    vars(made).update({k: v for k, v in vars(module).items() if not k.startswith("__")} | instead)
    return made


def _either(name: str, plain: Callable) -> Callable:
    """A function of math: the plain one for plain numbers."""
    ufunc = getattr(np, _NAMES.get(name, name), None)
    followed = _SPECIAL.get(name, ufunc if ufunc in RULES else None)

    def call(*numbers: Any) -> Any:
        if not any(isinstance(number, Traced) for number in numbers):
            return plain(*numbers)
        if name in _STEPS:
            return plain(*(value_of(number) for number in numbers))
        if followed is None:
            raise TypeError(f"math.{name} has no derivative in a function that is not compiled")
        return followed(*numbers)

    return call


def _of_elements(ufunc: np.ufunc) -> Callable:
    """A function of NumPy: element by element where there are objects in an array."""
    by_element = np.frompyfunc(RULES[ufunc], ufunc.nin, 1)

    def call(*given: Any) -> Any:
        arrays = [a for a in given if isinstance(a, np.ndarray)]
        if any(a.dtype == object for a in arrays):
            return by_element(*given)
        if arrays and any(isinstance(a, Traced) for a in given):
            return by_element(*given)
        return ufunc(*given)

    return call


def _objects(original: Callable) -> Callable:
    """A maker of arrays whose arrays of real numbers take numbers with tangents."""

    def make(*given: Any, **options: Any) -> np.ndarray:
        if any(isinstance(a, Traced) for a in given):
            return _line(*given)
        made = original(*given, **options)
        return made.astype(object) if made.dtype == float else made

    return make


def _line(start: Any, stop: Any, num: int = 50) -> np.ndarray:
    """np.linspace between numbers with tangents."""
    made = np.empty(num, dtype=object)
    made[:] = [start + i * ((stop - start) / (num - 1)) for i in range(num)]
    return made


def _full(shape: Any, fill_value: Any, dtype: Any = None) -> np.ndarray:
    whole = isinstance(fill_value, (bool, int, np.integer)) and dtype is None
    if whole or dtype not in (None, float):
        return np.full(shape, fill_value, dtype)
    made = np.empty(shape, dtype=object)
    made.fill(fill_value)
    return made


def _var(a: Any) -> Any:
    a = np.asarray(a)
    return np.sum((a - np.sum(a) / a.size) ** 2) / a.size


def _median(a: Any) -> Any:
    ordered, middle = np.sort(a), len(a) // 2
    return ordered[middle] if len(a) % 2 else 0.5 * (ordered[middle - 1] + ordered[middle])


def _interp(x: Any, xp: Any, fp: Any) -> Any:
    k = int(np.searchsorted([value_of(p) for p in xp], value_of(x)))
    if k in (0, len(xp)):
        return fp[min(k, len(xp) - 1)] + 0.0 * x
    return fp[k - 1] + (fp[k] - fp[k - 1]) / (xp[k] - xp[k - 1]) * (x - xp[k - 1])


def _norm(a: Any) -> Any:
    return np.sum(np.asarray(a) ** 2) ** 0.5


_MATH = {
    name: _either(name, function)
    for name, function in vars(math).items()
    if callable(function) and not name.startswith("__")
}
_UFUNCS = {
    name: _of_elements(function)
    for name, function in vars(np).items()
    if isinstance(function, np.ufunc) and function in RULES
}
_MAKERS = {
    name: _objects(getattr(np, name))
    for name in ("zeros", "empty", "ones", "eye", "identity", "arange", "linspace")
}
_WHOLE: dict[str, Any] = {
    "full": _full,
    "var": _var,
    "std": lambda a: _var(a) ** 0.5,
    "median": _median,
    "interp": _interp,
    "linalg": _copy(np.linalg, {"norm": _norm}),
}
_INSTEAD: dict[int, Any] = {
    id(math): _copy(math, _MATH),
    id(np): _copy(np, {**_UFUNCS, **_MAKERS, **_WHOLE}),
    **{id(getattr(math, name)): function for name, function in _MATH.items()},
    **{id(getattr(np, name)): made for name, made in {**_UFUNCS, **_MAKERS, **_WHOLE}.items()},
}


def exchanged(value: Any) -> Any:
    """What stands for something that a function refers to."""
    return _INSTEAD.get(id(value), value)
