"""Expressions in θ, as study files hold them: parsed, never run as code.

Allowed are numbers, the names of θ (`theta[0]` for an array), + - * / **, parentheses, pi,
and the NumPy functions whose derivatives are known, with or without `np.`; where kinds are
given, also those by name, as Python writes them: `2 + Exponential(mean=theta)`.
"""

from __future__ import annotations

import ast
import functools
import inspect
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

from ..core.numbers import checked_number, shown
from ..core.tracer import RULES
from .mistakes import unknown

LONGEST = 1000
LONGEST_LIST = 20_000  # characters, where lists may stand
DEEPEST = 150  # operations inside one another: each takes two of Python's 1,000 frames
FUNCTIONS: dict[str, Any] = {function.__name__: function for function in RULES}
CONSTANTS = {"pi": math.pi}
REPEATS = ("repeat", "stream")  # of a distribution: Exponential(1.0).repeat(20)
OPERATORS: dict[type, Callable] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
}

MODEL = object()  # in place of the value of a name: the model itself, and model["output"]
Evaluator = Callable[[Mapping[str, Any]], Any]


def parse(
    text: str,
    names: Mapping[str, Any],
    kinds: Mapping[str, Any] | None = None,
    used: set[str] | None = None,
) -> Evaluator:
    """A function of the values of θ that computes the expression.

    Parameters
    ----------
    names : mapping
        The names of θ and their values.
    kinds : mapping of names to classes, optional
        What may be made by name.
    used : set, optional
        Takes the components of θ that the expression uses.

    Raises
    ------
    ValueError
        For anything that is not allowed, or a name that is not known.
    """
    longest = LONGEST_LIST if kinds else LONGEST
    if len(text) > longest:
        raise ValueError(f"an expression of {len(text)} characters: at most {longest}")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
        if _depth(tree) > DEEPEST:
            raise ValueError(f"more than {DEEPEST} operations inside one another: {shown(text)}")
        return _Parser(shown(text), names, kinds or {}, set() if used is None else used).of(tree)
    except (SyntaxError, RecursionError, MemoryError):
        raise ValueError(f"not an expression: {shown(text)}") from None


def _depth(tree: ast.AST) -> int:
    """How many nodes stand inside one another."""
    level, depth = [tree], 0
    while level:
        level, depth = [child for node in level for child in ast.iter_child_nodes(node)], depth + 1
    return depth


class _Parser:
    """Makes the evaluator of each node."""

    def __init__(
        self, text: str, names: Mapping[str, Any], kinds: Mapping[str, Any], used: set[str]
    ) -> None:
        self.text, self.names, self.kinds, self.used = text, names, kinds, used

    def of(self, node: ast.AST) -> Evaluator:
        """The evaluator of one node of an expression."""
        match node:
            case ast.Constant(value=bool()):
                pass
            case ast.Constant(value=int() | float() as value):
                number = float(checked_number("a number in an expression", value))
                return functools.partial(_constant, number)
            case ast.Name(id=name) if name in self.names:
                self.used.add(name)
                return operator.itemgetter(name)
            case ast.Name(id=name) if name in CONSTANTS:
                return functools.partial(_constant, CONSTANTS[name])
            case ast.Name(id=name):
                raise ValueError(f"{unknown('name', name, self.names)} (in {self.text})")
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=output)) if (
                self.names.get(name) is MODEL
            ):
                self.used.add(name)
                return lambda values: values[name][output]
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=int() as index)):
                return self._component(name, index)
            case ast.UnaryOp(op=op, operand=operand) if type(op) in OPERATORS:
                return functools.partial(_applied, OPERATORS[type(op)], (self.of(operand),))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
                both = (self.of(left), self.of(right))
                return functools.partial(_applied, OPERATORS[type(op)], both)
            case ast.Call(func=ast.Name(id=name)) if name in self.kinds:
                return self._made(self.kinds[name], node)
            case ast.Call(func=ast.Attribute(value=of, attr=name), args=[count], keywords=[]) if (
                name in REPEATS and self.kinds
            ):
                return self._repeated(self.of(of), name, self.argument(count))
            case ast.Call(func=function, args=arguments, keywords=[]):
                return self._call(function, arguments)
        raise ValueError(f"only numbers, θ, + - * / ** and functions may stand in {self.text}")

    def argument(self, node: ast.AST) -> Evaluator:
        """An argument of what is made by name: words, whole numbers and lists too."""
        match node:
            case ast.Constant(value=None | bool() | str() as value):
                return functools.partial(_constant, value)
            case ast.Constant(value=int() as value):
                return functools.partial(_constant, value)
            case ast.List(elts=entries) | ast.Tuple(elts=entries):
                return functools.partial(_listed, tuple(self.argument(entry) for entry in entries))
            case ast.Dict(keys=keys, values=values) if all(map(_is_key, keys)):
                words = [ast.literal_eval(key) for key in keys if key is not None]
                makers = [self.argument(value) for value in values]
                return functools.partial(_tabled, dict(zip(words, makers, strict=True)))
        return self.of(node)

    def _made(self, kind: Any, call: ast.Call) -> Evaluator:
        positional = [self.argument(argument) for argument in call.args]
        named = {k.arg: self.argument(k.value) for k in call.keywords if k.arg is not None}
        known = inspect.signature(kind)
        for name in named:
            if name not in known.parameters:
                said = unknown("argument", name, known.parameters)
                raise ValueError(f"{kind.__name__}: {said} (in {self.text})")
        try:
            known.bind(*positional, **named)
        except TypeError as error:
            raise ValueError(f"{kind.__name__}: {error} (in {self.text})") from None
        return lambda values: kind(
            *(make(values) for make in positional),
            **{name: make(values) for name, make in named.items()},
        )

    def _repeated(self, source: Evaluator, how: str, count: Evaluator) -> Evaluator:
        def make(values: Mapping[str, Any]) -> Any:
            made = source(values)
            if not hasattr(made, how):
                raise ValueError(f"only a distribution has .{how}() (in {self.text})")
            return getattr(made, how)(count(values))

        return make

    def _component(self, name: str, index: int) -> Evaluator:
        if name not in self.names:
            raise ValueError(f"{unknown('name', name, self.names)} (in {self.text})")
        given = self.names[name]
        size = len(given) if hasattr(given, "__len__") else 0
        if not 0 <= index < size:
            has = f"{name} has {size or 'no'} components"
            raise ValueError(f"{name}[{index}] in {self.text}: {has}")
        self.used.add(f"{name}[{index}]")
        return lambda values: values[name][index]

    def _call(self, node: ast.AST, arguments: list[ast.expr]) -> Evaluator:
        match node:
            case ast.Name(id=name) | ast.Attribute(value=ast.Name(id="np"), attr=name):
                if name not in FUNCTIONS:
                    known = [*sorted(FUNCTIONS), *self.kinds]
                    raise ValueError(f"{unknown('function', name, known)} (in {self.text})")
            case _:
                raise ValueError(f"only NumPy functions may be called in {self.text}")
        function = FUNCTIONS[name]
        if len(arguments) != function.nin:
            raise ValueError(f"{name} takes {function.nin} arguments in {self.text}")
        inner = tuple(self.of(argument) for argument in arguments)
        return functools.partial(_applied, function, inner)


def _is_key(node: ast.AST | None) -> bool:
    """A word, or a number such as a time."""
    value = node.value if isinstance(node, ast.Constant) else None
    return isinstance(value, (str, int, float)) and not isinstance(value, bool)


def _constant(value: Any, values: Mapping[str, Any]) -> Any:
    return value


def _listed(makers: tuple[Evaluator, ...], values: Mapping[str, Any]) -> list[Any]:
    return [make(values) for make in makers]


def _tabled(makers: Mapping[Any, Evaluator], values: Mapping[str, Any]) -> dict[Any, Any]:
    return {name: make(values) for name, make in makers.items()}


def _applied(
    function: Callable, arguments: tuple[Evaluator, ...], values: Mapping[str, Any]
) -> Any:
    try:
        return function(*(argument(values) for argument in arguments))
    except (ZeroDivisionError, OverflowError, TypeError) as error:
        raise ValueError(f"an expression cannot be computed: {error}") from None
