"""What duals can do: Python's operators, and the functions of math and NumPy, of numbers."""

import math
import operator

import numpy as np

from ..special.gamma import digamma, trigamma
from .number import RULES
from .rules import Choice, Constant, Smooth, rule

_LOG_2, _LOG_10 = math.log(2.0), math.log(10.0)
_TWO_BY_ROOT_PI = 2.0 / math.sqrt(math.pi)


def _root_of(x):
    return x.call(math.sqrt)


def _gauss(x):
    return _TWO_BY_ROOT_PI * (-(x * x)).call(math.exp)


# functions, then the derivative from (argument, result)
UNARY = [
    ((math.sqrt, np.sqrt), lambda x, r: 0.5 / r),
    ((math.exp, np.exp), lambda x, r: r),
    ((math.expm1, np.expm1), lambda x, r: r + 1.0),
    ((math.log, np.log), lambda x, r: 1.0 / x),
    ((math.log1p, np.log1p), lambda x, r: 1.0 / (1.0 + x)),
    ((math.log2, np.log2), lambda x, r: 1.0 / (x * _LOG_2)),
    ((math.log10, np.log10), lambda x, r: 1.0 / (x * _LOG_10)),
    ((math.sin, np.sin), lambda x, r: x.call(math.cos)),
    ((math.cos, np.cos), lambda x, r: -x.call(math.sin)),
    ((math.tan, np.tan), lambda x, r: 1.0 + r * r),
    ((math.asin, np.arcsin), lambda x, r: 1.0 / _root_of(1.0 - x * x)),
    ((math.acos, np.arccos), lambda x, r: -1.0 / _root_of(1.0 - x * x)),
    ((math.atan, np.arctan), lambda x, r: 1.0 / (1.0 + x * x)),
    ((math.sinh, np.sinh), lambda x, r: x.call(math.cosh)),
    ((math.cosh, np.cosh), lambda x, r: x.call(math.sinh)),
    ((math.tanh, np.tanh), lambda x, r: 1.0 - r * r),
    ((math.asinh, np.arcsinh), lambda x, r: 1.0 / _root_of(x * x + 1.0)),
    ((math.acosh, np.arccosh), lambda x, r: 1.0 / _root_of(x * x - 1.0)),
    ((math.atanh, np.arctanh), lambda x, r: 1.0 / (1.0 - x * x)),
    ((math.erf,), lambda x, r: _gauss(x)),
    ((math.erfc,), lambda x, r: -_gauss(x)),
    ((math.gamma,), lambda x, r: r * x.call(digamma)),
    ((math.lgamma,), lambda x, r: x.call(digamma)),
]


def _by_base(x, y, r):
    """y x^(y - 1), which is 0 for y = 0 even where x = 0."""
    slope = y * x.call(operator.pow, y - 1.0)
    return slope.chosen(y.call(operator.ne, 0.0), 0.0)


def _by_exponent(x, y, r):
    """x^y log x, whose limit for x → 0 is 0."""
    return (r * x.call(math.log)).chosen(x > 0.0, 0.0)


# operator: value from (x, y), its partial derivatives from (x, y, result)
ADD = Smooth(lambda x, y: x + y, lambda x, y, r: 1.0, lambda x, y, r: 1.0)
SUBTRACT = Smooth(lambda x, y: x - y, lambda x, y, r: 1.0, lambda x, y, r: -1.0)
MULTIPLY = Smooth(lambda x, y: x * y, lambda x, y, r: y, lambda x, y, r: x)
DIVIDE = Smooth(  # the compiler's own division, which knows what to do about zero
    lambda x, y: x.call(operator.truediv, y), lambda x, y, r: 1.0 / y, lambda x, y, r: -r / y
)
POWER = Smooth(lambda x, y: x.call(operator.pow, y), _by_base, _by_exponent)
REMAINDER = Smooth(
    lambda x, y: x.call(operator.mod, y), lambda x, y, r: 1.0, lambda x, y, r: (r - x) / y
)
ARC = Smooth(
    lambda x, y: x.call(math.atan2, y),
    lambda x, y, r: y / (x * x + y * y),
    lambda x, y, r: -x / (x * x + y * y),
)
LENGTH = Smooth(lambda x, y: x.call(math.hypot, y), lambda x, y, r: x / r, lambda x, y, r: y / r)
BINARY = [
    ((operator.add, operator.iadd, np.add), ADD),
    ((operator.sub, operator.isub, np.subtract), SUBTRACT),
    ((operator.mul, operator.imul, np.multiply), MULTIPLY),
    ((operator.truediv, operator.itruediv, np.divide), DIVIDE),
    ((operator.pow, operator.ipow, math.pow, np.power), POWER),
    ((operator.mod, operator.imod, np.mod), REMAINDER),
    ((math.atan2, np.arctan2), ARC),
    ((math.hypot, np.hypot), LENGTH),
]

# The derivative is zero between the jumps: the value alone, as the function gives it.
ROUNDINGS = (
    math.floor, math.ceil, math.trunc, np.floor, np.ceil, np.rint, np.trunc, np.sign,
    int, round, bool, math.isnan, math.isinf, math.isfinite, np.isnan, np.isinf, np.isfinite,
)  # fmt: skip
COMPARISONS = (
    operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne,
    np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal,
)  # fmt: skip


def _largest(first, *others):
    """As Python's max: a later argument must be larger, not equal."""
    for other in others:
        first = first.of(other).chosen(other > first, first)
    return first


def _smallest(first, *others):
    for other in others:
        first = first.of(other).chosen(other < first, first)
    return first


def _magnitude(x):
    return (-x).chosen(x < 0.0, x)


def _enter():
    # Only for derivatives of gamma functions, so the compiler need not know it by itself.
    RULES[digamma] = Smooth(lambda x: x.call(digamma), lambda x, r: x.call(trigamma))
    for functions, slope in UNARY:
        for function in functions:
            rule(function, Smooth(lambda x, f=function: x.call(f), slope))
    for functions, made in BINARY:
        for function in functions:
            rule(function, made, (2,))
    rule(operator.neg, Smooth(lambda x: -x, lambda x, r: -1.0))
    rule(np.square, Smooth(lambda x: x * x, lambda x, r: 2.0 * x))
    for function in (operator.pos, float):
        rule(function, Choice(lambda x: x))
    for function in (abs, math.fabs, np.abs, np.fabs):
        rule(function, Choice(_magnitude))
    for function in ROUNDINGS:
        rule(function, Constant(function))
    for function in (*COMPARISONS, operator.floordiv, operator.ifloordiv):
        rule(function, Constant(function), (2,))
    rule(max, Choice(_largest), (2, 3, 4))
    rule(min, Choice(_smallest), (2, 3, 4))
    rule(np.maximum, Choice(_largest), (2,))
    rule(np.minimum, Choice(_smallest), (2,))
    rule(np.where, Choice(lambda condition, a, b: a.chosen(condition, b)), (3,))
    rule(np.clip, Choice(lambda x, low, high: _smallest(_largest(x, low), high)), (3,))


_enter()
