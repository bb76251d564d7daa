"""The line of a user's code at which two paths part: a branch, or a value that jumps."""

from __future__ import annotations

import ast
import contextlib
import inspect
import io
import itertools
import math
import sys
import textwrap
from collections.abc import Iterator
from types import CodeType, FrameType
from typing import Any, NamedTuple

from ...kernels.user.function import UserFunction
from ..lines import shown

JUMPS = 1e-6  # of a value's size: calls are 1e-9 of a parameter apart


class Step(NamedTuple):
    """An instruction that was reached, and the numbers that the function held then."""

    code: CodeType
    offset: int
    held: dict[str, float]


def parted(user: UserFunction, arguments: list[list[Any]]) -> str | None:
    """The line that decides, for two calls whose paths differ; None if it cannot be seen."""
    one, other = (_steps(user, given) for given in arguments)
    before: Step | None = None
    jump: Step | None = None
    for here, there in zip(one, other, strict=False):
        if (here.code, here.offset) != (there.code, there.offset):
            return _branch(before) if before is not None else None
        if jump is None and before is not None and _differ(here.held, there.held):
            jump = before
        before = here
    return None if jump is None else shown(jump.code.co_filename, _line(jump))


def _branch(step: Step) -> str:
    line = _line(step)
    events = _compares_two_events(step.code, line)
    return shown(step.code.co_filename, line) + " (two events change their order)" * events


def _line(step: Step) -> int:
    """The line of an instruction; that of the function where it has none of its own."""
    positions = itertools.islice(step.code.co_positions(), step.offset // 2, None)
    return next(positions, (None,))[0] or step.code.co_firstlineno


def _differ(one: dict[str, float], other: dict[str, float]) -> bool:
    for name, value in one.items():
        there = other.get(name, value)
        if abs(there - value) > JUMPS * max(abs(value), abs(there)) and math.isfinite(value):
            return True
    return False


def _steps(user: UserFunction, arguments: list[Any]) -> list[Step]:
    """The instructions that the function and its helpers run through, in a call."""
    steps: list[Step] = []
    own = {code for function in user.functions for code in _codes(function.__code__)}

    def watch(frame: FrameType, event: str, argument: Any) -> Any:
        if frame.f_code not in own:
            return None
        frame.f_trace_opcodes = True
        if event == "opcode":
            steps.append(Step(frame.f_code, frame.f_lasti, {}))
        elif event == "line":
            steps.append(Step(frame.f_code, frame.f_lasti, _numbers(frame.f_locals)))
        elif event == "return":
            held = _numbers(argument if isinstance(argument, dict) else {"": argument})
            steps.append(Step(frame.f_code, frame.f_lasti, held))
        return watch

    before = sys.gettrace()
    sys.settrace(watch)
    try:
        with (
            contextlib.suppress(Exception),
            contextlib.redirect_stdout(io.StringIO()),
        ):  # an overflow in Python is an infinity compiled
            user.function(*arguments)
    finally:
        sys.settrace(before)
    return steps


def _codes(code: CodeType) -> Iterator[CodeType]:
    """A function's code, and that of what is defined inside it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _numbers(held: dict[str, Any]) -> dict[str, float]:
    return {name: float(v) for name, v in held.items() if isinstance(v, (int, float))}


def _compares_two_events(code: CodeType, line: int) -> bool:
    """Whether a comparison in this line has something that moves on both of its sides.

    A constant, a name in capitals, or a parameter (p.level) on one side is a threshold; but
    where the function picks the next event (from a heap, by argmin), `==` asks which it is.
    """
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(code)))
    except (OSError, SyntaxError, TypeError):
        return False
    parameters = code.co_varnames[1] if code.co_argcount == 2 else ""
    first = code.co_firstlineno - 1
    picks = not {"heappop", "argmin", "argmax", "pop"}.isdisjoint(code.co_names)
    return any(
        isinstance(node, ast.Compare)
        and node.lineno + first == line
        and (
            all(_moves(side, parameters) for side in (node.left, *node.comparators))
            or (picks and all(isinstance(operator, ast.Eq) for operator in node.ops))
        )
        for node in ast.walk(tree)
    )


def _moves(side: ast.expr, parameters: str) -> bool:
    """Whether an expression holds anything but constants and parameters."""
    if isinstance(side, ast.Attribute) and isinstance(side.value, ast.Name):
        return side.value.id != parameters
    if isinstance(side, ast.Name):
        return not side.id.isupper()
    return any(_moves(child, parameters) for child in ast.iter_child_nodes(side)
               if isinstance(child, ast.expr))  # fmt: skip
