"""Kinds of rules for functions of duals, and how one is taught to the compiler."""

import itertools
from collections.abc import Callable
from typing import Any

from numba import types
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import lower_builtin

from .number import RULES, Dual, Number, is_plain, wider


class Smooth:
    """A differentiable function of numbers: its value, and a derivative by each argument.

    value is called with the arguments, derivatives[k] with the arguments and the result; all
    of the base type, so that one rule serves duals of every order.
    """

    def __init__(self, value: Callable, *derivatives: Callable) -> None:
        self.value, self.derivatives = value, derivatives

    def returns(self, typing, kinds):
        return wider(*kinds)

    def apply(self, numbers):
        kind = wider(*(number.kind for number in numbers))
        duals = [number.kind == kind for number in numbers]
        inner = [
            n.plain if is_dual else n.to(kind.base)
            for n, is_dual in zip(numbers, duals, strict=True)
        ]
        result = inner[0].of(self.value(*inner)).to(kind.base)
        tangents: list[Any] = [None] * kind.width
        terms = []
        for number, is_dual, derivative in zip(numbers, duals, self.derivatives, strict=True):
            if is_dual:
                slope = derivative(*inner, result)
                terms.append((number, slope))
                for k, tangent in enumerate(number.tangents):
                    term = tangent * slope
                    tangents[k] = term if tangents[k] is None else tangents[k] + term
        made = result.dual(kind, result, [t.to(kind.base) for t in tangents])
        return kind.followed(made, terms)


class Constant:
    """A function of the values alone: a comparison, a rounding."""

    def __init__(self, function: Callable) -> None:
        self.function = function

    def returns(self, typing, kinds):
        inner = [_innermost(kind) for kind in kinds]
        return typing.resolve_value_type(self.function).get_call_type(typing, inner, {}).return_type

    def apply(self, numbers):
        inner = [_value(number) for number in numbers]
        return inner[0].call(self.function, *inner[1:])


class Choice:
    """One of the arguments, chosen by their values."""

    def __init__(self, choose: Callable) -> None:
        self.choose = choose

    def returns(self, typing, kinds):
        return wider(*kinds)

    def apply(self, numbers):
        kind = wider(*(number.kind for number in numbers))
        return kind.chosen(self.choose(*numbers).to(kind), numbers)


def _innermost(kind):
    return _innermost(kind.base) if isinstance(kind, Dual) else kind


def _value(number):
    return _value(number.plain) if isinstance(number.kind, Dual) else number


def rule(function, made, arity=(1,)):
    """Enter a rule for a function of so many arguments, and teach it to the compiler."""
    RULES[function] = made

    @infer_global(function)
    class Template(AbstractTemplate):
        key = function

        def generic(self, args, kws):
            if kws or len(args) not in arity or not any(isinstance(a, Dual) for a in args):
                return None
            if not all(isinstance(a, Dual) or is_plain(a) for a in args):
                return None
            return signature(made.returns(self.context, args), *args)

    def lower(context, builder, found, args):
        numbers = [
            Number(context, builder, kind, value)
            for kind, value in zip(found.args, args, strict=True)
        ]
        return made.apply(numbers).to(found.return_type).value

    for count in arity:
        for kinds in itertools.product((Dual, types.Number, types.Boolean), repeat=count):
            if Dual in kinds:
                lower_builtin(function, *kinds)(lower)
