"""Expressions in θ, as study files hold them: parsed, never run as code.

Allowed are numbers, the names of θ (`theta[0]` for an array), + - * / **, parentheses, pi,
and the NumPy functions whose derivatives are known, with or without `np.`.
"""

from __future__ import annotations

import ast
import functools
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

from ..core.numbers import checked_number, shown
from ..core.tracer import RULES

LONGEST = 1000
DEEPEST = 150  # operations inside one another: each takes two of Python's 1,000 frames
FUNCTIONS: dict[str, Any] = {function.__name__: function for function in RULES}
CONSTANTS = {"pi": math.pi}
OPERATORS: dict[type, Callable] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
}

Evaluator = Callable[[Mapping[str, Any]], Any]


def parse(text: str, names: Mapping[str, Any]) -> Evaluator:
    """A function of the values of θ that computes the expression.

    Raises
    ------
    ValueError
        For anything that is not allowed, or a name that is not known.
    """
    if len(text) > LONGEST:
        raise ValueError(f"an expression of {len(text)} characters: at most {LONGEST}")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
        if _depth(tree) > DEEPEST:
            raise ValueError(f"more than {DEEPEST} operations inside one another: {shown(text)}")
        return _build(tree, text, names)
    except (SyntaxError, RecursionError, MemoryError):
        raise ValueError(f"not an expression: {shown(text)}") from None


def _depth(tree: ast.AST) -> int:
    """How many nodes stand inside one another."""
    level, depth = [tree], 0
    while level:
        level, depth = [child for node in level for child in ast.iter_child_nodes(node)], depth + 1
    return depth


def _build(node: ast.AST, text: str, names: Mapping[str, Any]) -> Evaluator:
    """The evaluator of one node of the expression."""
    match node:
        case ast.Constant(value=bool()):
            pass
        case ast.Constant(value=int() | float() as value):
            number = float(checked_number("a number in an expression", value))
            return functools.partial(_constant, number)
        case ast.Name(id=name) if name in names:
            return operator.itemgetter(name)
        case ast.Name(id=name) if name in CONSTANTS:
            return functools.partial(_constant, CONSTANTS[name])
        case ast.Name(id=name):
            raise ValueError(_unknown(name, text, names))
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=int() as index)):
            return _component(name, index, text, names)
        case ast.UnaryOp(op=op, operand=operand) if type(op) in OPERATORS:
            inner = _build(operand, text, names)
            return functools.partial(_applied, OPERATORS[type(op)], (inner,))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
            both = (_build(left, text, names), _build(right, text, names))
            return functools.partial(_applied, OPERATORS[type(op)], both)
        case ast.Call(func=function, args=arguments, keywords=[]):
            return _call(function, arguments, text, names)
    raise ValueError(f"only numbers, θ, + - * / ** and functions may stand in {text!r}")


def _component(name: str, index: int, text: str, names: Mapping[str, Any]) -> Evaluator:
    if name not in names:
        raise ValueError(_unknown(name, text, names))
    size = len(names[name]) if hasattr(names[name], "__len__") else 0
    if not 0 <= index < size:
        raise ValueError(f"{name}[{index}] in {text!r}: {name} has {size or 'no'} components")
    return lambda values: values[name][index]


def _call(
    node: ast.AST, arguments: list[ast.expr], text: str, names: Mapping[str, Any]
) -> Evaluator:
    match node:
        case ast.Name(id=name) | ast.Attribute(value=ast.Name(id="np"), attr=name):
            if name not in FUNCTIONS:
                known = ", ".join(sorted(FUNCTIONS))
                raise ValueError(f"unknown function {name!r} in {text!r}; known: {known}")
        case _:
            raise ValueError(f"only NumPy functions may be called in {text!r}")
    function = FUNCTIONS[name]
    if len(arguments) != function.nin:
        raise ValueError(f"{name} takes {function.nin} arguments in {text!r}")
    inner = tuple(_build(argument, text, names) for argument in arguments)
    return functools.partial(_applied, function, inner)


def _constant(value: float, values: Mapping[str, Any]) -> float:
    return value


def _applied(
    function: Callable, arguments: tuple[Evaluator, ...], values: Mapping[str, Any]
) -> Any:
    try:
        return function(*(argument(values) for argument in arguments))
    except (ZeroDivisionError, OverflowError) as error:
        raise ValueError(f"an expression cannot be computed: {error}") from None


def _unknown(name: str, text: str, names: Mapping[str, Any]) -> str:
    return f"unknown name {name!r} in {text!r}; known: {', '.join(names)}"
