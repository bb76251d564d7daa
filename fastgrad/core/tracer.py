"""Where is θ? Numbers that remember: a forward-mode dual that `build` computes with.

A user's `build(theta)` is ordinary Python. Called with `Traced` numbers it returns a model
whose arguments carry ∂argument/∂θ, exactly, whatever arithmetic lies between.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import numpy as np
from scipy import special

# Whether a user's function runs, where a number is made whole rightly: its derivative is zero.
IN_FUNCTION: ContextVar[bool] = ContextVar("in_function", default=False)

Number = Any  # float, int, NumPy scalar, or array of one value per replication


def is_number(x: Any) -> bool:
    """Whether x is one number, plain or traced; True and False are none."""
    return isinstance(x, (int, float, np.number, Traced)) and not isinstance(x, bool)


class Traced:
    """A value and its derivatives with respect to every component of θ.

    Parameters
    ----------
    value : float, or array of shape (replications,)
        An array when many values of θ are followed at once (simultaneous perturbations).
    tangent : array of shape (components,)
        ∂value/∂θ; all zero when only values are wanted.

    For second derivatives `value` is itself a `Traced`: every rule is written in functions
    that a `Traced` obeys, so that duals nest.
    """

    __slots__ = ("tangent", "value")
    __hash__ = None  # type: ignore[assignment]  # equal values may have other derivatives

    def __init__(self, value: Number, tangent: np.ndarray) -> None:
        self.value = value
        self.tangent = tangent

    def __repr__(self) -> str:
        return f"{self.value} (which depends on θ)"  # as messages show it

    def __float__(self) -> float:
        if IN_FUNCTION.get():
            raise TypeError("with debug=True, float() loses a number's derivative: leave it out")
        raise TypeError(
            "θ was turned into a plain float inside build(theta), which loses its derivative: "
            "use NumPy functions (np.exp, not math.exp) and no float() on it"
        )

    __index__ = __complex__ = __float__

    def __int__(self) -> int:
        return int(self.value if IN_FUNCTION.get() else float(self))

    def __round__(self, digits: int | None = None) -> Number:
        return round(self.value if IN_FUNCTION.get() else float(self), digits)

    def __getitem__(self, item: Any) -> Any:
        raise TypeError(
            f"build(theta) asks for theta[{item!r}], but theta is one number: "
            "give at= as an array or a dict"
        )

    def __bool__(self) -> bool:
        return bool(self.value != 0)

    def conjugate(self) -> Traced:
        """Itself: NumPy's variance asks for it."""
        return self

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        rule, (into, *_) = RULES.get(ufunc), options.pop("out", (None,))
        if into is not None:  # array += number, in a user's function
            into[...] = getattr(ufunc, method)(*inputs, **options)
            return into
        if rule is None or method != "__call__" or options:
            names = ", ".join(sorted(known.__name__ for known in RULES))
            raise TypeError(f"build(theta) uses {ufunc.__name__}; known functions are {names}")
        if any(isinstance(x, np.ndarray) and x.ndim for x in inputs):
            return np.frompyfunc(rule, len(inputs), 1)(*map(_as_objects, inputs))
        return rule(*inputs)


def _as_objects(x: Any) -> Any:
    if isinstance(x, Traced):
        box = np.empty((), dtype=object)
        box[()] = x
        return box
    return np.asarray(x, dtype=object)


def value_of(x: Any) -> Any:
    """The plain number behind a possibly traced one."""
    while isinstance(x, Traced):
        x = x.value
    return x


def tangent_of(x: Any, components: int) -> np.ndarray:
    """∂x/∂θ, (components,): zeros for a plain number."""
    if not isinstance(x, Traced):
        return np.zeros(components)
    if x.tangent.dtype != object:
        return x.tangent
    return np.array([value_of(entry) for entry in x.tangent], dtype=float)


def curvature_of(x: Any, components: int) -> np.ndarray:
    """∂²x/∂θ², (components, components): zeros where only first derivatives were traced."""
    if not isinstance(x, Traced):
        return np.zeros((components, components))
    return np.array([tangent_of(entry, components) for entry in x.tangent])


def _outer(x: Any) -> Any:
    return x.value if isinstance(x, Traced) else x


def _unary(function: Callable, derivative: Callable) -> Callable:
    """Rule of a function of one argument; `derivative` gets (argument, result)."""

    def rule(x: Any) -> Any:
        if not isinstance(x, Traced):
            return function(x)
        result = function(x.value)
        return Traced(result, _carried(derivative, (x.value, result), x.tangent))

    return rule


def _binary(function: Callable, left: Callable, right: Callable) -> Callable:
    """Rule of a function of two arguments; `left`, `right` are its partial derivatives."""

    def rule(a: Any, b: Any) -> Any:
        x, y = _outer(a), _outer(b)
        result = function(x, y)
        tangent: Any = 0.0
        if isinstance(a, Traced):
            tangent = tangent + _carried(left, (x, y, result), a.tangent)
        if isinstance(b, Traced):
            tangent = tangent + _carried(right, (x, y, result), b.tangent)
        return Traced(result, tangent) if isinstance(a, Traced) or isinstance(b, Traced) else result

    return rule


def _carried(partial: Callable, arguments: tuple, tangent: np.ndarray) -> np.ndarray:
    """partial(*arguments) · tangent; without a tangent to carry there is nothing to compute.

    A first derivative that vanishes may still have a derivative of its own.
    """
    moves = (tangent.dtype == object and isinstance(tangent.flat[0], Traced)) or tangent.any()
    return partial(*arguments) * tangent if moves else tangent


def _log_or_zero(x: Any, y: Any, result: Any) -> Any:
    return result * np.log(x) if x > 0 else 0.0


# float_power, because an integer raised to a negative integer is an error in NumPy.
_POWER = _binary(np.float_power, lambda x, y, r: y * np.float_power(x, y - 1.0), _log_or_zero)

RULES: dict[Any, Callable] = {
    np.add: _binary(np.add, lambda x, y, r: 1.0, lambda x, y, r: 1.0),
    np.subtract: _binary(np.subtract, lambda x, y, r: 1.0, lambda x, y, r: -1.0),
    np.multiply: _binary(np.multiply, lambda x, y, r: y, lambda x, y, r: x),
    np.divide: _binary(np.divide, lambda x, y, r: 1.0 / y, lambda x, y, r: -r / y),
    np.power: _POWER,
    np.float_power: _POWER,
    np.maximum: _binary(np.maximum, lambda x, y, r: x >= y, lambda x, y, r: y > x),
    np.minimum: _binary(np.minimum, lambda x, y, r: x <= y, lambda x, y, r: y < x),
    np.arctan2: _binary(
        np.arctan2, lambda x, y, r: y / (x * x + y * y), lambda x, y, r: -x / (x * x + y * y)
    ),
    np.hypot: _binary(np.hypot, lambda x, y, r: x / r, lambda x, y, r: y / r),
    np.negative: _unary(np.negative, lambda x, r: -1.0),
    np.positive: _unary(np.positive, lambda x, r: 1.0),
    np.absolute: _unary(np.absolute, lambda x, r: 2.0 * (x >= 0) - 1.0),
    np.exp: _unary(np.exp, lambda x, r: r),
    np.expm1: _unary(np.expm1, lambda x, r: r + 1.0),
    np.log: _unary(np.log, lambda x, r: 1.0 / x),
    np.log2: _unary(np.log2, lambda x, r: 1.0 / (x * math.log(2.0))),
    np.log10: _unary(np.log10, lambda x, r: 1.0 / (x * math.log(10.0))),
    np.log1p: _unary(np.log1p, lambda x, r: 1.0 / (1.0 + x)),
    np.sqrt: _unary(np.sqrt, lambda x, r: 0.5 / r),
    np.cbrt: _unary(np.cbrt, lambda x, r: 1.0 / (3.0 * r * r)),
    np.square: _unary(np.square, lambda x, r: 2.0 * x),
    np.reciprocal: _unary(lambda x: 1.0 / x, lambda x, r: -r * r),
    np.sin: _unary(np.sin, lambda x, r: np.cos(x)),
    np.cos: _unary(np.cos, lambda x, r: -np.sin(x)),
    np.tan: _unary(np.tan, lambda x, r: 1.0 + r * r),
    np.arcsin: _unary(np.arcsin, lambda x, r: 1.0 / np.sqrt(1.0 - x * x)),
    np.arccos: _unary(np.arccos, lambda x, r: -1.0 / np.sqrt(1.0 - x * x)),
    np.arctan: _unary(np.arctan, lambda x, r: 1.0 / (1.0 + x * x)),
    np.sinh: _unary(np.sinh, lambda x, r: np.cosh(x)),
    np.cosh: _unary(np.cosh, lambda x, r: np.sinh(x)),
    np.tanh: _unary(np.tanh, lambda x, r: 1.0 - r * r),
    special.gamma: _unary(special.gamma, lambda x, r: r * special.digamma(x)),
    special.psi: _unary(special.psi, lambda x, r: special.polygamma(1, x)),
    special.gammaln: _unary(special.gammaln, lambda x, r: special.digamma(x)),
    special.erf: _unary(special.erf, lambda x, r: 2.0 / math.sqrt(math.pi) * np.exp(-x * x)),
    special.ndtr: _unary(
        special.ndtr, lambda x, r: np.exp(-0.5 * x * x) / math.sqrt(2.0 * math.pi)
    ),
    special.expit: _unary(special.expit, lambda x, r: r * (1.0 - r)),
}


def _operators() -> None:
    """Give `Traced` Python's operators, and the methods NumPy calls on object arrays."""
    pairs: dict[str, Any] = {
        "add": np.add,
        "sub": np.subtract,
        "mul": np.multiply,
        "truediv": np.divide,
        "pow": np.power,
    }
    for name, ufunc in pairs.items():
        rule = RULES[ufunc]
        setattr(Traced, f"__{name}__", lambda a, b, rule=rule: _apply(rule, a, b))
        setattr(Traced, f"__r{name}__", lambda a, b, rule=rule: _apply(rule, b, a))
    signs: dict[str, Any] = {"neg": np.negative, "pos": np.positive, "abs": np.absolute}
    for name, ufunc in signs.items():
        setattr(Traced, f"__{name}__", lambda a, rule=RULES[ufunc]: rule(a))
    for ufunc, rule in RULES.items():
        if ufunc.nin == 1:  # np.exp(array of Traced) calls each element's `exp`
            setattr(Traced, ufunc.__name__, lambda a, rule=rule: rule(a))
    for name, compare in COMPARISONS.items():
        setattr(Traced, f"__{name}__", lambda a, b, c=compare: c(value_of(a), value_of(b)))


COMPARISONS: dict[str, Callable] = {
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
    "eq": np.equal,
    "ne": np.not_equal,
}


def _apply(rule: Callable, a: Any, b: Any) -> Any:
    """A binary operator; anything that is not a number gets its own chance."""
    for x in (a, b):
        if not isinstance(x, (Traced, int, float, np.ndarray, np.generic)):
            return NotImplemented
    if any(isinstance(x, np.ndarray) and x.ndim for x in (a, b)):
        return np.frompyfunc(rule, 2, 1)(_as_objects(a), _as_objects(b))
    return rule(a, b)


_operators()
